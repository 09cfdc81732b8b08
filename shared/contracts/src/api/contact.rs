//! How a person is reached: telephone, e-mail, address. None of them prints itself.

use std::str::FromStr;

use chrono::NaiveDate;
use domain::Territory;
use domain::commune::{self, CodeInsee};

use super::redacted;
use crate::border::{Fault, Node, code, line};
use crate::telephone::Number;

/// A French telephone number, mainland or overseas, as `+33639980001`.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

/// An e-mail address, its domain in lower case.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

/// Where a person lives or receives letters.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// Number and street; absent for people without a home.
    pub street: Option<String>,
    /// Five figures.
    pub postcode: String,
    /// The commune, never an arrondissement.
    pub commune: CodeInsee,
}

redacted!(Phone, Email, Address);

impl Phone {
    /// The number, in E.164 form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A number read back from where it was sealed.
    pub(crate) fn stored(text: String) -> Option<Self> {
        let shaped =
            text.strip_prefix('+').is_some_and(|it| !it.is_empty() && it.bytes().all(|b| b.is_ascii_digit()));
        shaped.then_some(Self(text))
    }

    /// Reads a number as people write it.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let detail = "Ce numéro de téléphone n’est pas un numéro français : écrivez-le comme 06 39 98 00 01.";
        let fault = || Fault::new(code::FORMAT, detail);
        let written = |it: char| {
            it.is_ascii_digit()
                || matches!(it, '+' | ' ' | '.' | '-' | '(' | ')' | '/' | '\u{a0}' | '\u{202f}')
        };
        if text.chars().count() > 40 || !text.chars().all(written) {
            return Err(fault());
        }
        let digits: String = text.chars().filter(|it| it.is_ascii_digit() || *it == '+').collect();
        let number = Number::read(&international(&digits)).ok_or_else(fault)?;
        let e164 = number.e164();
        let costly = e164.starts_with("+338");
        if !costly && (number.exists() || is_fiction(&e164)) { Ok(Self(e164)) } else { Err(fault()) }
    }
}

impl Email {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An address read back from where it was sealed.
    pub(crate) fn stored(text: String) -> Option<Self> {
        text.contains('@').then_some(Self(text))
    }

    /// Reads an address as people write it.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let fault =
            || Fault::new(code::FORMAT, "Écrivez l’adresse électronique comme prenom.nom@exemple.fr.");
        let (local, domain) = text.split_once('@').ok_or_else(fault)?;
        let local_char = |it: char| it.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(it);
        let local_ok = (1..=64).contains(&local.len())
            && local.chars().all(local_char)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        let label_ok = |it: &str| {
            (1..=63).contains(&it.len())
                && it.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !it.starts_with('-')
                && !it.ends_with('-')
        };
        let top_ok = domain
            .rsplit('.')
            .next()
            .is_some_and(|it| it.len() >= 2 && !it.bytes().all(|b| b.is_ascii_digit()));
        if text.len() > 254
            || !local_ok
            || !domain.contains('.')
            || !domain.split('.').all(label_ok)
            || !top_ok
        {
            return Err(fault());
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }
}

impl Address {
    pub(crate) fn read(node: &Node<'_>, territory: Option<Territory>) -> Option<Self> {
        let fields = node.fields(&["voie", "code_postal", "commune"])?;
        let street = fields.optional("voie").map(|it| it.read(|text| line(text, 200)));
        let postcode = fields.required("code_postal").and_then(|it| it.exact(postcode));
        let commune = fields.required("commune").and_then(|it| read_commune(&it, territory));
        if let (Some(postcode), Some(commune)) = (&postcode, commune)
            && !serves(postcode, commune)
        {
            let detail =
                format!("Ce code postal ne correspond pas à {} : vérifiez l’un et l’autre.", commune.name);
            fields.refuse("code_postal", code::POSTCODE, detail);
            return None;
        }
        Some(Self {
            street: street.map_or(Some(None), |it| it.map(Some))?,
            postcode: postcode?,
            commune: commune?.insee,
        })
    }
}

/// A commune by its INSEE code, in the territory when it is known.
pub(crate) fn read_commune(node: &Node<'_>, territory: Option<Territory>) -> Option<commune::Commune> {
    let commune = node.exact(|text| {
        let insee = CodeInsee::from_str(text).map_err(|_| {
            let detail = "Donnez le code INSEE de la commune : cinq caractères, comme 77288. Ce n’est pas le code postal.";
            Fault::new(code::FORMAT, detail)
        })?;
        commune::find(insee).ok_or_else(|| {
            let detail = "Aucune commune n’a ce code INSEE : vérifiez-le. Ce n’est pas le code postal.";
            Fault::new(code::UNKNOWN_CODE, detail)
        })
    })?;
    if let Some(territory) = territory.filter(|it| *it != commune.territory) {
        let detail = format!(
            "Cette commune n’est pas dans le territoire demandé ({}) : adressez-vous au département où vous habitez.",
            territory.name()
        );
        node.refuse(code::OUTSIDE_TERRITORY, detail);
        return None;
    }
    Some(commune)
}

/// The age at a date, in full years.
pub(crate) fn age(birth: NaiveDate, today: NaiveDate) -> Option<u32> {
    today.years_since(birth)
}

/// How numbers of the overseas territories start, written as at home and as from abroad. Those of Saint-Pierre-et-Miquelon
/// lose their first figures, which are the country code.
const OVERSEAS: [(&str, &str); 15] = [
    ("0262", "+262262"),
    ("0263", "+262263"),
    ("0269", "+262269"),
    ("0639", "+262639"),
    ("0692", "+262692"),
    ("0693", "+262693"),
    ("0508", "+508"),
    ("0590", "+590590"),
    ("0690", "+590690"),
    ("0691", "+590691"),
    ("0594", "+594594"),
    ("0694", "+594694"),
    ("0596", "+596596"),
    ("0696", "+596696"),
    ("0697", "+596697"),
];

/// The numbers that the ARCEP keeps for works of fiction. They are nobody's, and so are those of our examples.
const FICTION: [&str; 6] = ["+3319900", "+3326191", "+3335301", "+3346571", "+3353649", "+3363998"];

fn is_fiction(e164: &str) -> bool {
    e164.len() == 12 && FICTION.iter().any(|it| e164.starts_with(it))
}

fn international(digits: &str) -> String {
    let home = digits.len() == 10 && !digits.starts_with("063998");
    match OVERSEAS.iter().find(|(prefix, _)| home && digits.starts_with(prefix)) {
        Some((prefix, abroad)) => format!("{abroad}{}", &digits[prefix.len()..]),
        None => digits.to_owned(),
    }
}

fn postcode(text: &str) -> Result<String, Fault> {
    if text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err(Fault::new(code::FORMAT, "Un code postal a cinq chiffres, comme 77000."))
    }
}

/// Whether letters with this postcode may arrive in this commune. A postcode that no commune of the territory bears may
/// be that of a cedex, where people without a home receive theirs: then its first figures are enough.
fn serves(postcode: &str, commune: commune::Commune) -> bool {
    let mut codes = commune.postcodes().peekable();
    let Some(first) = codes.peek().copied() else { return true };
    codes.any(|it| it == postcode)
        || (postcode.get(..2) == first.get(..2)
            && commune::by_postcode(commune.territory, postcode).is_empty())
}

#[cfg(test)]
mod tests;
