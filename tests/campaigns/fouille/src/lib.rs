//! What the fuzzed programs try on each input: the readers of files, and what must hold of them whatever the bytes.
//!
//! A program of `src/bin` gives its input to one of these functions, which ends the process when something does not
//! hold: the fuzzer keeps the input. The campaign (`__main__.py`) builds, runs and judges the programs.

pub mod flow;
pub mod input;
pub mod list;
pub mod memory;
pub mod panics;
pub mod record;
pub mod words;
pub mod workbook;

/// Ends the process: the fuzzer keeps the input that did it.
#[expect(clippy::print_stderr, reason = "what the fuzzer’s own words go to")]
pub fn violated(what: &str) -> ! {
    eprintln!("VIOLATION : {what}");
    std::process::abort()
}

/// Makes ready, once, before the first input.
pub fn prepare() {
    panics::watch();
    record::keep();
    // What is made once for the whole process is no part of what an input makes it hold.
    flow::warm_up();
    list::warm_up();
}
