//! The border: what comes from outside is read here once, and every error of it is told at once.
//!
//! Each error has a JSON pointer, a stable code ([`code`]) and a French sentence that says how to repair it. No error
//! repeats a person's value: only an unknown code or field name, and only when it is short and printable.

use std::cell::{Cell, RefCell};

mod json;
mod node;
mod text;

pub use json::{Unread, read_json};
pub use node::Fault;
pub(crate) use node::{Fields, Node};
pub(crate) use text::{LONGEST_NAME, words};
pub use text::{line, name};

/// The largest body that is read, in bytes; a larger one is answered with 413.
pub const MAX_BODY: usize = 64 * 1024;

/// The deepest nesting that is read. The contract needs three levels.
pub const MAX_DEPTH: usize = 12;

/// How many errors are told at once; beyond, the body is not one that a person or a program meant to send.
pub const MAX_ERRORS: usize = 200;

/// One error of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Where, as a JSON pointer (RFC 6901): `/personne/prenom`.
    pub pointer: String,
    /// What, in one stable word of [`code`].
    pub code: &'static str,
    /// What to do, in French.
    pub detail: String,
}

/// A body that is refused, with all its errors, of which there is at least one. It prints none of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body has {} error(s)", errors.len())]
pub struct Rejected {
    /// The errors, in the order in which they were met.
    pub errors: Vec<FieldError>,
}

impl Rejected {
    /// A refusal for one reason. `detail` must hold no personal value.
    pub fn one(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self::of([(pointer.into(), code, detail.into())])
    }

    /// A refusal for several reasons, each with its place and its code. No detail may hold a personal value.
    pub fn of(reasons: impl IntoIterator<Item = (String, &'static str, String)>) -> Self {
        let error = |(pointer, code, detail)| FieldError { pointer, code, detail };
        Self { errors: reasons.into_iter().map(error).collect() }
    }
}

/// The codes that an error may bear: published, and so never renamed.
pub mod code {
    /// A value has another JSON type.
    pub const TYPE: &str = "type";
    /// A text does not have the expected form.
    pub const FORMAT: &str = "format";
    /// A required field is missing.
    pub const MISSING: &str = "champ_absent";
    /// A field does not exist.
    pub const UNKNOWN_FIELD: &str = "champ_inconnu";
    /// A field is there twice.
    pub const DUPLICATE_FIELD: &str = "champ_en_double";
    /// A code is not in its list.
    pub const UNKNOWN_CODE: &str = "code_inconnu";
    /// A text or a list is empty.
    pub const EMPTY: &str = "vide";
    /// A text or a list is too long.
    pub const TOO_LONG: &str = "trop_long";
    /// The body is nested too deeply.
    pub const TOO_DEEP: &str = "trop_profond";
    /// A number is outside its bounds.
    pub const OUT_OF_BOUNDS: &str = "hors_limites";
    /// A text holds characters that it cannot.
    pub const CHARACTERS: &str = "caracteres_interdits";
    /// A date does not exist in the calendar.
    pub const IMPOSSIBLE_DATE: &str = "date_impossible";
    /// A date is in the future and cannot be.
    pub const FUTURE_DATE: &str = "date_future";
    /// A date is too far in the past.
    pub const UNLIKELY_DATE: &str = "date_invraisemblable";
    /// A period ends before it starts.
    pub const REVERSED_DATES: &str = "dates_inversees";
    /// The person is too young for the RSA in any of its forms.
    pub const TOO_YOUNG: &str = "age_minimum";
    /// The territory is not served here.
    pub const TERRITORY_NOT_SERVED: &str = "territoire_non_desservi";
    /// The commune is not in the territory.
    pub const OUTSIDE_TERRITORY: &str = "commune_hors_territoire";
    /// The postcode does not serve the commune.
    pub const POSTCODE: &str = "code_postal_incoherent";
    /// The channel is reserved to professionals and flows.
    pub const CHANNEL_REFUSED: &str = "canal_refuse";
    /// The NIR may not come by this channel.
    pub const NIR_REFUSED: &str = "nir_refuse";
    /// The NIR is wrong.
    pub const NIR_INVALID: &str = "nir_invalide";
    /// A confirmed right may not come by this channel.
    pub const CONFIRMED_REFUSED: &str = "droit_confirme_refuse";
    /// Answers cannot be true together.
    pub const CONTRADICTORY: &str = "reponses_contradictoires";
    /// An answer to a question does not have the shape that the question expects.
    pub const ANSWER_SHAPE: &str = "forme_invalide";
    /// The same answer is given twice.
    pub const ANSWER_TWICE: &str = "reponse_en_double";
    /// The motive needs words.
    pub const WORDS_MISSING: &str = "commentaire_absent";
    /// There are more errors than are told.
    pub const MORE_ERRORS: &str = "autres_erreurs";
}

/// Where errors gather while a body is read.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    gathered: RefCell<Vec<FieldError>>,
    dropped: Cell<bool>,
}

