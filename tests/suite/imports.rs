//! Files, from their deposit to what became of each line.

use std::collections::BTreeSet;

use chrono::{NaiveDate, TimeDelta};
use contracts::api::{BilanJson, ImportEtat, ImportJson, ImportNature};
use engine::imports::{self, Deposit};
use engine::ports::{PortError, QueueName};
use engine::requests::{self, Filter, RequestError};
use files::flow::Kind;
use files::forge::{self, Options};
use files::forge_list::{self, Style};
use futures::stream;

use crate::interrupted::Process;
use crate::world::{Stage, territory};

/// A flow of fictional households, some months after March 2026.
pub(crate) fn flow(households: u32, month: u32) -> Vec<u8> {
    let first_day = NaiveDate::from_ymd_opt(2026, 2, 1).unwrap();
    let options = Options { month, ..Options::first(first_day) };
    let mut bytes = Vec::new();
    forge::flow(territory(), households, 7, Kind::Monthly, &mut bytes, &options).unwrap();
    bytes
}

/// Gives a file, and lets every queue empty.
pub(crate) async fn give(stage: &Stage, key: &str, deposit: Deposit, bytes: Vec<u8>) -> ImportJson {
    // In pieces that fall nowhere in particular.
    let pieces: Vec<Result<Vec<u8>, PortError>> = bytes.chunks(70_001).map(|it| Ok(it.to_vec())).collect();
    let given =
        imports::deposit(&*stage.world, &stage.agent, key, deposit, stream::iter(pieces)).await.unwrap();
    drain(stage).await;
    imports::import(&*stage.world, &stage.agent, given.import).await.unwrap()
}

pub(crate) fn a_flow() -> Deposit {
    Deposit {
        nature: ImportNature::Flux,
        source: None,
        name: "flux.xml".to_owned(),
        dry: false,
        received_on: None,
    }
}

pub(crate) fn a_list() -> Deposit {
    Deposit { nature: ImportNature::Liste, name: "liste.csv".to_owned(), ..a_flow() }
}

async fn drain(stage: &Stage) {
    work(stage, None).await;
}

/// Empties every queue; the messages of imports are first handled by the process that may die, then seen again.
pub(crate) async fn work(stage: &Stage, dying: Option<&Process>) {
    loop {
        let files = stage.world.queues.take(QueueName::Imports);
        if files.is_empty() && stage.drain().await == 0 {
            return;
        }
        for envelope in files {
            let body = serde_json::to_string(&envelope).unwrap();
            if let Some(process) = dying
                && ::imports::handle(process, &body).await.is_ok()
            {
                continue;
            }
            ::imports::handle(&*stage.world, &body).await.unwrap();
        }
    }
}

async fn listed(stage: &Stage) -> usize {
    let (mut count, mut apres) = (0, None);
    loop {
        let filter = Filter { limite: 100, apres, ..Filter::default() };
        let page = requests::dossiers(&*stage.world, &stage.agent, filter).await.unwrap();
        count += page.elements.len();
        apres = page.suivant;
        if apres.is_none() {
            return count;
        }
    }
}

fn sums(bilan: BilanJson) -> u64 {
    bilan.crees + bilan.mis_a_jour + bilan.inchanges + bilan.refuses
}

#[tokio::test]
async fn a_flow_opens_a_dossier_for_each_adult_to_be_oriented_and_sent_again_it_changes_nothing() {
    let stage = Stage::new().await;
    let first = give(&stage, "cle-1", a_flow(), flow(60, 0)).await;
    let bilan = first.bilan.unwrap();
    assert_eq!(first.etat, ImportEtat::Termine);
    assert_eq!(sums(bilan), bilan.lignes, "everybody is counted once: {bilan:?}");
    assert!(bilan.crees > 30, "{bilan:?}");
    assert_eq!(listed(&stage).await, usize::try_from(bilan.crees).unwrap());
    let before = stage.world.store.dossiers();
    let again = give(&stage, "cle-2", a_flow(), flow(60, 0)).await.bilan.unwrap();
    assert_eq!((again.crees, again.mis_a_jour, again.lignes), (0, 0, bilan.lignes), "{again:?}");
    assert!(stage.world.store.dossiers() == before, "nothing was written");
}

#[tokio::test]
async fn a_dry_run_tells_what_the_file_would_do_and_writes_nothing_then_it_is_applied() {
    let stage = Stage::new().await;
    let dry = give(&stage, "cle-1", Deposit { dry: true, ..a_flow() }, flow(30, 0)).await;
    assert!(stage.world.store.dossiers().is_empty());
    let told = dry.bilan.unwrap();
    imports::apply_now(&*stage.world, &stage.agent, dry.import).await.unwrap();
    drain(&stage).await;
    let all = imports::imports(&*stage.world, &stage.agent).await.unwrap().elements;
    let done: Vec<BilanJson> = all.iter().filter(|it| !it.a_blanc).filter_map(|it| it.bilan).collect();
    assert_eq!(done, [told]);
    assert_eq!(listed(&stage).await, usize::try_from(told.crees).unwrap());
}

