//! What is read of a household that is right.

use contracts::api::HouseholdRole;
use domain::rsa::{ClosureMotive, RightState, SuspensionMotive};

use super::super::{Flow, Household, Kind, Nature};
use super::sample::{HOUSEHOLD, altered, beneficiaries, read_one, territory, warnings};

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn read(household: &str) -> Household {
    read_one(household).outcome.unwrap()
}

#[test]
fn a_file_says_what_it_is_and_when_it_was_made() {
    let file = beneficiaries(&[]);
    let mut flow = Flow::open(file.as_bytes(), territory()).unwrap();
    let header = flow.header();
    assert_eq!((header.nature, header.kind), (Nature::Beneficiaries, Kind::Monthly));
    assert_eq!(header.created_at.to_string(), "2026-11-02 03:00:17");
    assert_eq!(header.reference_on, day("2026-10-31"));
    assert_eq!((header.application.as_deref(), header.version.as_deref()), (Some("FIC"), Some("0001")));
    assert_eq!(flow.next_household().unwrap().map(|it| it.place), None);
    assert_eq!(flow.next_household().unwrap().map(|it| it.place), None);
}

#[test]
fn a_household_is_told_by_its_place_and_by_what_its_organism_calls_it() {
    let read = read_one(HOUSEHOLD);
    let key = read.key.unwrap();
    assert_eq!((read.place.ordinal, read.place.spot.line), (1, 3));
    assert_eq!(
        &beneficiaries(&[HOUSEHOLD]).as_bytes()[usize::try_from(read.place.spot.byte).unwrap()..][..14],
        b"<InfosFoyerRSA"
    );
    assert_eq!(
        (key.organism.as_str(), key.matricule.as_deref(), key.application.as_str()),
        ("CAF771", Some("0000042"), "90000000042")
    );
}

#[test]
fn the_applicant_and_the_partner_are_two_adults_each_with_what_is_theirs() {
    let household = read(HOUSEHOLD);
    let [applicant, partner] = household.adults.as_slice() else { panic!("two adults are expected") };
    assert_eq!((household.homeless, household.children, household.in_anomaly), (false, 1, false));
    assert_eq!(
        (applicant.role, partner.role),
        (Some(HouseholdRole::Applicant), Some(HouseholdRole::Partner))
    );
    assert_eq!((applicant.partner, partner.partner), (Some(true), Some(true)));
    assert_eq!((applicant.children, partner.children), (Some(1), Some(1)));

    assert_eq!(applicant.identity.last_name, "EXEMPLE");
    assert_eq!(applicant.identity.birth_name.as_deref(), Some("FICTIF"));
    assert_eq!(applicant.identity.first_name, "CAMILLE");
    assert_eq!(applicant.identity.birth_date, day("1990-02-28"));
    assert_eq!(partner.identity.birth_name, None);
    assert_eq!(partner.identity.first_name, "ÉLIE JEAN");

    let numbers = &applicant.numbers;
    assert_eq!(numbers.nir.as_ref().map(|it| &it.as_str()[..13]), Some("2900200000042"));
    assert_eq!(numbers.france_travail_id.as_deref(), Some("0000042F"));
    assert_eq!((&partner.numbers.nir, &partner.numbers.france_travail_id), (&None, &None));
    for adult in [applicant, partner] {
        assert_eq!(adult.numbers.caf_number.as_deref(), Some("0000042"));
        assert_eq!(adult.numbers.rsa_application.as_deref(), Some("90000000042"));
        assert!(adult.reach.phone.is_none() && adult.reach.email.is_none());
        let home = adult.address.as_ref().unwrap();
        assert_eq!(home.street.as_deref(), Some("BAT A, 12 RUE DES LILAS & DU LAC"));
        assert_eq!((home.postcode.as_str(), home.commune.as_str()), ("77000", "77288"));
    }
    assert_eq!(household.answers.len(), 2);
    assert!(household.answers.iter().all(domain::dsp::Answers::is_empty) && household.warnings.is_empty());
}

