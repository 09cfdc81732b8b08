//! What people ask over HTTP: the same shell, the same rules, with the role of whoever asks checked first.

mod dossiers;
mod entries;
mod erasure;
mod indicators;
mod intake;
mod joining;
mod json;
mod merging;
mod resemblances;
mod roster;
mod sweeps;
mod targets;
mod views;
mod writes;

use contracts::Rejected;
use contracts::rows::{Corrupt, NoDossier, SideRow, UsedKeyRow};
use domain::{DossierId, Refusal, Territory};

use crate::keys;
use crate::people::Professional;
use crate::ports::{DossierKey, PortError, Rows, Table, When};
use crate::seal;
use crate::step::StepError;
use crate::world::World;

pub use dossiers::{Filter, PersonView, Shown, dossier, dossiers, not_oriented, person, proposal};
pub use entries::{add_entry, carnet};
pub use erasure::erase;
pub use indicators::indicators;
pub use intake::{FollowUp, Receipt, follow_up, submit};
pub(crate) use intake::{follow_up_code, reference};
pub use merging::{merge, part};
pub use resemblances::resemblances;
pub use roster::{delegations, put_delegation, put_referent, referent, referents};
pub use sweeps::{start_sweep, sweep_run};
pub use targets::{publish_targets, put_targets, retire_targets, target_version, target_versions};
pub use writes::{change_referent, close_emergency, confirm_right, sign, tell_right};

/// A request, as far as the mechanism is concerned.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The `Idempotency-Key`.
    pub key: String,
    /// The body as it came: another body under the same key is refused.
    pub body: Vec<u8>,
    /// The `ETag` that the requester had seen.
    pub if_match: Option<u64>,
}

/// Why a request is not granted.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// Nothing by this name, or nothing that this professional may see.
    #[error("nothing by this name")]
    NotFound,
    /// It was erased.
    #[error("it was erased")]
    Gone,
    /// The role does not allow it.
    #[error("the role does not allow it")]
    Forbidden,
    /// The rule says no.
    #[error(transparent)]
    Refused(Refusal),
    /// The requester's copy is stale.
    #[error("it has changed since it was shown")]
    Stale {
        /// The current `ETag`.
        etag: u64,
    },
    /// A change needs the `ETag` that the requester saw.
    #[error("a change needs the copy that was seen")]
    MissingIfMatch,
    /// The idempotency key was used for another body.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The body is wrong.
    #[error("the request is wrong")]
    Invalid(#[source] Rejected),
    /// The world failed: later, perhaps.
    #[error("the request cannot be granted now")]
    Busy(#[source] PortError),
    /// A stored value cannot be read: a person must look.
    #[error("a stored value cannot be read")]
    Broken(#[source] StepError),
}

impl From<PortError> for RequestError {
    fn from(error: PortError) -> Self {
        if error.operation == PortError::CURSOR { Self::wrong_cursor() } else { Self::Busy(error) }
    }
}

impl RequestError {
    /// The cursor of a list is not one that a page gave.
    fn wrong_cursor() -> Self {
        Self::Invalid(Rejected::one(
            "/apres",
            "curseur_inconnu",
            "Reprenez la valeur « suivant » de la page d’avant.",
        ))
    }
}

impl From<Corrupt> for RequestError {
    fn from(error: Corrupt) -> Self {
        Self::Broken(error.into())
    }
}

impl From<NoDossier> for RequestError {
    fn from(error: NoDossier) -> Self {
        StepError::from(error).into()
    }
}

impl From<StepError> for RequestError {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Retry(error) => Self::Busy(error),
            StepError::Contended => Self::Busy(PortError::new("write the dossier", "it keeps changing")),
            StepError::StaleCopy { etag } => Self::Stale { etag },
            StepError::KeyReused => Self::KeyReused,
            StepError::UnknownDossier => Self::NotFound,
            StepError::Erased => Self::Gone,
            StepError::OutOfOrder { .. }
            | StepError::Corrupt(_)
            | StepError::Unreadable(_)
            | StepError::Panicked => Self::Broken(error),
        }
    }
}

/// The territory comes from the token, never from the request.
fn key_of(who: &Professional, dossier: DossierId) -> DossierKey {
    DossierKey { territory: who.territory, dossier }
}

/// How much of a digest is kept, in hexadecimal figures: eighty bits tell the requests of one dossier apart, and the
/// row that remembers them is paid by the kilobyte.
const KEPT: usize = 20;

/// The keyed digests that remember a request without keeping it.
async fn used_key<W: World>(
    world: &W,
    key: DossierKey,
    route: &str,
    asked: &Asked,
) -> Result<UsedKeyRow, PortError> {
    digests(world, key.territory, &key.pk(), route, asked).await
}

/// The same, for what is asked about `subject`, a dossier or a territory.
async fn digests<W: World>(
    world: &W,
    territory: Territory,
    subject: &str,
    route: &str,
    asked: &Asked,
) -> Result<UsedKeyRow, PortError> {
    let secret = keys::of_territory(world, territory).await?.derive("requetes");
    let of = |what: &[u8]| {
        seal::digest_hex(&secret, &[route.as_bytes(), subject.as_bytes(), what])[..KEPT].to_owned()
    };
    Ok(UsedKeyRow { cle: of(asked.key.as_bytes()), corps: of(&asked.body) })
}

/// Writes a row that bears the digest of the body that asked for it. `false` when another body's row is there.
async fn put_or_same<W: World>(
    world: &W,
    table: Table,
    row: SideRow,
    used: &UsedKeyRow,
) -> Result<bool, PortError> {
    let (pk, sk) = (row.pk.clone(), row.sk.clone());
    if world.store().put(table, row, When::Absent).await? {
        return Ok(true);
    }
    let known = world.store().get(table, &pk, &sk).await?;
    Ok(known.is_some_and(|it| it.attributes.get("corps").and_then(|it| it.as_str()) == Some(&used.corps)))
}
