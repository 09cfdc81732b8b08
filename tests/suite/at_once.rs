//! One person comes in by two ways at the same instant: one dossier is opened, whichever process is slow, held back or
//! dies, and nothing is left of the attempt that was overtaken.

use contracts::rows::{DossierRow, EffaceRow};
use engine::requests::{self, Receipt, RequestError};
use engine::{DossierKey, World};

use crate::imports::a_list;
use crate::imports_interrupted::{give, living, message};
use crate::interrupted::{Mishap, Process, Thread, process};
use crate::journey_erasure::{only_a_key_tombstone, over};
use crate::one_person::Somebody;
use crate::world::Stage;

/// A way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Online.
    Form,
    /// Typed by an agent.
    Paper,
    /// A row of a list.
    List,
}

/// The two ways of which one at least is an application, the slow one first.
const PAIRS: [(Way, Way); 6] = [
    (Way::Paper, Way::Paper),
    (Way::Paper, Way::Form),
    (Way::Form, Way::Paper),
    (Way::Form, Way::Form),
    (Way::Paper, Way::List),
    (Way::List, Way::Paper),
];

/// A person, and the two ways by which they come in.
struct Scene<'a> {
    stage: Stage,
    who: &'a Somebody,
    ways: [(Way, Option<String>); 2],
}

impl<'a> Scene<'a> {
    /// With somebody who is `known`, their dossier is open already.
    async fn set(who: &'a Somebody, (slow, fast): (Way, Way), known: bool) -> Self {
        let stage = Stage::new().await;
        if known {
            stage.try_submit("cle-avant", &who.application("guichet")).await.unwrap();
        }
        let mut ways = [(slow, None), (fast, None)];
        for (number, (way, part)) in ways.iter_mut().enumerate() {
            if *way == Way::List {
                let file = (a_list(), who.list().into_bytes());
                give(&stage, &*stage.world, &format!("cle-{number}"), &file).await.unwrap();
                ::imports::handle(&*stage.world, &message(&stage)).await.unwrap();
                *part = Some(message(&stage));
            }
        }
        Self { stage, who, ways }
    }

    /// They come in by the first way or by the second: `None` by a file, which tells nobody anything.
    async fn enters<W: World>(&self, world: &W, number: usize) -> Result<Option<Receipt>, RequestError> {
        let (way, part) = &self.ways[number];
        if let Some(part) = part {
            return match ::imports::handle(world, part).await {
                Ok(()) => Ok(None),
                Err(error) => Err(error.into()),
            };
        }
        let canal = if *way == Way::Form { "web" } else { "papier" };
        let body = self.who.application(canal);
        self.stage.submit_by(world, &format!("cle-{number}"), &body).await.map(Some)
    }

    /// The same, in a process that tells that it has ended.
    async fn enters_and_ends(
        &self,
        process: &Process,
        thread: &Thread,
        number: usize,
    ) -> Result<Option<Receipt>, RequestError> {
        let told = self.enters(process, number).await;
        thread.end();
        told
    }

    /// Whatever happened, both come again: there is one dossier, to which both receipts lead, and nothing else.
    async fn judge(&self, told: [Option<Receipt>; 2], when: &str) {
        let Self { stage, who, .. } = self;
        let mut receipts = Vec::new();
        for (number, told) in told.into_iter().enumerate() {
            let again = self.enters(&*stage.world, number).await.unwrap();
            if let (Some(told), Some(again)) = (&told, &again) {
                assert_eq!(told.recu, again.recu, "{when}");
            }
            receipts.extend(again);
        }
        stage.drain().await;
        let [DossierKey { dossier, .. }] = living(stage)[..] else { panic!("{when}: {:?}", living(stage)) };
        for receipt in receipts {
            assert_eq!(receipt.recu.dossier, dossier.0, "{when}");
            let follow_up =
                requests::follow_up(&*stage.world, &receipt.recu.suivi, who.birth()).await.unwrap();
            assert_eq!(follow_up.unwrap().shown.json.dossier, dossier.0, "{when}");
        }
        let overtaken = |it: &DossierRow| it.tombstone().is_some_and(EffaceRow::was_never_opened);
        let overtaken: Vec<DossierRow> = stage.world.store.dossiers().into_iter().filter(overtaken).collect();
        if !overtaken.is_empty() {
            over(stage).await;
        }
        for row in overtaken {
            only_a_key_tombstone(stage, DossierKey::parse(&row.pk).unwrap().dossier).await;
        }
    }

