//! A file is given, and the process dies before or after any of its calls: what it leaves is what it would have left.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use contracts::api::{BilanJson, ImportEtat};
use contracts::rows::SideRow;
use engine::imports::{self, Deposit};
use engine::ports::{QueueName, Table};
use engine::{DossierKey, World, requests};
use futures::stream;
use serde_json::{Value, json};

use crate::imports::{a_flow, a_list, flow, work};
use crate::interrupted::{Mishap, process};
use crate::one_person::Somebody;
use crate::world::Stage;

/// Somebody whom another agent accompanies, somebody who is new, the same one again, and a row that says nothing.
const LIST: &str = "Nom;Prénom;Date de naissance;Adresse;Code postal;Ville;Téléphone;Parcours;Organisme;\
                    Date d’orientation;Référent\n\
    Exemple Aubry;Alix;14/03/1980;1 rue des Essais;77000;Melun;;Social;Département;01/02/2026;ref-1\n\
    Fictif Costa;Sacha;02/11/1991;3 rue des Essais;77000;Melun;06 39 98 00 11;;;;\n\
    Fictif Costa;Sacha;02/11/1991;5 rue des Essais;77000;Melun;06 39 98 00 11;;;;\n\
    Essai;;pas une date;;;;;;;;\n";

/// What was given before, and what is given while the process dies.
struct Scene {
    before: Option<(Deposit, Vec<u8>)>,
    given: (Deposit, Vec<u8>),
}

impl Scene {
    async fn stage(&self) -> Stage {
        let stage = Stage::new().await;
        stage.referent("ref-1", 5).await;
        if let Some(before) = &self.before {
            give(&stage, &*stage.world, "cle-0", before).await.unwrap();
            work(&stage, None).await;
        }
        stage
    }

    /// Plays it with a process that dies at that call: what is left, and whether it came that far.
    async fn play(&self, mishap: Mishap, at: usize) -> (Value, bool) {
        let stage = self.stage().await;
        let (dying, thread) = process(&stage, mishap, at);
        let given = match give(&stage, &dying, "cle-1", &self.given).await {
            Ok(import) => import,
            // Whoever has had no answer gives it again.
            Err(_) => give(&stage, &*stage.world, "cle-1", &self.given).await.unwrap(),
        };
        work(&stage, Some(&dying)).await;
        // What a dossier was written with and could not send yet, the relay sends.
        stage.world.clock.set(stage.now() + TimeDelta::hours(1));
        stage.tick().await;
        (left(&stage, given).await, thread.met())
    }

    /// Dies at every call, and always ends as when nothing happens.
    async fn holds(&self) {
        let (expected, _) = self.play(Mishap::DiesAfter, usize::MAX).await;
        assert_ne!(expected["bilan"]["crees"], json!(0), "{expected}");
        for mishap in [Mishap::DiesBefore, Mishap::DiesAfter] {
            let mut at = 0;
            loop {
                let (seen, met) = self.play(mishap, at).await;
                assert_eq!(seen, expected, "{mishap:?} at call {at}");
                if !met {
                    break;
                }
                at += 1;
            }
            assert!(at > 20, "the process was let die {at} times only");
        }
    }
}

pub(crate) async fn give<W: World>(
    stage: &Stage,
    world: &W,
    key: &str,
    (deposit, bytes): &(Deposit, Vec<u8>),
) -> Result<uuid::Uuid, requests::RequestError> {
    let pieces: Vec<_> = bytes.chunks(1_000).map(|it| Ok(it.to_vec())).collect();
    let given = imports::deposit(world, &stage.agent, key, deposit.clone(), stream::iter(pieces)).await?;
    Ok(given.import)
}

/// The one message that waits to be handled for an import.
pub(crate) fn message(stage: &Stage) -> String {
    let waiting = stage.world.queues.take(QueueName::Imports);
    let [envelope] = waiting.as_slice() else { panic!("{} messages", waiting.len()) };
    serde_json::to_string(envelope).unwrap()
}

/// What the import says of itself, what there is of everybody, and which doors lead to them.
async fn left(stage: &Stage, import: uuid::Uuid) -> Value {
    let told = imports::import(&*stage.world, &stage.agent, import).await.unwrap();
    assert_eq!(told.etat, ImportEtat::Termine, "{:?}", told.motif);
    let mut people = BTreeMap::new();
    for row in stage.world.store.dossiers() {
        let id = DossierKey::parse(&row.pk).unwrap().dossier;
        let shown = stage.show(id).await;
        let person = requests::person(&*stage.world, &stage.agent, id).await.unwrap();
        let sent = crate::journey::sent(stage, id).await;
        let seen = json!({"etat": shown.etat, "droit": shown.droit, "referent": shown.referent.map(|it| it.id),
            "identite": person.identite, "contacts": person.contacts, "envois": sent});
        people.insert(id.0.to_string(), seen);
    }
    // Identifiers and doors are drawn: what counts is which kind of door leads to whom.
    let door = |row: SideRow| {
        let behind = row.attributes.get("dossier").and_then(Value::as_str).unwrap_or_default();
        let kind = row.pk.split('#').nth(1).unwrap_or_default();
        format!(
            "{kind} {}",
            people.get(behind).map_or("personne".to_owned(), |it| it["identite"].to_string())
        )
    };
    let mut doors: Vec<String> = stage.world.store.sides(Table::Acces).into_iter().map(door).collect();
    doors.sort_unstable();
    let mut people: Vec<String> = people.values().map(Value::to_string).collect();
    people.sort_unstable();
    let places =
        requests::referent(&*stage.world, &stage.head, &"ref-1".parse().unwrap()).await.unwrap().0.actifs;
    let bilan: BilanJson = told.bilan.unwrap();
    json!({"bilan": bilan, "gens": people, "portes": doors, "places": places, "annote": told.fichier_annote})
}

