//! I1 between people: what is changed on the strength of a copy is written over that copy. Whoever had an older one
//! would undo, unseen, what was done since.

use std::collections::BTreeMap;

use crate::Findings;
use crate::history::What;
use crate::read::text;
use crate::story::Story;

pub(crate) fn judge(story: &Story<'_>, findings: &mut Findings) {
    let mut copies: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for event in &story.history.events {
        let (row, copy) = match &event.what {
            What::Commit { row, .. } => (row, &row["etag"]),
            What::Referent { row } => (row, &row["revision"]),
            What::Clear { .. }
            | What::Side { .. }
            | What::Document { .. }
            | What::Sent(_)
            | What::Poison(_)
            | What::Done(_)
            | What::Asked(_)
            | What::Answered { .. }
            | What::Calm
            | What::Endless => continue,
        };
        // A dossier has no sort key.
        let name = (text(&row["pk"]), text(&row["sk"]));
        let before = copies.insert(name, copy.as_u64().unwrap_or_default());
        if let (Some(copy), Some(before)) = (event.copy, before) {
            findings.require(copy == before, "I1", || {
                format!("{name:?} : changé d’après la copie {copy}, par-dessus la copie {before}")
            });
        }
    }
}
