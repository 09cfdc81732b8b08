//! Days off and hours, as the verdict counts them: from the published list of holidays, without the code it judges.

use std::collections::BTreeSet;

use anyhow::Context;
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc, Weekday};
use domain::Territory;

/// The holidays of each territory, day by day.
const PUBLISHED: &str = include_str!("../../../../../shared/domain/data/feries.csv");

/// The hours from which and to which one may write to a telephone.
const OPENS: u32 = 9;
const CLOSES: u32 = 20;

/// The calendar of one territory of mainland France.
pub(super) struct Calendar {
    territory: Territory,
    zone: chrono_tz::Tz,
    holidays: BTreeSet<NaiveDate>,
}

impl Calendar {
    pub(super) fn of(territory: Territory) -> anyhow::Result<Self> {
        let days = PUBLISHED.lines().filter_map(|it| it.split_once(';'));
        let ours = days.filter(|(code, _)| *code == territory.as_str());
        let holidays = ours.map(|(_, day)| day.parse()).collect::<Result<BTreeSet<_>, _>>()?;
        anyhow::ensure!(!holidays.is_empty(), "aucun jour férié publié pour {territory}");
        Ok(Self { territory, zone: chrono_tz::Europe::Paris, holidays })
    }

    /// The wall clock there.
    pub(super) fn wall(&self, at: DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.zone).naive_local()
    }

    /// The instant at which its wall shows this hour of this day: never one that the change of hour skips or doubles.
    pub(super) fn at(&self, day: NaiveDate, hour: u32) -> anyhow::Result<DateTime<Utc>> {
        let wall = day.and_time(NaiveTime::from_hms_opt(hour, 0, 0).context("une heure")?);
        let there = wall.and_local_timezone(self.zone);
        Ok(there.earliest().context("une heure qui n’existe pas")?.to_utc())
    }

    /// Whether nobody is written to on that day.
    fn is_quiet(&self, day: NaiveDate) -> bool {
        day.weekday() == Weekday::Sun || self.holidays.contains(&day)
    }

    /// Whether one may write to a telephone.
    pub(super) fn may_ring(&self, at: DateTime<Utc>) -> bool {
        let wall = self.wall(at);
        (OPENS..CLOSES).contains(&wall.hour()) && !self.is_quiet(wall.date())
    }

    /// That day, or the working day before when it is a day off.
    pub(super) fn worked_on_or_before(&self, day: NaiveDate) -> NaiveDate {
        let off = |it: NaiveDate| it.weekday() == Weekday::Sat || self.is_quiet(it);
        std::iter::successors(Some(day), NaiveDate::pred_opt).find(|it| !off(*it)).unwrap_or(day)
    }

    /// The end of that day: the midnight that begins the next one.
    pub(super) fn end(&self, day: NaiveDate) -> anyhow::Result<DateTime<Utc>> {
        self.at(day + Days::new(1), 0)
    }

    /// The code of the territory that it is of.
    pub(super) fn territory(&self) -> Territory {
        self.territory
    }
}
