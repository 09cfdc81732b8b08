//! What the statistical office has published of each département: what its figures today are compared with.

use std::collections::BTreeMap;

use domain::Territory;
use domain::indicators::Definitions;

use super::DataError;

/// The published values of one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The year at whose end they were taken.
    pub year: u16,
    /// Whose they are, in French.
    pub source: &'static str,
    values: BTreeMap<(Territory, String), u32>,
}

impl Published {
    /// The published value of an indicator, in its unit, as a whole number; `None` when none was published.
    pub fn of(&self, territory: Territory, indicator: &str) -> Option<u32> {
        self.values.get(&(territory, indicator.to_owned())).copied()
    }
}

/// Reads the values. A territory or an indicator that does not exist, a line that is too short or too long, a value that is
/// neither a number nor one of the signs of the source are wrong.
pub(super) fn read(
    file: &'static str,
    text: &str,
    definitions: &Definitions,
) -> Result<Published, DataError> {
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let wrong = |at: &str| DataError::Wrong { file, at: at.to_owned() };
    let head: Vec<&str> = lines.next().unwrap_or_default().split(';').skip(1).collect();
    if let Some(unknown) = head.iter().find(|id| !definitions.list.iter().any(|it| it.id == **id)) {
        return Err(wrong(unknown));
    }
    let mut values = BTreeMap::new();
    for line in lines {
        let (code, cells) = line.split_once(';').ok_or_else(|| wrong(line))?;
        let territory: Territory = code.parse().map_err(|_| wrong(code))?;
        let cells: Vec<&str> = cells.split(';').collect();
        if cells.len() != head.len() {
            return Err(wrong(code));
        }
        for (id, cell) in head.iter().zip(cells) {
            if cell != "ND" && cell != "NC" {
                let value = cell.parse().map_err(|_| wrong(code))?;
                values.insert((territory, (*id).to_owned()), value);
            }
        }
    }
    Ok(Published { year: 2018, source: "DREES, enquête OARSA", values })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = include_str!("../../data/oarsa-2018.csv");

    fn ours(text: &str) -> Result<Published, DataError> {
        let text_of = include_str!("../../data/indicateurs-1.toml");
        let definitions = super::super::indicators::read("indicateurs-1.toml", text_of).unwrap();
        read("t", text, &definitions)
    }

    fn published(territory: &str, id: &str) -> Option<u32> {
        ours(OURS).unwrap().of(territory.parse().unwrap(), id)
    }

    #[test]
    fn the_known_values_are_those_that_were_published() {
        assert_eq!(published("57", "I5"), Some(159));
        assert_eq!(published("51", "I5"), Some(49));
        assert_eq!(published("10", "I3-france-travail"), Some(77));
        assert_eq!(published("77", "I1"), Some(91));
        assert_eq!(published("77", "I5"), None, "it was not published");
        assert_eq!(published("69", "I1"), None, "the territory was published in two parts");
    }

    #[test]
    fn the_shares_of_the_kinds_of_organisms_make_a_whole_within_their_rounding() {
        let ours = ours(OURS).unwrap();
        for territory in Territory::all() {
            let kinds = ["I3-france-travail", "I3-spe-autre", "I3-departement", "I3-autre"];
            let shares: Option<Vec<u32>> = kinds.iter().map(|it| ours.of(territory, it)).collect();
            let whole = shares.map_or(100, |it| it.iter().sum());
            assert!((98..=102).contains(&whole), "{territory}: {whole}");
        }
    }

    #[test]
    fn a_file_that_does_not_say_what_it_should_is_wrong() {
        let wrong_at = |text: &str| match ours(text) {
            Err(DataError::Wrong { at, .. }) => at,
            Err(DataError::Unreadable { .. }) | Ok(_) => "nothing".to_owned(),
        };
        assert_eq!(wrong_at(&OURS.replacen(";I5;", ";I99;", 1)), "I99");
        assert_eq!(wrong_at(&OURS.replacen("\n57;", "\n577;", 1)), "577");
        assert_eq!(wrong_at(&OURS.replacen("\n57;", "\n57;12;", 1)), "57");
        assert_eq!(wrong_at(&OURS.replacen("\n02;93", "\n02;93 %", 1)), "02");
    }
}
