//! Where somebody lives: the commune that a postcode and a name mean together.

use std::cell::RefCell;
use std::collections::BTreeMap;

use contracts::border::Fault;
use contracts::imports::Place;
use domain::Territory;
use domain::commune::{self, CodeInsee, Commune};

use super::super::code;
use super::super::words::plain;

/// What the columns of a row say of an address, each text already trimmed.
#[derive(Clone, Default)]
pub(in super::super) struct Written {
    pub(in super::super) street: Option<String>,
    pub(in super::super) postcode: Option<String>,
    pub(in super::super) city: Option<String>,
    pub(in super::super) insee: Option<CodeInsee>,
}

/// Finds communes, and remembers those of the postcodes and of the territories it has met.
pub(in super::super) struct Communes {
    territory: Territory,
    met: RefCell<BTreeMap<String, Vec<Commune>>>,
    /// The communes of a territory by their names; nothing under one that several bear.
    named: RefCell<BTreeMap<Territory, BTreeMap<String, Option<Commune>>>>,
}

/// Postcodes that are remembered: France has fewer, and a list may hold any five figures.
const MAX_MET: usize = 10_000;

/// A place that was read, with what was supposed to read it.
pub(in super::super) struct Found {
    pub(in super::super) place: Place,
    /// What a person should look at, in French.
    pub(in super::super) doubt: Option<&'static str>,
}

impl Communes {
    pub(in super::super) fn of(territory: Territory) -> Self {
        Self { territory, met: RefCell::default(), named: RefCell::default() }
    }

    /// The place that is meant; `None` when too little is written to know it.
    pub(in super::super) fn place(&self, written: Written) -> Result<Option<Found>, Fault> {
        let written =
            if written.postcode.is_none() && written.insee.is_none() { unfolded(written) } else { written };
        let Written { street, postcode, city, insee } = written;
        let (commune, doubt) = match (insee, &postcode) {
            (Some(insee), _) => (commune::find(insee).ok_or_else(unknown_insee)?, None),
            (None, Some(postcode)) => self.by_postcode(postcode, city.as_deref())?,
            (None, None) => match city.and_then(|it| self.by_name(self.territory, &it)) {
                Some(commune) => (commune, None),
                None => return Ok(None),
            },
        };
        let Some(postcode) = postcode.or_else(|| only_postcode(commune)) else { return Ok(None) };
        Ok(Some(Found { place: Place { street, postcode, commune: commune.insee }, doubt }))
    }

    fn by_postcode(
        &self,
        postcode: &str,
        city: Option<&str>,
    ) -> Result<(Commune, Option<&'static str>), Fault> {
        let candidates = self.candidates(postcode);
        let named = |it: &&Commune| city.is_some_and(|city| same_name(it.name, city));
        if let Some(commune) = candidates.iter().find(named) {
            return Ok((*commune, None));
        }
        match (candidates.as_slice(), city) {
            ([commune], None) => Ok((*commune, None)),
            ([commune], Some(_)) => {
                let doubt = "Aucune commune de ce nom n’a ce code postal : celle du code postal a été retenue, vérifiez-la.";
                Ok((*commune, Some(doubt)))
            }
            // That of a cedex, which no commune bears.
            ([], Some(city)) => territory_of(postcode)
                .and_then(|it| self.by_name(it, city))
                .map(|it| (it, None))
                .ok_or_else(unknown_postcode),
            ([], None) => Err(unknown_postcode()),
            (_, Some(_)) => {
                let detail = "Aucune commune de ce nom n’a ce code postal : vérifiez l’un et l’autre.";
                Err(Fault::new(code::POSTCODE, detail))
            }
            (_, None) => {
                let detail = "Plusieurs communes ont ce code postal : ajoutez le nom de la commune, ou son code INSEE.";
                Err(Fault::new(code::POSTCODE, detail))
            }
        }
    }

    /// The communes that a postcode serves, here and in the territory that its first figures name.
    fn candidates(&self, postcode: &str) -> Vec<Commune> {
        if let Some(met) = self.met.borrow().get(postcode) {
            return met.clone();
        }
        let mut found = commune::by_postcode(self.territory, postcode);
        if let Some(other) = territory_of(postcode).filter(|it| *it != self.territory) {
            found.extend(commune::by_postcode(other, postcode));
        }
        let mut met = self.met.borrow_mut();
        if met.len() >= MAX_MET {
            met.clear();
        }
        met.insert(postcode.to_owned(), found.clone());
        found
    }

