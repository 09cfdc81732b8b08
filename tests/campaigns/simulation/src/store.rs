//! The ports of the store, of the documents and of the keys: the memory's, with what goes wrong before and after.

use std::sync::Arc;

use checker::What;
use chrono::{DateTime, Utc};
use contracts::codes::ResteCode;
use contracts::rows::{DossierRow, ReferentRow, SideRow};
use domain::decision::Taken;
use domain::{PlaceMove, ReferentId, Territory};
use engine::DossierKey;
use engine::ports::{
    Clear, Commit, CommitError, Documents, Dossiers, FilePage, KeyWrapper, Opening, Page, PageAsk, PortError,
    Rows, Table, When,
};
use memory::MemoryWrapper;
use serde_json::Value;

use crate::indexes::Index;
use crate::sim::{Glimpse, Ports, Roster, State};
use crate::weather::{Fault, Port, hits};

impl Dossiers for Ports {
    async fn read(&self, key: DossierKey) -> Result<Option<DossierRow>, PortError> {
        self.enter(Port::Dossiers, "read").await?;
        self.sim.store.read(key).await
    }

    async fn read_many(&self, keys: &[DossierKey]) -> Result<Vec<DossierRow>, PortError> {
        self.enter(Port::Dossiers, "read many").await?;
        self.sim.store.read_many(keys).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        self.enter(Port::Dossiers, "commit").await?;
        let row = commit.row.clone();
        let moved = moved(&commit.place);
        let beyond = matches!(&commit.place,
            PlaceMove::Take(it) | PlaceMove::Move { to: it, .. } if it.beyond_capacity);
        let territory = DossierKey::parse(&row.pk).map(|it| it.territory);
        let new = row.tombstone().filter(|it| it.reste == ResteCode::Everything);
        let new = new.map(|it| if it.was_never_opened() { Fault::Overtaken } else { Fault::Erased });
        if let (Some(territory), false) = (territory, moved.is_empty()) {
            self.remember_roster(territory).await?;
        }
        let written = self.sim.store.commit(commit).await;
        if let Err(CommitError::Full(_)) = &written {
            self.sim.state().tally.count(Fault::PlaceContended);
        }
        written?;
        let mut referents = Vec::new();
        for id in moved {
            let Some(territory) = territory else { continue };
            referents.extend(self.sim.store.referent(territory, &id).await?.map(json));
        }
        {
            let mut state = self.sim.state();
            state.tally.commits += 1;
            if let Some(fault) = new {
                state.tally.count(fault);
            }
            if beyond {
                state.tally.count(Fault::CapacityExceeded);
            }
            state.record(What::Commit { row: json(&row), referents });
            state.follow(row);
        }
        Ok(self.leave("commit").await?)
    }

    async fn open(&self, openings: &[Opening]) -> Result<bool, PortError> {
        self.enter(Port::Dossiers, "open").await?;
        let opened = self.sim.store.open(openings).await?;
        if opened {
            let mut state = self.sim.state();
            for Opening { row, sides } in openings {
                state.tally.commits += 1;
                state.record(What::Commit { row: json(row), referents: Vec::new() });
                state.follow(row.clone());
                for (table, side) in sides {
                    let attributes = Some(Value::Object(side.attributes.clone().into_iter().collect()));
                    let (pk, sk) = (side.pk.clone(), side.sk.clone());
                    state.record(What::Side { table: table.name(), pk, sk, attributes });
                }
            }
        }
        self.leave("open").await?;
        Ok(opened)
    }

    async fn clear(&self, clear: Clear) -> Result<bool, PortError> {
        self.enter(Port::Dossiers, "clear").await?;
        let key = clear.key;
        let cleared = self.sim.store.clear(clear).await?;
        if cleared && let Some(row) = self.sim.store.read(key).await? {
            let mut state = self.sim.state();
            state.record(What::Clear { row: json(&row) });
            state.follow(row);
        }
        self.leave("clear").await?;
        Ok(cleared)
    }

    async fn file(&self, ask: FilePage) -> Result<Page<DossierKey>, PortError> {
        self.enter(Port::Dossiers, "file").await?;
        self.index_page(Index::File, (ask.territory.as_str(), ask.state), ask.due_by, &ask.page)
    }

