//! The rules of dossiers: conditions, indexes, outbox.

use domain::PlaceMove;
use engine::ports::{Clear, Commit, CommitError, FilePage, Opening, PageAsk, Table};

use super::Store;
use super::fixtures::{
    SEINE_ET_MARNE, TO_ORIENT, caseload, change, create, dossier, file, key, next, referent_id, scattered,
    side, territory,
};

pub(crate) async fn a_dossier_reads_back_as_it_was_written(store: impl Store) {
    assert_eq!(store.read(key(1)).await.unwrap(), None);
    create(&store, dossier(1)).await;
    assert_eq!(store.read(key(1)).await.unwrap(), Some(dossier(1)));
    let mut bare = next(&dossier(1), None);
    bare.registre = contracts::rows::LedgerRow::default();
    change(&store, bare.clone(), PlaceMove::None).await.unwrap();
    assert_eq!(store.read(key(1)).await.unwrap(), Some(bare));
}

pub(crate) async fn a_dossier_that_must_not_exist_is_written_once(store: impl Store) {
    create(&store, dossier(1)).await;
    let mut other = dossier(1);
    other.etag = 9;
    let again = store.commit(Commit { row: other, expected: None, place: PlaceMove::None }).await;
    assert!(matches!(again, Err(CommitError::Stale)), "{again:?}");
    assert_eq!(store.read(key(1)).await.unwrap(), Some(dossier(1)));
}

pub(crate) async fn a_stale_revision_writes_nothing(store: impl Store) {
    create(&store, dossier(1)).await;
    let second = next(&dossier(1), None);
    change(&store, second.clone(), PlaceMove::None).await.unwrap();
    let mut late = second.clone();
    late.etag = 9;
    late.file_sk = "2026-01-01T00:00:00Z".into();
    let refused = change(&store, late, PlaceMove::None).await;
    assert!(matches!(refused, Err(CommitError::Stale)), "{refused:?}");
    assert_eq!(store.read(key(1)).await.unwrap(), Some(second));
    assert!(file(&store, TO_ORIENT, Some("2026-06-01T00:00:00Z"), 0).await.is_empty());
}

pub(crate) async fn a_write_on_a_dossier_that_does_not_exist_is_stale(store: impl Store) {
    let refused = change(&store, next(&dossier(1), None), PlaceMove::None).await;
    assert!(matches!(refused, Err(CommitError::Stale)), "{refused:?}");
    assert_eq!(store.read(key(1)).await.unwrap(), None);
}

pub(crate) async fn twenty_writes_on_the_same_revision_have_one_winner(store: impl Store) {
    create(&store, dossier(1)).await;
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..20_u64 {
        let store = store.clone();
        writers.spawn(async move {
            let mut row = next(&dossier(1), None);
            row.etag = 100 + number;
            (row.etag, change(&store, row, PlaceMove::None).await)
        });
    }
    let mut winners = Vec::new();
    while let Some(writer) = writers.join_next().await {
        match writer.unwrap() {
            (etag, Ok(())) => winners.push(etag),
            (_, result) => assert!(matches!(result, Err(CommitError::Stale)), "{result:?}"),
        }
    }
    let written = store.read(key(1)).await.unwrap().unwrap();
    assert_eq!(winners, [written.etag]);
}

pub(crate) async fn dossiers_are_opened_with_all_their_rows_or_not_at_all(store: impl Store) {
    let opening = |number: u32, door: &str| Opening {
        row: dossier(number),
        sides: vec![
            (Table::Personnes, side(&key(number).pk(), "-", "ouvert")),
            (Table::Acces, side(door, "-", "ouvert")),
        ],
    };
    assert!(store.open(&[opening(1, "a"), opening(2, "b")]).await.unwrap());
    assert_eq!(store.read(key(2)).await.unwrap(), Some(dossier(2)));
    assert!(store.get(Table::Acces, "b", "-").await.unwrap().is_some());
    // The door of the second is taken: the first is not opened either.
    assert!(!store.open(&[opening(3, "c"), opening(4, "a")]).await.unwrap());
    assert_eq!(store.read(key(3)).await.unwrap(), None);
    for (table, pk) in [(Table::Personnes, key(3).pk()), (Table::Acces, "c".to_owned())] {
        assert_eq!(store.get(table, &pk, "-").await.unwrap(), None);
    }
}

