//! Reminders: wait for the hour, claim, send, and mark what somebody counts. A message is claimed under the key of the fact that it tells,
//! so that the same fact is never told twice, and sent under that key, so that a provider that knows keys does not send
//! it twice either.

mod handing;

use std::collections::{BTreeMap, BTreeSet};

use chrono::SecondsFormat;
use contracts::letters::{Context, Letter};
use contracts::messages::Received;
use contracts::rows::SideRow;
use contracts::sealed::{ContactsV1, IdentiteV1};
use domain::Dossier;
use domain::frame::AlertTo;
use domain::reminders::{self, About, Channel, Dispatch, Recipient};

use crate::ports::{Clock, Documents, DossierKey, Dossiers, Messengers, PortError, Rows, Table, When};
use crate::schedules::held;
use crate::step::StepError;
use crate::vault::{self, Vault};
use crate::world::World;

use handing::{Begun, Refused, Telling};

/// Handles one message to the reminders.
pub(super) async fn send<W: World>(world: &W, key: DossierKey, received: &Received) -> Result<(), StepError> {
    let row = world.store().read(key).await?.ok_or(StepError::UnknownDossier)?;
    let dossier = row.dossier()?;
    if received.number <= row.registre.rappels_clos {
        tracing::info!("It was asked for in a journey that is over.");
        return Ok(());
    }
    let vault = Vault::of(world, key).await?.ok_or(StepError::Erased)?;
    let person = Person::read(world, key, &vault).await?;
    let reachable = person.contacts.as_ref().map(reachable).unwrap_or_default();
    let frame = world.reference().frame_of(&dossier);
    let dispatch = match reminders::decide(&dossier, &received.message, &reachable, &frame) {
        Ok(dispatch) => dispatch,
        Err(refusal) => {
            tracing::info!(refus = refusal.code(), "There is nothing to send any more.");
            return Ok(());
        }
    };
    let now = world.clock().now();
    let hours = world.reference().frame_at(key.territory, now).hours;
    let leaves_at = reminders::leaves_at(dispatch.to, key.territory, hours, now);
    if leaves_at > now {
        return Ok(held::keep(world, received, leaves_at).await?);
    }
    let sk = format!("{ENVOI}{}", dispatch.key);
    let claimed = envelope_row(world, key, &sk, &dispatch, "reserve");
    if !world.store().put(Table::Envois, claimed, When::Absent).await? {
        let known = world.store().get(Table::Envois, &key.pk(), &sk).await?;
        if let Some(begun) = known.as_ref().and_then(Begun::read) {
            let telling =
                Telling { world, received, dossier: &dossier, person: &person, reachable, frame: &frame };
            return telling.go_on(dispatch, begun).await;
        }
        if known.is_none_or(|row| state_of(&row) != Some("reserve")) {
            return Ok(());
        }
        // Claimed by an attempt whose end is not known. The document's name is the provider's key: sending again
        // under it finds the first one there, and nothing is sent twice.
    }
    if let Recipient::Person(by) = dispatch.to
        && world.messengers().serves(by)
    {
        let telling =
            Telling { world, received, dossier: &dossier, person: &person, reachable, frame: &frame };
        return telling.tell(dispatch, Refused::default()).await;
    }
    let letter = render(world, &dossier, &person, &dispatch).await?;
    let name = document(key, &dispatch.key);
    let bytes = serde_json::to_vec(&letter).map_err(|it| PortError::new("write a message", it))?;
    world.documents().put_once(&name, "application/json", &bytes).await?;
    if is_counted(dispatch.about) {
        let sent = envelope_row(world, key, &sk, &dispatch, "envoye");
        let claimed = When::Is { attribute: "etat", value: "reserve".to_owned() };
        world.store().put(Table::Envois, sent, claimed).await?;
    }
    Ok(())
}

/// Before the fact that a message tells, in the sort key of its claim.
const ENVOI: &str = "envoi#";

/// The name of the document that tells a fact.
fn document(key: DossierKey, fact: &str) -> String {
    format!("envois/{}/{}/{}.json", key.territory, key.dossier, fact.replace('/', "-"))
}

