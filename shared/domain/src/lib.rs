//! The journey, as pure functions of (state, event, facts, now).
//!
//! A person's application opens a [`Dossier`]. [`triage`] proposes a parcours and explains it; an agent who holds
//! a delegation signs ([`signature`]); [`assignment`] names a référent under capacity, or leaves the dossier
//! waiting for a place; [`carnet`] keeps what happened; [`reminders`] tells people. [`check`] runs every day and
//! makes sure that nobody waits without somebody to call; [`sweep`] does the same for the stock every month. The law is
//! data ([`frame`]), and says what runs for whom ([`clocks`]).
//! What the CAF and the MSA tell of the right changes all of it ([`life`]); [`matching`] says whom they tell it of,
//! [`entrants`] whom they bring in, [`taking_over`] those who are accompanied already, [`merging`] joins two dossiers of one person, and [`sources`] who is believed when several tell the same value.
//! A dossier that must go leaves by [`erasure`]: no rule ever sees it again. [`indicators`] counts all of them, those who
//! are still waiting included.
//!
//! **Invariant:** this crate knows no clock, no network, no randomness, no serialisation and no AWS.
//! What it decides leaves no meaningful choice to the shell that carries it out.

pub mod assignment;
pub mod calendar;
pub mod carnet;
pub mod check;
pub mod clock;
pub mod clocks;
pub mod commune;
pub mod decision;
pub mod delay;
pub mod delegation;
pub mod dossier;
pub mod dsp;
pub mod entrants;
pub mod erasure;
pub mod frame;
pub mod gsm;
pub mod ids;
pub mod indicators;
pub mod intake;
pub mod joining;
pub mod letters;
pub mod life;
pub mod local_frame;
pub mod matching;
pub mod merging;
pub mod nir;
pub mod parcours;
pub mod referent;
pub mod reminders;
pub mod rsa;
pub mod rules;
pub mod sanctions;
pub mod signature;
pub mod sources;
pub mod sweep;
pub mod taking_over;
pub mod territory;
#[cfg(test)]
mod testing;
pub mod triage;

pub use decision::{Decision, Message, PlaceMove, Refusal, Stream};
pub use dossier::{Dossier, State};
pub use ids::{AgentId, DossierId, ReferentId};
pub use parcours::{Organisme, Parcours};
pub use territory::Territory;
