//! The rules of the side tables: conditions, order, pages.

use contracts::rows::SideRow;
use engine::ports::{PageAsk, Table, When};
use serde_json::json;

use super::Store;
use super::fixtures::{scattered, side};

const PK: &str = "77#00000000-0000-0000-0000-000000000001";

async fn put(store: &impl Store, row: SideRow, when: When) -> bool {
    store.put(Table::Envois, row, when).await.unwrap()
}

async fn get(store: &impl Store, sk: &str) -> Option<SideRow> {
    store.get(Table::Envois, PK, sk).await.unwrap()
}

pub(crate) async fn a_row_reads_back_as_it_was_written(store: impl Store) {
    let attributes = [
        ("scelle", json!("b64+/=")),
        ("vide", json!("")),
        ("rien", json!(null)),
        ("oui", json!(true)),
        ("version", json!(3)),
        ("moins", json!(-7)),
        ("grand", json!(9_007_199_254_740_993_u64)),
        ("liste", json!(["a", 1, null, []])),
        ("carte", json!({ "é": { "pk": "autre", "n": 0 }, "vide": {} })),
    ];
    let attributes = attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let row = SideRow { pk: PK.into(), sk: "dsp#1".into(), attributes };
    for table in Table::ALL {
        assert_eq!(store.get(table, PK, "dsp#1").await.unwrap(), None);
        assert!(store.put(table, row.clone(), When::Always).await.unwrap());
        assert_eq!(store.get(table, PK, "dsp#1").await.unwrap(), Some(row.clone()));
    }
    let bare = SideRow { pk: PK.into(), sk: "-".into(), attributes: std::collections::BTreeMap::new() };
    assert!(put(&store, bare.clone(), When::Always).await);
    assert_eq!(get(&store, "-").await, Some(bare));
}

pub(crate) async fn an_absent_row_is_written_once(store: impl Store) {
    assert!(put(&store, side(PK, "recu", "premier"), When::Absent).await);
    assert!(!put(&store, side(PK, "recu", "second"), When::Absent).await);
    assert_eq!(get(&store, "recu").await, Some(side(PK, "recu", "premier")));
    assert!(
        put(&store, side(PK, "decision", "premier"), When::Absent).await,
        "another sort key is another row"
    );
}

pub(crate) async fn a_row_is_replaced_only_when_the_attribute_is_the_one_expected(store: impl Store) {
    let is = |attribute, value: &str| When::Is { attribute, value: value.to_owned() };
    assert!(!put(&store, side(PK, "recu", "parti"), is("etat", "reserve")).await, "there is no row");
    assert_eq!(get(&store, "recu").await, None);
    assert!(put(&store, side(PK, "recu", "reserve"), When::Absent).await);
    assert!(!put(&store, side(PK, "recu", "parti"), is("etat", "parti")).await);
    assert!(!put(&store, side(PK, "recu", "parti"), is("autre", "reserve")).await, "no such attribute");
    assert_eq!(get(&store, "recu").await, Some(side(PK, "recu", "reserve")));
    assert!(put(&store, side(PK, "recu", "parti"), is("etat", "reserve")).await);
    assert_eq!(get(&store, "recu").await, Some(side(PK, "recu", "parti")));
}

pub(crate) async fn a_row_without_condition_replaces_the_whole_row(store: impl Store) {
    let mut row = side(PK, "recu", "un");
    row.attributes.insert("canal".into(), json!("sms"));
    assert!(put(&store, row, When::Always).await);
    assert!(put(&store, side(PK, "recu", "deux"), When::Always).await);
    assert_eq!(get(&store, "recu").await, Some(side(PK, "recu", "deux")));
}

pub(crate) async fn tables_and_partitions_are_apart(store: impl Store) {
    assert!(put(&store, side(PK, "recu", "un"), When::Absent).await);
    assert!(put(&store, side("974#x", "recu", "deux"), When::Absent).await);
    assert!(store.put(Table::Cles, side(PK, "recu", "trois"), When::Absent).await.unwrap());
    assert_eq!(get(&store, "recu").await, Some(side(PK, "recu", "un")));
    assert_eq!(list(&store, "", 0).await, ["recu"]);
}

/// The sort keys of every page of a partition.
async fn list(store: &impl Store, prefix: &str, limit: u32) -> Vec<String> {
    let mut found = Vec::new();
    let mut page = PageAsk { after: None, limit };
    loop {
        let answer = store.query(Table::Envois, PK, prefix, page).await.unwrap();
        assert!(limit == 0 || answer.items.len() <= usize::try_from(limit).unwrap());
        found.extend(answer.items.into_iter().map(|it| it.sk));
        match answer.next {
            None => return found,
            next => page = PageAsk { after: next, limit },
        }
    }
}

