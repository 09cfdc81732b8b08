//! The rules of places: a counter moves with a dossier, under capacity, or neither moves.

use domain::PlaceMove;
use engine::ports::{Commit, CommitError};

use super::Store;
use super::fixtures::{
    SEINE_ET_MARNE, actifs, caseload, change, create, dossier, hire, key, next, referent, referent_id, take,
    taken, territory,
};

/// A dossier that holds a place of a référent, at its second revision.
async fn placed(store: &impl Store, number: u32, id: &str) -> contracts::rows::DossierRow {
    create(store, dossier(number)).await;
    let row = next(&dossier(number), Some(id));
    change(store, row.clone(), take(id)).await.unwrap();
    row
}

pub(crate) async fn a_place_is_taken_with_the_dossier(store: impl Store) {
    hire(&store, &[("ref-1", 2)]).await;
    let row = placed(&store, 1, "ref-1").await;
    assert_eq!(store.read(key(1)).await.unwrap(), Some(row));
    assert_eq!(actifs(&store, "ref-1").await, 1);
    assert_eq!(caseload(&store, "ref-1", 0).await, [key(1)]);

    // A dossier may be born in a place.
    let born = next(&dossier(2), Some("ref-1"));
    store.commit(Commit { row: born, expected: None, place: take("ref-1") }).await.unwrap();
    assert_eq!(actifs(&store, "ref-1").await, 2);
}

pub(crate) async fn a_full_referent_leaves_the_dossier_untouched_and_is_named(store: impl Store) {
    hire(&store, &[("ref-1", 1), ("ref-2", 0)]).await;
    placed(&store, 1, "ref-1").await;
    create(&store, dossier(2)).await;
    for id in ["ref-1", "ref-2"] {
        let refused = change(&store, next(&dossier(2), Some(id)), take(id)).await;
        assert!(matches!(&refused, Err(CommitError::Full(who)) if *who == referent_id(id)), "{refused:?}");
    }
    assert_eq!(store.read(key(2)).await.unwrap(), Some(dossier(2)));
    assert_eq!((actifs(&store, "ref-1").await, actifs(&store, "ref-2").await), (1, 0));
}

pub(crate) async fn a_capacity_is_exceeded_only_when_somebody_decided_it(store: impl Store) {
    hire(&store, &[("ref-1", 1)]).await;
    placed(&store, 1, "ref-1").await;
    create(&store, dossier(2)).await;
    let beyond = PlaceMove::Take(taken("ref-1", true));
    change(&store, next(&dossier(2), Some("ref-1")), beyond).await.unwrap();
    assert_eq!(actifs(&store, "ref-1").await, 2);
    create(&store, dossier(3)).await;
    let refused = change(&store, next(&dossier(3), Some("ref-1")), take("ref-1")).await;
    assert!(matches!(refused, Err(CommitError::Full(_))), "{refused:?}");
    assert_eq!(actifs(&store, "ref-1").await, 2);
}

pub(crate) async fn a_place_is_given_back_with_the_dossier(store: impl Store) {
    hire(&store, &[("ref-1", 1)]).await;
    let row = placed(&store, 1, "ref-1").await;
    let left = next(&row, None);
    change(&store, left.clone(), PlaceMove::Leave(referent_id("ref-1"))).await.unwrap();
    assert_eq!(store.read(key(1)).await.unwrap(), Some(left));
    assert_eq!(actifs(&store, "ref-1").await, 0);
    assert_eq!(caseload(&store, "ref-1", 0).await, []);
}

pub(crate) async fn a_counter_never_goes_below_zero(store: impl Store) {
    hire(&store, &[("ref-1", 1), ("ref-2", 1)]).await;
    create(&store, dossier(1)).await;
    let leave = PlaceMove::Leave(referent_id("ref-1"));
    let shift = PlaceMove::Move { from: referent_id("ref-1"), to: taken("ref-2", false) };
    for place in [leave, shift] {
        let refused = change(&store, next(&dossier(1), None), place).await;
        assert!(matches!(refused, Err(CommitError::Port(_))), "{refused:?}");
    }
    assert_eq!(store.read(key(1)).await.unwrap(), Some(dossier(1)));
    assert_eq!((actifs(&store, "ref-1").await, actifs(&store, "ref-2").await), (0, 0));
}

pub(crate) async fn a_move_gives_one_place_back_and_takes_the_other(store: impl Store) {
    hire(&store, &[("ref-1", 1), ("ref-2", 1)]).await;
    let row = placed(&store, 1, "ref-1").await;
    let moved = next(&row, Some("ref-2"));
    let place = PlaceMove::Move { from: referent_id("ref-1"), to: taken("ref-2", false) };
    change(&store, moved.clone(), place).await.unwrap();
    assert_eq!(store.read(key(1)).await.unwrap(), Some(moved));
    assert_eq!((actifs(&store, "ref-1").await, actifs(&store, "ref-2").await), (0, 1));
    assert_eq!(caseload(&store, "ref-1", 0).await, []);
    assert_eq!(caseload(&store, "ref-2", 0).await, [key(1)]);
}

pub(crate) async fn a_move_to_a_full_referent_moves_nothing(store: impl Store) {
    hire(&store, &[("ref-1", 1), ("ref-2", 1)]).await;
    let row = placed(&store, 1, "ref-1").await;
    placed(&store, 2, "ref-2").await;
    let place = PlaceMove::Move { from: referent_id("ref-1"), to: taken("ref-2", false) };
    let refused = change(&store, next(&row, Some("ref-2")), place).await;
    assert!(matches!(&refused, Err(CommitError::Full(who)) if *who == referent_id("ref-2")), "{refused:?}");
    assert_eq!(store.read(key(1)).await.unwrap(), Some(row));
    assert_eq!((actifs(&store, "ref-1").await, actifs(&store, "ref-2").await), (1, 1));
}