    /// The one commune of a territory that has this name.
    fn by_name(&self, territory: Territory, city: &str) -> Option<Commune> {
        let mut met = self.named.borrow_mut();
        let here = met.entry(territory).or_insert_with(|| names_of(territory));
        here.get(&bare_name(city)).copied().flatten()
    }
}

fn names_of(territory: Territory) -> BTreeMap<String, Option<Commune>> {
    let mut names = BTreeMap::new();
    for commune in commune::of_territory(territory) {
        names.entry(bare_name(commune.name)).and_modify(|it| *it = None).or_insert(Some(commune));
    }
    names
}

/// A postcode as it is written, its first zero given back when a spreadsheet ate it.
pub(in super::super) fn postcode(text: &str) -> Result<String, Fault> {
    let text = text.strip_suffix(".0").unwrap_or(text);
    let digits: String = text.chars().filter(|it| !it.is_whitespace()).collect();
    if (4..=5).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit()) {
        Ok(format!("{digits:0>5}"))
    } else {
        Err(Fault::new(code::FORMAT, "Un code postal a cinq chiffres, comme 77000."))
    }
}

/// The postcode and the city of one cell: `77000 MELUN`, or `MELUN 77000`, or one of them.
pub(in super::super) fn postcode_and_city(text: &str) -> (Option<String>, Option<String>) {
    let is_postcode = |it: &&str| it.len() == 5 && it.bytes().all(|it| it.is_ascii_digit());
    let words: Vec<&str> =
        text.split([' ', '\u{a0}', '\n', '\r', ',', '-']).filter(|it| !it.is_empty()).collect();
    let found = words.iter().position(is_postcode);
    let city: Vec<&str> =
        words.iter().enumerate().filter(|(at, _)| Some(*at) != found).map(|(_, it)| *it).collect();
    let postcode = found.and_then(|at| words.get(at)).map(|it| (*it).to_owned());
    (postcode, Some(city.join(" ")).filter(|it| !it.is_empty()))
}

/// The INSEE code of a commune.
pub(in super::super) fn insee(text: &str) -> Result<CodeInsee, Fault> {
    let text = format!("{:0>5}", text.strip_suffix(".0").unwrap_or(text).to_uppercase());
    let known = text.parse::<CodeInsee>().ok().and_then(|it| commune::find(it).map(|_| it));
    known.ok_or_else(unknown_insee)
}

/// An address written in one cell, taken apart at its last five figures: `12 rue des Lilas 77000 Melun`.
fn unfolded(written: Written) -> Written {
    let Some(whole) = written.street.as_deref().filter(|_| written.city.is_none()) else { return written };
    let words: Vec<&str> = whole.split([' ', ',']).filter(|it| !it.is_empty()).collect();
    let last = words.iter().rposition(|it| it.len() == 5 && it.bytes().all(|it| it.is_ascii_digit()));
    let Some(at) = last.filter(|at| at + 1 < words.len()) else { return written };
    let (street, rest) = words.split_at(at);
    Written {
        street: Some(street.join(" ")).filter(|it| !it.is_empty()),
        postcode: rest.first().map(|it| (*it).to_owned()),
        city: rest.get(1..).map(|it| it.join(" ")),
        insee: None,
    }
}

fn unknown_insee() -> Fault {
    let detail = "Aucune commune n’a ce code INSEE : vérifiez-le. Ce n’est pas le code postal.";
    Fault::new(code::UNKNOWN_CODE, detail)
}

fn unknown_postcode() -> Fault {
    Fault::new(
        code::POSTCODE,
        "Aucune commune n’a ce code postal : vérifiez-le, ou ajoutez le nom de la commune.",
    )
}

fn only_postcode(commune: Commune) -> Option<String> {
    let mut postcodes = commune.postcodes();
    postcodes.next().filter(|_| postcodes.next().is_none()).map(str::to_owned)
}

/// The territory that the first figures of a postcode name. Corsica shares one start between its two.
fn territory_of(postcode: &str) -> Option<Territory> {
    let start = match postcode.get(..3)? {
        "200" | "201" => "2A",
        "202" | "206" => "2B",
        overseas if overseas.starts_with("97") => overseas,
        _ => postcode.get(..2)?,
    };
    start.parse().ok()
}

