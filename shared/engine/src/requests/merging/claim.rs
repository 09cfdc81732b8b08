//! What is kept of a merge, beside the dossier that goes on: how it was before, how far the merge has gone, who did it.

use std::collections::BTreeMap;

use contracts::rows::{Corrupt, DroitRow, FinRow, SideRow};
use contracts::told::DitsV1;
use domain::dossier::{Ending, Right};
use domain::{DossierId, State, merging};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Pair;
use crate::answers;
use crate::people::Professional;
use crate::ports::{Clock, DossierKey, PortError, Rows, Table, When};
use crate::requests::RequestError;
use crate::step::{self, StepError};
use crate::vault;
use crate::world::World;

const PREFIX: &str = "reunion#";
const PROGRESS: &str = "etat";

/// How far a merge has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// The dossier that goes on is being told.
    Begun,
    /// The other is closed.
    Done,
    /// It was undone.
    Undone,
}

/// What is kept of a merge, so that it can be undone.
pub(super) struct Claim {
    row: SideRow,
    /// What the dossier that goes on had been told.
    pub(super) before: DitsV1,
    /// Its right, before and after.
    pub(super) rights: (Right, Right),
    /// Where the answers lie that it took from the other.
    pub(super) answers: Option<String>,
    /// How the other had ended already.
    pub(super) ended: Option<Ending>,
}

impl Progress {
    const fn code(self) -> &'static str {
        match self {
            Self::Begun => "commencee",
            Self::Done => "faite",
            Self::Undone => "defaite",
        }
    }

    fn of(claim: &SideRow) -> Self {
        match text(claim, PROGRESS) {
            Some("faite") => Self::Done,
            Some("defaite") => Self::Undone,
            Some(_) | None => Self::Begun,
        }
    }
}

impl Claim {
    /// How far the merge had gone when the claim was read.
    pub(super) fn progress(&self) -> Progress {
        Progress::of(&self.row)
    }

    /// Notes how far the merge has gone, and who undid it.
    pub(super) async fn note<W: World>(
        &self,
        world: &W,
        progress: Progress,
        who: &Professional,
    ) -> Result<(), RequestError> {
        let mut row = self.row.clone();
        row.attributes.insert(PROGRESS.to_owned(), progress.code().into());
        if progress == Progress::Undone {
            let now = answers::precise(world.clock().now());
            row.attributes.insert("defaite_le".to_owned(), now.into());
            row.attributes.insert("defaite_par".to_owned(), who.agent.as_str().into());
        }
        // Another attempt may have noted it first.
        let same = When::Is { attribute: PROGRESS, value: self.progress().code().to_owned() };
        world.store().put(Table::Personnes, row, same).await?;
        Ok(())
    }

    fn read(pair: &Pair, row: SideRow) -> Result<Self, StepError> {
        let right = |name| stored::<DroitRow>(&row, name).and_then(|it| Ok(Right::try_from(&it)?));
        let ended = row.attributes.contains_key("fin").then(|| stored::<FinRow>(&row, "fin")).transpose()?;
        let before = pair.kept.vault.open(Table::Personnes, &row, "dits")?.ok_or(Corrupt("reunion.dits"))?;
        Ok(Self {
            rights: (right("droit_avant")?, right("droit_apres")?),
            answers: text(&row, "reponses").map(str::to_owned),
            ended: ended.as_ref().map(Ending::try_from).transpose()?,
            before,
            row,
        })
    }
}

impl Pair {
    fn prefix(&self) -> String {
        format!("{PREFIX}{}#", self.absorbed.dossier.id)
    }

    /// A claim for each time that these two were merged, in order.
    async fn claims<W: World>(&self, world: &W) -> Result<Vec<SideRow>, PortError> {
        world.store().query_all(Table::Personnes, &self.kept.key.pk(), &self.prefix()).await
    }

    /// The claim of the last time that these two were merged.
    pub(super) async fn last_claim<W: World>(&self, world: &W) -> Result<Option<Claim>, RequestError> {
        let row = self.claims(world).await?.pop();
        Ok(row.map(|row| Claim::read(self, row)).transpose()?)
    }

    /// Goes on with a merge that was begun, or begins one.
    pub(super) async fn claim<W: World>(&self, world: &W, who: &Professional) -> Result<Claim, RequestError> {
        for _ in 0..step::ATTEMPTS {
            let known = self.claims(world).await?;
            if let Some(begun) = known.last().filter(|it| Progress::of(it) != Progress::Undone) {
                return Ok(Claim::read(self, begun.clone())?);
            }
            let row = self.first_claim(world, who, known.len()).await?;
            if world.store().put(Table::Personnes, row.clone(), When::Absent).await? {
                return Ok(Claim::read(self, row)?);
            }
        }
        Err(StepError::Contended.into())
    }

    async fn first_claim<W: World>(
        &self,
        world: &W,
        who: &Professional,
        number: usize,
    ) -> Result<SideRow, RequestError> {
        let sk = format!("{}{number:04}", self.prefix());
        let (kept, absorbed) = (&self.kept.dossier, &self.absorbed.dossier);
        let theirs = answers::last(world, self.absorbed.key, &self.absorbed.vault).await?;
        let ours = answers::last(world, self.kept.key, &self.kept.vault).await?;
        let newer = theirs.filter(|it| ours.is_none_or(|ours| ours.le < it.le));
        let after = merging::keep(kept, &absorbed.right, false).dossier.right;
        let dits = self.kept.vault.seal(world, Table::Personnes, &sk, "dits", &self.kept.person.dits)?;
        let mut attributes = BTreeMap::from([
            ("v".to_owned(), 1.into()),
            (PROGRESS.to_owned(), Progress::Begun.code().into()),
            ("le".to_owned(), answers::precise(world.clock().now()).into()),
            ("par".to_owned(), who.agent.as_str().into()),
            ("dits".to_owned(), dits),
            ("droit_avant".to_owned(), plain(&DroitRow::from(&kept.right))?),
            ("droit_apres".to_owned(), plain(&DroitRow::from(&after))?),
        ]);
        attributes.extend(newer.map(|it| ("reponses".to_owned(), answers::sk_at(it.le).into())));
        if let State::Closed { ending, .. } = &absorbed.state {
            attributes.insert("fin".to_owned(), plain(&FinRow::from(ending))?);
        }
        Ok(vault::row(self.kept.key, &sk, attributes))
    }
}

/// Every claim on a dossier, in the order of those that were merged into it.
pub(in crate::requests) async fn claims<W: World>(
    world: &W,
    kept: DossierKey,
) -> Result<Vec<SideRow>, PortError> {
    world.store().query_all(Table::Personnes, &kept.pk(), PREFIX).await
}

/// The dossier that a claim is about, beside the one that goes on.
pub(in crate::requests) fn other_of(claim: &SideRow) -> Option<DossierId> {
    claim.sk.split('#').nth(1)?.parse().ok()
}

fn text<'a>(row: &'a SideRow, name: &str) -> Option<&'a str> {
    row.attributes.get(name)?.as_str()
}

fn plain(value: &impl Serialize) -> Result<serde_json::Value, PortError> {
    serde_json::to_value(value).map_err(|it| PortError::new("keep how a dossier was", it))
}

fn stored<T: DeserializeOwned>(row: &SideRow, name: &'static str) -> Result<T, StepError> {
    let value = row.attributes.get(name).cloned().unwrap_or_default();
    serde_json::from_value(value).map_err(|_| Corrupt(name).into())
}