pub(crate) async fn reading_250_dossiers_gives_each_once_and_leaves_out_those_that_do_not_exist(
    store: impl Store,
) {
    for number in 0..250 {
        create(&store, dossier(number)).await;
    }
    // Some asked for twice, some that do not exist.
    let keys: Vec<_> = (0..260).chain(40..60).map(key).collect();
    let mut found = store.read_many(&keys).await.unwrap();
    found.sort_by(|one, other| one.pk.cmp(&other.pk));
    assert_eq!(found, (0..250).map(dossier).collect::<Vec<_>>());
    assert_eq!(store.read_many(&[]).await.unwrap(), []);
}

/// Thirty dossiers to orient, one due each day of December, written in no order.
async fn december(store: &impl Store) {
    for number in scattered(30) {
        let mut row = dossier(number);
        row.file_sk = format!("2026-12-{:02}T23:00:00Z", number + 1);
        create(store, row).await;
    }
}

pub(crate) async fn the_file_lists_a_state_from_the_most_urgent_over_several_pages(store: impl Store) {
    december(&store).await;
    let expected: Vec<_> = (0..30).map(key).collect();
    for limit in [0, 1, 7, 30, 1000] {
        assert_eq!(file(&store, TO_ORIENT, None, limit).await, expected, "{limit} at a time");
    }
}

pub(crate) async fn the_file_stops_at_what_is_due(store: impl Store) {
    december(&store).await;
    let expected: Vec<_> = (0..10).map(key).collect();
    for limit in [0, 3, 10] {
        assert_eq!(file(&store, TO_ORIENT, Some("2026-12-10T23:00:00.900Z"), limit).await, expected);
        assert_eq!(file(&store, TO_ORIENT, Some("2026-12-11T22:59:59Z"), limit).await, expected);
    }
    assert!(file(&store, TO_ORIENT, Some("2026-12-01T22:59:59Z"), 0).await.is_empty());
}

pub(crate) async fn the_file_keeps_states_and_territories_apart(store: impl Store) {
    create(&store, dossier(1)).await;
    let mut signed = dossier(2);
    signed.file_pk = "77#affecte".into();
    create(&store, signed).await;
    let mut elsewhere = dossier(3);
    elsewhere.pk = elsewhere.pk.replacen("77#", "974#", 1);
    elsewhere.file_pk = "974#a_orienter".into();
    create(&store, elsewhere).await;
    assert_eq!(file(&store, TO_ORIENT, None, 0).await, [key(1)]);
    assert_eq!(file(&store, "affecte", None, 0).await, [key(2)]);
    assert_eq!(file(&store, "clos", None, 0).await, []);
}

pub(crate) async fn a_dossier_leaves_its_place_in_the_file_when_its_state_or_its_instant_changes(
    store: impl Store,
) {
    create(&store, dossier(1)).await;
    create(&store, dossier(2)).await;
    let mut later = next(&dossier(1), None);
    later.file_sk = "2027-01-01T00:00:00Z".into();
    change(&store, later, PlaceMove::None).await.unwrap();
    assert_eq!(file(&store, TO_ORIENT, None, 0).await, [key(2), key(1)]);
    let mut signed = next(&dossier(2), None);
    signed.file_pk = "77#oriente".into();
    change(&store, signed, PlaceMove::None).await.unwrap();
    assert_eq!(file(&store, TO_ORIENT, None, 0).await, [key(1)]);
    assert_eq!(file(&store, "oriente", None, 0).await, [key(2)]);
}

pub(crate) async fn a_caseload_lists_who_holds_a_place_in_the_order_given(store: impl Store) {
    for number in scattered(8) {
        let mut row = dossier(number);
        row.referent_pk = Some(if number < 6 { "77#ref-1" } else { "77#ref-2" }.into());
        row.referent_sk = Some(format!("2026-11-{:02}T08:00:00Z", number + 1));
        create(&store, row).await;
    }
    create(&store, dossier(100)).await;
    assert_eq!(caseload(&store, "ref-1", 0).await, (0..6).map(key).collect::<Vec<_>>());
    assert_eq!(caseload(&store, "ref-1", 2).await, (0..6).map(key).collect::<Vec<_>>());
    change(&store, next(&dossier(3), None), PlaceMove::None).await.unwrap();
    assert_eq!(caseload(&store, "ref-1", 0).await, [0, 1, 2, 4, 5].map(key));
    assert_eq!(caseload(&store, "ref-3", 0).await, []);
}

