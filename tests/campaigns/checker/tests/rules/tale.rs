//! A small true history, told by hand: one person from their application to their référent.

use std::sync::Arc;

use checker::{Ask, Event, History, Law, Message, Person, Request, Setting, Violation, What, Zone};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

pub(crate) const PK: &str = "77#00000000-0000-0000-0000-000000000001";
pub(crate) const ID: &str = "00000000-0000-0000-0000-000000000001";

/// A history being told.
#[derive(Clone)]
pub(crate) struct Tale {
    pub(crate) history: History,
    now: DateTime<Utc>,
}

impl Tale {
    /// Nothing has happened yet: one person, one référent with one place, on Monday 2 March 2026.
    pub(crate) fn new() -> Self {
        let setting = Setting {
            law: Law {
                target: 30,
                legal: 42,
                alerts: vec![21, 30, 35, 40],
                requests: vec![3, 7],
                naming: 7,
                hours: (9, 20),
            },
            territories: ["77", "93"].map(|code| Zone { code: code.into(), offset: None }).into(),
            people: vec![person("77", "demande-0", "Abélard"), person("93", "demande-1", "Blandine")],
            skew: TimeDelta::minutes(5),
            margin: TimeDelta::hours(2),
        };
        let history = History { setting, ..History::default() };
        let mut tale = Self { history, now: "2026-03-02T09:00:00Z".parse().unwrap() };
        tale.tell(What::Referent { row: referent(0) });
        tale
    }

    pub(crate) fn tell(&mut self, what: What) -> &mut Self {
        self.now += TimeDelta::seconds(1);
        self.history.events.push(Event { at: self.now, copy: None, what });
        self
    }

    /// Something happens because somebody asked for it who had seen this copy.
    pub(crate) fn tell_on(&mut self, copy: u64, what: What) -> &mut Self {
        self.tell(what);
        if let Some(event) = self.history.events.last_mut() {
            event.copy = Some(copy);
        }
        self
    }

    pub(crate) fn wait(&mut self, days: i64) -> &mut Self {
        self.now += TimeDelta::days(days);
        self
    }

    pub(crate) fn ask(&mut self, number: u32, ask: Ask, head: bool) -> &mut Self {
        let submits = ask == Ask::Submit;
        let request = Request {
            number,
            ask,
            territory: "77".into(),
            by: (!submits).then(|| "agent-1".to_owned()),
            head,
            dossier: (!submits).then(|| PK.to_owned()),
            key: if submits { "demande-0".into() } else { format!("cle-{number}") },
        };
        self.tell(What::Asked(request))
    }

    pub(crate) fn grant(&mut self, request: u32) -> &mut Self {
        self.tell(What::Answered { request, outcome: "ok", dossiers: vec![PK.to_owned()] })
    }

    pub(crate) fn write(&mut self, row: Value) -> &mut Self {
        self.tell(What::Commit { row, referents: Vec::new() })
    }

    /// The messages leave, are handled, and the outbox is emptied of them.
    pub(crate) fn send(&mut self, row: &Value, names: &[&str]) -> &mut Self {
        for name in names {
            let message = message(row, name);
            self.tell(What::Sent(message.clone())).tell(What::Done(message));
        }
        let mut row = row.clone();
        row["registre"]["sortie"] = json!({});
        self.tell(What::Clear { row })
    }

    pub(crate) fn letter(&mut self, fact: &str, object: &str, text: &str) -> &mut Self {
        let channel = if object.starts_with("Orientation à signer") { "agent" } else { "courriel" };
        let letter = json!({"dossier": ID, "cle": fact, "canal": channel, "objet": object, "texte": text});
        let bytes = Some(letter.to_string().into_bytes());
        self.tell(What::Document { name: format!("envois/77/{ID}/{fact}.json"), bytes })
    }

    /// The decision leaves by telephone, to this number.
    pub(crate) fn rung(&mut self, telephone: &str, text: &str) -> &mut Self {
        let letter = json!({"dossier": ID, "cle": "decision", "canal": "sms", "destinataire": telephone,
            "objet": "Qui vous accompagne", "texte": text});
        let bytes = Some(letter.to_string().into_bytes());
        self.tell(What::Document { name: format!("envois/77/{ID}/decision.json"), bytes })
    }

    pub(crate) fn entry(&mut self, sk: &str, attributes: Value) -> &mut Self {
        self.side("carnets", sk, attributes)
    }

    pub(crate) fn side(&mut self, table: &'static str, sk: &str, attributes: Value) -> &mut Self {
        let attributes = Some(attributes);
        self.tell(What::Side { table, pk: PK.into(), sk: sk.into(), attributes })
    }

    /// The person applies and is triaged.
    pub(crate) fn triaged(&mut self) -> &mut Self {
        let first = submitted();
        self.ask(1, Ask::Submit, false)
            .write(first.clone())
            .send(&first, &["reminders#1", "triage#1"])
            .grant(1);
        self.letter("recu", "Votre demande est bien arrivée", "Bonjour Abélard,");
        self.write(to_orient())
    }

    /// An agent signs and the référent is named.
    pub(crate) fn assigned(&mut self) -> &mut Self {
        let (signed, named) = (signed(), named());
        let ask = Ask::Sign { parcours: "social", organisme: "departement", france_travail: false };
        self.ask(2, ask, false).write(signed.clone()).send(&signed, &["carnet#1", "assignment#1"]).grant(2);
        self.entry(
            "entree#1",
            json!({"nature": "orientation", "parcours": "social", "organisme": "departement"}),
        );
        self.tell(What::Commit { row: named.clone(), referents: vec![referent(1)] });
        self.send(&named, &["carnet#2", "reminders#2"]);
        self.entry("entree#2", json!({"nature": "referent", "referent": "ref-0"}));
        self.letter("decision", "Qui vous accompagne", "Bonjour Abélard, c’est Référent 77 Un.")
    }

