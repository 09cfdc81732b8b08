//! The person's space: where my application stands, and who I can call. Code and birth date are posted, never in a URL.

use askama::Template;
use axum::extract::{Request, State as Use};
use axum::response::Response;
use chrono::NaiveDate;
use contracts::api::EtatCode;
use domain::Territory;
use engine::World;
use engine::requests::{self, FollowUp};
use http::StatusCode;

use super::origin::{self, Silent};
use super::shape::{Field, Shape};
use super::{ErrorLine, Fields, Site, french, page, problem_page, refused};
use crate::problem::Problem;
use crate::router::State;

#[derive(Template)]
#[template(path = "suivi.html")]
struct AskPage<'a> {
    site: Site<'a>,
    errors: Vec<ErrorLine>,
    fields: Vec<Field>,
}

pub(crate) async fn ask<W: World>(Use(state): Use<State<W>>) -> Response {
    form(&state, &Fields::default(), StatusCode::OK, &[])
}

pub(crate) async fn show<W: World>(Use(state): Use<State<W>>, request: Request) -> Response {
    let headers = request.headers().clone();
    let outcome = match origin::check(&headers, Silent::Allowed) {
        Ok(()) => look(&state, request).await,
        Err(problem) => Err(problem),
    };
    outcome.unwrap_or_else(|problem| problem_page(&state, false, &problem))
}

const CODE: &str = "code";
const BIRTH: &str = "naissance";

async fn look<W: World>(state: &State<W>, request: Request) -> Result<Response, Problem> {
    let fields = Fields::read(request).await?;
    let mut errors = Vec::new();
    if fields.get(CODE).is_empty() {
        errors.push((CODE, "Écrivez votre code de suivi."));
    }
    let birth: Option<NaiveDate> = fields.date(BIRTH).and_then(|date| date.parse().ok());
    let Some(birth) = birth else {
        errors.push((BIRTH, "Écrivez votre date de naissance, par exemple 31 3 1985."));
        return Ok(form(state, &fields, StatusCode::UNPROCESSABLE_ENTITY, &errors));
    };
    if !errors.is_empty() {
        return Ok(form(state, &fields, StatusCode::UNPROCESSABLE_ENTITY, &errors));
    }
    // One answer for a wrong code and for a wrong date: nobody learns who is known here.
    if let Some(found) = requests::follow_up(&*state.world, fields.get(CODE), birth).await? {
        return Ok(status(state, &found));
    }
    let errors = [(CODE, "Ce code et cette date ne vont pas ensemble. Vérifiez les deux.")];
    Ok(form(state, &fields, StatusCode::UNPROCESSABLE_ENTITY, &errors))
}

fn form<W: World>(
    state: &State<W>,
    fields: &Fields,
    status: StatusCode,
    errors: &[(&str, &str)],
) -> Response {
    let error = |name| errors.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
    let line = Shape::Text { autocomplete: "off", inputmode: "", width: "moyen" };
    let template = AskPage {
        site: Site::of(state),
        errors: errors
            .iter()
            .map(|(name, text)| {
                let field = if *name == BIRTH { format!("{BIRTH}_jour") } else { (*name).to_owned() };
                ErrorLine { field, text: (*text).to_owned() }
            })
            .collect(),
        fields: vec![
            Field::new(CODE, "Votre code de suivi", line)
                .hint("Il est sur la page imprimée à la fin de votre demande, par exemple ABCD-EFGH-JKLM.")
                .error(error(CODE))
                .value(fields.get(CODE)),
            Field::new(BIRTH, "Votre date de naissance", Shape::Date)
                .hint("Par exemple 31 3 1985.")
                .error(error(BIRTH))
                .parts(true, |name| fields.get(name).to_owned()),
        ],
    };
    if status == StatusCode::OK {
        page(status, &template)
    } else {
        refused(status, "contenu_invalide", &template)
    }
}

#[derive(Template)]
#[template(path = "suivi_etat.html")]
struct StatusPage<'a> {
    site: Site<'a>,
    reference: &'a str,
    headline: &'static str,
    next: String,
    contact: Option<Contact<'a>>,
    received: String,
}

struct Contact<'a> {
    title: &'static str,
    name: &'a str,
    structure: &'a str,
    phone: String,
    phone_uri: String,
    address: String,
    provisional: bool,
}

fn status<W: World>(state: &State<W>, found: &FollowUp) -> Response {
    let dossier = &found.shown.json;
    let contact = found.referent.as_ref().map(|it| Contact {
        title: if dossier.provisoire { "Votre contact" } else { "La personne qui vous accompagne" },
        name: &it.nom,
        structure: &it.structure,
        phone: french::phone(&it.telephone),
        phone_uri: it.telephone.clone(),
        address: it.adresse.clone(),
        provisional: dossier.provisoire,
    });
    let service = state.config.service.as_str();
    let (headline, next) = if found.limited { joined(service) } else { words(dossier, service) };
    let territory = found_in(&dossier.commune);
    let template = StatusPage {
        site: Site::of(state),
        reference: &dossier.reference,
        headline,
        next,
        contact,
        received: territory.map_or_else(String::new, |it| french::moment(it, dossier.depose_le)),
    };
    page(StatusCode::OK, &template)
}

fn found_in(commune: &str) -> Option<Territory> {
    commune.parse::<domain::commune::CodeInsee>().ok()?.territory()
}

/// What is told of a dossier that an application joined, to whoever may not be the person.
fn joined(service: &str) -> (&'static str, String) {
    let next = format!(
        "Vos réponses sont dans le dossier que nous avions déjà. Pour savoir où il en est, utilisez le premier code que \
         vous avez reçu, ou appelez le {service}."
    );
    ("Votre demande est arrivée.", next)
}

/// Where the journey stands and what comes next, in plain French.
fn words(dossier: &contracts::api::DossierJson, service: &str) -> (&'static str, String) {
    let organisme = dossier.organisme.map_or("", |it| domain::Organisme::from(it).label());
    match dossier.etat {
        EtatCode::Urgence => (
            "Une personne du service s’occupe de votre demande urgente.",
            "Elle vous appelle dès que possible. Vous pouvez aussi appeler.".to_owned(),
        ),
        EtatCode::Depose | EtatCode::ACompleter | EtatCode::AOrienter => {
            let by = dossier.orientation_clock().and_then(|it| it.cible).map(french::long_date);
            let next = by.map_or_else(
                || {
                    "Le service vérifie votre droit au RSA, puis choisit le service qui vous accompagne."
                        .to_owned()
                },
                |by| format!("Le choix du service qui vous accompagne est prévu pour le {by} au plus tard."),
            );
            ("Votre demande est en cours.", next)
        }
        EtatCode::AttenteFranceTravail => (
            "France Travail choisit maintenant le service qui vous accompagne.",
            "Vous recevrez sa réponse. Votre contact reste le même en attendant.".to_owned(),
        ),
        EtatCode::Oriente => (
            "Le service qui vous accompagne est choisi.",
            format!("C’est {organisme}. Vous recevrez bientôt le nom de la personne à appeler."),
        ),
        EtatCode::EnAttenteDePlace => (
            "Le service qui vous accompagne est choisi.",
            format!("C’est {organisme}. Nous cherchons la personne qui a de la place pour vous."),
        ),
        EtatCode::Affecte | EtatCode::ContratSigne => {
            ("Une personne vous accompagne.", "Appelez-la pour toute question sur votre parcours.".to_owned())
        }
        EtatCode::Suspendu | EtatCode::Clos | EtatCode::Efface => {
            ("Votre dossier n’est plus en cours.", format!("Appelez le {service} pour en savoir plus."))
        }
    }
}
