//! Communes of France, read in place from the official list: nothing is parsed or copied at start.
//!
//! The list has no line for the arrondissements of Paris, Lyon and Marseille, only for the three
//! communes (75056, 69123, 13055) with all their postcodes; [`find`] brings an arrondissement back
//! to its commune. `data/README.md` gives the source of the list and its licence.

use std::fmt;
use std::str::FromStr;

use crate::territory::Territory;

/// A commune of a territory, as the official list describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commune {
    /// Its INSEE code, never that of an arrondissement.
    pub insee: CodeInsee,
    /// Its name in French.
    pub name: &'static str,
    /// The territory it is part of.
    pub territory: Territory,
    postcodes: &'static str,
    population: &'static str,
}

impl Commune {
    /// Its postcodes, one or several.
    pub fn postcodes(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.postcodes.split_ascii_whitespace()
    }

    /// Its inhabitants, where the list says how many.
    pub fn population(&self) -> Option<u32> {
        self.population.parse().ok()
    }
}

/// The commune that bears this code, or whose arrondissement bears it.
///
/// The communes of a collectivity that is not a [`Territory`] (Saint-Martin, Polynesia…) are not
/// found.
pub fn find(code: CodeInsee) -> Option<Commune> {
    let code = code.of_commune();
    let rest = from(code.as_str());
    rest.lines().next().and_then(read).filter(|commune| commune.insee == code)
}

/// The communes of a territory that a postcode serves, in the order of their codes.
pub fn by_postcode(territory: Territory, postcode: &str) -> Vec<Commune> {
    of_territory(territory).filter(|commune| commune.postcodes().any(|one| one == postcode)).collect()
}

/// The communes of a territory, in the order of their codes.
pub fn of_territory(territory: Territory) -> impl Iterator<Item = Commune> {
    let prefix = territory.as_str();
    from(prefix).lines().take_while(move |line| line.starts_with(prefix)).filter_map(read)
}

/// The official code of a commune: five characters, of which the first two or three say where.
///
/// The shape alone is checked: [`find`] says whether the commune exists.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeInsee([u8; 5]);

/// The text does not have the shape of an INSEE code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an insee code has five figures, or 2A or 2B and three figures")]
pub struct NotACodeInsee;

impl CodeInsee {
    /// The five characters.
    pub fn as_str(&self) -> &str {
        // `from_str`, the only way in, leaves nothing but ASCII.
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The territory its first characters name.
    pub fn territory(self) -> Option<Territory> {
        let code = self.as_str();
        code.get(..3).and_then(|three| three.parse().ok()).or_else(|| code.get(..2)?.parse().ok())
    }

    /// The commune of an arrondissement of Paris, Lyon or Marseille; any other code is unchanged.
    #[must_use]
    pub fn of_commune(self) -> Self {
        let within = |(first, last, _): &&(&[u8; 5], &[u8; 5], &[u8; 5])| (*first..=*last).contains(&&self.0);
        ARRONDISSEMENTS.iter().find(within).map_or(self, |(_, _, commune)| Self(**commune))
    }
}

/// First and last arrondissement, and their commune.
const ARRONDISSEMENTS: [(&[u8; 5], &[u8; 5], &[u8; 5]); 3] =
    [(b"75101", b"75120", b"75056"), (b"69381", b"69389", b"69123"), (b"13201", b"13216", b"13055")];

impl FromStr for CodeInsee {
    type Err = NotACodeInsee;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes: [u8; 5] = text.as_bytes().try_into().map_err(|_| NotACodeInsee)?;
        let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
        let corsican = matches!(bytes, [b'2', b'A' | b'B', ..]) && digits(&bytes[2..]);
        if corsican || digits(&bytes) { Ok(Self(bytes)) } else { Err(NotACodeInsee) }
    }
}

impl fmt::Display for CodeInsee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for CodeInsee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeInsee({self})")
    }
}

/// The list, sorted by code: `code;name;territory;postcodes;population` under a heading.
static LIST: &str = include_str!("../data/communes.csv");

/// What follows the last line whose code is below `prefix`: a search by halves over the bytes.
fn from(prefix: &str) -> &'static str {
    let bytes = LIST.as_bytes();
    // Both are starts of lines: what is below the first is too low, the second is not.
    let (mut low, mut high) = (line_after(0), LIST.len());
    while low < high {
        let middle = line_at(low + (high - low) / 2).max(low);
        if bytes[middle..] < *prefix.as_bytes() {
            low = line_after(middle);
        } else {
            high = middle;
        }
    }
    LIST.get(low..).unwrap_or_default()
}

