//! Dates, as people and spreadsheets write them.

use chrono::{Datelike, NaiveDate};
use contracts::border::Fault;

use super::super::cell::{Cell, Epoch};
use super::super::code;
use super::Given;

/// Days since the epoch that can be a date of somebody alive, or of what happens to them: from 1908 to 2119. Below, a
/// number is rather a year.
const SERIALS: std::ops::RangeInclusive<f64> = 3_000.0..=80_000.0;

/// A date of the calendar.
pub(in super::super) fn date(given: &Given<'_>, epoch: Epoch) -> Result<NaiveDate, Fault> {
    let date = match given.cell {
        Cell::Date(date) => *date,
        Cell::Number(number) => serial(*number, epoch)?,
        Cell::Empty | Cell::Text(_) | Cell::Truth(_) | Cell::Broken => typed(&given.text, epoch)?,
    };
    if (1900..2100).contains(&date.year()) { Ok(date) } else { Err(unlikely()) }
}

/// A date that is not after today.
pub(in super::super) fn past(given: &Given<'_>, epoch: Epoch, today: NaiveDate) -> Result<NaiveDate, Fault> {
    let date = date(given, epoch)?;
    if date > today {
        return Err(Fault::new(code::FUTURE_DATE, "Cette date est dans le futur : vérifiez-la."));
    }
    if years(date, today) > 110 {
        return Err(unlikely());
    }
    Ok(date)
}

/// The birth date of an adult.
pub(in super::super) fn birth(given: &Given<'_>, epoch: Epoch, today: NaiveDate) -> Result<NaiveDate, Fault> {
    let birth = past(given, epoch, today)?;
    if years(birth, today) < 16 {
        let detail = "Cette personne aurait moins de 16 ans : vérifiez la date de naissance.";
        return Err(Fault::new(code::TOO_YOUNG, detail));
    }
    Ok(birth)
}

/// Full years between a date and today.
fn years(date: NaiveDate, today: NaiveDate) -> u32 {
    today.years_since(date).unwrap_or(0)
}

fn serial(number: f64, epoch: Epoch) -> Result<NaiveDate, Fault> {
    let likely = SERIALS.contains(&number).then(|| epoch.date(number)).flatten();
    likely.ok_or_else(|| unlike(number.fract() == 0.0 && (1_900.0..2_100.0).contains(&number)))
}

fn unlikely() -> Fault {
    Fault::new(code::UNLIKELY_DATE, "Cette date est trop lointaine : vérifiez l’année, à quatre chiffres.")
}

fn unlike(year_alone: bool) -> Fault {
    let detail = if year_alone {
        "Cette cellule ne donne que l’année : ajoutez le jour et le mois, comme 27/03/1985."
    } else {
        "Écrivez le jour, le mois et l’année, comme 27/03/1985."
    };
    Fault::new(code::FORMAT, detail)
}

fn typed(text: &str, epoch: Epoch) -> Result<NaiveDate, Fault> {
    let day = without_time(text);
    let parts: Vec<&str> = day.split(['/', '-', '.', ' ']).collect();
    let figures = |it: &&str| !it.is_empty() && it.len() <= 4 && it.bytes().all(|it| it.is_ascii_digit());
    match parts.as_slice() {
        [year, month, day] if parts.iter().all(figures) && year.len() == 4 => calendar(year, month, day),
        [day, month, year] if parts.iter().all(figures) && year.len() == 4 => calendar(year, month, day),
        [_, _, _] if parts.iter().all(figures) => {
            let detail =
                "L’année doit avoir quatre chiffres : avec deux, on ne sait pas de quel siècle elle est.";
            Err(Fault::new(code::FORMAT, detail))
        }
        _ => {
            let number = day.strip_suffix(".0").or_else(|| day.strip_suffix(",0")).unwrap_or(day);
            let whole = number.bytes().all(|it| it.is_ascii_digit()) && number.len() <= 5;
            if whole {
                number.parse().map_or_else(|_| Err(unlike(false)), |it| serial(it, epoch))
            } else {
                Err(unlike(false))
            }
        }
    }
}

/// The day of `1985-03-27T00:00:00` or `27/03/1985 00:00`.
fn without_time(text: &str) -> &str {
    match text.split_once(['T', ' ']) {
        Some((day, time)) if time.contains(':') => day,
        Some(_) | None => text,
    }
}

fn calendar(year: &str, month: &str, day: &str) -> Result<NaiveDate, Fault> {
    let date = || NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    date().ok_or_else(|| {
        let detail =
            "Cette date n’existe pas : vérifiez-la, et écrivez le jour avant le mois, comme 27/03/1985.";
        Fault::new(code::IMPOSSIBLE_DATE, detail)
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;
    use super::*;

    fn reads(text: &str) -> Result<String, &'static str> {
        read(text, |it| date(it, Epoch::Y1900)).map(|it| it.to_string()).map_err(|it| it.code)
    }

    #[test]
    fn a_date_is_read_however_it_is_written() {
        for text in [
            "1998-05-25",
            "25/05/1998",
            "25-05-1998",
            "25.05.1998",
            "25 05 1998",
            "1998/05/25",
            "25/5/1998",
            "1998-05-25T00:00:00.000Z",
            "25/05/1998 00:00:00",
            "35940",
            "35940.0",
        ] {
            assert_eq!(reads(text).as_deref(), Ok("1998-05-25"), "{text}");
        }
        assert_eq!(reads("29546").as_deref(), Ok("1980-11-21"));
    }

    #[test]
    fn a_date_that_could_be_another_is_refused() {
        for text in
            ["25.05.98", "25/05/98", "98-05-25", "1998", "25051998", "19980525", "mai 1998", "25/05", "oui"]
        {
            assert_eq!(reads(text), Err(code::FORMAT), "{text}");
        }
        assert_eq!(reads("25/05/0198"), Err(code::UNLIKELY_DATE));
        for text in ["30/02/1998", "05/25/1998", "1998-13-01", "00/00/0000"] {
            assert_eq!(reads(text), Err(code::IMPOSSIBLE_DATE), "{text}");
        }
        let two_figures = read("25.05.98", |it| date(it, Epoch::Y1900)).unwrap_err();
        assert!(two_figures.detail.contains("quatre chiffres"));
        let year = Cell::Number(1998.0);
        assert!(date(&Given::of(&year).unwrap(), Epoch::Y1900).unwrap_err().detail.contains("que l’année"));
    }

    #[test]
    fn a_birth_date_is_that_of_an_adult_alive() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        let code = |text: &str| read(text, |it| birth(it, Epoch::Y1900, today)).map_err(|it| it.code).err();
        assert_eq!(code("01/03/2010"), None);
        assert_eq!(code("02/03/2010"), Some(code::TOO_YOUNG));
        assert_eq!(code("02/03/2026"), Some(code::FUTURE_DATE));
        assert_eq!(code("01/03/1915"), Some(code::UNLIKELY_DATE));
    }
}
