//! Triage: what the rules propose for a dossier, and what they prepare when nobody signed in time.
//!
//! The machine proposes; a named agent signs.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::decision::Notice;
use crate::dossier::{DefaultStage, PreparedDefault, Proposal, Target, Waiting};
use crate::dsp::{Answers, Contradiction, OrdinaryAnswers};
use crate::frame::Frame;
use crate::rules::{self, Evaluation, Facts, RuleSet};
use crate::{Decision, Dossier, Message, Refusal, State};

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

/// Writes the proposition into the dossier, and tells the person that their application was received. `trace` is where
/// the explanation was sealed.
pub fn propose(
    dossier: &Dossier,
    explained: &Explained,
    set: &RuleSet,
    trace: Uuid,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let State::Submitted = dossier.state else { return Err(Refusal::AlreadyDone) };
    let state =
        State::ToOrient { proposal: proposal(explained, set, trace, now), waiting: Waiting::default() };
    // After an emergency the receipt has left already: the same fact is told once.
    Ok(Decision::of(Dossier { state, ..dossier.clone() }).and(Message::Notify(Notice::Received)))
}

/// Answers came while nobody had decided: another proposition takes the place of the first. What was done so that the
/// person does not wait alone is kept, and nothing is told twice.
pub fn propose_again(
    dossier: &Dossier,
    explained: &Explained,
    set: &RuleSet,
    trace: Uuid,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let State::ToOrient { waiting, .. } = &dossier.state else { return Err(Refusal::AlreadyDone) };
    let state = State::ToOrient { proposal: proposal(explained, set, trace, now), waiting: waiting.clone() };
    Ok(Decision::of(Dossier { state, ..dossier.clone() }))
}

fn proposal(explained: &Explained, set: &RuleSet, trace: Uuid, now: DateTime<Utc>) -> Proposal {
    Proposal {
        target: explained.target,
        rules: set.name(),
        trace,
        at: now,
        incomplete: explained.target.is_none() && !explained.evaluation.missing().is_empty(),
    }
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
        | State::Assigned { .. }
        | State::Closed { .. } => return Err(Refusal::AlreadyDone),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dossier::ContactSearch;
    use crate::dsp::RawAnswer;
    use crate::rules::{Condition, Rule};
    use crate::testing::{EMPLOI, SOCIAL, at, dossier, frame, to_orient};

    #[test]
    fn the_first_true_rule_is_proposed_and_a_contradiction_asks_for_an_interview() {
        let clear = answers(&[("cessderact", "2701")]);
        assert_eq!(explain(&set(), &clear, Some(40)).target, Some(EMPLOI));
        let contradictory = answers(&[("cessderact", "2701"), ("hispro", "1904")]);
        let explained = explain(&set(), &contradictory, Some(40));
        assert_eq!((explained.target, explained.contradictions.len()), (None, 1));
    }

    #[test]
    fn a_dossier_is_triaged_once() {
        let explained = explain(&set(), &answers(&[]), Some(40));
        let proposed = propose(&dossier(State::Submitted), &explained, &set(), Uuid::nil(), at(0)).unwrap();
        assert_eq!(proposed.messages, [Message::Notify(Notice::Received)]);
        let once = proposed.dossier;
        assert!(matches!(&once.state, State::ToOrient { proposal, .. } if proposal.incomplete));
        let twice = propose(&once, &explained, &set(), Uuid::nil(), at(0));
        assert_eq!(twice, Err(Refusal::AlreadyDone));
    }

    #[test]
    fn other_answers_make_another_proposition_and_keep_who_is_there_to_be_called() {
        let waiting = crate::check::check(&dossier(to_orient(None)), &frame(), at(31)).unwrap().dossier;
        let explained = explain(&set(), &answers(&[("cessderact", "2701")]), Some(40));
        let again = propose_again(&waiting, &explained, &set(), Uuid::from_u128(9), at(32)).unwrap();
        let State::ToOrient { proposal, waiting } = &again.dossier.state else { panic!("the state changed") };
        assert_eq!((proposal.target, again.messages.len()), (Some(EMPLOI), 0), "nothing is told twice");
        assert!(matches!(waiting.contact, ContactSearch::Asked { .. }));
        let early = propose_again(&dossier(State::Submitted), &explained, &set(), Uuid::nil(), at(0));
        assert_eq!(early, Err(Refusal::AlreadyDone));
    }

    #[test]
    fn a_prepared_default_rests_on_no_answer_about_health() {
        // 0105 is a wait for a pension or for the AAH: article 9. With it, the social rule holds; it is not read.
        let healthy = answers(&[("sitpersdemrsa", "0105"), ("cessderact", "2701")]);
        assert_eq!(explain(&set(), &healthy, Some(40)).target, Some(SOCIAL));
        assert_eq!(prepared(&healthy, Requests::default()), PreparedDefault::Rules(EMPLOI));
    }

    #[test]
    fn the_legal_default_needs_two_unanswered_requests_on_two_channels_else_an_interview_is_due() {
        let silent = answers(&[]);
        for channels in [0, 1] {
            assert_eq!(prepared(&silent, Requests { channels }), PreparedDefault::Interview);
        }
        assert_eq!(prepared(&silent, Requests { channels: 2 }), PreparedDefault::Legal(frame().default));
    }

    #[test]
    fn a_default_is_prepared_once_and_the_contact_is_kept() {
        let waiting = dossier(to_orient(None));
        let law = (&set(), &frame());
        let once =
            prepare_default(&waiting, law, &answers(&[]).ordinary(), None, Requests::default()).unwrap();
        assert!(
            matches!(&once.dossier.state, State::ToOrient { waiting, .. } if waiting.contact == ContactSearch::NotNeeded)
        );
        let twice = prepare_default(&once.dossier, law, &answers(&[]).ordinary(), None, Requests::default());
        assert_eq!(twice, Err(Refusal::AlreadyDone));
    }

    fn prepared(answers: &Answers, requests: Requests) -> PreparedDefault {
        let waiting = dossier(to_orient(None));
        let decision =
            prepare_default(&waiting, (&set(), &frame()), &answers.ordinary(), Some(40), requests).unwrap();
        let State::ToOrient { waiting, .. } = decision.dossier.state else { panic!("the state changed") };
        let DefaultStage::Ready(prepared) = waiting.default else { panic!("nothing is prepared") };
        prepared
    }

    fn answers(given: &[(&str, &str)]) -> Answers {
        let mut answers = Answers::default();
        for (field, code) in given {
            answers.insert(field, RawAnswer::One(code)).unwrap();
        }
        answers
    }

    fn set() -> RuleSet {
        let rule = |id: &str, field: &str, code: &str, target: Target| Rule {
            id: id.into(),
            sentence: String::new(),
            when: Condition::Code { field: field.into(), any_of: vec![code.into()] },
            parcours: target.parcours,
            organismes: vec![target.organisme],
        };
        let rules =
            vec![rule("R1", "sitpersdemrsa", "0105", SOCIAL), rule("R2", "cessderact", "2701", EMPLOI)];
        RuleSet { id: "t".into(), version: 1, title: String::new(), source: String::new(), rules }
    }
}
