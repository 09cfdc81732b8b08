//! What gets into the answers and what does not.

use super::super::{FIELDS, Sensitivity};
use super::*;

fn insert(name: &str, raw: RawAnswer<'_>) -> Result<Answer, AnswerError> {
    let mut answers = Answers::default();
    answers.insert(name, raw)?;
    Ok(answers.get(name).unwrap().clone())
}

/// Every answer that a field with a list or a yes-or-no can have alone.
fn simple_answers() -> impl Iterator<Item = (&'static Field, RawAnswer<'static>)> {
    FIELDS.iter().flat_map(|field| {
        let raws: Vec<RawAnswer<'static>> = match field.kind {
            Kind::One(codes) => codes.iter().map(|code| RawAnswer::One(code.value)).collect(),
            Kind::Many(codes) => codes.iter().map(|code| RawAnswer::Many(vec![code.value])).collect(),
            Kind::Bool => vec![RawAnswer::Flag(true), RawAnswer::Flag(false)],
            Kind::OVN => ["O", "V", "N"].map(RawAnswer::One).to_vec(),
            Kind::ONS => ["O", "N", "S"].map(RawAnswer::One).to_vec(),
            Kind::Year => vec![RawAnswer::One("1998")],
            Kind::Rome => ["A", "K22", "K2204"].map(RawAnswer::One).to_vec(),
            Kind::Text(_) => vec![RawAnswer::One("Quelques mots")],
        };
        raws.into_iter().map(move |raw| (field, raw))
    })
}

#[test]
fn every_answer_of_the_table_gets_in_and_its_values_give_it_back() {
    for (field, raw) in simple_answers() {
        let answer = insert(field.code, raw).unwrap();
        let values = answer.values();
        let again = if field.kind.is_list() {
            RawAnswer::Many(values.iter().map(AsRef::as_ref).collect())
        } else {
            RawAnswer::One(&values[0])
        };
        assert!(insert(field.code, again).unwrap() == answer, "{}", field.code);
        assert_eq!(answer.labels(field).len(), 1, "{}", field.code);
    }
}

#[test]
fn an_unknown_field_or_code_is_refused() {
    assert_eq!(insert("nati", RawAnswer::One("F")), Err(AnswerError::UnknownField));
    for (name, raw, value) in [
        ("natlog", RawAnswer::One("0914"), "0914"),
        ("natlog", RawAnswer::One("1001"), "1001"),
        ("difsoc", RawAnswer::Many(vec!["0402", "0501"]), "0501"),
        ("topmoyloco", RawAnswer::One("2"), "2"),
        ("accosocfam", RawAnswer::One("S"), "(masqué)"),
        ("drorsarmianta2", RawAnswer::One("V"), "(masqué)"),
        ("libderact", RawAnswer::One("Z1234"), "(masqué)"),
        ("libderact", RawAnswer::One("K22041"), "(masqué)"),
        ("hispro", RawAnswer::One("Jeanne"), "(masqué)"),
    ] {
        let field = field(name).unwrap().code;
        assert_eq!(
            insert(name, raw),
            Err(AnswerError::UnknownCode { field, value: value.to_owned() }),
            "{name}"
        );
    }
}

#[test]
fn the_shape_must_be_that_of_the_field() {
    for (name, raw) in [
        ("natlog", RawAnswer::Many(vec!["0901"])),
        ("natlog", RawAnswer::Flag(true)),
        ("difsoc", RawAnswer::One("0402")),
        ("difsoc", RawAnswer::Many(Vec::new())),
        ("topmoyloco", RawAnswer::Many(vec!["1"])),
        ("accosocfam", RawAnswer::Flag(true)),
        ("annobtnivdipmax", RawAnswer::One("98")),
        ("annobtnivdipmax", RawAnswer::One("1899")),
        ("annobtnivdipmax", RawAnswer::One("+998")),
        ("libautrdifsoc", RawAnswer::One("  ")),
        ("libautrdifsoc", RawAnswer::One("a\u{0}b")),
        ("libautrdifsoc", RawAnswer::Flag(true)),
    ] {
        let field = field(name).unwrap().code;
        assert_eq!(insert(name, raw), Err(AnswerError::WrongShape { field }), "{name}");
    }
}

