//! Names of things: each kind its own type, so that one cannot be taken for another.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// Names one person's dossier in one territory. Derived from what opened it, never drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DossierId(pub Uuid);

impl DossierId {
    /// Derives the id of what this dossier produces under `name` (a message, an entry): the same name, the same id.
    pub fn derive(self, name: &str) -> Uuid {
        Uuid::new_v5(&self.0, name.as_bytes())
    }
}

impl fmt::Display for DossierId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for DossierId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Uuid::try_parse(text).map(Self).map_err(|_| InvalidId)
    }
}

/// The text cannot be an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct InvalidId;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $max:literal, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let allowed: fn(char) -> bool = $allowed;
                if text.is_empty() || text.len() > $max || !text.chars().all(allowed) {
                    return Err(InvalidId);
                }
                Ok(Self(text.to_owned()))
            }
        }
    };
}

text_id!(
    /// A référent in its territory: lower-case letters, digits and hyphens, 40 at most.
    ReferentId,
    40,
    |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
);
text_id!(
    /// A professional, as the identity provider names it (`sub`): printable ASCII without space or `#`, 128 at most.
    AgentId,
    128,
    |c| c.is_ascii_graphic() && c != '#'
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_that_could_break_a_key_is_refused() {
        for text in ["", "A B", "é", "a#b", &"x".repeat(41)] {
            assert_eq!(text.parse::<ReferentId>(), Err(InvalidId), "{text}");
        }
        assert!("ref-012".parse::<ReferentId>().is_ok());
        assert_eq!("a#b".parse::<AgentId>(), Err(InvalidId));
    }

    #[test]
    fn the_same_name_derives_the_same_id_and_another_name_another() {
        let dossier = DossierId(Uuid::nil());
        assert_eq!(dossier.derive("triage#1"), dossier.derive("triage#1"));
        assert_ne!(dossier.derive("triage#1"), dossier.derive("triage#2"));
    }
}
