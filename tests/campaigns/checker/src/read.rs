//! A dossier's row as the checker reads it: borrowed, field by field, from its JSON.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

/// A dossier's row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a>(pub(crate) &'a Value);

/// A place held at a référent's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place<'a> {
    pub(crate) referent: &'a str,
    pub(crate) since: &'a str,
}

/// A message that waits in an outbox.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waiting<'a> {
    pub(crate) at: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) data: &'a Value,
}

impl<'a> Row<'a> {
    pub(crate) fn pk(self) -> &'a str {
        text(&self.0["pk"])
    }

    pub(crate) fn territory(self) -> &'a str {
        territory_of(self.pk())
    }

    /// The state's code; `efface` for a tombstone.
    pub(crate) fn state(self) -> &'a str {
        if self.erased() { "efface" } else { text(&self.0["etat"]["code"]) }
    }

    /// The dossier was erased: a tombstone stands in its place.
    pub(crate) fn erased(self) -> bool {
        self.0["efface"].is_object()
    }

    /// No dossier was ever there: somebody was about to open it, and another came first.
    pub(crate) fn never_opened(self) -> bool {
        self.erased() && self.0["efface"]["motif"].is_null()
    }

    /// The journey is over.
    pub(crate) fn closed(self) -> bool {
        self.state() == "clos"
    }

    /// The right is suspended: the machine prepares nothing and asks nothing.
    pub(crate) fn suspended(self) -> bool {
        self.0["droit"]["suspension"].is_object()
    }

    /// What makes the clock of the orientation what it is; a suspension changes nothing of it.
    pub(crate) fn clock(self) -> [&'a Value; 5] {
        let right = &self.0["droit"];
        [
            &right["statut"],
            &right["date_ouverture"],
            &right["date_reception"],
            &right["droits_devoirs"],
            &self.0["reouvertures"],
        ]
    }

    /// Nobody has decided yet.
    pub(crate) fn unsigned(self) -> bool {
        matches!(self.state(), "depose" | "urgence" | "a_orienter" | "attente_france_travail")
    }

    /// Every place that the state names: one at most, or something is wrong.
    pub(crate) fn places(self) -> impl Iterator<Item = Place<'a>> {
        let state = &self.0["etat"];
        [&state["referent"], &state["contact"], &state["attente"]["contact"]].into_iter().filter_map(|it| {
            let referent = it["referent"].as_str()?;
            Some(Place { referent, since: text(&it["depuis"]) })
        })
    }

    /// The place of the référent, once one is named.
    pub(crate) fn assigned(self) -> Option<Place<'a>> {
        if self.state() == "affecte" { self.places().next() } else { None }
    }

    pub(crate) fn decision(self) -> Option<&'a Value> {
        let decision = &self.0["etat"]["decision"];
        decision.is_object().then_some(decision)
    }

    pub(crate) fn proposal(self) -> Option<&'a Value> {
        let proposal = &self.0["etat"]["proposition"];
        proposal.is_object().then_some(proposal)
    }

    /// What was done while the person waited for a signature.
    pub(crate) fn waiting(self) -> &'a Value {
        &self.0["etat"]["attente"]
    }

    /// The day of the reception, when a clock runs: the right is confirmed, with rights and duties.
    pub(crate) fn running(self) -> Option<NaiveDate> {
        let right = &self.0["droit"];
        let runs = right["statut"] == "confirme" && right["droits_devoirs"] == true;
        if runs { day(&right["date_reception"]) } else { None }
    }

    pub(crate) fn number(self, field: &str) -> u64 {
        self.0[field].as_u64().unwrap_or(0)
    }

    /// The last number given on a stream.
    pub(crate) fn emitted(self, stream: &str) -> u64 {
        self.0["registre"]["emis"][stream].as_u64().unwrap_or(0)
    }

    /// The last number applied on a stream.
    pub(crate) fn received(self, stream: &str) -> u64 {
        self.0["registre"]["recus"][stream].as_u64().unwrap_or(0)
    }

    pub(crate) fn outbox(self) -> Option<&'a serde_json::Map<String, Value>> {
        self.0["registre"]["sortie"].as_object()
    }

    /// The stream whose message caused an entry of the outbox; `None` when people or time did.
    pub(crate) fn caused_by(self, name: &str) -> Option<&'a str> {
        text(&self.outbox()?.get(name)?["par"]).strip_prefix("etape:")
    }

    pub(crate) fn waiting_message(self, name: &str) -> Option<Waiting<'a>> {
        let entry = self.outbox()?.get(name)?;
        let message = &entry["message"];
        Some(Waiting { at: text(&entry["le"]), kind: text(&message["type"]), data: &message["data"] })
    }

    /// The rungs of a ladder that have been asked for, one bit each.
    pub(crate) fn rungs(self, ladder: &str) -> u64 {
        self.0["rappels"][ladder].as_u64().unwrap_or(0)
    }
}

/// The text of a value; empty when it is none.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The date of a value.
pub(crate) fn day(value: &Value) -> Option<NaiveDate> {
    value.as_str()?.parse().ok()
}

/// The instant of a value.
pub(crate) fn instant(value: &Value) -> Option<DateTime<Utc>> {
    value.as_str()?.parse().ok()
}

/// The territory of a key, as in `77#…`.
pub(crate) fn territory_of(pk: &str) -> &str {
    pk.split_once('#').map_or(pk, |(territory, _)| territory)
}
