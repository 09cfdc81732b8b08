//! Where a person can be oriented: the parcours, and the organism that accompanies.

use std::fmt;
use std::str::FromStr;

use crate::ids::InvalidId;

/// The three parcours of the national referential (arrêté of 21 November 2024).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Parcours {
    /// Social difficulties come first.
    Social,
    /// Social and professional together.
    SocioProfessionnel,
    /// Straight to employment.
    Emploi,
}

impl Parcours {
    /// Every parcours, from the furthest from employment to the nearest.
    pub const ALL: [Self; 3] = [Self::Social, Self::SocioProfessionnel, Self::Emploi];

    /// The code on our wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Social => "social",
            Self::SocioProfessionnel => "socio_professionnel",
            Self::Emploi => "emploi",
        }
    }

    /// France Travail's code. A neighbouring system swaps two of these on sending: a test holds ours in place.
    pub const fn france_travail_code(self) -> &'static str {
        match self {
            Self::Social => "PSO",
            Self::SocioProfessionnel => "PSP",
            Self::Emploi => "PED",
        }
    }

    /// Reads France Travail's code; `None` for the codes that are not a parcours (`EO`, `IND`) or unknown.
    pub fn from_france_travail(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.france_travail_code() == code)
    }

    /// What a person or a professional reads.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Social => "parcours social",
            Self::SocioProfessionnel => "parcours socio-professionnel",
            Self::Emploi => "parcours emploi",
        }
    }
}

impl fmt::Display for Parcours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Parcours {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::ALL.into_iter().find(|it| it.code() == text).ok_or(InvalidId)
    }
}

/// Who accompanies the person: the organisms that CASF art. L. 262-29 and C. trav. art. L. 5411-5-1 name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Organisme {
    /// The département's own services.
    Departement,
    /// An association or local body that the département has mandated.
    Delegataire,
    /// France Travail.
    FranceTravail,
    /// The mission locale (young people).
    MissionLocale,
    /// Cap emploi (disabled workers).
    CapEmploi,
}

impl Organisme {
    /// Every organism.
    pub const ALL: [Self; 5] =
        [Self::Departement, Self::Delegataire, Self::FranceTravail, Self::MissionLocale, Self::CapEmploi];

    /// The code on our wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Departement => "departement",
            Self::Delegataire => "delegataire",
            Self::FranceTravail => "france_travail",
            Self::MissionLocale => "mission_locale",
            Self::CapEmploi => "cap_emploi",
        }
    }

    /// Whether the département manages the organism's staff, and so names its référents.
    /// The others name their own.
    pub const fn is_managed(self) -> bool {
        match self {
            Self::Departement | Self::Delegataire => true,
            Self::FranceTravail | Self::MissionLocale | Self::CapEmploi => false,
        }
    }

    /// What a person or a professional reads.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Departement => "le Département",
            Self::Delegataire => "l’organisme délégataire du Département",
            Self::FranceTravail => "France Travail",
            Self::MissionLocale => "la mission locale",
            Self::CapEmploi => "Cap emploi",
        }
    }
}

impl fmt::Display for Organisme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Organisme {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::ALL.into_iter().find(|it| it.code() == text).ok_or(InvalidId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parcours_comes_back_from_france_travail_as_it_went() {
        for parcours in Parcours::ALL {
            assert_eq!(Parcours::from_france_travail(parcours.france_travail_code()), Some(parcours));
            assert_eq!(parcours.code().parse(), Ok(parcours));
        }
        assert_eq!(Parcours::Social.france_travail_code(), "PSO");
        assert_eq!(Parcours::SocioProfessionnel.france_travail_code(), "PSP");
        assert_eq!(Parcours::from_france_travail("EO"), None);
    }

    #[test]
    fn every_organisme_reads_back_its_code() {
        for organisme in Organisme::ALL {
            assert_eq!(organisme.code().parse(), Ok(organisme));
        }
    }
}
