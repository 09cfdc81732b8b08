//! The row of a dossier that was erased, or that will never be opened: its name, and what the erasure itself still
//! needs. Nothing of the person.

use chrono::{DateTime, Utc};
use domain::Stream;
use domain::erasure::{Left, Remains};
use serde::{Deserialize, Serialize};

use super::{ContenuRow, DossierRow, LedgerRow, UsedKeyRow, file_sk};
use crate::codes::{MotifEffacementCode, ResteCode};

/// What stands for a state in the index `file`: no state of a journey, so that no list of dossiers shows it.
pub const ERASED: &str = "efface";

/// A tombstone in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffaceRow {
    /// When the dossier was erased, or kept from being opened.
    pub le: DateTime<Utc>,
    /// Who did it, as in `agent:<id>`.
    pub par: String,
    /// Why; absent when there was nothing to erase: somebody was about to open it, and another came first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motif: Option<MotifEffacementCode>,
    /// What may be left of it elsewhere.
    pub reste: ResteCode,
}

impl EffaceRow {
    /// What may be left, as the rule sees it.
    pub fn remains(&self) -> Remains {
        Remains { erased_at: self.le, left: self.reste.into() }
    }

    /// Whether no dossier was ever here.
    pub const fn was_never_opened(&self) -> bool {
        self.motif.is_none()
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

    /// The row that keeps a dossier from ever being opened under this name, `pk`.
    pub fn never_opened(pk: String, le: DateTime<Utc>, par: &str) -> Self {
        let efface = EffaceRow { le, par: par.to_owned(), motif: None, reste: Left::Everything.into() };
        Self::buried(pk, (1, 1), efface, LedgerRow::default())
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
        Self::buried(self.pk.clone(), (self.revision + 1, self.etag + 1), efface, registre)
    }

    /// The next row of a tombstone whose remains are now these.
    #[must_use]
    pub fn with_remains(&self, efface: &EffaceRow, remains: Remains) -> Self {
        let efface = EffaceRow { reste: remains.left.into(), ..efface.clone() };
        Self::buried(self.pk.clone(), (self.revision + 1, self.etag), efface, self.registre.clone())
    }

    fn buried(pk: String, (revision, etag): (u64, u64), efface: EffaceRow, registre: LedgerRow) -> Self {
        let territory = pk.split_once('#').map_or(pk.as_str(), |(territory, _)| territory);
        Self {
            file_pk: format!("{territory}#{ERASED}"),
            pk,
            v: 1,
            revision,
            etag,
            file_sk: file_sk(efface.remains().due(), &registre),
            referent_pk: None,
            referent_sk: None,
            contenu: ContenuRow::Efface { efface },
            registre,
        }
    }
}
