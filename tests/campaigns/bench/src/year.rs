//! A year, day by day: people come in, agents sign or do not, runs are missed, the process is killed; each message leaves
//! once, to whom it should, when it may, and nobody stays without somebody to call.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use chrono::{DateTime, Days, NaiveDate, Utc};
use contracts::letters::Letter;
use domain::{State, Territory};
use engine::people::Professional;
use engine::ports::{Clock, Documents, DossierKey, Rows, Table};
use fastrand::Rng;
use report::{Campaign, Options};
use serde_json::json;

mod calendar;
mod gestures;
mod history;
mod people;
mod place;
mod verdict;

use calendar::Calendar;
use gestures::Staff;
use history::{Life, Run, Told};
use people::Person;
use place::Place;
use verdict::Judge;

use crate::debit::{agent, plant};
use crate::walk;

/// People and days of a whole campaign, and of a short one.
const WHOLE: (u64, u32) = (2_000, 365);
const SHORT: (u64, u32) = (120, 130);
/// The year begins here, or now when that is past: the same seed then has the same Sundays and holidays.
const BEGINS: Option<NaiveDate> = NaiveDate::from_ymd_opt(2027, 1, 4);
/// The hours of the schedules: the cloud runs one every hour, most of which find nothing to do.
const HOURS: [u32; 3] = [6, 12, 21];
/// When agents work, and when people are at home.
const OFFICE: u32 = 11;
const EVENING: u32 = 22;
/// Of a hundred runs, how many are missed, and in how many the process is killed.
const MISSED: u32 = 30;
const KILLED: u32 = 6;
/// Nothing runs for two days, once in so many.
const OUTAGE_EVERY: u32 = 45;
const OUTAGE: u32 = 2;
/// Days after the last ones came in during which all goes on, so that every delay of everybody ends.
const TAIL: u32 = 50;

/// Runs the campaign and prints its report.
pub fn run(options: Options) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new().context("le processus ne démarre pas")?;
    runtime.block_on(live(options))
}

async fn live(options: Options) -> anyhow::Result<ExitCode> {
    let (size, days) = if options.court { SHORT } else { WHOLE };
    let size = options.executions.unwrap_or(size);
    let seed = options.graine.unwrap_or(1);
    let folder = tempfile::tempdir().context("pas de dossier pour les données")?;
    let mut campaign = Campaign::start("annee", size);
    let mut year = Year::open(folder.path(), u32::try_from(size)?, days, seed).await?;
    for day in 0..days {
        year.live(day, &mut campaign).await?;
    }
    year.judge(&mut campaign).await?;
    campaign.figure("jours", days);
    campaign.figure("passages", year.runs.len());
    campaign.figure("passages_manques", year.missed);
    campaign.figure("arrets", year.killed);
    campaign.figure("messages", json!(year.sent));
    let whole = year.killed > 0 && year.missed > 0;
    Ok(campaign.end(whole))
}

struct Year {
    /// Taken out while it is killed.
    place: Option<Place>,
    agent: Professional,
    calendar: Calendar,
    first: NaiveDate,
    seed: u64,
    rng: Rng,
    people: Vec<(Person, Option<Life>)>,
    runs: Vec<Run>,
    missed: u64,
    killed: u64,
    dark: u32,
    sent: std::collections::BTreeMap<String, u64>,
}

impl Year {
    async fn open(folder: &Path, size: u32, days: u32, seed: u64) -> anyhow::Result<Self> {
        let place = Place::open(folder).await?;
        let territory: Territory = "77".parse()?;
        plant(&*place.world, territory, size).await?;
        let calendar = Calendar::of(territory)?;
        let begins = calendar.at(BEGINS.context("le premier jour")?, 5)?;
        let start = place.world.clock.move_to(begins.max(place.world.clock.now()))?;
        // The first whole day.
        let first = calendar.wall(start).date() + Days::new(1);
        let mut rng = Rng::with_seed(seed);
        let last_entry = days.checked_sub(TAIL).filter(|it| *it > 0).context("trop peu de jours")?;
        let people = people::draw(territory, size, last_entry, start, &mut rng);
        Ok(Self {
            place: Some(place),
            agent: agent(territory)?,
            calendar,
            first,
            seed,
            rng,
            people: people.into_iter().map(|it| (it, None)).collect(),
            runs: Vec::new(),
            missed: 0,
            killed: 0,
            dark: 0,
            sent: std::collections::BTreeMap::new(),
        })
    }

    fn place(&self) -> anyhow::Result<&Place> {
        self.place.as_ref().context("le processus est mort")
    }

    /// One day: the morning's run, the agents, the other runs, the evening's forms.
    async fn live(&mut self, day: u32, campaign: &mut Campaign) -> anyhow::Result<()> {
        if self.dark == 0 && self.rng.u32(..OUTAGE_EVERY) == 0 {
            self.dark = OUTAGE;
        }
        let [morning, noon, night] = HOURS;
        self.pass(day, morning, campaign).await?;
        self.move_to(day, OFFICE)?;
        self.people_act(day, true).await?;
        self.pass(day, noon, campaign).await?;
        self.pass(day, night, campaign).await?;
        self.move_to(day, EVENING)?;
        self.people_act(day, false).await?;
        self.dark = self.dark.saturating_sub(1);
        Ok(())
    }

