//! Delays along the whole journey: which law a right is under, who is alerted, and when.

use contracts::api::{CiblesBody, DossierJson, DroitBody, EtatCode};
use domain::DossierId;
use engine::schedules::sweep;
use engine::{Professional, requests};
use serde_json::{Value, json};

use crate::journey::sent;
use crate::journey_life::tell;
use crate::world::Stage;

/// A right opened and received so long ago.
fn former(day: &str) -> Value {
    json!({"statut": "confirme", "date_ouverture": day, "date_reception": day})
}

fn frame(dossier: &DossierJson) -> Option<&str> {
    dossier.droit.cadre.as_deref()
}

#[tokio::test]
async fn a_right_received_under_the_former_law_keeps_it_whatever_the_way_in() {
    let stage = Stage::new().await;
    let typed = stage.submit("cle-1", "guichet", Some(former("2024-12-10")), json!({})).await;
    let declared = stage.submit("cle-2", "web", None, json!({})).await;
    let (typed, declared) = (DossierId(typed.recu.dossier), DossierId(declared.recu.dossier));
    let right = DroitBody::parse(&former("2024-12-10"), stage.today()).unwrap().0;
    let asked = stage.asked(Some(stage.etag(declared).await));
    requests::confirm_right(&*stage.world, &stage.agent, declared, &asked, right).await.unwrap();
    stage.drain().await;
    stage.tick().await;
    stage.drain().await;
    for id in [typed, declared] {
        let shown = stage.show(id).await;
        assert_eq!(
            (frame(&shown), shown.etat),
            (Some("cadre-2020#1"), EtatCode::AOrienter),
            "nobody else decides"
        );
        let orientation = shown.orientation_clock().unwrap();
        assert_eq!(orientation.legale, Some("2025-02-10".parse().unwrap()), "two months, from date to date");
    }
}

#[tokio::test]
async fn a_journey_that_is_over_and_begins_again_is_under_the_law_of_its_new_right() {
    let stage = Stage::new().await;
    let id =
        DossierId(stage.submit("cle-1", "guichet", Some(former("2024-12-10")), json!({})).await.recu.dossier);
    stage.drain().await;
    tell(&stage, id, json!({"nature": "clos", "le": stage.today(), "motif": "ECH"})).await.unwrap();
    stage.drain().await;
    // The reception is not told: it is today's.
    let right =
        DroitBody::parse(&json!({"statut": "confirme", "date_ouverture": stage.today()}), stage.today());
    let asked = stage.asked(Some(stage.etag(id).await));
    requests::confirm_right(&*stage.world, &stage.agent, id, &asked, right.unwrap().0).await.unwrap();
    stage.drain().await;
    let again = stage.show(id).await;
    assert_eq!((frame(&again), again.etat), (Some("cadre-2025#1"), EtatCode::AOrienter));
}

#[tokio::test]
async fn a_dossier_received_on_the_second_of_a_month_is_alerted_before_its_thirty_fifth_day() {
    // Received on Monday 2 March 2026; the sweep of April falls on its thirtieth day, when the target has not passed.
    let stage = Stage::new().await;
    stage.referent("ref-1", 5).await;
    let id = stage.apply("cle-1", json!({"natlog": "0904"})).await;
    stage.drain().await;
    stage.days(30).await;
    sweep::run_due(&*stage.world).await.unwrap();
    stage.drain().await;
    let agents: &[&str] = &["H3-0-2026-03-02", "H3-1-2026-03-02"];
    let alerts = |told: Vec<String>| told.into_iter().filter(|it| it.starts_with("H3")).collect::<Vec<_>>();
    assert_eq!(alerts(sent(&stage, id).await), agents);
    assert!(stage.show(id).await.referent.is_none(), "the target ends with that day");
    stage.days(1).await;
    assert!(stage.show(id).await.provisoire, "and somebody is to be called the day after");
    // The thirty-fifth day is Easter Monday: the head of territory is told on the Friday before.
    stage.days(1).await;
    assert_eq!(alerts(sent(&stage, id).await).last().map(String::as_str), Some("H3-2-2026-03-02"));
    assert_eq!(stage.today(), "2026-04-03".parse().unwrap());
}

/// The targets that two heads of the territory publish for rights received from tomorrow on.
async fn publish(stage: &Stage, days: u16) {
    let tomorrow = stage.today() + chrono::Days::new(1);
    let body = json!({ "valide_du": tomorrow, "cibles": { "H3": { "jours": days } } });
    let body = CiblesBody::parse(&body).unwrap();
    requests::put_targets(&*stage.world, &stage.head, "cadre-2025", 1, body).await.unwrap();
    let other = Professional { agent: "chef-2".parse().unwrap(), ..stage.head.clone() };
    for head in [&stage.head, &other] {
        requests::publish_targets(&*stage.world, head, "cadre-2025", 1).await.unwrap();
    }
}

#[tokio::test]
async fn a_shorter_target_is_for_those_to_come_and_brings_them_somebody_to_call_sooner() {
    let stage = Stage::new().await;
    stage.referent("ref-1", 5).await;
    let before = stage.apply("cle-1", json!({"natlog": "0904"})).await;
    publish(&stage, 10).await;
    stage.days(1).await;
    let received =
        json!({"statut": "confirme", "date_ouverture": stage.today(), "date_reception": stage.today()});
    let after = stage.submit("cle-2", "guichet", Some(received), json!({"natlog": "0904"})).await;
    let after = DossierId(after.recu.dossier);
    stage.drain().await;
    let target = stage.today() + chrono::Days::new(10);
    assert_eq!(frame(&stage.show(before).await), Some("cadre-2025#1"));
    let shown = stage.show(after).await;
    assert_eq!(frame(&shown), Some("cadre-2025#1+1(H3=10j)"));
    assert_eq!(shown.orientation_clock().unwrap().cible, Some(target));
    stage.days(11).await;
    assert!(stage.show(after).await.provisoire, "the day after the territory’s own target");
    assert!(!stage.show(before).await.provisoire);
    // Retired, it is still that of whom it found.
    requests::retire_targets(&*stage.world, &stage.head, "cadre-2025", 1).await.unwrap();
    assert_eq!(stage.show(after).await.orientation_clock().unwrap().cible, Some(target));
}