pub(crate) async fn a_partition_is_listed_by_prefix_in_order_over_several_pages(store: impl Store) {
    for number in scattered(25) {
        assert!(put(&store, side(PK, &format!("entree#{number:03}"), "x"), When::Absent).await);
    }
    for sk in ["dsp#1", "entref", "entree", "entree$"] {
        assert!(put(&store, side(PK, sk, "x"), When::Absent).await);
    }
    let expected: Vec<String> = (0..25).map(|it| format!("entree#{it:03}")).collect();
    for limit in [0, 1, 10, 25, 1000] {
        assert_eq!(list(&store, "entree#", limit).await, expected, "{limit} at a time");
        assert_eq!(list(&store, "", limit).await.len(), 29, "{limit} at a time");
    }
    assert!(list(&store, "rendez_vous#", 0).await.is_empty());
}

pub(crate) async fn a_cursor_of_another_prefix_is_refused(store: impl Store) {
    for number in 0..5 {
        assert!(put(&store, side(PK, &format!("entree#{number}"), "x"), When::Absent).await);
    }
    let first = store.query(Table::Envois, PK, "entree#", PageAsk { after: None, limit: 2 }).await.unwrap();
    for (prefix, after) in
        [("dsp#", first.next), ("entree#", Some("la suite".into())), ("", Some(String::new()))]
    {
        let refused = store.query(Table::Envois, PK, prefix, PageAsk { after, limit: 2 }).await.unwrap_err();
        assert_eq!(refused.operation, "cursor");
    }
}

pub(crate) async fn reading_250_rows_gives_each_once_and_leaves_out_those_that_do_not_exist(
    store: impl Store,
) {
    let name = |number: u32| (format!("77#{number:04}"), "identite".to_owned());
    for number in 0..250 {
        let (pk, sk) = name(number);
        assert!(store.put(Table::Personnes, side(&pk, &sk, "x"), When::Absent).await.unwrap());
    }
    let keys: Vec<_> = (0..260).chain(40..60).map(name).collect();
    let found = store.get_many(Table::Personnes, &keys).await.unwrap();
    let mut found: Vec<_> = found.into_iter().map(|it| (it.pk, it.sk)).collect();
    found.sort();
    assert_eq!(found, keys[..250]);
    assert_eq!(store.get_many(Table::Personnes, &[]).await.unwrap(), []);
}

pub(crate) async fn a_deleted_row_is_gone_and_deleting_again_is_no_error(store: impl Store) {
    assert!(put(&store, side(PK, "un", "x"), When::Absent).await);
    assert!(put(&store, side(PK, "deux", "x"), When::Absent).await);
    for _ in 0..2 {
        store.delete(Table::Envois, PK, "un").await.unwrap();
        assert_eq!(get(&store, "un").await, None);
    }
    assert_eq!(list(&store, "", 0).await, ["deux"]);
    assert!(put(&store, side(PK, "un", "y"), When::Absent).await);
}

pub(crate) async fn a_row_is_deleted_only_as_it_should_be(store: impl Store) {
    let is = |value: &str| When::Is { attribute: "etat", value: value.to_owned() };
    let gone = async |when: When| store.delete_when(Table::Envois, PK, "recu", when).await.unwrap();
    assert!(!gone(is("reserve")).await, "what is not there is not as it should be");
    assert!(put(&store, side(PK, "recu", "reserve"), When::Absent).await);
    assert!(!gone(is("envoye")).await);
    assert!(get(&store, "recu").await.is_some());
    assert!(gone(is("reserve")).await);
    assert_eq!(get(&store, "recu").await, None);
    assert!(gone(When::Always).await, "deleting what is gone is no error");
}

pub(crate) async fn twenty_writers_of_an_absent_row_have_one_winner(store: impl Store) {
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..20 {
        let store = store.clone();
        writers.spawn(async move {
            let name = number.to_string();
            (name.clone(), put(&store, side(PK, "recu", &name), When::Absent).await)
        });
    }
    let mut winners = Vec::new();
    while let Some(writer) = writers.join_next().await {
        if let (name, true) = writer.unwrap() {
            winners.push(name);
        }
    }
    let [winner] = winners.as_slice() else { panic!("{winners:?}") };
    assert_eq!(get(&store, "recu").await, Some(side(PK, "recu", winner)));
}
