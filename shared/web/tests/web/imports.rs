//! Files that professionals drop, by the API and by the pages.

use axum::body::Body;
use http::StatusCode;
use serde_json::{Value, json};

use crate::common::{Reply, Service, claims, request, service, sign, token};

/// A small list: one person to bring in, one row without a name.
const LIST: &str = "Nom;Prénom;Date de naissance;Code postal;Ville\n\
    Exemple;Camille;31/03/1985;77000;Melun\n;Alix;01/02/1990;77000;Melun\n";
/// The same, with a heading that means nothing.
const ODD: &str = "Nom;Prénom;Venu au monde le;Code postal;Ville\nExemple;Camille;31/03/1985;77000;Melun\n";
const DRY: &str = "/v1/imports?nature=liste&source=essai&nom=liste.csv&a_blanc=true&recu_le=2026-11-20";

async fn give(service: &Service, token: &str, path: &str, key: &str, bytes: &str) -> Reply {
    let headers = [("idempotency-key", key), ("content-type", "text/csv")];
    service.send(request("POST", path, Some(token), &headers, Body::from(bytes.to_owned()))).await
}

async fn ask(service: &Service, path: &str, token: &str, key: &str, body: &Value) -> Reply {
    service.json("POST", path, Some(token), &[("idempotency-key", key)], body).await
}

#[tokio::test]
async fn a_list_is_tried_applied_and_given_back_annotated() {
    let service = service();
    let agent = token("orientation", "agent-1");
    let given = give(&service, &agent, DRY, "cle-1", LIST).await;
    assert_eq!(given.status, StatusCode::ACCEPTED, "{}", given.text);
    let path = given.header("location").to_owned();
    assert_eq!(path, format!("/v1/imports/{}", given.json()["import"].as_str().unwrap()));
    let early = ask(&service, &format!("{path}/appliquer"), &agent, "a-1", &json!({})).await;
    assert_eq!(early.problem(), (422, "contenu_invalide".into()));
    service.settle().await;

    let tried = service.get(&path, Some(&agent)).await.json();
    assert_eq!((&tried["etat"], &tried["a_blanc"]), (&json!("termine"), &json!(true)), "{tried}");
    assert_eq!((&tried["bilan"]["crees"], &tried["bilan"]["refuses"]), (&json!(1), &json!(1)));
    let none = service.get("/v1/dossiers", Some(&agent)).await.json();
    assert_eq!(none["elements"], json!([]), "nothing is written");

    let applied = ask(&service, &format!("{path}/appliquer"), &agent, "a-1", &json!({})).await;
    assert_eq!(applied.status, StatusCode::ACCEPTED, "{}", applied.text);
    let again = ask(&service, &format!("{path}/appliquer"), &agent, "a-2", &json!({})).await;
    assert_eq!(again.header("location"), applied.header("location"), "applied once");
    assert_ne!(applied.header("location"), path, "under a name of its own");
    service.settle().await;
    let done = service.get(applied.header("location"), Some(&agent)).await.json();
    assert_eq!((&done["etat"], &done["bilan"]), (&json!("termine"), &tried["bilan"]));
    assert_eq!(
        service.get("/v1/imports", Some(&agent)).await.json()["elements"].as_array().unwrap().len(),
        2
    );

    let file = service.get(&format!("{}/fichier", applied.header("location")), Some(&agent)).await;
    assert_eq!(file.header("content-disposition"), "attachment; filename*=UTF-8''liste-annote.csv");
    assert!(file.header("content-type").starts_with("text/csv"));
    assert!(file.text.contains("erreur"), "{}", file.text);
}

