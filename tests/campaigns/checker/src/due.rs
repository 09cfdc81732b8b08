//! I6, what is due: worked out again from the dates of the row and the delays of the law. Nothing comes early, nothing
//! stays undone, no rung of a ladder is climbed twice.

use chrono::{DateTime, Duration, NaiveDate, Utc};

use crate::Findings;
use crate::calendar::{alert, date_at, end_of, letter, plus};
use crate::history::Zone;
use crate::read::{Row, day, instant, text};
use crate::story::{Emitted, Life, Story, Version};

const RULE: &str = "I6";

pub(crate) fn judge(story: &Story<'_>, findings: &mut Findings) {
    for (pk, life) in &story.lives {
        let Some(zone) = life.last.and_then(|it| story.zone(it.territory())) else { continue };
        let due = Due { story, zone, pk };
        due.early(life, findings);
        due.transitions(life, findings);
        due.ladders(life, findings);
        if let Some(last) = life.last {
            due.undone(last, findings);
        }
    }
}

struct Due<'s, 'a> {
    story: &'s Story<'a>,
    zone: &'a Zone,
    pk: &'s str,
}

impl Due<'_, '_> {
    fn alert_at(&self, received: NaiveDate, rung: usize) -> Option<DateTime<Utc>> {
        Some(alert(self.zone, plus(received, *self.story.setting.law.alerts.get(rung)?)))
    }

    fn request_at(&self, row: Row<'_>, rung: usize) -> Option<DateTime<Utc>> {
        let proposal = row.proposal().filter(|it| it["incomplete"] == true)?;
        let known = date_at(self.zone, instant(&proposal["le"])?);
        let law = &self.story.setting.law;
        Some(letter(self.zone, plus(known, *law.requests.get(rung)?), law.hours.0))
    }

    fn target(&self, received: NaiveDate) -> DateTime<Utc> {
        end_of(self.zone, plus(received, self.story.setting.law.target))
    }

    fn legal(&self, received: NaiveDate) -> DateTime<Utc> {
        end_of(self.zone, plus(received, self.story.setting.law.legal))
    }

    fn chased_at(&self, row: Row<'_>) -> Option<DateTime<Utc>> {
        day(&row.0["etat"]["attendu_le"]).map(|it| end_of(self.zone, it))
    }

    /// What time brings about does not come before its time, by the clock of whoever brought it about.
    fn early(&self, life: &Life<'_>, findings: &mut Findings) {
        for emitted in &life.emitted {
            let Some(message) = emitted.message else { continue };
            let version = &life.versions[emitted.version];
            let Some(due) = self.due_of(version.row, emitted) else { continue };
            let on_time = message.at.parse::<DateTime<Utc>>().is_ok_and(|it| it >= due);
            let truly = version.at + self.story.setting.skew >= due;
            findings.require(on_time && truly, RULE, || {
                format!("{} : {} {} le {}, dû le {due}", self.pk, message.kind, message.data, message.at)
            });
        }
    }

    /// When the law wants this message; `None` when it does not come from the time that passes.
    fn due_of(&self, row: Row<'_>, emitted: &Emitted<'_>) -> Option<DateTime<Utc>> {
        let message = emitted.message?;
        let rung = usize::try_from(message.data["echelon"].as_u64().unwrap_or(0)).ok()?;
        match (message.kind, text(&message.data["horloge"])) {
            ("fr.spie.relance.due.v1", "H1") => self.request_at(row, rung),
            ("fr.spie.relance.due.v1", "H3") => self.alert_at(row.running()?, rung),
            ("fr.spie.relance.due.v1", "H4") => self.chased_at(row),
            ("fr.spie.defaut.a_preparer.v1", _) => Some(self.target(row.running()?)),
            ("fr.spie.avis.a_envoyer.v1", _) if message.data["avis"] == "france_travail" => {
                Some(self.legal(row.running()?))
            }
            _ => None,
        }
    }

    fn transitions(&self, life: &Life<'_>, findings: &mut Findings) {
        for (before, version) in life.steps() {
            let row = version.row;
            let enters = row.state() == "attente_france_travail"
                && before.is_none_or(|it| it.state() != "attente_france_travail");
            if enters {
                let legal = row.running().map(|it| self.legal(it));
                let since = instant(&row.0["etat"]["depuis"]);
                findings.require(legal.is_some() && since == legal, RULE, || {
                    format!("{} : France Travail attendu depuis {since:?}, délai légal {legal:?}", self.pk)
                });
            }
        }
    }

