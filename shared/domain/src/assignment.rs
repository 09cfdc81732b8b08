//! Assignment: which référent accompanies the person.
//!
//! Eligible is a référent of the decided organism who serves the parcours, covers the commune, is not away and has a
//! free place. Among the eligible, in this order:
//!
//! 1. the référent that the person asked for;
//! 2. the provisional contact that the person already calls;
//! 3. the lowest share of capacity in use, so that nobody is filled while others are empty;
//! 4. the fewest people accompanied;
//! 5. the smallest identifier, so that the same facts always name the same person.
//!
//! The roster is a hint: the write checks the place, and on a full référent the step decides again without them.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};

use crate::decision::{Notice, PlaceFor, Taken, next_search};
use crate::dossier::{ContactSearch, Naming, NoPlace, Placement, Proposal, Signed, Target, Waiting};
use crate::referent::Referent;
use crate::{Decision, Dossier, Message, Organisme, PlaceMove, ReferentId, Refusal, State};

/// Names a référent for a signed orientation, or leaves the dossier waiting for a place.
pub fn place(dossier: &Dossier, roster: &[Referent], now: DateTime<Utc>) -> Result<Decision, Refusal> {
    let (decision, contact, first_time) = match &dossier.state {
        State::Oriented { decision, naming: Naming::ByAssignment, contact } => {
            (decision, contact.as_ref(), true)
        }
        State::AwaitingPlace { decision, contact, .. } => (decision, contact.as_ref(), false),
        State::Oriented { naming: Naming::ByOrganisme { .. }, .. }
        | State::Assigned { .. }
        | State::Closed { .. } => {
            return Err(Refusal::AlreadyDone);
        }
        State::Submitted
        | State::Urgent { .. }
        | State::ToOrient { .. }
        | State::AwaitingFranceTravail { .. } => {
            return Err(Refusal::NotOriented);
        }
    };
    let held = contact.map(|it| &it.referent);
    match choose(dossier, Wanted::Target(decision.target), roster, held, now) {
        Ok(chosen) => {
            let named = assign(dossier, decision, contact, &chosen, false, now);
            Ok(if first_time {
                announce(named, decision)
            } else {
                named.and(Message::Notify(Notice::Referent))
            })
        }
        Err(why) => {
            let state = State::AwaitingPlace {
                decision: decision.clone(),
                contact: contact.cloned(),
                looked_at: now,
                why,
            };
            let waiting = Decision::of(Dossier { state, ..dossier.clone() });
            Ok(if first_time { announce(waiting, decision) } else { waiting })
        }
    }
}

/// Names a provisional contact for somebody whose orientation was not signed in time.
///
/// Any référent of an organism that we manage may be the contact, one of the prepared or proposed organism first.
/// It is not an orientation decision: the state does not change.
pub fn contact(dossier: &Dossier, roster: &[Referent], now: DateTime<Utc>) -> Result<Decision, Refusal> {
    let (proposal, waiting) = match &dossier.state {
        State::ToOrient { proposal, waiting } | State::AwaitingFranceTravail { proposal, waiting, .. } => {
            (proposal, waiting)
        }
        State::Submitted
        | State::Urgent { .. }
        | State::Oriented { .. }
        | State::AwaitingPlace { .. }
        | State::Assigned { .. }
        | State::Closed { .. } => return Err(Refusal::AlreadyDone),
    };
    if waiting.contact.placement().is_some() {
        return Err(Refusal::AlreadyDone);
    }
    // Nobody of the proposed organism has room: anybody whose place we manage will do.
    let preferred = choose(dossier, wanted_contact(proposal), roster, None, now);
    let Ok(chosen) = preferred.or_else(|_| choose(dossier, Wanted::Anybody, roster, None, now)) else {
        let contact = ContactSearch::Asked { at: now };
        return Ok(Decision::of(with_waiting(dossier, Waiting { contact, ..waiting.clone() })));
    };
    let placement = Placement { referent: chosen.clone(), since: now };
    let waiting = Waiting { contact: ContactSearch::Found(placement), ..waiting.clone() };
    Ok(Decision {
        dossier: with_waiting(dossier, waiting),
        place: PlaceMove::Take(Taken { referent: chosen, beyond_capacity: false }),
        messages: vec![Message::Notify(Notice::Contact)],
    })
}

