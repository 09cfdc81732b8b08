//! The indicators over HTTP: who may read them, what they answer, what is refused.

use http::StatusCode;
use serde_json::{Value, json};

use crate::common::{Service, service, token};

const PATH: &str = "/v1/indicateurs?du=2026-11-01&au=2026-11-23";

async fn read(service: &Service, path: &str) -> Value {
    let reply = service.get(path, Some(&token("responsable", "chef-1"))).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    reply.json()
}

fn one<'a>(answer: &'a Value, id: &str) -> &'a Value {
    answer["indicateurs"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap()
}

/// One of two people is oriented, on the 23rd; both rights opened on the 2nd.
async fn two_people() -> Service {
    let service = service();
    service.staffed().await;
    let id = service.ready("cle-1").await;
    service.ready("cle-2").await;
    let agent = token("orientation", "agent-1");
    let path = format!("/v1/dossiers/{id}");
    let etag = service.get(&path, Some(&agent)).await.header("etag").to_owned();
    let body = json!({ "parcours": "social", "organisme": "departement" });
    let headers = [("idempotency-key", "s1"), ("if-match", etag.as_str())];
    let signed = service.json("POST", &format!("{path}/orientation"), Some(&agent), &headers, &body).await;
    assert_eq!(signed.status, StatusCode::OK, "{}", signed.text);
    service.settle().await;
    service
}

#[tokio::test]
async fn a_figure_comes_with_what_it_is_made_of() {
    let answer = read(&two_people().await, PATH).await;
    assert_eq!((&answer["territoire"], &answer["version"]), (&json!("77"), &json!("indicateurs-1")));
    let mean = one(&answer, "I5");
    assert_eq!(
        (&mean["valeur"], &mean["numerateur"], &mean["denominateur"]),
        (&json!(21.0), &json!(21), &json!(1))
    );
    assert_eq!((&mean["unite"], &mean["arrete_le"]), (&json!("jours"), &json!("2026-11-23")));
    assert!(mean["definition"].as_str().unwrap().starts_with("Somme des jours"));
    let share = one(&answer, "I1");
    assert_eq!(
        (&share["valeur"], &share["numerateur"], &share["denominateur"]),
        (&json!(50.0), &json!(1), &json!(2))
    );
    let cohort = one(&answer, "K1-30");
    assert_eq!(
        (&cohort["numerateur"], &cohort["denominateur"]),
        (&json!(1), &json!(2)),
        "whoever waits counts"
    );
    assert_eq!(cohort["cohorte"], json!({"partis": 0, "en_attente": 1, "estimation": null}));
    assert!(answer.get("communes").is_none());
}

#[tokio::test]
async fn an_indicator_without_facts_says_why_and_has_no_figure() {
    let answer = read(&service(), PATH).await;
    let contracts = one(&answer, "I4");
    assert_eq!((&contracts["valeur"], &contracts["numerateur"]), (&Value::Null, &Value::Null));
    assert!(contracts["indisponible"].as_str().unwrap().contains("contrats"));
    let nobody = one(&answer, "I1");
    assert_eq!((&nobody["valeur"], &nobody["denominateur"]), (&Value::Null, &json!(0)));
    assert_eq!(nobody["indisponible"], "Personne n’entre dans ce calcul.");
}

#[tokio::test]
async fn the_figures_of_a_commune_where_few_people_live_are_masked() {
    let answer = read(&two_people().await, &format!("{PATH}&par=commune")).await;
    let commune = &answer["communes"][0];
    assert_eq!((&commune["commune"], &commune["nom"]), (&json!("77288"), &json!("Melun")));
    let shown = commune["indicateurs"].as_array().unwrap();
    let share = shown.iter().find(|it| it["id"] == "I1").unwrap();
    assert_eq!(
        *share,
        json!({"id": "I1", "valeur": null, "numerateur": null, "denominateur": null, "masque": true})
    );
    let nobody = shown.iter().find(|it| it["id"] == "I2-24-mois-et-plus").unwrap();
    assert_eq!((&nobody["denominateur"], &nobody["masque"]), (&json!(0), &json!(false)));
    assert!(shown.iter().all(|it| it["id"] != "I4"));
}

