//! Where what is counted is written down: per function, per table or index.

use std::collections::BTreeMap;

/// What one function asked of one table, index or queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Requests.
    pub requests: u64,
    /// Write units.
    pub writes: u64,
    /// Half read units: an eventual read of 4 KB is one.
    pub half_reads: u64,
    /// Bytes of the requests and of their answers.
    pub bytes: u64,
    /// Bytes of the largest item written: a unit is a kilobyte of it.
    pub largest: u64,
}

impl Line {
    /// Adds another line's counts.
    pub fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.writes += other.writes;
        self.half_reads += other.half_reads;
        self.bytes += other.bytes;
        self.largest = self.largest.max(other.largest);
    }
}

/// Everything that was counted between two moments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bill {
    /// Per function and table, index (`dossiers/file`) or queue (`sqs/triage`).
    pub lines: BTreeMap<(&'static str, String), Line>,
    /// Invocations, per function.
    pub invocations: BTreeMap<&'static str, u64>,
    /// Requests that could not be counted, and counts that the embedded store disputes: each spoils the measure.
    pub faults: Vec<String>,
}

impl Bill {
    /// Adds to a line.
    pub(super) fn add(&mut self, function: &'static str, resource: &str, line: Line) {
        self.lines.entry((function, resource.to_owned())).or_default().add(line);
    }

    /// The sum over what is on the database (`false`) or on the queues (`true`).
    pub fn total(&self, queues: bool) -> Line {
        let mut total = Line::default();
        for ((_, resource), line) in &self.lines {
            if is_queue(resource) == queues {
                total.add(*line);
            }
        }
        total
    }

    /// The sums per function, the queues apart: `(database, queues)`.
    pub fn by_function(&self) -> BTreeMap<&'static str, (Line, Line)> {
        let mut sums: BTreeMap<&'static str, (Line, Line)> = BTreeMap::new();
        for ((function, resource), line) in &self.lines {
            let (database, queues) = sums.entry(function).or_default();
            if is_queue(resource) { queues.add(*line) } else { database.add(*line) }
        }
        sums
    }

    /// The sums per table, index or queue.
    pub fn by_resource(&self) -> BTreeMap<&str, Line> {
        let mut sums: BTreeMap<&str, Line> = BTreeMap::new();
        for ((_, resource), line) in &self.lines {
            sums.entry(resource).or_default().add(*line);
        }
        sums
    }

    /// All invocations.
    pub fn invocations(&self) -> u64 {
        self.invocations.values().sum()
    }
}

fn is_queue(resource: &str) -> bool {
    resource.starts_with("sqs/")
}
