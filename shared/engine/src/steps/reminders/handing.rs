//! Handing a message over to a provider: at most once, since a provider that answers nothing may have taken it.
//!
//! The claim says how far it has come. `reserve`: nothing was handed over. `en_cours`: it was about to be. `envoye`: the
//! provider took it. `refuse`: no channel is left, and an agent is told. `inconnu`: the answer was lost, or the process
//! died waiting for it; the message does not leave again, and an agent is told. `refus` lists the channels that refused.

use chrono::{DateTime, TimeDelta, Utc};
use contracts::letters::Letter;
use domain::frame::Frame;
use domain::reminders::Undelivered;
use serde_json::{Map, Value};

use super::{
    About, BTreeSet, Channel, Clock, Dispatch, Documents, Dossier, DossierKey, ENVOI, Person, PortError,
    Received, Recipient, Rows, SideRow, StepError, Table, When, World, document, envelope_row, held,
    reminders, render, state_of,
};
use crate::ports::{Handed, Messengers, Outgoing};

/// How long an attempt may still be waiting for its provider.
const AT_WORK: TimeDelta = TimeDelta::minutes(3);

/// The channels that refused, by their codes, and why.
pub(super) type Refused = Map<String, Value>;

/// What an attempt whose end is not known has begun.
pub(super) struct Begun {
    /// Since when a provider may have the message; `None` when none has.
    handed_over: Option<DateTime<Utc>>,
    refused: Refused,
}

impl Begun {
    /// `None` when the claim is over, or nothing was begun with a provider.
    pub(super) fn read(claim: &SideRow) -> Option<Self> {
        let refused = claim.attributes.get("refus").and_then(Value::as_object).cloned();
        match state_of(claim)? {
            "en_cours" => {
                let since = claim.attributes.get("le").and_then(Value::as_str).and_then(|it| it.parse().ok());
                let handed_over = Some(since.unwrap_or(DateTime::UNIX_EPOCH));
                Some(Self { handed_over, refused: refused.unwrap_or_default() })
            }
            "reserve" => Some(Self { handed_over: None, refused: refused? }),
            _ => None,
        }
    }

    /// Whether other documents than that of the fact may go with a claim.
    pub(super) fn may_have_left_others(claim: &SideRow) -> bool {
        let other = matches!(state_of(claim), Some("en_cours" | "refuse" | "inconnu"));
        other || claim.attributes.contains_key("refus")
    }
}

/// The document of a fact that is told by another channel than the first.
pub(super) fn by_another(fact: &str, channel: Channel) -> String {
    format!("{fact}-par-{}", channel.code())
}

/// One fact that somebody is told, and all that it takes to tell it.
pub(super) struct Telling<'a, W> {
    pub(super) world: &'a W,
    pub(super) received: &'a Received,
    pub(super) dossier: &'a Dossier,
    pub(super) person: &'a Person,
    pub(super) reachable: BTreeSet<Channel>,
    pub(super) frame: &'a Frame,
}

