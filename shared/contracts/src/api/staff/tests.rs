//! Rules of the border for référents and delegations.

use serde_json::json;

use super::*;
use crate::api::goldens::golden;

fn territory() -> Territory {
    "77".parse().unwrap()
}

fn codes<T>(read: Result<T, Rejected>) -> Vec<String> {
    let errors = read.err().map(|it| it.errors).unwrap_or_default();
    errors.into_iter().map(|it| format!("{} {}", it.pointer, it.code)).collect()
}

fn referent_with(name: &str, value: Value) -> Vec<String> {
    let mut body = golden!("api-referent-requete");
    body[name] = value;
    codes(ReferentBody::parse(&body, territory()))
}

#[test]
fn a_referent_is_read_whole() {
    let body = ReferentBody::parse(&golden!("api-referent-requete"), territory()).unwrap();
    assert_eq!(body.phone.as_ref().unwrap().as_str(), "+33199000012");
    assert_eq!((body.capacity, body.parcours.len(), body.communes.len(), body.absences.len()), (60, 2, 1, 1));
    assert_eq!(format!("{body:?}"), "ReferentBody(…)");
}

#[test]
fn a_referent_without_communes_covers_the_whole_territory() {
    assert!(referent_with("communes", json!([])).is_empty());
    assert!(referent_with("communes", Value::Null).is_empty());
    assert_eq!(referent_with("communes", json!(["77288", "75056"])), ["/communes/1 commune_hors_territoire"]);
}

#[test]
fn a_referent_serves_a_parcours_within_a_capacity() {
    assert_eq!(referent_with("parcours", json!([])), ["/parcours vide"]);
    assert_eq!(referent_with("parcours", json!(["social", "PSO"])), ["/parcours/1 code_inconnu"]);
    assert!(referent_with("capacite", json!(0)).is_empty());
    assert_eq!(referent_with("capacite", json!(1001)), ["/capacite hors_limites"]);
}

#[test]
fn an_absence_ends_after_it_starts() {
    assert!(referent_with("absences", json!([{"du": "2026-12-21", "au": "2026-12-21"}])).is_empty());
    assert_eq!(
        referent_with("absences", json!([{"du": "2026-12-21", "au": "2026-12-20"}, {"du": "2026-12-21"}])),
        ["/absences/0/au dates_inversees", "/absences/1/au champ_absent"]
    );
}

#[test]
fn a_delegation_covers_every_parcours_unless_it_names_some() {
    let mut body = golden!("api-delegation-requete");
    assert_eq!(DelegationBody::parse(&body).unwrap().scope.len(), 1);
    body["parcours"] = Value::Null;
    assert_eq!(DelegationBody::parse(&body).unwrap().scope.len(), 3);
    body["au"] = json!("2025-12-31");
    assert_eq!(codes(DelegationBody::parse(&body)), ["/au dates_inversees"]);
}
