//! Fictional people who answer every question: what they cost is the most that an application costs.

use crate::names::letters;
use serde_json::{Value, json};

/// The application of the `number`th person on the web form, of Melun, in the shape that the API takes. The answers
/// lead to the social parcours of the département, whose référents the assignment names.
pub(super) fn application(number: usize) -> Value {
    json!({
        "territoire": "77", "canal": "web",
        "personne": {
            "prenom": "Camille", "nom": format!("Exemple {}", letters(number)), "date_naissance": "1990-05-17",
            "telephone": format!("06 39 98 {:02} {:02}", number / 100 % 100, number % 100),
            "courriel": format!("camille.{number}@exemple.fr"), "numero_allocataire": format!("{number:07}"),
            "adresse": {"voie": "12 bis rue de l’Exemple", "code_postal": "77000", "commune": "77288"},
        },
        "foyer": {"conjoint": false, "enfants": 2, "majore": false, "role": "demandeur"},
        "droit": {"statut": "declare", "date_ouverture": "2026-02-20"},
        "dsp": answers(),
        "souhaits": {"organisme": "departement"},
    })
}

/// Every question of the DSP, answered.
fn answers() -> Value {
    let situation = json!({
        "sitpersdemrsa": "0107", "topisogroouenf": true, "topdrorsarmiant": true, "drorsarmianta2": "O",
        "topcouvsoc": true, "difsoc": ["0405", "0406"], "libautrdifsoc": "démarches en ligne",
        "accosocfam": "O", "nataccosocfam": ["0410"], "accosocindi": "O", "nataccosocindi": ["0417"],
        "soutdemarsoc": "N", "difsocpro": ["2102", "2105"], "suivimedical": "N",
    });
    let work = json!({
        "nivetu": "1204", "nivdipmaxobt": "2604", "annobtnivdipmax": "2009", "topqualipro": true,
        "libautrqualipro": "CACES", "topcompeextrapro": true, "libcompeextrapro": "bénévolat",
        "topengdemarechemploi": false, "hispro": "1903", "libderact": "K2204", "libsecactderact": "K22",
        "cessderact": "2702", "topdomideract": true, "libactdomi": "K2204", "duractdomi": "2106",
        "inscdememploi": "4302", "accoemploi": "1801", "topprojpro": true, "libemploirech": "K1303",
        "projpro": ["2207", "2208"], "topcreareprientre": false, "concoformqualiemploi": "N",
        "freinform": ["2301", "2304"], "difdisp": ["0507", "0509"],
    });
    let living = json!({
        "natmob": ["2501", "2502"], "topmoyloco": true, "moytrans": ["2001", "2006"], "toppermicondub": false,
        "topautrpermicondu": false, "natlog": "0904", "demarlog": "1101", "diflog": ["1003", "1007"],
        "statutoccupation": "locataire", "confort": ["2401", "2402", "2403", "2404"],
    });
    let parts = [situation, work, living].into_iter().filter_map(|it| it.as_object().cloned());
    Value::Object(parts.flatten().collect())
}

#[cfg(test)]
mod tests {
    use contracts::api::{Admission, Demande};
    use domain::dsp::FIELDS;

    use super::*;

    #[test]
    fn the_application_is_one_that_the_form_takes_and_every_question_is_answered() {
        let served = ["77".parse().unwrap()];
        let today = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let admission = Admission { served: &served, trusted: false, today };
        let read = Demande::parse(&application(7), &admission).unwrap();
        assert_eq!(read.answers.iter().count(), FIELDS.len());
    }
}
