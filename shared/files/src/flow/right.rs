//! The right of a household: its state, and what is true of it in that state.

use chrono::NaiveDate;
use contracts::border::code as border;
use contracts::imports::{RightTold, Transfer};
use domain::rsa::{ClosureMotive, RightState, SuspensionMotive};

use super::FlowHeader;
use super::error::{Findings, code};
use super::household::number;
use super::tree::Cursor;
use super::values::{day, quoted};

/// Which of several states is that of the right: the first in the order in which the CNAF’s documentation tells to look
/// for them, 0, 1, 5, 3, 4, 2, 6 ([`RightState::DETECTION`]).
///
/// A household says one state only. It may itself be in a file several times, under one key: this says which one counts.
pub fn prevailing(states: &[RightState]) -> Option<RightState> {
    RightState::DETECTION.into_iter().find(|it| states.contains(it))
}

/// Reads the right of a household. The duties are each adult’s, and are read with them.
pub(super) fn read(block: Cursor<'_>, header: &FlowHeader, findings: &mut Findings) -> Option<RightTold> {
    let opened_on = application_date(block, header, findings);
    let situation = block.find(&["PrestationRSA", "SituationDossierRSA"])?;
    let state = state(situation, findings);
    let suspensions = suspensions(situation, findings);
    let closure = closure(situation, findings);
    let arrived = transfer(block, &["OrganismeCedant"], "NUMORGCEDMUT", "DDARRMUT", findings);
    let left = transfer(block, &["OrganismePrenant"], "NUMORGPRENMUT", "DDDEPAMUT", findings);
    let told = RightTold {
        state: state?,
        opened_on,
        duties: None,
        suspensions,
        closure,
        arrived,
        left,
        died_on: None,
    };
    let told = as_of_state(told);
    warn_of_silence(situation, &told, findings);
    Some(told)
}

/// Keeps what is true in the state. A right that is open again clears its suspensions and its closure; one that is
/// suspended is not closed; one that is closed, refused or waited for has nothing suspended. The flows leave what is no
/// longer true beside what is.
fn as_of_state(told: RightTold) -> RightTold {
    let (suspended, closed) = match told.state {
        RightState::Pending | RightState::Refused | RightState::Open => (false, false),
        RightState::Suspended | RightState::PaymentSuspended => (true, false),
        RightState::Closed | RightState::ClosedEarlier => (false, true),
    };
    RightTold {
        suspensions: if suspended { told.suspensions } else { Vec::new() },
        closure: told.closure.filter(|_| closed),
        ..told
    }
}

/// A state that should have a motive and has none is told: nobody can act on it.
fn warn_of_silence(situation: Cursor<'_>, told: &RightTold, findings: &mut Findings) {
    match told.state {
        RightState::PaymentSuspended if told.suspensions.is_empty() => {
            let detail = "Le versement est suspendu et rien ne dit pourquoi.";
            findings.warn(situation.path_to(&["SuspensionVersement"]), code::MOTIVE_MISSING, detail);
        }
        RightState::Closed | RightState::ClosedEarlier if told.closure.is_none() => {
            let detail = "Le droit est clos et rien ne dit quand ni pourquoi.";
            findings.warn(situation.path_to(&["FinDroit"]), code::MOTIVE_MISSING, detail);
        }
        RightState::Pending
        | RightState::Refused
        | RightState::Open
        | RightState::Suspended
        | RightState::PaymentSuspended
        | RightState::Closed
        | RightState::ClosedEarlier => {}
    }
}

/// The day of the application, from which a right that is open is open.
pub(super) fn application_date(
    block: Cursor<'_>,
    header: &FlowHeader,
    findings: &mut Findings,
) -> Option<NaiveDate> {
    let found = block.find(&["IdentificationRSA", "DemandeRSA", "DTDEMRSA"])?;
    let date = day(found.words()).ok()?;
    if date > header.created_at.date() {
        findings.refuse(
            found.path(),
            border::FUTURE_DATE,
            "Cette date de demande est postérieure au fichier.",
        );
    }
    Some(date)
}

fn state(situation: Cursor<'_>, findings: &mut Findings) -> Option<RightState> {
    let found = situation.find(&["EtatDossierRSA", "ETATDOSRSA"])?;
    let state = RightState::from_code(found.words());
    if state.is_none() {
        unknown(found, findings);
    }
    state
}

/// The suspensions of the payment, each with its first day.
///
/// Those of the right itself (`SuspensionDroit`) have motives whose list is not known here (`MOTISUSDRORSA`): the state
/// says that the right is suspended, and nothing else is kept of them.
fn suspensions(situation: Cursor<'_>, findings: &mut Findings) -> Vec<(SuspensionMotive, NaiveDate)> {
    let one = |it: Cursor<'_>| {
        let told = it.find(&["MOTISUSVERSRSA"])?;
        let motive = SuspensionMotive::from_code(told.words());
        if motive.is_none() {
            unknown(told, findings);
        }
        motive.zip(it.value(&["DDSUSVERSRSA"]).and_then(|it| day(it).ok()))
    };
    situation.all("SuspensionVersement").filter_map(one).collect()
}

/// The end of the right, of the month or else of a month before.
fn closure(situation: Cursor<'_>, findings: &mut Findings) -> Option<(ClosureMotive, NaiveDate)> {
    let found = situation.find(&["FinDroit"]).or_else(|| situation.find(&["FinDroitMoisAnterieur"]))?;
    let told = found.find(&["MOTICLORSA"])?;
    let motive = ClosureMotive::from_code(told.words());
    if motive.is_none() {
        unknown(told, findings);
    }
    motive.zip(found.value(&["DTCLORSA"]).and_then(|it| day(it).ok()))
}

fn transfer(
    block: Cursor<'_>,
    names: &[&str],
    organism: &str,
    date: &str,
    findings: &mut Findings,
) -> Option<Transfer> {
    let found = block.find(&["IdentificationRSA"])?.find(names)?;
    let organism = number(found, &[organism], findings)?.to_owned();
    let on = found.value(&[date]).and_then(|it| day(it).ok())?;
    Some(Transfer { organism, on })
}

fn unknown(at: Cursor<'_>, findings: &mut Findings) {
    let detail = format!("Le code {} n’existe pas pour cet élément.", quoted(at.words()));
    findings.refuse(at.path(), border::UNKNOWN_CODE, detail);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_states_the_first_in_the_order_of_the_cnaf_prevails() {
        use RightState::{Closed, ClosedEarlier, Open, Pending, Suspended};
        assert_eq!(prevailing(&[Open, Closed]), Some(Closed));
        assert_eq!(prevailing(&[Suspended, Closed, Pending]), Some(Pending));
        assert_eq!(prevailing(&[ClosedEarlier, Open]), Some(Open));
        assert_eq!(prevailing(&[ClosedEarlier]), Some(ClosedEarlier));
        assert_eq!(prevailing(&[]), None);
    }
}
