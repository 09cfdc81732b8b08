//! The legal frames as professionals read them.

use chrono::NaiveDate;
use domain::calendar::Hours;
use domain::clocks::ClockRule;
use domain::delay::Delay;
use domain::frame::Frame;
use domain::sanctions::Unset;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::codes::{
    AlerteCode, ApresDelai, Charge, DebutOrientation, FaitCode, HorlogeCode, OrganismeCode, ParcoursCode,
};

/// Un cadre juridique : les délais, datés, avec leurs sources. Un dossier garde celui du jour où son droit a été reçu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CadreJson {
    /// Son nom et sa version.
    #[schema(example = "cadre-2025#1")]
    pub id: String,
    /// Son libellé.
    pub libelle: String,
    /// Le premier jour d’un droit qui en relève.
    pub valide_du: NaiveDate,
    /// L’orientation (H3).
    pub orientation: OrientationCadreJson,
    /// Jours au bout desquels un organisme qui nomme son référent est relancé (H4).
    pub designation_jours: u16,
    /// Heures auxquelles un SMS peut arriver, à l’heure du territoire, ni un dimanche ni un jour férié.
    pub heures: HeuresJson,
    /// Où est orientée une personne dont il manque des réponses de son fait.
    pub defaut: CibleJson,
    /// Toutes les horloges, dans l’ordre de leurs codes.
    pub horloges: Vec<RegleHorlogeJson>,
    /// L’échelle des sanctions : le service la connaît et n’en applique aucune.
    pub sanctions: SanctionsJson,
    /// L’article et le texte de chaque chiffre.
    pub sources: Vec<SourceJson>,
}

/// Les délais de l’orientation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrientationCadreJson {
    /// Ce qui la fait partir.
    pub debut: DebutOrientation,
    /// L’objectif.
    pub cible: DelaiJson,
    /// Le délai légal.
    pub legal: DelaiJson,
    /// Qui décide ensuite.
    pub apres: ApresDelai,
    /// Qui est alerté, et quand.
    pub alertes: Vec<AlerteJson>,
    /// Jours auxquels les réponses manquantes sont demandées.
    pub demandes_jours: Vec<u16>,
}

/// Des heures d’une journée.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeuresJson {
    /// La première minute.
    #[schema(example = "09:00")]
    pub de: String,
    /// La minute qui suit la dernière.
    #[schema(example = "20:00")]
    pub a: String,
}

/// Une alerte de l’orientation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AlerteJson {
    /// Jours depuis le début ; le jour ouvré précédent, s’il est chômé.
    pub jour: u16,
    /// Qui.
    pub a: AlerteCode,
}

/// Un délai : tant de jours du calendrier, ou tant de mois de date à date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DelaiJson {
    /// Jours du calendrier.
    Jours(u16),
    /// Mois, de date à date.
    Mois(u16),
}

/// Un parcours et un organisme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CibleJson {
    /// Le parcours.
    pub parcours: ParcoursCode,
    /// L’organisme.
    pub organisme: OrganismeCode,
}

/// Ce qu’un cadre dit d’une horloge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegleHorlogeJson {
    /// Laquelle.
    pub id: HorlogeCode,
    /// Sur qui pèse le délai.
    pub charge: Charge,
    /// Ce qui la fait partir.
    pub debut: Vec<FaitCode>,
    /// Ce qui l’arrête.
    pub fin: Vec<FaitCode>,
    /// Si ce qui la fait partir la fait repartir quand elle court déjà.
    pub repart: bool,
    /// Si une suspension du droit la suspend.
    pub suspendue_avec_le_droit: bool,
    /// L’objectif.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cible: Option<DelaiJson>,
    /// Le délai légal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal: Option<DelaiJson>,
    /// Le délai légal outre-mer, s’il est autre.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_outre_mer: Option<DelaiJson>,
    /// Ce qui le porte à une autre durée, et laquelle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub porte_a: Option<PorteAJson>,
}

/// Ce qui porte un délai légal à une autre durée.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PorteAJson {
    /// Par quoi.
    pub par: FaitCode,
    /// La durée.
    pub legal: DelaiJson,
}

/// L’échelle des sanctions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SanctionsJson {
    /// Si tout ce qui revient au département est renseigné : sinon, l’échelle ne sert à rien ici.
    pub utilisable: bool,
    /// Le premier jour d’un manquement qui en relève.
    pub applicable_du: NaiveDate,
    /// Ce qui reste à renseigner.
    pub a_renseigner: Vec<String>,
}

/// La source d’un chiffre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourceJson {
    /// De quoi il s’agit.
    pub objet: String,
    /// L’article.
    pub article: String,
    /// Le texte.
    pub texte: String,
}

impl From<Delay> for DelaiJson {
    fn from(it: Delay) -> Self {
        match it {
            Delay::Days(days) => Self::Jours(days),
            Delay::Months(months) => Self::Mois(months),
        }
    }
}

impl From<DelaiJson> for Delay {
    fn from(it: DelaiJson) -> Self {
        match it {
            DelaiJson::Jours(days) => Self::Days(days),
            DelaiJson::Mois(months) => Self::Months(months),
        }
    }
}

impl From<&ClockRule> for RegleHorlogeJson {
    fn from(it: &ClockRule) -> Self {
        Self {
            id: it.id.into(),
            charge: it.bearer.into(),
            debut: it.starts.iter().map(|it| (*it).into()).collect(),
            fin: it.stops.iter().map(|it| (*it).into()).collect(),
            repart: it.restarts,
            suspendue_avec_le_droit: it.pauses,
            cible: it.target.map(Into::into),
            legal: it.legal.map(Into::into),
            legal_outre_mer: it.legal_overseas.map(Into::into),
            porte_a: it.extended.map(|(by, legal)| PorteAJson { par: by.into(), legal: legal.into() }),
        }
    }
}

impl From<Hours> for HeuresJson {
    fn from(it: Hours) -> Self {
        let minute = |it: chrono::NaiveTime| it.format("%H:%M").to_string();
        Self { de: minute(it.opens()), a: minute(it.closes()) }
    }
}

impl From<&Frame> for CadreJson {
    fn from(it: &Frame) -> Self {
        let orientation = &it.orientation;
        let missing = it.sanctions.usable().err().unwrap_or_default();
        Self {
            id: it.id.to_string(),
            libelle: it.title.clone(),
            valide_du: it.valid_from,
            orientation: OrientationCadreJson {
                debut: orientation.starts.into(),
                cible: orientation.target.into(),
                legal: orientation.legal.into(),
                apres: orientation.after_legal.into(),
                alertes: orientation
                    .alerts
                    .iter()
                    .map(|it| AlerteJson { jour: it.day, a: it.to.into() })
                    .collect(),
                demandes_jours: orientation.requests.clone(),
            },
            designation_jours: it.naming_days,
            heures: it.hours.into(),
            defaut: CibleJson {
                parcours: it.default.parcours.into(),
                organisme: it.default.organisme.into(),
            },
            horloges: it.rules().iter().map(Into::into).collect(),
            sanctions: SanctionsJson {
                utilisable: missing.is_empty(),
                applicable_du: it.sanctions.applies_from,
                a_renseigner: missing.into_iter().map(|it: Unset| it.code().to_owned()).collect(),
            },
            sources: it
                .sources
                .iter()
                .map(|it| SourceJson {
                    objet: it.about.clone(),
                    article: it.article.clone(),
                    texte: it.text.clone(),
                })
                .collect(),
        }
    }
}