/// The names of the documents that may go with a claim; none when the row is no claim.
pub(crate) fn documents_of(key: DossierKey, claim: &SideRow) -> Vec<String> {
    let Some(fact) = claim.sk.strip_prefix(ENVOI) else { return Vec::new() };
    let mut facts = vec![fact.to_owned()];
    if Begun::may_have_left_others(claim) {
        facts.extend(Channel::ALL.map(|it| handing::by_another(fact, it)));
        facts.push(format!("{fact}-agent"));
    }
    facts.iter().map(|it| document(key, it)).collect()
}

/// Whether a decision will rest on the message having left: the legal default counts the requests that stayed
/// unanswered, and must count none whose end is not known. Of the others the document is the proof.
const fn is_counted(about: About) -> bool {
    match about {
        About::MissingAnswers => true,
        About::Notice(_)
        | About::Emergency
        | About::OrientationLate
        | About::NamingLate
        | About::NotReached
        | About::MaybeNotReached => false,
    }
}

/// Who the message is for.
struct Person {
    identity: Option<IdentiteV1>,
    contacts: Option<ContactsV1>,
}

impl Person {
    /// Reads the person's row, once, and opens it; nothing when there is none.
    async fn read<W: World>(world: &W, key: DossierKey, vault: &Vault) -> Result<Self, StepError> {
        let Some(row) = world.store().get(Table::Personnes, &key.pk(), "-").await? else {
            return Ok(Self { identity: None, contacts: None });
        };
        Ok(Self {
            identity: vault.open(Table::Personnes, &row, "identite")?,
            contacts: vault.open(Table::Personnes, &row, "contacts")?,
        })
    }
}

fn envelope_row<W: World>(world: &W, key: DossierKey, sk: &str, dispatch: &Dispatch, state: &str) -> SideRow {
    let now = world.clock().now().to_rfc3339_opts(SecondsFormat::Micros, true);
    let attributes = BTreeMap::from([
        ("v".to_owned(), 1.into()),
        ("etat".to_owned(), state.into()),
        ("le".to_owned(), now.into()),
        ("canal".to_owned(), channel_code(dispatch.to).into()),
    ]);
    vault::row(key, sk, attributes)
}

fn state_of(row: &SideRow) -> Option<&str> {
    row.attributes.get("etat").and_then(|it| it.as_str())
}

fn channel_code(to: Recipient) -> &'static str {
    match to {
        Recipient::Person(channel) => channel.code(),
        Recipient::Institution(AlertTo::Agent) => "agent",
        Recipient::Institution(AlertTo::Head) => "responsable",
        Recipient::Institution(AlertTo::Direction) => "direction",
    }
}

/// The channels by which the person can be reached.
fn reachable(contacts: &ContactsV1) -> BTreeSet<Channel> {
    let sms = contacts.telephone.is_some().then_some(Channel::Sms);
    let email = contacts.courriel.is_some().then_some(Channel::Email);
    let letter = contacts.voie.is_some().then_some(Channel::Letter);
    [sms, email, letter].into_iter().flatten().collect()
}

/// The message in French, with the name of who to call in it.
async fn render<W: World>(
    world: &W,
    dossier: &Dossier,
    person: &Person,
    dispatch: &Dispatch,
) -> Result<Letter, StepError> {
    let referent = match dossier.state.place() {
        Some(place) => world.store().referent(dossier.territory, &place.referent).await?,
        None => None,
    };
    let reference = world.reference();
    let frame = reference.frame_of(dossier);
    let key = DossierKey { territory: dossier.territory, dossier: dossier.id };
    let context = Context {
        today: dossier.territory.local_date(world.clock().now()),
        reference: crate::requests::reference(world, key).await?,
        delays: dossier.running_right().map(|it| frame.counted(it)),
    };
    let (identity, contacts) = (person.identity.as_ref(), person.contacts.as_ref());
    Ok(reference.letters.render(dossier, dispatch, identity, contacts, referent.as_ref(), &context))
}
