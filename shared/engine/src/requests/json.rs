//! From a dossier to its JSON.

use chrono::{DateTime, Utc};
use contracts::api::{
    AgentJson, DecisionJson, DefautJson, DefautNature, DossierJson, DossierResume, DroitJson, EtatCode,
    FinJson, HorlogeJson, ReferentBref, RepriseJson, StatutDroit, SuspensionJson,
};
use contracts::sealed::IdentiteV1;
use domain::dossier::{DefaultStage, Ending, Naming, PreparedDefault, Right, Signatory, Signed, Target};
use domain::frame::Counted;
use domain::{AgentId, Dossier, State};

/// One dossier. `name` is that of the référent or contact who holds its place.
pub(super) fn dossier(
    dossier: &Dossier,
    reference: String,
    name: Option<&str>,
    clocks: Vec<HorlogeJson>,
    revision: u64,
) -> DossierJson {
    let referent = dossier.state.place().map(|place| ReferentBref {
        id: place.referent.to_string(),
        nom: name.unwrap_or_default().to_owned(),
        depuis: place.since,
    });
    let provisional = is_provisional(&dossier.state);
    let target = dossier.state.decision().map(|it| it.target).or_else(|| proposed(&dossier.state));
    let mut json = DossierJson {
        dossier: dossier.id.0,
        reference,
        etat: EtatCode::from(&dossier.state),
        commune: dossier.commune.to_string(),
        canal: dossier.channel.into(),
        depose_le: dossier.submitted_at,
        droit: right(&dossier.right),
        parcours: target.map(|it| it.parcours.into()),
        organisme: target.map(|it| it.organisme.into()),
        contact: referent.clone().filter(|_| provisional),
        referent,
        attendu_le: None,
        provisoire: provisional,
        defaut: None,
        decision: dossier.state.decision().map(decision),
        motif_attente: None,
        fin: None,
        besoins: Vec::new(),
        horloges: clocks,
        revision,
    };
    match &dossier.state {
        State::Urgent { needs } => json.besoins = needs.iter().map(|it| (*it).into()).collect(),
        State::Oriented { naming: Naming::ByOrganisme { expected_on }, .. } => {
            json.attendu_le = Some(*expected_on);
        }
        State::AwaitingPlace { why, .. } => json.motif_attente = Some((*why).into()),
        State::ToOrient { waiting, .. } | State::AwaitingFranceTravail { waiting, .. } => {
            json.defaut = prepared(&waiting.default);
        }
        State::Closed { ending: it, .. } => json.fin = Some(ending(it)),
        State::Submitted | State::Oriented { naming: Naming::ByAssignment, .. } | State::Assigned { .. } => {}
    }
    json
}

/// One line of a list.
pub(super) fn summary(
    dossier: &Dossier,
    reference: String,
    identity: Option<IdentiteV1>,
    delays: Option<Counted>,
    due: Option<DateTime<Utc>>,
) -> DossierResume {
    let (first_name, last_name) = identity.map(|it| (it.prenom, it.nom)).unzip();
    DossierResume {
        dossier: dossier.id.0,
        reference,
        etat: EtatCode::from(&dossier.state),
        commune: dossier.commune.to_string(),
        depose_le: dossier.submitted_at,
        prenom: first_name,
        nom: last_name,
        echeance: due,
        cible: delays.map(|it| it.target),
        legale: delays.map(|it| it.legal),
        provisoire: is_provisional(&dossier.state),
    }
}

/// Whether the one who holds the place is a contact and not a named référent.
fn is_provisional(state: &State) -> bool {
    !matches!(state, State::Assigned { .. }) && state.place().is_some()
}

/// What the rules propose, while nobody has signed.
fn proposed(state: &State) -> Option<Target> {
    match state {
        State::ToOrient { proposal, .. } | State::AwaitingFranceTravail { proposal, .. } => proposal.target,
        State::Submitted
        | State::Urgent { .. }
        | State::Oriented { .. }
        | State::AwaitingPlace { .. }
        | State::Assigned { .. }
        | State::Closed { .. } => None,
    }
}

fn ending(ending: &Ending) -> FinJson {
    let closure = ending.motive.closure();
    FinJson {
        motif: ending.motive.into(),
        cloture: closure.map(|it| it.code().to_owned()),
        libelle: closure.map(|it| it.label().to_owned()),
        avec: ending.motive.merged_into().map(|it| it.0),
        le: ending.on,
    }
}

fn right(right: &Right) -> DroitJson {
    match right {
        Right::Declared { opened_on } => DroitJson {
            statut: StatutDroit::Declare,
            date_ouverture: *opened_on,
            date_reception: None,
            presumee: None,
            droits_devoirs: None,
            cadre: None,
            suspension: None,
        },
        Right::Confirmed(it) => DroitJson {
            statut: StatutDroit::Confirme,
            date_ouverture: Some(it.opened_on),
            date_reception: Some(it.received_on),
            presumee: Some(it.presumed),
            droits_devoirs: Some(it.duties),
            cadre: Some(it.frame.to_string()),
            suspension: it.suspended.map(|it| SuspensionJson {
                depuis: it.since,
                motif: it.motive.map(|it| it.code().to_owned()),
                libelle: it.motive.map(|it| it.label().to_owned()),
            }),
        },
    }
}

fn prepared(stage: &DefaultStage) -> Option<DefautJson> {
    let DefaultStage::Ready(prepared) = stage else { return None };
    let (nature, target) = match prepared {
        PreparedDefault::Rules(target) => (DefautNature::Regles, Some(*target)),
        PreparedDefault::Legal(target) => (DefautNature::Legal, Some(*target)),
        PreparedDefault::Interview => (DefautNature::Entretien, None),
    };
    Some(DefautJson {
        nature,
        parcours: target.map(|it| it.parcours.into()),
        organisme: target.map(|it| it.organisme.into()),
    })
}

fn decision(signed: &Signed) -> DecisionJson {
    let recorded = |by: &AgentId| AgentJson { agent: by.to_string(), nom: None, qualite: None, acte: None };
    let (par, france_travail, reprise) = match &signed.by {
        Signatory::Agent { agent, name, quality, act } => {
            let par = AgentJson {
                agent: agent.to_string(),
                nom: Some(name.clone()),
                qualite: Some(quality.clone()),
                acte: Some(act.clone()),
            };
            (par, None, None)
        }
        Signatory::FranceTravail { recorded_by, decided_on } => {
            (recorded(recorded_by), Some(*decided_on), None)
        }
        Signatory::TakenOver { recorded_by, contract } => {
            (recorded(recorded_by), None, Some(RepriseJson { contrat_signe_le: *contract }))
        }
    };
    DecisionJson {
        par,
        le: signed.at,
        motif_ecart: signed.deviation.map(Into::into),
        decidee_par_france_travail_le: france_travail,
        reprise,
    }
}
