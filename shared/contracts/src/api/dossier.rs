//! A dossier as it is answered: the receipt of an application, the dossier itself, a line of a list.

use chrono::{DateTime, NaiveDate, Utc};
use domain::State;
use domain::clocks::{Clock, ClockStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::redacted;
use crate::codes::{
    BesoinCode, CanalCode, HorlogeCode, MotifEcartCode, MotifFinCode, OrganismeCode, ParcoursCode,
    SansPlaceCode, code_enum,
};

/// The receipt of an application. `suivi` opens the person's space together with the birth date: it is theirs alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DemandeRecue {
    /// What people quote.
    pub reference: String,
    /// The dossier.
    pub dossier: Uuid,
    /// The code of the person's space.
    pub suivi: String,
}

/// A dossier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DossierJson {
    /// The dossier.
    pub dossier: Uuid,
    /// What people quote.
    pub reference: String,
    /// Where the journey stands.
    pub etat: EtatCode,
    /// INSEE code of the commune.
    pub commune: String,
    /// How the application came in.
    pub canal: CanalCode,
    /// When.
    pub depose_le: DateTime<Utc>,
    /// The right.
    pub droit: DroitJson,
    /// The parcours decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcours: Option<ParcoursCode>,
    /// The organism decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisme: Option<OrganismeCode>,
    /// The référent, or the provisional contact when `provisoire`; null when there is nobody.
    #[serde(default)]
    pub referent: Option<ReferentBref>,
    /// When the organism should have named its référent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attendu_le: Option<NaiveDate>,
    /// Whether `referent` is a provisional contact, which is not a decision.
    pub provisoire: bool,
    /// The provisional contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ReferentBref>,
    /// What is prepared for the signer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defaut: Option<DefautJson>,
    /// The decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionJson>,
    /// Why nobody could be named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motif_attente: Option<SansPlaceCode>,
    /// Why and since when the journey is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fin: Option<FinJson>,
    /// Immediate needs, while they are open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub besoins: Vec<BesoinCode>,
    /// The legal clocks.
    pub horloges: Vec<HorlogeJson>,
    /// The number in the `ETag`.
    pub revision: u64,
}

impl DossierJson {
    /// The clock of the orientation, once it has started.
    pub fn orientation_clock(&self) -> Option<&HorlogeJson> {
        self.horloges.iter().find(|it| it.id == HorlogeCode::Orientation)
    }
}

/// The right of a dossier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DroitJson {
    /// Declared or confirmed.
    pub statut: StatutDroit,
    /// Opening date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_ouverture: Option<NaiveDate>,
    /// Reception by the département.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_reception: Option<NaiveDate>,
    /// Whether the reception is presumed from the deposit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presumee: Option<bool>,
    /// Whether the person is subject to rights and duties.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub droits_devoirs: Option<bool>,
    /// The frozen legal frame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cadre: Option<String>,
    /// Its suspension, while it is suspended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspension: Option<SuspensionJson>,
}

/// A suspension of the right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SuspensionJson {
    /// Its first day.
    pub depuis: NaiveDate,
    /// The CNAF's code of its motive, when it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motif: Option<String>,
    /// What it means, in French.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub libelle: Option<String>,
}

/// The end of a journey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FinJson {
    /// Why.
    pub motif: MotifFinCode,
    /// The CNAF's code of the closure, when it gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloture: Option<String>,
    /// What it means, in French.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub libelle: Option<String>,
    /// The dossier that goes on, when this one was merged into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avec: Option<Uuid>,
    /// Since when.
    pub le: NaiveDate,
}

/// A référent, as a dossier names them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReferentBref {
    /// Who.
    pub id: String,
    /// Their name.
    pub nom: String,
    /// Since when.
    pub depuis: DateTime<Utc>,
}

/// A default orientation, prepared and not signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DefautJson {
    /// Where it comes from.
    pub nature: DefautNature,
    /// The parcours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcours: Option<ParcoursCode>,
    /// The organism.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisme: Option<OrganismeCode>,
}

/// A signed decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DecisionJson {
    /// Who signed or recorded it.
    pub par: AgentJson,
    /// When.
    pub le: DateTime<Utc>,
    /// Why it departs from the proposition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motif_ecart: Option<MotifEcartCode>,
    /// The day France Travail decided, when the decision is its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decidee_par_france_travail_le: Option<NaiveDate>,
    /// What is known of it, when it was taken elsewhere before the département worked here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reprise: Option<RepriseJson>,
}

/// A decision that was taken elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RepriseJson {
    /// The day a contract was signed, when one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contrat_signe_le: Option<NaiveDate>,
}

/// The agent a decision names.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgentJson {
    /// Who.
    pub agent: String,
    /// The name that the decision bears.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nom: Option<String>,
    /// The quality that the decision bears.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualite: Option<String>,
    /// The act of delegation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acte: Option<String>,
}

