//! Some départements on the store, the queues and the worker of the local mode, and what is done with them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use chrono::{Days, NaiveTime, TimeDelta};
use contracts::api::{ImportEtat, ImportNature, IndicateursAsk, RapportJson};
use domain::calendar::{Month, first_working_day};
use domain::dossier::{Channel, ContactSearch, DefaultStage};
use domain::{Dossier, DossierId, State, Territory, clock, clocks};
use engine::imports::{self, Deposit};
use engine::people::{Professional, Role};
use engine::ports::Clock;
use engine::{requests, schedules};
use local::config::Config;
use local::dynoxide::{Watch, watched_http_client};
use local::here::{Here, Steps, assemble};
use local::worker::{Worker, until_quiet};
use serde_json::{Value, json};

use crate::debit::{agent, plant};
use crate::files::child::bytes_of;
use crate::files::flow;
use crate::made::{Made, name};
use crate::walk;

/// Rows that the store takes at once.
const BATCH: usize = 25;

/// Some départements.
pub(super) struct Region {
    world: Arc<Here>,
    folder: PathBuf,
    calls: Arc<Calls>,
    made: AtomicU64,
}

/// What there is once a sweep has ended.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// People whom nobody has oriented.
    pub(super) waiting: u64,
    /// Of these, those who have nobody to call.
    pub(super) nobody_to_call: u64,
    /// Of these, those for whom no default is prepared.
    pub(super) nothing_prepared: u64,
    /// People who are oriented: nobody signed for them.
    pub(super) oriented_by_the_machine: u64,
}

/// Counts the requests to the store.
#[derive(Default)]
struct Calls(AtomicU64);

struct Counting(Arc<Calls>);

