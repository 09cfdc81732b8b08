//! What time does to imports: one whose message was lost goes on, its file is deleted after a while, and after a year
//! nothing of it is left.

use chrono::{DateTime, TimeDelta, Utc};
use contracts::Envelope;
use contracts::api::ImportEtat;
use contracts::rows::{ImportRow, SideRow};
use domain::Territory;

use super::deposit::block_name;
use super::reader::{LANES, RETURNED, result_name};
use super::store::{PREFIX, REV, ROW};
use crate::ports::{Clock, Documents, PageAsk, PortError, QueueName, Queues, Rows, Table, When};
use crate::schedules::Tally;
use crate::world::World;

/// What is not over after this has lost its message: the largest file takes minutes.
const LOST_AFTER: TimeDelta = TimeDelta::hours(3);
/// How long the account of an import is kept.
const KEPT: TimeDelta = TimeDelta::days(365);

/// Looks at every import of every territory. One that fails is seen again by the next run, and holds back no other.
pub async fn tend<W: World>(world: &W) -> Result<Tally, PortError> {
    let mut tally = Tally::default();
    for territory in world.reference().served.clone() {
        let mut ask = PageAsk::default();
        loop {
            let page = world.store().query(Table::Imports, territory.as_str(), PREFIX, ask).await?;
            for row in page.items {
                match tend_one(world, territory, row).await {
                    Ok(done) => tally.treated += u64::from(done),
                    Err(error) => {
                        tally.failed += 1;
                        let error = crate::causes(&error);
                        tracing::error!(%territory, error, "An import could not be tended; the next run sees it again.");
                    }
                }
            }
            match page.next {
                Some(cursor) => ask = PageAsk { after: Some(cursor), limit: 0 },
                None => break,
            }
        }
    }
    Ok(tally)
}

/// Does what is due; `false` when nothing is.
async fn tend_one<W: World>(world: &W, territory: Territory, row: SideRow) -> Result<bool, PortError> {
    let json = row.attributes.get(ROW).cloned().unwrap_or_default();
    let import: ImportRow =
        serde_json::from_value(json).map_err(|it| PortError::new("tend an import", it))?;
    let kept = Kept { territory, row, import };
    let now = world.clock().now();
    if kept.import.le + KEPT <= now {
        kept.forget(world).await?;
        return Ok(true);
    }
    let over = match kept.import.etat {
        ImportEtat::Termine | ImportEtat::Refuse => true,
        // Nobody has settled its columns: whoever does so then is asked for the file again.
        ImportEtat::APreciser => kept.is_old(world, now),
        ImportEtat::Recu | ImportEtat::EnCours => false,
    };
    if over {
        if kept.import.fichier_supprime || !kept.is_old(world, now) {
            return Ok(false);
        }
        return kept.delete_file(world).await;
    }
    if kept.import.etat == ImportEtat::APreciser || kept.import.le + LOST_AFTER > now {
        return Ok(false);
    }
    kept.go_on(world).await?;
    Ok(true)
}

/// An import, of which nothing sealed is read.
struct Kept {
    territory: Territory,
    row: SideRow,
    import: ImportRow,
}

impl Kept {
    fn is_old<W: World>(&self, world: &W, now: DateTime<Utc>) -> bool {
        self.import.le + TimeDelta::days(world.reference().files_kept_days.into()) <= now
    }

    /// Sends its messages again. What was done is done with: a part that was applied only leads to the next one.
    async fn go_on<W: World>(&self, world: &W) -> Result<(), PortError> {
        let (import, by) = (&self.import, self.import.par.as_str());
        let messages: Vec<Envelope> = match import.etat {
            ImportEtat::EnCours => (1..=import.tranches.min(LANES))
                .map(|part| Envelope::import_part(self.territory, (import.id, part), import.le, by))
                .collect(),
            ImportEtat::Recu | ImportEtat::APreciser | ImportEtat::Refuse | ImportEtat::Termine => {
                vec![Envelope::import(self.territory, import.id, import.le, by)]
            }
        };
        tracing::warn!(import = %import.id, territoire = %self.territory, "An import had stopped; it goes on.");
        world.queues().send(QueueName::Imports, &messages).await
    }

    /// Deletes the file and the one that was given back: both name people. Why lines were refused stays.
    async fn delete_file<W: World>(&self, world: &W) -> Result<bool, PortError> {
        self.delete_documents(world).await?;
        let mut import = self.import.clone();
        import.fichier_supprime = true;
        import.annote = false;
        if import.etat == ImportEtat::APreciser {
            import.etat = ImportEtat::Refuse;
        }
        let mut row = self.row.clone();
        let json = serde_json::to_value(&import).map_err(|it| PortError::new("write an import", it))?;
        let Some(rev) = row.attributes.get(REV).and_then(|it| it.as_str()).map(str::to_owned) else {
            return Err(PortError::new("tend an import", "the row has no revision"));
        };
        let next = rev.parse::<u64>().map_err(|it| PortError::new("tend an import", it))? + 1;
        row.attributes.insert(ROW.to_owned(), json);
        row.attributes.insert(REV.to_owned(), next.to_string().into());
        // Somebody wrote since: the next run looks again.
        world.store().put(Table::Imports, row, When::Is { attribute: REV, value: rev }).await
    }

    async fn delete_documents<W: World>(&self, world: &W) -> Result<(), PortError> {
        // An import that applies a dry run has no block of its own: the dry run's are deleted with it.
        if self.import.copie_de.is_none() {
            for (index, name) in self.import.blocs.iter().enumerate() {
                self.delete(world, &block_name(index, name)).await?;
            }
        }
        self.delete(world, RETURNED).await
    }

    async fn delete<W: World>(&self, world: &W, what: &str) -> Result<(), PortError> {
        world.documents().delete(&format!("imports/{}/{}/{what}", self.territory, self.import.id)).await
    }

    /// Removes all of it: what it left outside its row first, the row last.
    async fn forget<W: World>(&self, world: &W) -> Result<(), PortError> {
        if !self.import.fichier_supprime {
            self.delete_documents(world).await?;
        }
        let parts = format!("{}#{}", self.territory, self.import.id);
        for part in 1..=self.import.tranches {
            self.delete(world, &result_name(part)).await?;
        }
        loop {
            let page = world.store().query(Table::Imports, &parts, "", PageAsk::default()).await?;
            for row in &page.items {
                world.store().delete(Table::Imports, &row.pk, &row.sk).await?;
            }
            if page.next.is_none() {
                break;
            }
        }
        world.store().delete(Table::Imports, &self.row.pk, &self.row.sk).await
    }
}
