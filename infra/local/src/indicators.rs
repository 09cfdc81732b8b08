//! `spie indicateurs`: the indicators of a period, as the running process answers them.

use std::io::Write;

use crate::cli::{Ending, Indicators};
use crate::running::{Running, RunningError, told};

/// Prints the answer, byte for byte, and the end of its line.
pub fn run(options: &Indicators) -> Result<Ending, RunningError> {
    let running = Running::new(&options.url, options.jeton.as_ref(), options.territoire)?;
    let mut request = running.get("/v1/indicateurs").query("du", &options.du).query("au", &options.au);
    if let Some(seen_on) = &options.arrete_le {
        request = request.query("arrete_le", seen_on);
    }
    if let Some(by) = &options.par {
        request = request.query("par", by);
    }
    let answer = told(request.call())?;
    let _ = writeln!(std::io::stdout(), "{answer}");
    Ok(Ending::Done)
}
