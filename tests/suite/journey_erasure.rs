//! Erasure over the world in memory: nothing of the person remains, nothing comes back, and one place is given back.

use chrono::TimeDelta;
use contracts::Envelope;
use contracts::api::{
    ChangeReferent, DroitBody, EffacementBody, EffacementJson, EtatCode, NewEntry, SignatureBody,
};
use contracts::rows::ERASED;
use domain::DossierId;
use domain::erasure::{Left, Motive, SLOWEST_WRITER};
use engine::ports::{Dossiers, FilePage, PageAsk, QueueName, Queues, Rows, Table, When};
use engine::requests::{self, Asked, Filter, RequestError};
use engine::{DossierKey, schedules, steps};
use serde_json::{Value, json};

use crate::world::{Stage, application, territory};

#[tokio::test]
async fn nothing_of_an_erased_person_remains_but_a_tombstone() {
    let (stage, id) = assigned().await;
    stage.erase(id).await.unwrap();
    assert!(traces(&stage, id).len() > 10, "the request leaves the rest to the relay");
    over(&stage).await;
    only_a_key_tombstone(&stage, id).await;
    let due = FilePage {
        territory: territory(),
        state: ERASED,
        due_by: Some(stage.now()),
        page: PageAsk::default(),
    };
    assert!(stage.world.store.file(due).await.unwrap().items.is_empty(), "no relay looks at it again");
}

#[tokio::test]
async fn every_request_about_an_erased_dossier_is_told_that_it_is_gone() {
    let (stage, id) = assigned().await;
    let receipt = stage.submit("cle-1", "guichet", Some(confirmed(&stage)), answers()).await.recu;
    stage.erase(id).await.unwrap();
    let birth = "1990-05-17".parse().unwrap();
    let followed = requests::follow_up(&*stage.world, &receipt.suivi, birth).await;
    assert!(matches!(followed, Err(RequestError::Gone)));
    for _ in 0..2 {
        all_gone(&stage, id).await;
        over(&stage).await;
    }
    let followed = requests::follow_up(&*stage.world, &receipt.suivi, birth).await;
    assert!(matches!(followed, Ok(None)), "the code leads nowhere any more");
}

#[tokio::test]
async fn an_erased_dossier_is_in_no_list_and_in_no_count() {
    let (stage, id) = assigned().await;
    let other = stage.apply("cle-2", answers()).await;
    stage.drain().await;
    stage.erase(id).await.unwrap();
    let filter = |referent: Option<&str>, etat: Option<&str>| Filter {
        limite: 50,
        referent: referent.map(|it| it.parse().unwrap()),
        etat: etat.map(str::to_owned),
        ..Filter::default()
    };
    let ids = async |filter| {
        let page = requests::dossiers(&*stage.world, &stage.head, filter).await.unwrap();
        page.elements.into_iter().map(|it| it.dossier).collect::<Vec<_>>()
    };
    assert_eq!(ids(filter(None, None)).await, [other.0]);
    assert!(ids(filter(Some("ref-1"), None)).await.is_empty());
    assert!(ids(filter(None, Some(ERASED))).await.is_empty());

    let month = domain::calendar::Month::of(stage.today());
    schedules::sweep::run(&*stage.world, territory(), month, true).await.unwrap();
    let run = requests::sweep_run(&*stage.world, &stage.head, &format!("simulation-{month}")).await.unwrap();
    assert_eq!(run.rapport.unwrap().stock, 1);
}

#[tokio::test]
async fn the_place_of_an_erased_person_is_given_back_once_and_offered_to_who_waits() {
    let (stage, id) = assigned().await;
    let waiting = signed(&stage, "cle-2").await;
    assert_eq!(stage.show(waiting).await.etat, EtatCode::EnAttenteDePlace);

    // The request dies before its message leaves; the relay sends it.
    stage.world.queues.cut(true);
    stage.erase(id).await.unwrap();
    stage.world.queues.cut(false);
    assert_eq!(stage.drain().await, 0);
    assert_eq!(stage.world.store.referents()[0].actifs, 0);
    over(&stage).await;
    assert_eq!(stage.show(waiting).await.etat, EtatCode::Affecte);
    assert_eq!(stage.world.store.referents()[0].actifs, 1);
}