impl Watch for Counting {
    fn answered(&self, _: &str, _: &[u8], _: u16, _: Duration) {
        self.0.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Region {
    /// Opens a fresh place in this folder, with room for `each` people in each territory, and starts its worker.
    pub(super) async fn open(folder: &Path, territories: Vec<Territory>, each: u64) -> anyhow::Result<Self> {
        let config = Config { port: 0, data: folder.to_owned(), territories };
        let calls = Arc::new(Calls::default());
        let engine = local::dynoxide::open(&store(folder)).context("la base ne s’ouvre pas")?;
        let world =
            Arc::new(assemble(&config, watched_http_client(engine, Counting(Arc::clone(&calls)))).await?);
        for territory in config.territories {
            plant(&*world, territory, u32::try_from(each)?).await?;
        }
        tokio::spawn(Worker::new(world.queues.clone(), Arc::new(Steps(Arc::clone(&world)))).run());
        Ok(Self { world, folder: folder.to_owned(), calls, made: AtomicU64::new(0) })
    }

    fn territories(&self) -> impl Iterator<Item = Territory> + '_ {
        self.world.reference.served.iter().copied()
    }

    /// Gives each territory a flow of so many households, and lets the journey of whom it brings in go as far as it
    /// goes by itself. Tells how many came in.
    pub(super) async fn bring(&self, households: u32, seed: u64) -> anyhow::Result<u64> {
        let mut came = 0;
        for territory in self.territories() {
            let path = self.folder.join("flux.xml");
            flow(territory, &path, households, seed, 0)?;
            let who = agent(territory)?;
            let deposit = Deposit {
                nature: ImportNature::Flux,
                source: None,
                name: "flux.xml".to_owned(),
                dry: false,
                received_on: None,
            };
            let given =
                imports::deposit(&*self.world, &who, "cle-1", deposit, bytes_of(&path).await?).await?;
            until_quiet(&self.world.queues).await?;
            let import = imports::import(&*self.world, &who, given.import).await?;
            ensure!(import.etat == ImportEtat::Termine, "le flux de {territory} n’a pas été appliqué");
            came += import.bilan.map_or(0, |it| it.crees);
        }
        Ok(came)
    }

    /// Puts so many people who have their référent into the first territory, beside the journey.
    pub(super) fn fill(&self, count: u64) -> anyhow::Result<()> {
        let engine = local::dynoxide::open(&store(&self.folder)).context("la base ne s’ouvre pas")?;
        let territory = self.territories().next().context("aucun département")?;
        let today = territory.local_date(self.world.clock.now());
        let made = Made { territory, today, reference: &self.world.reference };
        let first = self.made.fetch_add(count, Ordering::Relaxed);
        let ids: Vec<DossierId> = (first..first + count).map(|it| name(it.into())).collect();
        for some in ids.chunks(BATCH) {
            let mut puts = Vec::new();
            for id in some {
                puts.push(json!({"PutRequest": {"Item": made.item(&made.placed(*id)?)?}}));
            }
            let request = json!({"RequestItems": {"spie-local-dossiers": puts}});
            let (status, answer) = engine.write("BatchWriteItem", request.to_string().as_bytes());
            let answer: Value = serde_json::from_str(&answer)?;
            let all = answer["UnprocessedItems"].as_object().is_none_or(serde_json::Map::is_empty);
            ensure!(status == 200 && all, "la base a refusé des dossiers : {answer}");
        }
        Ok(())
    }

    /// Moves the clock to the first sweep for which everybody has passed the target, without any run on the way.
    pub(super) fn a_month_passes(&self) -> anyhow::Result<()> {
        let now = self.world.clock.now();
        for territory in self.territories() {
            let late = territory.local_date(now) + Days::new(31);
            let first = first_working_day(territory, Month::of(late).next());
            let at =
                territory.instant(first.and_time(NaiveTime::from_hms_opt(9, 0, 0).context("neuf heures")?));
            self.world.clock.move_to(at.max(self.world.clock.now()))?;
        }
        Ok(())
    }

    fn month(&self, territory: Territory) -> Month {
        Month::of(territory.local_date(self.world.clock.now()))
    }

    /// Simulates each territory's sweep, and tells its report.
    pub(super) async fn simulate(&self) -> anyhow::Result<BTreeMap<Territory, RapportJson>> {
        let mut announced = BTreeMap::new();
        for territory in self.territories() {
            schedules::sweep::run(&*self.world, territory, self.month(territory), true).await?;
            announced.insert(territory, self.report(territory, true).await?);
        }
        Ok(announced)
    }

    /// The report of a territory's sweep.
    pub(super) async fn report(&self, territory: Territory, simulation: bool) -> anyhow::Result<RapportJson> {
        let name = schedules::sweep::name(self.month(territory), simulation);
        let run = requests::sweep_run(&*self.world, &who(territory, Role::Head)?, &name).await?;
        run.rapport.with_context(|| format!("le balayage {name} de {territory} n’a pas de rapport"))
    }

    /// Sweeps every territory, to the end of everything that the sweep asked for.
    pub(super) async fn sweep(&self) -> anyhow::Result<()> {
        schedules::sweep::run_due(&*self.world).await?;
        Ok(until_quiet(&self.world.queues).await?)
    }

    /// What a sweep has left.
    pub(super) async fn left(&self) -> anyhow::Result<Left> {
        let mut left = Left::default();
        let brought = |dossier: &Dossier| dossier.channel == Channel::Flow;
        self.everybody(|dossier| match &dossier.state {
            State::Submitted | State::Urgent { .. } => {
                left.waiting += 1;
                left.nobody_to_call += 1;
                left.nothing_prepared += 1;
            }
            State::ToOrient { waiting, .. } | State::AwaitingFranceTravail { waiting, .. } => {
                left.waiting += 1;
                left.nobody_to_call += u64::from(!matches!(waiting.contact, ContactSearch::Found(_)));
                left.nothing_prepared += u64::from(!matches!(waiting.default, DefaultStage::Ready(_)));
            }
            State::Oriented { .. } | State::AwaitingPlace { .. } | State::Assigned { .. } => {
                left.oriented_by_the_machine += u64::from(brought(dossier));
            }
            State::Closed { .. } => {}
        })
        .await?;
        Ok(left)
    }

    /// Reads everybody again and looks at their clocks. How many, and how long it took.
    pub(super) async fn clocks(&self) -> anyhow::Result<(u64, Duration)> {
        let (began, mut count, mut shown) = (Instant::now(), 0, 0);
        let reference = &self.world.reference;
        self.everybody(|dossier| {
            let frame = &reference.frame_of(dossier);
            shown +=
                clocks::of(dossier, frame).len() + usize::from(clock::next_due(dossier, frame).is_some());
            count += 1;
        })
        .await?;
        ensure!(shown as u64 >= count, "{count} dossiers n’ont que {shown} horloges");
        Ok((count, began.elapsed()))
    }

    /// Counts the indicators of every territory, commune by commune. How long it took.
    pub(super) async fn indicators(&self) -> anyhow::Result<Duration> {
        let began = Instant::now();
        for territory in self.territories() {
            let today = territory.local_date(self.world.clock.now());
            let question = json!({"du": "2009-06-01", "au": today, "par": "commune"});
            let ask = IndicateursAsk::parse(&question, today)?;
            let told = requests::indicators(&*self.world, &who(territory, Role::Head)?, ask).await?;
            let waiting = told.indicateurs.iter().find(|it| it.id == "I1-non-orientes");
            let waiting = waiting.and_then(|it| it.numerateur).context("un indicateur manque")?;
            let stock = self.report(territory, false).await?.stock;
            ensure!(waiting == stock, "{territory} : {waiting} non orientés, pas les {stock} du balayage");
        }
        Ok(began.elapsed())
    }

    async fn everybody(&self, mut seen: impl FnMut(&Dossier)) -> anyhow::Result<()> {
        for territory in self.territories() {
            for state in State::CODES {
                walk::each(&self.world, (territory, state), |row| {
                    seen(&row.dossier()?);
                    Ok(())
                })
                .await?;
            }
        }
        Ok(())
    }

    /// The requests of a check that finds nothing to do, once those before it have done what was due, and the relay has
    /// taken off the outboxes what had left while somebody else was writing.
    pub(super) async fn idle_check(&self) -> anyhow::Result<u64> {
        self.world.clock.advance(TimeDelta::hours(1))?;
        schedules::relay::run_all(&*self.world).await?;
        until_quiet(&self.world.queues).await?;
        loop {
            let before = self.calls.0.load(Ordering::Relaxed);
            let tally = schedules::check::run_all(&*self.world).await?;
            let asked = self.calls.0.load(Ordering::Relaxed) - before;
            ensure!(tally.failed == 0, "un contrôle n’a pas pu traiter {} dossiers", tally.failed);
            if tally.treated == 0 {
                return Ok(asked);
            }
            until_quiet(&self.world.queues).await?;
        }
    }
}

fn store(folder: &Path) -> PathBuf {
    folder.join("dynamo.sqlite")
}

fn who(territory: Territory, role: Role) -> anyhow::Result<Professional> {
    Ok(Professional { role, ..agent(territory)? })
}
