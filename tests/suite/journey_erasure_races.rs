//! Erasure interrupted at every point, and racing everybody at every point: the end is always the same.
//!
//! Each test runs its scene once for every call that a process makes to the outside world. At that call the process
//! dies, or is held back while the dossier is erased and a first pass is made.

use std::cell::Cell;

use chrono::TimeDelta;
use contracts::api::{ChangeReferent, EffacementBody, EtatCode, NewEntry, SignatureBody};
use domain::DossierId;
use domain::erasure::{Motive, SLOWEST_WRITER};
use engine::ports::{Dossiers, QueueName};
use engine::requests::{self, Asked, RequestError};
use engine::{schedules, steps};
use serde_json::{Value, json};

use crate::interrupted::{Mishap, Process, process};
use crate::journey_erasure::{
    answers, assigned, confirmed, key, on_their_way, one_round, only_a_key_tombstone, over, signed, social,
};
use crate::world::{NIR, Stage, application, territory};

#[tokio::test]
async fn an_erasure_whose_process_dies_anywhere_is_done_once_or_not_at_all() {
    for mishap in [Mishap::DiesBefore, Mishap::DiesAfter] {
        for at in 0.. {
            let (stage, id) = assigned().await;
            let waiting = signed(&stage, "cle-2").await;
            let asked = stage.asked(Some(stage.etag(id).await));
            let (process, thread) = process(&stage, mishap, at);
            let answer = requests::erase(&process, &stage.head, id, &asked, BODY).await;
            if !thread.met() {
                assert!(at > 4, "it reads, writes, sends, clears and destroys");
                break;
            }
            if !is_erased(&stage, id).await {
                assert!(answer.is_err());
                assert_eq!(stage.show(id).await.etat, EtatCode::Affecte, "nothing has happened");
                // The requester, who had no answer, asks again.
                stage.erase_as(id, &asked).await.unwrap();
            }
            nothing_is_left(&stage, id).await;
            assert_eq!(stage.erase_as(id, &asked).await.unwrap().etat, EtatCode::Efface);
            assert_eq!(stage.show(waiting).await.etat, EtatCode::Affecte, "{mishap:?} at {at}");
            assert_eq!(stage.world.store.referents()[0].actifs, 1, "{mishap:?} at {at}");
        }
    }
}

#[tokio::test]
async fn a_pass_that_dies_anywhere_is_made_again() {
    // The first pass, then one that comes when nobody writes any more.
    for late in [TimeDelta::minutes(5), SLOWEST_WRITER + TimeDelta::minutes(5)] {
        for mishap in [Mishap::DiesBefore, Mishap::DiesAfter] {
            for at in 0.. {
                let (stage, id) = assigned().await;
                stage.erase(id).await.unwrap();
                stage.world.clock.set(stage.now() + late);
                let (process, thread) = process(&stage, mishap, at);
                let _ = schedules::relay::run_all(&process).await;
                if !thread.met() {
                    assert!(at > 20, "it looks everywhere");
                    break;
                }
                nothing_is_left(&stage, id).await;
            }
        }
    }
}

#[tokio::test]
async fn two_passes_at_once_leave_nothing_either() {
    let setup = async || {
        let (stage, id) = assigned().await;
        stage.erase(id).await.unwrap();
        stage.world.clock.set(stage.now() + SLOWEST_WRITER + TimeDelta::minutes(5));
        (stage, id)
    };
    let slow = async |process: &Process, _: &Stage, _: DossierId| {
        schedules::relay::run_all(process).await.unwrap();
    };
    let meanwhile = async |stage: &Stage, _: DossierId| over(stage).await;
    let calls = raced(setup, slow, meanwhile, || ()).await;
    assert!(calls > 20);
}

#[tokio::test]
async fn whoever_has_the_name_and_birth_date_of_somebody_erased_is_found_again_whenever_they_come() {
    let setup = async || {
        let stage = Stage::new().await;
        let id = stage.apply("cle-1", json!({})).await;
        stage.drain().await;
        stage.erase(id).await.unwrap();
        stage.world.clock.set(stage.now() + SLOWEST_WRITER + TimeDelta::minutes(5));
        (stage, id)
    };
    let comes = async |stage: &Stage, key: &str| {
        stage.try_submit(key, &application("guichet", None, &json!({}))).await.unwrap().recu.dossier
    };
    let slow = async |process: &Process, stage: &Stage, _: DossierId| {
        schedules::relay::run_all(process).await.unwrap();
        let first = comes(stage, "cle-2").await;
        assert_eq!(comes(stage, "cle-3").await, first, "the doors of the one who came lead to them");
    };
    let meanwhile = async |stage: &Stage, _: DossierId| {
        comes(stage, "cle-2").await;
    };
    assert!(raced(setup, slow, meanwhile, || ()).await > 20);
}

