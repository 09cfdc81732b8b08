//! The targets that a territory sets in a legal frame: as they are put, answered and kept.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::AgentId;
use domain::clocks::ClockId;
use domain::delay::Delay;
use domain::frame::Frame;
use domain::local_frame::{DraftFault, LifeRefusal, Publication, Stage, TargetFault, Targets, Version};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::frames::DelaiJson;
use crate::border::{self, Node, Rejected, code};
use crate::codes::{HorlogeCode, code_enum};

/// The longest target that anybody may write, in days and in months: beyond, it is a slip.
const MOST_DAYS: u32 = 3_650;
const MOST_MONTHS: u32 = 120;

/// What is put, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CiblesBody {
    /// The first day of a right that falls under it.
    pub valid_from: NaiveDate,
    /// The targets.
    pub targets: Targets,
}

/// Les objectifs qu’un territoire se donne (`PUT /v1/cadres/{cadre}/{version}`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CiblesJson {
    /// Premier jour de réception d’un droit qui en relève : demain au plus tôt.
    pub valide_du: NaiveDate,
    /// Par horloge, son objectif : plus court que celui du cadre, ou égal.
    pub cibles: BTreeMap<HorlogeCode, DelaiJson>,
}

code_enum! {
    /// How far a version is, on the wire.
    pub EtapeCode { Brouillon = "brouillon", Propose = "propose", Publie = "publie", Retire = "retire" }
}

/// Une version des objectifs d’un territoire. Une fois publiée, elle n’est plus jamais réécrite ni supprimée.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionCadreJson {
    /// Son numéro, à partir de 1.
    pub version: u32,
    /// Premier jour de réception d’un droit qui en relève.
    pub valide_du: NaiveDate,
    /// Par horloge, son objectif.
    pub cibles: BTreeMap<HorlogeCode, DelaiJson>,
    /// Qui l’a écrite.
    pub ecrite_par: String,
    /// Où elle en est.
    pub etat: EtapeCode,
    /// Qui en a demandé la publication, tant qu’une autre personne ne l’a pas confirmée.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposee_par: Option<String>,
    /// Les deux personnes qui l’ont publiée.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publiee_par: Option<[String; 2]>,
    /// Quand la seconde l’a fait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publiee_le: Option<DateTime<Utc>>,
    /// Qui l’a retirée.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retiree_par: Option<String>,
    /// Premier jour sans elle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retiree_du: Option<NaiveDate>,
}

/// Ce que changerait une version (`GET /v1/cadres/{cadre}/{version}`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionDetailJson {
    /// La version.
    #[serde(flatten)]
    pub version: VersionCadreJson,
    /// Son effet, essayé sur les personnes qui attendent aujourd’hui.
    pub apercu: ApercuJson,
}

/// L’effet d’une version, essayé sur celles et ceux qui attendent leur orientation sous ce cadre. Leurs échéances ne bougent
/// pas : chaque dossier garde le cadre du jour où son droit a été reçu.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApercuJson {
    /// Combien attendent.
    pub en_attente: u64,
    /// Pour combien l’objectif d’orientation finirait un autre jour.
    pub echeances_deplacees: u64,
    /// Pour combien il serait déjà passé, alors qu’il ne l’est pas.
    pub deja_depassees: u64,
}

impl CiblesBody {
    /// Reads the body. Whether a target may be set is the domain's business.
    pub fn parse(value: &Value) -> Result<Self, Rejected> {
        border::parse(value, |node| {
            let fields = node.fields(&["valide_du", "cibles"])?;
            let valid_from = fields.required("valide_du").and_then(|it| it.date());
            let targets = fields.required("cibles").and_then(|it| read_targets(&it));
            Some(Self { valid_from: valid_from?, targets: targets? })
        })
    }
}

