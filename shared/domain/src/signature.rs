//! The signature: a named agent, under a delegation, decides the orientation.
//!
//! **Invariant:** nothing becomes `oriente` otherwise.

use chrono::{DateTime, NaiveDate, Utc};

use crate::decision::Notice;
use crate::delegation::Delegation;
use crate::dossier::{
    DefaultStage, Deviation, Naming, PreparedDefault, Proposal, Right, Signatory, Signed, Target, Waiting,
};
use crate::frame::Frame;
use crate::{AgentId, Decision, Dossier, Message, Refusal, State};

/// What the agent decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    /// Who signs.
    pub agent: AgentId,
    /// The parcours and the organism.
    pub target: Target,
    /// Why it departs from the proposition.
    pub deviation: Option<Deviation>,
    /// Whether the agent wrote words with the motive.
    pub has_words: bool,
    /// The day France Travail decided, when this records its decision after the legal delay.
    pub by_france_travail: Option<NaiveDate>,
}

/// Signs the orientation.
///
/// For an organism whose staff we manage, the assignment names the référent: the carnet's entries and the one notice
/// to the person leave from there, with the name in it. For another organism they leave at once, and the organism is
/// expected to name its own.
/// The provisional contact is kept until the référent is placed: nobody is left between two people.
pub fn sign(
    dossier: &Dossier,
    signing: &Signing,
    delegation: Option<&Delegation>,
    frame: &Frame,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let today = dossier.territory.local_date(now);
    let (proposal, waiting) = signable(dossier, signing)?;
    let right = match &dossier.right {
        Right::Declared { .. } => return Err(Refusal::RightNotConfirmed),
        Right::Confirmed(right) => right,
    };
    if !right.duties {
        return Err(Refusal::NotSubjectToDuties);
    }
    let by = signatory(signing, delegation, today)?;
    if signing.by_france_travail.is_none() {
        check_motive(proposal, waiting, signing)?;
    }
    let target = signing.target;
    let decision = Signed { target, by, at: now, deviation: signing.deviation };
    let contact = waiting.contact.placement().cloned();
    let state = State::Oriented { decision, naming: naming(target, frame, today), contact };
    let decided = Decision::of(Dossier { state, ..dossier.clone() });
    Ok(if target.organisme.is_managed() {
        decided.and(Message::Oriented(target))
    } else {
        decided.and(Message::RecordOrientation(target)).and(Message::Notify(Notice::Decision))
    })
}

fn signable<'a>(dossier: &'a Dossier, signing: &Signing) -> Result<(&'a Proposal, &'a Waiting), Refusal> {
    match (&dossier.state, signing.by_france_travail) {
        (State::ToOrient { proposal, waiting }, None)
        | (State::AwaitingFranceTravail { proposal, waiting, .. }, Some(_)) => Ok((proposal, waiting)),
        (State::AwaitingFranceTravail { .. }, None) => Err(Refusal::AwaitingFranceTravail),
        (State::ToOrient { .. }, Some(_)) => Err(Refusal::NotAwaitingFranceTravail),
        (State::Submitted, _) => Err(Refusal::NotTriaged),
        (State::Urgent { .. }, _) => Err(Refusal::EmergencyOpen),
        (State::Closed { .. }, _) => Err(Refusal::Closed),
        (State::Oriented { .. } | State::AwaitingPlace { .. } | State::Assigned { .. }, _) => {
            Err(Refusal::AlreadyDone)
        }
    }
}

fn signatory(
    signing: &Signing,
    delegation: Option<&Delegation>,
    today: NaiveDate,
) -> Result<Signatory, Refusal> {
    if let Some(decided_on) = signing.by_france_travail {
        return Ok(Signatory::FranceTravail { recorded_by: signing.agent.clone(), decided_on });
    }
    delegation
        .filter(|it| it.agent == signing.agent && it.allows(signing.target.parcours, today))
        .map(|it| Signatory::Agent {
            agent: it.agent.clone(),
            name: it.name.clone(),
            quality: it.quality.clone(),
            act: it.act.clone(),
        })
        .ok_or(Refusal::NoDelegation)
}

/// Departing from what was proposed, or from the default that was prepared, needs a motive; `autre` needs words.
fn check_motive(proposal: &Proposal, waiting: &Waiting, signing: &Signing) -> Result<(), Refusal> {
    let prepared = match waiting.default {
        DefaultStage::Ready(PreparedDefault::Rules(target) | PreparedDefault::Legal(target)) => Some(target),
        DefaultStage::Ready(PreparedDefault::Interview) | DefaultStage::NotNeeded | DefaultStage::Asked => {
            None
        }
    };
    let follows = proposal.target == Some(signing.target)
        || prepared == Some(signing.target)
        || (proposal.target.is_none() && prepared.is_none());
    match signing.deviation {
        None if follows => Ok(()),
        None => Err(Refusal::MotiveMissing),
        Some(Deviation::Other) if !signing.has_words => Err(Refusal::WordsMissing),
        Some(_) => Ok(()),
    }
}

fn naming(target: Target, frame: &Frame, today: NaiveDate) -> Naming {
    if target.organisme.is_managed() {
        Naming::ByAssignment
    } else {
        Naming::ByOrganisme { expected_on: frame.named_by(today) }
    }
}

#[cfg(test)]
mod tests;
