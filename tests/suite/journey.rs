//! The journey over the world in memory: what is promised to people, from one end to the other.

use std::collections::BTreeMap;
use std::fmt::Write;

use contracts::api::{EntreeNature, EtatCode};
use domain::Refusal;
use engine::ports::{Documents, Dossiers, PageAsk, QueueName, Queues, Rows, Table};
use engine::requests::{self, RequestError};
use engine::{DossierKey, StepError, schedules, steps};
use serde_json::json;

use crate::world::{Stage, application, territory};

#[tokio::test]
async fn an_application_becomes_a_signed_orientation_with_a_referent_and_a_carnet() {
    let stage = Stage::new().await;
    stage.referent("ref-1", 10).await;
    let id = stage.apply("cle-1", json!({"natlog": "0904"})).await;
    stage.drain().await;

    let proposal = requests::proposal(&*stage.world, &stage.agent, id).await.unwrap();
    assert_eq!(proposal.regle.as_deref(), Some("R01"));
    assert_eq!(stage.show(id).await.etat, EtatCode::AOrienter);

    stage.sign(id, json!({"parcours": "social", "organisme": "departement"})).await.unwrap();
    stage.drain().await;

    let shown = stage.show(id).await;
    assert_eq!(shown.etat, EtatCode::Affecte);
    assert_eq!(shown.referent.unwrap().id, "ref-1");
    assert!(!shown.provisoire);
    let carnet = requests::carnet(&*stage.world, &stage.agent, id).await.unwrap();
    let natures: Vec<_> = carnet.iter().map(|it| it.nature).collect();
    assert_eq!(natures, [EntreeNature::Orientation, EntreeNature::Referent]);
    assert_eq!(sent(&stage, id).await, ["decision", "recu"]);
}

#[tokio::test]
async fn every_message_delivered_twice_changes_nothing_more() {
    let once = play(1).await;
    let twice = play(3).await;
    assert_eq!(once, twice);
}

/// Plays the journey, delivering each message `times` times, and tells all that there is to see of it.
async fn play(times: usize) -> (String, u32, Vec<String>, usize) {
    let stage = Stage::new().await;
    stage.referent("ref-1", 10).await;
    let id = stage.apply("cle-1", json!({"natlog": "0904"})).await;
    drain_repeating(&stage, times).await;
    stage.sign(id, json!({"parcours": "social", "organisme": "departement"})).await.unwrap();
    drain_repeating(&stage, times).await;
    let shown = serde_json::to_string(&stage.show(id).await).unwrap();
    let roster = stage.world.store.roster(territory()).await.unwrap();
    let carnet = requests::carnet(&*stage.world, &stage.agent, id).await.unwrap().len();
    (shown, roster[0].actifs, sent(&stage, id).await, carnet)
}

async fn drain_repeating(stage: &Stage, times: usize) {
    loop {
        let mut batch = Vec::new();
        for queue in QueueName::ALL {
            batch.extend(stage.world.queues.take(queue).into_iter().map(|it| (queue, it)));
        }
        if batch.is_empty() {
            return;
        }
        for (queue, envelope) in batch {
            let body = serde_json::to_string(&envelope).unwrap();
            for _ in 0..times {
                steps::handle(&*stage.world, queue, &body).await.unwrap();
            }
            // A duplicate makes its outbox leave again: those are duplicates too, and are delivered.
        }
        if times > 1 {
            // What duplicates cause repeats for as long as it is repeated: once more, then plainly.
            stage.drain().await;
        }
    }
}

