//! What should have been told to whom, from what was done and from when the schedules ran; and what was.

use anyhow::Context;
use chrono::{DateTime, Days, NaiveDate, Utc};

use super::calendar::Calendar;
use super::history::{Life, Run, Told};

/// The ladder of the orientation, by days since the right was received: what the law and the project set for rights
/// received since 2025.
const ALERTS: [(u64, &str); 4] = [(21, "agent"), (30, "agent"), (35, "responsable"), (40, "direction")];
const TARGET: u64 = 30;
const LEGAL: u64 = 42;
/// When missing answers are asked for, by days since the deposit.
const REQUESTS: [u64; 2] = [3, 7];
/// When an organism should have named its référent, by days since the signature.
const NAMING: u64 = 7;
/// An hour at which a request for answers has become due, whatever the day's first allowed hour is.
const MID_MORNING: u32 = 10;

/// The judge of one year.
pub(super) struct Judge<'a> {
    pub(super) calendar: &'a Calendar,
    pub(super) runs: &'a [Run],
}

/// What is wrong with what one person, and those who follow them, were told.
pub(super) struct Judged<'a> {
    judge: &'a Judge<'a>,
    life: &'a Life,
    told: &'a [Told],
    wrong: Vec<String>,
}

impl Judge<'_> {
    /// Everything that is wrong for one person.
    pub(super) fn wrongs(&self, life: &Life, told: &[Told]) -> anyhow::Result<Vec<String>> {
        let mut judged = Judged { judge: self, life, told, wrong: Vec::new() };
        judged.channels_and_hours();
        judged.notices();
        judged.requests()?;
        judged.alerts()?;
        judged.target_and_legal()?;
        judged.naming()?;
        Ok(judged.wrong)
    }

    /// The end of the first run that began at this instant or later.
    fn run_after(&self, at: DateTime<Utc>) -> Option<Run> {
        self.runs.iter().copied().find(|it| it.from >= at)
    }

    /// The same, of the runs at an hour at which a telephone may ring: by its end, what waited for that hour has left.
    fn daytime_run_after(&self, at: DateTime<Utc>) -> Option<Run> {
        self.runs.iter().copied().find(|it| it.from >= at && self.calendar.may_ring(it.from))
    }
}

