//! The JSON of the HTTP API: bodies that are read at the border, and answers.
//!
//! A body is read by hand, so that all its errors are told at once ([`crate::border`]); the types of [`mod@doc`] describe
//! the same bodies for the OpenAPI document, and a test holds the two together. An answer is a plain serde type. What
//! holds a person's values never prints them.

mod admission;
mod answers;
mod contact;
mod demande;
mod dossier;
mod entries;
mod erasure;
mod form;
mod frames;
mod imports;
mod indicators;
mod journey;
mod local_frames;
mod merging;
mod probleme;
mod proposition;
mod right_news;
mod staff;
mod sweep;

pub mod doc;

pub use admission::Admission;
pub use contact::{Address, Email, Phone};
pub use demande::{Demande, Household, HouseholdRole, Person, RoleCode};
pub use dossier::{
    AgentJson, DecisionJson, DefautJson, DefautNature, DemandeRecue, DossierJson, DossierResume, DroitJson,
    EtatCode, FinJson, HorlogeEtat, HorlogeJson, Liste, ReferentBref, RepriseJson, StatutDroit,
    SuspensionJson,
};
pub use entries::{AuteurJson, AuteurNature, EntreeJson, EntreeNature, NewEntry, RubriqueCode};
pub use erasure::{EffacementBody, EffacementJson};
pub use form::{form_name, form_to_json};
pub use frames::{
    AlerteJson, CadreJson, CibleJson, DelaiJson, HeuresJson, OrientationCadreJson, PorteAJson,
    RegleHorlogeJson, SanctionsJson, SourceJson,
};
pub use imports::{
    AvancementJson, BilanJson, CHAMPS, ColonneJson, ColonnesBody, DepotBody, ImportEtat, ImportJson,
    ImportNature,
};
pub use indicators::{
    CohorteJson, CommuneIndicateursJson, IndicateurJson, IndicateursAsk, IndicateursJson, PublieJson,
    ValeurJson,
};
pub use journey::{ChangeReferent, DroitBody, MotifChangementCode, SignatureBody, UrgenceBody};
pub use local_frames::{
    ApercuJson, BrokenVersion, CiblesBody, CiblesJson, EtapeCode, VersionCadreJson, VersionDetailJson,
    refused_draft, refused_life,
};
pub use merging::{RessemblanceJson, RessemblancesJson, ReunionBody, ReunionJson};
pub use probleme::{ErreurJson, Probleme};
pub use proposition::{
    ContradictionJson, FaitJson, Given, JeuJson, PropositionJson, RegleJson, ResultatCode, SourceCode,
    TraceV1,
};
pub use right_news::{NatureNouvelle, NouvelleDroit, NouvelleDroitJson};
pub use staff::{AbsenceJson, DelegationBody, DelegationJson, ReferentBody, ReferentJson};
pub use sweep::{BalayageBody, BalayageEtat, BalayageJson, RapportJson};

pub(crate) use answers::{json_of, read_answers};

#[cfg(test)]
mod border_properties;
#[cfg(test)]
pub(crate) mod goldens;

/// Gives types a `Debug` that tells their name and nothing of what they hold.
macro_rules! redacted {
    ($($name:ident),+ $(,)?) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        })+
    };
}
pub(crate) use redacted;