fn same_name(official: &str, written: &str) -> bool {
    bare_name(official) == bare_name(written)
}

/// A commune's name without what people leave out or shorten: articles, `St`, `s/`, the number of an arrondissement,
/// `Cedex`.
fn bare_name(name: &str) -> String {
    let plain = plain(name);
    let kept = plain.split(' ').map(|it| match it {
        "st" => "saint",
        "ste" => "sainte",
        "s" => "sur",
        "ss" => "sous",
        it => it,
    });
    let left_out = |it: &&str| {
        matches!(*it, "le" | "la" | "les" | "l" | "cedex" | "arrondissement")
            || it.bytes().next().is_some_and(|it| it.is_ascii_digit())
    };
    kept.filter(|it| !left_out(it)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Found = Result<Option<(String, String, bool)>, &'static str>;

    fn found(street: &str, postcode: &str, city: &str) -> Found {
        let some = |it: &str| Some(it.to_owned()).filter(|it| !it.is_empty());
        let written =
            Written { street: some(street), postcode: some(postcode), city: some(city), insee: None };
        let found = Communes::of("77".parse().unwrap()).place(written).map_err(|it| it.code)?;
        Ok(found.map(|it| (it.place.postcode, it.place.commune.to_string(), it.doubt.is_some())))
    }

    #[expect(clippy::unnecessary_wraps, reason = "what it is compared with")]
    fn sure(postcode: &str, insee: &str) -> Found {
        Ok(Some((postcode.to_owned(), insee.to_owned(), false)))
    }

    #[test]
    fn a_postcode_and_a_name_find_the_commune_however_it_is_written() {
        assert_eq!(found("", "77000", "MELUN"), sure("77000", "77288"));
        assert_eq!(found("", "77350", "MEE SUR SEINE (LE)"), sure("77350", "77285"));
        assert_eq!(found("", "77350", "Le Mée s/Seine"), sure("77350", "77285"));
        assert_eq!(found("", "77310", "ST FARGEAU PONTHIERRY"), sure("77310", "77407"));
        assert_eq!(found("", "75012", "PARIS 12"), sure("75012", "75056"));
        assert_eq!(found("", "20000", "Ajaccio"), sure("20000", "2A004"));
    }

    #[test]
    fn the_postcode_of_a_cedex_is_that_of_its_commune() {
        assert_eq!(found("", "77008", "MELUN CEDEX"), sure("77008", "77288"));
        assert_eq!(found("", "99999", "MELUN"), Err(code::POSTCODE));
    }

    #[test]
    fn a_postcode_of_several_communes_needs_a_name_and_that_of_one_forgives_it() {
        assert_eq!(found("", "77100", ""), Err(code::POSTCODE));
        assert_eq!(found("", "77100", "Nulle-Part"), Err(code::POSTCODE));
        assert_eq!(found("", "77500", "Chelle"), Ok(Some(("77500".to_owned(), "77108".to_owned(), true))));
    }

    #[test]
    fn a_name_alone_is_enough_for_a_commune_with_one_postcode() {
        assert_eq!(found("", "", "Chelles"), sure("77500", "77108"));
        assert_eq!(found("", "", "Nulle-Part"), Ok(None));
        assert_eq!(found("12 rue des Lilas", "", ""), Ok(None));
    }

    #[test]
    fn an_address_in_one_cell_is_taken_apart() {
        assert_eq!(found("12 rue des Lilas, 77000 Melun", "", ""), sure("77000", "77288"));
        assert_eq!(postcode_and_city("77000 MELUN"), (Some("77000".into()), Some("MELUN".into())));
        assert_eq!(postcode_and_city("LE MEE 77350"), (Some("77350".into()), Some("LE MEE".into())));
        assert_eq!(postcode_and_city("MELUN"), (None, Some("MELUN".into())));
    }

    #[test]
    fn a_postcode_gets_its_zero_back() {
        assert_eq!(postcode("1000").as_deref(), Ok("01000"));
        assert_eq!(postcode("77 000").as_deref(), Ok("77000"));
        assert!(postcode("777").is_err() && postcode("2A004").is_err());
        assert_eq!(insee("1004").map(|it| it.to_string()).as_deref(), Ok("01004"));
        assert!(insee("77999").is_err() && insee("é").is_err());
    }
}