impl<W: World> Telling<'_, W> {
    /// Goes on with a claim that an attempt has left.
    pub(super) async fn go_on(&self, first: Dispatch, begun: Begun) -> Result<(), StepError> {
        let Some(since) = begun.handed_over else { return self.tell(first, begun.refused).await };
        if self.world.clock().now() < since + AT_WORK {
            return Err(PortError::new(HAND_OVER, "another attempt may still wait for the provider").into());
        }
        tracing::error!(fait = first.key, "Whether a message has left is not known; an agent is told.");
        self.leave_to_the_agent(&first, About::MaybeNotReached, ("en_cours", "inconnu"), begun.refused).await
    }

    /// Tells the fact by the first channel that does not refuse.
    pub(super) async fn tell(&self, first: Dispatch, mut refused: Refused) -> Result<(), StepError> {
        loop {
            let Some(dispatch) = self.next(&first, &refused) else {
                return self
                    .leave_to_the_agent(&first, About::NotReached, ("reserve", "refuse"), refused)
                    .await;
            };
            let Recipient::Person(by) = dispatch.to else { return Ok(()) };
            let now = self.world.clock().now();
            let hours = self.world.reference().frame_at(self.dossier.territory, now).hours;
            let leaves_at = reminders::leaves_at(dispatch.to, self.dossier.territory, hours, now);
            if leaves_at > now {
                return Ok(held::keep(self.world, self.received, leaves_at).await?);
            }
            let letter = render(self.world, self.dossier, self.person, &dispatch).await?;
            let fact = if refused.is_empty() { dispatch.key.clone() } else { by_another(&dispatch.key, by) };
            self.store(&fact, &letter).await?;
            if !self.world.messengers().serves(by) {
                return Ok(self.mark(&dispatch, ("reserve", "envoye"), &refused, None).await.map(drop)?);
            }
            let Some(why) = self.hand_over(&dispatch, by, &letter, &refused).await? else { return Ok(()) };
            tracing::warn!(canal = by.code(), raison = why.code(), "A provider delivers nothing there.");
            refused.insert(by.code().to_owned(), why.code().into());
            if !self.mark(&dispatch, ("en_cours", "reserve"), &refused, None).await? {
                return Err(overtaken());
            }
        }
    }

    /// The dispatch by a channel that has not refused; `None` when none is left.
    fn next(&self, first: &Dispatch, refused: &Refused) -> Option<Dispatch> {
        if refused.is_empty() {
            return Some(first.clone());
        }
        let left: BTreeSet<Channel> =
            self.reachable.iter().filter(|it| !refused.contains_key(it.code())).copied().collect();
        if left.is_empty() {
            return None;
        }
        reminders::decide(self.dossier, &self.received.message, &left, self.frame).ok()
    }

    /// Hands the message over and marks what came of it; gives back why it was refused.
    async fn hand_over(
        &self,
        dispatch: &Dispatch,
        by: Channel,
        letter: &Letter,
        refused: &Refused,
    ) -> Result<Option<Undelivered>, StepError> {
        if !self.mark(dispatch, ("reserve", "en_cours"), refused, None).await? {
            return Err(overtaken());
        }
        let key = self.dossier.id.derive(&format!("{ENVOI}{}/{}", dispatch.key, by.code()));
        match self.world.messengers().hand_over(by, Outgoing { key, letter }).await {
            Ok(Handed::Taken(id)) => {
                self.mark(dispatch, ("en_cours", "envoye"), refused, Some(id)).await?;
                Ok(None)
            }
            Ok(Handed::Refused(why)) => Ok(Some(why)),
            Ok(Handed::Unknown) => {
                tracing::error!(
                    fait = dispatch.key,
                    "Whether a message has left is not known; an agent is told."
                );
                let states = ("en_cours", "inconnu");
                self.leave_to_the_agent(dispatch, About::MaybeNotReached, states, refused.clone()).await?;
                Ok(None)
            }
            // Nothing was taken: the next attempt starts again from here.
            Err(error) => {
                self.mark(dispatch, ("en_cours", "reserve"), refused, None).await?;
                Err(error.into())
            }
        }
    }

    /// Tells an agent, then closes the claim: killed in between, the agent is told again under the same name, once.
    async fn leave_to_the_agent(
        &self,
        dispatch: &Dispatch,
        about: About,
        states: (&'static str, &'static str),
        refused: Refused,
    ) -> Result<(), StepError> {
        let to_agent = dispatch.left_to_the_agent(about);
        let letter = render(self.world, self.dossier, self.person, &to_agent).await?;
        self.store(&to_agent.key, &letter).await?;
        self.mark(dispatch, states, &refused, None).await?;
        Ok(())
    }

    async fn store(&self, fact: &str, letter: &Letter) -> Result<(), PortError> {
        let bytes = serde_json::to_vec(letter).map_err(|it| PortError::new("write a message", it))?;
        self.world
            .documents()
            .put_once(&document(self.key(), fact), "application/json", &bytes)
            .await
            .map(drop)
    }

    /// Moves the claim from one state to another; `false` when it is no longer in the first.
    async fn mark(
        &self,
        dispatch: &Dispatch,
        (from, to): (&'static str, &'static str),
        refused: &Refused,
        taken_as: Option<String>,
    ) -> Result<bool, PortError> {
        let sk = format!("{ENVOI}{}", dispatch.key);
        let mut row = envelope_row(self.world, self.key(), &sk, dispatch, to);
        if !refused.is_empty() {
            row.attributes.insert("refus".to_owned(), refused.clone().into());
        }
        if let Some(id) = taken_as {
            row.attributes.insert("fournisseur".to_owned(), id.into());
        }
        let still = When::Is { attribute: "etat", value: from.to_owned() };
        self.world.store().put(Table::Envois, row, still).await
    }

    fn key(&self) -> DossierKey {
        DossierKey { territory: self.dossier.territory, dossier: self.dossier.id }
    }
}

const HAND_OVER: &str = "hand a message over";

/// Another attempt works on the same claim: the queue delivers again, and then the claim says what came of it.
fn overtaken() -> StepError {
    PortError::new(HAND_OVER, "another attempt is at it").into()
}
