//! A capacity that is exceeded is exceeded by somebody, for a reason, and the reason is kept.

use contracts::api::ChangeReferent;
use domain::DossierId;
use engine::World;
use engine::ports::{DossierKey, PageAsk, Rows, Table};
use engine::requests::{self, Asked, RequestError, Shown};
use serde_json::json;

use crate::interrupted::{Mishap, process};
use crate::world::{Stage, territory};

#[tokio::test]
async fn whoever_found_room_and_died_does_not_speak_for_the_retry_that_went_beyond() {
    for call in 0.. {
        let (stage, people) = two_people_and_one_free_place().await;
        let asked = stage.asked(Some(stage.etag(people[0]).await));
        let (dying, thread) = process(&stage, Mishap::DiesBefore, call);
        let first = change(&dying, &stage, people[0], &asked).await;
        if !thread.met() {
            first.unwrap();
            assert!(call > 4, "the process was to die at each of its calls");
            return;
        }
        // The free place goes to somebody else before the head asks again.
        let other = stage.asked(Some(stage.etag(people[1]).await));
        change(&*stage.world, &stage, people[1], &other).await.unwrap();
        change(&*stage.world, &stage, people[0], &asked).await.unwrap();
        stage.drain().await;

        let kept = [kept(&stage, people[0]).await, kept(&stage, people[1]).await];
        let beyond = kept.iter().filter(|it| it.contains(&true)).count();
        assert_eq!(beyond, 1, "two people have one place, at call {call}: {kept:?}");
    }
}

async fn two_people_and_one_free_place() -> (Stage, [DossierId; 2]) {
    let stage = Stage::new().await;
    stage.referent("ref-1", 5).await;
    let mut people = Vec::new();
    for key in ["cle-a", "cle-b"] {
        let id = stage.apply(key, json!({"natlog": "0904"})).await;
        stage.drain().await;
        stage.sign(id, json!({"parcours": "social", "organisme": "departement"})).await.unwrap();
        stage.drain().await;
        people.push(id);
    }
    stage.referent("ref-2", 1).await;
    (stage, people.try_into().unwrap())
}

async fn change<W: World>(
    world: &W,
    stage: &Stage,
    id: DossierId,
    asked: &Asked,
) -> Result<Shown, RequestError> {
    let body = ChangeReferent::parse(&json!({"referent": "ref-2", "motif": "charge"})).unwrap();
    requests::change_referent(world, &stage.head, id, asked, body).await
}

/// Of each change that was kept, whether it went beyond the capacity.
async fn kept(stage: &Stage, id: DossierId) -> Vec<bool> {
    let pk = DossierKey { territory: territory(), dossier: id }.pk();
    let rows =
        stage.world.store.query(Table::Reponses, &pk, "changement#", PageAsk::default()).await.unwrap();
    rows.items.iter().map(|it| it.attributes["au_dela_de_la_capacite"] == true).collect()
}
