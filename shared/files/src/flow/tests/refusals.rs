//! What refuses a household, and that household alone.

use super::super::MAX_FINDINGS;
use super::sample::{HOUSEHOLD, altered, beneficiaries, read, read_one, refusals};

fn one(path: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(path.to_owned(), code)]
}

#[test]
fn a_structural_fault_refuses_its_household_and_names_the_element() {
    let situation = "PrestationRSA/SituationDossierRSA";
    for (changes, path, code) in [
        // Order.
        (
            [("<FONORG>CAF</FONORG><NUMORG>771</NUMORG>", "<NUMORG>771</NUMORG><FONORG>CAF</FONORG>")]
                .as_slice(),
            "IdentificationRSA/Organisme/FONORG",
            "ordre",
        ),
        // Presence.
        (&[("<SITFAM>MAR</SITFAM>", "")], "DonneesAdministratives/SituationFamille/SITFAM", "champ_absent"),
        (
            &[(
                "<Prestations><NATPREST>PF </NATPREST><ROLEPERS>CJT</ROLEPERS><TOPCHAPERS>1</TOPCHAPERS></Prestations>",
                "",
            )],
            "Personne[2]/Prestations",
            "champ_absent",
        ),
        // Multiplicity.
        (
            &[(
                "</FinDroit>",
                "</FinDroit><FinDroit><MOTICLORSA>ECH</MOTICLORSA><DTCLORSA>2025-01-31</DTCLORSA></FinDroit>",
            )],
            &format!("{situation}/FinDroit"),
            "trop_de_fois",
        ),
        // Names.
        (
            &[("<QUAL>MME</QUAL>", "<QUALITE>MME</QUALITE>")],
            "Personne[1]/Identification/QUALITE",
            "champ_inconnu",
        ),
        (
            &[("<QUAL>MME</QUAL>", "<Inconnu><A><B>x</B></A></Inconnu>")],
            "Personne[1]/Identification/Inconnu",
            "champ_inconnu",
        ),
        (&[("<SEXE>2</SEXE>", "<SEXE>2<X/></SEXE>")], "Personne[1]/Identification/SEXE", "champ_inconnu"),
        // Types.
        (&[("1990-02-28", "1990-02-30")], "Personne[1]/Identification/DTNAI", "date_impossible"),
        (&[("1990-02-28", "28/02/1990")], "Personne[1]/Identification/DTNAI", "format"),
        (&[("1990-02-28", "  ")], "Personne[1]/Identification/DTNAI", "vide"),
        (&[("<TOPCHAPERS>0<", "<TOPCHAPERS>O<")], "Personne[1]/Prestations[1]/TOPCHAPERS", "format"),
        // Words out of place.
        (&[("<Identification>", "<Identification>mots")], "Personne[1]/Identification", "texte_inattendu"),
        (
            &[("<SEXE>2", &format!("<SEXE>{}", "2".repeat(5000)))],
            "Personne[1]/Identification/SEXE",
            "trop_long",
        ),
    ] {
        assert_eq!(refusals(&altered(changes)), one(path, code));
    }
}

#[test]
fn a_value_that_cannot_be_true_refuses_its_household() {
    let situation = "PrestationRSA/SituationDossierRSA";
    for (change, path, code) in [
        (
            ("<ETATDOSRSA>4", "<ETATDOSRSA>7"),
            format!("{situation}/EtatDossierRSA/ETATDOSRSA"),
            "code_inconnu",
        ),
        (("AB ", "ZZ "), format!("{situation}/SuspensionVersement[2]/MOTISUSVERSRSA"), "code_inconnu"),
        (("ECH", "XXX"), format!("{situation}/FinDroit/MOTICLORSA"), "code_inconnu"),
        (
            ("<ROLEPERS>CJT", "<ROLEPERS>CON"),
            "Personne[2]/Prestations[1]/ROLEPERS".to_owned(),
            "code_inconnu",
        ),
        (("1990-02-28", "2027-01-01"), "Personne[1]/Identification/DTNAI".to_owned(), "date_future"),
        (("1990-02-28", "1899-12-31"), "Personne[1]/Identification/DTNAI".to_owned(), "date_invraisemblable"),
        (("2024-03-05<", "2027-03-05<"), "IdentificationRSA/DemandeRSA/DTDEMRSA".to_owned(), "date_future"),
        (("CAMILLE   ", "   "), "Personne[1]/Identification/PRENOM".to_owned(), "vide"),
        (("CAMILLE", "C4MILLE"), "Personne[1]/Identification/PRENOM".to_owned(), "caracteres_interdits"),
        (("0000042   ", "          "), "IdentificationRSA/Organisme/MATRICULE".to_owned(), "vide"),
        (
            ("<NUMORGCEDMUT>931", "<NUMORGCEDMUT>9-1"),
            "IdentificationRSA/OrganismeCedant/NUMORGCEDMUT".to_owned(),
            "format",
        ),
        (("<ROLEPERS>CJT", "<ROLEPERS>DEM"), "Personne".to_owned(), "adultes"),
        (("<NATPREST>PF ", "<NATPREST>RSA"), "Personne[1]/Prestations[2]".to_owned(), "champ_en_double"),
    ] {
        let found = refusals(&altered(&[change]));
        assert!(found.contains(&(path.clone(), code)), "{found:?} has not {path} {code}");
    }
}

