//! Dossiers, référents and a frame for the tests of the rules.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use crate::calendar::Hours;
use crate::delay::Delay;
use crate::delegation::Delegation;
use crate::dossier::{
    Channel, Confirmed, Placement, Proposal, Reached, Right, Signatory, Signed, Target, Waiting, Wishes,
};
use crate::frame::{AfterLegal, Alert, AlertTo, Frame, FrameId, OrientationDelays, OrientationStart};
use crate::referent::Referent;
use crate::sanctions::{Sanctions, Setting};
use crate::{Dossier, DossierId, Organisme, Parcours, State};

pub(crate) const SOCIAL: Target = Target { parcours: Parcours::Social, organisme: Organisme::Departement };
pub(crate) const EMPLOI: Target = Target { parcours: Parcours::Emploi, organisme: Organisme::FranceTravail };

pub(crate) fn at(days: i64) -> DateTime<Utc> {
    // Monday 2 March 2026, ten in Paris.
    day(0).and_hms_opt(9, 0, 0).unwrap().and_utc() + TimeDelta::days(days)
}

pub(crate) fn day(days: i64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 2).unwrap() + TimeDelta::days(days)
}

pub(crate) fn frame() -> Frame {
    let alert = |day, to| Alert { day, to };
    Frame {
        id: FrameId::national("test#1"),
        title: String::new(),
        valid_from: NaiveDate::MIN,
        orientation: OrientationDelays {
            starts: OrientationStart::Reception,
            target: Delay::Days(30),
            legal: Delay::Days(42),
            after_legal: AfterLegal::FranceTravail,
            alerts: vec![
                alert(21, AlertTo::Agent),
                alert(30, AlertTo::Agent),
                alert(35, AlertTo::Head),
                alert(40, AlertTo::Direction),
            ],
            requests: vec![3, 7],
        },
        naming_days: 7,
        hours: Hours::new(9, 20).unwrap(),
        clocks: vec![],
        default: SOCIAL,
        sanctions: Sanctions {
            applies_from: NaiveDate::MIN,
            steps: vec![],
            shared_household_percent: 50,
            observations: Setting::Missing,
            repetition: Setting::Missing,
            refund: Setting::Missing,
        },
        sources: vec![],
    }
}

pub(crate) fn confirmed() -> Right {
    Right::Confirmed(Confirmed {
        opened_on: day(-20),
        received_on: day(0),
        presumed: false,
        duties: true,
        frame: FrameId::national("test#1"),
        suspended: None,
    })
}

pub(crate) fn dossier(state: State) -> Dossier {
    Dossier {
        id: DossierId(Uuid::from_u128(7)),
        territory: "77".parse().unwrap(),
        commune: "77288".parse().unwrap(),
        channel: Channel::Counter,
        submitted_at: at(0),
        right: confirmed(),
        wishes: Wishes::default(),
        state,
        reached: Reached::default(),
        swept: None,
        told: None,
        reopened: 0,
        former: vec![],
    }
}

pub(crate) fn to_orient(target: Option<Target>) -> State {
    let proposal =
        Proposal { target, rules: "t#1".into(), trace: Uuid::nil(), at: at(0), incomplete: target.is_none() };
    State::ToOrient { proposal, waiting: Waiting::default() }
}

/// Signed, and with this référent.
pub(crate) fn assigned(referent: &str) -> State {
    let by = Signatory::FranceTravail { recorded_by: "agent-1".parse().unwrap(), decided_on: day(3) };
    let decision = Signed { target: SOCIAL, by, at: at(3), deviation: None };
    State::Assigned { decision, referent: Placement { referent: referent.parse().unwrap(), since: at(4) } }
}

pub(crate) fn referent(id: &str, active: u32, capacity: u32) -> Referent {
    Referent {
        id: id.parse().unwrap(),
        organisme: Organisme::Departement,
        capacity,
        active,
        parcours: BTreeSet::from(Parcours::ALL),
        communes: BTreeSet::new(),
        absences: vec![],
    }
}

pub(crate) fn delegation() -> Delegation {
    Delegation {
        agent: "agent-1".parse().unwrap(),
        name: "Alix Exemple".into(),
        quality: "responsable de l’orientation".into(),
        act: "arrêté 2026-01".into(),
        from: day(-100),
        until: None,
        scope: BTreeSet::from(Parcours::ALL),
    }
}
