//! The structure of the flows, as tables: which elements, in which order, how often, of which type.
//!
//! Source: what the CNAF says of the flow of beneficiaries VRSB0801 to those who receive it. These tables are ours: they
//! hold names, order, occurrences and types, and neither the schema nor its documentation.
//!
//! Three tolerances, each for files that exist. An optional day, time or flag that is left blank is absent. What an
//! `Anomalie` or a `ResultatControleAdministratif` holds is not known here, is not used, and may be anything. In the
//! flow of instructions, of which the whole structure is not known here, an `InfoDemandeRSA` may hold anything: what is
//! known of it is looked for where it is expected.

mod household;
mod person;
mod right;

use Content::{Date, Free, Parts, Text, Time};

/// How many people a household may have: a limit of ours, which keeps what is held of one household small.
pub const MAX_PERSONS: u16 = 64;

/// As many times as there are.
const MANY: u16 = u16::MAX;

/// The most different elements that one element holds.
pub(super) const MOST_PARTS: usize = 15;

/// An element: its name, how often it may be where it is, and what it holds.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: &'static str,
    pub(super) min: u16,
    pub(super) max: u16,
    pub(super) content: Content,
}

/// What an element holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content {
    /// Words, maybe none.
    Text,
    /// A day.
    Date,
    /// A time.
    Time,
    /// Yes or no.
    Flag,
    /// These elements, in this order.
    Parts(&'static [Element]),
    /// Anything.
    Free,
}

impl Element {
    /// Whether there may be several, so that a path says which.
    pub(super) fn repeats(&self) -> bool {
        self.max > 1
    }
}

/// What a file says of itself. The reference day is that of beneficiaries alone.
pub(super) static HEADER: Element = one("IdentificationFlux", Parts(HEADER_PARTS));
const HEADER_PARTS: &[Element] = &[
    one("APPLIEME", Text),
    one("NUMVERSIONAPPLIEME", Text),
    one("TYPEFLUX", Text),
    one("NATFLUX", Text),
    one("DTCREAFLUX", Date),
    one("HEUCREAFLUX", Time),
    maybe("DTREF", Date),
];

/// A household of the flow of beneficiaries.
pub(super) static HOUSEHOLD: Element = any("InfosFoyerRSA", Parts(household::PARTS));

/// A household of the flow of instructions.
pub(super) static APPLICATION: Element = any("InfoDemandeRSA", Free);

/// How many households the file says that it holds.
pub(super) static CLOSING: Element = one("TransmissionFlux", Parts(CLOSING_PARTS));
const CLOSING_PARTS: &[Element] = &[maybe("NBTOTDOSRSATRANSM", Text), maybe("NBTOTDOSRSATRANSMANO", Text)];

/// An element of which nothing is known.
pub(super) static UNKNOWN: Element = any("", Free);

const fn span(name: &'static str, min: u16, max: u16, content: Content) -> Element {
    Element { name, min, max, content }
}

const fn one(name: &'static str, content: Content) -> Element {
    span(name, 1, 1, content)
}

const fn maybe(name: &'static str, content: Content) -> Element {
    span(name, 0, 1, content)
}

const fn some(name: &'static str, content: Content) -> Element {
    span(name, 1, MANY, content)
}

const fn any(name: &'static str, content: Content) -> Element {
    span(name, 0, MANY, content)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every element below one, itself included.
    fn all(element: &'static Element) -> Vec<&'static Element> {
        match element.content {
            Parts(parts) => std::iter::once(element).chain(parts.iter().flat_map(all)).collect(),
            Text | Date | Time | Content::Flag | Free => vec![element],
        }
    }

    #[test]
    fn no_element_holds_two_parts_of_one_name_nor_more_than_are_counted() {
        for root in [&HEADER, &HOUSEHOLD, &CLOSING] {
            for element in all(root) {
                if let Parts(parts) = element.content {
                    assert!(!parts.is_empty() && parts.len() <= MOST_PARTS, "{}", element.name);
                    for (place, part) in parts.iter().enumerate() {
                        assert!(parts[..place].iter().all(|it| it.name != part.name), "{}", part.name);
                        assert!(part.min <= part.max && part.max > 0, "{}", part.name);
                    }
                }
            }
        }
    }

    #[test]
    fn the_household_has_every_element_that_is_known_of_it() {
        let elements = all(&HOUSEHOLD);
        let blocks = elements.iter().filter(|it| matches!(it.content, Parts(_))).count();
        assert_eq!((elements.len(), blocks), (254, 63));
    }
}
