//! The JSON routes.

use axum::body::Body;
use contracts::api::{CadreJson, DelaiJson, Liste};
use http::StatusCode;
use serde_json::{Value, json};

use crate::common::{application, request, service, token};

const KEY: &[(&str, &str)] = &[("idempotency-key", "cle-1")];

#[tokio::test]
async fn an_application_is_received_once_for_each_key() {
    let service = service();
    let first = service.json("POST", "/v1/demandes", None, KEY, &application()).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    assert_eq!(
        first.header("location"),
        format!("/v1/dossiers/{}", first.json()["dossier"].as_str().unwrap())
    );
    let again = service.json("POST", "/v1/demandes", None, KEY, &application()).await;
    assert_eq!((again.status, &again.text), (StatusCode::CREATED, &first.text));
    let mut other = application();
    other["personne"]["prenom"] = json!("Alex");
    let other = service.json("POST", "/v1/demandes", None, KEY, &other).await;
    assert_eq!(other.problem(), (422, "cle_reutilisee".to_owned()));
}

#[tokio::test]
async fn everything_wrong_is_told_at_once_and_nothing_is_written() {
    let service = service();
    let body = json!({
        "territoire": "77", "canal": "web", "surprise": 1,
        "personne": { "prenom": "", "nom": 3, "date_naissance": "1985-02-31", "nir": "1",
            "adresse": { "code_postal": "77000", "commune": "75056" } },
        "foyer": { "conjoint": "peut-être", "enfants": -1 },
        "dsp": { "natlog": "9999", "inconnu": "1" },
        "droit": { "statut": "confirme", "date_ouverture": "2026-01-01" },
    });
    let reply = service.json("POST", "/v1/demandes", None, KEY, &body).await;
    assert_eq!(reply.problem(), (422, "contenu_invalide".to_owned()));
    let problem = reply.json();
    let pointers: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|it| it["pointer"].as_str().unwrap()).collect();
    for expected in [
        "/surprise",
        "/personne/prenom",
        "/personne/nom",
        "/personne/date_naissance",
        "/personne/nir",
        "/personne/adresse/commune",
        "/foyer/conjoint",
        "/foyer/enfants",
        "/dsp/natlog",
        "/droit/statut",
    ] {
        assert!(pointers.contains(&expected), "{expected} in {pointers:?}");
    }
    for error in problem["errors"].as_array().unwrap() {
        assert!(
            !error["code"].as_str().unwrap().is_empty() && error["detail"].as_str().unwrap().ends_with('.')
        );
    }
    let good = service.json("POST", "/v1/demandes", None, KEY, &application()).await;
    assert_eq!(good.status, StatusCode::CREATED, "the key was not used up");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_before_anything_else() {
    let service = service();
    let send = async |headers: &[(&str, &str)], body: Vec<u8>| {
        service.send(request("POST", "/v1/demandes", None, headers, Body::from(body))).await.problem()
    };
    let json = ("content-type", "application/json; charset=utf-8");
    let key = KEY[0];
    assert_eq!(send(&[json, key], b"{".to_vec()).await, (400, "json_illisible".into()));
    assert_eq!(send(&[json, key], vec![0xff, 0xfe]).await, (400, "json_illisible".into()));
    assert_eq!(send(&[json, key], vec![b' '; 70_000]).await, (413, "corps_trop_grand".into()));
    assert_eq!(
        send(&[("content-type", "text/plain"), key], b"{}".to_vec()).await,
        (415, "format_non_accepte".into())
    );
    assert_eq!(send(&[key], b"{}".to_vec()).await, (415, "format_non_accepte".into()));
    assert_eq!(send(&[json], b"{}".to_vec()).await, (400, "cle_idempotence_absente".into()));
    assert_eq!(
        send(&[json, ("idempotency-key", "a b")], b"{}".to_vec()).await,
        (400, "cle_idempotence_invalide".into())
    );
    assert_eq!(send(&[json, key], br#"{"canal":"web","canal":"web"}"#.to_vec()).await.0, 422);
}

#[tokio::test]
async fn an_address_that_leads_nowhere_and_a_method_that_is_not_there_are_problems() {
    let service = service();
    assert_eq!(service.get("/nulle/part", None).await.problem(), (404, "introuvable".into()));
    let person = service
        .send(request("GET", "/nulle/part", None, &[("accept", "text/html,*/*")], Body::empty()))
        .await;
    assert_eq!((person.status.as_u16(), person.text.contains("<h1>Introuvable")), (404, true));
    let wrong = service.send(request("DELETE", "/v1/demandes", None, &[], Body::empty())).await;
    assert_eq!(wrong.problem(), (405, "methode_non_permise".into()));
    assert_eq!(wrong.header("allow"), "POST");
    let agent = token("orientation", "agent-1");
    assert_eq!(
        service.get("/v1/dossiers/pas-un-uuid", Some(&agent)).await.problem(),
        (404, "introuvable".into())
    );
    assert_eq!(
        service.get("/v1/dossiers/%FF", Some(&agent)).await.problem(),
        (400, "requete_illisible".into())
    );
}

#[tokio::test]
async fn a_panic_is_one_answer_and_tells_nothing() {
    let service = service();
    let reply = service.get("/essai/panique", None).await;
    assert_eq!(reply.problem(), (500, "erreur_interne".into()));
    assert!(!reply.text.contains("secret"));
    assert_eq!(service.get("/sante", None).await.json(), json!({ "etat": "ok" }));
}

#[tokio::test]
async fn a_dossier_is_signed_with_the_revision_that_was_read() {
    let service = service();
    service.staffed().await;
    let id = service.ready("cle-1").await;
    let agent = token("orientation", "agent-1");
    let path = format!("/v1/dossiers/{id}");
    let read = service.get(&path, Some(&agent)).await;
    assert_eq!(read.json()["etat"], "a_orienter");
    let etag = read.header("etag").to_owned();
    assert_eq!(etag, format!("\"{}\"", read.json()["revision"]));
    let proposal = service.get(&format!("{path}/proposition"), Some(&agent)).await.json();
    assert_eq!((&proposal["parcours"], &proposal["organisme"]), (&json!("social"), &json!("departement")));

    let sign = format!("{path}/orientation");
    let body = json!({ "parcours": "social", "organisme": "departement" });
    let post = async |key: &str, etag: Option<&str>, body: &Value| {
        let mut headers = vec![("idempotency-key", key)];
        headers.extend(etag.map(|etag| ("if-match", etag)));
        service.json("POST", &sign, Some(&agent), &headers, body).await
    };
    assert_eq!(post("s1", None, &body).await.problem(), (428, "if_match_absent".into()));
    assert_eq!(post("s1", Some("*"), &body).await.problem(), (400, "if_match_illisible".into()));
    assert_eq!(post("s1", Some("W/\"1\""), &body).await.problem(), (400, "if_match_illisible".into()));
    let stale = post("s1", Some("\"9999\""), &body).await;
    assert_eq!(stale.problem(), (412, "revision_perimee".into()));
    assert_eq!(stale.header("etag"), etag);
    let away = json!({ "parcours": "emploi", "organisme": "france_travail" });
    assert_eq!(post("s2", Some(&etag), &away).await.problem(), (409, "motif_ecart_absent".into()));

    let signed = post("s3", Some(&etag), &body).await;
    assert_eq!(signed.status, StatusCode::OK, "{}", signed.text);
    assert_eq!(signed.json()["decision"]["par"]["nom"], "Alix Exemple");
    assert_ne!(signed.header("etag"), etag);
    let replay = post("s3", Some(&etag), &body).await;
    assert_eq!(replay.status, StatusCode::OK, "a replay needs no fresh revision: {}", replay.text);

    service.settle().await;
    let after = service.get(&path, Some(&agent)).await.json();
    assert_eq!(after["etat"], "affecte");
    let carnet = service.get(&format!("{path}/carnet"), Some(&agent)).await.json();
    assert_eq!(carnet["elements"].as_array().unwrap().len(), 2);
    assert_eq!(carnet["elements"][0]["nature"], "orientation");
}

#[tokio::test]
async fn every_role_does_what_it_may_and_nothing_else() {
    let service = service();
    service.staffed().await;
    let id = service.ready("cle-1").await;
    let one = format!("/v1/dossiers/{id}");
    let proposal = format!("{one}/proposition");
    let carnet = format!("{one}/carnet");
    // A référent who follows nobody sees nothing of others.
    let expected: [(&str, [(&str, u16); 9]); 14] = [
        ("/v1/dossiers", roles(200, 200, 200, 403)),
        (&one, roles(200, 404, 200, 403)),
        (&proposal, roles(200, 403, 200, 403)),
        (&carnet, roles(200, 404, 200, 403)),
        ("/v1/non_orientes", roles(200, 403, 200, 403)),
        ("/v1/cadres", roles(200, 200, 200, 200)),
        ("/v1/cadres/cadre-2025", roles(403, 403, 200, 200)),
        ("/v1/cadres/cadre-2025/1", roles(403, 403, 404, 404)),
        ("/v1/referents", roles(200, 200, 200, 200)),
        ("/v1/referents/ref-1", roles(200, 200, 200, 200)),
        ("/v1/delegations", roles(403, 403, 200, 200)),
        ("/v1/balayages/2026-11", roles(403, 403, 404, 404)),
        ("/v1/indicateurs?du=2026-01-01&au=2026-01-31", roles(403, 403, 200, 200)),
        ("/v1/indicateurs?du=2026-01-01&au=2026-01-31&par=commune", roles(403, 403, 200, 200)),
    ];
    for (path, cases) in expected {
        for (role, status) in cases {
            let reply = match role {
                "" => service.get(path, None).await,
                "inconnu" => service.get(path, Some(&token("stagiaire", "x"))).await,
                role => service.get(path, Some(&token(role, "quelqu-un"))).await,
            };
            assert_eq!(reply.status.as_u16(), status, "{path} as {role:?}: {}", reply.text);
        }
    }
}

/// The statuses of the four roles, then of nobody and of a role that does not exist.
fn roles(orientation: u16, referent: u16, head: u16, administration: u16) -> [(&'static str, u16); 9] {
    [
        ("orientation", orientation),
        ("referent", referent),
        ("responsable", head),
        ("administration", administration),
        ("", 401),
        ("inconnu", 403),
        ("", 401),
        ("orientation", orientation),
        ("responsable", head),
    ]
}

#[tokio::test]
async fn a_professional_applies_for_somebody_in_their_own_territory_only() {
    let service = service();
    let agent = token("orientation", "agent-1");
    let mut body = application();
    body["canal"] = json!("guichet");
    body["personne"]["nir"] = json!("185037512345678");
    let referent = token("referent", "ref-1");
    let refused = service.json("POST", "/v1/demandes", Some(&referent), KEY, &body).await;
    assert_eq!(refused.problem(), (403, "role_insuffisant".into()));
    let public = service.json("POST", "/v1/demandes", None, KEY, &body).await;
    assert_eq!(public.problem().0, 422);
    let bad = service.json("POST", "/v1/demandes", Some("faux"), KEY, &body).await;
    assert_eq!(bad.problem().0, 401, "a token that is there must be good");
    body["territoire"] = json!("93");
    assert_eq!(service.json("POST", "/v1/demandes", Some(&agent), KEY, &body).await.problem().0, 422);
}

#[tokio::test]
async fn queries_are_read_strictly() {
    let service = service();
    let agent = token("orientation", "agent-1");
    for (query, status) in [
        ("", 200),
        ("?limite=100&etat=a_orienter&commune=77288", 200),
        ("?limite=0", 422),
        ("?limite=101", 422),
        ("?limite=dix", 422),
        ("?etat=perdu", 422),
        ("?commune=Melun", 422),
        ("?referent=A%20B", 422),
        ("?page=2", 422),
        ("?limite=1&limite=2", 422),
    ] {
        let reply = service.get(&format!("/v1/dossiers{query}"), Some(&agent)).await;
        assert_eq!(reply.status.as_u16(), status, "{query}: {}", reply.text);
    }
}

#[tokio::test]
async fn a_list_is_read_page_after_page() {
    let service = service();
    for index in 0..5 {
        service.ready(&format!("cle-{index}")).await;
    }
    let agent = token("orientation", "agent-1");
    let mut seen = Vec::new();
    let mut path = "/v1/dossiers?limite=2".to_owned();
    loop {
        let page = service.get(&path, Some(&agent)).await.json();
        seen.extend(page["elements"].as_array().unwrap().iter().map(|it| it["dossier"].to_string()));
        match page["suivant"].as_str() {
            Some(cursor) => path = format!("/v1/dossiers?limite=2&apres={}", crate::common::escaped(cursor)),
            None => break,
        }
        assert!(seen.len() < 20);
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5);
}

#[tokio::test]
async fn the_same_month_answers_with_the_same_sweep() {
    let service = service();
    let head = token("responsable", "chef-1");
    let body = json!({ "mois": "2026-11" });
    let first = service.json("POST", "/v1/balayages", Some(&head), KEY, &body).await;
    assert_eq!(first.status, StatusCode::ACCEPTED, "{}", first.text);
    let location = first.header("location").to_owned();
    let again =
        service.json("POST", "/v1/balayages", Some(&head), &[("idempotency-key", "autre")], &body).await;
    assert_eq!(again.header("location"), location);
    service.settle().await;
    let run = service.get(&location, Some(&head)).await.json();
    assert_eq!(run["etat"], "termine", "{run}");
}

#[tokio::test]
async fn a_referents_record_is_changed_with_the_revision_that_was_read() {
    let service = service();
    service.staffed().await;
    let head = token("responsable", "chef-1");
    let read = service.get("/v1/referents/ref-1", Some(&head)).await;
    let etag = read.header("etag").to_owned();
    let body = json!({
        "nom": "Dominique Modèle", "structure": "MDS de Meaux", "organisme": "departement", "capacite": 3,
        "parcours": ["social"],
    });
    let put = async |headers: &[(&str, &str)]| {
        service.json("PUT", "/v1/referents/ref-1", Some(&head), headers, &body).await
    };
    assert_eq!(put(&[]).await.problem(), (428, "if_match_absent".into()));
    let changed = put(&[("if-match", &etag)]).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    assert_ne!(changed.header("etag"), etag);
    let agent = token("orientation", "agent-1");
    let refused = service.json("PUT", "/v1/referents/ref-9", Some(&agent), &[], &body).await;
    assert_eq!(refused.problem(), (403, "role_insuffisant".into()));
}

#[tokio::test]
async fn answers_are_not_kept_and_not_framed() {
    let reply = service().get("/sante", None).await;
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert!(reply.header("content-security-policy").starts_with("default-src 'none'"));
}

#[tokio::test]
async fn the_law_in_force_is_told_with_its_clocks_and_its_sources() {
    let service = service();
    let reply = service.get("/v1/cadres", Some(&token("referent", "ref-1"))).await;
    let frames: Liste<CadreJson> = serde_json::from_str(&reply.text).unwrap();
    let ids: Vec<&str> = frames.elements.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, ["cadre-2020#1", "cadre-2025#1"]);
    let law = &frames.elements[1];
    assert_eq!(law.orientation.legal, DelaiJson::Jours(42));
    assert_eq!(law.horloges.len(), 12);
    assert_eq!(law.sanctions.a_renseigner, ["observations", "repetition", "refund", "steps.share"]);
    assert!(law.sources.iter().any(|it| it.article == "CASF, art. D. 262-65-2"));
}
