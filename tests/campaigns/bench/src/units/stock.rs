//! What time's own runs cost when the store grows: the hourly check and the monthly sweep, at the same amount due.
//!
//! Around what is due lie dossiers that are already placed. The sweep also photographs everybody who is not oriented,
//! for its report: its cost follows that stock by nature, and here that stock does not grow with the store.

use chrono::NaiveDate;
use domain::calendar::Month;
use domain::dossier::Reached;
use domain::{Dossier, DossierId};
use dynoxide::{Database, ImportOptions};
use engine::ports::Clock;
use engine::schedules;

use super::place::{Failed, Place};
use super::{Bill, Line};
use crate::made::{self, Made};

/// Dossiers given to the store at once.
const CHUNK: usize = 10_000;
/// A scan brings so many bytes at once.
const SCAN_PAGE: u64 = 1024 * 1024;

/// What the two runs cost at one size of the store.
#[derive(Clone, Debug)]
pub struct Runs {
    /// Dossiers in the store.
    pub dossiers: usize,
    /// Dossiers for which the check had something to do, then as many others for the sweep.
    pub due: usize,
    /// The hourly check.
    pub check: Line,
    /// The monthly sweep, photograph included.
    pub sweep: Line,
    /// Requests and bytes of a scan of the same table, which would then still have everything to do.
    pub scan: (u64, u64),
    /// What spoils the measure.
    pub faults: Vec<String>,
}

/// Measures both runs on a store of `dossiers`, of which `due` are due for each.
pub async fn measure(dossiers: usize, due: usize) -> Result<Runs, Failed> {
    let directory = tempfile::tempdir()?;
    let database = Database::new(&directory.path().join("stock.sqlite").to_string_lossy())?;
    database.enable_bulk_loading()?;
    let place = Place::open(database).await?;
    let mut ids = (0..).map(made::name);
    let mut bytes = load(&place, &mut ids, dossiers.saturating_sub(2 * due), placed)?;
    bytes += load(&place, &mut ids, due, alert_due)?;
    place.bill();
    let tally = place.check().await?;
    let (check, mut faults) = whole(place.bill());
    if tally.treated != due as u64 || tally.failed > 0 {
        faults.push(format!("le contrôle a traité {} dossiers, {due} étaient dus", tally.treated));
    }
    bytes += load(&place, &mut ids, due, past_target)?;
    place.meter().invoke("sweep");
    let month = Month::of(today(&place));
    schedules::sweep::run(&place.world, place.territory, month, false).await?;
    let (sweep, spoiled) = whole(place.bill());
    faults.extend(spoiled);
    let asked = place.meter().waiting().get("assignment").copied().unwrap_or(0);
    if asked != due {
        faults.push(format!("le balayage a demandé {asked} contacts, {due} étaient dus"));
    }
    Ok(Runs { dossiers, due, check, sweep, scan: (bytes.div_ceil(SCAN_PAGE), bytes), faults })
}

/// Database and queues together, and what spoils the count.
fn whole(bill: Bill) -> (Line, Vec<String>) {
    let mut total = bill.total(false);
    total.add(bill.total(true));
    (total, bill.faults)
}

/// How close the figures are to a straight line of what is due: the coefficient of determination.
#[expect(clippy::cast_precision_loss, reason = "counts far below what a float holds exactly")]
pub fn linearity(points: &[(usize, u64)]) -> f64 {
    let count = points.len() as f64;
    let xs = || points.iter().map(|(x, _)| *x as f64);
    let ys = || points.iter().map(|(_, y)| *y as f64);
    let (mean_x, mean_y) = (xs().sum::<f64>() / count, ys().sum::<f64>() / count);
    let covariance: f64 = xs().zip(ys()).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let spread_x: f64 = xs().map(|x| (x - mean_x).powi(2)).sum();
    let spread_y: f64 = ys().map(|y| (y - mean_y).powi(2)).sum();
    covariance * covariance / (spread_x * spread_y)
}

fn today(place: &Place) -> NaiveDate {
    place.territory.local_date(place.world.clock.now())
}

/// Loads so many dossiers, straight into the store. Returns their bytes.
fn load(
    place: &Place,
    ids: &mut impl Iterator<Item = DossierId>,
    count: usize,
    of: fn(&Place, DossierId) -> Result<Dossier, Failed>,
) -> Result<u64, Failed> {
    let mut bytes = 0;
    let mut left = count;
    while left > 0 {
        let some: Vec<DossierId> = ids.by_ref().take(left.min(CHUNK)).collect();
        left -= some.len();
        let rows =
            some.into_iter().map(|id| item(place, &of(place, id)?)).collect::<Result<Vec<_>, Failed>>()?;
        let loaded = place.meter().database().import_items("dossiers", rows, ImportOptions::default())?;
        bytes += loaded.bytes_imported as u64;
    }
    Ok(bytes)
}

/// A dossier's item, as a step would have left it.
fn item(place: &Place, dossier: &Dossier) -> Result<dynoxide::Item, Failed> {
    Ok(serde_json::from_value(made(place).item(dossier)?)?)
}

fn made(place: &Place) -> Made<'_> {
    Made { territory: place.territory, today: today(place), reference: &place.world.reference }
}

/// Somebody who has their référent: nothing will be due.
fn placed(place: &Place, id: DossierId) -> Result<Dossier, Failed> {
    Ok(made(place).placed(id)?)
}

/// Somebody whose first alert is due today.
fn alert_due(place: &Place, id: DossierId) -> Result<Dossier, Failed> {
    Ok(made(place).waiting(id, 21)?)
}

/// Somebody whose target delay has passed: the alerts are given, a contact and a default are due.
fn past_target(place: &Place, id: DossierId) -> Result<Dossier, Failed> {
    let dossier = made(place).waiting(id, 31)?;
    Ok(Dossier { reached: Reached { alerts: 0b11, ..dossier.reached }, ..dossier })
}
