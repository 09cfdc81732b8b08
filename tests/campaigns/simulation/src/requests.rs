//! What people ask over HTTP: a request keeps its key and its body however often it is sent.

use std::sync::Arc;

use contracts::api::{
    BalayageBody, ChangeReferent, Demande, DossierResume, EffacementBody, ImportNature, Liste, NewEntry,
    ReferentBody, SignatureBody,
};
use domain::ReferentId;
use domain::intake::RightStated;
use domain::life::Said;
use engine::imports;
use engine::requests::{self, Asked, Filter, RequestError};
use engine::{DossierKey, Professional};
use futures::stream;

use crate::cast::referent_id;
use crate::files;
use crate::sim::Process;

/// A request: who asks what about which dossier, under which key.
pub(crate) struct Request {
    pub(crate) number: u32,
    pub(crate) who: Option<Professional>,
    pub(crate) dossier: Option<DossierKey>,
    pub(crate) gesture: Gesture,
    pub(crate) asked: Asked,
}

/// What is asked.
#[derive(Clone)]
pub(crate) enum Gesture {
    Submit(Box<Demande>),
    Confirm(RightStated),
    Tell(Said),
    Close,
    Sign(SignatureBody),
    Change(ChangeReferent),
    Entry(NewEntry),
    Referent(ReferentId, ReferentBody),
    Sweep(BalayageBody),
    Erase(EffacementBody),
    /// A file of these people, by their first names.
    Give(ImportNature, Vec<&'static str>),
    Look(Look),
}

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Look {
    Dossier,
    Person,
    Proposal,
    Carnet,
    NotOriented,
    Caseload,
}

/// What became of an attempt.
pub(crate) struct Answer {
    pub(crate) outcome: &'static str,
    pub(crate) dossiers: Vec<String>,
}

/// The outcome of a request that was granted.
pub(crate) const OK: &str = "ok";
/// The outcome of a request that may be granted later.
pub(crate) const BUSY: &str = "occupe";

/// Serves one attempt, as a function behind the gateway does.
pub(crate) async fn serve(world: Arc<Process>, request: Arc<Request>) -> Answer {
    match answer(&world, &request).await {
        Ok(dossiers) => Answer { outcome: OK, dossiers },
        Err(error) => Answer { outcome: code(&error), dossiers: Vec::new() },
    }
}

async fn answer(world: &Process, request: &Request) -> Result<Vec<String>, RequestError> {
    let asked = &request.asked;
    if let Gesture::Submit(demande) = &request.gesture {
        let by = request.who.as_ref().map_or("personne".to_owned(), |it| format!("agent:{}", it.agent));
        let receipt = requests::submit(world, (**demande).clone(), asked, &by).await?;
        return Ok(vec![format!("{}#{}", demande.territory, receipt.recu.dossier)]);
    }
    let Some(who) = &request.who else { return Err(RequestError::Forbidden) };
    let known = request.dossier;
    let id = || known.map(|it| it.dossier).ok_or(RequestError::NotFound);
    let own = || known.iter().map(|it| it.pk()).collect::<Vec<String>>();
    match request.gesture.clone() {
        Gesture::Submit(_) => Ok(Vec::new()),
        Gesture::Confirm(right) => {
            requests::confirm_right(world, who, id()?, asked, right).await.map(|_| own())
        }
        Gesture::Tell(said) => requests::tell_right(world, who, id()?, asked, said).await.map(|_| own()),
        Gesture::Close => requests::close_emergency(world, who, id()?, asked).await.map(|_| own()),
        Gesture::Sign(body) => requests::sign(world, who, id()?, asked, body).await.map(|_| own()),
        Gesture::Change(body) => {
            requests::change_referent(world, who, id()?, asked, body).await.map(|_| own())
        }
        Gesture::Entry(new) => requests::add_entry(world, who, id()?, asked, new).await.map(|_| own()),
        Gesture::Referent(id, body) => {
            requests::put_referent(world, who, &id, asked.if_match, body).await.map(|_| own())
        }
        Gesture::Sweep(body) => requests::start_sweep(world, who, asked, body).await.map(|_| own()),
        Gesture::Erase(body) => requests::erase(world, who, id()?, asked, body).await.map(|_| own()),
        Gesture::Give(nature, _) => {
            let file = stream::iter([Ok(asked.body.clone())]);
            imports::deposit(world, who, &asked.key, files::deposit(nature), file).await.map(|_| own())
        }
        Gesture::Look(Look::Dossier) => requests::dossier(world, who, id()?).await.map(|_| own()),
        Gesture::Look(Look::Person) => requests::person(world, who, id()?).await.map(|_| own()),
        Gesture::Look(Look::Proposal) => requests::proposal(world, who, id()?).await.map(|_| own()),
        Gesture::Look(Look::Carnet) => requests::carnet(world, who, id()?).await.map(|_| own()),
        Gesture::Look(Look::NotOriented) => {
            requests::not_oriented(world, who, 20, None).await.map(|it| listed(who, &it))
        }
        Gesture::Look(Look::Caseload) => {
            let filter = Filter { referent: referent_id(0), limite: 20, ..Filter::default() };
            requests::dossiers(world, who, filter).await.map(|it| listed(who, &it))
        }
    }
}

/// The dossiers of a list, under the territory of whoever reads it.
fn listed(who: &Professional, list: &Liste<DossierResume>) -> Vec<String> {
    list.elements.iter().map(|it| format!("{}#{}", who.territory, it.dossier)).collect()
}

fn code(error: &RequestError) -> &'static str {
    match error {
        RequestError::NotFound => "introuvable",
        RequestError::Gone => "efface",
        RequestError::Forbidden => "interdit",
        RequestError::Refused(refusal) => refusal.code(),
        RequestError::Stale { .. } => "copie_perimee",
        RequestError::MissingIfMatch => "copie_absente",
        RequestError::KeyReused => "cle_reemployee",
        RequestError::Invalid(_) => "invalide",
        RequestError::Busy(_) => BUSY,
        RequestError::Broken(_) => "casse",
    }
}
