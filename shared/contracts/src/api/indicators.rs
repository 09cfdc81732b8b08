//! The indicators, as they are asked for and answered.

use chrono::NaiveDate;
use domain::commune::{self, CodeInsee};
use domain::indicators::{Definition, Definitions, Figure, Period, Shown};
use domain::{Territory, indicators};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::demande::given;
use crate::border::{self, Fields, Node, Rejected, code};
use crate::codes::UniteCode;
use crate::data::Published;

/// Which indicators are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndicateursAsk {
    /// Of which days.
    pub period: Period,
    /// Whether each commune is told too.
    pub by_commune: bool,
}

/// Les indicateurs d’un territoire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IndicateursJson {
    /// Le département.
    #[schema(example = "77")]
    pub territoire: String,
    /// Le premier jour de la période.
    pub du: NaiveDate,
    /// Son dernier jour.
    pub au: NaiveDate,
    /// Le jour jusqu’auquel les entrants de la période sont suivis.
    pub arrete_le: NaiveDate,
    /// La version des définitions.
    #[schema(example = "indicateurs-1")]
    pub version: String,
    /// Comment les valeurs sont arrondies.
    pub arrondi: String,
    /// Les indicateurs, pour tout le territoire.
    pub indicateurs: Vec<IndicateurJson>,
    /// Les mêmes, commune par commune, petits effectifs masqués.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub communes: Option<Vec<CommuneIndicateursJson>>,
}

/// Un indicateur : un entier sur un entier, et sa définition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IndicateurJson {
    /// Son code.
    #[schema(example = "I5")]
    pub id: String,
    /// Son titre.
    pub titre: String,
    /// Sa valeur, arrondie au dixième ; nulle s’il n’est pas disponible ou ne porte sur personne.
    pub valeur: Option<f64>,
    /// Ce que compte la valeur.
    pub unite: UniteCode,
    /// Le numérateur : des personnes, ou des jours pour une moyenne.
    pub numerateur: Option<u64>,
    /// Le dénominateur : des personnes.
    pub denominateur: Option<u64>,
    /// Pour une cohorte : ceux dont l’attente n’est pas finie, et l’estimation qui en tient compte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cohorte: Option<CohorteJson>,
    /// Ce qui a été publié du même territoire, quand quelque chose l’a été.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publie: Option<PublieJson>,
    /// Le numérateur et le dénominateur, en mots.
    pub definition: String,
    /// D’où vient la définition.
    pub source: String,
    /// Le jour à la fin duquel les faits sont lus.
    pub arrete_le: NaiveDate,
    /// Pourquoi il n’y a pas de chiffre.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indisponible: Option<String>,
}

/// Une valeur publiée, à laquelle comparer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublieJson {
    /// L’année au 31 décembre de laquelle elle a été prise.
    pub annee: u16,
    /// La valeur, dans l’unité de l’indicateur, arrondie à l’unité.
    pub valeur: u32,
    /// Par qui.
    pub source: String,
}

/// Ce qui accompagne la part d’une cohorte.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CohorteJson {
    /// Personnes parties dans le délai sans avoir été orientées.
    pub partis: u64,
    /// Personnes non orientées dont le délai n’est pas écoulé.
    pub en_attente: u64,
    /// L’estimation de Kaplan-Meier, en pourcentage arrondi au dixième ; nulle quand personne n’a été suivi assez longtemps.
    pub estimation: Option<f64>,
}

/// Les indicateurs d’une commune.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CommuneIndicateursJson {
    /// Son code INSEE.
    #[schema(example = "77288")]
    pub commune: String,
    /// Son nom, s’il est connu.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nom: Option<String>,
    /// Ses indicateurs disponibles.
    pub indicateurs: Vec<ValeurJson>,
}

/// La valeur d’un indicateur dans une commune. Sa définition est celle du territoire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ValeurJson {
    /// Le code de l’indicateur.
    pub id: String,
    /// Sa valeur ; nulle si elle est masquée ou ne porte sur personne.
    pub valeur: Option<f64>,
    /// Le numérateur, s’il n’est pas masqué.
    pub numerateur: Option<u64>,
    /// Le dénominateur, s’il n’est pas masqué.
    pub denominateur: Option<u64>,
    /// Pour une cohorte, si rien n’en est masqué.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cohorte: Option<CohorteJson>,
    /// Si les chiffres sont masqués : trop peu de personnes.
    pub masque: bool,
}

