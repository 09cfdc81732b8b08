//! A name as it is compared: tools write the same name in many ways.

use crate::letters;

/// A name without case, accents, hyphens, apostrophes nor spaces between its parts. It does not print itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoldedName(Vec<String>);

impl std::fmt::Debug for FoldedName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FoldedName(…)")
    }
}

impl FoldedName {
    /// A name as it is compared.
    pub fn of(name: &str) -> Self {
        Self(name.split(separates).map(fold).filter(|it| !it.is_empty()).collect())
    }

    /// The whole name in one word: what an index is made of.
    pub fn joined(&self) -> String {
        self.0.concat()
    }

    /// Whether there is nothing to compare.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first part of a first name: all that some tools keep of it.
    pub fn first_part(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }

    /// The same first name: the same word, or one that is the beginning of the other, whole parts only. `Jean` and
    /// `Jean-Pierre` are, for a tool that cuts after the first part or writes all the first names; `Jean` and `Jeanne`
    /// are not.
    pub fn is_same_first_name(&self, other: &Self) -> bool {
        let (one, other) = (&self.0, &other.0);
        let shared = one.len().min(other.len());
        shared > 0 && (one[..shared] == other[..shared] || one.concat() == other.concat())
    }
}

/// A word without case, accents nor signs.
fn fold(word: &str) -> String {
    letters::bare(word.chars()).filter(|it| it.is_alphanumeric()).collect()
}

/// What stands between two parts of a name.
fn separates(it: char) -> bool {
    it.is_whitespace() || matches!(it, '-' | '‐' | '‑' | '–' | '.' | ',' | '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        FoldedName::of(one) == FoldedName::of(other)
    }

    #[test]
    fn a_name_is_the_same_however_it_is_typed() {
        assert!(same("Lefèvre-Œuvrard", "LEFEVRE OEUVRARD"));
        assert!(same("N’Guyen", "NGUYEN") && same("D'Arc", "d’arc"));
        assert!(same("e\u{301}lodie", "Élodie") && same("Łukasz", "LUKASZ"));
        assert!(!same("Martin", "Martine"));
        assert!(FoldedName::of(" - ").is_empty());
    }

    #[test]
    fn a_first_name_cut_after_its_first_part_is_the_same_and_a_longer_word_is_not() {
        let same = |one: &str, other: &str| FoldedName::of(one).is_same_first_name(&FoldedName::of(other));
        assert!(same("Jean", "Jean-Pierre") && same("Jean Pierre Paul", "JEAN-PIERRE"));
        assert!(same("Jean-Pierre", "Jeanpierre"));
        assert!(!same("Jean", "Jeanne") && !same("Jean-Paul", "Jean-Pierre") && !same("", "Jean"));
    }

    #[test]
    fn neither_a_name_nor_its_parts_are_printed() {
        assert_eq!(format!("{:?}", FoldedName::of("Exemple")), "FoldedName(…)");
    }
}