/// Answers a message that asks for a place.
pub fn find(
    dossier: &Dossier,
    asked: PlaceFor,
    roster: &[Referent],
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    match asked {
        PlaceFor::Contact => contact(dossier, roster, now),
        PlaceFor::Referent => place(dossier, roster, now),
    }
}

/// A change of référent that a professional asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<'a> {
    /// The référent asked for.
    pub to: &'a Referent,
    /// Whether the professional is a head of territory, who may exceed a capacity with a motive.
    pub may_exceed: bool,
}

/// Names or changes the référent by hand. The old place is given back in the same write: no gap, no overlap.
pub fn change(dossier: &Dossier, change: &Change<'_>, now: DateTime<Utc>) -> Result<Decision, Refusal> {
    let (decision, held) = match &dossier.state {
        State::Oriented { decision, contact, .. } | State::AwaitingPlace { decision, contact, .. } => {
            (decision, contact.as_ref())
        }
        State::Assigned { decision, referent } => (decision, Some(referent)),
        State::Closed { .. } => return Err(Refusal::Closed),
        State::Submitted
        | State::Urgent { .. }
        | State::ToOrient { .. }
        | State::AwaitingFranceTravail { .. } => {
            return Err(Refusal::NotOriented);
        }
    };
    let to = change.to;
    if matches!(dossier.state, State::Assigned { .. }) && held.is_some_and(|it| it.referent == to.id) {
        return Err(Refusal::SameReferent);
    }
    if !serves(to, Wanted::Target(decision.target), dossier) {
        return Err(Refusal::ReferentDoesNotServe);
    }
    let keeps_place = held.is_some_and(|it| it.referent == to.id);
    if !to.has_room() && !keeps_place && !change.may_exceed {
        return Err(Refusal::NoRoom);
    }
    let beyond = change.may_exceed && !to.has_room();
    let named = assign(dossier, decision, held, &to.id, beyond, now);
    // A decision that our assignment had not got to yet is announced now, with its remedies: nothing else would.
    let unannounced = matches!(dossier.state, State::Oriented { naming: Naming::ByAssignment, .. });
    Ok(if unannounced { announce(named, decision) } else { named.and(Message::Notify(Notice::Referent)) })
}

/// Tells the carnet and the person of a signed orientation, once it is known whether there is a référent: the
/// signature itself sends one message only, whose receipt is the write that says this.
fn announce(mut decided: Decision, decision: &Signed) -> Decision {
    decided.messages.insert(0, Message::RecordOrientation(decision.target));
    decided.and(Message::Notify(Notice::Decision))
}

/// Writes the référent in, moves the place, and tells those who wait when a place is freed.
pub(crate) fn assign(
    dossier: &Dossier,
    decision: &Signed,
    held: Option<&Placement>,
    to: &ReferentId,
    beyond_capacity: bool,
    now: DateTime<Utc>,
) -> Decision {
    let referent = Placement { referent: to.clone(), since: now };
    let state = State::Assigned { decision: decision.clone(), referent: referent.clone() };
    let taken = Taken { referent: to.clone(), beyond_capacity };
    let (place, freed) = match held {
        None => (PlaceMove::Take(taken), None),
        Some(held) if held.referent == *to => (PlaceMove::None, None),
        Some(held) => {
            (PlaceMove::Move { from: held.referent.clone(), to: taken }, Some(held.referent.clone()))
        }
    };
    let mut messages = vec![Message::RecordReferent(referent)];
    messages.extend(freed.map(Message::PlaceFreed));
    Decision { dossier: Dossier { state, ..dossier.clone() }, place, messages }
}

#[derive(Clone, Copy)]
enum Wanted {
    /// A référent of this organism for this parcours.
    Target(Target),
    /// Any référent whose place we manage.
    Anybody,
}