impl IndicateursAsk {
    /// Every parameter.
    pub const FIELDS: &'static [&'static str] = &["du", "au", "arrete_le", "par"];

    /// Reads the parameters of an address. `today` is the day it is in the territory.
    pub fn parse(value: &Value, today: NaiveDate) -> Result<Self, Rejected> {
        border::parse(value, |node| {
            let fields = node.fields(Self::FIELDS)?;
            let from = fields.required("du").and_then(|it| read_day(&it, today));
            let to = fields.required("au").and_then(|it| read_day(&it, today));
            let seen_on = given(fields.optional("arrete_le"), |it| read_day(it, today));
            let by_commune = given(fields.optional("par"), |it| {
                it.code(&["commune"], |code| (code == "commune").then_some(()))
            });
            let ordered = in_order(&fields, from, to, seen_on.flatten());
            let period = Period::new(from?, to?, seen_on?.unwrap_or(today));
            Some(Self { period: period.filter(|_| ordered)?, by_commune: by_commune?.is_some() })
        })
    }
}

/// The first day of which there can be something to tell: the RMI's, whose rights went over into the RSA.
const FIRST: Option<NaiveDate> = NaiveDate::from_ymd_opt(1988, 12, 1);

fn read_day(node: &Node<'_>, today: NaiveDate) -> Option<NaiveDate> {
    let day = node.past_date(today)?;
    if FIRST.is_some_and(|it| day < it) {
        node.refuse(code::UNLIKELY_DATE, "Cette date est trop ancienne : aucun droit n’y était ouvert.");
        return None;
    }
    Some(day)
}

fn in_order(
    fields: &Fields<'_>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    seen_on: Option<NaiveDate>,
) -> bool {
    let before =
        |one: Option<NaiveDate>, other: Option<NaiveDate>| one.zip(other).is_some_and(|(a, b)| a < b);
    if before(to, from) {
        fields.refuse(
            "au",
            code::REVERSED_DATES,
            "La période finit avant de commencer : échangez « du » et « au ».",
        );
    }
    if before(seen_on, to) {
        let detail =
            "Les chiffres d’une période ne s’arrêtent pas avant sa fin : indiquez « au » ou un jour d’après.";
        fields.refuse("arrete_le", code::REVERSED_DATES, detail);
    }
    !before(to, from) && !before(seen_on, to)
}

impl IndicateursJson {
    /// The indicators of a territory, without its communes.
    pub fn of(
        territory: Territory,
        period: Period,
        (definitions, published): (&Definitions, &Published),
        figures: &[Option<Figure>],
    ) -> Self {
        let of = |(definition, figure): (&Definition, &Option<Figure>)| {
            let publie = published.of(territory, &definition.id).map(|valeur| PublieJson {
                annee: published.year,
                valeur,
                source: published.source.to_owned(),
            });
            IndicateurJson { publie, ..IndicateurJson::of(definition, figure.as_ref(), period) }
        };
        Self {
            territoire: territory.as_str().to_owned(),
            du: period.from(),
            au: period.to(),
            arrete_le: period.seen_on(),
            version: definitions.id.clone(),
            arrondi: definitions.rounding.clone(),
            indicateurs: definitions.list.iter().zip(figures).map(of).collect(),
            communes: None,
        }
    }
}

impl IndicateurJson {
    fn of(definition: &Definition, figure: Option<&Figure>, period: Period) -> Self {
        let (as_of, why) = match &definition.formula {
            Ok(formula) => {
                let nobody = figure.is_some_and(|it| it.denominator == 0);
                (formula.as_of(period), nobody.then(|| "Personne n’entre dans ce calcul.".to_owned()))
            }
            Err(unavailable) => (period.to(), Some(unavailable.why.clone())),
        };
        Self {
            id: definition.id.clone(),
            titre: definition.title.clone(),
            valeur: figure.and_then(Figure::tenths).and_then(decimal),
            unite: definition.unit.into(),
            numerateur: figure.map(|it| it.numerator),
            denominateur: figure.map(|it| it.denominator),
            cohorte: figure.and_then(|it| it.cohort.as_ref()).map(CohorteJson::from),
            publie: None,
            definition: definition.words.clone(),
            source: definition.source.clone(),
            arrete_le: as_of,
            indisponible: why,
        }
    }
}

