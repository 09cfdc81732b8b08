//! One value of a body, and where it is: reading it gives what was meant, or says what is wrong with it.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::{Errors, child, code, shown};

/// What is wrong with a text. The detail holds no personal value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// One of [`code`].
    pub code: &'static str,
    /// What to do, in French.
    pub detail: Cow<'static, str>,
}

impl Fault {
    /// A fault.
    pub fn new(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into() }
    }
}

/// A value and its pointer.
pub(crate) struct Node<'a> {
    value: &'a Value,
    pointer: String,
    errors: &'a Errors,
}

impl<'a> Node<'a> {
    /// The whole body.
    pub(crate) fn root(value: &'a Value, errors: &'a Errors) -> Self {
        Self { value, pointer: String::new(), errors }
    }

    /// The raw value.
    pub(crate) fn value(&self) -> &'a Value {
        self.value
    }

    /// Says what is wrong here.
    pub(crate) fn refuse(&self, code: &'static str, detail: impl Into<String>) {
        self.errors.push(&self.pointer, code, detail);
    }

    /// The place of a member, to say what is wrong with it.
    pub(crate) fn at(&self, name: &str) -> Self {
        Self { value: self.value, pointer: child(&self.pointer, name), errors: self.errors }
    }

    /// An object with these fields and no other.
    pub(crate) fn fields(&self, known: &'static [&'static str]) -> Option<Fields<'a>> {
        let Value::Object(map) = self.value else {
            self.refuse(code::TYPE, "Un objet JSON est attendu ici.");
            return None;
        };
        let fields = Fields { map, pointer: self.pointer.clone(), errors: self.errors, known };
        for name in map.keys().filter(|name| !known.contains(&name.as_str())) {
            fields.unknown(name);
        }
        Some(fields)
    }

    /// An object whose fields are not known in advance.
    pub(crate) fn members(&self) -> Option<Vec<(&'a str, Self)>> {
        let Value::Object(map) = self.value else {
            self.refuse(code::TYPE, "Un objet JSON est attendu ici.");
            return None;
        };
        let member = |(name, value): (&'a String, &'a Value)| {
            let pointer = shown(name).map_or_else(|| self.pointer.clone(), |it| child(&self.pointer, it));
            (name.as_str(), Self { value, pointer, errors: self.errors })
        };
        Some(map.iter().map(member).collect())
    }

    /// A list of at most `max` elements.
    pub(crate) fn items(&self, max: usize) -> Option<Vec<Self>> {
        let Value::Array(list) = self.value else {
            self.refuse(
                code::TYPE,
                "Une liste est attendue ici, entre crochets, même pour une seule valeur.",
            );
            return None;
        };
        if list.len() > max {
            self.refuse(code::TOO_LONG, format!("Cette liste ne peut pas dépasser {max} éléments."));
            return None;
        }
        let item = |(index, value): (usize, &'a Value)| Self {
            value,
            pointer: child(&self.pointer, &index.to_string()),
            errors: self.errors,
        };
        Some(list.iter().enumerate().map(item).collect())
    }

    /// A text, as it is.
    pub(crate) fn text(&self) -> Option<&'a str> {
        let text = self.value.as_str();
        if text.is_none() {
            self.refuse(code::TYPE, "Un texte est attendu ici, entre guillemets.");
        }
        text
    }

    /// A text that people write, trimmed and understood by `read`.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&str) -> Result<T, Fault>) -> Option<T> {
        let text = self.text()?.trim();
        if text.is_empty() {
            self.refuse(code::EMPTY, "Ce champ est vide : remplissez-le, ou retirez-le s’il est facultatif.");
            return None;
        }
        read(text).map_err(|fault| self.refuse(fault.code, fault.detail)).ok()
    }

    /// A text that programs write, understood by `read` as it is: a space around it is an error.
    pub(crate) fn exact<T>(&self, read: impl FnOnce(&str) -> Result<T, Fault>) -> Option<T> {
        read(self.text()?).map_err(|fault| self.refuse(fault.code, fault.detail)).ok()
    }

    /// One code of a list.
    pub(crate) fn code<T>(&self, codes: &[&str], read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        self.exact(|text| {
            read(text).ok_or_else(|| {
                let said =
                    shown(text).map(|it| format!("Le code « {it} » n’existe pas ici. ")).unwrap_or_default();
                Fault::new(code::UNKNOWN_CODE, format!("{said}Choisissez parmi : {}.", codes.join(", ")))
            })
        })
    }

    /// True or false.
    pub(crate) fn boolean(&self) -> Option<bool> {
        let boolean = self.value.as_bool();
        if boolean.is_none() {
            self.refuse(code::TYPE, "Répondez true pour oui ou false pour non, sans guillemets.");
        }
        boolean
    }

    /// A whole number between two bounds.
    pub(crate) fn whole(&self, bounds: RangeInclusive<u32>) -> Option<u32> {
        let (low, high) = (bounds.start(), bounds.end());
        let detail = format!("Écrivez un nombre entier, de {low} à {high}.");
        if !self.value.is_i64() && !self.value.is_u64() {
            self.refuse(code::TYPE, detail);
            return None;
        }
        let number =
            self.value.as_u64().and_then(|it| u32::try_from(it).ok()).filter(|it| bounds.contains(it));
        if number.is_none() {
            self.refuse(code::OUT_OF_BOUNDS, detail);
        }
        number
    }

    /// A date of the calendar.
    pub(crate) fn date(&self) -> Option<NaiveDate> {
        self.exact(date)
    }

    /// A date that is not after today.
    pub(crate) fn past_date(&self, today: NaiveDate) -> Option<NaiveDate> {
        let date = self.date()?;
        if date > today {
            self.refuse(code::FUTURE_DATE, "Cette date est dans le futur : vérifiez-la.");
            return None;
        }
        Some(date)
    }
}