#[test]
fn all_the_faults_of_a_household_are_told_at_once() {
    let household =
        altered(&[("<QUAL>MME</QUAL>", "<X/>"), ("1988-07-14", "1988"), ("<SITFAM>MAR</SITFAM>", "")]);
    let paths: Vec<String> = refusals(&household).into_iter().map(|(path, _)| path).collect();
    assert_eq!(
        paths,
        [
            "Personne[1]/Identification/X",
            "Personne[2]/Identification/DTNAI",
            "DonneesAdministratives/SituationFamille/SITFAM"
        ]
    );
    let many = altered(&[("<QUAL>MME</QUAL>", &"<X/>".repeat(3 * MAX_FINDINGS))]);
    assert_eq!(refusals(&many).len(), MAX_FINDINGS);
}

#[test]
fn the_households_around_a_refused_one_are_read_and_it_is_counted() {
    let wrong = altered(&[("1990-02-28", "1990-02-30")]);
    let all = read(beneficiaries(&[HOUSEHOLD, &wrong, HOUSEHOLD]).as_bytes()).unwrap();
    let outcomes: Vec<bool> = all.iter().map(|it| it.outcome.is_ok()).collect();
    assert_eq!(outcomes, [true, false, true]);
    assert!(all.iter().all(|it| it.key.is_some()), "what the organism calls it is told all the same");
    assert_eq!(all.iter().map(|it| it.place.ordinal).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn an_unknown_code_is_repeated_when_it_is_short_and_printable_and_otherwise_hidden() {
    let detail = |code: &str| {
        let read = read_one(&altered(&[("<ETATDOSRSA>4", &format!("<ETATDOSRSA>{code}"))]));
        read.outcome.unwrap_err().remove(0).detail
    };
    assert_eq!(detail("Z9 "), "Le code « Z9 » n’existe pas pour cet élément.");
    for hidden in ["a\u{1}b", &"x".repeat(41)] {
        assert_eq!(detail(hidden), "Le code (masqué) n’existe pas pour cet élément.");
    }
}

#[test]
fn no_error_repeats_the_value_of_a_person() {
    const SECRET: &str = "S3CRET-DE-PERSONNE";
    // Their values are codes of everybody.
    let codes = ["ETATDOSRSA", "MOTISUSVERSRSA", "MOTICLORSA", "ROLEPERS"];
    let mut places = 0;
    for (start, _) in HOUSEHOLD.match_indices('>') {
        let words = &HOUSEHOLD[start + 1..];
        let Some(end) = words.find("</").filter(|end| !words[..*end].contains('<')) else { continue };
        let name = words[end + 2..].split('>').next().unwrap();
        if codes.contains(&name) || words[..end].contains('\n') {
            continue;
        }
        places += 1;
        let household = format!("{}{SECRET}{}", &HOUSEHOLD[..=start], &words[end..]);
        let read = read_one(&household);
        let told = match &read.outcome {
            Ok(household) => format!("{household:?} {:?}", household.warnings),
            Err(refusals) => format!("{refusals:?}"),
        };
        assert!(!told.contains("S3CRET"), "{name}: {told}");
    }
    assert!(places > 100, "{places}");
}