/// Where the line that holds this byte starts.
fn line_at(offset: usize) -> usize {
    LIST.as_bytes()[..offset].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1)
}

/// Where the line after the one that holds this byte starts.
fn line_after(offset: usize) -> usize {
    LIST.as_bytes()[offset..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(LIST.len(), |end| offset + end + 1)
}

fn read(line: &'static str) -> Option<Commune> {
    let mut cells = line.split(';');
    Some(Commune {
        insee: cells.next()?.parse().ok()?,
        name: cells.next()?,
        territory: cells.next()?.parse().ok()?,
        postcodes: cells.next()?,
        population: cells.next()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> CodeInsee {
        text.parse().unwrap()
    }

    fn territory(text: &str) -> Territory {
        text.parse().unwrap()
    }

    #[test]
    fn the_list_is_sorted_by_code_without_repeat_and_each_line_has_five_cells() {
        let codes: Vec<&str> = LIST.lines().skip(1).map(|line| line.split(';').next().unwrap()).collect();
        assert_eq!(codes.len(), 34_969);
        for pair in codes.windows(2) {
            assert!(pair[0] < pair[1], "{pair:?}");
        }
        for line in LIST.lines() {
            assert_eq!(line.split(';').count(), 5, "{line}");
        }
    }

    #[test]
    fn every_line_of_a_territory_is_found_and_no_other() {
        let mut outside = 0;
        for line in LIST.lines().skip(1) {
            let cells: Vec<&str> = line.split(';').collect();
            let Some(commune) = find(code(cells[0])) else {
                assert!(cells[2].parse::<Territory>().is_err(), "{line}");
                outside += 1;
                continue;
            };
            assert_eq!(commune.insee.as_str(), cells[0]);
            assert_eq!(commune.name, cells[1]);
            assert_eq!(commune.territory.as_str(), cells[2]);
            assert_eq!(commune.insee.territory(), Some(commune.territory), "{line}");
            assert_eq!(commune.postcodes().collect::<Vec<_>>().join(" "), cells[3]);
            assert_eq!(commune.population().map(|n| n.to_string()).unwrap_or_default(), cells[4]);
            assert!(commune.postcodes().count() > 0, "{line}");
        }
        assert_eq!(outside, 92);
    }

    #[test]
    fn the_territories_share_the_list_out() {
        let total: usize = Territory::all().map(|one| of_territory(one).count()).sum();
        assert_eq!(total, 34_969 - 92);
        assert_eq!(of_territory(territory("77")).count(), 507);
        assert_eq!(of_territory(territory("2A")).count(), 124);
        assert_eq!(of_territory(territory("975")).count(), 2);
    }

    #[test]
    fn a_code_that_nobody_bears_finds_nobody() {
        for absent in ["00000", "77999", "20004", "99999", "97801", "98735", "75121", "01003"] {
            assert_eq!(find(code(absent)), None, "{absent}");
        }
    }

    #[test]
    fn an_arrondissement_finds_its_commune() {
        for (arrondissement, name) in
            [("75101", "Paris"), ("75120", "Paris"), ("69389", "Lyon"), ("13216", "Marseille")]
        {
            assert_eq!(find(code(arrondissement)).unwrap().name, name);
        }
        assert_eq!(find(code("75120")).unwrap().insee, code("75056"));
        assert_eq!(find(code("75056")).unwrap().postcodes().count(), 21);
    }

    #[test]
    fn a_postcode_gives_the_communes_it_serves_in_the_territory() {
        let names = |postcode| -> Vec<&str> {
            by_postcode(territory("77"), postcode).into_iter().map(|commune| commune.name).collect()
        };
        assert!(names("77100").contains(&"Meaux"));
        assert!(names("77100").len() > 1);
        assert!(names("75001").is_empty());
        assert!(names("7710").is_empty());
        assert!(names("").is_empty());
    }

    #[test]
    fn a_code_has_five_figures_or_a_corsican_letter_in_second_place() {
        assert_eq!(code("2A004").to_string(), "2A004");
        assert_eq!(code("2B033").territory(), Some(territory("2B")));
        assert_eq!(code("97411").territory(), Some(territory("974")));
        assert_eq!(code("97701").territory(), None);
        for wrong in ["", "7728", "772888", "2C004", "2a004", "A2004", "77 88", "2A0B4", "éé1"] {
            assert_eq!(wrong.parse::<CodeInsee>(), Err(NotACodeInsee), "{wrong:?}");
        }
    }
}
