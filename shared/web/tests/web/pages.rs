//! The pages of professionals.

use http::StatusCode;

use crate::common::{Reply, Service, service, token};

fn hidden(html: &str, form: &str, name: &str) -> String {
    let at = html.find(&format!("/{form}\"")).unwrap_or_else(|| panic!("no form {form} in {html}"));
    let rest = &html[at..];
    let start = rest.find(&format!("name=\"{name}\" value=\"")).unwrap() + name.len() + 15;
    rest[start..start + rest[start..].find('"').unwrap()].to_owned()
}

async fn send(
    service: &Service,
    page: &Reply,
    (id, act): (&str, &str),
    token: &str,
    typed: &[(&str, &str)],
) -> Reply {
    let (key, revision) = (hidden(&page.text, act, "cle"), hidden(&page.text, act, "revision"));
    let fields = [&[("cle", key.as_str()), ("revision", revision.as_str())], typed].concat();
    service.form(&format!("/pro/dossiers/{id}/{act}"), Some(token), &fields).await
}

#[tokio::test]
async fn without_a_session_a_page_leads_to_the_door_and_a_form_is_refused() {
    let service = service();
    let page = service.get("/pro", None).await;
    assert_eq!((page.status, page.header("location")), (StatusCode::SEE_OTHER, "/pro/connexion"));
    let form = service.form("/pro/dossiers/00000000-0000-0000-0000-000000000000/carnet", None, &[]).await;
    assert_eq!(form.status, StatusCode::UNAUTHORIZED);
    let bearer = service.get("/pro", Some(&token("orientation", "agent-1"))).await;
    assert_eq!(bearer.status, StatusCode::SEE_OTHER, "pages read the cookie only");
    assert_eq!(service.page("/pro", "faux").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_opens_with_a_good_token_and_closes() {
    let service = service();
    let good = token("orientation", "agent-1");
    let opened = service.form("/pro/connexion", None, &[("jeton", &good)]).await;
    assert_eq!((opened.status, opened.header("location")), (StatusCode::SEE_OTHER, "/pro"));
    let cookie = opened.header("set-cookie");
    assert!(cookie.starts_with(&format!("__Host-session={good};")));
    for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{attribute}");
    }
    let refused = service.form("/pro/connexion", None, &[("jeton", "faux")]).await;
    assert_eq!((refused.status, refused.header("set-cookie")), (StatusCode::UNAUTHORIZED, ""));
    let closed = service.form("/pro/deconnexion", Some(&good), &[]).await;
    assert!(closed.header("set-cookie").contains("Max-Age=0"));
}

#[tokio::test]
async fn an_agent_lists_reads_and_signs() {
    let service = service();
    service.staffed().await;
    let id = service.ready("cle-1").await;
    let agent = token("orientation", "agent-1");
    let list = service.page("/pro", &agent).await;
    assert!(list.text.contains("Camille Exemple") && list.text.contains("Melun"), "{}", list.text);
    let path = format!("/pro/dossiers/{id}");
    let page = service.page(&path, &agent).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("Parcours social, avec le Département") && page.text.contains("Règle R"));

    let away = [("orientation.parcours", "emploi"), ("orientation.organisme", "france_travail")];
    let refused = send(&service, &page, (&id, "orientation"), &agent, &away).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(
        refused.text.contains("<title>Erreur") && refused.text.contains("href=\"#orientation.motif_ecart\"")
    );
    assert!(refused.text.contains("value=\"emploi\" selected"), "what was chosen stays");

    let follow = [("orientation.parcours", "social"), ("orientation.organisme", "departement")];
    let signed = send(&service, &page, (&id, "orientation"), &agent, &follow).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.text);
    let done = service.page(signed.header("location"), &agent).await;
    assert!(done.text.contains("L’orientation est signée") && done.text.contains("Alix Exemple"));

    service.settle().await;
    let page = service.page(&path, &agent).await;
    assert!(
        page.text.contains("Changer de référent") && page.text.contains("Orientation signée"),
        "{}",
        page.text
    );
    let other = if page.text.contains("value=\"ref-2\"") { "ref-2" } else { "ref-1" };
    let change = [("referent.referent", other), ("referent.motif", "souhait_personne")];
    let changed = send(&service, &page, (&id, "referent"), &agent, &change).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.text);
    let words = [("carnet.rubrique", "projet"), ("carnet.texte", "Permis <b>B</b> en cours")];
    let added = send(&service, &page, (&id, "carnet"), &agent, &words).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
    let page = service.page(&path, &agent).await;
    assert!(page.text.contains("Permis &#60;b&#62;B&#60;/b&#62; en cours"), "{}", page.text);
}