#[tokio::test]
async fn a_file_that_was_cut_is_refused_whole_and_nothing_of_it_is_kept() {
    let stage = Stage::new().await;
    let mut cut = flow(250, 0);
    cut.truncate(cut.len() - 40);
    let refused = give(&stage, "cle-1", a_flow(), cut).await;
    assert_eq!(refused.etat, ImportEtat::Refuse);
    assert!(refused.motif.is_some_and(|it| !it.is_empty()));
    assert!(stage.world.store.dossiers().is_empty());
}

#[tokio::test]
async fn the_flow_of_the_next_month_opens_closes_and_completes() {
    let stage = Stage::new().await;
    let first = give(&stage, "cle-1", a_flow(), flow(80, 0)).await.bilan.unwrap();
    let next = give(&stage, "cle-2", a_flow(), flow(80, 1)).await.bilan.unwrap();
    assert_eq!(sums(next), next.lignes);
    assert!(next.mis_a_jour > 0 && next.inchanges > first.crees / 2, "{first:?} {next:?}");
    let known: BTreeSet<String> = stage.world.store.dossiers().into_iter().map(|it| it.pk).collect();
    // The flow of the month before, come late, says nothing any more.
    let before = stage.world.store.dossiers();
    give(&stage, "cle-3", a_flow(), flow(80, 0)).await;
    let after = stage.world.store.dossiers();
    assert_eq!(after.iter().map(|it| it.pk.clone()).collect::<BTreeSet<_>>(), known);
    let states = |rows: &[contracts::rows::DossierRow]| -> Vec<(String, String)> {
        rows.iter().map(|it| (it.pk.clone(), it.file_pk.clone())).collect()
    };
    assert_eq!(states(&after), states(&before));
}

#[tokio::test]
async fn a_list_is_given_back_with_what_is_wrong_beside_each_row() {
    let stage = Stage::new().await;
    let mut bytes = Vec::new();
    forge_list::csv(Style::RdvInsertion, 120, 3, &mut bytes).unwrap();
    let list = Deposit { source: Some("rdv-insertion".into()), ..a_list() };
    let done = give(&stage, "cle-1", list.clone(), bytes.clone()).await;
    assert_eq!(done.etat, ImportEtat::Termine, "{:?}", done.motif);
    let bilan = done.bilan.unwrap();
    assert_eq!(sums(bilan), bilan.lignes);
    assert!(bilan.crees > 50, "{bilan:?}");
    let (name, _, file) = imports::returned(&*stage.world, &stage.agent, done.import).await.unwrap();
    let file = String::from_utf8(file).unwrap();
    assert!(name.ends_with("-annote.csv"), "{name}");
    assert!(file.contains(";erreur\r\n"), "the column that is added");
    let again = give(&stage, "cle-2", list, bytes).await.bilan.unwrap();
    assert_eq!((again.crees, again.mis_a_jour), (0, 0), "{again:?}");
}

#[tokio::test]
async fn an_import_whose_message_was_lost_goes_on_by_itself() {
    let stage = Stage::new().await;
    let pieces = stream::iter([Ok(flow(250, 0))]);
    let given = imports::deposit(&*stage.world, &stage.agent, "cle-1", a_flow(), pieces).await.unwrap();
    let lose = || assert!(!stage.world.queues.take(QueueName::Imports).is_empty());
    lose();
    let hours = |hours| stage.world.clock.set(stage.now() + TimeDelta::hours(hours));
    hours(1);
    assert_eq!(imports::tend(&*stage.world).await.unwrap().treated, 0, "it may still be on its way");
    hours(3);
    assert_eq!(imports::tend(&*stage.world).await.unwrap().treated, 1);
    // It is read; then the messages of its parts are lost too.
    for envelope in stage.world.queues.take(QueueName::Imports) {
        ::imports::handle(&*stage.world, &serde_json::to_string(&envelope).unwrap()).await.unwrap();
    }
    lose();
    imports::tend(&*stage.world).await.unwrap();
    drain(&stage).await;
    let ended = imports::import(&*stage.world, &stage.agent, given.import).await.unwrap();
    assert_eq!(ended.etat, ImportEtat::Termine);
    assert_eq!(listed(&stage).await, usize::try_from(ended.bilan.unwrap().crees).unwrap());
    assert_eq!(imports::tend(&*stage.world).await.unwrap().treated, 0);
}

