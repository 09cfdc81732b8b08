//! Dossiers made without the journey, as its steps would have left them: the mass around what is measured.

use chrono::{Days, NaiveDate, NaiveTime};
use contracts::data::Reference;
use contracts::rows::{DossierRow, LedgerRow};
use domain::dossier::{
    Channel, Confirmed, Placement, Proposal, Reached, Right, Signatory, Signed, Target, Waiting, Wishes,
};
use domain::{Dossier, DossierId, Organisme, Parcours, State, Territory, clock};
use serde_json::{Map, Value, json};

const TARGET: Target = Target { parcours: Parcours::Social, organisme: Organisme::Departement };

/// Where and when dossiers are made.
pub(crate) struct Made<'a> {
    /// Their territory.
    pub(crate) territory: Territory,
    /// The day it is there.
    pub(crate) today: NaiveDate,
    /// The law and the rules.
    pub(crate) reference: &'a Reference,
}

impl Made<'_> {
    /// Somebody who has their référent: nothing will be due.
    pub(crate) fn placed(&self, id: DossierId) -> anyhow::Result<Dossier> {
        let mut dossier = self.waiting(id, 60)?;
        let by = Signatory::Agent {
            agent: "agent-orientation".parse()?,
            name: "Camille Exemple".to_owned(),
            quality: "responsable de l’unité d’orientation".to_owned(),
            act: "arrêté fictif n° 2025-001".to_owned(),
        };
        let decision = Signed { target: TARGET, by, at: dossier.submitted_at, deviation: None };
        let referent = Placement { referent: "r-melun-01".parse()?, since: dossier.submitted_at };
        dossier.state = State::Assigned { decision, referent };
        Ok(dossier)
    }

    /// Somebody to orient, whose right was received so many days ago.
    pub(crate) fn waiting(&self, id: DossierId, days: u64) -> anyhow::Result<Dossier> {
        let received = self.today - Days::new(days);
        let submitted_at = received.and_time(NaiveTime::MIN).and_utc();
        let proposal = Proposal {
            target: Some(TARGET),
            rules: self.reference.rules.name(),
            trace: id.derive("trace"),
            at: submitted_at,
            incomplete: false,
        };
        let right = Confirmed {
            opened_on: received,
            received_on: received,
            presumed: false,
            duties: true,
            frame: self.reference.frame_on(received).id.clone(),
            suspended: None,
        };
        Ok(Dossier {
            id,
            territory: self.territory,
            commune: "77288".parse()?,
            channel: Channel::Web,
            submitted_at,
            right: Right::Confirmed(right),
            wishes: Wishes::default(),
            state: State::ToOrient { proposal, waiting: Waiting::default() },
            reached: Reached::default(),
            swept: None,
            told: None,
            reopened: 0,
            former: Vec::new(),
        })
    }

    /// Its item, as DynamoDB writes it.
    pub(crate) fn item(&self, dossier: &Dossier) -> anyhow::Result<Value> {
        let due = clock::next_due(dossier, &self.reference.frame_of(dossier));
        let row = DossierRow::of(dossier, 5, 3, LedgerRow::default(), due);
        let Value::Object(fields) = serde_json::to_value(row)? else { anyhow::bail!("a row has no fields") };
        Ok(attributes(fields))
    }
}

/// The `number`th name.
pub(crate) fn name(number: u128) -> DossierId {
    let scrambled = number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    DossierId(uuid::Uuid::from_u128(scrambled))
}

fn attributes(fields: Map<String, Value>) -> Value {
    fields.into_iter().map(|(name, value)| (name, attribute(value))).collect()
}

fn attribute(value: Value) -> Value {
    match value {
        Value::Null => json!({"NULL": true}),
        Value::Bool(it) => json!({"BOOL": it}),
        Value::Number(it) => json!({"N": it.to_string()}),
        Value::String(it) => json!({"S": it}),
        Value::Array(all) => json!({"L": all.into_iter().map(attribute).collect::<Vec<_>>()}),
        Value::Object(all) => json!({"M": attributes(all)}),
    }
}