    /// Each rung is asked for once; several at once are one message, the highest.
    fn ladders(&self, life: &Life<'_>, findings: &mut Findings) {
        let mut epoch = None;
        let mut alerts = Vec::new();
        let mut others = Vec::new();
        for (at, (before, version)) in life.steps().enumerate() {
            if version.row.erased() {
                break;
            }
            // The dates of a right may be corrected: the ladder then starts again.
            if epoch != Some(version.row.clock()) {
                epoch = Some(version.row.clock());
                alerts.clear();
            }
            // A right that opens again is another journey.
            if before.is_some_and(Row::closed) && !version.row.closed() {
                others.clear();
            }
            self.rungs(before, version, life.emitted.iter().filter(|it| it.version == at), findings);
            for emitted in life.emitted.iter().filter(|it| it.version == at) {
                let Some(message) = emitted.message.filter(|it| it.kind == "fr.spie.relance.due.v1") else {
                    continue;
                };
                let climbed = if message.data["horloge"] == "H3" { &mut alerts } else { &mut others };
                findings.require(!climbed.contains(&message.data), RULE, || {
                    format!("{} : échelon {} deux fois", self.pk, message.data)
                });
                climbed.push(message.data);
            }
        }
    }

    /// The rungs that a write marks are the ones that it announces.
    fn rungs<'e>(
        &self,
        before: Option<Row<'_>>,
        version: &Version<'_>,
        emitted: impl Iterator<Item = &'e Emitted<'e>>,
        findings: &mut Findings,
    ) {
        let said: Vec<(&str, u64)> = emitted
            .filter_map(|it| it.message)
            .filter(|it| it.kind == "fr.spie.relance.due.v1")
            .map(|it| (text(&it.data["horloge"]), it.data["echelon"].as_u64().unwrap_or(0)))
            .collect();
        for (ladder, clock) in [("alertes", "H3"), ("demandes", "H1")] {
            let old = before.map_or(0, |it| it.rungs(ladder));
            let new = version.row.rungs(ladder) & !old;
            let highest = (new != 0).then(|| u64::from(new.ilog2()));
            let told: Vec<u64> = said.iter().filter(|it| it.0 == clock).map(|it| it.1).collect();
            findings.require(told == Vec::from_iter(highest), RULE, || {
                format!("{} : {ladder} {new:b} marquées, {told:?} annoncées", self.pk)
            });
        }
    }

    /// At the end, nothing that the law wants is left.
    fn undone(&self, row: Row<'_>, findings: &mut Findings) {
        let now = self.story.history.end.at - self.story.setting.margin;
        let mut missing = |due: Option<DateTime<Utc>>, done: bool, what: &str| {
            findings.require(done || due.is_none_or(|it| it > now), RULE, || {
                format!("{}, {} : {what} était dû", self.pk, row.state())
            });
        };
        let state = row.state();
        missing(Some(DateTime::UNIX_EPOCH), state != "depose", "le triage");
        let named = state != "oriente" || row.0["etat"]["attendu_le"].is_string();
        missing(Some(DateTime::UNIX_EPOCH), named, "le référent");
        if let Some(received) = row.running() {
            if matches!(state, "depose" | "urgence" | "a_orienter") {
                for rung in 0..self.story.setting.law.alerts.len() {
                    let done = row.rungs("alertes") & (1 << rung) != 0;
                    missing(self.alert_at(received, rung), done, "une alerte");
                }
            }
            if matches!(state, "a_orienter" | "attente_france_travail") && !row.suspended() {
                let waiting = row.waiting();
                let search = instant(&waiting["contact_demande_le"]);
                let daily = search.is_some_and(|it| it > now - Duration::hours(26));
                missing(Some(self.target(received)), row.places().next().is_some() || daily, "un contact");
                let ready = matches!(text(&waiting["defaut"]["nature"]), "regles" | "legal" | "entretien");
                missing(Some(self.target(received)), ready, "une orientation par défaut");
            }
            missing(Some(self.legal(received)), state != "a_orienter", "le passage à France Travail");
        }
        if state == "a_orienter" && !row.suspended() {
            for rung in 0..self.story.setting.law.requests.len() {
                let done = row.rungs("demandes") & (1 << rung) != 0;
                missing(self.request_at(row, rung), done, "une demande de réponses");
            }
        }
        if state == "oriente" {
            missing(
                self.chased_at(row),
                row.0["rappels"]["relance_organisme"] == true,
                "la relance de l’organisme",
            );
        }
        if state == "en_attente_de_place" {
            let daily =
                instant(&row.0["etat"]["cherche_le"]).is_some_and(|it| it > now - Duration::hours(26));
            missing(Some(DateTime::UNIX_EPOCH), daily, "la recherche du jour");
        }
    }
}
