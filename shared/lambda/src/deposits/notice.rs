//! What a notice of S3 says, and what the place of a raw file says of it.

use chrono::{DateTime, Utc};
use contracts::api::ImportNature;
use contracts::messages::Unreadable;
use domain::Territory;
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// Where raw files are put.
const FOLDER: &str = "depots/";

/// How long the name of a file or of a tool may be, in characters.
const LONGEST: usize = 200;

/// A raw file was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    /// Its whole name in the bucket.
    pub(super) key: String,
    /// What tells it from what was under this name before.
    pub(super) tag: String,
    /// How long it is, in bytes.
    pub(super) size: u64,
    /// When it was put.
    pub(super) at: DateTime<Utc>,
}

impl Notice {
    /// Whether it is of a folder, as consoles make them: nothing was put yet.
    pub(super) fn is_of_a_folder(&self) -> bool {
        self.size == 0 && self.key.ends_with('/')
    }
}

/// Reads what S3 tells in a message: nothing when it only tries the queue. `None` when the message is not from S3.
pub(super) fn read(body: &str) -> Option<Result<Vec<Notice>, Unreadable>> {
    let message: Value = serde_json::from_str(body).ok()?;
    if message.get("Event").and_then(Value::as_str) == Some("s3:TestEvent") {
        return Some(Ok(Vec::new()));
    }
    let records = message.get("Records")?.as_array()?;
    Some(records.iter().filter(|it| is_creation(it)).map(notice).collect())
}

fn is_creation(record: &Value) -> bool {
    record.get("eventName").and_then(Value::as_str).is_some_and(|it| it.starts_with("ObjectCreated:"))
}

fn notice(record: &Value) -> Result<Notice, Unreadable> {
    let object = record.pointer("/s3/object").unwrap_or(&Value::Null);
    let text = |name| object.get(name).and_then(Value::as_str);
    let at = record.get("eventTime").and_then(|it| it.as_str()?.parse().ok());
    Ok(Notice {
        key: text("key").and_then(unescaped).ok_or(Unreadable::Field("key"))?,
        tag: text("eTag").ok_or(Unreadable::Field("eTag"))?.to_owned(),
        size: object.get("size").and_then(Value::as_u64).ok_or(Unreadable::Field("size"))?,
        at: at.ok_or(Unreadable::Field("eventTime"))?,
    })
}

/// A name as it was given: notices escape it as forms do.
fn unescaped(key: &str) -> Option<String> {
    Some(percent_decode_str(&key.replace('+', " ")).decode_utf8().ok()?.into_owned())
}

/// What the place of a raw file says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The département to which it is given.
    pub(super) territory: Territory,
    /// What it is.
    pub(super) nature: ImportNature,
    /// For a list, the tool it comes from.
    pub(super) source: Option<String>,
    /// Its name.
    pub(super) name: String,
}

impl Place {
    /// Reads a whole name; `None` when no file is put there.
    pub(super) fn of(key: &str) -> Option<Self> {
        let parts: Vec<&str> = key.strip_prefix(FOLDER)?.split('/').collect();
        let (territory, nature, source, name) = match parts[..] {
            [territory, nature, name] => (territory, nature, None, name),
            [territory, nature @ "liste", source, name] => (territory, nature, Some(source), name),
            _ => return None,
        };
        let fit = |it: &str| {
            !it.trim().is_empty() && it.chars().count() <= LONGEST && !it.contains(char::is_control)
        };
        if !fit(name) || !source.is_none_or(fit) {
            return None;
        }
        Some(Self {
            territory: territory.parse().ok()?,
            nature: ImportNature::from_code(nature)?,
            source: source.map(str::to_owned),
            name: name.to_owned(),
        })
    }
}

/// What may be told of a name that is no place: the territory and the nature, where they are ones.
pub(super) fn said(key: &str) -> (&'static str, &'static str) {
    const UNKNOWN: &str = "inconnu";
    let mut parts = key.strip_prefix(FOLDER).unwrap_or_default().split('/');
    let territory = parts.next().and_then(|it| it.parse::<Territory>().ok()).map(Territory::as_str);
    let nature = parts.next().and_then(ImportNature::from_code).map(ImportNature::code);
    (territory.unwrap_or(UNKNOWN), nature.unwrap_or(UNKNOWN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_says_the_territory_the_nature_the_tool_and_the_name() {
        let place = |nature, source: Option<&str>, name: &str| Place {
            territory: "77".parse().unwrap(),
            nature,
            source: source.map(str::to_owned),
            name: name.to_owned(),
        };
        let read = |key| Place::of(key).unwrap();
        assert_eq!(read("depots/77/flux/octobre 1.xml"), place(ImportNature::Flux, None, "octobre 1.xml"));
        assert_eq!(read("depots/77/liste/a.csv"), place(ImportNature::Liste, None, "a.csv"));
        let with_tool = place(ImportNature::Liste, Some("rdv-insertion"), "a.csv");
        assert_eq!(read("depots/77/liste/rdv-insertion/a.csv"), with_tool);
    }

    #[test]
    fn any_other_name_is_no_place() {
        let long = format!("depots/77/flux/{}", "x".repeat(LONGEST + 1));
        for key in [
            "depots/77/flux/",
            "depots/77/flux",
            "depots/00/flux/a",
            "depots/77/autre/a",
            "77/flux/a",
            "depots/77/flux/outil/a",
            "depots/77/liste/a/b/c",
            "depots/77/liste//a",
            "depots//flux/a",
            &long,
        ] {
            assert_eq!(Place::of(key), None, "{key}");
        }
    }

    #[test]
    fn what_is_told_of_a_name_is_never_what_it_was_not_expected_to_hold() {
        assert_eq!(said("depots/77/flux/MARTIN/Jeanne.xml"), ("77", "flux"));
        assert_eq!(said("depots/MARTIN/Jeanne"), ("inconnu", "inconnu"));
        assert_eq!(said("MARTIN Jeanne.xml"), ("inconnu", "inconnu"));
    }

    #[test]
    fn a_name_is_read_as_it_was_given() {
        let object =
            serde_json::json!({"key": "depots/77/flux/f%C3%A9vrier+1%2B2.xml", "eTag": "a", "size": 3});
        let record = serde_json::json!({"eventName": "ObjectCreated:Put", "eventTime": "2026-03-02T09:00:00.000Z",
            "s3": {"object": object}});
        let message = serde_json::json!({"Records": [record]}).to_string();
        let notices = read(&message).unwrap().unwrap();
        assert_eq!(notices[0].key, "depots/77/flux/février 1+2.xml");
    }

    #[test]
    fn a_message_of_ours_is_no_notice() {
        assert!(read(r#"{"specversion": "1.0"}"#).is_none());
        assert!(read("poison").is_none());
    }

    #[test]
    fn a_notice_that_lacks_something_cannot_be_read() {
        let message = r#"{"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": {"key": "a"}}}]}"#;
        assert!(read(message).unwrap().is_err());
        let deleted = r#"{"Records": [{"eventName": "ObjectRemoved:Delete"}]}"#;
        assert_eq!(read(deleted).unwrap().unwrap(), []);
    }
}