#[tokio::test]
async fn a_file_given_again_under_its_key_is_the_same_and_another_one_is_refused() {
    let service = service();
    let agent = token("orientation", "agent-1");
    let first = give(&service, &agent, DRY, "cle-1", LIST).await;
    let again = give(&service, &agent, DRY, "cle-1", LIST).await;
    assert_eq!((again.status, &again.text), (StatusCode::ACCEPTED, &first.text));
    let reused = (422, "cle_reutilisee".to_owned());
    assert_eq!(give(&service, &agent, DRY, "cle-1", ODD).await.problem(), reused);
    let written = DRY.replace("a_blanc=true", "a_blanc=false");
    assert_eq!(give(&service, &agent, &written, "cle-1", LIST).await.problem(), reused);
    let other_day = DRY.replace("2026-11-20", "2026-11-19");
    assert_eq!(give(&service, &agent, &other_day, "cle-1", LIST).await.problem(), reused);
    assert_eq!(
        service.get("/v1/imports", Some(&agent)).await.json()["elements"].as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn everything_wrong_with_a_deposit_is_told_at_once_and_nothing_is_kept() {
    let service = service();
    let agent = token("orientation", "agent-1");
    let bad = "/v1/imports?nature=photo&a_blanc=oui&recu_le=2027-01-01&source=&surprise=1&source=b";
    let refused = give(&service, &agent, bad, "cle-1", LIST).await;
    assert_eq!(refused.problem(), (422, "contenu_invalide".into()));
    let problem = refused.json();
    let told: Vec<String> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{} {}", it["pointer"].as_str().unwrap(), it["code"].as_str().unwrap()))
        .collect();
    for expected in [
        "/ parametre_inconnu",
        "/source parametre_en_double",
        "/nature code_inconnu",
        "/source vide",
        "/nom champ_absent",
        "/a_blanc code_inconnu",
        "/recu_le date_future",
    ] {
        assert!(told.iter().any(|it| it == expected), "{expected} in {told:?}");
    }
    let no_key = service.send(request("POST", DRY, Some(&agent), &[], Body::from(LIST))).await;
    assert_eq!(no_key.problem(), (400, "cle_idempotence_absente".into()));
    assert_eq!(give(&service, &agent, DRY, "cle-1", "").await.json()["errors"][0]["pointer"], "/fichier");
    assert_eq!(service.get("/v1/imports", Some(&agent)).await.json()["elements"], json!([]));
}

#[tokio::test]
async fn files_are_for_those_who_orient_and_of_another_territory_there_are_none() {
    let service = service();
    let agent = token("orientation", "agent-1");
    let path = give(&service, &agent, DRY, "cle-1", LIST).await.header("location").to_owned();
    service.settle().await;
    let stranger = {
        let mut claims = claims("responsable", "chef-2");
        claims["territoire"] = json!("91");
        sign(&claims)
    };
    let file = format!("{path}/fichier");
    for read in [path.as_str(), &file] {
        assert_eq!(service.get(read, Some(&stranger)).await.problem(), (404, "introuvable".into()), "{read}");
    }
    let columns = json!({ "colonnes": {} });
    for (act, body) in [("colonnes", &columns), ("appliquer", &json!({}))] {
        let path = format!("{path}/{act}");
        assert_eq!(ask(&service, &path, &stranger, "k", body).await.problem().0, 404, "{path}");
        for role in ["referent", "administration"] {
            let refused = ask(&service, &path, &token(role, "x-1"), "k", body).await;
            assert_eq!(refused.problem(), (403, "role_insuffisant".into()), "{role} {path}");
        }
    }
    assert_eq!(service.get("/v1/imports", Some(&stranger)).await.json()["elements"], json!([]));
    for role in ["referent", "administration"] {
        let who = token(role, "x-1");
        let refused = (403, "role_insuffisant".to_owned());
        assert_eq!(give(&service, &who, DRY, "cle-2", LIST).await.problem(), refused, "{role}");
        for read in ["/v1/imports", path.as_str(), &file] {
            assert_eq!(service.get(read, Some(&who)).await.problem(), refused, "{role} {read}");
        }
        assert!(!service.page("/pro", &who).await.text.contains("/pro/fichiers"), "{role} sees no link");
        let page = service.page("/pro/fichiers", &who).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{role}");
        assert!(page.text.contains("Votre rôle ne permet pas cette action."));
    }
    assert!(service.page("/pro", &token("responsable", "chef-1")).await.text.contains("/pro/fichiers"));
    assert_eq!(service.get(&path, None).await.problem().0, 401);
}

#[tokio::test]
async fn the_columns_of_a_list_are_settled_once() {
    let service = service();
    let agent = token("orientation", "agent-1");
    let path = give(&service, &agent, DRY, "cle-1", ODD).await.header("location").to_owned();
    service.settle().await;
    let read = service.get(&path, Some(&agent)).await.json();
    assert_eq!(read["etat"], "a_preciser");
    let settle = format!("{path}/colonnes");
    let wrong = json!({ "colonnes": { "Venu au monde le": "anniversaire", "Taille": null } });
    let refused = ask(&service, &settle, &agent, "c-1", &wrong).await;
    assert_eq!(refused.problem(), (422, "contenu_invalide".into()));
    assert!(refused.text.contains("date_naissance"), "the codes that exist are told: {}", refused.text);
    assert_eq!(refused.json()["errors"].as_array().unwrap().len(), 2);

    let right = json!({ "colonnes": { "Venu au monde le": "date_naissance" } });
    let settled = ask(&service, &settle, &agent, "c-1", &right).await;
    assert_eq!((settled.status, settled.header("location")), (StatusCode::ACCEPTED, path.as_str()));
    service.settle().await;
    assert_eq!(service.get(&path, Some(&agent)).await.json()["bilan"]["crees"], 1);
    assert_eq!(ask(&service, &settle, &agent, "c-1", &right).await.status, StatusCode::ACCEPTED);
    let otherwise = json!({ "colonnes": { "Venu au monde le": null } });
    let late = ask(&service, &settle, &agent, "c-2", &otherwise).await;
    assert_eq!(late.problem(), (409, "colonnes_deja_precisees".into()));
}

/// Sends the form by which a file is dropped; the file last, as a browser does.
async fn drop_file(service: &Service, token: &str, fields: &[(&str, &str)], file: (&str, &str)) -> Reply {
    let mut body = String::new();
    for (name, value) in fields {
        let part = format!("--limite\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.push_str(&part);
    }
    let (name, bytes) = file;
    let part = format!(
        "--limite\r\nContent-Disposition: form-data; name=\"fichier\"; filename=\"{name}\"\r\n\
         Content-Type: text/csv\r\n\r\n{bytes}\r\n--limite--\r\n"
    );
    body.push_str(&part);
    let cookie = format!("__Host-session={token}");
    let headers = [
        ("content-type", "multipart/form-data; boundary=limite"),
        ("host", "rsa.test"),
        ("origin", "https://rsa.test"),
        ("cookie", &cookie),
    ];
    service.send(request("POST", "/pro/fichiers", None, &headers, Body::from(body))).await
}

#[tokio::test]
async fn a_file_dropped_in_the_pages_is_tried_then_applied() {
    let service = service();
    let agent = token("orientation", "agent-1");
    let page = service.page("/pro/fichiers", &agent).await;
    assert!(
        page.text.contains("value=\"2026-11-23\"") && page.text.contains("Aucun fichier"),
        "{}",
        page.text
    );
    let fields = [("cle", "page-1"), ("nature", "liste"), ("source", ""), ("a_blanc", "oui")];
    let sent = drop_file(&service, &agent, &fields, ("C:\\Été & Cie.csv", LIST)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let path = sent.header("location").split('?').next().unwrap().to_owned();
    let waiting = service.page(&path, &agent).await;
    assert!(waiting.text.contains("http-equiv=\"refresh\"") && waiting.text.contains("Été &#38; Cie.csv"));
    let still = service.page(&format!("{path}?actualisation=non"), &agent).await;
    assert!(!still.text.contains("http-equiv=\"refresh\""), "who reads may stop it");

    service.settle().await;
    let tried = service.page(&path, &agent).await;
    assert!(!tried.text.contains("http-equiv=\"refresh\""));
    assert!(
        tried.text.contains("Ce que le fichier changerait") && tried.text.contains("Appliquer le fichier")
    );
    let applied = service.form(&format!("{path}/appliquer"), Some(&agent), &[]).await;
    assert_eq!(applied.status, StatusCode::SEE_OTHER, "{}", applied.text);
    service.settle().await;
    let done = service.page(applied.header("location"), &agent).await;
    assert!(done.text.contains("Ce que le fichier a changé") && !done.text.contains("Appliquer le fichier"));
    let tried = service.page(&path, &agent).await;
    assert!(tried.text.contains("a été appliqué après l’essai"), "{}", tried.text);
    let link = format!("{}/annote", applied.header("location").split('?').next().unwrap());
    let file = service.page(&link, &agent).await;
    let name = "attachment; filename*=UTF-8''%C3%89t%C3%A9%20%26%20Cie-annote.csv";
    assert_eq!((file.status, file.header("content-disposition")), (StatusCode::OK, name));
}

#[tokio::test]
async fn a_form_without_its_file_comes_back_with_what_was_typed() {
    let service = service();
    let agent = token("orientation", "agent-1");
    let fields = [("cle", "page-1"), ("source", "rdv-insertion"), ("recu_le", "2027-01-01")];
    let sent = drop_file(&service, &agent, &fields, ("", "")).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    for expected in [
        "<title>Erreur",
        "href=\"#nature-1\"",
        "href=\"#recu_le\"",
        "href=\"#fichier\"",
        "value=\"rdv-insertion\"",
        "value=\"2027-01-01\"",
    ] {
        assert!(sent.text.contains(expected), "{expected} in {}", sent.text);
    }
    assert!(!sent.text.contains(" checked"), "the box that was not ticked stays so");
    let fields = [("cle", "page-2"), ("nature", "liste")];
    assert_eq!(drop_file(&service, &agent, &fields, ("a.csv", LIST)).await.status, StatusCode::SEE_OTHER);
    let back = drop_file(&service, &agent, &fields, ("b.csv", ODD)).await;
    assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY, "the form of a page that was left");
    assert!(back.text.contains("Ce formulaire avait déjà servi"), "{}", back.text);
    let long = "x".repeat(2000);
    let fields = [("cle", long.as_str())];
    assert_eq!(drop_file(&service, &agent, &fields, ("a.csv", LIST)).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_form_of_another_site_drops_nothing() {
    let service = service();
    let agent = token("orientation", "agent-1");
    let cookie = format!("__Host-session={agent}");
    for path in ["/pro/fichiers", "/pro/fichiers/0b0f5a0e-6a0e-5d0c-9a5e-3f5a1c2d7e10/appliquer"] {
        let headers = [
            ("content-type", "multipart/form-data; boundary=limite"),
            ("host", "rsa.test"),
            ("origin", "https://autre.test"),
            ("cookie", cookie.as_str()),
        ];
        let sent = service.send(request("POST", path, None, &headers, Body::from("--limite--\r\n"))).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN, "{path}");
        assert!(sent.text.contains("depuis le site lui-même"));
    }
}

#[tokio::test]
async fn columns_are_settled_in_the_pages() {
    let service = service();
    let agent = token("orientation", "agent-1");
    let fields = [("cle", "page-1"), ("nature", "liste"), ("a_blanc", "oui")];
    let sent = drop_file(&service, &agent, &fields, ("suivi.csv", ODD)).await;
    let path = sent.header("location").split('?').next().unwrap().to_owned();
    service.settle().await;
    let page = service.page(&path, &agent).await;
    assert!(page.text.contains("Venu au monde le") && page.text.contains("Ne pas lire cette colonne"));
    assert!(page.text.contains("<option value=\"prenom\" selected>Prénom"), "{}", page.text);
    let chosen =
        [("c0", "nom"), ("c1", "prenom"), ("c2", "date_naissance"), ("c3", "code_postal"), ("c4", "ville")];
    let settled = service.form(&format!("{path}/colonnes"), Some(&agent), &chosen).await;
    assert_eq!(settled.status, StatusCode::SEE_OTHER, "{}", settled.text);
    service.settle().await;
    assert!(service.page(&path, &agent).await.text.contains("Essai terminé"));
}

#[tokio::test]
async fn a_file_much_longer_than_any_other_body_is_received() {
    let service = service();
    let agent = token("orientation", "agent-1");
    let mut long = LIST.to_owned();
    long.extend((0..90_000).map(|it| format!("Exemple{it};Camille;31/03/1985;77000;Melun\n")));
    assert!(long.len() > 3 << 20);
    assert_eq!(give(&service, &agent, DRY, "cle-1", &long).await.status, StatusCode::ACCEPTED);
    let fields = [("cle", "page-1"), ("nature", "liste"), ("a_blanc", "oui")];
    assert_eq!(
        drop_file(&service, &agent, &fields, ("longue.csv", &long)).await.status,
        StatusCode::SEE_OTHER
    );
}
