//! The right to RSA as the CAF and the MSA code it in their flows: states, motives, and who is a beneficiary.
//!
//! Codes and labels: flow of beneficiaries VRSB0801 (CNAF), elements `ETATDOSRSA`, `MOTISUSVERSRSA`, `MOTICLORSA`.

/// Declares an enum of the CNAF's codes, each with the label that the CNAF gives it.
macro_rules! nomenclature {
    ($(#[$doc:meta])* pub $name:ident { $($(#[$note:meta])* $variant:ident = $code:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$note])* #[doc = concat!("`", $code, "`, ", $label, ".")] $variant,)+
        }

        impl $name {
            /// Every code, in the order of the nomenclature.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code in the flows.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// What it means, in French.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }

            /// Reads a code; blanks after it do not count, for the flows pad them.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.code() == code.trim_ascii_end())
            }
        }
    };
}

nomenclature! {
    /// Where the right of a household stands (`ETATDOSRSA`).
    pub RightState {
        Pending = "0", "Nouvelle demande en attente de décision";
        Refused = "1", "Droit refusé";
        Open = "2", "Droit ouvert et versable";
        Suspended = "3", "Droit ouvert et suspendu";
        PaymentSuspended = "4", "Droit ouvert, versement suspendu";
        Closed = "5", "Droit clos";
        ClosedEarlier = "6", "Droit clos sur un mois antérieur";
    }
}

nomenclature! {
    /// Why the payment is suspended (`MOTISUSVERSRSA`).
    pub SuspensionMotive {
        ResourcesTooHigh = "01", "Ressources trop élevées";
        UnderAge = "02", "Moins de 25 ans, sans enfant ni autre personne à charge";
        ActivityUnfit = "03", "Activité non conforme";
        PermitInvalid = "04", "Titre de séjour non valide";
        BelowThreshold = "05", "RSA inférieur au seuil de versement";
        ResourcesUndeclared = "06", "Déclaration trimestrielle de ressources non fournie";
        ResidenceUnfit = "09", "Résidence non conforme";
        NotAlone = "19", "Pas d’isolement";
        ExcludedBenefit = "31", "Prestation exclue, affiliation partielle";
        SchemeUnfit = "34", "Régime non conforme";
        PensionUnclaimed = "35", "Demande d’avantage vieillesse absente ou tardive";
        PermitMissing = "36", "Titre de séjour absent";
        Hospital = "44", "Hospitalisation";
        ActionNotStarted = "70", "Action non engagée";
        SurfaceTooLarge = "78", "Surface pondérée au-dessus du plafond ou inconnue";
        RightExtinct = "84", "Droit éteint ou autre cas";
        NoRecipient = "85", "Pas d’allocataire";
        ReducedAah = "97", "Bénéficiaire de l’AAH réduite";
        RecipientAbsent = "AB", "Allocataire absent du foyer";
        DecisionAwaited = "CV", "Attente de la décision du président du conseil départemental";
        PastActivityShort = "CZ", "Activité antérieure insuffisante";
        PastActivityNone = "DA", "Activité antérieure absente";
        StudentPaidTooLittle = "DB", "Étudiant, rémunération insuffisante";
        PastActivityUnfit = "DC", "Activité antérieure non conforme";
    }
}

nomenclature! {
    /// Why the right is closed (`MOTICLORSA`).
    pub ClosureMotive {
        Decision = "PCG", "Décision du président du conseil départemental";
        Expired = "ECH", "Échéance : quatre mois sans droit";
        Cancelled = "EFF", "Annulation de la bascule du RMI ou de l’API";
        Transfer = "MUT", "Mutation du dossier vers un autre organisme";
        Merged = "RGD", "Regroupement de dossiers";
        StruckEnd = "RFD", "Radiation, fin de droit";
        StruckOther = "RAU", "Radiation, autre motif";
        StruckRsta = "RST", "Radiation, option pour le RSTA (outre-mer)";
        StruckRso = "RSO", "Radiation, option pour le RSO (outre-mer)";
    }
}

impl RightState {
    /// The order in which the CNAF's documentation tells to look for the states, for a file in which several fit.
    pub const DETECTION: [Self; 7] = [
        Self::Pending,
        Self::Refused,
        Self::Closed,
        Self::Suspended,
        Self::PaymentSuspended,
        Self::Open,
        Self::ClosedEarlier,
    ];
}

impl SuspensionMotive {
    /// The motives under which a suspended payment leaves the person a beneficiary: the right stands, nothing is
    /// paid. They are those that the départements' readers of the daily flow retain (beta.gouv, « nouvel entrant »).
    const STILL_A_BENEFICIARY: [Self; 7] = [
        Self::ResourcesTooHigh,
        Self::BelowThreshold,
        Self::ResourcesUndeclared,
        Self::PensionUnclaimed,
        Self::PermitMissing,
        Self::Hospital,
        Self::ActionNotStarted,
    ];
}

/// Whether a household in this state, with these motives of suspension, receives the RSA in the sense of the flows: the
/// right is open, or open and suspended, or its payment is suspended for a motive that leaves it standing.
pub fn is_beneficiary(state: RightState, suspensions: &[SuspensionMotive]) -> bool {
    match state {
        RightState::Open | RightState::Suspended => true,
        RightState::PaymentSuspended => {
            suspensions.iter().any(|it| SuspensionMotive::STILL_A_BENEFICIARY.contains(it))
        }
        RightState::Pending | RightState::Refused | RightState::Closed | RightState::ClosedEarlier => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_with_the_blanks_that_the_flows_put_after_it() {
        assert_eq!(SuspensionMotive::from_code("35 "), Some(SuspensionMotive::PensionUnclaimed));
        assert_eq!(SuspensionMotive::from_code("AB "), Some(SuspensionMotive::RecipientAbsent));
        assert_eq!(SuspensionMotive::from_code("CV  "), Some(SuspensionMotive::DecisionAwaited));
        assert_eq!(SuspensionMotive::from_code("ab"), None);
        assert_eq!(RightState::from_code("7"), None);
    }

    #[test]
    fn there_are_seven_states_twenty_four_suspensions_and_nine_closures() {
        assert_eq!(
            (RightState::ALL.len(), SuspensionMotive::ALL.len(), ClosureMotive::ALL.len()),
            (7, 24, 9)
        );
        let order: String = RightState::DETECTION.iter().map(|it| it.code()).collect();
        assert_eq!(order, "0153426");
    }

    #[test]
    fn who_is_a_beneficiary_is_told_by_the_state_and_for_a_suspended_payment_by_its_motive() {
        for state in [RightState::Open, RightState::Suspended] {
            assert!(is_beneficiary(state, &[]));
        }
        let standing: Vec<&str> = SuspensionMotive::ALL
            .iter()
            .filter(|it| is_beneficiary(RightState::PaymentSuspended, &[**it]))
            .map(|it| it.code())
            .collect();
        assert_eq!(standing, ["01", "05", "06", "35", "36", "44", "70"]);
        assert!(!is_beneficiary(RightState::PaymentSuspended, &[]));
        for state in [RightState::Pending, RightState::Refused, RightState::Closed, RightState::ClosedEarlier]
        {
            assert!(!is_beneficiary(state, SuspensionMotive::ALL));
        }
    }
}
