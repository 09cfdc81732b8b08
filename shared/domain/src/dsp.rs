//! The CNAF's socio-professional data (DSP): what may be asked, and which answers exist.
//!
//! The key of an answer is the pair (field, code), never the code alone: `duractdomi` and
//! `difsocpro` both have a 2104, which mean different things.
//!
//! A question may stay without an answer in four ways, which must not be taken for each other
//! ([`Silence`]): it was not asked, it has no object, the person does not know, the person would
//! rather not say. All four read as *unknown*, never as *no*.
//!
//! Health (RGPD, article 9) and what comes close to it is marked in the table, code by code.
//! Whatever decides without a human hand reads an [`OrdinaryAnswers`], from which it is absent.
//! That view has no way back to the answers:
//!
//! ```
//! use domain::dsp::{Answers, RawAnswer, ReadAnswers};
//!
//! let mut answers = Answers::default();
//! answers.insert("difsoc", RawAnswer::Many(vec!["0402", "0406"])).unwrap();
//! let view = answers.ordinary();
//! assert_eq!(view.has("difsoc", "0406"), Some(true));
//! assert_eq!(view.has("difsoc", "0402"), None);
//! ```
//!
//! ```compile_fail,E0616
//! use domain::dsp::{Answers, RawAnswer, ReadAnswers};
//!
//! let mut answers = Answers::default();
//! answers.insert("difsoc", RawAnswer::Many(vec!["0402", "0406"])).unwrap();
//! let view = answers.ordinary();
//! assert_eq!(view.answers.has("difsoc", "0402"), Some(true));
//! ```
//!
//! ```compile_fail,E0308
//! use domain::dsp::{Answers, OrdinaryAnswers};
//!
//! fn everything<'a>(view: &'a OrdinaryAnswers<'a>) -> &'a Answers {
//!     view
//! }
//! ```

mod answers;
mod contradiction;
mod ordinary;
mod read;
mod silence;
mod table;

pub use answers::{Answer, AnswerError, Answers, RawAnswer};
pub use contradiction::{Contradiction, contradictions};
pub use ordinary::OrdinaryAnswers;
pub use read::ReadAnswers;
pub use silence::Silence;
pub use table::FIELDS;

/// One question of the DSP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The CNAF's name for it, in lower case: `natlog`.
    pub code: &'static str,
    /// What people read, in French.
    pub label_fr: &'static str,
    /// What an answer looks like.
    pub kind: Kind,
    /// What any answer to it, whichever it is, says about the person.
    pub sensitivity: Sensitivity,
}

/// What an answer to a field looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One code of a list.
    One(&'static [Code]),
    /// One or more codes of a list.
    Many(&'static [Code]),
    /// Yes or no, `1` or `0`.
    Bool,
    /// Yes, no, or `V`: would rather not say.
    OVN,
    /// Yes, no, or `S`: does not know.
    ONS,
    /// A year of four figures.
    Year,
    /// A code of the ROME: a family (`A`), a domain (`A11`) or a trade (`A1101`).
    Rome,
    /// Free words, at most so many characters.
    Text(usize),
}

/// One answer of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The CNAF's code: `0901`.
    pub value: &'static str,
    /// What people read, in French.
    pub label: &'static str,
    /// What this answer says about the person.
    pub sensitivity: Sensitivity,
    /// Whether it says "none", and so contradicts any other code beside it.
    pub exclusive: bool,
}

/// How closely the law guards what an answer reveals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sensitivity {
    /// Personal, like everything here, and no more.
    Ordinary,
    /// Close to article 9 (handicap of a relative, origin, detention, pregnancy): kept like it.
    Near,
    /// Health, in the sense of article 9 of the RGPD.
    Article9,
}

impl Kind {
    /// Whether an answer is a list of codes, even of one.
    pub fn is_list(self) -> bool {
        matches!(self, Self::Many(_))
    }
}

impl Field {
    /// The codes that answer the field, when it has a list.
    pub fn codes(&self) -> &'static [Code] {
        match self.kind {
            Kind::One(codes) | Kind::Many(codes) => codes,
            Kind::Bool | Kind::OVN | Kind::ONS | Kind::Year | Kind::Rome | Kind::Text(_) => &[],
        }
    }

    /// One of its codes.
    pub fn code(&self, value: &str) -> Option<&'static Code> {
        self.codes().iter().find(|code| code.value == value)
    }

    /// The most closely guarded thing that an answer to the field may reveal.
    pub fn highest_sensitivity(&self) -> Sensitivity {
        self.codes().iter().map(|code| code.sensitivity).fold(self.sensitivity, Sensitivity::max)
    }

    /// Whether some answer to the field is guarded more closely than others.
    pub fn is_sensitive(&self) -> bool {
        self.highest_sensitivity() != Sensitivity::Ordinary
    }
}

