//! What a step answers: the next dossier, the place that moves with it, the messages to send.

use chrono::{DateTime, Utc};

use crate::clocks::ClockId;
use crate::dossier::{Placement, Target};
use crate::{Dossier, ReferentId};

/// Everything the shell must do, together or not at all. Nothing in it is left for the shell to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The dossier as it becomes.
    pub dossier: Dossier,
    /// The place that is taken, left or moved in the same write.
    pub place: PlaceMove,
    /// The messages that leave once the write has succeeded, in order.
    pub messages: Vec<Message>,
}

impl Decision {
    /// A decision that only changes the dossier.
    pub fn of(dossier: Dossier) -> Self {
        Self { dossier, place: PlaceMove::None, messages: Vec::new() }
    }

    /// Adds a message.
    #[must_use]
    pub fn and(mut self, message: Message) -> Self {
        self.messages.push(message);
        self
    }
}

/// A change in who occupies a référent's place. It is written with the dossier, or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceMove {
    /// No place moves.
    None,
    /// A place is taken.
    Take(Taken),
    /// A place is given back.
    Leave(ReferentId),
    /// A place is given back and another taken: no gap between the two.
    Move {
        /// Whose place is given back.
        from: ReferentId,
        /// Whose place is taken.
        to: Taken,
    },
}

/// Gives back the place that is held, if one is, and tells those who wait for it.
pub(crate) fn give_back(held: Option<&Placement>) -> (PlaceMove, Option<Message>) {
    match held {
        None => (PlaceMove::None, None),
        Some(held) => {
            (PlaceMove::Leave(held.referent.clone()), Some(Message::PlaceFreed(held.referent.clone())))
        }
    }
}

/// A place being taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Whose.
    pub referent: ReferentId,
    /// Whether a head of territory decided, with a motive, to exceed the capacity.
    pub beyond_capacity: bool,
}

/// A message that a decision sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// The application came in: to the triage.
    Submitted,
    /// The target delay passed unsigned: the triage prepares a default orientation.
    PrepareDefault,
    /// Answers came: what the rules propose is to be looked at again.
    Answered,
    /// Signed for an organism whose staff we manage: the assignment names a référent.
    Oriented(Target),
    /// A place is to be looked for, again or for the first time.
    FindPlace(PlaceFor),
    /// A référent has a free place: the assignment looks at those who wait.
    PlaceFreed(ReferentId),
    /// The carnet keeps that the orientation was signed.
    RecordOrientation(Target),
    /// The carnet keeps that a référent was named.
    RecordReferent(Placement),
    /// The person is told something, once.
    Notify(Notice),
    /// A rung of a ladder is due.
    Reminder(Rung),
}

/// What a place is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceFor {
    /// A provisional contact.
    Contact,
    /// The référent of a signed orientation.
    Referent,
}

/// What a person is told. Each is sent once for each fact it tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Notice {
    /// The application was received.
    Received,
    /// The orientation was decided; who to call; remedies and delays.
    Decision,
    /// A référent was named, or changed, after the decision.
    Referent,
    /// Somebody is the contact from now on, so that the person does not wait.
    Contact,
    /// The legal delay passed: France Travail decides; the contact stays.
    FranceTravail,
}

/// A rung of a ladder of reminders: which ladder, and how far up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rung {
    /// The ladder.
    pub ladder: Ladder,
    /// The rung, from zero.
    pub index: u8,
}

/// The ladders of reminders and alerts, each along a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ladder {
    /// An immediate need, told to people the same day. Alerts the institution.
    Emergency,
    /// H1: the person's answers are complete. Reminds the person.
    Answers,
    /// H3: the orientation is signed. Alerts the institution.
    Orientation,
    /// H4: the référent is named. Alerts the institution.
    Naming,
}

impl Ladder {
    /// The code of its clock in the law table of the project.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Emergency => "H0",
            Self::Answers => ClockId::Answers.code(),
            Self::Orientation => ClockId::Orientation.code(),
            Self::Naming => ClockId::Naming.code(),
        }
    }
}

/// Where a message goes, and who proves that it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    /// To the triage, which writes the same dossier: its own write is the receipt.
    Triage,
    /// To the assignment, which writes the same dossier: its own write is the receipt.
    Assignment,
    /// To the assignment, about a place and not about this dossier.
    Places,
    /// To the carnet.
    Carnet,
    /// To the reminders.
    Reminders,
}

impl Stream {
    /// Every stream.
    pub const ALL: [Self; 5] = [Self::Triage, Self::Assignment, Self::Places, Self::Carnet, Self::Reminders];

    /// The stream's name in keys and ids.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Triage => "triage",
            Self::Assignment => "assignment",
            Self::Places => "places",
            Self::Carnet => "carnet",
            Self::Reminders => "reminders",
        }
    }

    /// Whether the consumer's write on the dossier is the receipt. Otherwise the sender clears what it has sent,
    /// and the consumer's own key makes a second delivery harmless.
    pub const fn consumer_writes_dossier(self) -> bool {
        match self {
            Self::Triage | Self::Assignment => true,
            Self::Places | Self::Carnet | Self::Reminders => false,
        }
    }
}