#[tokio::test]
async fn asked_again_with_its_key_an_erasure_answers_the_same_and_with_another_that_it_is_done() {
    let (stage, id) = assigned().await;
    let asked = stage.asked(Some(stage.etag(id).await));
    let first = stage.erase_as(id, &asked).await.unwrap();
    assert_eq!(first, EffacementJson { dossier: id.0, etat: EtatCode::Efface });
    let before = stage.world.store.read(key(id)).await.unwrap();
    assert_eq!(stage.erase_as(id, &asked).await.unwrap(), first);
    assert_eq!(stage.world.store.read(key(id)).await.unwrap(), before, "nothing more is written");

    let other_body = Asked { body: b"{}".to_vec(), ..asked.clone() };
    assert!(matches!(stage.erase_as(id, &other_body).await, Err(RequestError::KeyReused)));
    let other_key = stage.asked(asked.if_match);
    assert!(matches!(stage.erase_as(id, &other_key).await, Err(RequestError::Gone)));
    over(&stage).await;
    assert_eq!(stage.erase_as(id, &asked).await.unwrap(), first, "a year later too");
}

#[tokio::test]
async fn only_a_head_of_territory_who_has_seen_the_dossier_erases_it() {
    let (stage, id) = assigned().await;
    let etag = stage.etag(id).await;
    let body = EffacementBody { motive: Motive::Duplicate };
    let forbidden = requests::erase(&*stage.world, &stage.agent, id, &stage.asked(Some(etag)), body).await;
    assert!(matches!(forbidden, Err(RequestError::Forbidden)));
    let blind = stage.erase_as(id, &stage.asked(None)).await;
    assert!(matches!(blind, Err(RequestError::MissingIfMatch)));
    let old = stage.erase_as(id, &stage.asked(Some(etag - 1))).await;
    assert!(matches!(old, Err(RequestError::Stale { etag: current }) if current == etag));
    let unknown = stage.erase_as(DossierId(uuid::Uuid::nil()), &stage.asked(Some(1))).await;
    assert!(matches!(unknown, Err(RequestError::NotFound)));
    assert_eq!(stage.show(id).await.etat, EtatCode::Affecte);
}

#[tokio::test]
async fn messages_on_their_way_to_an_erased_dossier_are_done_with_and_write_nothing() {
    let stage = Stage::new().await;
    stage.referent("ref-1", 1).await;
    let id = stage.apply("cle-1", answers()).await;
    let mut messages = on_their_way(&stage).await;
    one_round(&stage).await;
    messages.extend(on_their_way(&stage).await);
    one_round(&stage).await;
    stage.sign(id, social()).await.unwrap();
    messages.extend(on_their_way(&stage).await);
    one_round(&stage).await;
    messages.extend(on_their_way(&stage).await);
    assert_eq!(messages.len(), 6, "triage, receipt; assignment, two entries of the carnet, decision");
    stage.erase(id).await.unwrap();
    over(&stage).await;
    let before = (traces(&stage, id), stage.world.store.read(key(id)).await.unwrap());
    // Some come after the last pass, from the dead letters say, and out of order.
    for (queue, envelope) in messages.into_iter().rev() {
        steps::handle(&*stage.world, queue, &serde_json::to_string(&envelope).unwrap()).await.unwrap();
    }
    assert_eq!((traces(&stage, id), stage.world.store.read(key(id)).await.unwrap()), before);
    assert_eq!(stage.world.store.referents()[0].actifs, 0);
}