#[tokio::test]
async fn a_list_whose_process_dies_anywhere_leaves_what_it_would_have_left() {
    Scene { before: None, given: (a_list(), LIST.into()) }.holds().await;
}

#[tokio::test]
async fn a_flow_whose_process_dies_anywhere_leaves_what_it_would_have_left() {
    Scene { before: None, given: (a_flow(), flow(3, 0)) }.holds().await;
}

#[tokio::test]
async fn a_flow_of_people_who_are_known_whose_process_dies_anywhere_leaves_what_it_would_have_left() {
    let before = Some((a_flow(), flow(4, 0)));
    Scene { before, given: (a_flow(), flow(4, 1)) }.holds().await;
}

#[tokio::test]
async fn a_flow_that_tells_of_a_namesake_says_so_wherever_its_process_dies() {
    let somebody = Somebody::new();
    let before = Some((a_flow(), somebody.monthly().into()));
    let scene = Scene { before, given: (a_flow(), somebody.namesake().into()) };
    let (left, _) = scene.play(Mishap::DiesAfter, usize::MAX).await;
    assert_eq!(left["bilan"]["alertes"], json!(1), "{left}");
    scene.holds().await;
}

/// One row, of somebody who is new.
const ONE: &str = "Nom;Prénom;Date de naissance;Adresse;Code postal;Ville\n\
    Fictif Costa;Sacha;02/11/1991;3 rue des Essais;77000;Melun\n";

/// The dossiers that are not erased.
pub(crate) fn living(stage: &Stage) -> Vec<DossierKey> {
    let rows = stage.world.store.dossiers().into_iter().filter(|it| it.tombstone().is_none());
    rows.map(|it| DossierKey::parse(&it.pk).unwrap()).collect()
}

#[tokio::test]
async fn whoever_is_erased_before_their_line_is_done_with_is_not_opened_again_and_the_file_ends() {
    let mut erased = 0;
    for at in 0..40 {
        let stage = Stage::new().await;
        let import = give(&stage, &*stage.world, "cle-1", &(a_list(), ONE.into())).await.unwrap();
        let (dying, _) = process(&stage, Mishap::DiesAfter, at);
        ::imports::handle(&*stage.world, &message(&stage)).await.unwrap();
        let part = message(&stage);
        let died = ::imports::handle(&dying, &part).await.is_err();
        if let ([opened], true) = (&living(&stage)[..], died) {
            stage.erase(opened.dossier).await.unwrap();
            erased += 1;
        }
        ::imports::handle(&*stage.world, &part).await.unwrap();
        work(&stage, None).await;
        let told = imports::import(&*stage.world, &stage.agent, import).await.unwrap();
        assert_eq!(told.etat, ImportEtat::Termine, "call {at}");
        assert_eq!(stage.world.store.dossiers().len(), 1, "call {at}");
    }
    assert!(erased > 2, "erased {erased} times only");
}

#[tokio::test]
async fn two_files_at_once_about_somebody_whose_doors_lead_to_an_erased_dossier_open_one_dossier() {
    let mut held = 0;
    for at in 0..60 {
        let stage = Stage::new().await;
        give(&stage, &*stage.world, "cle-0", &(a_list(), ONE.into())).await.unwrap();
        work(&stage, None).await;
        // The request that erases leaves the doors to the relay.
        stage.erase(living(&stage)[0].dossier).await.unwrap();
        let mut parts = Vec::new();
        for key in ["cle-1", "cle-2"] {
            give(&stage, &*stage.world, key, &(a_list(), ONE.into())).await.unwrap();
            ::imports::handle(&*stage.world, &message(&stage)).await.unwrap();
            parts.push(message(&stage));
        }
        let (slow, thread) = process(&stage, Mishap::IsHeld, at);
        let first = async {
            ::imports::handle(&slow, &parts[0]).await.unwrap();
            thread.end();
        };
        let second = async {
            held += usize::from(thread.held().await);
            ::imports::handle(&*stage.world, &parts[1]).await.unwrap();
            thread.let_go();
        };
        tokio::join!(first, second);
        assert_eq!(living(&stage).len(), 1, "held at call {at}");
    }
    assert!(held > 15, "held {held} times only");
}
