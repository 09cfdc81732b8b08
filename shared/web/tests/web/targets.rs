//! The targets that a territory sets in a frame: their life over the API, and what it refuses.

use http::StatusCode;
use serde_json::{Value, json};

use crate::common::{Reply, Service, service, token};

/// The day is 23 November 2026.
fn shorter() -> Value {
    json!({ "valide_du": "2026-12-01", "cibles": { "H3": { "jours": 20 }, "H5": { "jours": 10 } } })
}

async fn put(service: &Service, who: &str, path: &str, body: &Value) -> Reply {
    let path = format!("/v1/cadres/cadre-2025/{path}");
    service.json("PUT", &path, Some(&token("administration", who)), &[], body).await
}

fn pointers(reply: &Reply) -> Vec<String> {
    let errors = reply.json()["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|it| it["pointer"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn two_people_publish_what_one_of_them_wrote() {
    let service = service();
    let drafted = put(&service, "ana", "1", &shorter()).await;
    assert_eq!(
        (drafted.status, &drafted.json()["etat"]),
        (StatusCode::OK, &json!("brouillon")),
        "{}",
        drafted.text
    );
    for _ in 0..2 {
        let alone = put(&service, "ana", "1/publication", &json!({})).await.json();
        assert_eq!((&alone["etat"], &alone["proposee_par"]), (&json!("propose"), &json!("ana")));
    }
    let both = put(&service, "bob", "1/publication", &json!({})).await.json();
    assert_eq!((&both["etat"], &both["publiee_par"]), (&json!("publie"), &json!(["ana", "bob"])));
    // What is published is never written again.
    let again = put(&service, "ana", "1", &shorter()).await;
    assert_eq!((again.status.as_u16(), pointers(&again)), (422, vec!["/version".to_owned()]));
    let retired = put(&service, "bob", "1/retrait", &json!({})).await.json();
    assert_eq!((&retired["etat"], &retired["retiree_du"]), (&json!("retire"), &json!("2026-11-24")));
    let head = token("responsable", "chef-1");
    let all = service.get("/v1/cadres/cadre-2025", Some(&head)).await.json();
    assert_eq!(all["elements"], json!([retired]));
}

#[tokio::test]
async fn a_target_longer_than_the_law_is_refused_with_the_article() {
    let service = service();
    let body = json!({ "valide_du": "2026-11-23", "cibles": { "H3": { "jours": 43 }, "H4": { "mois": 1 } } });
    let reply = put(&service, "ana", "3", &body).await;
    assert_eq!(reply.status.as_u16(), 422);
    let mut places = pointers(&reply);
    places.sort();
    assert_eq!(places, ["/cibles/H3", "/cibles/H4", "/valide_du", "/version"]);
    assert!(reply.text.contains("CASF, art. D. 262-65-2"), "{}", reply.text);
    assert_eq!(
        service.get("/v1/cadres/cadre-2025", Some(&token("administration", "ana"))).await.json()["elements"],
        json!([])
    );
}

#[tokio::test]
async fn every_slip_in_the_body_is_told_at_once() {
    let service = service();
    let body = json!({
        "valide_du": "2026-02-30", "autre": 1,
        "cibles": { "H13": { "jours": 3 }, "H3": { "jours": 3, "mois": 1 }, "H1": { "jours": 0 }, "H2": 4 },
    });
    let reply = put(&service, "ana", "1", &body).await;
    let mut places = pointers(&reply);
    places.sort();
    assert_eq!(
        places,
        ["/autre", "/cibles/H1/jours", "/cibles/H13", "/cibles/H2", "/cibles/H3", "/valide_du"]
    );
}

#[tokio::test]
async fn a_version_is_tried_on_those_who_wait_before_it_is_published() {
    let service = service();
    service.ready("cle-1").await;
    put(&service, "ana", "1", &json!({ "valide_du": "2026-12-01", "cibles": { "H3": { "jours": 2 } } }))
        .await;
    let one = service.get("/v1/cadres/cadre-2025/1", Some(&token("administration", "ana"))).await.json();
    let expected = json!({ "en_attente": 1, "echeances_deplacees": 1, "deja_depassees": 1 });
    assert_eq!(one["apercu"], expected, "received on the 20th, on the 23rd");
    put(&service, "ana", "1", &json!({ "valide_du": "2026-12-01", "cibles": { "H3": { "jours": 30 } } }))
        .await;
    let same = service.get("/v1/cadres/cadre-2025/1", Some(&token("administration", "ana"))).await.json();
    assert_eq!(same["apercu"], json!({ "en_attente": 1, "echeances_deplacees": 0, "deja_depassees": 0 }));
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let service = service();
    for path in ["1/publication", "1/retrait"] {
        assert_eq!(put(&service, "ana", path, &json!({})).await.status.as_u16(), 404, "{path}");
    }
    for number in ["0", "-1", "x", "99999999999"] {
        assert_eq!(put(&service, "ana", number, &shorter()).await.status.as_u16(), 404, "{number}");
    }
    let unknown = service.get("/v1/cadres/cadre-1988", Some(&token("administration", "ana"))).await;
    assert_eq!(unknown.status.as_u16(), 404);
    put(&service, "ana", "1", &shorter()).await;
    assert_eq!(put(&service, "ana", "1/retrait", &json!({})).await.status.as_u16(), 422);
}