    async fn caseload(
        &self,
        territory: Territory,
        referent: &ReferentId,
        page: PageAsk,
    ) -> Result<Page<DossierKey>, PortError> {
        self.enter(Port::Dossiers, "caseload").await?;
        self.index_page(Index::Caseload, (territory.as_str(), referent.as_str()), None, &page)
    }

    async fn roster(&self, territory: Territory) -> Result<Vec<ReferentRow>, PortError> {
        self.enter(Port::Dossiers, "roster").await?;
        {
            let mut state = self.sim.state();
            let State { rosters, now, rng, weather, tally, .. } = &mut *state;
            let old = rosters.get(&territory).filter(|it| (*now - it.changed).num_seconds() < 60);
            if let Some(roster) = old.filter(|_| hits(rng, weather.stale_roster)) {
                tally.count(Fault::StaleRoster);
                return Ok(roster.before.clone());
            }
        }
        self.sim.store.roster(territory).await
    }

    async fn referent(
        &self,
        territory: Territory,
        id: &ReferentId,
    ) -> Result<Option<ReferentRow>, PortError> {
        self.enter(Port::Dossiers, "referent").await?;
        self.sim.store.referent(territory, id).await
    }

    async fn put_referent(&self, row: &ReferentRow, expected: Option<u64>) -> Result<bool, PortError> {
        self.enter(Port::Dossiers, "put referent").await?;
        let place = row.pk.parse::<Territory>().ok().zip(row.sk.parse::<ReferentId>().ok());
        if let Some((territory, _)) = place {
            self.remember_roster(territory).await?;
        }
        let written = self.sim.store.put_referent(row, expected).await?;
        if let (true, Some((territory, id))) = (written, place) {
            let stored = self.sim.store.referent(territory, &id).await?;
            let mut state = self.sim.state();
            state.revisions.insert((territory, id), row.revision);
            state.record(What::Referent { row: json(&stored) });
        }
        self.leave("put referent").await?;
        Ok(written)
    }
}

impl Ports {
    /// Keeps the roster as it was: for a minute, somebody may still read that.
    async fn remember_roster(&self, territory: Territory) -> Result<(), PortError> {
        let (needed, now) = {
            let state = self.sim.state();
            (state.weather.stale_roster != 0, state.now)
        };
        if needed {
            let before = self.sim.store.roster(territory).await?;
            self.sim.state().rosters.insert(territory, Roster { before, changed: now });
        }
        Ok(())
    }

    fn index_page(
        &self,
        index: Index,
        partition: (&str, &str),
        until: Option<DateTime<Utc>>,
        ask: &PageAsk,
    ) -> Result<Page<DossierKey>, PortError> {
        let mut state = self.sim.state();
        let State { indexes, now, weather, rng, tally, .. } = &mut *state;
        indexes.page(index, partition, until, ask, (*now, weather, rng), tally)
    }
}

impl State {
    /// A dossier was written: its index entries follow late, and people see it.
    fn follow(&mut self, row: DossierRow) {
        let Some(key) = DossierKey::parse(&row.pk) else { return };
        let State { indexes, now, weather, rng, tally, .. } = self;
        indexes.follow(key, &row, *now, (weather.lag, rng), tally);
        let before = self.glimpses.get(&key).map(|it| it.row.file_pk.as_str());
        if before != Some(row.file_pk.as_str())
            && let Some((_, state)) = row.file_pk.split_once('#')
        {
            self.tally.reach(state);
        }
        let due = row.file_sk.parse().ok().filter(|_| !row.file_sk.starts_with("9999"));
        self.glimpses.insert(key, Glimpse { row: Arc::new(row), due });
    }
}

/// The référents whose place moves.
fn moved(place: &PlaceMove) -> Vec<ReferentId> {
    match place {
        PlaceMove::None => Vec::new(),
        PlaceMove::Take(Taken { referent, .. }) | PlaceMove::Leave(referent) => vec![referent.clone()],
        PlaceMove::Move { from, to } => vec![from.clone(), to.referent.clone()],
    }
}