#[tokio::test]
async fn everything_that_is_wrong_with_the_address_is_told_at_once() {
    let service = service();
    let head = token("responsable", "chef-1");
    let refused = async |query: &str| {
        let reply = service.get(&format!("/v1/indicateurs{query}"), Some(&head)).await;
        let (status, code) = reply.problem();
        assert_eq!((status, code.as_str()), (422, "contenu_invalide"), "{}", reply.text);
        let errors = reply.json()["errors"].as_array().unwrap().clone();
        errors
            .iter()
            .map(|it| format!("{} {}", it["pointer"], it["code"]).replace('"', ""))
            .collect::<Vec<_>>()
    };
    assert_eq!(refused("").await, ["/du champ_absent", "/au champ_absent"]);
    assert_eq!(
        refused("?du=2026-02-30&au=2027-01-01&mois=3").await,
        ["/ parametre_inconnu", "/du date_impossible", "/au date_future"]
    );
    assert_eq!(refused("?du=2026-03-02&au=2026-03-01").await, ["/au dates_inversees"]);
    assert_eq!(
        refused("?du=2026-03-01&au=2026-03-31&arrete_le=2026-03-30&par=quartier").await,
        ["/par code_inconnu", "/arrete_le dates_inversees"]
    );
}

#[tokio::test]
async fn the_figures_are_those_of_the_territory_of_the_token() {
    let service = two_people().await;
    let mut claims = crate::common::claims("responsable", "chef-2");
    claims["territoire"] = json!("91");
    let reply = service.get(PATH, Some(&crate::common::sign(&claims))).await;
    assert_eq!(one(&reply.json(), "I1")["denominateur"], 0);
}

#[tokio::test]
async fn the_page_shows_the_figures_of_the_api_in_words_in_bars_and_in_a_file() {
    let service = two_people().await;
    let head = token("responsable", "chef-1");
    let page = service.page("/pro/indicateurs", &head).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let text = page.text.replace(['\u{a0}', '\u{202f}'], " ");
    assert!(text.contains("50,0 % des entrants de la période sont orientés en 30 jours"), "{text}");
    assert_eq!(text.matches("<rect").count(), 10, "five bars, each in its frame");
    assert!(text.contains("width=\"200\""), "a half is a half of the frame");
    assert!(text.contains("role=\"img\" aria-labelledby") && text.contains("<desc"));
    assert!(text.contains("91 %"), "what was published of Seine-et-Marne");
    assert!(text.contains("Les contrats signés ici ne sont pas encore enregistrés"));
    let file = service.page("/pro/indicateurs/csv?du=2026-01-01&au=2026-11-23", &head).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    let lines: Vec<&str> = file.text.split("\r\n").collect();
    assert!(lines[0].starts_with("\u{feff}\"code\";\"titre\""));
    assert!(
        lines.iter().any(|it| it.starts_with("\"I5\";") && it.contains(";\"21,0\";\"jours\";\"21\";\"1\";"))
    );
}

#[tokio::test]
async fn a_period_that_is_wrong_is_asked_for_again_on_the_page() {
    let service = service();
    let head = token("responsable", "chef-1");
    let page = service.page("/pro/indicateurs?du=2026-11-02&au=2026-11-01", &head).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("href=\"#au\"") && page.text.contains("value=\"2026-11-02\""));
    let empty = service.page("/pro/indicateurs?du=&au=", &head).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let agent = service.page("/pro/indicateurs", &token("orientation", "agent-1")).await;
    assert_eq!(agent.status, StatusCode::FORBIDDEN);
    let desk = service.page("/pro", &token("orientation", "agent-1")).await;
    assert!(!desk.text.contains("/pro/indicateurs"));
    assert!(service.page("/pro", &head).await.text.contains("/pro/indicateurs"));
}
