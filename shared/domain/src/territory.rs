//! The territory a dossier belongs to: a French département, with its clock on the wall.
//!
//! Everything that the law counts in days ends at the midnight of the territory, not at the
//! midnight of the data centre, so the zone lives here, beside the code.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};

/// A département (or Saint-Pierre-et-Miquelon), known by its INSEE code.
///
/// Ordered as the codes are, byte by byte: `29` < `2A` < `2B` < `30`, and overseas last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Territory(u8);

/// The text is not the code of a territory that the service can serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not the code of a french territory")]
pub struct UnknownTerritory;

impl Territory {
    /// Every territory, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0_u8..).zip(TERRITORIES).map(|(index, _)| Self(index))
    }

    /// The code: `77`, `2A`, `974`.
    pub fn as_str(self) -> &'static str {
        TERRITORIES[usize::from(self.0)].0
    }

    /// The name in French: `Seine-et-Marne`.
    pub fn name(self) -> &'static str {
        TERRITORIES[usize::from(self.0)].1
    }

    /// Whether it lies overseas.
    pub fn is_overseas(self) -> bool {
        self.as_str().len() == 3
    }

    /// The time zone people of the territory live by.
    pub fn zone(self) -> Tz {
        match self.as_str() {
            "971" => Tz::America__Guadeloupe,
            "972" => Tz::America__Martinique,
            "973" => Tz::America__Cayenne,
            "974" => Tz::Indian__Reunion,
            "975" => Tz::America__Miquelon,
            "976" => Tz::Indian__Mayotte,
            _ => Tz::Europe__Paris,
        }
    }

    /// What the clock on the wall says in the territory at this instant.
    pub fn local(self, now: DateTime<Utc>) -> NaiveDateTime {
        now.with_timezone(&self.zone()).naive_local()
    }

    /// The day it is in the territory at this instant.
    pub fn local_date(self, now: DateTime<Utc>) -> NaiveDate {
        self.local(now).date()
    }

    /// The first instant of the day.
    pub fn start_of_day(self, date: NaiveDate) -> DateTime<Utc> {
        self.instant(date.and_time(NaiveTime::MIN))
    }

    /// The midnight that ends the day: the first instant at which a delay whose last day is
    /// `date` has run out.
    pub fn end_of_day(self, date: NaiveDate) -> DateTime<Utc> {
        self.start_of_day(date.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX))
    }

    /// The instant at which the wall first shows this time; when a change of hour skips it, the
    /// first instant after the skip.
    pub fn instant(self, local: NaiveDateTime) -> DateTime<Utc> {
        let zone = self.zone();
        let shown = zone.from_local_datetime(&local).earliest();
        let instant = shown.or_else(|| GapInfo::new(&local, &zone)?.end);
        instant.map_or_else(|| local.and_utc(), |found| found.with_timezone(&Utc))
    }
}

impl FromStr for Territory {
    type Err = UnknownTerritory;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let index =
            TERRITORIES.binary_search_by_key(&text, |(code, _)| code).map_err(|_| UnknownTerritory)?;
        u8::try_from(index).map(Self).map_err(|_| UnknownTerritory)
    }
}

impl fmt::Display for Territory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Territory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Territory({})", self.as_str())
    }
}