#[tokio::test]
async fn an_application_sent_again_after_an_erasure_makes_no_new_key() {
    let (stage, id) = assigned().await;
    stage.erase(id).await.unwrap();
    over(&stage).await;
    let key_row = stage.world.store.get(Table::Cles, &key(id).pk(), "dossier").await.unwrap();
    let again = application("guichet", Some(confirmed(&stage)), &answers());
    assert!(matches!(stage.try_submit("cle-1", &again).await, Err(RequestError::Gone)));
    assert_eq!(stage.world.store.get(Table::Cles, &key(id).pk(), "dossier").await.unwrap(), key_row);
    let vault = engine::keys::of_new_dossier(&*stage.world, key(id)).await.unwrap();
    assert!(vault.is_none(), "nobody makes a key where one was destroyed");
}

#[tokio::test]
async fn what_a_slow_writer_leaves_after_the_first_pass_is_removed_by_the_last() {
    let (stage, id) = assigned().await;
    let written = stage.world.store.clone();
    let rows: Vec<_> = [Table::Personnes, Table::Reponses, Table::Carnets, Table::Acces]
        .into_iter()
        .flat_map(|table| written.sides(table).into_iter().map(move |row| (table, row)))
        .collect();
    stage.erase(id).await.unwrap();
    stage.world.clock.set(stage.now() + TimeDelta::minutes(5));
    stage.tick().await;
    // They had read the dossier before it was erased, and write now: whatever is not there any more.
    for (table, row) in rows {
        written.put(table, row, When::Absent).await.unwrap();
    }
    over(&stage).await;
    only_a_key_tombstone(&stage, id).await;
}

#[tokio::test]
async fn the_other_dossier_of_the_same_number_keeps_its_door() {
    let stage = Stage::new().await;
    let ids = [stage.apply_with_nir("cle-1").await, stage.apply_with_nir("cle-2").await];
    stage.drain().await;
    let doors = |id: DossierId| traces(&stage, id).into_iter().filter(|it| it.starts_with("acces")).count();
    assert_eq!(ids.map(doors), [3, 3], "the code, the number, the name with the birth date");
    stage.erase(ids[0]).await.unwrap();
    over(&stage).await;
    assert_eq!(ids.map(doors), [0, 3]);
}

/// A person with a référent who has room for nobody else.
pub(crate) async fn assigned() -> (Stage, DossierId) {
    let stage = Stage::new().await;
    stage.referent("ref-1", 1).await;
    let id = signed(&stage, "cle-1").await;
    assert_eq!(stage.show(id).await.etat, EtatCode::Affecte);
    let words = json!({"rubrique": "projet", "texte": "Reprendre une formation."});
    let entry = NewEntry::parse(&words).unwrap();
    requests::add_entry(&*stage.world, &stage.agent, id, &stage.asked(None), entry).await.unwrap();
    (stage, id)
}

pub(crate) async fn signed(stage: &Stage, key: &str) -> DossierId {
    let id = stage.apply(key, answers()).await;
    stage.drain().await;
    stage.sign(id, social()).await.unwrap();
    stage.drain().await;
    id
}

pub(crate) fn answers() -> Value {
    json!({"natlog": "0904"})
}

pub(crate) fn social() -> Value {
    json!({"parcours": "social", "organisme": "departement"})
}

pub(crate) fn confirmed(stage: &Stage) -> Value {
    json!({"statut": "confirme", "date_ouverture": stage.today(), "date_reception": stage.today()})
}

pub(crate) fn key(id: DossierId) -> DossierKey {
    DossierKey { territory: territory(), dossier: id }
}