#[tokio::test]
async fn the_same_application_sent_twice_opens_one_dossier_and_another_body_is_refused() {
    let stage = Stage::new().await;
    let first = stage.submit("cle-1", "web", None, json!({})).await;
    let again = stage.submit("cle-1", "web", None, json!({})).await;
    assert!(first.created && !again.created);
    assert_eq!(first.recu, again.recu);

    let body = application("web", None, &json!({"natlog": "0901"}));
    let served = [territory()];
    let admission = contracts::api::Admission { served: &served, trusted: false, today: stage.today() };
    let demande = contracts::api::Demande::parse(&body, &admission).unwrap();
    let asked = requests::Asked { key: "cle-1".into(), body: body.to_string().into_bytes(), if_match: None };
    let refused = requests::submit(&*stage.world, demande, &asked, "personne").await;
    assert!(matches!(refused, Err(RequestError::KeyReused)));
}

#[tokio::test]
async fn a_declared_right_cannot_be_signed_until_it_is_confirmed() {
    let stage = Stage::new().await;
    let receipt = stage.submit("cle-1", "web", None, json!({"hispro": "1901"})).await;
    let id = domain::DossierId(receipt.recu.dossier);
    stage.drain().await;
    let emploi = json!({"parcours": "emploi", "organisme": "france_travail"});
    let refused = stage.sign(id, emploi.clone()).await;
    assert!(matches!(refused, Err(RequestError::Refused(Refusal::RightNotConfirmed))));
    stage.days(60).await;
    assert_eq!(stage.show(id).await.etat, EtatCode::AOrienter, "no clock runs on a declared right");

    let right =
        json!({"statut": "confirme", "date_ouverture": "2026-02-20", "date_reception": stage.today()});
    let right = contracts::api::DroitBody::parse(&right, stage.today()).unwrap().0;
    let blind =
        requests::confirm_right(&*stage.world, &stage.agent, id, &stage.asked(None), right.clone()).await;
    assert!(matches!(blind, Err(RequestError::MissingIfMatch)));
    let seen = requests::dossier(&*stage.world, &stage.agent, id).await.unwrap().etag;
    requests::confirm_right(&*stage.world, &stage.agent, id, &stage.asked(Some(seen)), right).await.unwrap();
    stage.sign(id, emploi).await.unwrap();
    stage.drain().await;
    let shown = stage.show(id).await;
    assert_eq!(shown.etat, EtatCode::Oriente);
    assert!(shown.attendu_le.is_some() && shown.referent.is_none());
}

#[tokio::test]
async fn an_immediate_need_is_told_at_once_and_the_triage_waits_for_people() {
    let stage = Stage::new().await;
    let mut body = application("web", None, &json!({"natlog": "0904"}));
    body["aide_immediate"] = json!(["hebergement"]);
    let served = [territory()];
    let admission = contracts::api::Admission { served: &served, trusted: false, today: stage.today() };
    let demande = contracts::api::Demande::parse(&body, &admission).unwrap();
    let receipt = requests::submit(&*stage.world, demande, &stage.asked(None), "personne").await.unwrap();
    let id = domain::DossierId(receipt.recu.dossier);
    stage.drain().await;
    assert_eq!(stage.show(id).await.etat, EtatCode::Urgence);
    assert_eq!(sent(&stage, id).await, ["H0-0", "recu"]);
    let seen = requests::dossier(&*stage.world, &stage.agent, id).await.unwrap().etag;
    requests::close_emergency(&*stage.world, &stage.agent, id, &stage.asked(Some(seen))).await.unwrap();
    stage.drain().await;
    assert_eq!(stage.show(id).await.etat, EtatCode::AOrienter);
}

