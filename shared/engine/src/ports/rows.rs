//! The side tables: which they are, and how their rows are read and written.

use std::future::Future;

use contracts::rows::SideRow;

use super::{Page, PageAsk, PortError};

/// The side tables: sealed values, entries, keys, runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// Identity and contacts, sealed.
    Personnes,
    /// Answers, explanations and words, sealed; apart because of article 9.
    Reponses,
    /// Keyed digests of codes and numbers → dossier.
    Acces,
    /// Entries of carnets.
    Carnets,
    /// Messages to people, claimed then sent.
    Envois,
    /// Wrapped keys.
    Cles,
    /// Runs of the monthly sweep.
    Balayages,
    /// Delegations of signature; later frames, rule sets, messages.
    Cadres,
    /// Files received, what became of them, and the mappings of lists.
    Imports,
}

impl Table {
    /// Every side table.
    pub const ALL: [Self; 9] = [
        Self::Personnes,
        Self::Reponses,
        Self::Acces,
        Self::Carnets,
        Self::Envois,
        Self::Cles,
        Self::Balayages,
        Self::Cadres,
        Self::Imports,
    ];

    /// The table's name, without the stack's prefix.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Personnes => "personnes",
            Self::Reponses => "reponses",
            Self::Acces => "acces",
            Self::Carnets => "carnets",
            Self::Envois => "envois",
            Self::Cles => "cles",
            Self::Balayages => "balayages",
            Self::Cadres => "cadres",
            Self::Imports => "imports",
        }
    }
}

/// Rows of the side tables.
pub trait Rows: Send + Sync {
    /// Reads one row, consistently.
    fn get(
        &self,
        table: Table,
        pk: &str,
        sk: &str,
    ) -> impl Future<Output = Result<Option<SideRow>, PortError>> + Send;

    /// Reads many rows, consistently, in no particular order: all that exist, or an error.
    fn get_many(
        &self,
        table: Table,
        keys: &[(String, String)],
    ) -> impl Future<Output = Result<Vec<SideRow>, PortError>> + Send;

    /// Writes one row under a condition. `false` when the condition does not hold: nothing was written.
    fn put(
        &self,
        table: Table,
        row: SideRow,
        when: When,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// The rows of a partition whose sort key starts with `prefix`, in the order of the sort keys, consistently.
    fn query(
        &self,
        table: Table,
        pk: &str,
        prefix: &str,
        page: PageAsk,
    ) -> impl Future<Output = Result<Page<SideRow>, PortError>> + Send;

    /// Every row of [`Rows::query`], whatever the number of pages.
    fn query_all(
        &self,
        table: Table,
        pk: &str,
        prefix: &str,
    ) -> impl Future<Output = Result<Vec<SideRow>, PortError>> + Send {
        async move {
            let (mut rows, mut page) = (Vec::new(), PageAsk::default());
            loop {
                let read = self.query(table, pk, prefix, page).await?;
                rows.extend(read.items);
                let Some(cursor) = read.next else { return Ok(rows) };
                page = PageAsk { after: Some(cursor), limit: 0 };
            }
        }
    }

    /// Deletes one row if it is as it should be; whether it was.
    fn delete_when(
        &self,
        table: Table,
        pk: &str,
        sk: &str,
        when: When,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// Deletes one row; deleting what does not exist is no error.
    fn delete(&self, table: Table, pk: &str, sk: &str) -> impl Future<Output = Result<(), PortError>> + Send {
        let deleted = self.delete_when(table, pk, sk, When::Always);
        async move { deleted.await.map(drop) }
    }
}

/// The condition of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// None.
    Always,
    /// The row does not exist.
    Absent,
    /// The row exists and its attribute has this text.
    Is {
        /// The attribute.
        attribute: &'static str,
        /// Its text.
        value: String,
    },
}