/// A legal clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HorlogeJson {
    /// Which.
    pub id: HorlogeCode,
    /// The day it started from.
    pub debut: NaiveDate,
    /// The last day of the target delay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cible: Option<NaiveDate>,
    /// The last day of the legal delay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legale: Option<NaiveDate>,
    /// How it stands.
    pub etat: HorlogeEtat,
    /// Since when, once it no longer runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depuis: Option<NaiveDate>,
}

code_enum! {
    /// How a clock stands.
    pub HorlogeEtat { Running = "en_cours", Held = "suspendue", Stopped = "arretee", Overrun = "depassee" }
}

/// A dossier in a list.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DossierResume {
    /// The dossier.
    pub dossier: Uuid,
    /// What people quote.
    pub reference: String,
    /// Where the journey stands.
    pub etat: EtatCode,
    /// INSEE code of the commune.
    pub commune: String,
    /// When the application came in.
    pub depose_le: DateTime<Utc>,
    /// First name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prenom: Option<String>,
    /// Last name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nom: Option<String>,
    /// When something is next due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub echeance: Option<DateTime<Utc>>,
    /// The last day of the target delay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cible: Option<NaiveDate>,
    /// The last day of the legal delay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legale: Option<NaiveDate>,
    /// Whether whoever is in charge is a provisional contact.
    pub provisoire: bool,
}

redacted!(DemandeRecue, ReferentBref, AgentJson, DossierResume);

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Liste<T> {
    /// The elements.
    pub elements: Vec<T>,
    /// What to pass as `apres` to read on; null at the end.
    #[serde(default)]
    pub suivant: Option<String>,
}

/// Where a journey stands. The codes are published at once, so that a reader is ready for those that come later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the codes of `domain::State`, which says what each means")]
pub enum EtatCode {
    Depose,
    Urgence,
    ACompleter,
    AOrienter,
    Oriente,
    EnAttenteDePlace,
    Affecte,
    AttenteFranceTravail,
    ContratSigne,
    Suspendu,
    Clos,
    Efface,
}

impl EtatCode {
    /// Reads a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// Every state, published or to come.
    pub const ALL: [Self; 12] = [
        Self::Depose,
        Self::Urgence,
        Self::ACompleter,
        Self::AOrienter,
        Self::Oriente,
        Self::EnAttenteDePlace,
        Self::Affecte,
        Self::AttenteFranceTravail,
        Self::ContratSigne,
        Self::Suspendu,
        Self::Clos,
        Self::Efface,
    ];

    /// The code as text.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Depose => "depose",
            Self::Urgence => "urgence",
            Self::ACompleter => "a_completer",
            Self::AOrienter => "a_orienter",
            Self::Oriente => "oriente",
            Self::EnAttenteDePlace => "en_attente_de_place",
            Self::Affecte => "affecte",
            Self::AttenteFranceTravail => "attente_france_travail",
            Self::ContratSigne => "contrat_signe",
            Self::Suspendu => "suspendu",
            Self::Clos => "clos",
            Self::Efface => "efface",
        }
    }
}

impl From<&State> for EtatCode {
    fn from(state: &State) -> Self {
        match state {
            State::Submitted => Self::Depose,
            State::Urgent { .. } => Self::Urgence,
            State::ToOrient { .. } => Self::AOrienter,
            State::Oriented { .. } => Self::Oriente,
            State::AwaitingPlace { .. } => Self::EnAttenteDePlace,
            State::Assigned { .. } => Self::Affecte,
            State::AwaitingFranceTravail { .. } => Self::AttenteFranceTravail,
            State::Closed { .. } => Self::Clos,
        }
    }
}

impl HorlogeJson {
    /// A clock, seen from a day.
    pub fn of(it: &Clock, today: NaiveDate) -> Self {
        let overrun = it.overrun_since(today);
        let (status, since) = match (it.status, overrun) {
            (ClockStatus::Stopped { on }, _) => (HorlogeEtat::Stopped, Some(on)),
            (ClockStatus::HandedOver { on }, _) => (HorlogeEtat::Overrun, Some(on)),
            (_, Some(since)) => (HorlogeEtat::Overrun, Some(since)),
            (ClockStatus::Held { since }, None) => (HorlogeEtat::Held, Some(since)),
            (ClockStatus::Running, None) => (HorlogeEtat::Running, None),
        };
        Self {
            id: it.id.into(),
            debut: it.start,
            cible: it.target,
            legale: it.legal,
            etat: status,
            depuis: since,
        }
    }
}

code_enum! {
    /// Whether the person declares a right, or the CAF, the MSA or an agent confirms it.
    pub StatutDroit { Declare = "declare", Confirme = "confirme" }
}

/// Where a default orientation comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DefautNature {
    /// The rules, on the ordinary answers.
    Regles,
    /// The default of the law (CASF R. 262-65-3).
    Legal,
    /// No orientation: an interview is due.
    Entretien,
}