/// Codes and names, sorted by code because `from_str` searches by halves.
/// Source: INSEE, code officiel géographique.
const TERRITORIES: [(&str, &str); 102] = [
    ("01", "Ain"),
    ("02", "Aisne"),
    ("03", "Allier"),
    ("04", "Alpes-de-Haute-Provence"),
    ("05", "Hautes-Alpes"),
    ("06", "Alpes-Maritimes"),
    ("07", "Ardèche"),
    ("08", "Ardennes"),
    ("09", "Ariège"),
    ("10", "Aube"),
    ("11", "Aude"),
    ("12", "Aveyron"),
    ("13", "Bouches-du-Rhône"),
    ("14", "Calvados"),
    ("15", "Cantal"),
    ("16", "Charente"),
    ("17", "Charente-Maritime"),
    ("18", "Cher"),
    ("19", "Corrèze"),
    ("21", "Côte-d’Or"),
    ("22", "Côtes-d’Armor"),
    ("23", "Creuse"),
    ("24", "Dordogne"),
    ("25", "Doubs"),
    ("26", "Drôme"),
    ("27", "Eure"),
    ("28", "Eure-et-Loir"),
    ("29", "Finistère"),
    ("2A", "Corse-du-Sud"),
    ("2B", "Haute-Corse"),
    ("30", "Gard"),
    ("31", "Haute-Garonne"),
    ("32", "Gers"),
    ("33", "Gironde"),
    ("34", "Hérault"),
    ("35", "Ille-et-Vilaine"),
    ("36", "Indre"),
    ("37", "Indre-et-Loire"),
    ("38", "Isère"),
    ("39", "Jura"),
    ("40", "Landes"),
    ("41", "Loir-et-Cher"),
    ("42", "Loire"),
    ("43", "Haute-Loire"),
    ("44", "Loire-Atlantique"),
    ("45", "Loiret"),
    ("46", "Lot"),
    ("47", "Lot-et-Garonne"),
    ("48", "Lozère"),
    ("49", "Maine-et-Loire"),
    ("50", "Manche"),
    ("51", "Marne"),
    ("52", "Haute-Marne"),
    ("53", "Mayenne"),
    ("54", "Meurthe-et-Moselle"),
    ("55", "Meuse"),
    ("56", "Morbihan"),
    ("57", "Moselle"),
    ("58", "Nièvre"),
    ("59", "Nord"),
    ("60", "Oise"),
    ("61", "Orne"),
    ("62", "Pas-de-Calais"),
    ("63", "Puy-de-Dôme"),
    ("64", "Pyrénées-Atlantiques"),
    ("65", "Hautes-Pyrénées"),
    ("66", "Pyrénées-Orientales"),
    ("67", "Bas-Rhin"),
    ("68", "Haut-Rhin"),
    ("69", "Rhône"),
    ("70", "Haute-Saône"),
    ("71", "Saône-et-Loire"),
    ("72", "Sarthe"),
    ("73", "Savoie"),
    ("74", "Haute-Savoie"),
    ("75", "Paris"),
    ("76", "Seine-Maritime"),
    ("77", "Seine-et-Marne"),
    ("78", "Yvelines"),
    ("79", "Deux-Sèvres"),
    ("80", "Somme"),
    ("81", "Tarn"),
    ("82", "Tarn-et-Garonne"),
    ("83", "Var"),
    ("84", "Vaucluse"),
    ("85", "Vendée"),
    ("86", "Vienne"),
    ("87", "Haute-Vienne"),
    ("88", "Vosges"),
    ("89", "Yonne"),
    ("90", "Territoire de Belfort"),
    ("91", "Essonne"),
    ("92", "Hauts-de-Seine"),
    ("93", "Seine-Saint-Denis"),
    ("94", "Val-de-Marne"),
    ("95", "Val-d’Oise"),
    ("971", "Guadeloupe"),
    ("972", "Martinique"),
    ("973", "Guyane"),
    ("974", "La Réunion"),
    ("975", "Saint-Pierre-et-Miquelon"),
    ("976", "Mayotte"),
];

#[cfg(test)]
mod tests {
    use chrono::{Datelike, TimeDelta};

    use super::*;

    fn territory(code: &str) -> Territory {
        code.parse().unwrap()
    }

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn every_code_of_the_table_reads_back_and_keeps_its_order() {
        let all: Vec<_> = Territory::all().collect();
        assert_eq!(all.len(), 102);
        for pair in all.windows(2) {
            assert!(pair[0] < pair[1] && pair[0].as_str() < pair[1].as_str(), "{pair:?}");
        }
        for one in all {
            assert_eq!(territory(one.as_str()), one);
            assert_eq!(one.to_string(), one.as_str());
            assert!(!one.name().is_empty());
        }
    }

    #[test]
    fn corsica_is_two_territories_and_20_is_none() {
        assert_eq!(territory("2A").name(), "Corse-du-Sud");
        assert_eq!(territory("2B").name(), "Haute-Corse");
        for wrong in ["20", "2a", "00", "96", "7", "077", "77 ", "970", "977", "988", ""] {
            assert_eq!(wrong.parse::<Territory>(), Err(UnknownTerritory), "{wrong:?}");
        }
    }

    #[test]
    fn six_territories_lie_overseas() {
        let overseas: Vec<_> =
            Territory::all().filter(|it| it.is_overseas()).map(Territory::as_str).collect();
        assert_eq!(overseas, ["971", "972", "973", "974", "975", "976"]);
    }

    #[test]
    fn a_day_is_counted_on_the_wall_of_the_territory() {
        let now = DateTime::from_timestamp(1_798_757_999, 0).unwrap(); // 2026-12-31T22:59:59Z
        assert_eq!(now.to_rfc3339(), "2026-12-31T22:59:59+00:00");
        assert_eq!(territory("77").local_date(now), date(2026, 12, 31));
        assert_eq!(territory("974").local_date(now), date(2027, 1, 1));
        assert_eq!(territory("976").local_date(now), date(2027, 1, 1));
        assert_eq!(territory("973").local_date(now), date(2026, 12, 31));
        let early = DateTime::from_timestamp(1_798_765_200, 0).unwrap(); // 2027-01-01T01:00:00Z
        assert_eq!(territory("77").local_date(early), date(2027, 1, 1));
        for west in ["971", "972", "973", "975"] {
            assert_eq!(territory(west).local_date(early), date(2026, 12, 31), "{west}");
        }
    }