/// The fields of an object.
pub(crate) struct Fields<'a> {
    map: &'a Map<String, Value>,
    pointer: String,
    errors: &'a Errors,
    known: &'static [&'static str],
}

impl<'a> Fields<'a> {
    /// A field that must be there.
    pub(crate) fn required(&self, name: &'static str) -> Option<Node<'a>> {
        let node = self.optional(name);
        if node.is_none() {
            self.refuse(name, code::MISSING, "Ce champ est obligatoire : ajoutez-le.");
        }
        node
    }

    /// A field that may be missing; `null` is missing too.
    pub(crate) fn optional(&self, name: &'static str) -> Option<Node<'a>> {
        debug_assert!(self.known.contains(&name), "{name} is read and not declared");
        let value = self.map.get(name).filter(|value| !value.is_null())?;
        Some(Node { value, pointer: child(&self.pointer, name), errors: self.errors })
    }

    /// Says what is wrong with a field, there or not.
    pub(crate) fn refuse(&self, name: &'static str, code: &'static str, detail: impl Into<String>) {
        self.errors.push(&child(&self.pointer, name), code, detail);
    }

    fn unknown(&self, name: &str) {
        let (pointer, detail) = match shown(name) {
            Some(it) => (
                child(&self.pointer, it),
                format!("Le champ « {it} » n’existe pas ici : retirez-le ou corrigez son nom."),
            ),
            None => (
                self.pointer.clone(),
                "Un champ au nom trop long ou illisible n’existe pas ici : retirez-le.".to_owned(),
            ),
        };
        self.errors.push(&pointer, code::UNKNOWN_FIELD, detail);
    }
}

fn date(text: &str) -> Result<NaiveDate, Fault> {
    let shaped = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, it)| if at == 4 || at == 7 { it == b'-' } else { it.is_ascii_digit() });
    if !shaped {
        let detail = "Indiquez le jour, le mois et l’année, comme 1985-03-27 pour le 27 mars 1985.";
        return Err(Fault::new(code::FORMAT, detail));
    }
    let part = |range| text.get(range).and_then(|it: &str| it.parse::<u32>().ok()).unwrap_or_default();
    let year = i32::try_from(part(0..4)).unwrap_or_default();
    NaiveDate::from_ymd_opt(year, part(5..7), part(8..10)).ok_or_else(|| {
        let detail = "Cette date n’existe pas dans le calendrier : vérifiez le jour et le mois.";
        Fault::new(code::IMPOSSIBLE_DATE, detail)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::parse;
    use super::*;

    fn codes<T>(value: &Value, read: impl FnOnce(&Node<'_>) -> Option<T>) -> Vec<&'static str> {
        parse(value, read)
            .err()
            .map(|it| it.errors.into_iter().map(|it| it.code).collect())
            .unwrap_or_default()
    }

    fn a_date(node: &Node<'_>) -> Option<NaiveDate> {
        node.date()
    }

    #[test]
    fn a_date_has_a_form_and_exists() {
        let day = |text: &str| codes(&json!(text), a_date);
        assert!(day("2024-02-29").is_empty());
        for text in ["2023-02-29", "2024-13-01", "2024-00-10", "2024-04-31"] {
            assert_eq!(day(text), [code::IMPOSSIBLE_DATE], "{text}");
        }
        for text in
            ["29/02/2024", "2024-2-29", "20240229", "2024-02-2é", "+024-02-29", "hier", " 2024-02-29", ""]
        {
            assert_eq!(day(text), [code::FORMAT], "{text}");
        }
        assert_eq!(codes(&json!(20_240_229), a_date), [code::TYPE]);
    }

    #[test]
    fn a_whole_number_is_neither_a_fraction_nor_a_text_nor_out_of_bounds() {
        let number = |value: Value| codes(&value, |it| it.whole(0..=20));
        assert!(number(json!(20)).is_empty());
        for value in [json!(1.0), json!("1"), json!(true), json!([1]), json!(1e300)] {
            assert_eq!(number(value), [code::TYPE]);
        }
        for value in [json!(21), json!(-1), json!(u64::MAX), json!(i64::MIN)] {
            assert_eq!(number(value), [code::OUT_OF_BOUNDS]);
        }
    }

    #[test]
    fn every_unknown_field_and_every_missing_one_is_told() {
        let read = |it: &Node<'_>| it.fields(&["a", "b"])?.required("a")?.boolean();
        assert_eq!(
            codes(&json!({"c": 1, "d": 2, "a": null}), read),
            ["champ_inconnu", "champ_inconnu", "champ_absent"]
        );
        assert_eq!(codes(&json!([]), read), [code::TYPE]);
    }

    #[test]
    fn an_unknown_code_is_repeated_only_when_it_is_short() {
        let detail = |text: &str| {
            let read = |it: &Node<'_>| it.code(&["web"], |_| None::<()>);
            parse(&json!(text), read).unwrap_err().errors.remove(0).detail
        };
        assert_eq!(detail("fax"), "Le code « fax » n’existe pas ici. Choisissez parmi : web.");
        assert_eq!(detail(&"Camille Exemple ".repeat(5)), "Choisissez parmi : web.");
    }
}
