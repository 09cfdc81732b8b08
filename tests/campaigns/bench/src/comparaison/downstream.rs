//! What our own next steps make of what left, repeats included: where an effect of ours ends.
//!
//! Ours sends again whatever it is not sure to have sent, under the same id: that is nothing to a consumer that knows
//! the id, and this counts whether our consumers do.

use std::collections::BTreeMap;
use std::ops::Add;

use anyhow::Context;
use engine::ports::QueueName;
use engine::steps;

use super::verdict::{LETTERS, NEXT};
use super::world::outside;
use crate::cloud::Cloud;
use crate::items::raw;

/// What an assignment leaves about one dossier in the end: two entries in its carnet, and the letter of the decision.
const LEFT: [&str; 3] = ["orientation", "referent", LETTERS];

/// What is there in the end, compared with what should be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// Entries and letters too many.
    pub doubled: u64,
    /// Entries and letters that are not there.
    pub lost: u64,
}

impl Add for Ends {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { doubled: self.doubled + other.doubled, lost: self.lost + other.lost }
    }
}

/// Hands everything that waits for the next steps to them, in fair weather, and counts what they leave about so many
/// dossiers.
pub async fn follow(cloud: &Cloud, url: &str, dossiers: usize) -> anyhow::Result<Ends> {
    let world = outside(url)?;
    for (queue, name) in [(QueueName::Carnet, NEXT[0]), (QueueName::Reminders, NEXT[1])] {
        for message in cloud.queues().take(name, usize::MAX, None).messages {
            steps::handle(&world, queue, &message.body).await.context("la suite a échoué par beau temps")?;
            cloud.queues().acknowledge(name, message.handle);
        }
    }
    let mut found: BTreeMap<(String, String), u64> = BTreeMap::new();
    for entry in raw(cloud.database(), "carnets")? {
        let text = |field: &str| entry[field]["S"].as_str().unwrap_or_default().to_owned();
        let dossier = text("pk").split('#').nth(1).unwrap_or_default().to_owned();
        *found.entry((dossier, text("nature"))).or_default() += 1;
    }
    for name in cloud.documents().all().keys() {
        let dossier = name.split('/').nth(2).unwrap_or_default().to_owned();
        *found.entry((dossier, LETTERS.to_owned())).or_default() += 1;
    }
    let ends = compare(&found, dossiers as u64);
    Ok(Ends { doubled: ends.doubled + cloud.documents().replaced(), ..ends })
}

fn compare(found: &BTreeMap<(String, String), u64>, dossiers: u64) -> Ends {
    let mut ends = Ends::default();
    for kind in LEFT {
        let of_kind = || found.iter().filter(|((_, it), _)| it == kind).map(|(_, count)| *count);
        ends.lost += dossiers.saturating_sub(of_kind().count() as u64);
        ends.doubled += of_kind().map(|count| count - 1).sum::<u64>();
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_dossier_has_one_of_each_in_the_end() {
        let mut found: BTreeMap<_, _> =
            LEFT.iter().map(|kind| (("a".to_owned(), (*kind).to_owned()), 1)).collect();
        assert_eq!(compare(&found, 1), Ends::default());
        assert_eq!(compare(&found, 2), Ends { doubled: 0, lost: 3 });
        found.insert(("a".to_owned(), LETTERS.to_owned()), 3);
        assert_eq!(compare(&found, 1), Ends { doubled: 2, lost: 0 });
    }
}
