//! The published figures that a cohort follows; `data/README.md` gives their sources.

use domain::Territory;

static OARSA: &str = include_str!("../../data/oarsa-2018.csv");
static HOUSEHOLDS: &str = include_str!("../../data/foyers-rsa.csv");

/// The national figures of 2018, for what a département does not publish (DREES, OARSA 2018).
const NATIONAL: Shares = Shares { france_travail: 43, other_employment: 5, departement: 31, other: 21 };
/// The national share of people oriented before six months in 2018, in percent.
const NATIONAL_SIGNED: u32 = 46;

/// What a cohort follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Figures {
    /// Entries of a month, estimated.
    pub(super) entries: u32,
    /// People oriented before six months, in percent.
    pub(super) signed: u32,
    /// Whether `signed` is the département's own figure.
    pub(super) signed_here: bool,
    /// Where people are oriented.
    pub(super) shares: Shares,
    /// Whether `shares` are the département's own figures.
    pub(super) shares_here: bool,
}

/// Where people are oriented, in percent; the sum is 100 but for the source's roundings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shares {
    /// Pôle emploi, today France Travail.
    pub(super) france_travail: u32,
    /// The rest of the public employment service.
    pub(super) other_employment: u32,
    /// The departmental council.
    pub(super) departement: u32,
    /// Other organisms.
    pub(super) other: u32,
}

impl Figures {
    /// The figures of a territory.
    pub(super) fn of(territory: Territory) -> Self {
        let oarsa = |column| number(OARSA, territory, column);
        let signed = oarsa("pct_orientes_lt6m_2018");
        let shares = own_shares(
            oarsa("pct_or_pole_emploi_2018"),
            oarsa("pct_or_spe_hors_pe_2018"),
            oarsa("pct_or_cd_2018"),
            oarsa("pct_or_hors_spe_hors_cd_2018"),
        );
        Self {
            entries: entries(number(HOUSEHOLDS, territory, "estimation_sept_2025_prorata")),
            signed: signed.unwrap_or(NATIONAL_SIGNED),
            signed_here: signed.is_some(),
            shares: shares.unwrap_or(NATIONAL),
            shares_here: shares.is_some(),
        }
    }
}

fn own_shares(
    france_travail: Option<u32>,
    other_employment: Option<u32>,
    departement: Option<u32>,
    other: Option<u32>,
) -> Option<Shares> {
    Some(Shares {
        france_travail: france_travail?,
        other_employment: other_employment?,
        departement: departement?,
        other: other?,
    })
}

/// Households × 2.1 million adults for 1.81 million households × 26 % of entries a year ÷ 12.
fn entries(households: Option<u32>) -> u32 {
    let yearly = u64::from(households.unwrap_or(0)) * 210 * 26 / (181 * 100);
    u32::try_from(yearly / 12).unwrap_or(u32::MAX).max(1)
}

/// The cell of a territory's line; `None` where the source gives no figure (`ND`, `NC`) or has no line.
fn number(table: &str, territory: Territory, column: &str) -> Option<u32> {
    let at = table.lines().next()?.split(',').position(|it| it == column)?;
    let line = table.lines().find(|it| it.split(',').next() == Some(territory.as_str()))?;
    line.split(',').nth(at)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seine_et_marne_publishes_its_share_of_people_oriented_and_not_where() {
        let figures = Figures::of("77".parse().unwrap());
        assert_eq!((figures.signed, figures.signed_here), (57, true));
        assert_eq!((figures.shares, figures.shares_here), (NATIONAL, false));
        assert_eq!(figures.entries, 740);
    }

    #[test]
    fn a_departement_that_publishes_where_is_followed() {
        let figures = Figures::of("01".parse().unwrap());
        assert_eq!(figures.shares.france_travail, 37);
        assert!(figures.shares_here);
    }

    #[test]
    fn every_territory_has_figures() {
        for territory in Territory::all() {
            let figures = Figures::of(territory);
            assert!(figures.entries > 0 && figures.signed <= 100, "{territory}");
        }
    }
}