#[tokio::test]
async fn two_erasures_at_once_have_one_that_is_granted_and_one_place_given_back() {
    let granted = Cell::new(0);
    let ask = async |world: &Process, stage: &Stage, id: DossierId, key: &str| {
        let asked = Asked { key: key.into(), body: Vec::new(), if_match: Some(stage.seen.get()) };
        match requests::erase(world, &stage.head, id, &asked, BODY).await {
            Ok(_) => granted.set(granted.get() + 1),
            Err(refused) => assert!(matches!(refused, RequestError::Gone), "{refused:?}"),
        }
    };
    let setup = async || {
        granted.set(0);
        seen(assigned().await).await
    };
    let slow = async |process: &Process, stage: &Stage, id| ask(process, stage, id, "l’une").await;
    let meanwhile = async |stage: &Stage, id: DossierId| {
        let (free, _) = process(stage, Mishap::IsHeld, usize::MAX);
        ask(&free, stage, id, "l’autre").await;
    };
    assert!(raced(setup, slow, meanwhile, || assert_eq!(granted.get(), 1)).await > 4);
}

#[tokio::test]
async fn an_erasure_sent_twice_at_once_is_answered_twice_the_same() {
    let asked =
        |stage: &Stage| Asked { key: "la-même".into(), body: Vec::new(), if_match: Some(stage.seen.get()) };
    let slow = async |process: &Process, stage: &Stage, id: DossierId| {
        let answer = requests::erase(process, &stage.head, id, &asked(stage), BODY).await;
        assert_eq!(answer.unwrap().etat, EtatCode::Efface);
    };
    let setup = async || seen(assigned().await).await;
    let meanwhile = async |stage: &Stage, id: DossierId| {
        assert_eq!(stage.erase_as(id, &asked(stage)).await.unwrap().etat, EtatCode::Efface);
    };
    assert!(raced(setup, slow, meanwhile, || ()).await > 4);
}

#[tokio::test]
async fn no_message_that_was_being_handled_leaves_anything() {
    let mut tried = Vec::new();
    for (signed, rounds) in [(false, 0), (false, 1), (true, 0), (true, 1)] {
        for (index, queue) in pending(signed, rounds).await.into_iter().enumerate() {
            tried.push(queue);
            let setup = async || waiting(signed, rounds).await;
            let slow = async |process: &Process, stage: &Stage, _: DossierId| {
                let message = &on_their_way(stage).await[index].1;
                steps::handle(process, queue, &serde_json::to_string(message).unwrap()).await.unwrap();
            };
            assert!(raced(setup, slow, erase_and_pass, || ()).await > 1, "{queue:?}");
        }
    }
    let [triage, assignment, carnet, reminders, ..] = QueueName::ALL;
    assert_eq!(tried, [triage, reminders, assignment, carnet, carnet, reminders]);
}

/// The queues of the messages that wait once a person has applied, or once their orientation is signed, after so
/// many rounds of deliveries.
async fn pending(signed: bool, rounds: usize) -> Vec<QueueName> {
    let (stage, _) = waiting(signed, rounds).await;
    on_their_way(&stage).await.into_iter().map(|it| it.0).collect()
}

async fn waiting(signed: bool, rounds: usize) -> (Stage, DossierId) {
    let stage = Stage::new().await;
    stage.referent("ref-1", 1).await;
    let id = stage.apply("cle-1", answers()).await;
    if signed {
        stage.drain().await;
        stage.sign(id, social()).await.unwrap();
    }
    for _ in 0..rounds {
        one_round(&stage).await;
    }
    (stage, id)
}

#[tokio::test]
async fn no_request_of_an_agent_that_was_being_answered_leaves_anything() {
    let entry = async |process: &Process, stage: &Stage, id: DossierId| {
        let entry = NewEntry::parse(&json!({"rubrique": "projet", "texte": "Au même moment."})).unwrap();
        requests::add_entry(process, &stage.agent, id, &stage.asked(None), entry).await.err()
    };
    let change = async |process: &Process, stage: &Stage, id: DossierId| {
        let body = json!({"referent": "ref-2", "motif": "autre", "commentaire": "Au même moment."});
        let change = ChangeReferent::parse(&body).unwrap();
        let asked = stage.asked(Some(stage.seen.get()));
        requests::change_referent(process, &stage.agent, id, &asked, change).await.err()
    };
    let signature = async |process: &Process, stage: &Stage, id: DossierId| {
        let body =
            json!({"parcours": "social", "organisme": "departement", "commentaire": "Au même moment."});
        let body = SignatureBody::parse(&body, stage.today()).unwrap();
        let asked = stage.asked(Some(stage.seen.get()));
        requests::sign(process, &stage.agent, id, &asked, body).await.err()
    };
    let placed = async || {
        let (stage, id) = assigned().await;
        stage.referent("ref-2", 1).await;
        seen((stage, id)).await
    };
    let proposed = async || {
        let (stage, id) = waiting(false, 0).await;
        stage.drain().await;
        seen((stage, id)).await
    };
    assert!(raced(placed, granted_or_gone(entry), erase_and_pass, || ()).await > 4);
    assert!(raced(placed, granted_or_gone(change), erase_and_pass, || ()).await > 4);
    assert!(raced(proposed, granted_or_gone(signature), erase_and_pass, || ()).await > 4);
}