#[tokio::test]
async fn those_left_waiting_get_a_contact_then_france_travail_is_awaited_and_the_contact_stays() {
    let stage = Stage::new().await;
    stage.referent("ref-1", 10).await;
    let id = stage.apply("cle-1", json!({"natlog": "0904"})).await;
    stage.drain().await;
    stage.days(29).await;
    assert!(stage.show(id).await.contact.is_none());
    stage.days(2).await;
    let waiting = stage.show(id).await;
    assert_eq!(waiting.etat, EtatCode::AOrienter);
    assert!(waiting.provisoire);
    assert_eq!(waiting.contact.as_ref().unwrap().id, "ref-1");
    assert_eq!(waiting.defaut.unwrap().parcours.map(contracts::codes::ParcoursCode::code), Some("social"));
    let not_oriented = requests::not_oriented(&*stage.world, &stage.agent, 50, None).await.unwrap();
    assert_eq!(not_oriented.elements.len(), 1);

    stage.days(12).await;
    let late = stage.show(id).await;
    assert_eq!(late.etat, EtatCode::AttenteFranceTravail);
    assert_eq!(late.contact.unwrap().id, "ref-1");
    let told = [
        "H3-0-2026-03-02",
        "H3-1-2026-03-02",
        "H3-2-2026-03-02",
        "H3-3-2026-03-02",
        "contact-ref-1",
        "france-travail",
        "recu",
    ];
    assert_eq!(sent(&stage, id).await, told);

    stage.days(60).await;
    assert_eq!(sent(&stage, id).await, told, "nothing is said twice");
}

#[tokio::test]
async fn no_referent_is_ever_over_capacity_and_a_freed_place_goes_to_who_waits() {
    let stage = Stage::new().await;
    stage.referent("ref-1", 2).await;
    let mut ids = Vec::new();
    for number in 0..3 {
        let id = stage.apply(&format!("cle-{number}"), json!({"natlog": "0904"})).await;
        stage.drain().await;
        stage.sign(id, json!({"parcours": "social", "organisme": "departement"})).await.unwrap();
        stage.drain().await;
        ids.push(id);
    }
    assert_eq!(stage.show(ids[2]).await.etat, EtatCode::EnAttenteDePlace);
    assert_eq!(count_places(&stage).await["ref-1"], (2, 2));

    stage.referent("ref-2", 5).await;
    let body = json!({"referent": "ref-2", "motif": "charge"});
    let change = contracts::api::ChangeReferent::parse(&body).unwrap();
    let etag = requests::dossier(&*stage.world, &stage.agent, ids[0]).await.unwrap().etag;
    let asked = stage.asked(Some(etag));
    requests::change_referent(&*stage.world, &stage.agent, ids[0], &asked, change).await.unwrap();
    stage.drain().await;
    assert_eq!(stage.show(ids[2]).await.etat, EtatCode::Affecte);
    let pk = key(ids[0]).pk();
    let kept =
        stage.world.store.query(Table::Reponses, &pk, "changement#", PageAsk::default()).await.unwrap().items;
    assert_eq!(kept[0].attributes["motif"], "charge");
    assert_eq!(kept[0].attributes["par"], "agent-1");
    let places = count_places(&stage).await;
    assert_eq!(places.values().map(|it| it.0).sum::<u32>(), 3);
    assert!(places.values().all(|(active, capacity)| active <= capacity));
}

#[tokio::test]
async fn a_sender_that_dies_before_sending_is_relayed_and_sends_once() {
    let stage = Stage::new().await;
    stage.referent("ref-1", 10).await;
    // The process dies between the write and the send: nothing leaves.
    stage.world.queues.cut(true);
    let id = stage.apply("cle-1", json!({"natlog": "0904"})).await;
    stage.world.queues.cut(false);
    assert_eq!(stage.drain().await, 0);
    assert_eq!(stage.show(id).await.etat, EtatCode::Depose);
    stage.world.clock.set(stage.now() + chrono::TimeDelta::minutes(6));
    stage.tick().await;
    assert_eq!(stage.show(id).await.etat, EtatCode::AOrienter);
    assert_eq!(sent(&stage, id).await, ["recu"]);
}

#[tokio::test]
async fn a_message_that_comes_before_its_turn_waits() {
    let stage = Stage::new().await;
    let id = stage.apply("cle-1", json!({"natlog": "0904"})).await;
    let envelope = stage.world.queues.take(QueueName::Triage).remove(0);
    let late = contracts::Envelope { numero: 2, ..envelope.clone() };
    let body = serde_json::to_string(&late).unwrap();
    let result = steps::handle(&*stage.world, QueueName::Triage, &body).await;
    assert!(matches!(result, Err(StepError::OutOfOrder { expected: 1, .. })));
    stage.world.queues.send(QueueName::Triage, &[envelope]).await.unwrap();
    stage.drain().await;
    assert_eq!(stage.show(id).await.etat, EtatCode::AOrienter);
}

