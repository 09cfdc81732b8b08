//! Rows: what is wrong with each, and what is read all the same.

use super::*;

const HEADINGS: &str = "Nom;Prénom;Date de naissance;NIR;Téléphone;Adresse;CP Ville";

fn row(cells: &str) -> RowRead {
    read(format!("{HEADINGS}\n{cells}\n").as_bytes()).remove(0)
}

fn said(of: &RowRead) -> Vec<String> {
    of.outcome.as_ref().err().into_iter().flatten().chain(&of.warnings).map(ToString::to_string).collect()
}

fn adult(of: RowRead) -> contracts::imports::Adult {
    match of.outcome.unwrap() {
        Told::Adult(adult) => *adult,
        Told::Contact(_) => panic!("a contact"),
    }
}

#[test]
fn an_empty_cell_is_nothing_and_never_an_empty_value() {
    let adult = adult(row("Exemple;Zoé;25/05/1998; ;;\u{a0};"));
    assert!(adult.numbers.nir.is_none() && adult.reach.phone.is_none() && adult.address.is_none());
    assert!(adult.right.is_none() && adult.under_way.is_none() && adult.role.is_none());
}

#[test]
fn every_wrong_cell_of_a_row_is_told_at_once_by_its_place_and_without_its_value() {
    let read = row("D2;;25.05.98;1801377288123;12;12 rue Secrète;77100 NULLEPART");
    assert_eq!(
        said(&read).iter().map(|it| it.split(" : ").next().unwrap().to_owned()).collect::<Vec<_>>(),
        ["A2 (Nom)", "B2 (Prénom)", "C2 (Date de naissance)", "E2 (Téléphone)", "G2 (CP Ville)"]
    );
    for secret in ["25.05", "1801", "Secr", "NULLEPART"] {
        assert!(!read.remarks().contains(secret), "{secret}");
    }
    assert!(!format!("{read:?}").contains("Secr"));
}

#[test]
fn several_telephones_keep_the_first_that_is_valid_and_say_so() {
    let read = row("Exemple;Zoé;25/05/1998;;123 / 639980001 / 0639980002;;");
    assert_eq!(said(&read).len(), 1);
    assert_eq!(adult(read).reach.phone.unwrap().as_str(), "+33639980001");
}

#[test]
fn an_address_that_says_too_little_is_left_aside_and_said() {
    let read = row("Exemple;Zoé;25/05/1998;;;12 rue des Lilas;");
    assert!(said(&read)[0].starts_with("F2 (Adresse) : L’adresse a été laissée de côté"));
    assert!(adult(read).address.is_none());
}

#[test]
fn a_row_cut_by_a_line_break_is_one_error_and_the_next_rows_are_read() {
    let csv = format!("{HEADINGS}\nExemple;Zoé\nD’Essai;Ana;25/05/1998;;;;\n");
    let rows = read(csv.as_bytes());
    assert_eq!(said(&rows[0]).len(), 1);
    assert!(said(&rows[0])[0].starts_with("Ligne 2 : Cette ligne a 2 colonnes au lieu de 7"));
    assert!(rows[1].outcome.is_ok() && rows[1].number == 3);
}

#[test]
fn a_row_that_only_lacks_its_last_cells_is_read_and_one_shifted_is_not() {
    let short = row("Exemple;Zoé;25/05/1998");
    assert!(short.outcome.is_ok() && short.warnings.len() == 1);
    assert!(row("Exemple;Zoé;25/05/1998;;;;;;;").outcome.is_ok());
    assert!(
        said(&row("Exemple;Zoé;25/05/1998;;;12 rue; bât. B;77000 MELUN"))[0]
            .contains("8 colonnes au lieu de 7")
    );
}

#[test]
fn a_contact_needs_a_number_and_the_partner_does_not_take_the_names_of_the_holder() {
    let csv = "MATRICULE;ROLE PERSONNE;NOM RESPONSABLE DOSSIER;PRENOM RESPONSABLE DOSSIER\n\
               0123456;DEMANDEUR;EXEMPLE;ZOE\n0123456;CONJOINT;EXEMPLE;ZOE\n;CONJOINT;EXEMPLE;ZOE\n";
    let rows = read(csv.as_bytes());
    let names: Vec<Option<String>> = rows[..2]
        .iter()
        .map(|it| match it.outcome.as_ref().unwrap() {
            Told::Contact(contact) => contact.last_name.clone(),
            Told::Adult(_) => panic!("an adult"),
        })
        .collect();
    assert_eq!(names, [Some("EXEMPLE".to_owned()), None]);
    assert!(said(&rows[2])[0].starts_with("Ligne 4 : Cette ligne ne donne aucun numéro"));
}

#[test]
fn an_accompaniment_under_way_is_whole_or_is_not() {
    let csv = "Nom;Prénom;Né le;Parcours;Organisme;Date d’orientation;Référent;Date CER\n\
               Exemple;Zoé;25/05/1998;PSP;Pôle emploi;01/02/2026;ref-1;\n\
               Exemple;Zoé;25/05/1998;;;;;\n\
               Exemple;Zoé;25/05/1998;PSP;;;;\n\
               Exemple;Zoé;25/05/1998;;;;ref-1;01/02/2026\n";
    let mut rows = read(csv.as_bytes());
    assert_eq!(said(&rows[2]).len(), 2);
    assert_eq!(said(&rows[3]).len(), 2);
    assert!(rows[3].outcome.is_ok());
    assert!(adult(rows.remove(1)).under_way.is_none());
    let under_way = adult(rows.remove(0)).under_way.unwrap();
    assert_eq!(
        (under_way.organisme.code(), under_way.parcours.code()),
        ("france_travail", "socio_professionnel")
    );
}

#[test]
fn the_day_of_the_application_is_that_of_the_right_and_duties_have_theirs() {
    let csv = "MATRICULE;DATE DEMANDE RSA;DATE DEBUT DROITS - DEVOIRS\n1;01/02/2026;05/02/2026\n1;;05/02/2026\n1;;\n";
    let rights: Vec<_> = told(csv.as_bytes())
        .into_iter()
        .map(|it| match it {
            Told::Contact(contact) => contact.right.map(|it| (it.opened_on.unwrap().to_string(), it.duties)),
            Told::Adult(_) => panic!("an adult"),
        })
        .collect();
    let right = |day: &str| Some((day.to_owned(), Some(true)));
    assert_eq!(rights, [right("2026-02-01"), right("2026-02-05"), None]);
}
