//! Writes a flow of fictional households of Seine-et-Marne on its standard output, to be given to whatever reads flows.
//!
//! `cargo run -p files --example forger_flux -- 8 2026-01-31 > flux.xml`; one more argument, `1`, for the month after.

use std::io::{BufWriter, Write as _, stdout};

use files::flow::Kind;
use files::forge::{Options, flow};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let households = arguments.next().map_or(Ok(8), |it| it.parse())?;
    let day = arguments.next().as_deref().unwrap_or("2026-01-31").parse()?;
    let month = arguments.next().map_or(Ok(0), |it| it.parse())?;
    let options = Options { month, ..Options::first(day) };
    let mut out = BufWriter::new(stdout().lock());
    flow("77".parse()?, households, 7, Kind::Monthly, &mut out, &options)?;
    out.flush()?;
    Ok(())
}