fn read_targets(node: &Node<'_>) -> Option<Targets> {
    // Every one is read, so that all that is wrong is said at once.
    let read: Vec<Option<(ClockId, Delay)>> = node
        .members()?
        .into_iter()
        .map(|(name, node)| {
            let delay = read_delay(&node);
            let Some(id) = HorlogeCode::from_code(name) else {
                node.refuse(code::UNKNOWN_CODE, "Aucune horloge n’a ce nom : H1 à H12.");
                return None;
            };
            Some((id.into(), delay?))
        })
        .collect();
    read.into_iter().collect()
}

fn read_delay(node: &Node<'_>) -> Option<Delay> {
    let fields = node.fields(&["jours", "mois"])?;
    let short = |most: u32| move |it: Node<'_>| it.whole(1..=most).and_then(|it| u16::try_from(it).ok());
    match (fields.optional("jours"), fields.optional("mois")) {
        (Some(days), None) => short(MOST_DAYS)(days).map(Delay::Days),
        (None, Some(months)) => short(MOST_MONTHS)(months).map(Delay::Months),
        (None, None) | (Some(_), Some(_)) => {
            node.refuse(code::FORMAT, "Écrivez {\"jours\": 20} ou {\"mois\": 1}, l’un ou l’autre.");
            None
        }
    }
}

impl From<&Version> for VersionCadreJson {
    fn from(it: &Version) -> Self {
        let json = Self {
            version: it.number,
            valide_du: it.valid_from,
            cibles: it.targets.iter().map(|(id, delay)| ((*id).into(), (*delay).into())).collect(),
            ecrite_par: it.written_by.to_string(),
            etat: EtapeCode::Brouillon,
            proposee_par: None,
            publiee_par: None,
            publiee_le: None,
            retiree_par: None,
            retiree_du: None,
        };
        let published = |json: Self, by: &Publication| Self {
            etat: EtapeCode::Publie,
            publiee_par: Some([by.by.0.to_string(), by.by.1.to_string()]),
            publiee_le: Some(by.at),
            ..json
        };
        match &it.stage {
            Stage::Draft => json,
            Stage::Proposed { by } => {
                Self { etat: EtapeCode::Propose, proposee_par: Some(by.to_string()), ..json }
            }
            Stage::Published(by) => published(json, by),
            Stage::Retired { published: by, by: retired_by, from } => Self {
                etat: EtapeCode::Retire,
                retiree_par: Some(retired_by.to_string()),
                retiree_du: Some(*from),
                ..published(json, by)
            },
        }
    }
}

/// A version that was kept cannot be read: it lacks what its stage has.
#[derive(Debug, thiserror::Error)]
#[error("the kept version lacks what its stage has")]
pub struct BrokenVersion;

impl TryFrom<&VersionCadreJson> for Version {
    type Error = BrokenVersion;

    fn try_from(it: &VersionCadreJson) -> Result<Self, BrokenVersion> {
        let agent = |name: &str| name.parse::<AgentId>().map_err(|_| BrokenVersion);
        let publication = || -> Result<Publication, BrokenVersion> {
            let [first, second] = it.publiee_par.as_ref().ok_or(BrokenVersion)?;
            Ok(Publication { by: (agent(first)?, agent(second)?), at: it.publiee_le.ok_or(BrokenVersion)? })
        };
        let stage = match it.etat {
            EtapeCode::Brouillon => Stage::Draft,
            EtapeCode::Propose => {
                Stage::Proposed { by: agent(it.proposee_par.as_deref().ok_or(BrokenVersion)?)? }
            }
            EtapeCode::Publie => Stage::Published(publication()?),
            EtapeCode::Retire => Stage::Retired {
                published: publication()?,
                by: agent(it.retiree_par.as_deref().ok_or(BrokenVersion)?)?,
                from: it.retiree_du.ok_or(BrokenVersion)?,
            },
        };
        Ok(Self {
            number: it.version,
            valid_from: it.valide_du,
            targets: it.cibles.iter().map(|(id, delay)| ((*id).into(), (*delay).into())).collect(),
            written_by: agent(&it.ecrite_par)?,
            stage,
        })
    }
}