impl Message {
    /// Where the message goes.
    pub const fn stream(&self) -> Stream {
        match self {
            Self::Submitted | Self::PrepareDefault | Self::Answered => Stream::Triage,
            Self::Oriented(_) | Self::FindPlace(_) => Stream::Assignment,
            Self::PlaceFreed(_) => Stream::Places,
            Self::RecordOrientation(_) | Self::RecordReferent(_) => Stream::Carnet,
            Self::Notify(_) | Self::Reminder(_) => Stream::Reminders,
        }
    }
}

/// The rule says no: recorded, acknowledged, and answered as a conflict when a person asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing is left to do: somebody or something went further.
    #[error("the journey has gone past this step")]
    AlreadyDone,
    /// The right is only declared.
    #[error("the right is not confirmed")]
    RightNotConfirmed,
    /// The right is already confirmed with other dates.
    #[error("the right is already confirmed")]
    RightAlreadyConfirmed,
    /// The person is not subject to rights and duties: nothing can be imposed.
    #[error("the person is not subject to rights and duties")]
    NotSubjectToDuties,
    /// The dossier has not been triaged yet.
    #[error("the triage has not run yet")]
    NotTriaged,
    /// An emergency is open: people deal with it first.
    #[error("an emergency is open")]
    EmergencyOpen,
    /// There is no emergency to close.
    #[error("there is no emergency")]
    NoEmergency,
    /// The agent holds no delegation in force for this parcours.
    #[error("the agent holds no delegation in force for this parcours")]
    NoDelegation,
    /// The signature departs from the proposition without a motive.
    #[error("departing from the proposition needs a motive")]
    MotiveMissing,
    /// The motive `autre` came without words.
    #[error("this motive needs words")]
    WordsMissing,
    /// The legal delay has passed: only France Travail's decision can be recorded.
    #[error("the legal delay has passed and France Travail orients")]
    AwaitingFranceTravail,
    /// France Travail's decision cannot be recorded before the legal delay has passed.
    #[error("the legal delay has not passed")]
    NotAwaitingFranceTravail,
    /// The dossier is not signed.
    #[error("the orientation is not signed")]
    NotOriented,
    /// The journey is over: the right would have to open again first.
    #[error("the journey is over")]
    Closed,
    /// What is told is older than what is known.
    #[error("something more recent is known")]
    Outdated,
    /// The référent does not serve this person.
    #[error("the referent serves neither this commune nor this parcours nor this organism")]
    ReferentDoesNotServe,
    /// The référent is unknown.
    #[error("the referent is unknown")]
    UnknownReferent,
    /// The référent is already this one.
    #[error("the referent is already this one")]
    SameReferent,
    /// A dossier is not merged into itself.
    #[error("this is the same dossier")]
    SameDossier,
    /// The dossier was merged into another, which goes on in its place.
    #[error("the dossier was merged into another")]
    Merged,
    /// The dossier was not merged into another.
    #[error("the dossier was not merged into another")]
    NotMerged,
    /// Somebody has decided on the dossier that would be closed.
    #[error("the dossier on which somebody has decided is the one to keep")]
    KeepTheOther,
    /// The référent is full and the agent may not exceed the capacity.
    #[error("the referent has no free place")]
    NoRoom,
}

impl Refusal {
    /// A stable code for those who ask by program.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AlreadyDone => "etape_depassee",
            Self::RightNotConfirmed => "droit_non_confirme",
            Self::RightAlreadyConfirmed => "droit_deja_confirme",
            Self::NotSubjectToDuties => "hors_droits_et_devoirs",
            Self::NotTriaged => "triage_en_cours",
            Self::EmergencyOpen => "urgence_ouverte",
            Self::NoEmergency => "aucune_urgence",
            Self::NoDelegation => "delegation_absente",
            Self::MotiveMissing => "motif_ecart_absent",
            Self::WordsMissing => "commentaire_absent",
            Self::AwaitingFranceTravail => "attente_france_travail",
            Self::NotAwaitingFranceTravail => "delai_legal_non_depasse",
            Self::NotOriented => "non_oriente",
            Self::Closed => "dossier_clos",
            Self::Outdated => "nouvelle_depassee",
            Self::ReferentDoesNotServe => "referent_ne_dessert_pas",
            Self::UnknownReferent => "referent_inconnu",
            Self::SameReferent => "referent_identique",
            Self::SameDossier => "dossier_identique",
            Self::Merged => "dossier_reuni",
            Self::NotMerged => "dossier_non_reuni",
            Self::KeepTheOther => "dossier_a_garder",
            Self::NoRoom => "capacite_atteinte",
        }
    }
}

/// When a search for a place last failed, the next one waits this long: a day, or sooner if a place is freed.
pub fn next_search(last: DateTime<Utc>) -> DateTime<Utc> {
    last + chrono::TimeDelta::days(1)
}