    fn move_to(&self, day: u32, hour: u32) -> anyhow::Result<DateTime<Utc>> {
        let at = self.calendar.at(self.first + Days::new(day.into()), hour)?;
        Ok(self.place()?.world.clock.move_to(at)?)
    }

    /// One run, or none; the process may be killed in it.
    async fn pass(&mut self, day: u32, hour: u32, campaign: &mut Campaign) -> anyhow::Result<()> {
        let (missed, dies) = (self.rng.u32(..100) < MISSED, self.rng.u32(..100) < KILLED);
        let after = self.rng.u32(1..60);
        if self.dark > 0 || missed {
            self.missed += 1;
            return Ok(());
        }
        let from = self.move_to(day, hour)?;
        if self.place()?.run(dies.then_some(after)).await? {
            let to = self.place()?.world.clock.now();
            self.runs.push(Run { from, to });
            return self.nobody_is_alone(from, campaign).await;
        }
        self.killed += 1;
        let dead = self.place.take().context("le processus est mort")?;
        self.place = Some(dead.restart().await?);
        Ok(())
    }

    /// Those who come in by day and all that is planned for the others; or those who come in in the evening.
    async fn people_act(&mut self, day: u32, in_office: bool) -> anyhow::Result<()> {
        let place = self.place.as_ref().context("le processus est mort")?;
        let staff = Staff { world: &place.world, agent: &self.agent };
        for (person, life) in &mut self.people {
            let by_form = person.plan.confirmed_after.is_some();
            match life {
                None if person.plan.enters == day && by_form != in_office => {
                    *life = Some(staff.enter(person).await?);
                }
                Some(life) if in_office => {
                    staff.treat(&person.plan, life, day.saturating_sub(person.plan.enters)).await?;
                }
                None | Some(_) => {}
            }
        }
        Ok(())
    }

    /// After a run, whoever waits beyond the target has somebody to call, unless people must look first.
    async fn nobody_is_alone(&self, from: DateTime<Utc>, campaign: &mut Campaign) -> anyhow::Result<()> {
        let world = &self.place()?.world;
        let (territory, calendar) = (self.agent.territory, &self.calendar);
        let mut alone = Vec::new();
        for state in State::NOT_ORIENTED {
            walk::each(world, (territory, state), |row| {
                let dossier = row.dossier()?;
                let Some(right) = dossier.running_right() else { return Ok(()) };
                let late = calendar.end(right.received_on + Days::new(30))? <= from;
                if late && dossier.state.place().is_none() && !dossier.is_suspended() {
                    alone.push(format!("{} : personne à appeler au {from}", dossier.id));
                }
                Ok(())
            })
            .await?;
        }
        for it in &alone {
            campaign.wrong(it);
        }
        Ok(())
    }

    /// What everybody was told, against what they should have been.
    async fn judge(&mut self, campaign: &mut Campaign) -> anyhow::Result<()> {
        let everybody = std::mem::take(&mut self.people);
        let mut wrongs = Vec::new();
        for (_, life) in &everybody {
            let life = life.as_ref().context("quelqu’un n’est pas entré")?;
            let told = self.told(life).await?;
            for it in &told {
                *self.sent.entry(it.channel.clone()).or_default() += 1;
            }
            let judge = Judge { calendar: &self.calendar, runs: &self.runs };
            let wrong = judge.wrongs(life, &told)?;
            campaign.passed(u64::from(wrong.is_empty()));
            wrongs.extend(wrong);
        }
        if !wrongs.is_empty() {
            campaign.failed(self.seed, &wrongs);
        }
        Ok(())
    }

    /// The claims of a dossier, in the order in which they left, each with its document.
    async fn told(&self, life: &Life) -> anyhow::Result<Vec<Told>> {
        let (world, territory) = (&self.place()?.world, self.calendar.territory());
        let key = DossierKey { territory, dossier: life.dossier };
        let mut told = Vec::new();
        for row in world.store.query_all(Table::Envois, &key.pk(), "envoi#").await? {
            let text = |name: &str| row.attributes.get(name).and_then(|it| it.as_str());
            let fact = row.sk.strip_prefix("envoi#").context("un envoi sans nom")?.to_owned();
            let document = format!("envois/{territory}/{}/{}.json", life.dossier, fact.replace('/', "-"));
            let letter = world.documents.get(&document).await?;
            let letter = letter.with_context(|| format!("« {fact} » est réservé, et n’est jamais parti"))?;
            let letter: Letter = serde_json::from_slice(&letter)?;
            ensure!(letter.cle == fact, "« {fact} » a le document de « {} »", letter.cle);
            let at = text("le").context("un envoi sans date")?.parse()?;
            told.push(Told { fact, at, channel: letter.canal });
        }
        told.sort_by_key(|it| it.at);
        Ok(told)
    }
}
