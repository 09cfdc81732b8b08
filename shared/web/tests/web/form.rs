//! The form of the public, page after page, as a browser without script sends it.

use http::StatusCode;

use crate::common::{Reply, Service, service};

/// What the person types, page after page.
const PAGES: [(&str, &[(&str, &str)]); 8] = [
    ("lieu", &[("personne.adresse.code_postal", "77000")]),
    ("adresse", &[("personne.adresse.commune", "77288"), ("personne.adresse.voie", "1 rue du Test")]),
    (
        "identite",
        &[
            ("personne.prenom", "Camille"),
            ("personne.nom", "O’Brien-Exemple"),
            ("personne.naissance_jour", "31"),
            ("personne.naissance_mois", "3"),
            ("personne.naissance_annee", "1985"),
            ("personne.telephone", "06 39 98 00 01"),
        ],
    ),
    ("foyer", &[("foyer.conjoint", "non"), ("foyer.enfants", "0"), ("foyer.role", "demandeur")]),
    ("logement", &[("dsp.natlog", "0904"), ("dsp.diflog", "1002"), ("dsp.diflog", "1003")]),
    ("travail", &[("dsp.hispro", "nsp"), ("dsp.topengdemarechemploi", "0")]),
    ("quotidien", &[("dsp.difsoc", "nrp")]),
    ("besoins", &[("souhaits.commentaire", "Merci <b>beaucoup</b> & à bientôt")]),
];

/// The hidden fields of a page.
fn hidden(html: &str) -> Vec<(String, String)> {
    html.split("<input type=\"hidden\" ")
        .skip(1)
        .map(|rest| {
            let value = |name: &str| {
                let rest = &rest[rest.find(&format!("{name}=\"")).unwrap() + name.len() + 2..];
                unescape(&rest[..rest.find('"').unwrap()])
            };
            (value("name"), value("value"))
        })
        .collect()
}

fn unescape(text: &str) -> String {
    text.replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
}

async fn press(service: &Service, page: &Reply, typed: &[(&str, &str)], button: &str) -> Reply {
    let mut fields = hidden(&page.text);
    fields.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields.push(("aller".into(), button.into()));
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    service.form("/demande", None, &fields).await
}

/// Fills the form up to the last page.
async fn filled(service: &Service) -> Reply {
    let mut page = service.get("/demande", None).await;
    for (step, typed) in PAGES {
        assert!(page.text.contains(&format!("name=\"etape\" value=\"{step}\"")), "{step}: {}", page.text);
        page = press(service, &page, typed, "suivant").await;
        assert_eq!(page.status, StatusCode::OK, "{step}: {}", page.text);
    }
    page
}

#[tokio::test]
async fn a_person_without_script_goes_from_the_first_page_to_the_receipt() {
    let service = service();
    let home = service.get("/", None).await;
    assert!(home.text.contains("Ce n’est pas ici que l’on demande le RSA"));
    let check = filled(&service).await;
    assert!(check.text.contains("Vérifiez vos réponses"));
    assert!(
        check.text.contains("31 mars 1985")
            && check.text.contains("Melun")
            && check.text.contains("Je ne sais pas")
    );
    let receipt = press(&service, &check, &[], "envoyer").await;
    assert_eq!(receipt.status, StatusCode::OK, "{}", receipt.text);
    assert!(receipt.text.contains("Nous avons reçu votre demande"));
    // A second press on a bad network changes nothing.
    let again = press(&service, &check, &[], "envoyer").await;
    assert_eq!(numbers(&again.text), numbers(&receipt.text));
    service.settle().await;
}

/// The reference and the follow-up code of a receipt.
fn numbers(html: &str) -> Vec<String> {
    html.split("<dd>").skip(1).map(|rest| rest[..rest.find("</dd>").unwrap()].to_owned()).collect()
}

#[tokio::test]
async fn errors_are_told_on_their_page_and_what_was_typed_stays() {
    let service = service();
    let mut page = service.get("/demande", None).await;
    for (_, typed) in &PAGES[..2] {
        page = press(&service, &page, typed, "suivant").await;
    }
    let typed = [
        ("personne.prenom", "Zoé"),
        ("personne.naissance_jour", "31"),
        ("personne.naissance_mois", "2"),
        ("personne.naissance_annee", "1985"),
        ("personne.courriel", "pas une adresse"),
    ];
    let wrong = press(&service, &page, &typed, "suivant").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("<title>Erreur\u{a0}: Vous"), "{}", wrong.text);
    assert!(wrong.text.contains("Il y a 3 erreurs"));
    for link in ["#personne.nom", "#personne.naissance_jour", "#personne.courriel"] {
        assert!(wrong.text.contains(&format!("href=\"{link}\"")), "{link}");
    }
    assert!(wrong.text.contains("value=\"Zoé\"") && wrong.text.contains("value=\"pas une adresse\""));
    assert!(wrong.text.contains("aria-invalid=\"true\""));
}