    #[test]
    fn a_day_has_23_or_25_hours_when_paris_changes_its_clocks() {
        let hours = |code: &str, day| {
            (territory(code).end_of_day(day) - territory(code).start_of_day(day)).num_hours()
        };
        assert_eq!(hours("77", date(2026, 3, 29)), 23);
        assert_eq!(hours("77", date(2026, 10, 25)), 25);
        assert_eq!(hours("77", date(2026, 11, 21)), 24);
        assert_eq!(hours("974", date(2026, 3, 29)), 24);
        assert_eq!(hours("975", date(2026, 3, 8)), 23);
    }

    #[test]
    fn the_days_of_every_territory_follow_each_other_without_hole_or_overlap() {
        for one in Territory::all() {
            let mut day = date(2024, 1, 1);
            while day < date(2032, 1, 1) {
                let next = day.succ_opt().unwrap();
                assert_eq!(one.end_of_day(day), one.start_of_day(next));
                assert_eq!(one.local_date(one.start_of_day(day)), day);
                assert_eq!(one.local_date(one.end_of_day(day)), next);
                assert_eq!(one.local_date(one.end_of_day(day) - TimeDelta::seconds(1)), day);
                day = next;
            }
        }
    }

    /// The last Sunday of a month.
    fn last_sunday(year: i32, month: u32) -> NaiveDate {
        let end = date(year, month, 31);
        end - TimeDelta::days(i64::from(end.weekday().num_days_from_sunday()))
    }

    /// The instant that the wall of mainland France shows first at this minute, by the rule of the Union (directive
    /// 2000/84/EC): clocks change at one o'clock, universal time, on the last Sundays of March and October.
    fn by_the_directive(local: NaiveDateTime) -> DateTime<Utc> {
        let change = |month| last_sunday(local.year(), month).and_hms_opt(1, 0, 0).unwrap();
        let (summer, winter) = (change(3), change(10));
        let in_winter = local - TimeDelta::hours(1);
        let in_summer = local - TimeDelta::hours(2);
        if summer <= in_summer && in_summer < winter {
            in_summer.and_utc()
        } else if summer <= in_winter && in_winter < summer + TimeDelta::hours(1) {
            summer.and_utc() // skipped: the first instant after it
        } else {
            in_winter.and_utc()
        }
    }

    #[test]
    fn every_civil_minute_of_twenty_changes_of_hour_is_where_the_directive_puts_it() {
        let here = territory("77");
        for year in 2026..=2035 {
            for day in [last_sunday(year, 3), last_sunday(year, 10)] {
                // The eve and the day after too: delays end at their midnights.
                let start = (day - TimeDelta::days(1)).and_time(NaiveTime::MIN);
                for minute in 0..3 * 24 * 60 {
                    let local = start + TimeDelta::minutes(minute);
                    let instant = here.instant(local);
                    assert_eq!(instant, by_the_directive(local), "{local}");
                    assert!(here.local(instant) >= local, "{local}");
                }
                let length = here.end_of_day(day) - here.start_of_day(day);
                assert_eq!(length.num_hours(), if day.month() == 3 { 23 } else { 25 });
            }
        }
    }

    #[test]
    fn every_civil_minute_of_the_changes_of_saint_pierre_comes_in_order_and_an_hour_of_march_does_not() {
        let here = territory("975");
        for year in 2026..=2035 {
            // The second Sunday of March and the first of November, as in Canada.
            for (month, weeks) in [(3, 1), (11, 0)] {
                let first = date(year, month, 1);
                let to_sunday = (7 - i64::from(first.weekday().num_days_from_sunday())) % 7;
                let day = first + TimeDelta::days(to_sunday + 7 * weeks);
                assert_ne!((here.end_of_day(day) - here.start_of_day(day)).num_hours(), 24, "{day}");
                let (mut before, mut skipped) = (here.start_of_day(day), 0);
                for minute in 0..24 * 60 {
                    let local = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(minute);
                    let instant = here.instant(local);
                    assert!(instant >= before, "{local}");
                    before = instant;
                    if here.local(instant) != local {
                        skipped += 1;
                        assert!(here.local(instant - TimeDelta::seconds(1)) < local, "{local}");
                    }
                }
                assert_eq!(skipped, if month == 3 { 60 } else { 0 }, "{day}");
            }
        }
    }

    #[test]
    fn a_time_skipped_by_the_change_of_hour_is_the_first_instant_after_it() {
        let skipped = date(2026, 3, 29).and_hms_opt(2, 30, 0).unwrap();
        assert_eq!(territory("77").instant(skipped).to_rfc3339(), "2026-03-29T01:00:00+00:00");
    }
}