#[tokio::test]
async fn no_application_that_was_being_received_under_the_same_key_leaves_anything() {
    let number = |body: &mut Value| body["personne"]["nir"] = json!(NIR);
    for other_body in [false, true] {
        let setup = async || {
            let stage = Stage::new().await;
            // The territory's key gives dossiers their names: it is drawn before anybody races.
            engine::keys::of_territory(&*stage.world, territory()).await.unwrap();
            (stage, the_dossier_of("cle-1").await)
        };
        let slow = async |process: &Process, stage: &Stage, _: DossierId| {
            let mut body = application("guichet", Some(confirmed(stage)), &answers());
            if other_body {
                number(&mut body);
            }
            let answer = stage.submit_by(process, "cle-1", &body).await;
            assert!(
                matches!(answer, Ok(_) | Err(RequestError::Gone | RequestError::KeyReused)),
                "{answer:?}"
            );
        };
        let meanwhile = async |stage: &Stage, id: DossierId| {
            let body = application("guichet", Some(confirmed(stage)), &answers());
            if stage.try_submit("cle-1", &body).await.is_ok() {
                stage.drain().await;
                erase_and_pass(stage, id).await;
            }
        };
        assert!(raced(setup, slow, meanwhile, || ()).await > 7);
    }
}

/// The name that a dossier gets under this key: the same in every world.
async fn the_dossier_of(key: &str) -> DossierId {
    Stage::new().await.apply(key, answers()).await
}

#[tokio::test]
async fn a_check_that_was_running_does_nothing_more_for_who_is_erased() {
    let setup = async || {
        let (stage, id) = waiting(false, 0).await;
        stage.drain().await;
        stage.world.clock.set(stage.now() + TimeDelta::days(31));
        (stage, id)
    };
    let slow = async |process: &Process, _: &Stage, _: DossierId| {
        let tally = schedules::check::run_all(process).await.unwrap();
        assert_eq!(tally.failed, 0);
    };
    assert!(raced(setup, slow, erase_and_pass, || ()).await > 8);
}

const BODY: EffacementBody = EffacementBody { motive: Motive::PersonAsked };

/// A request that is granted, or told that the dossier is gone, or that it had changed.
fn granted_or_gone(
    request: impl AsyncFn(&Process, &Stage, DossierId) -> Option<RequestError>,
) -> impl AsyncFn(&Process, &Stage, DossierId) {
    async move |process: &Process, stage: &Stage, id: DossierId| {
        let refused = request(process, stage, id).await;
        assert!(matches!(refused, None | Some(RequestError::Gone)), "{refused:?}");
    }
}

/// Holds `slow` back at each of its calls in turn, and lets it go on once `meanwhile` is done. In the end the dossier
/// is erased, and nothing is left. `judge` says more of each run. Tells how many calls there were.
async fn raced(
    setup: impl AsyncFn() -> (Stage, DossierId),
    slow: impl AsyncFn(&Process, &Stage, DossierId),
    meanwhile: impl AsyncFn(&Stage, DossierId),
    judge: impl Fn(),
) -> usize {
    let mut at = 0;
    loop {
        let (stage, id) = setup().await;
        let (process, thread) = process(&stage, Mishap::IsHeld, at);
        let held_back = async {
            slow(&process, &stage, id).await;
            thread.end();
        };
        let others = async {
            if thread.held().await {
                meanwhile(&stage, id).await;
                thread.let_go();
            }
        };
        tokio::join!(held_back, others);
        if !thread.met() {
            return at;
        }
        judge();
        if !is_erased(&stage, id).await {
            stage.drain().await;
            stage.erase(id).await.unwrap();
        }
        nothing_is_left(&stage, id).await;
        at += 1;
    }
}

/// Somebody reads the dossier, and remembers which copy they saw.
async fn seen((stage, id): (Stage, DossierId)) -> (Stage, DossierId) {
    stage.seen.set(stage.etag(id).await);
    (stage, id)
}

/// The dossier is erased as it is now, and the relay makes its first pass.
async fn erase_and_pass(stage: &Stage, id: DossierId) {
    stage.erase(id).await.unwrap();
    stage.world.clock.set(stage.now() + TimeDelta::minutes(5));
    schedules::relay::run_all(&*stage.world).await.unwrap();
}

async fn is_erased(stage: &Stage, id: DossierId) -> bool {
    let row = stage.world.store.read(key(id)).await.unwrap();
    row.is_some_and(|row| row.tombstone().is_some())
}

/// Time passes; then nothing is left of the dossier, and every place is held by somebody.
async fn nothing_is_left(stage: &Stage, id: DossierId) {
    stage.drain().await;
    over(stage).await;
    only_a_key_tombstone(stage, id).await;
    let rows = stage.world.store.dossiers();
    for referent in stage.world.store.referents() {
        let place = format!("{}#{}", territory(), referent.sk);
        let held = rows.iter().filter(|row| row.referent_pk.as_ref() == Some(&place)).count();
        assert_eq!(usize::try_from(referent.actifs).unwrap(), held, "{}", referent.sk);
    }
}