#[test]
fn a_right_has_its_state_its_suspensions_and_its_transfers_and_each_adult_their_duties() {
    let household = read(HOUSEHOLD);
    let right = |index: usize| household.adults[index].right.clone().unwrap();
    let told = right(0);
    assert_eq!(told.state, RightState::PaymentSuspended);
    assert_eq!(told.opened_on, Some(day("2024-03-05")));
    assert_eq!(
        told.suspensions,
        [
            (SuspensionMotive::PensionUnclaimed, day("2026-09-01")),
            (SuspensionMotive::RecipientAbsent, day("2026-10-01"))
        ]
    );
    assert_eq!(
        (told.closure, told.left, told.died_on),
        (None, None, None),
        "a suspended right is not closed"
    );
    let arrived = told.arrived.unwrap();
    assert_eq!((arrived.organism.as_str(), arrived.on), ("931", day("2025-06-01")));
    assert_eq!((right(0).duties, right(1).duties), (Some(true), Some(false)));
}

#[test]
fn a_right_that_is_open_again_has_neither_suspension_nor_closure() {
    let right = |state: &str| {
        let household = altered(&[("<ETATDOSRSA>4<", &format!("<ETATDOSRSA>{state}  <"))]);
        read(&household).adults[0].right.clone().unwrap()
    };
    let ended = Some((ClosureMotive::Expired, day("2025-01-31")));
    for (state, suspensions, closure) in [
        ("0", 0, None),
        ("1", 0, None),
        ("2", 0, None),
        ("3", 2, None),
        ("4", 2, None),
        ("5", 0, ended),
        ("6", 0, ended),
    ] {
        let right = right(state);
        assert_eq!(
            (right.state.code(), right.suspensions.len(), right.closure),
            (state, suspensions, closure)
        );
    }
}

#[test]
fn the_end_of_the_month_is_read_before_that_of_a_month_before() {
    let earlier = "<FinDroitMoisAnterieur><MOTICLORSA>RGD</MOTICLORSA><DTCLORSA>2023-12-31</DTCLORSA></FinDroitMoisAnterieur>";
    let closed = ("<ETATDOSRSA>4<", "<ETATDOSRSA>5<");
    let closure = |household: &str| read(household).adults[0].right.clone().unwrap().closure;
    let both = altered(&[closed, ("</FinDroit>", &format!("</FinDroit>{earlier}"))]);
    assert_eq!(closure(&both), Some((ClosureMotive::Expired, day("2025-01-31"))));
    let start = HOUSEHOLD.find("<FinDroit>").unwrap();
    let end = HOUSEHOLD.find("</FinDroit>").unwrap() + "</FinDroit>".len();
    let alone = altered(&[closed, (&HOUSEHOLD[start..end], earlier)]);
    assert_eq!(closure(&alone), Some((ClosureMotive::Merged, day("2023-12-31"))));
    let none = altered(&[closed, (&HOUSEHOLD[start..end], "")]);
    assert_eq!(closure(&none), None);
    assert_eq!(warnings(&none), [("PrestationRSA/SituationDossierRSA/FinDroit".to_owned(), "motif_absent")]);
}

#[test]
fn people_without_a_home_have_a_commune_and_no_street() {
    let household = read(&altered(&[("<TOPSANSDOMFIXE>0", "<TOPSANSDOMFIXE>true")]));
    assert!(household.homeless);
    let home = household.adults[0].address.as_ref().unwrap();
    assert_eq!((home.street.as_deref(), home.commune.as_str()), (None, "77288"));
}