#[tokio::test]
async fn a_message_whose_elder_never_left_makes_it_leave() {
    let stage = Stage::new().await;
    stage.referent("ref-1", 10).await;
    let id = stage.apply("cle-1", json!({"natlog": "0904"})).await;
    stage.drain().await;
    stage.world.queues.cut(true);
    stage.sign(id, json!({"parcours": "social", "organisme": "departement"})).await.unwrap();
    stage.world.queues.cut(false);
    // The first message to the assignment never left; the second comes, from the check say, before any relay.
    let elder = stage.world.store.read(key(id)).await.unwrap().unwrap();
    let entry = &elder.registre.sortie["assignment#1"];
    let younger = contracts::Envelope::rebuild(territory(), id, (domain::Stream::Assignment, 2), entry);
    let body = serde_json::to_string(&younger).unwrap();
    let early = steps::handle(&*stage.world, QueueName::Assignment, &body).await;
    assert!(matches!(early, Err(StepError::OutOfOrder { expected: 1, .. })));
    stage.drain().await;
    assert_eq!(stage.show(id).await.etat, EtatCode::Affecte);
    steps::handle(&*stage.world, QueueName::Assignment, &body).await.unwrap();
}

#[tokio::test]
async fn a_sweep_run_twice_does_nothing_more_and_a_simulation_writes_nothing() {
    let stage = Stage::new().await;
    stage.referent("ref-1", 10).await;
    let id = stage.apply("cle-1", json!({"natlog": "0904"})).await;
    stage.drain().await;
    // The daily check was down all along: the sweep catches up.
    stage.world.clock.set(stage.now() + chrono::TimeDelta::days(33));
    let before = stage.world.store.read(key(id)).await.unwrap().unwrap();
    let month = domain::calendar::Month::of(stage.today());
    schedules::sweep::run(&*stage.world, territory(), month, true).await.unwrap();
    assert_eq!(
        stage.world.store.read(key(id)).await.unwrap().unwrap(),
        before,
        "a simulation writes nothing"
    );

    schedules::sweep::run(&*stage.world, territory(), month, false).await.unwrap();
    stage.drain().await;
    let after = stage.show(id).await;
    assert_eq!(after.contact.unwrap().id, "ref-1");
    let run = requests::sweep_run(&*stage.world, &stage.head, &month.to_string()).await.unwrap();
    let simulated =
        requests::sweep_run(&*stage.world, &stage.head, &format!("simulation-{month}")).await.unwrap();
    assert_eq!(run.rapport, simulated.rapport);
    assert_eq!(run.rapport.unwrap().a_rattraper, 1);

    schedules::sweep::run(&*stage.world, territory(), month, false).await.unwrap();
    assert_eq!(stage.drain().await, 0, "the second run asks for nothing");
}

#[tokio::test]
async fn a_sweep_is_asked_for_once_per_key_and_in_its_own_month() {
    let stage = Stage::new().await;
    let month = domain::calendar::Month::of(stage.today());
    let ask = |body: serde_json::Value, key: &str| {
        let asked = requests::Asked { key: key.into(), body: body.to_string().into_bytes(), if_match: None };
        (contracts::api::BalayageBody::parse(&body).unwrap(), asked)
    };
    let (body, asked) = ask(json!({"mois": month.to_string()}), "cle-1");
    requests::start_sweep(&*stage.world, &stage.head, &asked, body).await.unwrap();
    let (body, asked) = ask(json!({"mois": month.to_string(), "simulation": true}), "cle-1");
    let reused = requests::start_sweep(&*stage.world, &stage.head, &asked, body).await;
    assert!(matches!(reused, Err(RequestError::KeyReused)));
    let (body, asked) = ask(json!({"mois": month.next().to_string()}), "cle-2");
    let early = requests::start_sweep(&*stage.world, &stage.head, &asked, body).await;
    assert!(matches!(early, Err(RequestError::Invalid(_))));
}

