//! Codes on the wire and in rows: one line for each enum of the domain, checked both ways by the compiler.

/// Declares a serde enum, each variant with its code; with the domain enum that has the same variants, when there is one.
macro_rules! code_enum {
    ($(#[$doc:meta])* pub $name:ident = $domain:ty { $($variant:ident = $code:tt),+ $(,)? }) => {
        $crate::codes::code_enum! { $(#[$doc])* pub $name { $($variant = $code),+ } }

        impl From<$domain> for $name {
            fn from(it: $domain) -> Self {
                match it { $(<$domain>::$variant => Self::$variant,)+ }
            }
        }

        impl From<$name> for $domain {
            fn from(it: $name) -> Self {
                match it { $($name::$variant => Self::$variant,)+ }
            }
        }
    };
    ($(#[$doc:meta])* pub $name:ident { $($variant:ident = $code:tt),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        pub enum $name {
            $(#[doc = concat!("`", $code, "`.")] #[serde(rename = $code)] $variant,)+
        }

        impl $name {
            /// Every code, in order.
            pub const CODES: &'static [&'static str] = &[$($code),+];

            /// The code as text.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// Reads a code.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

pub(crate) use code_enum;

use domain::clocks::{ClockId, EventKind};
use domain::delay::Bearer;
use domain::dossier::{Channel, Deviation, EndMotive, Need, NoPlace};
use domain::erasure::{Left, Motive};
use domain::frame::{AfterLegal, AlertTo, OrientationStart};
use domain::indicators::{Kind, Since, Unit};
use domain::rsa::ClosureMotive;
use domain::{DossierId, Organisme, Parcours};

code_enum! {
    /// A parcours.
    pub ParcoursCode = Parcours {
        Social = "social", SocioProfessionnel = "socio_professionnel", Emploi = "emploi",
    }
}
code_enum! {
    /// A clock.
    pub HorlogeCode = ClockId {
        Answers = "H1", Diagnosis = "H2", Orientation = "H3", Naming = "H4", Contract = "H5", FirstMeeting = "H6",
        Contact = "H7", Review = "H8", Observations = "H9", InWork = "H10", Conversion = "H11", DataRequest = "H12",
    }
}
code_enum! {
    /// On whom a delay bears.
    pub Charge = Bearer { Person = "personne", Administration = "administration" }
}
code_enum! {
    /// What starts the clock of the orientation.
    pub DebutOrientation = OrientationStart { Opening = "ouverture", Reception = "reception" }
}
code_enum! {
    /// Who decides after the legal delay.
    pub ApresDelai = AfterLegal { Departement = "departement", FranceTravail = "france_travail" }
}
code_enum! {
    /// What the value of an indicator counts.
    pub UniteCode = Unit { Percent = "%", Days = "jours" }
}
code_enum! {
    /// From which day a wait is counted.
    pub DebutAttente = Since { Opening = "ouverture", Reception = "reception" }
}
code_enum! {
    /// The kinds of organisms that indicators tell apart.
    pub GenreOrganisme = Kind {
        FranceTravail = "france_travail", OtherEmployment = "spe_autre", Departement = "departement", Other = "autre",
    }
}
code_enum! {
    /// What moves a clock.
    pub FaitCode = EventKind {
        RightOpened = "droit_ouvert", RightReceived = "droit_recu", RightSuspended = "droit_suspendu",
        RightRestored = "droit_retabli", AnswersComplete = "reponses_completes", DiagnosisMade = "diagnostic",
        HandedOver = "dessaisissement", OrientationSigned = "orientation_signee",
        DecisionNotified = "decision_notifiee", ReferentNamed = "referent_nomme", MeetingHeld = "rendez_vous_honore",
        ContactMade = "contact", ContractSigned = "contrat_signe", FormerContract = "contrat_anterieur",
        ReviewPostponed = "reexamen_reporte", ReviewMade = "reexamen", BreachNotified = "manquement_notifie",
        ObservationsMade = "observations", WorkStarted = "emploi_commence", WorkFollowed = "suivi_en_emploi_fini",
        DataAsked = "donnees_demandees", DataPostponed = "donnees_reportees", DataAnswered = "donnees_repondues",
        RightClosed = "droit_clos",
    }
}
code_enum! {
    /// An organism that accompanies.
    pub OrganismeCode = Organisme {
        Departement = "departement", Delegataire = "delegataire", FranceTravail = "france_travail",
        MissionLocale = "mission_locale", CapEmploi = "cap_emploi",
    }
}
code_enum! {
    /// How an application came in.
    pub CanalCode = Channel {
        Web = "web", Paper = "papier", Telephone = "telephone", Counter = "guichet", Flow = "flux",
    }
}
code_enum! {
    /// An immediate need.
    pub BesoinCode = Need {
        Food = "alimentation", Shelter = "hebergement", Violence = "violences", Health = "sante",
        Resources = "ressources",
    }
}
code_enum! {
    /// Why a signature departs from the proposition.
    pub MotifEcartCode = Deviation {
        PersonsWish = "souhait_personne", Interview = "element_entretien", SituationChanged = "situation_changee",
        AlreadyAccompanied = "accompagnement_en_cours", Misunderstood = "reponse_mal_comprise", Other = "autre",
    }
}
code_enum! {
    /// Why nobody could be named.
    pub SansPlaceCode = NoPlace { Full = "complet", NotServed = "non_desservi" }
}
code_enum! {
    /// Whom an alert reaches.
    pub AlerteCode = AlertTo { Agent = "agent", Head = "responsable", Direction = "direction" }
}
code_enum! {
    /// Why a dossier is erased.
    pub MotifEffacementCode = Motive {
        PersonAsked = "demande_personne", Duplicate = "doublon", RetentionOver = "fin_de_conservation",
    }
}
code_enum! {
    /// What may be left of an erased dossier.
    pub ResteCode = Left { Everything = "tout", Latecomers = "retardataires", Nothing = "rien" }
}

code_enum! {
    /// Why a journey ends: the right closed, refused, the household gone to another département, the person dead, or
    /// their other dossier going on.
    pub MotifFinCode {
        DroitClos = "droit_clos", DroitRefuse = "droit_refuse", Depart = "depart", Deces = "deces", Reuni = "reuni",
    }
}

impl MotifFinCode {
    /// The codes of what may happen to a right.
    pub const OF_RIGHTS: [Self; 4] = [Self::DroitClos, Self::DroitRefuse, Self::Depart, Self::Deces];

    /// The motive, with the CNAF's closure that goes with a closed right; `None` when the dossier that goes on is not
    /// told.
    pub fn motive(self, closure: Option<ClosureMotive>, into: Option<DossierId>) -> Option<EndMotive> {
        match self {
            Self::DroitClos => Some(EndMotive::RightClosed { motive: closure }),
            Self::DroitRefuse => Some(EndMotive::RightRefused),
            Self::Depart => Some(EndMotive::Left),
            Self::Deces => Some(EndMotive::Died),
            Self::Reuni => into.map(|into| EndMotive::Merged { into }),
        }
    }
}

impl From<EndMotive> for MotifFinCode {
    fn from(it: EndMotive) -> Self {
        match it {
            EndMotive::RightClosed { .. } => Self::DroitClos,
            EndMotive::RightRefused => Self::DroitRefuse,
            EndMotive::Left => Self::Depart,
            EndMotive::Died => Self::Deces,
            EndMotive::Merged { .. } => Self::Reuni,
        }
    }
}