impl CommuneIndicateursJson {
    /// What is published of a commune: indicators by their codes, in the order of the definitions.
    pub fn of<'a>(code: CodeInsee, shown: impl IntoIterator<Item = (&'a str, Shown)>) -> Self {
        Self {
            commune: code.to_string(),
            nom: commune::find(code).map(|it| it.name.to_owned()),
            indicateurs: shown.into_iter().map(|(id, shown)| ValeurJson::of(id, shown)).collect(),
        }
    }
}

impl ValeurJson {
    fn of(id: &str, shown: Shown) -> Self {
        let figure = match shown {
            Shown::Figure(figure) => Some(figure),
            Shown::Masked => None,
        };
        Self {
            id: id.to_owned(),
            valeur: figure.and_then(|it| it.tenths()).and_then(decimal),
            numerateur: figure.map(|it| it.numerator),
            denominateur: figure.map(|it| it.denominator),
            cohorte: figure.and_then(|it| it.cohort).as_ref().map(CohorteJson::from),
            masque: figure.is_none(),
        }
    }
}

impl From<&indicators::Cohort> for CohorteJson {
    fn from(it: &indicators::Cohort) -> Self {
        Self { partis: it.left, en_attente: it.still_waiting, estimation: it.estimate.and_then(decimal) }
    }
}

/// Tenths as a JSON number: the shortest text of the nearest double is the decimal itself.
fn decimal(tenths: u64) -> Option<f64> {
    Some(f64::from(u32::try_from(tenths).ok()?) / 10.0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn ask(value: &Value) -> Result<IndicateursAsk, Vec<(String, &'static str)>> {
        IndicateursAsk::parse(value, day("2026-11-23"))
            .map_err(|it| it.errors.into_iter().map(|it| (it.pointer, it.code)).collect())
    }

    #[test]
    fn a_period_is_asked_for_and_its_entrants_are_followed_until_today_unless_told() {
        let asked = ask(&json!({"du": "2026-01-01", "au": "2026-01-31"})).unwrap();
        assert_eq!((asked.period.seen_on(), asked.by_commune), (day("2026-11-23"), false));
        let told =
            json!({"du": "2026-01-01", "au": "2026-01-31", "arrete_le": "2026-03-31", "par": "commune"});
        let asked = ask(&told).unwrap();
        assert_eq!((asked.period.seen_on(), asked.by_commune), (day("2026-03-31"), true));
    }

    #[test]
    fn everything_that_is_wrong_with_a_period_is_told_at_once() {
        let errors = |value: Value| ask(&value).unwrap_err();
        assert_eq!(
            errors(json!({"au": "2026-02-30", "par": "quartier", "mois": "1"})),
            [
                ("/mois".to_owned(), code::UNKNOWN_FIELD),
                ("/du".to_owned(), code::MISSING),
                ("/au".to_owned(), code::IMPOSSIBLE_DATE),
                ("/par".to_owned(), code::UNKNOWN_CODE),
            ]
        );
        assert_eq!(
            errors(json!({"du": "2026-11-24", "au": "1926-01-01"})),
            [("/du".to_owned(), code::FUTURE_DATE), ("/au".to_owned(), code::UNLIKELY_DATE)]
        );
        assert_eq!(
            errors(json!({"du": "2026-02-01", "au": "2026-01-31", "arrete_le": "2026-01-30"})),
            [("/au".to_owned(), code::REVERSED_DATES), ("/arrete_le".to_owned(), code::REVERSED_DATES)]
        );
    }

    #[test]
    fn a_tenth_is_written_as_a_tenth() {
        for (tenths, text) in [(0, "0.0"), (1, "0.1"), (833, "83.3"), (1_000, "100.0"), (9_503, "950.3")] {
            assert_eq!(serde_json::to_string(&decimal(tenths)).unwrap(), text);
        }
        assert_eq!(decimal(u64::MAX), None);
    }
}
