//! Rules of the explanation.

use domain::rules::Condition;
use domain::triage::explain;
use domain::{Organisme, Parcours, dsp::RawAnswer};

use super::*;

fn set() -> RuleSet {
    let rule = |id: &str, sentence: &str, when| Rule {
        id: id.into(),
        sentence: sentence.into(),
        when,
        parcours: Parcours::Social,
        organismes: vec![Organisme::Departement],
    };
    let code = |field: &str, code: &str| Condition::Code { field: field.into(), any_of: vec![code.into()] };
    RuleSet {
        id: "essai".into(),
        version: 3,
        title: String::new(),
        source: String::new(),
        rules: vec![
            rule("R1", "Jamais travaillé.", code("hispro", "1904")),
            rule(
                "R2",
                "Sans hébergement, et adulte.",
                Condition::All(vec![code("natlog", "0912"), Condition::AtLeast(18)]),
            ),
            rule("R3", "En maison.", code("natlog", "0901")),
        ],
    }
}

fn trace(answers: &Answers) -> TraceV1 {
    let day = NaiveDate::from_ymd_opt(2026, 11, 12).unwrap();
    let given = Given { source: SourceCode::Personne, on: day };
    let set = set();
    let explained = explain(&set, answers, Some(41));
    TraceV1::of((&set, &explained), (answers, Some(41)), given, day.and_hms_opt(10, 0, 0).unwrap().and_utc())
}

#[test]
fn a_trace_says_what_became_of_every_rule_on_which_facts() {
    let mut answers = Answers::default();
    answers.insert("natlog", RawAnswer::One("0912")).unwrap();
    let trace = trace(&answers);
    assert_eq!((trace.parcours, trace.regle.as_deref()), (Some(ParcoursCode::Social), Some("R2")));
    let rules: Vec<_> = trace.regles.iter().map(|it| (it.resultat.code(), it.motif.as_str())).collect();
    assert_eq!(
        rules,
        [
            ("inconnue", "Il manque : Passé professionnel. Jamais travaillé."),
            ("vraie", "Sans hébergement, et adulte."),
            ("fausse", "Ne s’applique pas : En maison."),
        ]
    );
    let facts: Vec<_> =
        trace.faits.iter().map(|it| (it.champ.as_str(), it.code.as_str(), it.libelle.as_str())).collect();
    assert_eq!(facts, [("age", "41", "41 ans"), ("natlog", "0912", "Logement : Sans hébergement")]);
    assert_eq!(trace.manquants, ["hispro"]);
    assert_eq!((trace.jeu.id.as_str(), trace.jeu.version), ("essai", 3));
}

#[test]
fn a_trace_of_contradictory_answers_proposes_nothing_and_says_why() {
    let mut answers = Answers::default();
    answers.insert("hispro", RawAnswer::One("1904")).unwrap();
    answers.insert("duractdomi", RawAnswer::One("2104")).unwrap();
    let trace = trace(&answers);
    assert_eq!((trace.parcours, trace.regle.is_none()), (None, true));
    assert_eq!(trace.contradictions[0].champs, ["hispro", "duractdomi"]);
}

#[test]
fn what_is_answered_is_the_trace_and_the_mention() {
    let answered = serde_json::to_value(trace(&Answers::default()).with_mention("Mention.".into())).unwrap();
    assert_eq!(answered["mention"], "Mention.");
    assert_eq!(answered["parcours"], serde_json::Value::Null);
    assert!(answered.get("le").is_none());
}
