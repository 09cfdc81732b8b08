//! DynamoDB items, versioned. An item holds codes, dates and ids; a person's values are sealed text.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::dossier::{Placement, Target};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::codes::{BesoinCode, CanalCode, MotifEcartCode, OrganismeCode, ParcoursCode, SansPlaceCode};

mod convert;
pub use convert::{Corrupt, NoDossier, file_sk, instant};
mod former;
pub use former::AncienDroitRow;
mod imports;
pub use imports::{ImportRow, PriveV1, TrancheRow};
mod ledger;
pub use ledger::{LedgerRow, OutboxRow, UsedKeyRow};
mod right;
pub use right::{DroitRow, FinRow, SuspensionRow};
mod tombstone;
pub use tombstone::{ERASED, EffaceRow};

/// A dossier as it lies in the table `dossiers`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DossierRow {
    /// Partition key, `77#<uuid>`.
    pub pk: String,
    /// Version of this shape: 1.
    pub v: u32,
    /// Counts the writes; every conditional write checks it.
    pub revision: u64,
    /// Counts the changes that a reader can see; the `ETag`.
    pub etag: u64,
    /// Index `file`: `77#a_orienter`.
    pub file_pk: String,
    /// Index `file`: the earliest instant at which something is due; a hint.
    pub file_sk: String,
    /// Index `referent`: `77#<référent>`, while a place is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referent_pk: Option<String>,
    /// Index `referent`: since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referent_sk: Option<String>,
    /// The dossier itself, or what stands in its place.
    #[serde(flatten)]
    pub contenu: ContenuRow,
    /// Numbers, receipts, messages to send, keys of requests.
    pub registre: LedgerRow,
}

/// What a row says beside its keys, its counters and its ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ContenuRow {
    /// A dossier.
    Present(Box<PresentRow>),
    /// A tombstone: the dossier was erased, or will never be opened.
    Efface {
        /// When, why and what may be left.
        efface: EffaceRow,
    },
}

/// The dossier in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresentRow {
    /// Where the person lives.
    pub commune: String,
    /// How the application came in.
    pub canal: CanalCode,
    /// When.
    pub depose_le: DateTime<Utc>,
    /// The right.
    pub droit: DroitRow,
    /// The wishes.
    #[serde(default, skip_serializing_if = "SouhaitsRow::is_empty")]
    pub souhaits: SouhaitsRow,
    /// Where the journey stands.
    pub etat: EtatRow,
    /// Which rungs were asked for.
    #[serde(default, skip_serializing_if = "RappelsRow::is_empty")]
    pub rappels: RappelsRow,
    /// The last monthly sweep that treated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balaye: Option<String>,
    /// As of when the right is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nouvelles_du: Option<DateTime<Utc>>,
    /// How many times the right has opened again.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reouvertures: u32,
    /// The rights of before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anciens_droits: Vec<AncienDroitRow>,
}

/// Wishes in a row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SouhaitsRow {
    /// The organism wished for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisme: Option<OrganismeCode>,
    /// The référent wished for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referent: Option<String>,
}

impl SouhaitsRow {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Rungs reached, in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RappelsRow {
    /// Alerts of H3.
    #[serde(default, skip_serializing_if = "is_default")]
    pub alertes: u16,
    /// Requests of H1.
    #[serde(default, skip_serializing_if = "is_default")]
    pub demandes: u16,
    /// Chasing of H4.
    #[serde(default, skip_serializing_if = "is_default")]
    pub relance_organisme: bool,
}

impl RappelsRow {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What goes without saying is not written: a row is paid by the kilobyte.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A state in a row: the same facts as the domain's, no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum EtatRow {
    /// See `domain::State::Submitted`.
    Depose,
    /// See `domain::State::Urgent`.
    Urgence {
        /// The needs.
        besoins: Vec<BesoinCode>,
    },
    /// See `domain::State::ToOrient`.
    AOrienter {
        /// The proposal.
        proposition: PropositionRow,
        /// The waiting.
        #[serde(default)]
        attente: AttenteRow,
    },
    /// See `domain::State::Oriented`.
    Oriente {
        /// The decision.
        decision: SigneRow,
        /// Expected from the organism; absent when our assignment names.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attendu_le: Option<NaiveDate>,
        /// The provisional contact.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<PlacementRow>,
    },
    /// See `domain::State::AwaitingPlace`.
    EnAttenteDePlace {
        /// The decision.
        decision: SigneRow,
        /// The provisional contact.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<PlacementRow>,
        /// Last look.
        cherche_le: DateTime<Utc>,
        /// Why there is none.
        motif: SansPlaceCode,
    },
    /// See `domain::State::Assigned`.
    Affecte {
        /// The decision.
        decision: SigneRow,
        /// The référent.
        referent: PlacementRow,
    },
    /// See `domain::State::AwaitingFranceTravail`.
    AttenteFranceTravail {
        /// Since when.
        depuis: DateTime<Utc>,
        /// The proposal.
        proposition: PropositionRow,
        /// The waiting.
        #[serde(default)]
        attente: AttenteRow,
    },
    /// See `domain::State::Closed`.
    Clos {
        /// The end.
        fin: FinRow,
        /// The decision that was in force.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decision: Option<SigneRow>,
    },
}

/// A proposal in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropositionRow {
    /// What is proposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cible: Option<TargetRow>,
    /// The rule set.
    pub jeu: String,
    /// Where the explanation is.
    pub trace: Uuid,
    /// When.
    pub le: DateTime<Utc>,
    /// Whether answers were missing.
    pub incomplete: bool,
}