#[tokio::test]
async fn an_import_that_nobody_tended_for_more_than_a_year_goes_on_and_is_not_forgotten() {
    let stage = Stage::new().await;
    let pieces = stream::iter([Ok(flow(20, 0))]);
    let given = imports::deposit(&*stage.world, &stage.agent, "cle-1", a_flow(), pieces).await.unwrap();
    assert!(!stage.world.queues.take(QueueName::Imports).is_empty(), "its message is lost");
    stage.world.clock.set(stage.now() + TimeDelta::days(400));
    imports::tend(&*stage.world).await.unwrap();
    drain(&stage).await;
    let ended = imports::import(&*stage.world, &stage.agent, given.import).await.unwrap();
    assert_eq!(ended.etat, ImportEtat::Termine);
    assert!(ended.bilan.unwrap().crees > 0);
}

#[tokio::test]
async fn a_flow_of_nobody_is_over_at_once() {
    let stage = Stage::new().await;
    let done = give(&stage, "cle-1", a_flow(), flow(0, 0)).await;
    assert_eq!((done.etat, done.bilan), (ImportEtat::Termine, Some(BilanJson::default())));
    assert_eq!(imports::tend(&*stage.world).await.unwrap().treated, 0);
}

#[tokio::test]
async fn the_file_of_a_dry_run_is_kept_until_whoever_applies_it_has_read_it() {
    let stage = Stage::new().await;
    let mut bytes = Vec::new();
    forge_list::csv(Style::RdvInsertion, 20, 3, &mut bytes).unwrap();
    let dry = give(&stage, "cle-1", Deposit { dry: true, ..a_list() }, bytes).await;
    let days = |days| stage.world.clock.set(stage.now() + TimeDelta::days(days));
    days(29);
    let applied = imports::apply_now(&*stage.world, &stage.agent, dry.import).await.unwrap().import;
    assert!(!stage.world.queues.take(QueueName::Imports).is_empty(), "its message is lost");
    days(2);
    imports::tend(&*stage.world).await.unwrap();
    drain(&stage).await;
    let ended = imports::import(&*stage.world, &stage.agent, applied).await.unwrap();
    assert_eq!((ended.etat, ended.fichier_annote), (ImportEtat::Termine, true));
    imports::tend(&*stage.world).await.unwrap();
    let kept = stage.world.documents.names().into_iter().filter(|it| it.0.contains("/fichier/")).count();
    assert_eq!(kept, 0, "nobody reads it any more");
}

#[tokio::test]
async fn a_file_is_deleted_after_its_delay_and_all_that_is_said_of_it_after_a_year() {
    let stage = Stage::new().await;
    let mut bytes = Vec::new();
    forge_list::csv(Style::RdvInsertion, 20, 3, &mut bytes).unwrap();
    bytes.extend_from_slice("Exemple;;pas une date;;;;;;;;\n".as_bytes());
    let done = give(&stage, "cle-1", a_list(), bytes).await;
    assert_eq!((done.etat, done.fichier_annote), (ImportEtat::Termine, true));
    let files = || {
        stage
            .world
            .documents
            .names()
            .into_iter()
            .map(|it| it.0)
            .filter(|it| it.starts_with("imports/"))
            .collect::<Vec<_>>()
    };
    let of_the_file = |name: &&String| name.contains("/fichier/") || name.ends_with("/retour");
    assert_eq!(files().iter().filter(of_the_file).count(), 2);
    let days = |days| stage.world.clock.set(stage.now() + TimeDelta::days(days));
    days(29);
    imports::tend(&*stage.world).await.unwrap();
    assert_eq!(files().iter().filter(of_the_file).count(), 2);
    days(2);
    assert_eq!(imports::tend(&*stage.world).await.unwrap().treated, 1);
    assert_eq!(files().iter().filter(of_the_file).count(), 0);
    let kept = imports::import(&*stage.world, &stage.agent, done.import).await.unwrap();
    assert_eq!((kept.bilan, kept.empreinte, kept.fichier_annote), (done.bilan, done.empreinte, false));
    assert!(!files().is_empty(), "why lines were refused is kept");
    days(340);
    imports::tend(&*stage.world).await.unwrap();
    assert_eq!(files(), Vec::<String>::new());
    assert!(imports::imports(&*stage.world, &stage.agent).await.unwrap().elements.is_empty());
}

#[tokio::test]
async fn a_dry_run_whose_file_was_deleted_is_not_applied() {
    let stage = Stage::new().await;
    let dry = give(&stage, "cle-1", Deposit { dry: true, ..a_flow() }, flow(30, 0)).await;
    stage.world.clock.set(stage.now() + TimeDelta::days(31));
    imports::tend(&*stage.world).await.unwrap();
    let refused = imports::apply_now(&*stage.world, &stage.agent, dry.import).await;
    assert!(matches!(refused, Err(RequestError::Invalid(_))), "{refused:?}");
}
