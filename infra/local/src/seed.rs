//! What a first start finds: fictional référents, delegations and people, so that there is something to look at.
//!
//! Killed in the middle and started again, it goes on: everything has a name that depends on nothing else.

use chrono::{DateTime, Days, Utc};
use contracts::Rejected;
use contracts::api::{Admission, DelegationBody, Demande, ReferentBody};
use domain::Territory;
use engine::people::{Professional, Role};
use engine::ports::{Clock, Dossiers, PortError};
use engine::requests::{self, Asked, RequestError};
use engine::{StepError, World};
use serde_json::Value;

use crate::cohort::fictional_people;

static REFERENTS: &str = include_str!("../data/referents.json");
static DELEGATIONS: &str = include_str!("../data/delegations.json");

/// Fictional people of a first start.
const PEOPLE: u32 = 12;
/// Days over which they came in.
const PAST: u64 = 29;

/// A ready-made account of the local mode.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    /// The professional, the `sub` of their tokens.
    pub agent: &'static str,
    /// What they may do.
    pub role: Role,
    /// What people read.
    pub label: &'static str,
}

/// The ready-made accounts.
pub const ACCOUNTS: [Account; 5] = [
    Account {
        agent: "agent-orientation",
        role: Role::Orientation,
        label: "agent d'orientation, avec délégation",
    },
    Account { agent: "responsable", role: Role::Head, label: "responsable de territoire, avec délégation" },
    Account { agent: "r-meaux-1", role: Role::Referent, label: "référent à Meaux" },
    Account { agent: "administration", role: Role::Administration, label: "administration, sans dossiers" },
    Account { agent: "agent-simule", role: Role::Orientation, label: "agent simulé, celui des cohortes" },
];

/// Writes what is not there yet. `start` is when this place was first started.
pub async fn plant<W: World>(world: &W, start: DateTime<Utc>) -> Result<(), SeedError> {
    for territory in world.reference().served.clone() {
        let known = !world.store().roster(territory).await?.is_empty();
        plant_staff(world, territory).await?;
        if !known {
            plant_people(world, territory, start).await?;
        }
    }
    Ok(())
}

/// Delegations first, référents last of the staff: a roster that is there tells that the rest is.
async fn plant_staff<W: World>(world: &W, territory: Territory) -> Result<(), SeedError> {
    let who = Professional { agent: id("administration")?, territory, role: Role::Administration };
    for mut entry in entries(DELEGATIONS)? {
        let agent = take(&mut entry, "agent")?;
        let delegation = DelegationBody::parse(&Value::Object(entry)).map_err(SeedError::Rejected)?;
        requests::put_delegation(world, &who, &id(&agent)?, delegation).await?;
    }
    for mut entry in entries(REFERENTS)? {
        let referent: domain::ReferentId = id(&take(&mut entry, "id")?)?;
        if world.store().referent(territory, &referent).await?.is_some() {
            continue;
        }
        if territory.as_str() != "77" {
            // The communes of the file are of the Seine-et-Marne: elsewhere everybody covers everything.
            entry.remove("communes");
        }
        let body = ReferentBody::parse(&Value::Object(entry), territory).map_err(SeedError::Rejected)?;
        requests::put_referent(world, &who, &referent, None, body).await?;
    }
    Ok(())
}

async fn plant_people<W: World>(
    world: &W,
    territory: Territory,
    start: DateTime<Utc>,
) -> Result<(), SeedError> {
    let today = territory.local_date(world.clock().now());
    for (key, application) in fictional_people(territory, PEOPLE, start - Days::new(PAST)) {
        let admission = Admission { served: &[territory], trusted: true, today };
        let demande = Demande::parse(&application, &admission).map_err(SeedError::Rejected)?;
        let asked = Asked { key, body: application.to_string().into_bytes(), if_match: None };
        requests::submit(world, demande, &asked, "amorce").await?;
    }
    Ok(())
}

fn entries(text: &str) -> Result<Vec<serde_json::Map<String, Value>>, SeedError> {
    serde_json::from_str(text).map_err(SeedError::File)
}

fn take(entry: &mut serde_json::Map<String, Value>, field: &'static str) -> Result<String, SeedError> {
    match entry.remove(field) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(SeedError::Field(field)),
    }
}

fn id<T: std::str::FromStr>(text: &str) -> Result<T, SeedError> {
    text.parse().map_err(|_| SeedError::Field("id"))
}

/// Why a first start could not be prepared.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// A file that ships with the project is not readable.
    #[error("a file of fictional people cannot be read")]
    File(#[source] serde_json::Error),
    /// A field of such a file is missing or wrong.
    #[error("the field `{0}` of a fictional person is missing or wrong")]
    Field(&'static str),
    /// Such a file breaks a rule of the border.
    #[error("a fictional person is refused")]
    Rejected(#[source] Rejected),
    /// The store failed.
    #[error("the fictional people cannot be written")]
    Port(#[from] PortError),
    /// The engine refused.
    #[error("the fictional people are refused")]
    Request(#[from] RequestError),
    /// The engine failed.
    #[error("the fictional people cannot be treated")]
    Step(#[from] StepError),
}