/// The field of this name.
pub fn field(code: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.code == code)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The sensitive codes of a field, as the table has them.
    fn sensitive(name: &str) -> Vec<(&'static str, Sensitivity)> {
        let codes = field(name).unwrap().codes().iter();
        codes.filter(|c| c.sensitivity != Sensitivity::Ordinary).map(|c| (c.value, c.sensitivity)).collect()
    }

    #[test]
    fn names_are_unique_and_so_are_the_codes_of_a_field() {
        let names: BTreeSet<_> = FIELDS.iter().map(|field| field.code).collect();
        assert_eq!(names.len(), FIELDS.len());
        for one in FIELDS {
            let codes: BTreeSet<_> = one.codes().iter().map(|code| code.value).collect();
            assert_eq!(codes.len(), one.codes().len(), "{}", one.code);
            assert_eq!(field(one.code), Some(one));
            assert!(!one.label_fr.is_empty() && one.codes().iter().all(|code| !code.label.is_empty()));
            assert!(one.code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        }
        assert_eq!(field("nati"), None, "nationality is not a dsp");
        assert_eq!(field("NATLOG"), None);
    }

    #[test]
    fn each_list_has_all_its_codes() {
        let expected = [
            ("sitpersdemrsa", 101..=109),
            ("difsoc", 401..=407),
            ("nataccosocfam", 410..=413),
            ("nataccosocindi", 416..=420),
            ("nivetu", 1201..=1207),
            ("nivdipmaxobt", 2601..=2606),
            ("hispro", 1901..=1904),
            ("cessderact", 2701..=2702),
            ("duractdomi", 2104..=2107),
            ("inscdememploi", 4301..=4304),
            ("accoemploi", 1801..=1803),
            ("projpro", 2201..=2213),
            ("freinform", 2301..=2308),
            ("difdisp", 501..=514),
            ("natmob", 2501..=2504),
            ("moytrans", 2001..=2008),
            ("natlog", 901..=913),
            ("demarlog", 1101..=1103),
            ("diflog", 1001..=1009),
            ("confort", 2401..=2404),
            ("difsocpro", 2101..=2110),
        ];
        for (name, range) in expected.clone() {
            let codes: Vec<_> =
                field(name).unwrap().codes().iter().map(|code| code.value.to_owned()).collect();
            let all: Vec<_> = range.map(|number| format!("{number:04}")).collect();
            assert_eq!(codes, all, "{name}");
        }
        let lists = FIELDS.iter().filter(|field| !field.codes().is_empty()).count();
        assert_eq!(lists, expected.len() + ["statutoccupation", "suivimedical"].len());
    }

    #[test]
    fn the_same_code_means_two_things_in_two_fields() {
        assert_ne!(
            field("duractdomi").unwrap().code("2104").unwrap().label,
            field("difsocpro").unwrap().code("2104").unwrap().label
        );
    }

    #[test]
    fn three_codes_say_none_and_exclude_the_others() {
        let exclusive: Vec<_> = FIELDS
            .iter()
            .flat_map(|field| field.codes().iter().map(move |code| (field.code, code)))
            .filter(|(_, code)| code.exclusive)
            .map(|(name, code)| (name, code.value))
            .collect();
        assert_eq!(exclusive, [("difsoc", "0401"), ("difdisp", "0501"), ("diflog", "1001")]);
    }

    #[test]
    fn health_and_what_comes_close_to_it_is_marked() {
        use Sensitivity::{Article9, Near};
        assert_eq!(
            sensitive("sitpersdemrsa"),
            [("0102", Article9), ("0103", Article9), ("0104", Article9), ("0105", Article9)]
        );
        assert_eq!(sensitive("difsoc"), [("0402", Article9), ("0403", Article9)]);
        assert_eq!(sensitive("nataccosocindi"), [("0416", Article9)]);
        assert_eq!(sensitive("freinform"), [("2305", Article9)]);
        assert_eq!(sensitive("difsocpro"), [("2101", Article9)]);
        assert_eq!(
            sensitive("difdisp"),
            [("0504", Near), ("0505", Near), ("0506", Article9), ("0508", Article9), ("0513", Near)]
        );
        assert_eq!(field("suivimedical").unwrap().sensitivity, Article9);
        assert_eq!(field("topisogroouenf").unwrap().sensitivity, Near);
    }

    #[test]
    fn free_words_may_say_anything_and_so_are_never_ordinary() {
        for one in FIELDS.iter().filter(|field| matches!(field.kind, Kind::Text(_))) {
            assert_ne!(one.sensitivity, Sensitivity::Ordinary, "{}", one.code);
        }
    }

    #[test]
    fn nothing_else_is_marked() {
        let marked: Vec<_> =
            FIELDS.iter().filter(|field| field.is_sensitive()).map(|field| field.code).collect();
        assert_eq!(
            marked,
            [
                "sitpersdemrsa",
                "topisogroouenf",
                "difsoc",
                "libautrdifsoc",
                "nataccosocindi",
                "difsocpro",
                "suivimedical",
                "libautrqualipro",
                "libcompeextrapro",
                "freinform",
                "difdisp",
            ]
        );
    }
}
