//! One person's journey, played by those who ask: the person, the agents. Time and the functions do the rest.

use std::time::Duration;

use anyhow::{Context, bail};
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::client::{Client, GONE, Gesture};
use super::people::{Person, Story, confirmed};
use crate::events::HttpReply;
use crate::faults::Kind;
use crate::items;

/// How many référents each territory has.
pub(super) const REFERENTS: usize = 3;

/// What became of somebody, as those who asked saw it.
#[derive(Clone, Debug)]
pub(super) struct Lived {
    /// Who.
    pub(super) person: Person,
    /// The dossier, as the receipt names it.
    pub(super) dossier: String,
    /// Whether a signature was accepted.
    pub(super) signed: bool,
    /// The référent that a head of territory chose, beyond the capacity if need be.
    pub(super) chosen: Option<String>,
}

impl Lived {
    /// The dossier's partition key.
    pub(super) fn pk(&self) -> String {
        format!("{}#{}", self.person.territory, self.dossier)
    }
}

/// The dossier was erased: those who would have gone on are told so.
#[derive(Debug, thiserror::Error)]
#[error("I1 le dossier est effacé")]
struct Gone;

/// Plays the whole journey. An error is a violation: somebody was refused, or never answered.
pub(super) async fn live(client: Client<'_>, person: Person, today: NaiveDate) -> anyhow::Result<Lived> {
    let reply = apply(client, &person, today).await?;
    let dossier = reply.body["dossier"].as_str().context("I1 un accusé sans dossier")?.to_owned();
    let mut lived = Lived { person, dossier, signed: false, chosen: None };
    let Story::Erased(writes) = lived.person.story else {
        go_on(client, &mut lived, today).await?;
        return Ok(lived);
    };
    let eraser = lived.clone();
    let goes_on = async {
        match go_on(client, &mut lived, today).await {
            Err(error) if error.is::<Gone>() => Ok(()),
            ended => ended,
        }
    };
    tokio::try_join!(goes_on, erase(client, &eraser, writes, today))?;
    Ok(lived)
}

/// What follows the application.
async fn go_on(client: Client<'_>, lived: &mut Lived, today: NaiveDate) -> anyhow::Result<()> {
    if lived.person.story == Story::Urgent {
        until(client, lived, |item| item["etat"]["code"] == "urgence").await?;
        act(client, lived, "urgence", json!({ "issue": "traitee" })).await?;
    }
    until(client, lived, |item| item["etat"].get("proposition").is_some()).await?;
    match lived.person.story {
        Story::Alone => {
            act(client, lived, "droit", confirmed(today)).await?;
        }
        Story::Late | Story::LateSigned => {
            // Found, or looked for in vain: nobody had room.
            let asked = |item: &Value| {
                let waiting = &item["etat"]["attente"];
                waiting.get("contact").is_some() || waiting.get("contact_demande_le").is_some()
            };
            until(client, lived, asked).await?;
        }
        Story::TooLate => {
            until(client, lived, |item| item["etat"]["code"] == "attente_france_travail").await?;
        }
        Story::Counter | Story::Urgent | Story::Changed | Story::Declared | Story::Erased(_) => {}
    }
    if lived.person.story.is_signed() {
        sign(client, lived).await?;
        lived.signed = true;
    }
    if lived.person.story == Story::Changed {
        change(client, lived).await?;
    }
    Ok(())
}

/// A head of territory erases the dossier as soon as it was written this many times. The person, who does not know,
/// sends the application again: it opens nothing.
async fn erase(client: Client<'_>, lived: &Lived, writes: u64, today: NaiveDate) -> anyhow::Result<()> {
    until(client, lived, |item| item["revision"].as_u64().is_some_and(|it| it >= writes)).await?;
    erase_now(client, lived.person.territory, &lived.dossier).await?;
    match apply(client, &lived.person, today).await {
        Err(error) if error.is::<Gone>() => Ok(()),
        Err(error) => Err(error),
        Ok(_) => bail!("I1 la demande du dossier effacé {} est reçue de nouveau", lived.dossier),
    }
}

