//! Triage: fetches the answers, asks the rules, seals the explanation.

use chrono::{DateTime, TimeDelta, Utc};
use contracts::api::TraceV1;
use contracts::sealed::IdentiteV1;
use domain::dossier::Dossier;
use domain::triage::{self, Requests};
use domain::{Decision, Message, ReferentId, Refusal};

use crate::answers;
use crate::ports::{DossierKey, PageAsk, PortError, Rows, Table, When};
use crate::step::{Step, StepError};
use crate::vault::{self, Vault};
use crate::world::World;

/// The step, for one message.
pub(crate) struct Triage {
    pub(crate) message: Message,
}

impl<W: World> Step<W> for Triage {
    async fn decide(
        &self,
        world: &W,
        dossier: &Dossier,
        _avoid: &[ReferentId],
        now: DateTime<Utc>,
    ) -> Result<Result<Decision, Refusal>, StepError> {
        let key = DossierKey { territory: dossier.territory, dossier: dossier.id };
        let Some(vault) = Vault::of(world, key).await? else { return Ok(Err(Refusal::AlreadyDone)) };
        let (answers, given) = answers::latest(world, key, &vault).await?;
        let age = age(world, dossier, &vault, now).await?;
        let reference = world.reference();
        if self.message == Message::PrepareDefault {
            let requests = traced_requests(world, key, now).await?;
            let frame = reference.frame_of(dossier);
            let law = (&reference.rules, &*frame);
            return Ok(triage::prepare_default(dossier, law, &answers.ordinary(), age, requests));
        }
        let explained = triage::explain(&reference.rules, &answers, age);
        let trace = TraceV1::of((&reference.rules, &explained), (&answers, age), given, now);
        let name =
            dossier.id.derive(&serde_json::to_string(&trace).map_err(|it| PortError::new("explain", it))?);
        let propose = if self.message == Message::Answered { triage::propose_again } else { triage::propose };
        let decided = propose(dossier, &explained, &reference.rules, name, now);
        if decided.is_ok() {
            // Sealed before the dossier names it. Its name comes from its content: an attempt that dies here leaves
            // an explanation that nothing points to, never one that explains something else.
            let sk = trace_sk(name);
            let sealed = vault.seal(world, Table::Reponses, &sk, "trace", &trace)?;
            let row = vault::row(key, &sk, [("trace".to_owned(), sealed)].into());
            world.store().put(Table::Reponses, row, When::Absent).await?;
        }
        Ok(decided)
    }
}

/// Where an explanation lies.
pub(crate) fn trace_sk(name: uuid::Uuid) -> String {
    format!("trace#{name}")
}

async fn age<W: World>(
    world: &W,
    dossier: &Dossier,
    vault: &Vault,
    now: DateTime<Utc>,
) -> Result<Option<u8>, StepError> {
    let identity: Option<IdentiteV1> = vault.read(world, Table::Personnes, "-", "identite").await?;
    let today = dossier.territory.local_date(now);
    Ok(identity
        .and_then(|it| today.years_since(it.date_naissance))
        .and_then(|years| u8::try_from(years).ok()))
}

/// How long a person has to answer before a request counts as unanswered.
const TIME_TO_ANSWER: TimeDelta = TimeDelta::days(3);

/// On how many channels a request for missing answers was really sent.
async fn traced_requests<W: World>(
    world: &W,
    key: DossierKey,
    now: DateTime<Utc>,
) -> Result<Requests, StepError> {
    let page = world.store().query(Table::Envois, &key.pk(), "envoi#H1/", PageAsk::default()).await?;
    let answered_by_now = |row: &&contracts::rows::SideRow| {
        let sent = row
            .attributes
            .get("le")
            .and_then(|it| it.as_str())
            .and_then(|it| it.parse::<DateTime<Utc>>().ok());
        sent.is_some_and(|at| at + TIME_TO_ANSWER <= now)
    };
    let channels: std::collections::BTreeSet<&str> = page
        .items
        .iter()
        .filter(|row| row.attributes.get("etat").and_then(|it| it.as_str()) == Some("envoye"))
        .filter(answered_by_now)
        .filter_map(|row| row.attributes.get("canal").and_then(|it| it.as_str()))
        .collect();
    Ok(Requests { channels: u8::try_from(channels.len()).unwrap_or(u8::MAX) })
}
