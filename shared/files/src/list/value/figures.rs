//! Numbers that name people, as spreadsheets spoil them: floats, exponents, lost keys.

use contracts::border::{self, Fault};
use domain::nir::Nir;

use super::super::code;
use super::Given;

/// The NIR, of thirteen characters or of fifteen with its key.
pub(in super::super) fn nir(given: &Given<'_>) -> Result<Nir, Fault> {
    let typed = unspoilt(&given.text)?;
    let number: String = typed.chars().filter(|it| !matches!(it, '.' | '-' | '_' | '/' | '|')).collect();
    Nir::complete(&number).map_err(|it| Fault::new(code::NIR_INVALID, it.sentence()))
}

/// The number at the CAF or the MSA, its zeros kept.
pub(in super::super) fn caf_number(given: &Given<'_>) -> Result<String, Fault> {
    let digits = unspoilt(&given.text)?;
    if (1..=15).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit()) {
        return Ok(digits);
    }
    let detail =
        "Écrivez seulement les chiffres du numéro d’allocataire : 7 à la CAF, 13 à la MSA, 15 au plus.";
    Err(Fault::new(code::FORMAT, detail))
}

/// The number at France Travail: eleven figures, or seven figures and a character in the older files.
pub(in super::super) fn france_travail_id(given: &Given<'_>) -> Result<String, Fault> {
    let typed = unspoilt(&given.text)?.to_uppercase();
    let (start, last) = typed.split_at_checked(7).unwrap_or_default();
    let figures = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    let older = figures(start) && last.len() == 1 && last.bytes().all(|it| it.is_ascii_alphanumeric());
    if older || (typed.len() == 11 && figures(&typed)) {
        return Ok(typed);
    }
    let detail = "Un identifiant France Travail a 11 chiffres, ou 8 caractères s’il est ancien : s’il commence par des \
                  zéros, mettez la colonne au format Texte et saisissez-le de nouveau.";
    Err(Fault::new(code::FORMAT, detail))
}

/// An identifier of another software, as it is.
pub(in super::super) fn identifier(given: &Given<'_>) -> Result<String, Fault> {
    border::line(given.text.strip_suffix(".0").unwrap_or(&given.text), 60)
}

/// A number of many figures, without its blanks, as it was before a spreadsheet made it a float.
pub(super) fn unspoilt(text: &str) -> Result<String, Fault> {
    let compact: String = text.chars().filter(|it| !it.is_whitespace()).collect();
    let Some((mantissa, power)) = compact.split_once(['e', 'E']).and_then(exponent) else {
        let whole = compact.strip_suffix(".0").or_else(|| compact.strip_suffix(",0"));
        return Ok(whole.unwrap_or(&compact).to_owned());
    };
    let (units, decimals) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    // Two zeros at most may be understood at the end: no such number ends with more, so fewer figures were rounded.
    let zeros = power.checked_sub(decimals.len()).filter(|it| *it <= 2);
    zeros.map(|it| format!("{units}{decimals}{}", "0".repeat(it))).ok_or_else(|| {
        let detail =
            "Le tableur a arrondi ce numéro : mettez la colonne au format Texte et saisissez-le de nouveau.";
        Fault::new(code::FORMAT, detail)
    })
}

/// The parts of `1.803331476872E12`.
fn exponent<'a>((mantissa, power): (&'a str, &str)) -> Option<(&'a str, usize)> {
    let (units, decimals) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let figures = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    let power = power.strip_prefix('+').unwrap_or(power);
    let shaped =
        units.len() == 1 && figures(units) && figures(decimals) && figures(power) && !power.is_empty();
    if shaped { Some((mantissa, power.parse().ok().filter(|it| *it <= 20)?)) } else { None }
}

#[cfg(test)]
mod tests {
    use domain::nir;

    use super::super::super::cell::Cell;
    use super::super::tests::read;
    use super::*;

    /// No month is the thirteenth: nobody has this number.
    const NOBODYS: &str = "1801377288123";

    fn whole() -> String {
        format!("{NOBODYS}{:02}", nir::key_of(NOBODYS).unwrap())
    }

    #[test]
    fn a_nir_is_read_with_or_without_its_key_and_however_a_spreadsheet_spoilt_it() {
        let expected = whole();
        let spaced = format!("1 80 13 77 288 123 {}", &expected[13..]);
        for text in [
            NOBODYS,
            &expected,
            &spaced,
            "1.801377288123E12",
            "1,801377288123E+12",
            "1801377288123.0",
            "1-80-13-77-288-123",
        ] {
            assert_eq!(read(text, nir).unwrap().as_str(), expected, "{text}");
        }
        let number = Cell::Number(1_801_377_288_123.0);
        assert_eq!(nir(&Given::of(&number).unwrap()).unwrap().as_str(), expected);
    }

    #[test]
    fn a_nir_of_corsica_keeps_its_letter() {
        let number = "180132B288123";
        let key = nir::key_of(number).unwrap();
        assert_eq!(read("180132b288123", nir).unwrap().as_str(), format!("{number}{key:02}"));
    }

    #[test]
    fn a_nir_with_a_wrong_key_or_rounded_is_refused_without_a_figure_of_it() {
        let mut wrong = whole();
        wrong.replace_range(12..13, "4");
        for (text, code, word) in [
            (wrong.as_str(), code::NIR_INVALID, "clé"),
            ("1,80138E+12", code::FORMAT, "arrondi"),
            ("18013772881", code::NIR_INVALID, "15 caractères"),
            ("1801377288123X", code::NIR_INVALID, "15 caractères"),
        ] {
            let fault = read(text, nir).unwrap_err();
            assert_eq!(fault.code, code, "{text}");
            assert!(fault.detail.contains(word) && !fault.detail.contains("1801"), "{}", fault.detail);
        }
    }

    #[test]
    fn a_number_of_the_caf_keeps_its_zeros() {
        assert_eq!(read("0123456", caf_number).as_deref(), Ok("0123456"));
        assert_eq!(read(" 1 234 567 ", caf_number).as_deref(), Ok("1234567"));
        assert!(read("12A4567", caf_number).is_err() && read("1234567890123456", caf_number).is_err());
    }

    #[test]
    fn a_number_of_france_travail_has_eleven_figures_or_eight_characters() {
        for text in ["01234567890", "1234567a", "12345678"] {
            assert_eq!(read(text, france_travail_id), Ok(text.to_uppercase()));
        }
        for text in ["123456789", "A234567B", "é234567B", "1234567é"] {
            assert!(read(text, france_travail_id).is_err(), "{text}");
        }
    }

    #[test]
    fn an_identifier_of_another_software_is_kept_as_it_is() {
        assert_eq!(read("AB-12E5", identifier).as_deref(), Ok("AB-12E5"));
        assert_eq!(read("4512.0", identifier).as_deref(), Ok("4512"));
        assert!(read("a\nb", identifier).is_err());
    }
}
