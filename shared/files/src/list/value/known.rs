//! Words of a list that mean one of few things: roles, parcours, organisms, yes and no.

use contracts::api::HouseholdRole;
use contracts::border::Fault;
use domain::ids::ReferentId;
use domain::rsa::RightState;
use domain::{Organisme, Parcours};

use super::super::code;
use super::super::words::key;
use super::Given;

type Table<T> = &'static [(T, &'static [&'static str])];

/// In the form of [`key`].
const ROLES: Table<HouseholdRole> = &[
    (HouseholdRole::Applicant, &["dem", "demandeur", "demandeuse", "allocataire", "responsable"]),
    (
        HouseholdRole::Partner,
        &["cjt", "conjoint", "conjointe", "partenaire", "concubin", "concubine", "pacse"],
    ),
];

const TRUTHS: Table<bool> = &[
    (true, &["oui", "o", "1", "vrai", "x", "true", "yes"]),
    (false, &["non", "n", "0", "faux", "false", "no"]),
];

const PARCOURS: Table<Parcours> = &[
    (Parcours::Social, &["social", "parcourssocial", "pso", "accompagnementsocial"]),
    (
        Parcours::SocioProfessionnel,
        &[
            "socioprofessionnel",
            "socioprofessionnelle",
            "sociopro",
            "parcourssocioprofessionnel",
            "parcourssociopro",
            "psp",
            "accompagnementsocioprofessionnel",
        ],
    ),
    (
        Parcours::Emploi,
        &[
            "emploi",
            "parcoursemploi",
            "ped",
            "pro",
            "professionnel",
            "professionnelle",
            "parcourspro",
            "parcoursprofessionnel",
            "accompagnementemploi",
            "accompagnementprofessionnel",
        ],
    ),
];

const ORGANISMES: Table<Organisme> = &[
    (
        Organisme::Departement,
        &[
            "departement",
            "ledepartement",
            "cd",
            "conseildepartemental",
            "conseilgeneral",
            "servicesocialdepartemental",
        ],
    ),
    (
        Organisme::Delegataire,
        &["delegataire", "delegatairersa", "organismedelegataire", "delegatairedudepartement"],
    ),
    (Organisme::FranceTravail, &["francetravail", "ft", "poleemploi", "pe"]),
    (Organisme::MissionLocale, &["missionlocale", "lamissionlocale", "ml"]),
    (Organisme::CapEmploi, &["capemploi", "ce"]),
];

const RIGHTS: Table<RightState> = &[
    (
        RightState::Pending,
        &["nouvelledemandeenattentededecisioncdpourouverturedudroit", "enattente", "rsademandeenattente"],
    ),
    (RightState::Refused, &["refuse", "rsadroitrefuse"]),
    (
        RightState::Open,
        &["ouvert", "droitouvert", "rsadroitouvertversable", "droitouvertversable", "versable", "oui"],
    ),
    (RightState::Suspended, &["suspendu", "rsadroitouvertetsuspendu", "droitsuspendu"]),
    (
        RightState::PaymentSuspended,
        &["versementsuspendu", "rsadroitouvertversementsuspendu", "droitouvertmaisversementsuspendu"],
    ),
    (RightState::Closed, &["clos", "rsaclos"]),
    (RightState::ClosedEarlier, &["rsaclosanterieur", "rsaclosmoisanterieur"]),
];

/// Which adult of the household.
pub(in super::super) fn role(given: &Given<'_>) -> Result<HouseholdRole, Fault> {
    one_of(given, ROLES, |_| None, "demandeur ou conjoint")
}

/// Yes or no.
pub(in super::super) fn truth(given: &Given<'_>) -> Result<bool, Fault> {
    one_of(given, TRUTHS, |_| None, "oui ou non")
}

/// A parcours, by our code, that of France Travail, or its name.
pub(in super::super) fn parcours(given: &Given<'_>) -> Result<Parcours, Fault> {
    one_of(given, PARCOURS, |_| None, "social, socio-professionnel ou emploi")
}

/// An organism, by our code, that of France Travail, or its name.
pub(in super::super) fn organisme(given: &Given<'_>) -> Result<Organisme, Fault> {
    let choices = "département, délégataire, France Travail, mission locale ou Cap emploi";
    one_of(given, ORGANISMES, |_| None, choices)
}

/// The state of a right, by the code or the label of the CNAF, or as people shorten it.
pub(in super::super) fn right_state(given: &Given<'_>) -> Result<RightState, Fault> {
    let official = |word: &str| {
        let labelled = |it: &RightState| key(it.label()) == word;
        RightState::from_code(word).or_else(|| RightState::ALL.iter().copied().find(labelled))
    };
    let labels: Vec<&str> = RightState::ALL.iter().map(|it| it.label()).collect();
    one_of(given, RIGHTS, official, &labels.join(" ; "))
}

/// The référent, by their id here.
pub(in super::super) fn referent(given: &Given<'_>) -> Result<String, Fault> {
    given.text.parse::<ReferentId>().map(|it| it.as_str().to_owned()).map_err(|_| {
        let detail =
            "Écrivez l’identifiant du référent dans ce service : des minuscules, des chiffres et des tirets.";
        Fault::new(code::FORMAT, detail)
    })
}

/// A number of children.
pub(in super::super) fn children(given: &Given<'_>) -> Result<u8, Fault> {
    let number = given.text.strip_suffix(".0").unwrap_or(&given.text);
    number
        .parse()
        .ok()
        .filter(|it| *it <= 20)
        .ok_or_else(|| Fault::new(code::OUT_OF_BOUNDS, "Écrivez le nombre d’enfants en chiffres, de 0 à 20."))
}

fn one_of<T: Copy>(
    given: &Given<'_>,
    table: Table<T>,
    otherwise: impl Fn(&str) -> Option<T>,
    choices: &str,
) -> Result<T, Fault> {
    let word = key(&given.text);
    let found = table.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(it, _)| *it);
    found.or_else(|| otherwise(&word)).ok_or_else(|| {
        Fault::new(code::UNKNOWN_CODE, format!("Cette valeur n’est pas connue ici. Écrivez : {choices}."))
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::cell::Cell;
    use super::super::tests::read;
    use super::*;

    #[test]
    fn a_role_is_read_in_the_words_of_each_tool() {
        for text in ["dem", "DEMANDEUR", "Demandeur"] {
            assert_eq!(read(text, role), Ok(HouseholdRole::Applicant), "{text}");
        }
        for text in ["cjt", "CONJOINT", "Conjoint(e)"] {
            assert_eq!(read(text, role), Ok(HouseholdRole::Partner), "{text}");
        }
        assert_eq!(read("enfant", role).unwrap_err().code, code::UNKNOWN_CODE);
    }

    #[test]
    fn yes_and_no_are_read_however_they_are_said() {
        for (text, expected) in
            [("Oui", true), ("x", true), ("1", true), ("VRAI", true), ("non", false), ("0", false)]
        {
            assert_eq!(read(text, truth), Ok(expected), "{text}");
        }
        assert_eq!(truth(&Given::of(&Cell::Truth(true)).unwrap()), Ok(true));
        assert!(read("peut-être", truth).is_err());
    }

    #[test]
    fn every_code_of_ours_and_of_france_travail_is_read() {
        for it in Parcours::ALL {
            assert_eq!(read(it.code(), parcours), Ok(it));
            assert_eq!(read(it.france_travail_code(), parcours), Ok(it));
            assert_eq!(read(it.label(), parcours), Ok(it));
        }
        for it in Organisme::ALL {
            assert_eq!(read(it.code(), organisme), Ok(it));
        }
        for (text, expected) in [
            ("Pôle emploi", Organisme::FranceTravail),
            ("CD", Organisme::Departement),
            ("delegataire_rsa", Organisme::Delegataire),
        ] {
            assert_eq!(read(text, organisme), Ok(expected), "{text}");
        }
        for it in RightState::ALL {
            assert_eq!(read(it.code(), right_state), Ok(*it));
            assert_eq!(read(it.label(), right_state), Ok(*it));
        }
    }

    #[test]
    fn no_table_says_one_word_twice() {
        fn words<T>(table: Table<T>) -> Vec<&'static str> {
            table.iter().flat_map(|(_, words)| words.iter().copied()).collect()
        }
        for mut words in [words(ROLES), words(TRUTHS), words(PARCOURS), words(ORGANISMES), words(RIGHTS)] {
            assert!(words.iter().all(|it| key(it) == *it));
            let length = words.len();
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), length);
        }
    }

    #[test]
    fn a_referent_is_an_id_and_children_are_counted() {
        assert_eq!(read("ref-07", referent).as_deref(), Ok("ref-07"));
        assert!(read("Mme Exemple", referent).is_err());
        assert_eq!(read("3", children), Ok(3));
        assert!(read("deux", children).is_err() && read("21", children).is_err());
    }
}