#[tokio::test]
async fn two_agents_on_one_dossier_the_second_sees_what_the_first_did() {
    let service = service();
    service.staffed().await;
    let id = service.ready("cle-1").await;
    let agent = token("orientation", "agent-1");
    let page = service.page(&format!("/pro/dossiers/{id}"), &agent).await;
    let typed = [("orientation.parcours", "social"), ("orientation.organisme", "departement")];
    assert_eq!(
        send(&service, &page, (&id, "orientation"), &agent, &typed).await.status,
        StatusCode::SEE_OTHER
    );
    let late = [("orientation.parcours", "social"), ("orientation.organisme", "delegataire")];
    let key_of_another = {
        let fields = [("cle", "page-autre"), ("revision", "1"), late[0], late[1]];
        service.form(&format!("/pro/dossiers/{id}/orientation"), Some(&agent), &fields).await
    };
    assert_eq!(key_of_another.status, StatusCode::PRECONDITION_FAILED);
    assert!(
        key_of_another.text.contains("modifié entre-temps") && key_of_another.text.contains("Alix Exemple")
    );
}

#[tokio::test]
async fn a_declared_right_is_confirmed_from_the_page() {
    let service = service();
    let body = crate::common::application();
    let reply = service.json("POST", "/v1/demandes", None, &[("idempotency-key", "c")], &body).await;
    let id = reply.json()["dossier"].as_str().unwrap().to_owned();
    service.settle().await;
    let agent = token("orientation", "agent-1");
    let page = service.page(&format!("/pro/dossiers/{id}"), &agent).await;
    let missing = [("droit.statut", "confirme"), ("droit.droits_devoirs", "oui")];
    let wrong = send(&service, &page, (&id, "droit"), &agent, &missing).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("href=\"#droit.date_ouverture\""), "{}", wrong.text);
    let typed = [
        missing[0],
        missing[1],
        ("droit.date_ouverture", "2026-11-02"),
        ("droit.date_reception", "2026-11-20"),
    ];
    let done = send(&service, &page, (&id, "droit"), &agent, &typed).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = service.page(&format!("/pro/dossiers/{id}"), &agent).await;
    assert!(
        page.text.contains("Confirmé, ouvert le 2 novembre 2026") && page.text.contains("Orientation (H3)")
    );
}

#[tokio::test]
async fn an_emergency_is_closed_from_the_page() {
    let service = service();
    let mut body = crate::common::application();
    body["aide_immediate"] = serde_json::json!(["hebergement"]);
    let reply = service.json("POST", "/v1/demandes", None, &[("idempotency-key", "c")], &body).await;
    let id = reply.json()["dossier"].as_str().unwrap().to_owned();
    service.settle().await;
    let agent = token("orientation", "agent-1");
    let page = service.page(&format!("/pro/dossiers/{id}"), &agent).await;
    assert!(page.text.contains("dormir à l’abri"));
    let closed = send(&service, &page, (&id, "urgence"), &agent, &[("urgence.issue", "traitee")]).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER, "{}", closed.text);
}

#[tokio::test]
async fn administration_sees_no_person() {
    let service = service();
    let id = service.ready("cle-1").await;
    let admin = token("administration", "admin-1");
    for path in ["/pro".to_owned(), format!("/pro/dossiers/{id}")] {
        let page = service.page(&path, &admin).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(!page.text.contains("Camille"));
    }
}

#[tokio::test]
async fn a_hostile_name_is_text() {
    let service = service();
    let mut body = crate::common::application();
    body["personne"]["adresse"]["voie"] = serde_json::json!("<img src=x onerror=alert(1)>");
    let reply = service.json("POST", "/v1/demandes", None, &[("idempotency-key", "c")], &body).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text);
    let id = reply.json()["dossier"].as_str().unwrap().to_owned();
    service.settle().await;
    let page = service.page(&format!("/pro/dossiers/{id}"), &token("orientation", "agent-1")).await;
    assert!(!page.text.contains("<img") && page.text.contains("&#60;img"), "{}", page.text);
}

#[tokio::test]
async fn every_code_of_a_problem_has_its_page() {
    let service = service();
    for (code, _) in web::problem::CODES {
        assert_eq!(service.get(&format!("/problemes/{code}"), None).await.status, StatusCode::OK, "{code}");
    }
    assert_eq!(service.get("/problemes/autre", None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_rules_in_force_are_there_for_anyone() {
    let page = service().get("/algorithme", None).await;
    assert!(page.text.contains("Il ne décide jamais") && page.text.contains("R01"), "{}", page.text);
}
