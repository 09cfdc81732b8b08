//! What this process used, as Linux counts it.

use std::time::Duration;

use anyhow::Context;

/// The ticks of `/proc`, whatever the kernel's own: a constant of Linux's interface.
const TICKS_PER_SECOND: f64 = 100.0;

/// The most memory this process held since [`forget_peak_memory`], or ever, in mebibytes.
pub(crate) fn peak_memory() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status").context("la mémoire ne se lit pas")?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).context("la mémoire ne se lit pas")?;
    let kibibytes: f64 =
        line.trim().trim_end_matches("kB").trim().parse().context("la mémoire ne se lit pas")?;
    Ok(kibibytes / 1024.0)
}

/// Starts measuring the most memory again, from what is held now.
pub(crate) fn forget_peak_memory() -> anyhow::Result<()> {
    std::fs::write("/proc/self/clear_refs", "5").context("la mémoire ne se mesure pas à nouveau")
}

/// The processor time of every thread of this process so far.
pub(crate) fn processor() -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("le temps du processeur ne se lit pas")?;
    // The name of the program, which may hold spaces, ends with the last parenthesis.
    let (_, fields) = stat.rsplit_once(')').context("le temps du processeur ne se lit pas")?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    let ticks = ticks.sum::<Result<f64, _>>().context("le temps du processeur ne se lit pas")?;
    Ok(Duration::from_secs_f64(ticks / TICKS_PER_SECOND))
}
