//! The deterministic simulation: the real engine in a world that fails in every way, one seed at a time.

mod cast;
mod executor;
mod indexes;
mod people;
mod poison;
mod queues;
mod recorder;
mod requests;
mod run;
mod sim;
mod start;
mod store;
mod weather;

fn main() -> std::process::ExitCode {
    let mut args = std::env::args().skip(1);
    let from: u64 = args.next().and_then(|it| it.parse().ok()).unwrap_or(0);
    let count: u64 = args.next().and_then(|it| it.parse().ok()).unwrap_or(1);
    let log = args.next().is_some();
    let mut tally = weather::Tally::default();
    let mut bad = 0;
    for seed in from..from + count {
        let played = match run::play(seed, log) {
            Ok(played) => played,
            Err(error) => {
                eprintln!("{error}");
                return std::process::ExitCode::FAILURE;
            }
        };
        tally.add(&played.tally);
        if let Some(log) = played.log {
            println!("{log}");
        }
        bad += u64::from(!played.violations.is_empty());
        for violation in played.violations.iter().take(3) {
            println!("graine={seed} {violation}");
        }
    }
    println!("{tally:?} {bad}");
    for (name, count) in tally.faults() {
        println!("{name} {count}");
    }
    std::process::ExitCode::SUCCESS
}
