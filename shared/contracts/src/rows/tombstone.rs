//! The row of a dossier that was erased: its name, and what the erasure itself still needs. Nothing of the person.

use chrono::{DateTime, Utc};
use domain::Stream;
use domain::erasure::Remains;
use serde::{Deserialize, Serialize};

use super::{ContenuRow, DossierRow, LedgerRow, UsedKeyRow, file_sk};
use crate::codes::{MotifEffacementCode, ResteCode};

/// What stands for a state in the index `file`: no state of a journey, so that no list of dossiers shows it.
pub const ERASED: &str = "efface";

/// A tombstone in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffaceRow {
    /// When the dossier was erased.
    pub le: DateTime<Utc>,
    /// Who erased it, as in `agent:<id>`.
    pub par: String,
    /// Why.
    pub motif: MotifEffacementCode,
    /// What may be left of it elsewhere.
    pub reste: ResteCode,
}

impl EffaceRow {
    /// What may be left, as the rule sees it.
    pub fn remains(&self) -> Remains {
        Remains { erased_at: self.le, left: self.reste.into() }
    }
}

impl DossierRow {
    /// The tombstone, when the dossier was erased.
    pub fn tombstone(&self) -> Option<&EffaceRow> {
        match &self.contenu {
            ContenuRow::Efface { efface } => Some(efface),
            ContenuRow::Present(_) => None,
        }
    }

    /// The row that takes this one's place when the dossier is erased. Of the ledger it keeps what `asked` needs to be
    /// answered again, and the places on offer: the others' messages have nobody to be about any more.
    #[must_use]
    pub fn erased(&self, efface: EffaceRow, (route, asked): (&str, UsedKeyRow)) -> Self {
        let places = Stream::Places.code();
        let on_offer = |name: &str| name.split_once('#').is_some_and(|(stream, _)| stream == places);
        let mut registre = self.registre.clone();
        registre.emis.retain(|stream, _| stream == places);
        registre.recus.clear();
        registre.sortie.retain(|name, _| on_offer(name));
        registre.reprise = None;
        registre.cles = [(route.to_owned(), asked)].into();
        Self { etag: self.etag + 1, ..self.buried(efface, registre) }
    }

    /// The next row of a tombstone whose remains are now these.
    #[must_use]
    pub fn with_remains(&self, efface: &EffaceRow, remains: Remains) -> Self {
        self.buried(EffaceRow { reste: remains.left.into(), ..efface.clone() }, self.registre.clone())
    }

    fn buried(&self, efface: EffaceRow, registre: LedgerRow) -> Self {
        let territory = self.pk.split_once('#').map_or(self.pk.as_str(), |(territory, _)| territory);
        Self {
            pk: self.pk.clone(),
            v: 1,
            revision: self.revision + 1,
            etag: self.etag,
            file_pk: format!("{territory}#{ERASED}"),
            file_sk: file_sk(efface.remains().due(), &registre),
            referent_pk: None,
            referent_sk: None,
            contenu: ContenuRow::Efface { efface },
            registre,
        }
    }
}