/// Every way to read or to write a dossier.
async fn all_gone(stage: &Stage, id: DossierId) {
    let (world, agent, head) = (&*stage.world, &stage.agent, &stage.head);
    let asked = || stage.asked(Some(1));
    let right = DroitBody::parse(&confirmed(stage), stage.today()).unwrap().0;
    let signature = SignatureBody::parse(&social(), stage.today()).unwrap();
    let change = ChangeReferent::parse(&json!({"referent": "ref-1", "motif": "charge"})).unwrap();
    let entry = NewEntry::parse(&json!({"rubrique": "projet", "texte": "Trop tard."})).unwrap();
    let again = application("guichet", Some(confirmed(stage)), &answers());
    let answers = [
        ("read", requests::dossier(world, agent, id).await.err()),
        ("person", requests::person(world, agent, id).await.err()),
        ("proposal", requests::proposal(world, agent, id).await.err()),
        ("carnet", requests::carnet(world, agent, id).await.err()),
        ("right", requests::confirm_right(world, agent, id, &asked(), right).await.err()),
        ("emergency", requests::close_emergency(world, agent, id, &asked()).await.err()),
        ("signature", requests::sign(world, agent, id, &asked(), signature).await.err()),
        ("referent", requests::change_referent(world, head, id, &asked(), change).await.err()),
        ("entry", requests::add_entry(world, agent, id, &asked(), entry).await.err()),
        ("erasure", stage.erase_as(id, &asked()).await.err()),
        ("application", stage.try_submit("cle-1", &again).await.err()),
    ];
    for (request, answer) in answers {
        assert!(matches!(answer, Some(RequestError::Gone)), "{request}: {answer:?}");
    }
}

/// Copies of the messages that wait on every queue.
pub(crate) async fn on_their_way(stage: &Stage) -> Vec<(QueueName, Envelope)> {
    let mut copies = Vec::new();
    for queue in QueueName::ALL {
        for envelope in stage.world.queues.take(queue) {
            stage.world.queues.send(queue, std::slice::from_ref(&envelope)).await.unwrap();
            copies.push((queue, envelope));
        }
    }
    copies
}

/// Delivers what is on its way once, and leaves on its way what that causes.
pub(crate) async fn one_round(stage: &Stage) {
    for (queue, envelope) in QueueName::ALL
        .into_iter()
        .flat_map(|queue| stage.world.queues.take(queue).into_iter().map(move |it| (queue, it)))
        .collect::<Vec<_>>()
    {
        steps::handle(&*stage.world, queue, &serde_json::to_string(&envelope).unwrap()).await.unwrap();
    }
}

/// What is left when the last pass has found nothing: a row that says so, and a key that nobody makes again.
pub(crate) async fn only_a_key_tombstone(stage: &Stage, id: DossierId) {
    assert_eq!(traces(stage, id), [format!("cles 77#{id} dossier")]);
    assert!(engine::keys::of_dossier(&*stage.world, key(id)).await.unwrap().is_none());
    let row = stage.world.store.read(key(id)).await.unwrap().unwrap();
    assert_eq!(row.tombstone().unwrap().remains().left, Left::Nothing);
    assert!(row.registre.sortie.is_empty() && row.referent_pk.is_none());
}

/// Every trace of a dossier outside its own row, as `table pk sk`, and the names of its documents.
fn traces(stage: &Stage, id: DossierId) -> Vec<String> {
    let text = id.to_string();
    let mut found = Vec::new();
    for table in Table::ALL {
        for row in stage.world.store.sides(table) {
            if row.pk.contains(&text) || format!("{:?}", row.attributes).contains(&text) {
                found.push(format!("{} {} {}", table.name(), row.pk, row.sk));
            }
        }
    }
    found.extend(stage.world.documents.names().into_iter().map(|it| it.0).filter(|it| it.contains(&text)));
    found
}

/// Lets a day pass, with a relay every five minutes of its first two hours.
pub(crate) async fn over(stage: &Stage) {
    let end = stage.now() + SLOWEST_WRITER * 2;
    while stage.now() < end {
        stage.world.clock.set(stage.now() + TimeDelta::minutes(5));
        stage.tick().await;
    }
    stage.days(1).await;
}