#[test]
fn a_number_of_the_social_security_is_completed_with_its_key_or_left_out() {
    let nir = |written: &str| {
        let household = read(&altered(&[("2900200000042  ", written)]));
        let found = household.adults[0].numbers.nir.as_ref().map(|it| it.as_str().to_owned());
        (found, household.warnings.into_iter().map(|it| (it.path, it.code)).collect::<Vec<_>>())
    };
    let key = domain::nir::key_of("2900200000042").unwrap();
    let whole = format!("2900200000042{key:02}");
    assert_eq!(nir("2900200000042"), (Some(whole.clone()), vec![]));
    assert_eq!(nir(&whole), (Some(whole), vec![]));
    let corsican = domain::nir::key_of("290022A000042").unwrap();
    assert_eq!(nir("290022a000042"), (Some(format!("290022A000042{corsican:02}")), vec![]));
    assert_eq!(nir("     "), (None, vec![]));
    let told = vec![("Personne[1]/Identification/NIR".to_owned(), "nir_invalide")];
    for wrong in ["290020000004299", "29002", "9900200000042", "0000000000000", "29002000000É2"] {
        assert_eq!(nir(wrong), (None, told.clone()), "{wrong}");
    }
}

#[test]
fn an_address_that_cannot_be_used_is_left_out_and_told() {
    let path = |rest: &str| format!("DonneesAdministratives/Adresse{rest}");
    for (changes, place, code) in [
        ([("<RGADR>01", "<RGADR>03")].as_slice(), path(""), "champ_absent"),
        (
            &[("<CODEPOS>77000", "<CODEPOS>7700")],
            path("[2]/AdresseDetailleeFrance/CODEPOS"),
            "code_postal_incoherent",
        ),
        (
            &[("<NUMCOM>288", "<NUMCOM>000"), ("<NOMCOM>MELUN", "<NOMCOM>ATLANTIDE")],
            path("[2]/AdresseDetailleeFrance/NUMCOM"),
            "code_inconnu",
        ),
        (&[("DES LILAS", "DES\u{1}LILAS")], path("[2]/AdresseDetailleeFrance"), "caracteres_interdits"),
    ] {
        let household = altered(changes);
        assert_eq!(warnings(&household), [(place, code)]);
        assert!(read(&household).adults.iter().all(|it| it.address.is_none()));
    }
    let start = HOUSEHOLD.rfind("<AdresseDetailleeFrance>").unwrap();
    let end = HOUSEHOLD.rfind("</AdresseDetailleeFrance>").unwrap() + "</AdresseDetailleeFrance>".len();
    let abroad = altered(&[(&HOUSEHOLD[start..end], "")]);
    assert_eq!(warnings(&abroad), [(path("[2]"), "hors_de_france")]);
}

#[test]
fn a_commune_is_found_by_its_number_or_by_its_postcode_and_its_name() {
    let commune = |changes: &[(&str, &str)]| {
        let household = read(&altered(changes));
        household.adults[0].address.as_ref().unwrap().commune.to_string()
    };
    assert_eq!(commune(&[("<NOMCOM>MELUN", "<NOMCOM>MELUN CEDEX")]), "77288");
    assert_eq!(commune(&[("<NUMCOM>288", "<NUMCOM>999")]), "77288");
    assert_eq!(commune(&[("<CODEPOS>77000", "<CODEPOS>77008")]), "77288", "a postcode of a post office");
    let far = [
        ("<NUMCOM>288", "<NUMCOM>055"),
        ("<CODEPOS>77000", "<CODEPOS>13002"),
        ("<NOMCOM>MELUN", "<NOMCOM>MARSEILLE 02"),
    ];
    assert_eq!(commune(&far), "13055", "a household that has just left");
}

#[test]
fn what_is_read_prints_nobody() {
    let read = read_one(HOUSEHOLD);
    let shown = format!("{read:?} {:?}", read.outcome.as_ref().unwrap().adults);
    for secret in ["EXEMPLE", "FICTIF", "CAMILLE", "1990", "29002", "0000042", "90000000042", "LILAS", "771"]
    {
        assert!(!shown.contains(secret), "{shown}");
    }
}
