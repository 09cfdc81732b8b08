//! Every published message has a golden that must still be read, and be written the same.

use uuid::Uuid;

use super::*;

/// The goldens, by file name. A published one never changes; a new version is a new file.
const GOLDENS: [(&str, &str); 11] = [
    ("dossier.depose.v1", include_str!("../../goldens/messages/dossier.depose.v1.json")),
    ("defaut.a_preparer.v1", include_str!("../../goldens/messages/defaut.a_preparer.v1.json")),
    ("reponses.recues.v1", include_str!("../../goldens/messages/reponses.recues.v1.json")),
    ("dossier.oriente.v1", include_str!("../../goldens/messages/dossier.oriente.v1.json")),
    ("dossier.oriente.v1.carnet", include_str!("../../goldens/messages/dossier.oriente.v1.carnet.json")),
    ("place.a_chercher.v1", include_str!("../../goldens/messages/place.a_chercher.v1.json")),
    ("place.liberee.v1", include_str!("../../goldens/messages/place.liberee.v1.json")),
    ("referent.affecte.v1", include_str!("../../goldens/messages/referent.affecte.v1.json")),
    ("decision.a_notifier.v1", include_str!("../../goldens/messages/decision.a_notifier.v1.json")),
    ("avis.a_envoyer.v1", include_str!("../../goldens/messages/avis.a_envoyer.v1.json")),
    ("relance.due.v1", include_str!("../../goldens/messages/relance.due.v1.json")),
];

fn messages() -> Vec<Message> {
    let target = Target { parcours: domain::Parcours::Social, organisme: domain::Organisme::Departement };
    let referent: ReferentId = "ref-012".parse().unwrap();
    vec![
        Message::Submitted,
        Message::PrepareDefault,
        Message::Answered,
        Message::Oriented(target),
        Message::RecordOrientation(target),
        Message::FindPlace(PlaceFor::Contact),
        Message::PlaceFreed(referent.clone()),
        Message::RecordReferent(Placement { referent, since: at() }),
        Message::Notify(Notice::Decision),
        Message::Notify(Notice::Contact),
        Message::Reminder(Rung { ladder: Ladder::Orientation, index: 2 }),
    ]
}

fn at() -> DateTime<Utc> {
    "2026-03-02T09:00:00.123456Z".parse().unwrap()
}

fn envelope(message: &Message) -> Envelope {
    let dossier = DossierId(Uuid::from_u128(0x1234));
    let entry = OutboxRow { le: at(), par: "agent:agent-1".into(), message: message.into() };
    Envelope::rebuild("77".parse().unwrap(), dossier, (message.stream(), 3), &entry)
}

#[test]
fn every_message_is_written_as_its_golden_and_read_back() {
    for (message, (name, golden)) in messages().iter().zip(GOLDENS) {
        let envelope = envelope(message);
        let written = serde_json::to_string_pretty(&envelope).unwrap();
        assert_eq!(written.trim(), golden.trim(), "{name}");
        let read = Envelope::parse(golden).unwrap();
        assert_eq!(read, envelope, "{name}");
        let received = read.receive().unwrap();
        assert_eq!(
            (&received.message, received.number, received.stream),
            (message, 3, message.stream()),
            "{name}"
        );
    }
    assert_eq!(messages().len(), GOLDENS.len());
}

#[test]
fn a_sweep_is_written_as_its_golden() {
    let sweep = Envelope::sweep("77".parse().unwrap(), "2026-12", false, at(), "horaire:balayage");
    let golden = include_str!("../../goldens/messages/balayage.a_faire.v1.json");
    assert_eq!(serde_json::to_string_pretty(&sweep).unwrap().trim(), golden.trim());
    assert_eq!(Envelope::parse(golden).unwrap(), sweep);
}

#[test]
fn rubbish_is_refused_and_never_panics() {
    for body in ["", "null", "{}", "[]", "\u{0}", r#"{"specversion":"1.0"}"#, "é"] {
        assert!(matches!(Envelope::parse(body), Err(Unreadable::Json(_))), "{body}");
    }
    let (_, golden) = GOLDENS[0];
    for (from, to) in [
        ("00000000-0000-0000-0000-000000001234", "nobody"),
        (r#""territoire": "77""#, r#""territoire": "999""#),
        (r#""flux": "triage""#, r#""flux": "ailleurs""#),
        (r#""flux": "triage""#, r#""flux": "carnet""#),
    ] {
        let spoiled = golden.replace(from, to);
        assert_ne!(spoiled, golden, "{from}");
        assert!(Envelope::parse(&spoiled).unwrap().receive().is_err(), "{from} → {to}");
    }
}

#[test]
fn the_same_outbox_entry_gives_the_same_bytes() {
    let twice: Vec<String> =
        (0..2).map(|_| serde_json::to_string(&envelope(&Message::Submitted)).unwrap()).collect();
    assert_eq!(twice[0], twice[1]);
}

#[test]
fn the_messages_of_an_import_are_their_goldens() {
    let (territory, import) = ("77".parse().unwrap(), Uuid::from_u128(0x77));
    let read = Envelope::import(territory, import, at(), "agent:agent-1");
    let part = Envelope::import_part(territory, (import, 12), at(), "agent:agent-1");
    let goldens = [
        (read, include_str!("../../goldens/messages/import.a_lire.v1.json")),
        (part, include_str!("../../goldens/messages/import.tranche.v1.json")),
    ];
    for (envelope, golden) in goldens {
        assert_eq!(serde_json::to_string_pretty(&envelope).unwrap().trim(), golden.trim());
        assert_eq!(Envelope::parse(golden).unwrap(), envelope);
        assert!(matches!(envelope.receive(), Err(Unreadable::Misrouted(_))), "it is about no dossier");
    }
}