    /// They are erased: whoever wrote at the same time as another left nothing that is not found.
    async fn forget(&self) {
        let DossierKey { dossier, .. } = living(&self.stage)[0];
        self.stage.erase(dossier).await.unwrap();
        over(&self.stage).await;
        only_a_key_tombstone(&self.stage, dossier).await;
    }
}

#[tokio::test]
async fn two_ways_in_open_one_dossier_wherever_the_first_is_when_the_second_comes() {
    let who = Somebody::new();
    for (pair, known) in PAIRS.into_iter().flat_map(|it| [(it, false), (it, true)]) {
        let mut at = 0;
        loop {
            let scene = Scene::set(&who, pair, known).await;
            let (slow, thread) = process(&scene.stage, Mishap::IsHeld, at);
            let first = scene.enters_and_ends(&slow, &thread, 0);
            let second = async {
                let held = thread.held().await;
                let told = scene.enters(&*scene.stage.world, 1).await;
                if held {
                    thread.let_go();
                }
                told
            };
            let (first, second) = tokio::join!(first, second);
            scene.judge([first.unwrap(), second.unwrap()], &format!("{pair:?} {at}")).await;
            scene.forget().await;
            if !thread.met() {
                break;
            }
            at += 1;
        }
        assert!(at > 5, "{pair:?} {at}");
    }
}

#[tokio::test]
async fn two_ways_in_open_one_dossier_when_both_are_held_back() {
    let who = Somebody::new();
    for pair in PAIRS {
        let mut at = 0;
        loop {
            let mut then = 0;
            let (mut met, mut other_met) = (true, true);
            while met && other_met {
                let scene = Scene::set(&who, pair, false).await;
                let (slow, thread) = process(&scene.stage, Mishap::IsHeld, at);
                let (fast, other) = process(&scene.stage, Mishap::IsHeld, then);
                let first = scene.enters_and_ends(&slow, &thread, 0);
                let second = async {
                    thread.held().await;
                    scene.enters_and_ends(&fast, &other, 1).await
                };
                let director = async {
                    // The second goes as far as it is to; the first goes to its end; the second goes on.
                    let both = other.held().await;
                    if thread.held().await {
                        thread.let_go();
                        if both {
                            thread.over().await;
                        }
                    }
                    if both {
                        other.let_go();
                    }
                };
                let (first, second, ()) = tokio::join!(first, second, director);
                scene.judge([first.unwrap(), second.unwrap()], &format!("{pair:?} {at} {then}")).await;
                (met, other_met) = (thread.met(), other.met());
                then += 1;
            }
            if !met {
                break;
            }
            at += 1;
        }
        assert!(at > 5, "{pair:?} {at}");
    }
}

#[tokio::test]
async fn whoever_died_while_opening_keeps_nobody_out_and_is_in_when_they_come_again() {
    let who = Somebody::new();
    for (pair, mishap) in PAIRS.into_iter().flat_map(|it| [(it, Mishap::DiesBefore), (it, Mishap::DiesAfter)])
    {
        let mut at = 0;
        loop {
            let scene = Scene::set(&who, pair, false).await;
            let (dying, thread) = process(&scene.stage, mishap, at);
            let first = scene.enters(&dying, 0).await.ok().flatten();
            let second = scene.enters(&*scene.stage.world, 1).await.unwrap();
            scene.judge([first, second], &format!("{pair:?} {mishap:?} {at}")).await;
            if !thread.met() {
                break;
            }
            at += 1;
        }
        assert!(at > 5, "{pair:?} {at}");
    }
}
