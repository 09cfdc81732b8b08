//! The HTML form posts pairs of text; here they become the JSON of the API, so that one parser serves both.

use domain::dsp::field;
use serde_json::{Map, Value};

/// A name with more segments than this is nobody's field: it stays whole, and the parser refuses it.
const MAX_SEGMENTS: usize = 4;

/// The JSON that a form means. `personne.prenom` is a member of a member; `dsp.difsoc` repeated is a list; an empty
/// value is an absent field; three fields `…_jour`, `…_mois`, `…_annee` are one date, impossible or not: the parser
/// says so. Nothing is refused here.
pub fn form_to_json(pairs: &[(String, String)]) -> Value {
    let mut root = Map::new();
    for (name, text) in pairs.iter().filter(|(_, text)| !text.trim().is_empty()) {
        if date_part(name).is_none() {
            put(&mut root, name, text);
        }
    }
    let mut seen: Vec<String> = Vec::new();
    for (name, _) in pairs {
        if let Some((whole, _)) = date_part(name).filter(|(whole, _)| !seen.contains(whole)) {
            if let Some(date) = date(&whole, pairs) {
                put(&mut root, &whole, &date);
            }
            seen.push(whole);
        }
    }
    Value::Object(root)
}

/// The name of the form's field that a pointer of the parser points to; the first of its three fields for a date.
pub fn form_name(pointer: &str) -> String {
    let mut segments: Vec<String> =
        pointer.split('/').skip(1).map(|it| it.replace("~1", "/").replace("~0", "~")).collect();
    if segments.len() > 1 && segments.last().is_some_and(|it| it.bytes().all(|b| b.is_ascii_digit())) {
        segments.pop();
    }
    if let Some(last) = segments.last_mut()
        && let Some(date) = last.strip_prefix("date_")
    {
        *last = format!("{date}_jour");
    }
    segments.join(".")
}

const PARTS: [&str; 3] = ["_jour", "_mois", "_annee"];

/// `personne.naissance_mois` is the second part of `personne.date_naissance`.
fn date_part(name: &str) -> Option<(String, usize)> {
    let (stem, part) =
        PARTS.iter().enumerate().find_map(|(part, suffix)| Some((name.strip_suffix(suffix)?, part)))?;
    let whole = match stem.rsplit_once('.') {
        Some((parent, last)) => format!("{parent}.date_{last}"),
        None => format!("date_{stem}"),
    };
    Some((whole, part))
}

fn date(whole: &str, pairs: &[(String, String)]) -> Option<String> {
    let mut parts = [""; 3];
    for (name, text) in pairs {
        if let Some((_, part)) = date_part(name).filter(|(it, _)| it == whole)
            && parts[part].is_empty()
        {
            parts[part] = text.trim();
        }
    }
    let [day, month, year] = parts;
    if parts.iter().all(|it| it.is_empty()) { None } else { Some(format!("{year}-{month:0>2}-{day:0>2}")) }
}

fn put(root: &mut Map<String, Value>, name: &str, text: &str) {
    let segments: Vec<&str> = name.split('.').collect();
    let (last, parents) = match segments.split_last() {
        Some((last, parents)) if segments.len() <= MAX_SEGMENTS => (*last, parents),
        Some(_) | None => (name, &[][..]),
    };
    let mut object = root;
    for parent in parents {
        let inner = object.entry(*parent).or_insert_with(|| Value::Object(Map::new()));
        // A parent that is already a text cannot have members: the text is what the parser will refuse.
        let Value::Object(inner) = inner else { return };
        object = inner;
    }
    let value = value(name, text.trim());
    match object.get_mut(last) {
        Some(Value::Array(several)) => several.push(value),
        // Ticked twice: the parser will say that one value is expected.
        Some(first) => *first = Value::Array(vec![first.take(), value]),
        None => {
            let value = if is_list(name) { Value::Array(vec![value]) } else { value };
            object.insert(last.to_owned(), value);
        }
    }
}

fn is_list(name: &str) -> bool {
    name == "aide_immediate" || name.strip_prefix("dsp.").and_then(field).is_some_and(|it| it.kind.is_list())
}

/// Most fields are texts in JSON too; a few are booleans or numbers.
fn value(name: &str, text: &str) -> Value {
    let boolean = match text {
        "oui" | "true" | "1" | "on" => Some(true),
        "non" | "false" | "0" => Some(false),
        _ => None,
    };
    let number = text.parse::<u32>().ok();
    let typed = match name {
        "foyer.conjoint" | "foyer.majore" | "droit.droits_devoirs" | "droits_devoirs" | "simulation" => {
            boolean.map(Value::Bool)
        }
        "foyer.enfants" => number.map(Value::from),
        _ => None,
    };
    typed.unwrap_or_else(|| Value::String(text.to_owned()))
}

#[cfg(test)]
mod tests;