fn wanted_contact(proposal: &Proposal) -> Wanted {
    match proposal.target {
        Some(target) if target.organisme.is_managed() => Wanted::Target(target),
        Some(_) | None => Wanted::Anybody,
    }
}

fn serves(referent: &Referent, wanted: Wanted, dossier: &Dossier) -> bool {
    referent.covers(dossier.commune)
        && match wanted {
            Wanted::Target(target) => {
                referent.organisme == target.organisme && referent.parcours.contains(&target.parcours)
            }
            Wanted::Anybody => referent.organisme.is_managed(),
        }
}

/// The written order of preference; see the head of this file.
fn choose(
    dossier: &Dossier,
    wanted: Wanted,
    roster: &[Referent],
    held: Option<&ReferentId>,
    now: DateTime<Utc>,
) -> Result<ReferentId, NoPlace> {
    let today = dossier.territory.local_date(now);
    let serving: Vec<&Referent> = roster.iter().filter(|it| serves(it, wanted, dossier)).collect();
    if serving.is_empty() {
        return Err(NoPlace::NotServed);
    }
    let wished = dossier.wishes.referent.as_ref();
    serving
        .into_iter()
        // The contact already occupies a place here: it needs no other.
        .filter(|it| held == Some(&it.id) || (it.has_room() && !it.is_absent(today)))
        .min_by(|a, b| {
            let preferred = |it: &Referent| (wished != Some(&it.id), held != Some(&it.id));
            preferred(a).cmp(&preferred(b)).then_with(|| by_load(a, b)).then_with(|| a.id.cmp(&b.id))
        })
        .map(|it| it.id.clone())
        .ok_or(NoPlace::Full)
}

/// Lowest share of capacity in use first (compared without division), then the fewest people.
fn by_load(a: &Referent, b: &Referent) -> Ordering {
    let left = u64::from(a.active) * u64::from(b.capacity);
    let right = u64::from(b.active) * u64::from(a.capacity);
    left.cmp(&right).then(a.active.cmp(&b.active))
}

fn with_waiting(dossier: &Dossier, waiting: Waiting) -> Dossier {
    let state = match &dossier.state {
        State::ToOrient { proposal, .. } => State::ToOrient { proposal: proposal.clone(), waiting },
        State::AwaitingFranceTravail { since, proposal, .. } => {
            State::AwaitingFranceTravail { since: *since, proposal: proposal.clone(), waiting }
        }
        State::Submitted
        | State::Urgent { .. }
        | State::Oriented { .. }
        | State::AwaitingPlace { .. }
        | State::Assigned { .. }
        | State::Closed { .. } => dossier.state.clone(),
    };
    Dossier { state, ..dossier.clone() }
}

/// When a dossier that waits for a place is looked at again, if no place is freed before.
pub fn retry_at(state: &State) -> Option<DateTime<Utc>> {
    match state {
        State::AwaitingPlace { looked_at, .. } => Some(next_search(*looked_at)),
        State::ToOrient { waiting, .. } | State::AwaitingFranceTravail { waiting, .. } => {
            match waiting.contact {
                ContactSearch::Asked { at } => Some(next_search(at)),
                ContactSearch::NotNeeded | ContactSearch::Found(_) => None,
            }
        }
        State::Submitted
        | State::Urgent { .. }
        | State::Oriented { .. }
        | State::Assigned { .. }
        | State::Closed { .. } => None,
    }
}

/// Whether a freed place at `organisme` could help the dossier.
pub fn could_help(dossier: &Dossier, organisme: Organisme) -> bool {
    match &dossier.state {
        State::AwaitingPlace { decision, .. } => decision.target.organisme == organisme,
        State::ToOrient { waiting, .. } | State::AwaitingFranceTravail { waiting, .. } => {
            matches!(waiting.contact, ContactSearch::Asked { .. }) && organisme.is_managed()
        }
        State::Submitted
        | State::Urgent { .. }
        | State::Oriented { .. }
        | State::Assigned { .. }
        | State::Closed { .. } => false,
    }
}

#[cfg(test)]
mod tests;
