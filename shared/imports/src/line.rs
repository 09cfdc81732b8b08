//! What a reader tells of a file, line by line; and who was already in it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::hash::{BuildHasher, RandomState};

use chrono::{DateTime, Utc};
use contracts::api::ColonneJson;
use contracts::imports::{LigneV1, RemarqueV1, Told};
use domain::matching::FoldedName;

/// What a reader tells of a file.
pub(crate) enum Read {
    /// One more line.
    Line(LigneV1),
    /// The file was read to its end, and is as it should be.
    End(Facts),
    /// The file is refused whole, for this reason in French.
    Refused(String),
    /// A person must say what the columns are read as, for this reason in French.
    Columns(Vec<ColonneJson>, String),
}

/// What a file says of itself.
pub(crate) struct Facts {
    /// As of when it speaks; `None` for a list, which speaks of the day on which it was received.
    pub(crate) as_of: Option<DateTime<Utc>>,
    /// Whether it also names people whose right is not decided yet.
    pub(crate) declares: bool,
    /// The mapping of a list, to be remembered for its source: heading → field.
    pub(crate) mapping: Vec<(String, String)>,
}

/// Those who were already in the file, and where: by keyed hashes, a few bytes each.
#[derive(Default)]
pub(crate) struct Seen {
    hashers: (RandomState, RandomState),
    first: BTreeMap<(u64, u64), u32>,
}

impl Seen {
    /// Where somebody was already in the file.
    pub(crate) fn before(&mut self, told: &Told, rank: u32) -> Option<u32> {
        let who = identity(told)?;
        let hash = (self.hashers.0.hash_one(&who), self.hashers.1.hash_one(&who));
        match self.first.entry(hash) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(place) => {
                place.insert(rank);
                None
            }
        }
    }
}

/// By what somebody of a file is the same as somebody else of it.
fn identity(told: &Told) -> Option<String> {
    let (numbers, role) = match told {
        Told::Adult(it) => (&it.numbers, it.role),
        Told::Contact(it) => (&it.numbers, it.role),
    };
    if let Some(nir) = &numbers.nir {
        return Some(format!("nir|{}", nir.as_str()));
    }
    match told {
        Told::Adult(it) => {
            let folded = |name: &str| FoldedName::of(name).joined();
            let caf = numbers.caf_number.as_deref().unwrap_or_default();
            let (last, first) = (folded(&it.identity.last_name), folded(&it.identity.first_name));
            Some(format!("nom|{last}|{first}|{}|{caf}", it.identity.birth_date))
        }
        Told::Contact(_) => {
            let caf = numbers.caf_number.as_ref().map(|it| format!("caf|{it}|{role:?}"));
            caf.or_else(|| numbers.internal_id.as_ref().map(|it| format!("id|{it}")))
        }
    }
}

/// What is told of a line that names somebody for the second time.
pub(crate) fn twice(what: &str, first: u32) -> RemarqueV1 {
    RemarqueV1 {
        ou: String::new(),
        code: "en_double".to_owned(),
        detail: format!(
            "Cette personne est déjà {what} {first} du fichier : gardez la bonne et retirez l’autre."
        ),
    }
}
