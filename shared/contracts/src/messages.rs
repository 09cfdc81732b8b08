//! What travels on the queues: CloudEvents 1.0 in structured JSON. Ids and codes only, never a person's data.

use chrono::{DateTime, Utc};
use domain::decision::{Ladder, Notice, PlaceFor, Rung};
use domain::dossier::{Placement, Target};
use domain::{DossierId, Message, ReferentId, Stream, Territory};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::codes::code_enum;
use crate::rows::{OutboxRow, PlacementRow, TargetRow};

/// The outside of every message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Always `1.0`.
    pub specversion: String,
    /// Derived from the dossier, the stream and the number: sent again, it is the same.
    pub id: Uuid,
    /// Always `/spie`.
    pub source: String,
    /// The dossier, or the territory for a sweep.
    pub subject: String,
    /// When the cause happened.
    pub time: DateTime<Utc>,
    /// The département.
    pub territoire: String,
    /// Who or what caused it: `personne`, `agent:<id>`, `etape:<name>`, `horaire:<name>`.
    pub triggeredby: String,
    /// The stream and the number in it; what the consumer remembers.
    pub flux: String,
    /// The number of the message in its stream, from 1.
    pub numero: u32,
    /// Always `application/json`.
    pub datacontenttype: String,
    /// Type and data.
    #[serde(flatten)]
    pub body: Body,
}

/// Type and data of a message. The type bears the version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum Body {
    /// An application came in.
    #[serde(rename = "fr.spie.dossier.depose.v1")]
    DossierDeposeV1 {},
    /// Answers came: what the rules propose is to be looked at again.
    #[serde(rename = "fr.spie.reponses.recues.v1")]
    ReponsesRecuesV1 {},
    /// A default orientation is to be prepared.
    #[serde(rename = "fr.spie.defaut.a_preparer.v1")]
    DefautAPreparerV1 {},
    /// An orientation was signed.
    #[serde(rename = "fr.spie.dossier.oriente.v1")]
    DossierOrienteV1(TargetRow),
    /// A place is to be looked for.
    #[serde(rename = "fr.spie.place.a_chercher.v1")]
    PlaceAChercherV1 {
        /// For what.
        pour: PlaceForCode,
    },
    /// A référent has a free place.
    #[serde(rename = "fr.spie.place.liberee.v1")]
    PlaceLibereeV1 {
        /// Whose.
        referent: String,
    },
    /// A référent was named.
    #[serde(rename = "fr.spie.referent.affecte.v1")]
    ReferentAffecteV1(PlacementRow),
    /// A decision is to be notified.
    #[serde(rename = "fr.spie.decision.a_notifier.v1")]
    DecisionANotifierV1 {},
    /// The person is told another fact.
    #[serde(rename = "fr.spie.avis.a_envoyer.v1")]
    AvisAEnvoyerV1 {
        /// Which fact.
        avis: NoticeCode,
    },
    /// A rung of a ladder of reminders is due.
    #[serde(rename = "fr.spie.relance.due.v1")]
    RelanceDueV1 {
        /// The clock, as in `H3`.
        horloge: LadderCode,
        /// The rung, from zero.
        echelon: u8,
    },
    /// A monthly sweep is to run.
    #[serde(rename = "fr.spie.balayage.a_faire.v1")]
    BalayageAFaireV1 {
        /// The month, as in `2026-12`.
        mois: String,
        /// Whether it writes nothing.
        simulation: bool,
    },
    /// A file that was received is to be read.
    #[serde(rename = "fr.spie.import.a_lire.v1")]
    ImportALireV1 {
        /// The import.
        import: Uuid,
    },
    /// A part of a file that was read is to be applied, and those that come after it in its lane.
    #[serde(rename = "fr.spie.import.tranche.v1")]
    ImportTrancheV1 {
        /// The import.
        import: Uuid,
        /// Which part, from 1.
        tranche: u32,
    },
}

