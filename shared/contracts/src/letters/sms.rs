//! The words for a telephone: checked once, when they are read, so that none is found wrong when somebody waits for it.

use std::collections::BTreeMap;

use domain::{Territory, gsm};

use super::{Letters, Told, fill, words};
use crate::border;
use crate::data::Sending;

/// The longest number that somebody can be asked to dial, spaces included.
const LONGEST_PHONE: usize = 20;

/// The longest number of a dossier, as people are given it: the département, and eight letters and figures.
const LONGEST_REFERENCE: usize = "976-XXXX-XXXX".len();

/// The words in braces that give somebody to call.
const CALLS: [&str; 2] = ["telephone", "referent_telephone"];

/// Writes the message. What the facts say is written in letters that telephones have.
pub(super) fn write(words: &str, values: &BTreeMap<&'static str, String>) -> String {
    let values = values.iter().map(|(word, value)| (*word, gsm::folded(value))).collect();
    fill(words.trim(), &values)
}

impl Letters {
    /// Checks the words of every message that may leave by telephone, in each of these territories; says where and why
    /// they cannot be sent.
    pub(super) fn check_sms(&self, served: &[Territory], rules: &Sending) -> Result<(), String> {
        if self.service.telephone.trim().is_empty() {
            return Err("sms: the service has no telephone number".to_owned());
        }
        for (name, told) in self.by_telephone() {
            let wrong = |why: String| format!("{name}.sms: {why}");
            if let Some(letter) = gsm::outside(&told.sms) {
                return Err(wrong(format!("telephones have no letter `{letter}` (3GPP TS 23.038)")));
            }
            if !words(&told.sms).iter().any(|it| CALLS.contains(it)) {
                return Err(wrong("there is no telephone number to call".to_owned()));
            }
            for territory in served {
                let longest = self.longest(*territory);
                if let Some(word) = words(&told.sms).into_iter().find(|it| !longest.contains_key(it)) {
                    return Err(wrong(format!("nothing says how long `{word}` may be")));
                }
                let segments = gsm::size(&write(&told.sms, &longest)).segments;
                if segments > rules.most_segments {
                    let most = rules.most_segments;
                    return Err(wrong(format!(
                        "up to {segments} segments in the territory {territory}, {most} at most"
                    )));
                }
            }
        }
        Ok(())
    }

    fn by_telephone(&self) -> [(&'static str, &Told); 9] {
        [
            ("recu", &self.recu),
            ("arrivee", &self.arrivee),
            ("reprise", &self.reprise),
            ("decision_referent", &self.decision_referent),
            ("decision_attente", &self.decision_attente),
            ("referent", &self.referent),
            ("contact", &self.contact),
            ("france_travail", &self.france_travail),
            ("reponses", &self.reponses),
        ]
    }

    /// What fills the most room in a message of this territory.
    fn longest(&self, territory: Territory) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("departement", territory.name().to_owned()),
            ("referent", "W".repeat(border::LONGEST_NAME)),
            ("referent_telephone", "0".repeat(LONGEST_PHONE.max(self.service.telephone.chars().count()))),
            ("telephone", self.service.telephone.clone()),
            ("reference", "X".repeat(LONGEST_REFERENCE)),
        ])
    }
}

#[cfg(test)]
mod tests;
