//! How fast a flow is read: makes one of so many households in a file, reads it, and says what it took.
//!
//! `cargo run --release -p files --example lire_flux -- 98700`

#![expect(clippy::print_stdout, reason = "a measure is printed")]

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::time::Instant;

use files::flow::{Flow, Kind};
use files::forge::{Options, flow};

type Failed = Box<dyn std::error::Error>;

fn main() -> Result<(), Failed> {
    let households = std::env::args().nth(1).map_or(Ok(98_700), |it| it.parse())?;
    let territory = std::env::args().nth(2).as_deref().unwrap_or("77").parse()?;
    let path = std::env::temp_dir().join(format!("flux-{}.xml", std::process::id()));
    let options = Options::first("2026-10-31".parse()?);

    let start = Instant::now();
    let mut out = BufWriter::new(File::create(&path)?);
    let held = flow(territory, households, 1, Kind::Monthly, &mut out, &options)?;
    out.flush()?;
    drop(out);
    let size = std::fs::metadata(&path)?.len();
    println!("écrit : {held:?}, {size} octets, {:.2} s", start.elapsed().as_secs_f64());

    let start = Instant::now();
    let read = File::open(&path).map_err(Failed::from).and_then(|file| {
        let mut flow = Flow::open(file, territory)?;
        let (mut adults, mut refused, mut warned) = (0, 0, 0);
        while let Some(read) = flow.next_household()? {
            match read.outcome {
                Ok(household) => {
                    adults += household.adults.len();
                    warned += household.warnings.len();
                }
                Err(_) => refused += 1,
            }
        }
        Ok((adults, refused, warned))
    });
    std::fs::remove_file(&path)?;
    let (adults, refused, warned) = read?;
    let seconds = start.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a size in millions of bytes")]
    let speed = size as f64 / 1e6 / seconds;
    println!(
        "lu : {adults} adultes, {refused} foyers refusés, {warned} avertissements, {seconds:.2} s, {speed:.0} Mo/s"
    );
    println!("mémoire la plus haute : {} Kio", peak()?);
    Ok(())
}

/// The most memory that the process ever held, as Linux says it.
fn peak() -> Result<String, Failed> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").to_owned())
}
