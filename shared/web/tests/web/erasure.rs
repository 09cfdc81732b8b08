//! The erasure of a dossier, and what everything answers afterwards.

use axum::body::Body;
use serde_json::json;

use crate::common::{Service, application, request, service, token};

#[tokio::test]
async fn a_head_of_territory_erases_a_dossier_and_is_answered_the_same_again() {
    let service = service();
    let id = service.ready("cle-1").await;
    let first = erase(&service, &id, "effacer-1", &json!({ "motif": "demande_personne" })).await;
    assert_eq!(first.status.as_u16(), 200, "{}", first.text);
    assert_eq!(first.json(), json!({ "dossier": id, "etat": "efface" }));
    let again = erase(&service, &id, "effacer-1", &json!({ "motif": "demande_personne" })).await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    let reused = erase(&service, &id, "effacer-1", &json!({ "motif": "doublon" })).await;
    assert_eq!(reused.problem(), (422, "cle_reutilisee".into()));
    let another = erase(&service, &id, "effacer-2", &json!({ "motif": "demande_personne" })).await;
    assert_eq!(another.problem(), (410, "efface".into()));
}

#[tokio::test]
async fn an_erasure_needs_its_role_its_copy_its_key_and_its_motive() {
    let service = service();
    let id = service.ready("cle-1").await;
    let path = format!("/v1/dossiers/{id}/effacement");
    let body = json!({ "motif": "doublon" });
    let ask = async |role: &str, headers: &[(&str, &str)], body: &serde_json::Value| {
        service.json("POST", &path, Some(&token(role, "x-1")), headers, body).await.problem()
    };
    let (key, tag) = (("idempotency-key", "cle"), ("if-match", "\"1\""));
    for role in ["orientation", "referent", "administration"] {
        assert_eq!(ask(role, &[key, tag], &body).await, (403, "role_insuffisant".into()), "{role}");
    }
    assert_eq!(ask("responsable", &[tag], &body).await, (400, "cle_idempotence_absente".into()));
    assert_eq!(ask("responsable", &[key], &body).await, (428, "if_match_absent".into()));
    assert_eq!(ask("responsable", &[key, ("if-match", "\"9\"")], &body).await.0, 412);
    assert_eq!(ask("responsable", &[key, tag], &json!({})).await, (422, "contenu_invalide".into()));
    assert_eq!(
        service.get(&format!("/v1/dossiers/{id}"), Some(&token("orientation", "a"))).await.status,
        200
    );
}

#[tokio::test]
async fn everything_about_an_erased_dossier_answers_410() {
    let service = service();
    service.staffed().await;
    let id = service.ready("cle-1").await;
    let head = token("responsable", "chef-1");
    let receipt =
        service.json("POST", "/v1/demandes", None, &[("idempotency-key", "k")], &application()).await;
    let other = receipt.json();
    for id in [&id, other["dossier"].as_str().unwrap()] {
        service.settle().await;
        erase(&service, id, "effacer", &json!({ "motif": "doublon" })).await;
    }
    let gone = (410, "efface".to_owned());
    for part in ["", "/proposition", "/carnet"] {
        let path = format!("/v1/dossiers/{id}{part}");
        assert_eq!(service.get(&path, Some(&head)).await.problem(), gone, "GET {path}");
    }
    for (part, body) in [
        ("droit", json!({ "statut": "confirme", "date_ouverture": "2026-11-02" })),
        ("urgence", json!({ "issue": "traitee" })),
        ("orientation", json!({ "parcours": "social", "organisme": "departement" })),
        ("referent", json!({ "referent": "ref-1", "motif": "charge" })),
        ("carnet/entrees", json!({ "rubrique": "projet", "texte": "Trop tard." })),
    ] {
        let headers = [("idempotency-key", "apres"), ("if-match", "\"1\"")];
        let path = format!("/v1/dossiers/{id}/{part}");
        assert_eq!(service.json("POST", &path, Some(&head), &headers, &body).await.problem(), gone, "{path}");
    }
    let replay =
        service.json("POST", "/v1/demandes", None, &[("idempotency-key", "k")], &application()).await;
    assert_eq!(replay.problem(), gone);

    let page = service.page(&format!("/pro/dossiers/{id}"), &head).await;
    assert_eq!(page.status.as_u16(), 410);
    assert!(page.text.contains("<h1>Effacé") && page.text.contains("Ce dossier a été effacé."));
    let code = other["suivi"].as_str().unwrap();
    let day = [("naissance_jour", "31"), ("naissance_mois", "3"), ("naissance_annee", "1985")];
    let page = service.form("/suivi", None, &[&[("code", code)][..], &day[..]].concat()).await;
    assert_eq!(page.status.as_u16(), 410);
    assert!(page.text.contains("Ce dossier a été effacé."));
}

/// Erases a dossier as it is read, or as it was first read when it is gone.
async fn erase(service: &Service, id: &str, key: &str, body: &serde_json::Value) -> crate::common::Reply {
    let head = token("responsable", "chef-1");
    let path = format!("/v1/dossiers/{id}");
    let read = service.send(request("GET", &path, Some(&head), &[], Body::empty())).await;
    let tag = if read.header("etag").is_empty() { "\"1\"" } else { read.header("etag") };
    let headers = [("idempotency-key", key), ("if-match", tag)];
    service.json("POST", &format!("{path}/effacement"), Some(&head), &headers, body).await
}
