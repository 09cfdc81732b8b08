//! Triage: what the rules propose for a dossier, and what they prepare when nobody signed in time.
//!
//! The machine proposes; a named agent signs.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::dossier::{DefaultStage, PreparedDefault, Proposal, Target, Waiting};
use crate::dsp::{Answers, Contradiction, OrdinaryAnswers};
use crate::frame::Frame;
use crate::rules::{self, Evaluation, Facts, RuleSet};
use crate::{Decision, Dossier, Refusal, State};

/// The rules' answer, before it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// What is proposed; `None` when an interview is needed.
    pub target: Option<Target>,
    /// The rule that proposes.
    pub rule: Option<String>,
    /// What became of every rule.
    pub evaluation: Evaluation,
    /// Answers that contradict each other: the rules are not followed, people look first.
    pub contradictions: Vec<Contradiction>,
}

/// Evaluates the rules on everything that is known.
pub fn explain(set: &RuleSet, answers: &Answers, age: Option<u8>) -> Explained {
    conclude(set, rules::evaluate(set, Facts { answers, age }), answers.contradictions())
}

/// Writes the proposition into the dossier. `trace` is where the explanation was sealed.
pub fn propose(
    dossier: &Dossier,
    explained: &Explained,
    set: &RuleSet,
    trace: Uuid,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let State::Submitted = dossier.state else { return Err(Refusal::AlreadyDone) };
    let proposal = Proposal {
        target: explained.target,
        rules: set.name(),
        trace,
        at: now,
        incomplete: explained.target.is_none() && !explained.evaluation.missing().is_empty(),
    };
    let state = State::ToOrient { proposal, waiting: Waiting::default() };
    Ok(Decision::of(Dossier { state, ..dossier.clone() }))
}

/// What is known of how the person was asked for what is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// On how many different channels a traced request was sent and stayed unanswered.
    pub channels: u8,
}

/// Prepares the default orientation that a signer finds on the desk once the target delay has passed.
///
/// Only the ordinary answers are readable here: a decision prepared without a person's examination must not rest on
/// article 9 data (loi 78-17, art. 47). When the rules do not conclude, the cause decides: information missing
/// through the person's doing leads to the legal default (CASF R. 262-65-3), anything else to an interview.
pub fn prepare_default(
    dossier: &Dossier,
    rules: (&RuleSet, &Frame),
    answers: &OrdinaryAnswers<'_>,
    age: Option<u8>,
    requests: Requests,
) -> Result<Decision, Refusal> {
    let (set, frame) = rules;
    let prepared = match conclude(set, crate::rules::evaluate(set, Facts { answers, age }), Vec::new()).target
    {
        Some(target) => PreparedDefault::Rules(target),
        None if requests.channels >= 2 => PreparedDefault::Legal(frame.default),
        None => PreparedDefault::Interview,
    };
    let ready = |waiting: &Waiting| match waiting.default {
        DefaultStage::Ready(_) => None,
        DefaultStage::NotNeeded | DefaultStage::Asked => {
            Some(Waiting { default: DefaultStage::Ready(prepared), ..waiting.clone() })
        }
    };
    let state = match &dossier.state {
        State::ToOrient { proposal, waiting } => {
            let waiting = ready(waiting).ok_or(Refusal::AlreadyDone)?;
            State::ToOrient { proposal: proposal.clone(), waiting }
        }
        State::AwaitingFranceTravail { since, proposal, waiting } => {
            let waiting = ready(waiting).ok_or(Refusal::AlreadyDone)?;
            State::AwaitingFranceTravail { since: *since, proposal: proposal.clone(), waiting }
        }
        State::Submitted
        | State::Urgent { .. }
        | State::Oriented { .. }
        | State::AwaitingPlace { .. }
        | State::Assigned { .. } => return Err(Refusal::AlreadyDone),
    };
    Ok(Decision::of(Dossier { state, ..dossier.clone() }))
}

fn conclude(set: &RuleSet, evaluation: Evaluation, contradictions: Vec<Contradiction>) -> Explained {
    let rule = evaluation.proposing().and_then(|index| set.rules.get(index));
    let (target, rule) = match rule {
        Some(rule) if contradictions.is_empty() => {
            let target = rule
                .organismes
                .first()
                .map(|organisme| Target { parcours: rule.parcours, organisme: *organisme });
            (target, Some(rule.id.clone()))
        }
        Some(_) | None => (None, None),
    };
    Explained { target, rule, evaluation, contradictions }
}
