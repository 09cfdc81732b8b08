//! What is refused in the words for a telephone, and that ours are not.

use super::*;
use crate::data::{DataError, Reference, Service};

const OURS: &str = include_str!("../../../data/messages-fr.toml");

fn reference() -> Reference {
    Reference::embedded(vec!["77".parse().unwrap()], Service::for_testing()).unwrap()
}

/// Reads changed texts; what is wrong with them.
fn wrong(text: &str) -> String {
    assert_ne!(text, OURS, "the change changes something");
    let everywhere: Vec<Territory> = Territory::all().collect();
    let read = Letters::read("t", text, &reference().sending, (&everywhere, Service::for_testing()));
    match read {
        Err(DataError::Wrong { at, .. }) => at,
        Err(other) => panic!("{other}"),
        Ok(_) => String::new(),
    }
}

#[test]
fn every_sms_fits_in_two_segments_whatever_the_departement_and_the_names() {
    let reference = reference();
    let everywhere: Vec<Territory> = Territory::all().collect();
    let service = Service { telephone: "+00 00 00 00 00 00 0".into(), ..Service::default() };
    let letters = Letters::read("t", OURS, &reference.sending, (&everywhere, service)).unwrap();
    for (name, told) in letters.by_telephone() {
        assert!(OURS.contains(&format!("[{name}]")));
        for territory in &everywhere {
            let text = write(&told.sms, &letters.longest(*territory));
            let size = gsm::size(&text);
            assert_eq!(size.alphabet, gsm::Alphabet::Gsm7, "{text}");
            assert!(size.segments <= 2, "{name} {territory}: {size:?} {text}");
            assert!(text.contains(&gsm::folded(territory.name())), "who writes: {text}");
            assert!(!text.contains(['{', '}']), "{text}");
        }
    }
}

#[test]
fn every_text_that_a_person_is_told_has_words_for_a_telephone() {
    let told = OURS.matches("\nsms = ").count();
    assert_eq!(told, reference().letters.by_telephone().len());
    let mute = OURS.replacen("sms = ", "muet = ", 1);
    let read = Letters::read("t", &mute, &reference().sending, (&[], Service::for_testing()));
    assert!(matches!(read, Err(DataError::Unreadable { .. })));
}

#[test]
fn a_letter_that_telephones_do_not_have_is_refused_with_its_place() {
    for letter in ["ê", "ç", "œ", "’", "«", "\u{a0}"] {
        let text = OURS.replace("demande est bien arrivée", &format!("demande est bien arrivée{letter}"));
        assert_eq!(wrong(&text), format!("recu.sms: telephones have no letter `{letter}` (3GPP TS 23.038)"));
    }
}

#[test]
fn a_text_for_a_telephone_that_gives_nobody_to_call_is_refused() {
    let text = OURS.replace("Son numéro : {referent_telephone}.", "");
    assert_eq!(wrong(&text), "referent.sms: there is no telephone number to call");
    let read = Letters::read("t", OURS, &reference().sending, (&[], Service::default()));
    assert!(
        matches!(read, Err(DataError::Wrong { at, .. }) if at == "sms: the service has no telephone number")
    );
}

#[test]
fn a_text_that_may_take_more_than_two_segments_is_refused_with_the_territory() {
    let text = OURS.replace("Votre orientation n'est pas", &format!("{} n'est pas", "a".repeat(100)));
    assert!(wrong(&text).starts_with("contact.sms: up to 3 segments in the territory "), "{}", wrong(&text));
}

#[test]
fn a_word_whose_length_nothing_limits_has_no_place_in_an_sms() {
    let text = OURS.replace("Son numéro : {referent_telephone}", "{structure}, {referent_telephone}");
    assert_eq!(wrong(&text), "referent.sms: nothing says how long `structure` may be");
}

#[test]
fn a_text_that_reveals_a_benefit_or_a_state_of_health_is_refused() {
    for word in ["RSA", "Santé", "allocation", "Handicapée"] {
        for told in ["Nous avons bien reçu", "votre accompagnement reprend"] {
            let text = OURS.replace(told, &format!("Votre {word} : {told}"));
            assert_eq!(wrong(&text), word);
        }
    }
    assert!(!reference().sending.reveals("Rassa"));
}

#[test]
fn names_are_written_with_the_letters_that_telephones_have() {
    let values = BTreeMap::from([("referent", "Loïc Lefrançois-Nœud".to_owned())]);
    assert_eq!(write("{referent} vous accompagne.", &values), "Loic Lefrancois-Noeud vous accompagne.");
}