code_enum! {
    /// What a place is looked for, on the wire.
    pub PlaceForCode = PlaceFor { Contact = "contact", Referent = "referent" }
}
code_enum! {
    /// What a person is told, on the wire.
    pub NoticeCode = Notice {
        Received = "recu", Decision = "decision", Referent = "referent", Contact = "contact",
        FranceTravail = "france_travail",
    }
}
code_enum! {
    /// A ladder, by the code of its clock.
    pub LadderCode = Ladder { Emergency = "H0", Answers = "H1", Orientation = "H3", Naming = "H4" }
}

/// A message that cannot be read or does not belong here. No retry helps: a person must look.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// Not our JSON.
    #[error("the message is not one of ours")]
    Json(#[source] serde_json::Error),
    /// Well formed, with a value that cannot be.
    #[error("the message's field `{0}` cannot be read")]
    Field(&'static str),
    /// A message of another stream.
    #[error("this step does not take messages of the stream `{0}`")]
    Misrouted(String),
}

/// A message read and checked: everything a step needs to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its id.
    pub id: Uuid,
    /// The dossier.
    pub dossier: DossierId,
    /// The département.
    pub territory: Territory,
    /// The stream it came by.
    pub stream: Stream,
    /// Its number in the stream.
    pub number: u32,
    /// When its cause happened.
    pub time: DateTime<Utc>,
    /// Who or what caused it.
    pub triggered_by: String,
    /// What it says.
    pub message: Message,
}

impl Envelope {
    /// The envelope of an outbox entry. The same entry gives the same envelope, byte for byte, however often it is
    /// sent.
    pub fn rebuild(
        territory: Territory,
        dossier: DossierId,
        (stream, number): (Stream, u32),
        entry: &OutboxRow,
    ) -> Self {
        Self {
            specversion: "1.0".into(),
            id: dossier.derive(&format!("{}#{number}", stream.code())),
            source: "/spie".into(),
            subject: dossier.to_string(),
            time: entry.le,
            territoire: territory.as_str().to_owned(),
            triggeredby: entry.par.clone(),
            flux: stream.code().to_owned(),
            numero: number,
            datacontenttype: "application/json".into(),
            body: entry.message.clone(),
        }
    }

    /// The envelope that asks for a monthly sweep.
    pub fn sweep(
        territory: Territory,
        month: &str,
        simulation: bool,
        time: DateTime<Utc>,
        triggered_by: &str,
    ) -> Self {
        let name = format!("balayage/{}/{month}/{simulation}", territory.as_str());
        let body = Body::BalayageAFaireV1 { mois: month.to_owned(), simulation };
        Self::of_territory(territory, &name, ("sweep", 1), (time, triggered_by), body)
    }

    /// The envelope that asks for a file to be read.
    pub fn import(territory: Territory, import: Uuid, time: DateTime<Utc>, triggered_by: &str) -> Self {
        let name = format!("import/{}/{import}", territory.as_str());
        let body = Body::ImportALireV1 { import };
        Self::of_territory(territory, &name, ("imports", 1), (time, triggered_by), body)
    }

    /// The envelope that asks for a part of a file to be applied.
    pub fn import_part(
        territory: Territory,
        (import, part): (Uuid, u32),
        time: DateTime<Utc>,
        triggered_by: &str,
    ) -> Self {
        let name = format!("import/{}/{import}/{part}", territory.as_str());
        let body = Body::ImportTrancheV1 { import, tranche: part };
        Self::of_territory(territory, &name, ("imports", part), (time, triggered_by), body)
    }