/// What a professional is told of a draft that cannot be: each fault at its place, with the article of what it runs into.
pub fn refused_draft(faults: &[DraftFault], frame: &Frame) -> Rejected {
    Rejected::of(faults.iter().map(|it| match it {
        DraftFault::Number { next } => {
            let detail = format!("Les versions se suivent : la prochaine est la {next}.");
            ("/version".to_owned(), "version_inconnue", detail)
        }
        DraftFault::Settled => {
            let detail = "Cette version a été publiée : retirez-la et écrivez-en une autre.".to_owned();
            ("/version".to_owned(), "version_publiee", detail)
        }
        DraftFault::NotAhead => {
            let detail = "Donnez un premier jour à venir : un droit déjà reçu garde son cadre.".to_owned();
            ("/valide_du".to_owned(), "date_passee", detail)
        }
        DraftFault::OtherFrame => {
            let detail = format!("Le {} n’est pas encore en vigueur ce jour-là.", frame.title.to_lowercase());
            ("/valide_du".to_owned(), "autre_cadre", detail)
        }
        DraftFault::Empty => {
            let detail = "Donnez au moins un objectif.".to_owned();
            ("/cibles".to_owned(), code::EMPTY, detail)
        }
        DraftFault::Target(id, fault) => {
            (format!("/cibles/{}", id.code()), "cible_refusee", refused_target(*id, *fault, frame))
        }
    }))
}

fn refused_target(id: ClockId, fault: TargetFault, frame: &Frame) -> String {
    match fault {
        TargetFault::NoDelay => format!("Le cadre ne donne ni objectif ni délai à {}.", id.code()),
        TargetFault::Zero => "Un objectif dure au moins un jour.".to_owned(),
        TargetFault::NotInDays => "Cet objectif se compte en jours.".to_owned(),
        TargetFault::Longer(most) => {
            let rule = frame.rules().into_iter().find(|it| it.id == id);
            let law = rule.and_then(|it| it.legal).map(|legal| {
                let source = source_of(id, frame).map(|it| format!(" ({it})")).unwrap_or_default();
                format!(", sous un délai légal de {}{source}", in_words(legal))
            });
            let law = law.unwrap_or_default();
            let most = in_words(most);
            format!(
                "Le cadre donne {most} à {}{law} : un territoire peut raccourcir, jamais allonger.",
                id.code()
            )
        }
    }
}

fn in_words(delay: Delay) -> String {
    match delay {
        Delay::Days(days) => format!("{days} jours"),
        Delay::Months(1) => "un mois".to_owned(),
        Delay::Months(months) => format!("{months} mois"),
    }
}

/// The article behind what a frame sets for a clock: that of its legal delay, else of its target.
fn source_of(id: ClockId, frame: &Frame) -> Option<&str> {
    let own_section = [(ClockId::Orientation, "orientation.legal"), (ClockId::Naming, "naming.")];
    let section = own_section.iter().find(|it| it.0 == id).map(|it| it.1.to_owned());
    let section = section.unwrap_or_else(|| format!("clocks.{}", id.code()));
    frame.sources.iter().find(|it| it.about.contains(&section)).map(|it| it.article.as_str())
}

/// What a professional is told of a version that is neither published nor retired.
pub fn refused_life(refusal: LifeRefusal) -> Option<Rejected> {
    let (code, detail) = match refusal {
        LifeRefusal::Unknown => return None,
        LifeRefusal::TooLate => (
            "date_passee",
            "Son premier jour est venu : écrivez-la de nouveau, avec un premier jour à venir.",
        ),
        LifeRefusal::WrongStage => (
            "etape_refusee",
            "Seule une version publiée se retire, et une version retirée ne se publie plus.",
        ),
    };
    Some(Rejected::one("/version", code, detail))
}
