//! I6 about the hour: what rings at somebody's leaves at an hour at which one may, and does not wait for ever.

use chrono::TimeDelta;

use crate::Findings;
use crate::calendar::rings;
use crate::story::Story;

const RULE: &str = "I6";

/// How long a process may take from its look at the clock to the message.
const AT_WORK: TimeDelta = TimeDelta::minutes(16);

pub(crate) fn judge(story: &Story<'_>, findings: &mut Findings) {
    let (hours, skew) = (story.setting.law.hours, story.setting.skew);
    for letter in story.letters.iter().filter(|it| it.rings()) {
        let Some(zone) = story.zone(letter.territory) else { continue };
        let at = story.history.events[letter.index].at;
        // By the clock of whoever sent it, at some instant between its look at the clock and now.
        let allowed =
            [at - AT_WORK - skew, at - skew, at, at + skew].iter().any(|it| rings(zone, *it, hours));
        findings.require(allowed, RULE, || format!("{} : un SMS parti le {at}", letter.dossier));
    }
    for ((table, pk, sk), rows) in &story.sides {
        let waits =
            *table == "envois" && pk.ends_with("#attente") && rows.last().is_some_and(|it| it.1.is_some());
        findings.require(!waits, RULE, || format!("{pk} : un message attend toujours son heure, {sk}"));
    }
}
