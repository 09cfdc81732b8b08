//! Telephone numbers: the zero that a spreadsheet ate, and the several numbers that people put in one cell.

use contracts::api::Phone;
use contracts::border::Fault;

use super::Given;
use super::figures::unspoilt;

/// The valid numbers of a cell, in their order, at least one.
pub(in super::super) fn phones(given: &Given<'_>) -> Result<Vec<Phone>, Fault> {
    let whole = unspoilt(&given.text)?;
    let fault = match one(&whole) {
        Ok(phone) => return Ok(vec![phone]),
        Err(fault) => fault,
    };
    let found: Vec<Phone> = pieces(&given.text).iter().filter_map(|it| one(it).ok()).collect();
    if found.is_empty() { Err(fault) } else { Ok(found) }
}

/// A number, its first zero given back when it lacks.
fn one(text: &str) -> Result<Phone, Fault> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let lacks_zero = digits.len() == 9 && !digits.starts_with('0') && !text.contains('+');
    if lacks_zero { Phone::parse(&format!("0{digits}")) } else { Phone::parse(text) }
}

/// What may be a number each, in a cell that holds several.
fn pieces(text: &str) -> Vec<String> {
    let text = text.replace(" ou ", ";").replace(" et ", ";").replace(" - ", ";");
    let mut pieces = Vec::new();
    for piece in text.split([';', ',', '|', '\n', '\r', '/', '\t']) {
        let digits: String = piece.chars().filter(char::is_ascii_digit).collect();
        if digits.len() == 20 && digits.starts_with('0') && !piece.contains('+') {
            let (first, second) = digits.split_at(10);
            pieces.extend([first.to_owned(), second.to_owned()]);
        } else {
            // Words beside a number say whose it is.
            pieces.push(piece.chars().filter(|it| !it.is_alphabetic() && *it != ':').collect());
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;
    use super::*;

    fn numbers(text: &str) -> Vec<String> {
        let read = read(text, phones).unwrap_or_default();
        read.iter().map(|it| it.as_str().to_owned()).collect()
    }

    #[test]
    fn the_zero_that_a_spreadsheet_ate_is_given_back() {
        for text in [
            "639980001",
            "639980001.0",
            "0639980001",
            "06.39.98.00.01",
            "+33 6 39 98 00 01",
            "06/39/98/00/01",
        ] {
            assert_eq!(numbers(text), ["+33639980001"], "{text}");
        }
    }

    #[test]
    fn a_cell_with_several_numbers_gives_those_that_are_valid() {
        for text in [
            "0639980001 / 0639980002",
            "06 39 98 00 01 ou 06 39 98 00 02",
            "0639980001\n0639980002",
            "0639980001 0639980002",
            "0639980001;639980002",
            "mère : 06 39 98 00 01, père : 06 39 98 00 02",
        ] {
            assert_eq!(numbers(text), ["+33639980001", "+33639980002"], "{text}");
        }
        assert_eq!(numbers("123 / 0639980002"), ["+33639980002"]);
    }

    #[test]
    fn a_cell_without_a_valid_number_is_refused() {
        for text in ["123", "néant", "6,39E+08", "0800000000000"] {
            assert!(read(text, phones).is_err(), "{text}");
        }
    }
}
