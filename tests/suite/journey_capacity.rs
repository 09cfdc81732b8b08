//! When somebody changes référent: a capacity that is exceeded is exceeded by somebody, for a reason that is kept, and
//! whoever followed the person is told what they had written, and no more.

use contracts::api::{ChangeReferent, NewEntry};
use domain::DossierId;
use engine::World;
use engine::people::{Professional, Role};
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

#[tokio::test]
async fn whoever_wrote_and_no_longer_follows_the_person_is_told_again_that_it_is_written_and_nothing_else() {
    let (stage, people) = two_people_and_one_free_place().await;
    let referent =
        |id: &str| Professional { agent: id.parse().unwrap(), role: Role::Referent, ..stage.agent.clone() };
    let (first, second) = (referent("ref-1"), referent("ref-2"));
    let world = &*stage.world;
    let words = |text: &str| NewEntry::parse(&json!({"rubrique": "projet", "texte": text})).unwrap();
    let asked = stage.asked(None);
    let entry = requests::add_entry(world, &first, people[0], &asked, words("Un projet.")).await.unwrap();
    let to_another = stage.asked(Some(stage.etag(people[0]).await));
    change(world, &stage, people[0], &to_another).await.unwrap();

    let again = requests::add_entry(world, &first, people[0], &asked, words("Un projet.")).await.unwrap();
    assert_eq!((again.id, again.texte), (entry.id, entry.texte));
    let refused = [
        ("another entry", &first, stage.asked(None)),
        ("another body", &first, Asked { body: b"{}".to_vec(), ..asked.clone() }),
    ];
    for (what, who, asked) in refused {
        let answer = requests::add_entry(world, who, people[0], &asked, words("Un projet.")).await;
        assert!(matches!(answer, Err(RequestError::NotFound)), "{what}: {answer:?}");
    }
    // Who follows another person has the same request, and sees nothing of this one.
    let answer = requests::add_entry(world, &second, people[1], &asked, words("Un projet.")).await;
    assert!(matches!(answer, Err(RequestError::NotFound)), "{answer:?}");
    assert_eq!(
        requests::carnet(world, &second, people[0])
            .await
            .unwrap()
            .iter()
            .filter(|it| it.texte.is_some())
            .count(),
        1
    );
}
