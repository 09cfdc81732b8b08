//! The ceiling: one loop that writes the same items, by the same requests, in the same order, to a fresh store.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use local::dynoxide::Engine;

use super::recorder::Write;

/// A store that is only written to.
pub(super) struct Ceiling {
    engine: Engine,
    took: Duration,
    writes: u32,
    surprises: u32,
}

impl Ceiling {
    /// Opens a store in this folder and writes to it what the journey began with: tables, référents, delegations.
    pub(super) fn open(folder: &Path, beginning: &[Write]) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder).context("le dossier du plafond ne se crée pas")?;
        let engine = local::dynoxide::open(&folder.join("dynamo.sqlite"))
            .context("la base du plafond ne s’ouvre pas")?;
        let mut ceiling = Self { engine, took: Duration::ZERO, writes: 0, surprises: 0 };
        ceiling.write(beginning);
        Ok(Self { took: Duration::ZERO, writes: 0, ..ceiling })
    }

    /// Writes, and adds the time it took.
    pub(super) fn write(&mut self, writes: &[Write]) {
        let began = Instant::now();
        for write in writes {
            let (status, _) = self.engine.write(&write.operation, &write.request);
            self.surprises += u32::from(status != write.status);
            self.writes += 1;
        }
        self.took += began.elapsed();
    }

    /// The time spent writing.
    pub(super) const fn took(&self) -> Duration {
        self.took
    }

    /// How many requests were written.
    pub(super) const fn writes(&self) -> u32 {
        self.writes
    }

    /// Requests that were not answered as the journey's were: the two stores have parted.
    pub(super) const fn surprises(&self) -> u32 {
        self.surprises
    }
}
