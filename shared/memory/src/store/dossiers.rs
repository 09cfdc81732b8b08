//! The port of dossiers and places.

use std::collections::BTreeSet;

use contracts::rows::{DossierRow, ReferentRow, SideRow, instant};
use domain::decision::Taken;
use domain::{PlaceMove, ReferentId, Territory};
use engine::ports::{
    Clear, Commit, CommitError, DossierKey, Dossiers, FilePage, Opening, Page, PageAsk, PortError, Table,
};

use super::{Content, MemoryStore};

/// A place is given back where none is held: the counter would go below zero.
#[derive(Debug, thiserror::Error)]
#[error("a place is given back where none is held")]
struct NoneHeld;

impl Dossiers for MemoryStore {
    async fn read(&self, key: DossierKey) -> Result<Option<DossierRow>, PortError> {
        Ok(self.content().dossiers.get(&key.pk()).cloned())
    }

    async fn read_many(&self, keys: &[DossierKey]) -> Result<Vec<DossierRow>, PortError> {
        let content = self.content();
        let keys: BTreeSet<DossierKey> = keys.iter().copied().collect();
        Ok(keys.iter().filter_map(|key| content.dossiers.get(&key.pk()).cloned()).collect())
    }

    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let mut content = self.content();
        if content.dossiers.get(&commit.row.pk).map(|it| it.revision) != commit.expected {
            return Err(CommitError::Stale);
        }
        let counters = content.moved(&commit)?;
        for (key, actifs) in counters {
            if let Some(referent) = content.referents.get_mut(&key) {
                referent.actifs = actifs;
            }
        }
        content.write(commit.row);
        Ok(())
    }

    async fn open(&self, openings: &[Opening]) -> Result<bool, PortError> {
        let mut content = self.content();
        let key = |(table, row): &(Table, SideRow)| (*table, row.pk.clone(), row.sk.clone());
        let taken = openings.iter().any(|it| {
            content.dossiers.contains_key(&it.row.pk)
                || it.sides.iter().any(|side| content.sides.contains_key(&key(side)))
        });
        if taken {
            return Ok(false);
        }
        for opening in openings {
            for side in &opening.sides {
                content.sides.insert(key(side), side.1.attributes.clone());
            }
            content.write(opening.row.clone());
        }
        Ok(true)
    }

    async fn clear(&self, clear: Clear) -> Result<bool, PortError> {
        let mut content = self.content();
        let Some(mut row) = content.dossiers.get(&clear.key.pk()).cloned() else { return Ok(false) };
        if row.revision != clear.revision {
            return Ok(false);
        }
        for entry in &clear.entries {
            row.registre.sortie.remove(entry);
        }
        row.registre.reprise = clear.reprise.or(row.registre.reprise);
        row.file_sk = clear.file_sk;
        content.write(row);
        Ok(true)
    }

    async fn file(&self, ask: FilePage) -> Result<Page<DossierKey>, PortError> {
        let partition = format!("{}#{}", ask.territory.as_str(), ask.state);
        let until = ask.due_by.map(instant);
        let size = self.page_size(&ask.page);
        self.content().file.page(&partition, until.as_deref(), &ask.page, size)
    }

    async fn caseload(
        &self,
        territory: Territory,
        referent: &ReferentId,
        page: PageAsk,
    ) -> Result<Page<DossierKey>, PortError> {
        let partition = format!("{}#{referent}", territory.as_str());
        let size = self.page_size(&page);
        self.content().caseloads.page(&partition, None, &page, size)
    }

    async fn roster(&self, territory: Territory) -> Result<Vec<ReferentRow>, PortError> {
        let content = self.content();
        Ok(content.referents.values().filter(|it| it.pk == territory.as_str()).cloned().collect())
    }

    async fn referent(
        &self,
        territory: Territory,
        id: &ReferentId,
    ) -> Result<Option<ReferentRow>, PortError> {
        Ok(self.content().referents.get(&(territory.as_str().to_owned(), id.to_string())).cloned())
    }

    async fn put_referent(&self, row: &ReferentRow, expected: Option<u64>) -> Result<bool, PortError> {
        let mut content = self.content();
        let key = (row.pk.clone(), row.sk.clone());
        let before = content.referents.get(&key);
        if before.map(|it| it.revision) != expected {
            return Ok(false);
        }
        let actifs = before.map_or(0, |it| it.actifs);
        content.referents.insert(key, ReferentRow { actifs, ..row.clone() });
        Ok(true)
    }
}

type ReferentKey = (String, String);

impl Content {
    /// The counters as the commit makes them, the taken place first; or why it cannot.
    fn moved(&self, commit: &Commit) -> Result<Vec<(ReferentKey, u32)>, CommitError> {
        let pk = &commit.row.pk;
        let territory = pk.split_once('#').map_or(pk.as_str(), |(territory, _)| territory);
        match &commit.place {
            PlaceMove::None => Ok(Vec::new()),
            PlaceMove::Take(taken) => Ok(vec![self.taken(territory, taken)?]),
            PlaceMove::Leave(referent) => Ok(vec![self.left(territory, referent)?]),
            PlaceMove::Move { from, to } if *from == to.referent => Ok(Vec::new()),
            PlaceMove::Move { from, to } => Ok(vec![self.taken(territory, to)?, self.left(territory, from)?]),
        }
    }

    fn taken(&self, territory: &str, taken: &Taken) -> Result<(ReferentKey, u32), CommitError> {
        let (key, row) = self.referent(territory, &taken.referent)?;
        if row.actifs >= row.capacite && !taken.beyond_capacity {
            return Err(CommitError::Full(taken.referent.clone()));
        }
        Ok((key, row.actifs + 1))
    }

    fn left(&self, territory: &str, referent: &ReferentId) -> Result<(ReferentKey, u32), CommitError> {
        let (key, row) = self.referent(territory, referent)?;
        let actifs = row.actifs.checked_sub(1).ok_or_else(|| PortError::new("write a dossier", NoneHeld))?;
        Ok((key, actifs))
    }

    fn referent(&self, territory: &str, id: &ReferentId) -> Result<(ReferentKey, &ReferentRow), CommitError> {
        let key = (territory.to_owned(), id.to_string());
        match self.referents.get(&key) {
            Some(row) => Ok((key, row)),
            None => Err(CommitError::UnknownReferent(id.clone())),
        }
    }

    /// Writes a dossier and its entries in the indexes.
    fn write(&mut self, row: DossierRow) {
        let before = self.dossiers.get(&row.pk);
        self.file.replace(before.map(file_entry), Some(file_entry(&row)));
        self.caseloads.replace(before.and_then(caseload_entry), caseload_entry(&row));
        self.dossiers.insert(row.pk.clone(), row);
    }
}

fn file_entry(row: &DossierRow) -> (String, String, String) {
    (row.file_pk.clone(), row.file_sk.clone(), row.pk.clone())
}

fn caseload_entry(row: &DossierRow) -> Option<(String, String, String)> {
    Some((row.referent_pk.clone()?, row.referent_sk.clone()?, row.pk.clone()))
}
