//! Where a household lives, in the words of letters and in a commune of the official list.

use contracts::border::{code as border, line};
use contracts::imports::Place;
use domain::Territory;
use domain::commune::{self, CodeInsee, Commune};
use domain::letters;

use super::error::{Findings, code};
use super::tree::Cursor;

/// The rank of the address where the household lives now, among the last three.
const CURRENT: &str = "01";

/// The longest street, as the API takes it.
const STREET: usize = 200;

/// The current address of a household. One that cannot be used is left out: the people are still there.
pub(super) fn read(
    block: Cursor<'_>,
    territory: Territory,
    homeless: bool,
    findings: &mut Findings,
) -> Option<Place> {
    let administrative = block.find(&["DonneesAdministratives"])?;
    let current =
        administrative.all("Adresse").find(|it| it.value(&["TroncCommunAdresse", "RGADR"]) == Some(CURRENT));
    let Some(current) = current else {
        let detail = "Aucune adresse n’a le rang 01, celui de l’adresse actuelle.";
        findings.warn(administrative.path_to(&["Adresse"]), border::MISSING, detail);
        return None;
    };
    let Some(detailed) = current.find(&["AdresseDetailleeFrance"]) else {
        findings.warn(
            current.path(),
            code::ABROAD,
            "L’adresse actuelle n’est pas en France : elle est laissée de côté.",
        );
        return None;
    };
    let postcode = postcode(detailed, findings)?;
    let commune = commune_of(detailed, postcode, territory, findings)?;
    let street = if homeless { None } else { street(detailed, findings)? };
    Some(Place { street, postcode: postcode.to_owned(), commune: commune.insee })
}

fn postcode<'a>(detailed: Cursor<'a>, findings: &mut Findings) -> Option<&'a str> {
    let text = detailed.value(&["CODEPOS"]).unwrap_or_default();
    let shaped = text.len() == 5 && text.bytes().all(|it| it.is_ascii_digit());
    if !shaped {
        let detail = "Le code postal n’a pas cinq chiffres : l’adresse est laissée de côté.";
        findings.warn(detailed.path_to(&["CODEPOS"]), border::POSTCODE, detail);
    }
    shaped.then_some(text)
}

/// The words of the street, or `None` when they cannot be written on a letter.
#[expect(clippy::option_option, reason = "no street is an address, a street that cannot be written is none")]
fn street(detailed: Cursor<'_>, findings: &mut Findings) -> Option<Option<String>> {
    let text = |names: &[&str]| {
        let words = names.iter().filter_map(|it| detailed.value(&[it])).flat_map(str::split_whitespace);
        words.collect::<Vec<_>>().join(" ")
    };
    let parts = [
        text(&["COMPLIDEADR"]),
        text(&["COMPLADR"]),
        text(&["NUMVOIE", "LIBTYPEVOIE", "NOMVOIE"]),
        text(&["LIEUDIST"]),
    ];
    let written = parts.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(", ");
    if written.is_empty() {
        return Some(None);
    }
    line(&written, STREET)
        .map_err(|fault| {
            let detail = format!("L’adresse est laissée de côté. {}", fault.detail);
            findings.warn(detailed.path(), fault.code, detail);
        })
        .ok()
        .map(Some)
}

/// The commune: by its number in its département when the postcode agrees, else by its postcode and its name, else by its
/// number when its name agrees (a postcode may be that of a company or of a post office, and changes).
fn commune_of(
    detailed: Cursor<'_>,
    postcode: &str,
    territory: Territory,
    findings: &mut Findings,
) -> Option<Commune> {
    let number = detailed.value(&["NUMCOM"]).unwrap_or_default();
    let name = normalised(detailed.value(&["NOMCOM"]).unwrap_or_default());
    let territories = territories(territory, postcode);
    let numbered: Vec<Commune> = territories.iter().flat_map(|it| by_number(*it, number)).collect();
    let served = |it: &&Commune| it.postcodes().any(|code| code == postcode);
    let named = |it: &&Commune| !name.is_empty() && normalised(it.name) == name;
    let by_name = || {
        let communes = territories.iter().flat_map(|it| commune::by_postcode(*it, postcode));
        communes.collect::<Vec<_>>().iter().find(named).copied()
    };
    let found = numbered.iter().find(served).copied();
    let found = found.or_else(by_name).or_else(|| numbered.iter().find(named).copied());
    if found.is_none() {
        let detail =
            "Aucune commune n’a ce numéro, ce code postal et ce nom : l’adresse est laissée de côté.";
        findings.warn(detailed.path_to(&["NUMCOM"]), border::UNKNOWN_CODE, detail);
    }
    found
}

/// Where a commune may be: in the territory that receives the file, or where its postcode says.
fn territories(territory: Territory, postcode: &str) -> Vec<Territory> {
    let department = if postcode.starts_with("20") {
        vec!["2A", "2B"]
    } else if postcode.starts_with("97") {
        postcode.get(..3).into_iter().collect()
    } else {
        postcode.get(..2).into_iter().collect()
    };
    let others = department.into_iter().filter_map(|it| it.parse().ok()).filter(|it| *it != territory);
    std::iter::once(territory).chain(others).collect()
}

/// The communes that a number of two or three figures may mean in a territory. Overseas, the département has three
/// characters and the commune two figures, before which a flow may leave the département’s last one, or a zero.
fn by_number(territory: Territory, number: &str) -> impl Iterator<Item = Commune> + use<> {
    let prefix = territory.as_str();
    let figures = match (prefix.len(), number.len()) {
        (2, 3) | (3, 2) => Some(number),
        (3, 3) => number.strip_prefix('0').or_else(|| number.strip_prefix(&prefix[2..])),
        (_, _) => None,
    };
    let code = figures.and_then(|it| format!("{prefix}{it}").parse::<CodeInsee>().ok());
    code.and_then(commune::find).filter(|it| it.territory == territory).into_iter()
}

/// A name without what people write in several ways: case, accents, hyphens, apostrophes, `ST` for `SAINT`, a number of
/// arrondissement or of cedex.
fn normalised(name: &str) -> String {
    let plain: String = letters::bare(name.chars()).collect();
    let words = plain.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty());
    words
        .take_while(|it| *it != "cedex")
        .filter(|it| !it.starts_with(|first: char| first.is_ascii_digit()))
        .map(|it| match it {
            "st" => "saint",
            "ste" => "sainte",
            other => other,
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_however_it_is_written() {
        for (one, other) in [
            ("Saint-Maur-des-Fossés", "ST MAUR DES FOSSES"),
            ("L’Haÿ-les-Roses", "L HAY LES ROSES"),
            ("Mœurs-Verdey", "MOEURS VERDEY"),
            ("Paris", "PARIS 12"),
            ("Melun", "MELUN CEDEX 2"),
        ] {
            assert_eq!(normalised(one), normalised(other));
        }
        assert_ne!(normalised("Melun"), normalised("Meaux"));
    }

    #[test]
    fn a_number_means_a_commune_of_its_territory() {
        let found = |territory: &str, number: &str| {
            let found = by_number(territory.parse().unwrap(), number).next();
            found.map(|it| it.insee.to_string())
        };
        assert_eq!(found("77", "288").as_deref(), Some("77288"));
        assert_eq!(found("2A", "004").as_deref(), Some("2A004"));
        for number in ["11", "011", "411"] {
            assert_eq!(found("974", number).as_deref(), Some("97411"));
        }
        assert_eq!(found("75", "112").as_deref(), Some("75056"));
        for number in ["", "28", "999", "2888", "é8", "abc"] {
            assert_eq!(found("77", number), None);
        }
    }
}