    /// A message that is about a territory and no dossier.
    fn of_territory(
        territory: Territory,
        name: &str,
        (stream, number): (&str, u32),
        (time, triggered_by): (DateTime<Utc>, &str),
        body: Body,
    ) -> Self {
        Self {
            specversion: "1.0".into(),
            id: Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()),
            source: "/spie".into(),
            subject: territory.as_str().to_owned(),
            time,
            territoire: territory.as_str().to_owned(),
            triggeredby: triggered_by.to_owned(),
            flux: stream.to_owned(),
            numero: number,
            datacontenttype: "application/json".into(),
            body,
        }
    }

    /// Reads one message body, alone.
    pub fn parse(body: &str) -> Result<Self, Unreadable> {
        serde_json::from_str(body).map_err(Unreadable::Json)
    }

    /// Checks everything in the envelope and gives it as a message about a dossier.
    pub fn receive(&self) -> Result<Received, Unreadable> {
        let stream = Stream::ALL
            .into_iter()
            .find(|it| it.code() == self.flux)
            .ok_or_else(|| Unreadable::Misrouted(self.flux.clone()))?;
        let message = self.body.message(stream)?;
        if message.stream() != stream {
            return Err(Unreadable::Misrouted(self.flux.clone()));
        }
        Ok(Received {
            id: self.id,
            dossier: self.subject.parse().map_err(|_| Unreadable::Field("subject"))?,
            territory: self.territoire.parse().map_err(|_| Unreadable::Field("territoire"))?,
            stream,
            number: self.numero,
            time: self.time,
            triggered_by: self.triggeredby.clone(),
            message,
        })
    }
}

impl From<&Message> for Body {
    fn from(message: &Message) -> Self {
        match message {
            Message::Submitted => Self::DossierDeposeV1 {},
            Message::PrepareDefault => Self::DefautAPreparerV1 {},
            Message::Answered => Self::ReponsesRecuesV1 {},
            Message::Oriented(target) | Message::RecordOrientation(target) => {
                Self::DossierOrienteV1(TargetRow::from(*target))
            }
            Message::FindPlace(pour) => Self::PlaceAChercherV1 { pour: (*pour).into() },
            Message::PlaceFreed(referent) => Self::PlaceLibereeV1 { referent: referent.to_string() },
            Message::RecordReferent(placement) => Self::ReferentAffecteV1(PlacementRow::from(placement)),
            Message::Notify(Notice::Decision) => Self::DecisionANotifierV1 {},
            Message::Notify(notice) => Self::AvisAEnvoyerV1 { avis: (*notice).into() },
            Message::Reminder(rung) => {
                Self::RelanceDueV1 { horloge: rung.ladder.into(), echelon: rung.index }
            }
        }
    }
}

impl Body {
    /// The message that this body is, on this stream: a signed orientation goes to the assignment and to the carnet.
    fn message(&self, stream: Stream) -> Result<Message, Unreadable> {
        Ok(match self {
            Self::DossierDeposeV1 {} => Message::Submitted,
            Self::DefautAPreparerV1 {} => Message::PrepareDefault,
            Self::ReponsesRecuesV1 {} => Message::Answered,
            Self::DossierOrienteV1(target) => {
                let target = Target::from(*target);
                if stream == Stream::Carnet {
                    Message::RecordOrientation(target)
                } else {
                    Message::Oriented(target)
                }
            }
            Self::PlaceAChercherV1 { pour } => Message::FindPlace((*pour).into()),
            Self::PlaceLibereeV1 { referent } => {
                let referent: ReferentId = referent.parse().map_err(|_| Unreadable::Field("referent"))?;
                Message::PlaceFreed(referent)
            }
            Self::ReferentAffecteV1(placement) => Message::RecordReferent(
                Placement::try_from(placement).map_err(|_| Unreadable::Field("referent"))?,
            ),
            Self::DecisionANotifierV1 {} => Message::Notify(Notice::Decision),
            Self::AvisAEnvoyerV1 { avis } => Message::Notify((*avis).into()),
            Self::RelanceDueV1 { horloge, echelon } => {
                Message::Reminder(Rung { ladder: (*horloge).into(), index: *echelon })
            }
            Self::BalayageAFaireV1 { .. } | Self::ImportALireV1 { .. } | Self::ImportTrancheV1 { .. } => {
                return Err(Unreadable::Misrouted(stream.code().to_owned()));
            }
        })
    }
}

#[cfg(test)]
mod tests;
