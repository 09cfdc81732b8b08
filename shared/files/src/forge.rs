//! Fictional flows of beneficiaries: files of the structure of the CNAF about people who do not exist, to try and to
//! measure what reads them.
//!
//! The same arguments always give the same bytes. A household is drawn from the seed and from its number, so that the
//! flow of another month, or of fewer households, speaks of the same people. From one month to the next, rights open, are
//! suspended, close and open again, and a household may change organism.
//!
//! Nobody is anybody: last names say that they are examples, and the numbers of the social security are of the département
//! `00`, which was never given, with a right key.

mod people;
mod right;
mod write;

use std::io::{self, Write};

use chrono::{Months, NaiveDate};
use domain::Territory;
use domain::rsa::RightState;

pub use write::Charset;

use crate::flow::Kind;
use people::Family;
use right::Right;
use write::Sheet;

/// How a flow is made, beyond whom it speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// What it is written in.
    pub charset: Charset,
    /// The day that the first flow describes.
    pub first_day: NaiveDate,
    /// Which flow it is, from 0: that of as many months later.
    pub month: u32,
}

impl Options {
    /// The first flow, of this day, written as most are.
    pub fn first(first_day: NaiveDate) -> Self {
        Self { charset: Charset::default(), first_day, month: 0 }
    }
}

/// What a flow holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Households.
    pub households: u32,
    /// Applicants and partners.
    pub adults: u32,
    /// Dependent children.
    pub children: u32,
    /// Households without a home.
    pub homeless: u32,
    /// Households in anomaly.
    pub anomalies: u32,
    /// Households whose right is open.
    pub open: u32,
    /// Households that change organism.
    pub transfers: u32,
}

/// Writes a flow, a household at a time, and says what it holds.
pub fn flow(
    territory: Territory,
    households: u32,
    seed: u64,
    kind: Kind,
    out: &mut impl Write,
    options: &Options,
) -> io::Result<Held> {
    let towns = people::towns(territory);
    let day = day_of(options);
    let mut held = Held::default();
    let mut sheet = Sheet::new(options.charset);
    header(&mut sheet, kind, day);
    for index in 0..households {
        let family = Family::draw(seed, index, &towns, options.first_day);
        let right = Right::of(seed, index, options.first_day, options.month);
        held.count(&family, &right);
        write::household(&mut sheet, territory, &family, &right, day);
        sheet.pour(out)?;
    }
    sheet.open("TransmissionFlux");
    sheet.leaf("NBTOTDOSRSATRANSM", &held.households.to_string());
    sheet.leaf("NBTOTDOSRSATRANSMANO", &held.anomalies.to_string());
    sheet.close();
    sheet.close();
    sheet.pour(out)?;
    Ok(held)
}

impl Held {
    fn count(&mut self, family: &Family<'_>, right: &Right) {
        self.households += 1;
        self.adults += 1 + u32::from(family.partner.is_some());
        self.children += u32::try_from(family.children.len()).unwrap_or(0);
        self.homeless += u32::from(family.homeless);
        self.anomalies += u32::from(family.in_anomaly);
        self.open += u32::from(right.state == RightState::Open);
        self.transfers += u32::from(right.arrived.is_some() || right.left.is_some());
    }
}

/// The day that a flow describes.
fn day_of(options: &Options) -> NaiveDate {
    options.first_day.checked_add_months(Months::new(options.month)).unwrap_or(options.first_day)
}

fn header(sheet: &mut Sheet, kind: Kind, day: NaiveDate) {
    sheet.declare();
    sheet.open("Racine");
    sheet.open("IdentificationFlux");
    sheet.leaf("APPLIEME", "FIC");
    sheet.leaf("NUMVERSIONAPPLIEME", "0001");
    sheet.leaf("TYPEFLUX", kind.code());
    sheet.leaf("NATFLUX", "D");
    sheet.date("DTCREAFLUX", day);
    sheet.leaf("HEUCREAFLUX", "03:00:00.00");
    sheet.date("DTREF", day);
    sheet.close();
}

/// A source of chance of its own for each subject of each household: a change in how one is drawn leaves the others as
/// they were.
fn chance(seed: u64, index: u32, subject: u64) -> fastrand::Rng {
    // SplitMix64, so that neighbours have nothing in common.
    let mixed = [u64::from(index), subject].into_iter().fold(seed, |state, it| {
        let mut z = state.wrapping_add(it.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    });
    fastrand::Rng::with_seed(mixed)
}

/// Whether something that happens so many times out of a hundred happens.
fn happens(rng: &mut fastrand::Rng, percent: u32) -> bool {
    rng.u32(0..100) < percent
}

#[cfg(test)]
mod tests;