impl Errors {
    /// Adds one.
    pub(crate) fn push(&self, pointer: &str, code: &'static str, detail: impl Into<String>) {
        let mut gathered = self.gathered.borrow_mut();
        if gathered.len() < MAX_ERRORS {
            gathered.push(FieldError { pointer: pointer.to_owned(), code, detail: detail.into() });
        } else {
            self.dropped.set(true);
        }
    }

    /// What was read, when it was read without an error.
    pub(crate) fn finish<T>(self, read: Option<T>) -> Result<T, Rejected> {
        let mut errors = self.gathered.into_inner();
        if self.dropped.get() {
            let detail = "Il y a d’autres erreurs : corrigez celles-ci, puis envoyez de nouveau.";
            errors.push(FieldError {
                pointer: String::new(),
                code: code::MORE_ERRORS,
                detail: detail.into(),
            });
        }
        match read {
            Some(value) if errors.is_empty() => Ok(value),
            Some(_) | None if !errors.is_empty() => Err(Rejected { errors }),
            // Nothing was read and nobody said why: refused all the same.
            Some(_) | None => Err(Rejected::one("", code::FORMAT, "Ce contenu n’a pas pu être lu.")),
        }
    }
}

/// Reads a whole body with `read`, gathering errors.
pub(crate) fn parse<T>(
    value: &serde_json::Value,
    read: impl FnOnce(&Node<'_>) -> Option<T>,
) -> Result<T, Rejected> {
    let errors = Errors::default();
    let read = read(&Node::root(value, &errors));
    errors.finish(read)
}

/// A pointer to a member or an element (RFC 6901: `~` is `~0`, `/` is `~1`).
pub(crate) fn child(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// A code or a field name as it may be repeated: short and printable, otherwise nothing.
pub(crate) fn shown(text: &str) -> Option<&str> {
    let short = !text.is_empty() && text.chars().count() <= 40;
    (short && text.chars().all(text::is_printable)).then_some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pointer_escapes_what_rfc_6901_escapes() {
        assert_eq!(child("/dsp", "a/b~c"), "/dsp/a~1b~0c");
        let body = json!({"a/b~c": 1});
        assert_eq!(body.pointer(&child("", "a/b~c")), Some(&json!(1)));
    }

    #[test]
    fn what_is_long_or_not_printable_is_never_repeated() {
        assert_eq!(shown("0499"), Some("0499"));
        for text in ["", &"x".repeat(41), "a\nb", "a\u{202e}b", "\u{0}"] {
            assert_eq!(shown(text), None);
        }
    }

    #[test]
    fn beyond_the_limit_errors_are_no_longer_told_one_by_one() {
        let errors = Errors::default();
        for _ in 0..MAX_ERRORS + 5 {
            errors.push("/x", code::TYPE, "Non.");
        }
        let rejected = errors.finish(Some(())).unwrap_err();
        assert_eq!(rejected.errors.len(), MAX_ERRORS + 1);
        assert_eq!(rejected.errors[MAX_ERRORS].code, code::MORE_ERRORS);
    }

    #[test]
    fn a_refusal_prints_no_value() {
        let rejected = Rejected::one("/x", code::FORMAT, "Phrase.");
        assert_eq!(rejected.to_string(), "the body has 1 error(s)");
    }

    #[test]
    fn nothing_read_without_a_reason_is_still_a_refusal() {
        assert_eq!(Errors::default().finish::<()>(None).unwrap_err().errors.len(), 1);
    }
}