pub(crate) async fn a_move_to_the_same_referent_moves_no_counter(store: impl Store) {
    hire(&store, &[("ref-1", 1)]).await;
    let row = placed(&store, 1, "ref-1").await;
    let place = PlaceMove::Move { from: referent_id("ref-1"), to: taken("ref-1", false) };
    change(&store, next(&row, Some("ref-1")), place).await.unwrap();
    assert_eq!(actifs(&store, "ref-1").await, 1);
}

pub(crate) async fn an_unknown_referent_leaves_the_dossier_untouched_and_is_named(store: impl Store) {
    hire(&store, &[("ref-1", 1)]).await;
    let row = placed(&store, 1, "ref-1").await;
    let unknown = referent_id("ref-9");
    for place in [
        take("ref-9"),
        PlaceMove::Take(taken("ref-9", true)),
        PlaceMove::Leave(unknown.clone()),
        PlaceMove::Move { from: referent_id("ref-1"), to: taken("ref-9", false) },
        PlaceMove::Move { from: unknown.clone(), to: taken("ref-1", true) },
    ] {
        let refused = change(&store, next(&row, Some("ref-9")), place).await;
        assert!(matches!(&refused, Err(CommitError::UnknownReferent(who)) if *who == unknown), "{refused:?}");
    }
    assert_eq!(store.read(key(1)).await.unwrap(), Some(row));
    assert_eq!(actifs(&store, "ref-1").await, 1);
    assert_eq!(store.referent(territory(SEINE_ET_MARNE), &unknown).await.unwrap(), None);
}

pub(crate) async fn a_stale_dossier_is_said_before_a_full_referent(store: impl Store) {
    hire(&store, &[("ref-1", 0), ("ref-2", 5)]).await;
    create(&store, dossier(1)).await;
    for id in ["ref-1", "ref-2", "ref-9"] {
        let late = Commit { row: next(&dossier(1), Some(id)), expected: Some(7), place: take(id) };
        let refused = store.commit(late).await;
        assert!(matches!(refused, Err(CommitError::Stale)), "{refused:?}");
        let again = Commit { row: dossier(1), expected: None, place: take(id) };
        let refused = store.commit(again).await;
        assert!(matches!(refused, Err(CommitError::Stale)), "{refused:?}");
    }
    assert_eq!(actifs(&store, "ref-2").await, 0);
}

pub(crate) async fn twenty_dossiers_that_want_one_free_place_have_one_winner(store: impl Store) {
    hire(&store, &[("ref-1", 1)]).await;
    for number in 0..20 {
        create(&store, dossier(number)).await;
    }
    let mut rivals = tokio::task::JoinSet::new();
    for number in 0..20 {
        let store = store.clone();
        let row = next(&dossier(number), Some("ref-1"));
        rivals.spawn(async move { (number, change(&store, row, take("ref-1")).await) });
    }
    let mut winners = Vec::new();
    while let Some(rival) = rivals.join_next().await {
        match rival.unwrap() {
            (number, Ok(())) => winners.push(key(number)),
            (_, result) => {
                let lost = matches!(result, Err(CommitError::Full(_) | CommitError::Port(_)));
                assert!(lost, "{result:?}");
            }
        }
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(actifs(&store, "ref-1").await, 1);
    assert_eq!(caseload(&store, "ref-1", 0).await, winners);
}

pub(crate) async fn a_record_starts_with_nobody_and_never_changes_the_counter(store: impl Store) {
    let mut record = referent("ref-1", 3);
    record.actifs = 99;
    assert!(store.put_referent(&record, None).await.unwrap());
    assert_eq!(actifs(&store, "ref-1").await, 0);
    placed(&store, 1, "ref-1").await;
    record.revision = 2;
    record.telephone = "01 99 00 00 01".into();
    record.communes = Vec::new();
    record.capacite = 5;
    assert!(store.put_referent(&record, Some(1)).await.unwrap());
    record.actifs = 1;
    let found = store.referent(territory(SEINE_ET_MARNE), &referent_id("ref-1")).await.unwrap();
    assert_eq!(found, Some(record));
}

pub(crate) async fn a_record_is_written_at_its_revision_only(store: impl Store) {
    let first = referent("ref-1", 3);
    assert!(!store.put_referent(&first, Some(1)).await.unwrap(), "there is nothing to change");
    assert!(store.put_referent(&first, None).await.unwrap());
    let mut second = referent("ref-1", 8);
    second.revision = 2;
    assert!(!store.put_referent(&second, None).await.unwrap(), "there is one already");
    assert!(!store.put_referent(&second, Some(2)).await.unwrap(), "somebody else's revision");
    let found = store.referent(territory(SEINE_ET_MARNE), &referent_id("ref-1")).await.unwrap();
    assert_eq!(found, Some(first));
    assert!(store.put_referent(&second, Some(1)).await.unwrap());
}

pub(crate) async fn the_roster_holds_the_referents_of_its_territory(store: impl Store) {
    let ids: Vec<String> = (0..120).map(|it| format!("ref-{it:03}")).collect();
    for id in &ids {
        hire(&store, &[(id, 10)]).await;
    }
    let mut elsewhere = referent("ref-000", 10);
    elsewhere.pk = "974".into();
    assert!(store.put_referent(&elsewhere, None).await.unwrap());
    let mut found: Vec<String> =
        store.roster(territory(SEINE_ET_MARNE)).await.unwrap().into_iter().map(|it| it.sk).collect();
    found.sort();
    assert_eq!(found, ids);
    assert_eq!(store.roster(territory("974")).await.unwrap(), [elsewhere]);
    assert_eq!(store.roster(territory("2A")).await.unwrap(), []);
}