#[test]
fn words_are_counted_as_characters_and_trimmed() {
    let hundred = "é".repeat(100);
    assert!(
        insert("libautrdifsoc", RawAnswer::One(&format!(" {hundred}\n"))).unwrap() == Answer::Text(hundred)
    );
    let too_long = "é".repeat(101);
    assert_eq!(
        insert("libautrdifsoc", RawAnswer::One(&too_long)),
        Err(AnswerError::TooLong { field: "libautrdifsoc", max: 100 })
    );
}

#[test]
fn none_beside_anything_else_is_refused_in_any_order() {
    for field in FIELDS {
        for none in field.codes().iter().filter(|code| code.exclusive) {
            for other in field.codes().iter().filter(|code| !code.exclusive) {
                for list in [vec![none.value, other.value], vec![other.value, none.value]] {
                    assert_eq!(
                        insert(field.code, RawAnswer::Many(list)),
                        Err(AnswerError::ExclusiveWithOthers { field: field.code, code: none.value })
                    );
                }
            }
            assert!(insert(field.code, RawAnswer::Many(vec![none.value])).is_ok());
        }
    }
}

#[test]
fn a_field_is_answered_once_and_a_code_given_once() {
    let mut answers = Answers::default();
    answers.insert("natlog", RawAnswer::One("0901")).unwrap();
    let twice = Err(AnswerError::Duplicate { field: "natlog" });
    assert_eq!(answers.insert("natlog", RawAnswer::One("0902")), twice);
    assert!(answers.get("natlog") == Some(&Answer::Code("0901")));
    assert_eq!(
        insert("difsoc", RawAnswer::Many(vec!["0402", "0402"])),
        Err(AnswerError::Duplicate { field: "difsoc" })
    );
}

#[test]
fn answers_come_out_in_the_same_order_whatever_the_order_they_came_in() {
    let mut one = Answers::default();
    one.insert("natlog", RawAnswer::One("0901")).unwrap();
    one.insert("difsoc", RawAnswer::Many(vec!["0406", "0404"])).unwrap();
    let mut other = Answers::default();
    other.insert("difsoc", RawAnswer::Many(vec!["0404", "0406"])).unwrap();
    other.insert("natlog", RawAnswer::One("0901")).unwrap();
    assert!(one == other);
    assert_eq!(one.iter().map(|(field, _)| field).collect::<Vec<_>>(), ["difsoc", "natlog"]);
    assert_eq!((one.len(), one.is_empty()), (2, false));
}

#[test]
fn debug_and_errors_show_fields_and_never_what_was_said() {
    let mut answers = Answers::default();
    for (field, raw) in
        simple_answers().filter(|(field, _)| field.highest_sensitivity() > Sensitivity::Ordinary)
    {
        assert_eq!(format!("{raw:?}"), "RawAnswer(…)");
        if answers.insert(field.code, raw).is_ok() {
            assert_eq!(format!("{:?}", answers.get(field.code).unwrap()), "Answer(…)");
        }
    }
    let mut one = Answers::default();
    one.insert("difsoc", RawAnswer::Many(vec!["0402"])).unwrap();
    one.insert("libautrdifsoc", RawAnswer::One("secret")).unwrap();
    assert_eq!(format!("{one:?}"), r#"Answers{"difsoc", "libautrdifsoc"}"#);
    for raw in ["Jeanne Martin", "0612345678", "2550814168025"] {
        let error = insert("natlog", RawAnswer::One(raw)).unwrap_err();
        let shown = format!("{error} {error:?} {}", error.sentence());
        assert!(!shown.contains(raw), "{shown}");
        assert_eq!((error.code(), error.field()), ("code_inconnu", Some("natlog")));
    }
}