/// Whether it is the list of the messages that wait for an hour at which one may ring at somebody's.
fn waits(pk: &str) -> bool {
    pk.ends_with("#attente")
}

/// A row as the checker reads it.
pub(crate) fn json(row: impl serde::Serialize) -> Value {
    serde_json::to_value(row).unwrap_or_default()
}

impl Rows for Ports {
    async fn get(&self, table: Table, pk: &str, sk: &str) -> Result<Option<SideRow>, PortError> {
        self.enter(Port::Rows, "get").await?;
        self.sim.store.get(table, pk, sk).await
    }

    async fn get_many(&self, table: Table, keys: &[(String, String)]) -> Result<Vec<SideRow>, PortError> {
        self.enter(Port::Rows, "get many").await?;
        self.sim.store.get_many(table, keys).await
    }

    async fn put(&self, table: Table, row: SideRow, when: When) -> Result<bool, PortError> {
        self.enter(Port::Rows, "put").await?;
        let written = self.sim.store.put(table, row.clone(), when).await?;
        if written {
            let attributes = Some(Value::Object(row.attributes.into_iter().collect()));
            let mut state = self.sim.state();
            if waits(&row.pk) && state.held.insert(row.sk.clone()) {
                state.tally.count(Fault::Quiet);
            }
            state.record(What::Side { table: table.name(), pk: row.pk, sk: row.sk, attributes });
        }
        self.leave("put").await?;
        Ok(written)
    }

    async fn query(
        &self,
        table: Table,
        pk: &str,
        prefix: &str,
        page: PageAsk,
    ) -> Result<Page<SideRow>, PortError> {
        self.enter(Port::Rows, "query").await?;
        let mut page = page;
        {
            let mut state = self.sim.state();
            let State { weather, rng, tally, .. } = &mut *state;
            if weather.page != 0 {
                tally.count(Fault::CutPage);
                page.limit = rng.u32(1..=weather.page);
            }
        }
        self.sim.store.query(table, pk, prefix, page).await
    }

    async fn delete_when(&self, table: Table, pk: &str, sk: &str, when: When) -> Result<bool, PortError> {
        self.enter(Port::Rows, "delete").await?;
        let deleted = self.sim.store.delete_when(table, pk, sk, when).await?;
        if deleted {
            let (pk, sk) = (pk.to_owned(), sk.to_owned());
            let mut state = self.sim.state();
            if waits(&pk) {
                state.held.remove(&sk);
            }
            state.record(What::Side { table: table.name(), pk, sk, attributes: None });
        }
        self.leave("delete").await?;
        Ok(deleted)
    }
}

impl Documents for Ports {
    async fn put_once(&self, name: &str, content_type: &str, bytes: &[u8]) -> Result<bool, PortError> {
        self.enter(Port::Documents, "put once").await?;
        let stored = self.sim.documents.put_once(name, content_type, bytes).await?;
        if stored {
            let mut state = self.sim.state();
            state.tally.documents += 1;
            state.record(What::Document { name: name.to_owned(), bytes: Some(bytes.to_vec()) });
        }
        self.leave("put once").await?;
        Ok(stored)
    }

    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, PortError> {
        self.enter(Port::Documents, "get").await?;
        self.sim.documents.get(name).await
    }

    async fn delete(&self, name: &str) -> Result<(), PortError> {
        self.enter(Port::Documents, "delete").await?;
        self.sim.documents.delete(name).await?;
        self.sim.state().record(What::Document { name: name.to_owned(), bytes: None });
        self.leave("delete").await
    }
}

impl KeyWrapper for Ports {
    async fn wrap(&self, context: &str, key: &[u8; 32]) -> Result<Vec<u8>, PortError> {
        self.enter(Port::Keys, "wrap").await?;
        MemoryWrapper.wrap(context, key).await
    }

    async fn unwrap(&self, context: &str, wrapped: &[u8]) -> Result<[u8; 32], PortError> {
        self.enter(Port::Keys, "unwrap").await?;
        MemoryWrapper.unwrap(context, wrapped).await
    }
}