/// The answer to the application that this person's key names.
pub(super) async fn apply(
    client: Client<'_>,
    person: &Person,
    today: NaiveDate,
) -> anyhow::Result<HttpReply> {
    let application = person.application(today);
    let key = person.key("demande");
    let reply = if person.at_counter() {
        let gesture = Gesture {
            territory: person.territory,
            role: "orientation",
            agent: AGENT,
            key,
            body: application,
        };
        client.call("POST", "/v1/demandes", &gesture).await?
    } else {
        client.apply(&format!("{}-{key}", person.territory), &application).await?
    };
    accepted("demande", reply)
}

/// An agent signs a dossier that can be.
pub(super) async fn sign_now(client: Client<'_>, person: Person, dossier: String) -> anyhow::Result<()> {
    sign(client, &Lived { person, dossier, signed: false, chosen: None }).await
}

async fn sign(client: Client<'_>, lived: &Lived) -> anyhow::Result<()> {
    act(client, lived, "orientation", json!({ "parcours": "social", "organisme": "departement" })).await
}

/// A head of territory erases a dossier.
pub(super) async fn erase_now(client: Client<'_>, territory: &str, dossier: &str) -> anyhow::Result<()> {
    let gesture = Gesture {
        territory,
        role: HEAD.0,
        agent: HEAD.1,
        key: format!("effacement-{dossier}"),
        body: json!({ "motif": "demande_personne" }),
    };
    accepted("effacement", client.act(dossier, "effacement", &gesture).await?)?;
    client.world.cloud().tally().add(Kind::Erasure, 1);
    Ok(())
}

/// The role and the name of a head of territory.
const HEAD: (&str, &str) = ("responsable", "responsable-1");

/// Who signs.
pub(super) const AGENT: &str = "agent-1";

async fn act(client: Client<'_>, lived: &Lived, route: &str, body: Value) -> anyhow::Result<()> {
    let gesture = gesture(lived, "orientation", AGENT, route, body);
    accepted(route, client.act(&lived.dossier, route, &gesture).await?).map(drop)
}

/// A head of territory names another référent, full or not.
async fn change(client: Client<'_>, lived: &mut Lived) -> anyhow::Result<()> {
    until(client, lived, |item| {
        ["affecte", "en_attente_de_place"].iter().any(|it| item["etat"]["code"] == *it)
    })
    .await?;
    let item = items::one(client.world.cloud().database(), "dossiers", &lived.pk())?;
    let now = item["etat"]["referent"]["referent"].as_str();
    let other = (0..REFERENTS).map(|it| format!("ref-{it}")).find(|it| Some(it.as_str()) != now);
    let other = other.context("il n’y a qu’un référent")?;
    let body = json!({ "referent": other, "motif": "autre", "commentaire": "Permutation fictive." });
    let gesture = gesture(lived, HEAD.0, HEAD.1, "referent", body);
    let reply = client.act(&lived.dossier, "referent", &gesture).await?;
    // A place was freed in between, and it was that one.
    if reply.body["code"] != "referent_identique" {
        accepted("referent", reply)?;
    }
    lived.chosen = Some(other);
    Ok(())
}

fn gesture<'a>(lived: &Lived, role: &'a str, agent: &'a str, what: &str, body: Value) -> Gesture<'a> {
    Gesture { territory: lived.person.territory, role, agent, key: lived.person.key(what), body }
}

fn accepted(what: &str, reply: HttpReply) -> anyhow::Result<HttpReply> {
    if (200..300).contains(&reply.status) {
        return Ok(reply);
    }
    if reply.status == GONE {
        bail!(Gone);
    }
    bail!("I1 le geste {what} est refusé : {} {}", reply.status, reply.body["code"])
}

/// Nobody looks at a dossier more often.
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Waits until the dossier in the store is as said.
async fn until(client: Client<'_>, lived: &Lived, is_so: impl Fn(&Value) -> bool) -> anyhow::Result<()> {
    let cloud = client.world.cloud();
    let mut changes = cloud.changes();
    loop {
        changes.borrow_and_update();
        let item = items::one(cloud.database(), "dossiers", &lived.pk())?;
        if is_so(&item) {
            return Ok(());
        }
        if item.get("efface").is_some() {
            bail!(Gone);
        }
        changes.changed().await?;
        // Everybody's changes wake everybody: looking at each of them would cost more than the journeys.
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}