/// The waiting in a row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttenteRow {
    /// When a contact was last asked for, and not found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_demande_le: Option<DateTime<Utc>>,
    /// The contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<PlacementRow>,
    /// The prepared default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defaut: Option<DefautRow>,
}

/// A default orientation in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "nature", rename_all = "snake_case")]
pub enum DefautRow {
    /// Asked for.
    Demande,
    /// By the rules, on ordinary answers.
    Regles {
        /// What.
        cible: TargetRow,
    },
    /// The legal default.
    Legal {
        /// What.
        cible: TargetRow,
    },
    /// An interview.
    Entretien,
}

/// A parcours and its organism.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetRow {
    /// The parcours.
    pub parcours: ParcoursCode,
    /// The organism.
    pub organisme: OrganismeCode,
}

impl From<Target> for TargetRow {
    fn from(it: Target) -> Self {
        Self { parcours: it.parcours.into(), organisme: it.organisme.into() }
    }
}

impl From<TargetRow> for Target {
    fn from(it: TargetRow) -> Self {
        Self { parcours: it.parcours.into(), organisme: it.organisme.into() }
    }
}

/// A place held, in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacementRow {
    /// Whose.
    pub referent: String,
    /// Since when.
    pub depuis: DateTime<Utc>,
}

impl From<&Placement> for PlacementRow {
    fn from(it: &Placement) -> Self {
        Self { referent: it.referent.to_string(), depuis: it.since }
    }
}

impl TryFrom<&PlacementRow> for Placement {
    type Error = domain::ids::InvalidId;

    fn try_from(it: &PlacementRow) -> Result<Self, Self::Error> {
        Ok(Self { referent: it.referent.parse()?, since: it.depuis })
    }
}

/// A signed decision in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigneRow {
    /// What was decided.
    pub cible: TargetRow,
    /// When.
    pub le: DateTime<Utc>,
    /// Why it departs from the proposition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motif_ecart: Option<MotifEcartCode>,
    /// Who signed or recorded.
    pub agent: String,
    /// The agent's name, when the agent signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nom: Option<String>,
    /// The agent's quality, when the agent signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualite: Option<String>,
    /// The act of delegation, when the agent signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acte: Option<String>,
    /// The day France Travail decided, when it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decidee_par_france_travail_le: Option<NaiveDate>,
    /// Decided elsewhere, before the département worked here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reprise: Option<RepriseRow>,
}

/// What is known of a decision that was taken elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepriseRow {
    /// A contract was signed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contrat_signe_le: Option<NaiveDate>,
}

/// A référent in the table `referents`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferentRow {
    /// Partition key: the département.
    pub pk: String,
    /// Sort key: the référent's id.
    pub sk: String,
    /// Version of this shape: 1.
    pub v: u32,
    /// Counts the changes of the record; the counter of people is not one.
    pub revision: u64,
    /// What people read.
    pub nom: String,
    /// The structure they work in.
    pub structure: String,
    /// Where to call.
    pub telephone: String,
    /// Where to go.
    pub adresse: String,
    /// The organism.
    pub organisme: OrganismeCode,
    /// Capacity.
    pub capacite: u32,
    /// People accompanied; written only with a dossier.
    pub actifs: u32,
    /// Parcours served.
    pub parcours: Vec<ParcoursCode>,
    /// Communes covered; empty for the whole territory.
    #[serde(default)]
    pub communes: Vec<String>,
    /// Absences, both ends included.
    #[serde(default)]
    pub absences: Vec<AbsenceRow>,
}

/// Days on which a référent takes nobody new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AbsenceRow {
    /// First day.
    pub du: NaiveDate,
    /// Last day.
    pub au: NaiveDate,
}

/// A row of a side table: keys, and attributes as JSON. What a person said in it is sealed text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideRow {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
    /// Attributes.
    pub attributes: BTreeMap<String, serde_json::Value>,
}

#[cfg(test)]
mod tests;