    /// What the checker finds, the store being as the history says.
    pub(crate) fn judged(&self) -> Vec<Violation> {
        let mut history = self.history.clone();
        let mut dossiers = std::collections::BTreeMap::new();
        let mut referents = std::collections::BTreeMap::new();
        for event in &history.events {
            if let What::Commit { row, .. } | What::Clear { row } = &event.what {
                dossiers.insert(row["pk"].to_string(), row.clone());
            }
            if let What::Commit { referents: moved, .. } = &event.what {
                referents.extend(moved.iter().map(|it| (it["sk"].to_string(), it.clone())));
            }
            if let What::Referent { row } = &event.what {
                referents.insert(row["sk"].to_string(), row.clone());
            }
        }
        history.end.at = self.now;
        history.end.dossiers = dossiers.into_values().collect();
        history.end.referents = referents.into_values().collect();
        checker::judge(&history)
    }

    /// Whether a rule was found broken, with these words.
    pub(crate) fn breaks(&self, rule: &str, words: &str) {
        let found = self.judged();
        let caught = found.iter().any(|it| it.rule == rule && it.facts.contains(words));
        assert!(caught, "{rule} « {words} » is not among {found:#?}");
    }
}

fn person(territory: &str, key: &str, first_name: &str) -> Person {
    let visits = Vec::new();
    let telephone = format!("+336399800{territory}");
    Person { territory: territory.into(), key: key.into(), visits, first_name: first_name.into(), telephone }
}

pub(crate) fn referent(active: u64) -> Value {
    json!({"pk": "77", "sk": "ref-0", "nom": "Référent 77 Un", "organisme": "departement", "capacite": 1,
        "actifs": active, "parcours": ["social"], "communes": []})
}

fn row(revision: u64, state: &Value, ledger: &Value) -> Value {
    let code = state["code"].as_str().unwrap().to_owned();
    json!({"pk": PK, "revision": revision, "etag": revision, "file_pk": format!("77#{code}"), "commune": "77288",
        "droit": {"statut": "confirme", "date_reception": "2026-03-02", "droits_devoirs": true},
        "etat": state, "registre": ledger})
}

fn waits(kind: &str, data: &Value) -> Value {
    json!({"le": "2026-03-02T09:00:00Z", "par": "etape:essai", "message": {"type": kind, "data": data}})
}

pub(crate) fn submitted() -> Value {
    let ledger = json!({"emis": {"reminders": 1, "triage": 1}, "sortie": {
        "reminders#1": waits("fr.spie.avis.a_envoyer.v1", &json!({"avis": "recu"})),
        "triage#1": waits("fr.spie.dossier.depose.v1", &json!({}))}});
    row(1, &json!({"code": "depose"}), &ledger)
}

pub(crate) fn to_orient() -> Value {
    let proposal = json!({"le": "2026-03-02T09:00:00Z", "trace": "t", "incomplete": false});
    let ledger = json!({"emis": {"reminders": 1, "triage": 1}, "recus": {"triage": 1}, "sortie": {}});
    row(2, &json!({"code": "a_orienter", "proposition": proposal, "attente": {}}), &ledger)
}

fn decision() -> Value {
    json!({"cible": {"parcours": "social", "organisme": "departement"}, "agent": "agent-1",
        "le": "2026-03-02T09:00:00Z"})
}

pub(crate) fn signed() -> Value {
    let ledger = json!({"emis": {"reminders": 1, "triage": 1, "carnet": 1, "assignment": 1},
        "recus": {"triage": 1}, "sortie": {
        "carnet#1": waits("fr.spie.dossier.oriente.v1", &json!({})),
        "assignment#1": waits("fr.spie.dossier.oriente.v1", &json!({}))}});
    row(3, &json!({"code": "oriente", "decision": decision()}), &ledger)
}

pub(crate) fn named() -> Value {
    let ledger = json!({"emis": {"reminders": 2, "triage": 1, "carnet": 2, "assignment": 1},
        "recus": {"triage": 1, "assignment": 1}, "sortie": {
        "carnet#2": waits("fr.spie.referent.affecte.v1", &json!({"referent": "ref-0"})),
        "reminders#2": waits("fr.spie.decision.a_notifier.v1", &json!({}))}});
    let place = json!({"referent": "ref-0", "depuis": "2026-03-02T09:00:00Z"});
    let mut row = row(4, &json!({"code": "affecte", "decision": decision(), "referent": place}), &ledger);
    row["referent_pk"] = "77#ref-0".into();
    row
}

/// The message of an outbox entry, as it travels.
pub(crate) fn message(row: &Value, name: &str) -> Message {
    let (stream, number) = name.split_once('#').unwrap();
    let waiting = &row["registre"]["sortie"][name]["message"];
    let body = json!({"subject": ID, "territoire": "77", "flux": stream, "numero": number.parse::<u64>().unwrap(),
        "type": waiting["type"], "data": waiting["data"]});
    let queue = match stream {
        "carnet" => "carnet",
        "reminders" => "reminders",
        "triage" => "triage",
        _ => "assignment",
    };
    Message { queue, body: Arc::from(body.to_string()) }
}
