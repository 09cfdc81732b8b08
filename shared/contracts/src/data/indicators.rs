//! The indicators as their file defines them, read and checked.

use std::collections::BTreeSet;

use domain::indicators::{Definition, Definitions, Formula, Kind, Mask, Seniority, Since, Unavailable, Unit};
use serde::Deserialize;

use super::DataError;
use crate::codes::{DebutAttente, GenreOrganisme, UniteCode};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IndicatorsFile {
    id: String,
    version: u32,
    arrondi: String,
    masque: MaskFile,
    indicateurs: Vec<IndicatorFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MaskFile {
    personnes: u64,
    moyenne: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IndicatorFile {
    id: String,
    titre: String,
    unite: UniteCode,
    definition: String,
    source: String,
    formule: Option<FormulaFile>,
    indisponible: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum FormulaFile {
    Orientes,
    NonOrientes,
    OrientesParAnciennete(SeniorityFile),
    OrientesVers(GenreOrganisme),
    DelaiDesOrientes,
    OrientesEn(WaitFile),
    PassesAFranceTravail,
    SansEcart,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeniorityFile {
    a_partir_de_mois: u32,
    avant_mois: Option<u32>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct WaitFile {
    jours: u32,
    depuis: DebutAttente,
}

/// Reads the indicators. An indicator named twice or without words, a formula of another unit, both a formula and a
/// reason to have none, or neither, are wrong; and so is a mask that masks nothing.
pub(super) fn read(file: &'static str, text: &str) -> Result<Definitions, DataError> {
    let read: IndicatorsFile =
        toml::from_str(text).map_err(|source| DataError::Unreadable { file, source: Box::new(source) })?;
    let wrong = |at: &str| DataError::Wrong { file, at: at.to_owned() };
    if read.masque.personnes < 2 || read.masque.moyenne < read.masque.personnes {
        return Err(wrong("masque"));
    }
    if read.arrondi.is_empty() || read.indicateurs.is_empty() {
        return Err(wrong("arrondi"));
    }
    let mut known = BTreeSet::new();
    let mut list = Vec::new();
    for indicator in read.indicateurs {
        let id = indicator.id.clone();
        if !known.insert(id.clone()) {
            return Err(wrong(&id));
        }
        list.push(definition(indicator).ok_or_else(|| wrong(&id))?);
    }
    Ok(Definitions {
        id: format!("{}-{}", read.id, read.version),
        rounding: read.arrondi,
        mask: Mask { people: read.masque.personnes, averaged: read.masque.moyenne },
        list,
    })
}

fn definition(read: IndicatorFile) -> Option<Definition> {
    let unit: Unit = read.unite.into();
    let formula = match (read.formule, read.indisponible) {
        (Some(formula), None) => Ok(formula.formula().filter(|it| it.unit() == unit)?),
        (None, Some(why)) if !why.is_empty() => Err(Unavailable { why }),
        (Some(_), Some(_)) | (None, _) => return None,
    };
    let told = [&read.id, &read.titre, &read.definition, &read.source].iter().all(|it| !it.is_empty());
    told.then_some(Definition {
        id: read.id,
        title: read.titre,
        words: read.definition,
        source: read.source,
        unit,
        formula,
    })
}

impl FormulaFile {
    /// `None` when no one could be counted by it.
    fn formula(self) -> Option<Formula> {
        Some(match self {
            Self::Orientes => Formula::Oriented,
            Self::NonOrientes => Formula::NotOriented,
            Self::OrientesParAnciennete(SeniorityFile { a_partir_de_mois: from, avant_mois: below }) => {
                if below.is_some_and(|it| it <= from) {
                    return None;
                }
                Formula::OrientedBySeniority(Seniority { from, below })
            }
            Self::OrientesVers(kind) => Formula::Towards(Kind::from(kind)),
            Self::DelaiDesOrientes => Formula::DelayOfOriented,
            Self::OrientesEn(WaitFile { jours: 0, .. }) => return None,
            Self::OrientesEn(WaitFile { jours, depuis }) => {
                Formula::OrientedWithin { since: Since::from(depuis), days: jours }
            }
            Self::PassesAFranceTravail => Formula::HandedOver,
            Self::SansEcart => Formula::Followed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = include_str!("../../data/indicateurs-1.toml");

    fn wrong_at(text: &str) -> String {
        assert_ne!(text, OURS, "the text to change is not there");
        match read("t", text) {
            Err(DataError::Wrong { at, .. }) => at,
            Err(DataError::Unreadable { .. }) => "unreadable".to_owned(),
            Ok(_) => "nothing".to_owned(),
        }
    }

    #[test]
    fn the_indicators_that_ship_are_right_and_say_which_have_no_facts() {
        let ours = read("indicateurs-1.toml", OURS).unwrap();
        assert_eq!((ours.id.as_str(), ours.mask), ("indicateurs-1", Mask { people: 5, averaged: 11 }));
        let without: Vec<&str> =
            ours.list.iter().filter(|it| it.formula.is_err()).map(|it| it.id.as_str()).collect();
        assert_eq!(without, ["I4", "I6", "I7", "I8", "K3", "K4-par-regle", "K5", "K6"]);
    }

    #[test]
    fn an_indicator_said_twice_or_without_words_is_wrong() {
        assert_eq!(wrong_at(&OURS.replacen("id = \"I4\"", "id = \"I1\"", 1)), "I1");
        assert_eq!(wrong_at(&OURS.replacen("titre = \"Contenu des contrats\"", "titre = \"\"", 1)), "I8");
    }

    #[test]
    fn a_formula_that_does_not_exist_or_counts_nobody_or_in_another_unit_is_wrong() {
        assert_eq!(wrong_at(&OURS.replacen("\"orientes\"", "\"satisfaits\"", 1)), "unreadable");
        assert_eq!(wrong_at(&OURS.replacen("jours = 30,", "jours = 0,", 1)), "K1-30");
        assert_eq!(wrong_at(&OURS.replacen("\"delai_des_orientes\"", "\"orientes\"", 1)), "I5");
        assert_eq!(wrong_at(&OURS.replacen("avant_mois = 12", "avant_mois = 6", 1)), "I2-6-a-12-mois");
    }

    #[test]
    fn an_indicator_has_a_formula_or_the_reason_why_it_has_none() {
        assert_eq!(wrong_at(&OURS.replacen("formule = \"orientes\"\n", "", 1)), "I1");
        let both =
            OURS.replacen("formule = \"orientes\"\n", "formule = \"orientes\"\nindisponible = \"x\"\n", 1);
        assert_eq!(wrong_at(&both), "I1");
    }

    #[test]
    fn a_mask_that_masks_nothing_is_wrong() {
        assert_eq!(wrong_at(&OURS.replacen("personnes = 5", "personnes = 1", 1)), "masque");
        assert_eq!(wrong_at(&OURS.replacen("moyenne = 11", "moyenne = 4", 1)), "masque");
    }
}
