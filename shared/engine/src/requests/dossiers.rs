//! Dossiers, read: one, many, its explanation, the person behind it.

use contracts::api::{DossierJson, DossierResume, Liste, PropositionJson, TraceV1};
use contracts::rows::DossierRow;
use contracts::sealed::{ContactsV1, IdentiteV1};
use domain::commune::CodeInsee;
use domain::{DossierId, ReferentId, State};

use super::{RequestError, key_of, views};
use crate::people::{Professional, Role};
use crate::ports::{DossierKey, Dossiers, FilePage, PageAsk, Rows, Table};
use crate::steps::trace_sk;
use crate::vault::Vault;
use crate::world::World;

/// Where a person's row says which agent typed the application.
pub(super) const TYPIST: &str = "saisi_par";

/// A dossier as it is shown, and the `ETag` of what is shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The dossier.
    pub json: DossierJson,
    /// Changes when, and only when, what is shown changes.
    pub etag: u64,
}

/// Which dossiers to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// In this state.
    pub etat: Option<String>,
    /// With this référent, named or provisional.
    pub referent: Option<ReferentId>,
    /// In this commune.
    pub commune: Option<CodeInsee>,
    /// At most this many, 1 to 100.
    pub limite: u32,
    /// The cursor of the page before.
    pub apres: Option<String>,
}

/// Who the person is, for those entitled to know.
#[derive(Clone)]
pub struct PersonView {
    /// Identity.
    pub identite: IdentiteV1,
    /// Contacts.
    pub contacts: ContactsV1,
    /// The agent who typed the application, when one did.
    pub typed_by: Option<String>,
}

/// One dossier.
pub async fn dossier<W: World>(world: &W, who: &Professional, id: DossierId) -> Result<Shown, RequestError> {
    views::shown(world, &visible_row(world, who, id).await?).await
}

/// Who the person is.
pub async fn person<W: World>(
    world: &W,
    who: &Professional,
    id: DossierId,
) -> Result<PersonView, RequestError> {
    visible_row(world, who, id).await?;
    let vault = Vault::of(world, key_of(who, id)).await?.ok_or(RequestError::Gone)?;
    let row = world.store().get(Table::Personnes, &key_of(who, id).pk(), "-").await?;
    let row = row.ok_or(RequestError::Gone)?;
    let (identite, contacts) =
        (vault.open(Table::Personnes, &row, "identite")?, vault.open(Table::Personnes, &row, "contacts")?);
    Ok(PersonView {
        identite: identite.ok_or(RequestError::Gone)?,
        contacts: contacts.ok_or(RequestError::Gone)?,
        typed_by: row.attributes.get(TYPIST).and_then(|it| it.as_str()).map(str::to_owned),
    })
}

/// The explanation of what the rules propose.
pub async fn proposal<W: World>(
    world: &W,
    who: &Professional,
    id: DossierId,
) -> Result<PropositionJson, RequestError> {
    if !who.role.orients() {
        return Err(RequestError::Forbidden);
    }
    let row = visible_row(world, who, id).await?;
    let name = match row.dossier()?.state {
        State::ToOrient { proposal, .. } | State::AwaitingFranceTravail { proposal, .. } => {
            Some(proposal.trace)
        }
        State::Submitted
        | State::Urgent { .. }
        | State::Oriented { .. }
        | State::AwaitingPlace { .. }
        | State::Assigned { .. }
        | State::Closed { .. } => None,
    };
    let vault = Vault::of(world, key_of(who, id)).await?.ok_or(RequestError::Gone)?;
    let trace: Option<TraceV1> = match name {
        Some(name) => vault.read(world, Table::Reponses, &trace_sk(name), "trace").await?,
        None => last_trace(world, key_of(who, id), &vault).await?,
    };
    let mention = world.reference().letters.mention();
    trace.map(|it| it.with_mention(mention)).ok_or(RequestError::Refused(domain::Refusal::NotTriaged))
}

/// Once signed, the dossier no longer names the explanation: the last one written is the one that was signed on.
async fn last_trace<W: World>(
    world: &W,
    key: DossierKey,
    vault: &Vault,
) -> Result<Option<TraceV1>, RequestError> {
    let page = world.store().query(Table::Reponses, &key.pk(), "trace#", PageAsk::default()).await?;
    let mut traces = Vec::new();
    for row in &page.items {
        traces.extend(vault.open::<TraceV1>(Table::Reponses, row, "trace")?);
    }
    traces.sort_by_key(|it| it.le);
    Ok(traces.pop())
}

/// A page of the file active, the most urgent first within each state.
pub async fn dossiers<W: World>(
    world: &W,
    who: &Professional,
    filter: Filter,
) -> Result<Liste<DossierResume>, RequestError> {
    let filter = match who.role {
        Role::Orientation | Role::Head => filter,
        // A référent sees those whose référent they are, and nobody else.
        Role::Referent => {
            let own: ReferentId = who.agent.as_str().parse().map_err(|_| RequestError::Forbidden)?;
            if filter.referent.as_ref().is_some_and(|asked| *asked != own) {
                return Err(RequestError::Forbidden);
            }
            Filter { referent: Some(own), ..filter }
        }
        Role::Administration => return Err(RequestError::Forbidden),
    };
    let states: Vec<&'static str> = match &filter.etat {
        Some(asked) => State::CODES.into_iter().filter(|code| code == asked).collect(),
        // What is over is looked at when it is asked for.
        None => State::CODES.into_iter().filter(|code| *code != State::CLOSED).collect(),
    };
    match filter.referent.clone() {
        Some(referent) => views::caseload(world, who, &referent, &states, &filter).await,
        None => views::file(world, who, &states, &filter).await,
    }
}

/// Those whom nobody has oriented yet, the most urgent first within each state.
pub async fn not_oriented<W: World>(
    world: &W,
    who: &Professional,
    limite: u32,
    apres: Option<String>,
) -> Result<Liste<DossierResume>, RequestError> {
    if !who.role.orients() {
        return Err(RequestError::Forbidden);
    }
    let filter = Filter { limite, apres, ..Filter::default() };
    views::file(world, who, &State::NOT_ORIENTED, &filter).await
}

/// The dossier's row, if this professional may see it. What they may not see does not exist for them.
pub(super) async fn visible_row<W: World>(
    world: &W,
    who: &Professional,
    id: DossierId,
) -> Result<DossierRow, RequestError> {
    if who.role == Role::Administration {
        return Err(RequestError::Forbidden);
    }
    let row = world.store().read(key_of(who, id)).await?.ok_or(RequestError::NotFound)?;
    if row.tombstone().is_some() {
        return Err(RequestError::Gone);
    }
    if who.role == Role::Referent {
        let state = row.dossier()?.state;
        if state.place().is_none_or(|place| place.referent.as_str() != who.agent.as_str()) {
            return Err(RequestError::NotFound);
        }
    }
    Ok(row)
}

/// A page of one state of the index.
pub(super) fn page(who: &Professional, state: &'static str, after: Option<String>, limit: u32) -> FilePage {
    FilePage { territory: who.territory, state, due_by: None, page: PageAsk { after, limit } }
}