pub(crate) async fn a_cursor_of_something_else_is_refused(store: impl Store) {
    december(&store).await;
    let ask = |code: &str, due_by: Option<&str>, after: Option<String>| FilePage {
        territory: territory(code),
        state: TO_ORIENT,
        due_by: due_by.map(|it| it.parse().unwrap()),
        page: PageAsk { after, limit: 3 },
    };
    let cursor = store.file(ask(SEINE_ET_MARNE, None, None)).await.unwrap().next;
    assert!(cursor.is_some());
    for foreign in [
        ask(SEINE_ET_MARNE, None, Some(String::new())),
        ask(SEINE_ET_MARNE, None, Some("la suite".into())),
        ask(SEINE_ET_MARNE, None, cursor.clone().map(|it| it[1..].to_owned())),
        ask("974", None, cursor.clone()),
        ask(SEINE_ET_MARNE, Some("2026-12-01T23:00:00Z"), cursor.clone()),
    ] {
        let refused = store.file(foreign.clone()).await.unwrap_err();
        assert_eq!(refused.operation, "cursor", "{foreign:?}");
    }
    let page = PageAsk { after: Some("la suite".into()), limit: 3 };
    let refused = store.caseload(territory(SEINE_ET_MARNE), &referent_id("ref-1"), page).await.unwrap_err();
    assert_eq!(refused.operation, "cursor");
}

fn clear(revision: u64, entries: &[&str]) -> Clear {
    Clear {
        key: key(1),
        revision,
        entries: entries.iter().map(|it| (*it).to_owned()).collect(),
        file_sk: "2027-02-01T00:00:00Z".into(),
        reprise: None,
    }
}

pub(crate) async fn what_stays_is_left_alone_until_it_is_said_otherwise(store: impl Store) {
    create(&store, dossier(1)).await;
    let until = Some("2027-02-01T00:00:00.125Z".parse().unwrap());
    assert!(store.clear(Clear { reprise: until, ..clear(1, &["carnet#2"]) }).await.unwrap());
    assert!(store.clear(clear(1, &[])).await.unwrap());
    let mut expected = dossier(1);
    expected.registre.sortie.remove("carnet#2");
    expected.registre.reprise = until;
    expected.file_sk = "2027-02-01T00:00:00Z".into();
    assert_eq!(store.read(key(1)).await.unwrap(), Some(expected));
}

pub(crate) async fn clearing_removes_what_was_sent_and_keeps_the_revision(store: impl Store) {
    create(&store, dossier(1)).await;
    assert!(store.clear(clear(1, &["carnet#2"])).await.unwrap());
    let mut expected = dossier(1);
    expected.registre.sortie.remove("carnet#2");
    expected.file_sk = "2027-02-01T00:00:00Z".into();
    assert_eq!(store.read(key(1)).await.unwrap(), Some(expected.clone()));
    assert!(file(&store, TO_ORIENT, Some("2027-01-31T00:00:00Z"), 0).await.is_empty());
    assert_eq!(file(&store, TO_ORIENT, None, 0).await, [key(1)]);

    // The last entry leaves an empty outbox, not an unreadable row; and the dossier can still be written.
    assert!(store.clear(clear(1, &["reminders#1"])).await.unwrap());
    expected.registre.sortie.clear();
    assert_eq!(store.read(key(1)).await.unwrap(), Some(expected.clone()));
    change(&store, next(&expected, None), PlaceMove::None).await.unwrap();
}

pub(crate) async fn clearing_twice_is_harmless(store: impl Store) {
    create(&store, dossier(1)).await;
    let both = clear(1, &["carnet#2", "reminders#1", "carnet#2"]);
    assert!(store.clear(both.clone()).await.unwrap());
    let once = store.read(key(1)).await.unwrap();
    assert!(store.clear(both).await.unwrap());
    assert_eq!(store.read(key(1)).await.unwrap(), once);
    assert!(store.clear(clear(1, &[])).await.unwrap());
}

pub(crate) async fn clearing_at_an_old_revision_writes_nothing(store: impl Store) {
    create(&store, dossier(1)).await;
    let second = next(&dossier(1), None);
    change(&store, second.clone(), PlaceMove::None).await.unwrap();
    assert!(!store.clear(clear(1, &["carnet#2"])).await.unwrap());
    assert_eq!(store.read(key(1)).await.unwrap(), Some(second));
}

pub(crate) async fn clearing_a_dossier_that_does_not_exist_writes_nothing(store: impl Store) {
    assert!(!store.clear(clear(1, &["carnet#2"])).await.unwrap());
    assert_eq!(store.read(key(1)).await.unwrap(), None);
    assert!(file(&store, TO_ORIENT, None, 0).await.is_empty());
}
