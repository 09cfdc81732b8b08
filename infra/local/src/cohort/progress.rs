//! How far the cohort is: a bar for people at a terminal, a JSON line now and then for programs.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

/// Lines written over a whole cohort when nobody watches.
const LINES: u64 = 20;

/// Tells on the error stream how far the cohort is.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    done: AtomicU64,
    total: u64,
}

impl Progress {
    pub(super) fn new(total: u64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:40} {pos}/{len}  {msg}  reste {eta}");
            ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { bar, done: AtomicU64::new(0), total: total.max(1) }
    }

    /// Something more is done.
    pub(super) fn step(&self, stage: &str) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(bar) = &self.bar {
            bar.set_message(stage.to_owned());
            bar.set_position(done);
        } else if done * LINES / self.total != (done - 1) * LINES / self.total {
            let line = json!({ "etape": stage, "faits": done, "total": self.total });
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    }

    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