#[tokio::test]
async fn a_postcode_of_elsewhere_stops_the_form_at_once() {
    let service = service();
    let page = service.get("/demande", None).await;
    for postcode in ["75001", "7700", "abcde", ""] {
        let wrong = press(&service, &page, &[("personne.adresse.code_postal", postcode)], "suivant").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{postcode}");
        assert!(wrong.text.contains("Il y a une erreur"), "{postcode}: {}", wrong.text);
    }
}

#[tokio::test]
async fn an_answer_is_corrected_from_the_last_page_and_leads_back_to_it() {
    let service = service();
    let check = filled(&service).await;
    let page = press(&service, &check, &[], "modifier-foyer").await;
    assert!(page.text.contains("name=\"etape\" value=\"foyer\""));
    let (_, typed) = PAGES[3];
    let typed: Vec<(&str, &str)> =
        typed.iter().copied().filter(|(name, _)| *name != "foyer.enfants").collect();
    let back = press(&service, &page, &[&typed[..], &[("foyer.enfants", "4")]].concat(), "suivant").await;
    assert!(back.text.contains("Vérifiez vos réponses") && back.text.contains("<dd>4</dd>"), "{}", back.text);
}

#[tokio::test]
async fn what_was_typed_is_text_and_never_markup() {
    let service = service();
    let mut page = service.get("/demande", None).await;
    for (step, typed) in PAGES {
        let hostile: Vec<(&str, &str)> = typed
            .iter()
            .map(|(name, value)| {
                (*name, if *name == "personne.adresse.voie" { "\"><script>alert(1)</script>" } else { value })
            })
            .collect();
        page = press(&service, &page, &hostile, "suivant").await;
        assert!(!page.text.contains("<script") && !page.text.contains("<b>beaucoup"), "{step}");
    }
}

#[tokio::test]
async fn a_program_that_fills_every_field_goes_nowhere() {
    let service = service();
    let check = filled(&service).await;
    let trapped = press(&service, &check, &[("site_internet", "https://exemple.test")], "envoyer").await;
    assert_eq!(trapped.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!trapped.text.contains("Nous avons reçu"));
}

#[tokio::test]
async fn a_form_sent_from_another_site_is_refused() {
    let service = service();
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("host", "rsa.test"),
        ("origin", "https://mechant.test"),
    ];
    let body = axum::body::Body::from("etape=lieu");
    let reply = service.send(crate::common::request("POST", "/demande", None, &headers, body)).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_person_follows_their_application_with_code_and_birth_date() {
    let service = service();
    let check = filled(&service).await;
    let receipt = press(&service, &check, &[], "envoyer").await;
    let numbers = numbers(&receipt.text);
    let (reference, code) = (&numbers[0], &numbers[1]);
    service.settle().await;
    let ask = async |code: &str, year: &str| {
        let fields =
            [("code", code), ("naissance_jour", "31"), ("naissance_mois", "3"), ("naissance_annee", year)];
        service.form("/suivi", None, &fields).await
    };
    let found = ask(code, "1985").await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.text);
    assert!(found.text.contains(reference.as_str()) && found.text.contains("Votre demande est en cours"));
    let wrong_date = ask(code, "1986").await;
    let wrong_code = ask("ABCD-EFGH-JKLM", "1985").await;
    for wrong in [&wrong_date, &wrong_code] {
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("Ce code et cette date ne vont pas ensemble"));
    }
    assert_eq!(ask("", "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn public_pages_weigh_little() {
    let service = service();
    let css = service.get("/style.css", None).await.text.len();
    assert!(css <= 12_000, "{css}");
    let mut page = service.get("/demande", None).await;
    for path in ["/", "/suivi", "/algorithme"] {
        let html = service.get(path, None).await.text.len();
        assert!(css + html <= 15_000, "{path}: {html} + {css}");
    }
    for (step, typed) in PAGES {
        assert!(css + page.text.len() <= 15_000, "{step}: {} + {css}", page.text.len());
        page = press(&service, &page, typed, "suivant").await;
    }
    assert!(css + page.text.len() <= 15_000, "verification: {} + {css}", page.text.len());
}
