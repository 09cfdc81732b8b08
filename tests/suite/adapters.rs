//! One contract for every adapter: the same rules, in memory, on one machine and on the services of the cloud.
//!
//! Each rule is an async function over the port; each instance below runs all of them on one adapter. The emulated
//! cloud is tried when `SPIE_EMULATEUR` holds the address of an emulator, and says so when it is not.

#![expect(
    clippy::unwrap_used,
    reason = "a test whose ground gives way has nothing better to do than to stop"
)]

use aws::{Clients, DynamoStore, Settings, StoreConfig};
use engine::ports::{Dossiers, Rows};

mod dossiers;
mod fixtures;
mod outside;
mod places;
mod sides;

/// What the rules of a store need of it.
trait Store: Dossiers + Rows + Clone + 'static {}
impl<S: Dossiers + Rows + Clone + 'static> Store for S {}

/// Runs every rule on every store.
macro_rules! on_every_store {
    ($($module:ident { $($rule:ident)+ })+) => {
        mod store_in_memory {
            $($(#[tokio::test] async fn $rule() {
                super::$module::$rule(memory::MemoryStore::default()).await;
            })+)+
        }

        mod store_in_memory_with_small_pages {
            $($(#[tokio::test] async fn $rule() {
                super::$module::$rule(memory::MemoryStore::with_pages_of(3)).await;
            })+)+
        }

        mod store_on_embedded_dynamodb {
            $($(#[tokio::test] async fn $rule() {
                super::$module::$rule(super::embedded().await).await;
            })+)+
        }

        mod store_on_the_emulated_cloud {
            $($(#[tokio::test] async fn $rule() {
                if let Some(store) = super::emulated(stringify!($rule)).await {
                    super::$module::$rule(store).await;
                }
            })+)+
        }
    };
}

on_every_store! {
    dossiers {
        a_dossier_reads_back_as_it_was_written
        a_dossier_that_must_not_exist_is_written_once
        a_stale_revision_writes_nothing
        a_write_on_a_dossier_that_does_not_exist_is_stale
        twenty_writes_on_the_same_revision_have_one_winner
        dossiers_are_opened_with_all_their_rows_or_not_at_all
        reading_250_dossiers_gives_each_once_and_leaves_out_those_that_do_not_exist
        the_file_lists_a_state_from_the_most_urgent_over_several_pages
        the_file_stops_at_what_is_due
        the_file_keeps_states_and_territories_apart
        a_dossier_leaves_its_place_in_the_file_when_its_state_or_its_instant_changes
        a_caseload_lists_who_holds_a_place_in_the_order_given
        a_cursor_of_something_else_is_refused
        clearing_removes_what_was_sent_and_keeps_the_revision
        clearing_twice_is_harmless
        what_stays_is_left_alone_until_it_is_said_otherwise
        clearing_at_an_old_revision_writes_nothing
        clearing_a_dossier_that_does_not_exist_writes_nothing
    }
    places {
        a_place_is_taken_with_the_dossier
        a_full_referent_leaves_the_dossier_untouched_and_is_named
        a_capacity_is_exceeded_only_when_somebody_decided_it
        a_place_is_given_back_with_the_dossier
        a_counter_never_goes_below_zero
        a_move_gives_one_place_back_and_takes_the_other
        a_move_to_a_full_referent_moves_nothing
        a_move_to_the_same_referent_moves_no_counter
        an_unknown_referent_leaves_the_dossier_untouched_and_is_named
        a_stale_dossier_is_said_before_a_full_referent
        twenty_dossiers_that_want_one_free_place_have_one_winner
        a_record_starts_with_nobody_and_never_changes_the_counter
        a_record_is_written_at_its_revision_only
        the_roster_holds_the_referents_of_its_territory
    }
    sides {
        a_row_reads_back_as_it_was_written
        an_absent_row_is_written_once
        a_row_is_replaced_only_when_the_attribute_is_the_one_expected
        a_row_without_condition_replaces_the_whole_row
        tables_and_partitions_are_apart
        a_partition_is_listed_by_prefix_in_order_over_several_pages
        a_cursor_of_another_prefix_is_refused
        reading_250_rows_gives_each_once_and_leaves_out_those_that_do_not_exist
        a_deleted_row_is_gone_and_deleting_again_is_no_error
        a_row_is_deleted_only_as_it_should_be
        twenty_writers_of_an_absent_row_have_one_winner
    }
}

const PREFIX: &str = "essai-";
const REGION: &str = "eu-west-3";

/// The adapter of the cloud on a DynamoDB embedded in this process.
async fn embedded() -> DynamoStore {
    let database = dynoxide::Database::memory().unwrap();
    let http = local::dynoxide::http_client(database);
    let clients = Clients::new(Settings::for_emulator("http://dynamodb.invalid"), Some(http));
    aws::create_tables(&clients.dynamodb(), PREFIX).await.unwrap();
    clients.store(StoreConfig { prefix: PREFIX.into() })
}

/// The adapter of the cloud on the emulator, with tables of its own; `None` when there is no emulator.
async fn emulated(rule: &str) -> Option<DynamoStore> {
    let clients = emulator(REGION)?;
    let prefix = unique(rule);
    aws::create_tables(&clients.dynamodb(), &prefix).await.unwrap();
    Some(clients.store(StoreConfig { prefix }))
}

/// Clients of the emulator, if there is one.
#[expect(
    clippy::disallowed_methods,
    reason = "whether there is an emulator is told by whoever runs the tests"
)]
fn emulator(region: &str) -> Option<Clients> {
    use std::io::Write as _;
    use std::sync::Once;

    static SAID: Once = Once::new();
    let Ok(endpoint) = std::env::var("SPIE_EMULATEUR") else {
        SAID.call_once(|| {
            // Past the capture of the test runner: what was not tried must be seen.
            let said = "adapters: SPIE_EMULATEUR is not set, the emulated cloud is not tried\n";
            let _ = std::io::stderr().write_all(said.as_bytes());
        });
        return None;
    };
    Some(Clients::new(Settings { region: region.into(), ..Settings::for_emulator(&endpoint) }, None))
}

/// A name that no other rule and no other run uses.
fn unique(rule: &str) -> String {
    format!("essai-{}-{rule}-", std::process::id())
}

#[tokio::test]
async fn creating_the_tables_again_changes_nothing() {
    let http = local::dynoxide::http_client(dynoxide::Database::memory().unwrap());
    let client = Clients::new(Settings::for_emulator("http://dynamodb.invalid"), Some(http)).dynamodb();
    aws::create_tables(&client, PREFIX).await.unwrap();
    aws::create_tables(&client, PREFIX).await.unwrap();
}
