//! Keys: one per territory, wrapped by the outside (KMS or a key file), and one per dossier, wrapped by the
//! territory's. Destroying a dossier's key erases the person's values for good.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use contracts::rows::SideRow;
use domain::Territory;

use crate::ports::{Clock, DossierKey, KeyWrapper, PortError, Rows, Table, When};
use crate::seal::{self, SecretKey};
use crate::world::World;

/// How long an unwrapped key may be used before the wrapper is asked again.
const CACHED: TimeDelta = TimeDelta::minutes(5);

/// The territories' keys unwrapped in the last five minutes.
#[derive(Debug, Default)]
pub struct KeyCache(Mutex<BTreeMap<Territory, (SecretKey, DateTime<Utc>)>>);

impl KeyCache {
    fn get(&self, territory: Territory, now: DateTime<Utc>) -> Option<SecretKey> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cache
            .get(&territory)
            .filter(|(_, since)| *since <= now && now < *since + CACHED)
            .map(|(key, _)| key.clone())
    }

    fn put(&self, territory: Territory, key: SecretKey, now: DateTime<Utc>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(territory, (key, now));
    }
}

const SK_TERRITORY: &str = "territoire";
const SK_DOSSIER: &str = "dossier";
const WRAPPED: &str = "cle";
const DESTROYED: &str = "detruite";

/// The territory's key, made on first use. Two who make it at once end with the same one.
pub async fn of_territory<W: World>(world: &W, territory: Territory) -> Result<SecretKey, PortError> {
    let now = world.clock().now();
    if let Some(key) = world.key_cache().get(territory, now) {
        return Ok(key);
    }
    let pk = territory.as_str();
    let row = match world.store().get(Table::Cles, pk, SK_TERRITORY).await? {
        Some(row) => row,
        None => make_territory_key(world, territory).await?,
    };
    let wrapped = decode(&row)?;
    let key = SecretKey::new(world.wrapper().unwrap(&context(territory), &wrapped).await?);
    world.key_cache().put(territory, key.clone(), now);
    Ok(key)
}

async fn make_territory_key<W: World>(world: &W, territory: Territory) -> Result<SideRow, PortError> {
    let key = SecretKey::draw(world.chance())?;
    let wrapped = world.wrapper().wrap(&context(territory), key.bytes()).await?;
    let row = key_row(territory.as_str().to_owned(), SK_TERRITORY, &STANDARD_NO_PAD.encode(wrapped));
    world.store().put(Table::Cles, row, When::Absent).await?;
    reread(world, territory.as_str(), SK_TERRITORY).await
}

fn context(territory: Territory) -> String {
    format!("spie/territoire/{}", territory.as_str())
}

/// The dossier's key, or `None` when there is none or it was destroyed.
pub async fn of_dossier<W: World>(world: &W, key: DossierKey) -> Result<Option<SecretKey>, PortError> {
    match world.store().get(Table::Cles, &key.pk(), SK_DOSSIER).await? {
        Some(row) => unwrap_dossier(world, key, &row).await,
        None => Ok(None),
    }
}

/// The keys of many dossiers, in as few requests as there can be; one that was destroyed is left out.
pub async fn of_dossiers<W: World>(
    world: &W,
    territory: Territory,
    keys: &[DossierKey],
) -> Result<BTreeMap<DossierKey, SecretKey>, PortError> {
    let wanted: Vec<(String, String)> = keys.iter().map(|it| (it.pk(), SK_DOSSIER.to_owned())).collect();
    let wrapping = of_territory(world, territory).await?.derive("cles");
    let mut secrets = BTreeMap::new();
    for row in world.store().get_many(Table::Cles, &wanted).await? {
        let Some(key) = DossierKey::parse(&row.pk) else { continue };
        secrets.extend(unwrap_with(&wrapping, key, &row)?.map(|secret| (key, secret)));
    }
    Ok(secrets)
}

/// A key for a dossier that is being opened, and the row to write with it. Nothing is written here.
pub async fn draw<W: World>(world: &W, key: DossierKey) -> Result<(SecretKey, SideRow), PortError> {
    let pk = key.pk();
    let fresh = SecretKey::draw(world.chance())?;
    let wrapping = of_territory(world, key.territory).await?.derive("cles");
    let sealed = seal::seal(&wrapping, &aad(&pk), fresh.bytes(), world.chance())?;
    Ok((fresh, key_row(pk, SK_DOSSIER, &sealed)))
}

/// The dossier's key, made on first use; `None` when it was destroyed: it is never made again.
///
/// It is new nearly every time: written first, read only when it was there.
pub async fn of_new_dossier<W: World>(world: &W, key: DossierKey) -> Result<Option<SecretKey>, PortError> {
    let (fresh, row) = draw(world, key).await?;
    if world.store().put(Table::Cles, row, When::Absent).await? {
        return Ok(Some(fresh));
    }
    let row = reread(world, &key.pk(), SK_DOSSIER).await?;
    unwrap_dossier(world, key, &row).await
}

/// Destroys the dossier's key for good. A tombstone takes its place, under which no late writer can make a new one.
/// `false` when that had been done.
pub async fn destroy<W: World>(world: &W, key: DossierKey) -> Result<bool, PortError> {
    let pk = key.pk();
    let known = world.store().get(Table::Cles, &pk, SK_DOSSIER).await?;
    if known.is_some_and(|row| is_destroyed(&row)) {
        return Ok(false);
    }
    let attributes = BTreeMap::from([("v".to_owned(), 1.into()), (DESTROYED.to_owned(), true.into())]);
    let tombstone = SideRow { pk, sk: SK_DOSSIER.to_owned(), attributes };
    world.store().put(Table::Cles, tombstone, When::Always).await
}

fn is_destroyed(row: &SideRow) -> bool {
    row.attributes.contains_key(DESTROYED)
}

async fn unwrap_dossier<W: World>(
    world: &W,
    key: DossierKey,
    row: &SideRow,
) -> Result<Option<SecretKey>, PortError> {
    unwrap_with(&of_territory(world, key.territory).await?.derive("cles"), key, row)
}

fn unwrap_with(wrapping: &SecretKey, key: DossierKey, row: &SideRow) -> Result<Option<SecretKey>, PortError> {
    if is_destroyed(row) {
        return Ok(None);
    }
    let bytes =
        seal::open(wrapping, &aad(&key.pk()), text(row)?).map_err(|it| PortError::new("unwrap key", it))?;
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| PortError::new("unwrap key", "wrong length"))?;
    Ok(Some(SecretKey::new(bytes)))
}

fn aad(pk: &str) -> String {
    format!("cles|{pk}")
}

async fn reread<W: World>(world: &W, pk: &str, sk: &str) -> Result<SideRow, PortError> {
    let row = world.store().get(Table::Cles, pk, sk).await?;
    row.ok_or_else(|| PortError::new("read key", "the key that was just written is not there"))
}

fn key_row(pk: String, sk: &str, wrapped: &str) -> SideRow {
    let attributes = BTreeMap::from([(WRAPPED.to_owned(), wrapped.into())]);
    SideRow { pk, sk: sk.to_owned(), attributes }
}

fn text(row: &SideRow) -> Result<&str, PortError> {
    let text = row.attributes.get(WRAPPED).and_then(|it| it.as_str());
    text.ok_or_else(|| PortError::new("read key", "the row holds no key"))
}

fn decode(row: &SideRow) -> Result<Vec<u8>, PortError> {
    STANDARD_NO_PAD.decode(text(row)?).map_err(|it| PortError::new("read key", it))
}
