//! The daily check: what time alone brings about. Nobody is left without somebody to call.

use chrono::{DateTime, Utc};

use crate::assignment::retry_at;
use crate::clock::{alert_at, has, request_at};
use crate::decision::{Ladder, Notice, PlaceFor, Rung};
use crate::dossier::{ContactSearch, DefaultStage, Naming, Waiting};
use crate::frame::Frame;
use crate::{Decision, Dossier, Message, Refusal, State};

/// Does everything that is due at `now`. `AlreadyDone` when nothing is.
///
/// After the target delay: a provisional contact and a prepared default are asked for. After the legal delay:
/// France Travail is awaited where the frame has it decide, and the contact stays. In between, the ladders of alerts and
/// requests. Doing it late does it once; doing it twice does nothing more.
pub fn check(dossier: &Dossier, frame: &Frame, now: DateTime<Utc>) -> Result<Decision, Refusal> {
    let mut decision = Decision::of(dossier.clone());
    alerts(&mut decision, frame, now);
    requests(&mut decision, frame, now);
    chase(&mut decision, now);
    overdue(&mut decision, frame, now);
    search_again(&mut decision, now);
    if decision.messages.is_empty() && decision.dossier == *dossier {
        return Err(Refusal::AlreadyDone);
    }
    Ok(decision)
}

/// Whether the target delay of an unsigned orientation has passed.
pub fn past_target(dossier: &Dossier, frame: &Frame, now: DateTime<Utc>) -> bool {
    dossier
        .running_right()
        .is_some_and(|right| dossier.territory.end_of_day(frame.counted(right).target) <= now)
}

/// Asks for a provisional contact and a prepared default, once each.
pub(crate) fn start_waiting(decision: &mut Decision, now: DateTime<Utc>) {
    if decision.dossier.is_suspended() {
        return; // people look first: a suspended right may be about to close
    }
    // The legal delay may have passed while the right was suspended: nobody was named then.
    let (State::ToOrient { waiting, .. } | State::AwaitingFranceTravail { waiting, .. }) =
        &mut decision.dossier.state
    else {
        return;
    };
    if waiting.contact == ContactSearch::NotNeeded {
        waiting.contact = ContactSearch::Asked { at: now };
        decision.messages.push(Message::FindPlace(PlaceFor::Contact));
    }
    if waiting.default == DefaultStage::NotNeeded {
        waiting.default = DefaultStage::Asked;
        decision.messages.push(Message::PrepareDefault);
    }
}

fn alerts(decision: &mut Decision, frame: &Frame, now: DateTime<Utc>) {
    let dossier = &mut decision.dossier;
    let unsigned = matches!(dossier.state, State::Submitted | State::Urgent { .. } | State::ToOrient { .. });
    let Some(start) = dossier.running_right().map(|it| frame.starts_on(it)).filter(|_| unsigned) else {
        return;
    };
    let mut highest = None;
    for (index, alert) in frame.orientation.alerts.iter().enumerate() {
        if !has(dossier.reached.alerts, index) && alert_at(dossier, start, alert.day) <= now {
            dossier.reached.alerts |= 1 << index;
            highest = Some(index);
        }
    }
    // Several at once, after a late reception or a missed check, are one alert: the highest.
    decision.messages.extend(highest.map(|index| rung(Ladder::Orientation, index)));
}

fn requests(decision: &mut Decision, frame: &Frame, now: DateTime<Utc>) {
    let dossier = &mut decision.dossier;
    let State::ToOrient { proposal, .. } = &dossier.state else { return };
    if !proposal.incomplete || dossier.is_suspended() {
        return;
    }
    // One at a time: two requests that leave together are one request.
    for (index, day) in frame.orientation.requests.iter().enumerate() {
        if !has(dossier.reached.requests, index) && request_at(dossier, proposal, *day, frame.hours) <= now {
            dossier.reached.requests |= 1 << index;
            decision.messages.push(rung(Ladder::Answers, index));
            return;
        }
    }
}

fn chase(decision: &mut Decision, now: DateTime<Utc>) {
    let dossier = &mut decision.dossier;
    let State::Oriented { naming: Naming::ByOrganisme { expected_on }, .. } = &dossier.state else { return };
    if !dossier.reached.chased && dossier.territory.end_of_day(*expected_on) <= now {
        dossier.reached.chased = true;
        decision.messages.push(rung(Ladder::Naming, 0));
    }
}

fn overdue(decision: &mut Decision, frame: &Frame, now: DateTime<Utc>) {
    if past_target(&decision.dossier, frame, now) {
        start_waiting(decision, now);
    }
    let dossier = &mut decision.dossier;
    let handed_over = dossier.running_right().and_then(|it| frame.handed_over_at(dossier.territory, it));
    let Some(since) = handed_over.filter(|it| *it <= now) else { return };
    let State::ToOrient { proposal, waiting } = &dossier.state else { return };
    dossier.state =
        State::AwaitingFranceTravail { since, proposal: proposal.clone(), waiting: waiting.clone() };
    decision.messages.push(Message::Notify(Notice::FranceTravail));
}

/// A search that found nobody starts again every day, until somebody has room.
fn search_again(decision: &mut Decision, now: DateTime<Utc>) {
    if retry_at(&decision.dossier.state).is_none_or(|at| at > now) {
        return;
    }
    match &mut decision.dossier.state {
        State::AwaitingPlace { looked_at, .. } => {
            *looked_at = now;
            decision.messages.push(Message::FindPlace(PlaceFor::Referent));
        }
        State::ToOrient { waiting: Waiting { contact, .. }, .. }
        | State::AwaitingFranceTravail { waiting: Waiting { contact, .. }, .. } => {
            *contact = ContactSearch::Asked { at: now };
            decision.messages.push(Message::FindPlace(PlaceFor::Contact));
        }
        State::Submitted
        | State::Urgent { .. }
        | State::Oriented { .. }
        | State::Assigned { .. }
        | State::Closed { .. } => {}
    }
}

fn rung(ladder: Ladder, index: usize) -> Message {
    Message::Reminder(Rung { ladder, index: u8::try_from(index).unwrap_or(u8::MAX) })
}

#[cfg(test)]
mod tests;
