//! One world of the campaign: an empty store, a cloud with faults, the seven real functions over it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use local::identity::{AUDIENCE, ISSUER, Identity};

use super::Place;
use crate::cloud::{Cloud, Served};
use crate::faults::Tally;
use crate::harness::Function;
use crate::instance::Launch;
use crate::outset::{self, empty_store};

pub(super) use crate::outset::QUEUES;

/// The départements of every world.
pub(super) const TERRITORIES: [&str; 2] = ["77", "93"];

/// Each function as the template deploys it: the queues that it is told, its time-out in seconds.
const FUNCTIONS: [(&str, &[&str], u64); 7] = [
    ("intake", &["triage", "reminders"], 15),
    ("triage", &["triage", "assignment", "carnet", "reminders"], 30),
    ("assignment", &["triage", "assignment", "carnet", "reminders"], 30),
    ("carnet", &[], 30),
    ("reminders", &[], 30),
    ("sweep", &QUEUES, 300),
    ("professionals", &QUEUES, 28),
];

/// A slow machine is no fault: time-outs are that many times longer than deployed.
const PATIENCE: u32 = 10;

/// What every world of a campaign shares.
pub(super) struct Ground {
    bootstraps: PathBuf,
    logs: Option<PathBuf>,
    bug: Option<String>,
    /// Signs the professionals' tokens.
    pub(super) identity: Identity,
    /// What was injected so far, in all the worlds.
    pub(super) tally: Arc<Tally>,
}

impl Ground {
    /// Finds the functions' programs, and where to keep what is kept.
    pub(super) fn new(place: &Place) -> anyhow::Result<Self> {
        let (bootstraps, scratch) = (&place.programmes, &place.travail);
        for (function, ..) in FUNCTIONS {
            if !bootstraps.join(function).is_file() {
                bail!("il manque le programme {function} dans {}", bootstraps.display());
            }
        }
        std::fs::create_dir_all(scratch).context("le dossier de travail ne peut pas être créé")?;
        Ok(Self {
            bootstraps: bootstraps.clone(),
            logs: place.journaux.then(|| scratch.clone()),
            bug: place.erreur.clone(),
            identity: Identity::open(&scratch.join("cle-jetons"))?,
            tally: Arc::default(),
        })
    }
}

/// A world.
pub(super) struct World {
    served: Served,
    functions: BTreeMap<&'static str, Function>,
}

impl World {
    /// An empty one. Each function runs at most `at_once` processes.
    pub(super) async fn new(ground: &Ground, at_once: usize) -> anyhow::Result<Self> {
        let database = empty_store().await.context("la base ne s’ouvre pas")?;
        let keys = BTreeMap::from([(KEYS.to_owned(), ground.identity.jwks()?)]);
        let served = Cloud::serve(database, keys, Arc::clone(&ground.tally)).await?;
        let functions = FUNCTIONS.into_iter().map(|(name, queues, seconds)| {
            let launch = Launch {
                function: name.to_owned(),
                program: ground.bootstraps.join(name),
                arguments: Vec::new(),
                environment: environment(&served.url(), queues, ground.bug.as_deref()),
                logs: ground.logs.as_ref().map(|it| it.join(format!("{name}.log"))),
            };
            let time_out = Duration::from_secs(seconds) * PATIENCE;
            (name, Function::new(served.cloud.clone(), launch, time_out, at_once))
        });
        Ok(Self { functions: functions.collect(), served })
    }

    /// The cloud.
    pub(super) fn cloud(&self) -> &Cloud {
        &self.served.cloud
    }

    /// A function, by its name.
    pub(super) fn function(&self, name: &str) -> anyhow::Result<&Function> {
        self.functions.get(name).with_context(|| format!("il n’y a pas de fonction {name}"))
    }

    /// Every function.
    pub(super) fn functions(&self) -> impl Iterator<Item = &Function> {
        self.functions.values()
    }
}

const KEYS: &str = "/.well-known/jwks.json";

fn environment(url: &str, queues: &[&str], bug: Option<&str>) -> BTreeMap<String, String> {
    let mut environment = outset::environment(url, &TERRITORIES.join(","), queues);
    environment.insert("JWKS_URL".to_owned(), format!("{url}{KEYS}"));
    environment.insert("JWT_ISSUER".to_owned(), ISSUER.to_owned());
    environment.insert("JWT_AUDIENCE".to_owned(), AUDIENCE.to_owned());
    if let Some(bug) = bug {
        environment.insert("SPIE_ERREUR".to_owned(), bug.to_owned());
    }
    environment
}
