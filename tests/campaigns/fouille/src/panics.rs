//! Tells the panics of our own code, which end the process, from those of libraries, which the reader may answer for.

use std::collections::BTreeSet;
use std::panic::PanicHookInfo;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

static CAUGHT: AtomicU64 = AtomicU64::new(0);
static PLACES: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Where our own code is, as the compiler names its files.
const OURS: [&str; 3] = ["shared/", "fouille/src", "src/"];

/// Watches every panic from now on. One of a library is only counted: when the reader does not catch it, the fuzzer
/// ends the process.
pub fn watch() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        if ours(&place) {
            crate::violated(&format!("panique à {place} : {}", message(panic)));
        }
        CAUGHT.fetch_add(1, Relaxed);
        told_once(place, &message(panic));
    }));
}

fn ours(place: &str) -> bool {
    let library = place.starts_with('/') && (place.contains("/registry/") || place.contains("/rustc/"));
    !library && OURS.iter().any(|it| place.starts_with(it) || place.contains(&format!("/{it}")))
}

#[expect(clippy::print_stderr, reason = "what the fuzzer’s own words go to")]
fn told_once(place: String, message: &str) {
    let Ok(mut places) = PLACES.lock() else { return };
    if places.len() < 50 && !places.contains(&place) {
        eprintln!("panique d’une bibliothèque à {place} : {message}");
        places.insert(place);
    }
}

fn message(panic: &PanicHookInfo<'_>) -> String {
    panic.payload_as_str().unwrap_or("sans message").to_owned()
}

/// How many panics of libraries there were.
pub fn caught() -> u64 {
    CAUGHT.load(Relaxed)
}
