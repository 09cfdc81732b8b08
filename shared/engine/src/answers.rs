//! What somebody answered: a sealed row for each time they spoke, of which those given last count.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use contracts::api::{Given, SourceCode};
use contracts::rows::SideRow;
use contracts::sealed::{MotsV1, ReponsesV1};
use domain::dsp::Answers;

use crate::ports::{Clock, DossierKey, PortError, Rows, Table};
use crate::step::StepError;
use crate::vault::{self, Vault};
use crate::world::World;

const ROWS: &str = "dsp#";

/// Where the answers lie with which a dossier opens.
pub(crate) const FIRST: &str = "dsp#0001";

/// Where the answers lie that were given at this instant.
pub(crate) fn sk_at(at: DateTime<Utc>) -> String {
    format!("{ROWS}{}", precise(at))
}

/// An instant as the names of rows have it, so that they are in its order.
pub(crate) fn precise(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// A row of answers, with the words that came with them. Whoever writes it adds by what it knows it again.
pub(crate) fn row<W: World>(
    world: &W,
    (key, vault): (DossierKey, &Vault),
    sk: &str,
    answers: &ReponsesV1,
    words: Option<&MotsV1>,
) -> Result<SideRow, PortError> {
    let mut attributes = BTreeMap::from([
        ("v".to_owned(), 1.into()),
        ("reponses".to_owned(), vault.seal(world, Table::Reponses, sk, "reponses", answers)?),
    ]);
    if let Some(words) = words {
        attributes.insert("souhait".to_owned(), vault.seal(world, Table::Reponses, sk, "souhait", words)?);
    }
    Ok(vault::row(key, sk, attributes))
}

/// The last answers given, by whom and when; empty when there are none.
pub(crate) async fn latest<W: World>(
    world: &W,
    key: DossierKey,
    vault: &Vault,
) -> Result<(Answers, Given), StepError> {
    let today = key.territory.local_date(world.clock().now());
    let Some(sealed) = last(world, key, vault).await? else {
        return Ok((Answers::default(), Given { source: SourceCode::Personne, on: today }));
    };
    let given = Given { source: sealed.source, on: key.territory.local_date(sealed.le) };
    Ok((sealed.answers()?, given))
}

/// The last answers given, as they were sealed. Whenever they arrived, those that were given last are the last: a file may
/// come after the form that it is older than.
pub(crate) async fn last<W: World>(
    world: &W,
    key: DossierKey,
    vault: &Vault,
) -> Result<Option<ReponsesV1>, PortError> {
    let mut last: Option<ReponsesV1> = None;
    for row in world.store().query_all(Table::Reponses, &key.pk(), ROWS).await? {
        let given: Option<ReponsesV1> = vault.open(Table::Reponses, &row, "reponses")?;
        last = given.into_iter().chain(last).max_by_key(|it| it.le);
    }
    Ok(last)
}
