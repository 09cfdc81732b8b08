//! What is read of a household that applies.

use contracts::api::{Email, HouseholdRole, Phone};
use domain::dsp::ReadAnswers;
use domain::rsa::RightState;

use super::super::{Flow, Household, HouseholdRead, Nature};
use super::sample::{APPLICATION, altered_of, instructions, read, territory};

fn read_one(application: &str) -> HouseholdRead {
    read(instructions(&[application]).as_bytes()).unwrap().remove(0)
}

fn altered(changes: &[(&str, &str)]) -> Household {
    read_one(&altered_of(APPLICATION, changes)).outcome.unwrap()
}

#[test]
fn who_applies_is_read_with_what_they_answered_and_waits_for_a_decision() {
    let read = read_one(APPLICATION);
    assert_eq!(read.key.unwrap().organism, "MSA771");
    let household = read.outcome.unwrap();
    let [applicant, partner] = household.adults.as_slice() else { panic!("two adults are expected") };
    assert_eq!(
        (applicant.role, partner.role),
        (Some(HouseholdRole::Applicant), Some(HouseholdRole::Partner))
    );
    let right = applicant.right.as_ref().unwrap();
    assert_eq!((right.state, right.duties), (RightState::Pending, None));
    assert_eq!(right.opened_on.map(|it| it.to_string()).as_deref(), Some("2026-10-28"));
    assert_eq!(applicant.address.as_ref().unwrap().street.as_deref(), Some("3 RUE DES LILAS"));

    let [answers, theirs] = household.answers.as_slice() else { panic!("two sets of answers are expected") };
    assert_eq!(answers.has("difsoc", "0406"), Some(true));
    assert_eq!(answers.has("difsoc", "0402"), Some(true));
    assert_eq!(answers.code("nivetu"), Some("1201"));
    assert_eq!(answers.flag("toppermicondub"), Some(true));
    assert_eq!(answers.get("annobtnivdipmax").map(|it| it.values()[0].to_string()).as_deref(), Some("2011"));
    assert_eq!(answers.len(), 4);
    assert_eq!((theirs.code("nivetu"), theirs.len()), (Some("1204"), 1));
    assert!(household.warnings.is_empty());
}

#[test]
fn who_applies_may_have_no_number_at_the_organism_yet() {
    for blank in ["", "<MATRICULE/>", "<MATRICULE>       </MATRICULE>"] {
        let read = read_one(&altered_of(APPLICATION, &[("<MATRICULE>0000043</MATRICULE>", blank)]));
        assert_eq!(read.key.unwrap().matricule, None);
        assert!(read.outcome.unwrap().adults.iter().all(|it| it.numbers.caf_number.is_none()));
    }
}

#[test]
fn how_the_household_may_be_reached_is_the_applicant_s_alone() {
    let household = altered(&[]);
    let reach = |index: usize| &household.adults[index].reach;
    assert_eq!(reach(0).phone.as_ref().map(Phone::as_str), Some("+33639980001"));
    assert_eq!(reach(0).email.as_ref().map(Email::as_str), Some("camille@exemple.fr"));
    assert!(reach(1).phone.is_none() && reach(1).email.is_none());
    let own = "</DonneesSocioProfessionnelles><ModesContacts><NUMTEL>0639980002</NUMTEL><AUTORUTITEL>A</AUTORUTITEL></ModesContacts></Personne>\n  <DonneesAdministratives>";
    let household =
        altered(&[("</DonneesSocioProfessionnelles>\n  </Personne>\n  <DonneesAdministratives>", own)]);
    let phones: Vec<_> =
        household.adults.iter().map(|it| it.reach.phone.as_ref().map(|it| it.as_str().to_owned())).collect();
    assert_eq!(phones, [Some("+33639980001".to_owned()), Some("+33639980002".to_owned())]);
}

#[test]
fn what_its_owner_does_not_allow_to_be_used_never_leaves_the_reader() {
    for leave in ["<AUTORUTITEL>R", "<AUTORUTITEL>I", "<AUTORUTITEL> "] {
        let household = altered(&[("<AUTORUTITEL>A", leave)]);
        assert!(household.adults[0].reach.phone.is_none() && household.warnings.is_empty());
        assert!(household.adults[0].reach.email.is_some());
    }
    let household = altered(&[("<AUTORUTIADRELEC>A</AUTORUTIADRELEC>", "")]);
    assert!(household.adults[0].reach.email.is_none() && household.adults[0].reach.phone.is_some());
    let unknown = altered(&[("<AUTORUTITEL>A", "<AUTORUTITEL>Z")]);
    assert!(unknown.adults[0].reach.phone.is_none());
    assert_eq!(unknown.warnings[0].path, "ModesContacts/AUTORUTITEL");
}

#[test]
fn a_wrong_number_is_left_out_and_told_without_a_figure_of_it() {
    let household = altered(&[("0639980001", "0639980001222"), ("camille@exemple.fr", "camille.exemple")]);
    assert!(household.adults[0].reach.phone.is_none() && household.adults[0].reach.email.is_none());
    let paths: Vec<&str> = household.warnings.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths, ["ModesContacts/NUMTEL", "ModesContacts/ADRELEC"]);
    assert!(!format!("{:?}", household.warnings).contains("0639980001222"));
}

#[test]
fn an_answer_that_the_dsp_do_not_have_is_left_out_and_told() {
    let household = altered(&[("<NIVETU>1201", "<NIVETU>9999")]);
    assert_eq!(household.answers[0].code("nivetu"), None);
    assert_eq!(household.answers[0].len(), 3);
    let told: Vec<_> = household.warnings.iter().map(|it| (it.path.as_str(), it.code)).collect();
    assert_eq!(told, [("Personne/DonneesSocioProfessionnelles/NIVETU", "code_inconnu")]);
    let none = altered(&[("<DIFSOC>0402", "<DIFSOC>0401")]);
    assert_eq!(none.warnings[0].code, "reponses_contradictoires");
}

#[test]
fn who_they_are_cannot_be_missing() {
    for (from, path) in [
        ("<NUMDEMRSA>90000000043</NUMDEMRSA>", "IdentificationRSA/DemandeRSA/NUMDEMRSA"),
        ("<PRENOM>ELIE</PRENOM>", "Personne[2]/Identification/PRENOM"),
        ("<DTNAI>1990-02-28</DTNAI>", "Personne/Identification/DTNAI"),
        ("<ROLEPERS>DEM</ROLEPERS>", "Personne"),
    ] {
        let refused = read_one(&altered_of(APPLICATION, &[(from, "")])).outcome.unwrap_err();
        assert_eq!(refused.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(), [path]);
    }
}

#[test]
fn a_flow_of_instructions_may_have_no_day_of_reference_and_count_nothing() {
    let file = instructions(&[APPLICATION]).replace("<DTREF>2026-10-31</DTREF>", "");
    let flow = Flow::open(file.as_bytes(), territory()).unwrap();
    assert_eq!(flow.header().nature, Nature::Instructions);
    assert_eq!(flow.header().reference_on.to_string(), "2026-11-02");
    let start = file.find("<NBTOT").unwrap();
    let end = file.find("</TransmissionFlux>").unwrap();
    let uncounted = format!("{}{}", &file[..start], &file[end..]);
    assert_eq!(read(uncounted.as_bytes()).unwrap().len(), 1);
}