impl Judged<'_> {
    fn say(&mut self, what: &str) {
        self.wrong.push(format!("{} : {what}", self.life.dossier));
    }

    fn facts(&self, family: &str) -> Vec<&Told> {
        let belongs = |it: &&Told| it.fact == family || it.fact.starts_with(&format!("{family}/"));
        self.told.iter().filter(belongs).collect()
    }

    /// At most so many of a family.
    fn at_most(&mut self, family: &str, most: usize) {
        let count = self.facts(family).len();
        if count > most {
            self.say(&format!("{count} messages « {family} », pas {most}"));
        }
    }

    /// That a fact was told by then.
    fn by(&mut self, family: &str, until: Option<Run>) {
        let Some(until) = until else { return };
        if !self.facts(family).iter().any(|it| it.at <= until.to) {
            self.say(&format!("rien de « {family} » au {}", until.to));
        }
    }

    fn channels_and_hours(&mut self) {
        let [telephone, email, postal] = self.life.reachable;
        let known: Vec<&str> = [(telephone, "sms"), (email, "courriel"), (postal, "courrier")]
            .into_iter()
            .filter_map(|(known, channel)| known.then_some(channel))
            .collect();
        let first = known.first().copied().unwrap_or("courrier");
        let mut wrong = Vec::new();
        for it in self.told {
            let family = it.fact.split('/').next().unwrap_or_default();
            let right = match (family, it.fact.as_str()) {
                ("decision", _) => known.last().copied().unwrap_or("courrier"),
                ("H1", "H1/1") => known.get(1).copied().unwrap_or(first),
                ("H3", fact) => ALERTS
                    .iter()
                    .enumerate()
                    .find(|(index, _)| fact.starts_with(&format!("H3/{index}/")))
                    .map_or("", |(_, (_, to))| to),
                ("H4" | "H0", _) => "agent",
                _ => first,
            };
            if it.channel != right {
                wrong.push(format!("« {} » par {}, pas par {right}", it.fact, it.channel));
            }
            if it.channel == "sms" && !self.judge.calendar.may_ring(it.at) {
                wrong.push(format!("un SMS « {} » à {}", it.fact, self.judge.calendar.wall(it.at)));
            }
        }
        for it in wrong {
            self.say(&it);
        }
    }

    fn notices(&mut self) {
        self.at_most("recu", 1);
        let over_soon =
            |from: DateTime<Utc>, until: Run| self.life.closed.is_some_and(|it| from <= it && it <= until.to);
        let received = self.judge.daytime_run_after(self.life.deposited);
        if !received.is_some_and(|it| over_soon(self.life.deposited, it)) {
            self.by("recu", received);
        }
        self.at_most("decision", usize::from(self.life.signed.is_some()));
        if let Some(signed) = self.life.signed {
            let until = self.judge.daytime_run_after(signed);
            if !until.is_some_and(|it| over_soon(signed, it)) {
                self.by("decision", until);
            }
        }
    }

    fn requests(&mut self) -> anyhow::Result<()> {
        let calendar = self.judge.calendar;
        let deposit = calendar.wall(self.life.deposited).date();
        for (index, days) in REQUESTS.into_iter().enumerate() {
            let family = format!("H1/{index}");
            self.at_most(&family, usize::from(self.life.incomplete));
            let day = deposit + Days::new(days);
            if self.facts(&family).iter().any(|it| calendar.wall(it.at).date() < day) {
                self.say(&format!("« {family} » avant le {day}"));
            }
            let allowed = (0..10).map(|it| calendar.at(day + Days::new(it), MID_MORNING));
            let due = allowed
                .filter_map(Result::ok)
                .find(|it| calendar.may_ring(*it))
                .context("dix jours de silence")?;
            // One at a time: the second may leave one run after the first.
            let mut until = self.judge.daytime_run_after(due);
            if let (1, Some(first)) = (index, until) {
                until = self.judge.daytime_run_after(first.to);
            }
            let Some(run) = until else { continue };
            let all_along = |check: &dyn Fn(DateTime<Utc>) -> bool| check(due) && check(run.to);
            let handed_over = self.life.confirmed.map(|(_, day)| day + Days::new(LEGAL));
            if self.life.incomplete
                && all_along(&|at| self.life.waits(at) && !self.life.is_suspended(at))
                && handed_over.is_none_or(|it| calendar.wall(run.to).date() <= it)
            {
                self.by(&family, until);
            }
        }
        Ok(())
    }

    fn alerts(&mut self) -> anyhow::Result<()> {
        let Some((confirmed, received)) = self.life.confirmed else {
            self.at_most("H3", 0);
            return Ok(());
        };
        let due = |days: u64| self.judge.calendar.worked_on_or_before(received + Days::new(days));
        let mut last: Option<DateTime<Utc>> = None;
        for (index, (days, _)) in ALERTS.into_iter().enumerate() {
            let family = format!("H3/{index}");
            self.at_most(&family, 1);
            let facts: Vec<(String, DateTime<Utc>)> =
                self.facts(&family).iter().map(|it| (it.fact.clone(), it.at)).collect();
            for (fact, at) in facts {
                if fact != format!("{family}/{received}") {
                    self.say(&format!("« {fact} » pour un droit reçu le {received}"));
                }
                if self.judge.calendar.wall(at).date() < due(days) || last.is_some_and(|it| it >= at) {
                    self.say(&format!("« {fact} » trop tôt, à {at}"));
                }
                if !self.life.waits(at) {
                    self.say(&format!("« {fact} » à {at}, quand plus rien n’attendait"));
                }
                last = Some(at);
            }
            let from = self.judge.calendar.at(due(days), 0)?.max(confirmed);
            self.alerted(index, from, received)?;
        }
        Ok(())
    }

    /// That this rung, or one above it, was told by the end of the first run after it was due.
    fn alerted(&mut self, index: usize, from: DateTime<Utc>, received: NaiveDate) -> anyhow::Result<()> {
        let Some(run) = self.judge.run_after(from) else { return Ok(()) };
        let handed_over = self.judge.calendar.end(received + Days::new(LEGAL))?;
        if !self.life.waits(run.to) {
            return Ok(());
        }
        let told =
            (index..ALERTS.len()).any(|it| self.facts(&format!("H3/{it}")).iter().any(|it| it.at <= run.to));
        // A right told so late that France Travail decides from its first run on is alerted all the same.
        if !told {
            let late = if run.from >= handed_over { ", après le délai légal" } else { "" };
            self.say(&format!("aucune alerte de rang {index} au {}{late}", run.to));
        }
        Ok(())
    }

    fn target_and_legal(&mut self) -> anyhow::Result<()> {
        self.at_most("france-travail", 1);
        let Some((confirmed, received)) = self.life.confirmed else { return Ok(()) };
        let calendar = self.judge.calendar;
        let past_target = calendar.end(received + Days::new(TARGET))?.max(confirmed);
        if let Some(run) = self.judge.daytime_run_after(past_target)
            && self.life.waits(run.to)
            && !self.life.is_suspended(run.from)
        {
            self.by("contact", Some(run));
        }
        let past_legal = calendar.end(received + Days::new(LEGAL))?;
        if let Some(run) = self.judge.daytime_run_after(past_legal.max(confirmed))
            && self.life.waits(run.to)
        {
            self.by("france-travail", Some(run));
        }
        // Whoever is not oriented at the end of the legal delay was spoken of before.
        if confirmed < past_legal
            && self.life.waits(past_legal)
            && self.judge.runs.iter().any(|it| confirmed <= it.from && it.to <= past_legal)
            && calendar.wall(confirmed).date() <= received + Days::new(ALERTS[0].0)
            && !self.facts("H3").iter().any(|it| it.at < past_legal)
        {
            self.say("le délai légal est passé sans qu’aucune alerte l’ait précédé");
        }
        Ok(())
    }

    fn naming(&mut self) -> anyhow::Result<()> {
        let expected = self.life.elsewhere && self.life.signed.is_some();
        self.at_most("H4", usize::from(expected));
        let Some(signed) = self.life.signed.filter(|_| expected) else { return Ok(()) };
        let end = self.judge.calendar.end(self.judge.calendar.wall(signed).date() + Days::new(NAMING))?;
        let run = self.judge.run_after(end);
        if self.facts("H4").iter().any(|it| it.at < end) {
            self.say("un organisme est relancé trop tôt");
        }
        if self.life.closed.is_none_or(|it| run.is_some_and(|run| it > run.to)) {
            self.by("H4", run);
        }
        Ok(())
    }
}
