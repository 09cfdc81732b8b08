//! Rules of the border for DSP answers.

use serde_json::json;

use super::*;
use crate::border;

fn read(body: &Value) -> Result<Answers, Vec<(String, &'static str, String)>> {
    let read = border::parse(body, read_answers);
    read.map_err(|it| it.errors.into_iter().map(|it| (it.pointer, it.code, it.detail)).collect())
}

fn first(body: &Value) -> (String, &'static str, String) {
    let mut errors = read(body).unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors.remove(0)
}

#[test]
fn every_question_accepts_every_answer_of_its_table_and_gives_it_back() {
    for one in domain::dsp::FIELDS {
        let accepted: Vec<Value> = match one.kind {
            Kind::One(codes) => codes.iter().map(|it| json!(it.value)).collect(),
            Kind::Many(codes) => codes.iter().map(|it| json!([it.value])).collect(),
            Kind::Bool => vec![json!("0"), json!("1")],
            Kind::OVN => vec![json!("O"), json!("V"), json!("N")],
            Kind::ONS => vec![json!("O"), json!("N"), json!("S")],
            Kind::Year => vec![json!("2004")],
            Kind::Rome => vec![json!("K"), json!("K22"), json!("K2204")],
            Kind::Text(max) => vec![json!("é".repeat(max))],
        };
        for value in accepted {
            let answers = read(&json!({ one.code: value })).unwrap();
            assert_eq!(json_of(answers.get(one.code).unwrap()), value, "{}", one.code);
        }
    }
}

#[test]
fn yes_and_no_are_said_as_text_or_as_json() {
    let said = |value: Value| {
        json_of(read(&json!({ "toppermicondub": value })).unwrap().get("toppermicondub").unwrap())
    };
    assert_eq!((said(json!(true)), said(json!(false))), (json!("1"), json!("0")));
    assert_eq!(
        json_of(read(&json!({"annobtnivdipmax": 2004})).unwrap().get("annobtnivdipmax").unwrap()),
        json!("2004")
    );
}

#[test]
fn every_question_says_what_it_expects() {
    for one in domain::dsp::FIELDS {
        let (pointer, code, detail) = first(&json!({ one.code: {"objet": 1} }));
        assert_eq!((pointer, code), (format!("/{}", one.code), "forme_invalide"));
        assert!(
            detail.starts_with(&format!("Pour « {} », la réponse attendue est ", one.label_fr)),
            "{detail}"
        );
    }
}

#[test]
fn a_wrong_code_is_told_where_it_is() {
    let (pointer, code, detail) = first(&json!({"difsoc": ["0402", "0499"]}));
    assert_eq!((pointer.as_str(), code), ("/difsoc/1", "code_inconnu"));
    assert_eq!(
        detail,
        "Le code 0499 n’existe pas pour cette question. Choisissez dans la liste publiée de « Difficultés sociales »."
    );
    assert_eq!(first(&json!({"difsoc": ["0402", "0402"]})).1, "reponse_en_double");
    assert_eq!(first(&json!({"difsoc": []})).1, "forme_invalide");
    assert_eq!(first(&json!({"difsoc": "0402"})).1, "forme_invalide");
    assert_eq!(first(&json!({"natlog": ["0901"]})).1, "forme_invalide");
    assert_eq!(first(&json!({"natlog": "0901 "})).1, "code_inconnu");
    assert_eq!(first(&json!({"NATLOG": "0901"})).1, "champ_inconnu");
}

#[test]
fn words_given_for_a_code_are_never_repeated() {
    for body in
        [json!({"natlog": "Camille"}), json!({"difsoc": ["Camille"]}), json!({"accosocfam": "Camille"})]
    {
        assert!(!first(&body).2.contains("Camille"));
    }
}

#[test]
fn a_list_longer_than_any_question_is_refused_whole() {
    assert_eq!(first(&json!({"difsoc": vec!["0402"; 1000]})).1, "trop_long");
}

#[test]
fn null_is_no_answer() {
    assert!(read(&json!({"natlog": null})).unwrap().is_empty());
}
