//! What a form of the dossier's page does. It is read by the API's readers, and asks the same engine.

use contracts::api::{
    ChangeReferent, DroitBody, NewEntry, NouvelleDroit, ReunionBody, SignatureBody, UrgenceBody, form_to_json,
};
use domain::DossierId;
use engine::requests::{self, Asked};
use engine::{Professional, World};
use http::StatusCode;
use serde_json::{Value, json};

use super::{ErrorLine, Fields};
use crate::api::gestes::today;
use crate::extract::is_key;
use crate::problem::Problem;
use crate::router::State;

/// What can be done from the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    ConfirmRight,
    SuspendRight,
    RestoreRight,
    EndJourney,
    CloseEmergency,
    Sign,
    ChangeReferent,
    AddEntry,
    Merge,
    Part,
}

impl Act {
    const ALL: [Self; 10] = [
        Self::ConfirmRight,
        Self::SuspendRight,
        Self::RestoreRight,
        Self::EndJourney,
        Self::CloseEmergency,
        Self::Sign,
        Self::ChangeReferent,
        Self::AddEntry,
        Self::Merge,
        Self::Part,
    ];

    /// Its name in the address, and before the names of its fields.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::ConfirmRight => "droit",
            Self::SuspendRight => "suspension",
            Self::RestoreRight => "retablissement",
            Self::EndJourney => "fin",
            Self::CloseEmergency => "urgence",
            Self::Sign => "orientation",
            Self::ChangeReferent => "referent",
            Self::AddEntry => "carnet",
            Self::Merge => "reunion",
            Self::Part => "separation",
        }
    }

    pub(super) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// What is said once it is done.
    pub(super) const fn done(self) -> &'static str {
        match self {
            Self::ConfirmRight => "Le droit est confirmé.",
            Self::SuspendRight => "La suspension est notée.",
            Self::RestoreRight => "La suspension est levée.",
            Self::EndJourney => "Le parcours est terminé.",
            Self::CloseEmergency => "L’urgence est traitée : l’analyse reprend.",
            Self::Sign => "L’orientation est signée.",
            Self::ChangeReferent => "Le référent a changé.",
            Self::AddEntry => "L’entrée est ajoutée au carnet.",
            Self::Merge => "Les deux dossiers sont réunis : l’autre continue.",
            Self::Part => "Les deux dossiers sont séparés : celui-ci reprend son parcours.",
        }
    }
}

/// Does it.
pub(super) async fn perform<W: World>(
    state: &State<W>,
    caller: &Professional,
    id: DossierId,
    act: Act,
    fields: &Fields,
) -> Result<(), Problem> {
    let world = &*state.world;
    let key = fields.get("cle");
    if !is_key(key) {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "cle_idempotence_absente"));
    }
    let revision = fields.get("revision").parse();
    let revision =
        revision.map_err(|_| Problem::new(StatusCode::PRECONDITION_REQUIRED, "if_match_absent"))?;
    let body = body(act, fields);
    let asked = Asked { key: key.to_owned(), body: body.to_string().into_bytes(), if_match: Some(revision) };
    let today = today(world, caller);
    match act {
        Act::ConfirmRight => {
            let DroitBody(right) = DroitBody::parse(&body, today)?;
            requests::confirm_right(world, caller, id, &asked, right).await?;
        }
        Act::SuspendRight | Act::RestoreRight | Act::EndJourney => {
            let NouvelleDroit(said) = NouvelleDroit::parse(&body, today)?;
            requests::tell_right(world, caller, id, &asked, said).await?;
        }
        Act::CloseEmergency => {
            UrgenceBody::parse(&body)?;
            requests::close_emergency(world, caller, id, &asked).await?;
        }
        Act::Sign => {
            let signature = SignatureBody::parse(&body, today)?;
            requests::sign(world, caller, id, &asked, signature).await?;
        }
        Act::ChangeReferent => {
            let change = ChangeReferent::parse(&body)?;
            requests::change_referent(world, caller, id, &asked, change).await?;
        }
        Act::Merge => {
            let kept = ReunionBody::parse(&body)?.with;
            requests::merge(world, caller, id, &asked, kept).await?;
        }
        Act::Part => {
            let kept = ReunionBody::parse(&body)?.with;
            requests::part(world, caller, id, &asked, kept).await?;
        }
        Act::AddEntry => {
            let entry = NewEntry::parse(&body)?;
            requests::add_entry(world, caller, id, &asked, entry).await?;
        }
    }
    Ok(())
}

/// The body that the API would receive: the fields whose names start with the act's.
fn body(act: Act, fields: &Fields) -> Value {
    let mut all = form_to_json(&fields.0);
    let body = all[act.code()].take();
    if body.is_null() { json!({}) } else { body }
}

/// What went wrong, each with the field to go to.
pub(super) fn lines(act: Act, problem: &Problem) -> Vec<ErrorLine> {
    if problem.errors.is_empty() {
        return vec![ErrorLine { field: field_of(act, problem.code), text: problem.detail.clone() }];
    }
    problem
        .errors
        .iter()
        .map(|it| ErrorLine {
            field: format!("{}.{}", act.code(), it.pointer.trim_start_matches('/')),
            text: it.detail.clone(),
        })
        .collect()
}

/// The field that a refusal is about, when it is about one.
fn field_of(act: Act, code: &str) -> String {
    let field = match code {
        "motif_ecart_absent" => "motif_ecart",
        "commentaire_absent" => "commentaire",
        "capacite_atteinte" | "referent_ne_dessert_pas" | "referent_inconnu" | "referent_identique" => {
            "referent"
        }
        "delegation_absente" => "parcours",
        "dossier_a_garder" | "dossier_identique" | "dossier_reuni" => "avec",
        _ => return String::new(),
    };
    format!("{}.{field}", act.code())
}