#[tokio::test]
async fn what_is_stored_holds_no_word_of_the_person() {
    let stage = Stage::new().await;
    let id = stage.apply("cle-1", json!({"natlog": "0904"})).await;
    let mut messages = String::new();
    for queue in QueueName::ALL {
        for envelope in stage.world.queues.take(queue) {
            messages += &serde_json::to_string(&envelope).unwrap();
            stage.world.queues.send(queue, &[envelope]).await.unwrap();
        }
    }
    stage.drain().await;
    let mut stored = serde_json::to_string(&stage.world.store.read(key(id)).await.unwrap()).unwrap();
    for table in Table::ALL {
        let rows = stage.world.store.query(table, &key(id).pk(), "", PageAsk::default()).await.unwrap();
        write!(stored, "{:?}", rows.items).unwrap();
    }
    for word in ["Camille", "Exemple", "1990-05-17", "639981234", "rue des Essais", "exemple.test"] {
        assert!(!stored.contains(word), "{word} is stored in clear");
        assert!(!messages.contains(word), "{word} is on a queue");
    }
    assert!(!messages.contains("0904"), "an answer is on a queue");
}

#[tokio::test]
async fn a_reminder_never_makes_a_readers_copy_stale() {
    let stage = Stage::new().await;
    let id = stage.apply("cle-1", json!({"natlog": "0904"})).await;
    stage.drain().await;
    let seen = requests::dossier(&*stage.world, &stage.agent, id).await.unwrap().etag;
    stage.days(25).await;
    assert_eq!(requests::dossier(&*stage.world, &stage.agent, id).await.unwrap().etag, seen);
}

pub(crate) fn key(id: domain::DossierId) -> DossierKey {
    DossierKey { territory: territory(), dossier: id }
}

/// What was sent about a dossier, by the fact that each message tells.
pub(crate) async fn sent(stage: &Stage, id: domain::DossierId) -> Vec<String> {
    let rows = stage
        .world
        .store
        .query(Table::Envois, &key(id).pk(), "envoi#", PageAsk::default())
        .await
        .unwrap()
        .items;
    let mut told = Vec::new();
    for row in rows {
        // What the legal default counts is marked once it has left; of the rest the document is the proof.
        let marked = row.sk.starts_with("envoi#H1/");
        assert_eq!(row.attributes["etat"], if marked { "envoye" } else { "reserve" });
        let name = row.sk.strip_prefix("envoi#").unwrap().replace('/', "-");
        let letter = stage.world.documents.get(&format!("envois/77/{id}/{name}.json")).await.unwrap();
        let letter: contracts::letters::Letter = serde_json::from_slice(&letter.unwrap()).unwrap();
        assert!(letter.texte.contains("01 99 00"), "there is always somebody to call: {name}");
        let fact = if name.starts_with("decision") { "decision".to_owned() } else { name };
        told.push(fact);
    }
    told.sort();
    told
}

/// For each référent, the counter, checked against the dossiers that hold a place, and the capacity.
async fn count_places(stage: &Stage) -> BTreeMap<String, (u32, u32)> {
    let mut places = BTreeMap::new();
    for row in stage.world.store.roster(territory()).await.unwrap() {
        let id = row.sk.parse().unwrap();
        let held =
            stage.world.store.caseload(territory(), &id, PageAsk::default()).await.unwrap().items.len();
        assert_eq!(usize::try_from(row.actifs).unwrap(), held, "the counter is the true count");
        places.insert(row.sk, (row.actifs, row.capacite));
    }
    places
}
