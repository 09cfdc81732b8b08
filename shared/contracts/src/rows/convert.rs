//! Between a dossier and its row. Both ways, with nothing lost: a property test goes there and back.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use domain::dossier::{
    ContactSearch, DefaultStage, Former, Naming, Placement, PreparedDefault, Proposal, Reached, Right,
    Signatory, Signed, Waiting, Wishes,
};
use domain::{AgentId, Dossier, DossierId, State, Territory};

use super::{
    AttenteRow, ContenuRow, DefautRow, DossierRow, DroitRow, EtatRow, LedgerRow, PlacementRow, PresentRow,
    PropositionRow, RappelsRow, RepriseRow, SigneRow, SouhaitsRow,
};

/// A row holds a value that this version cannot read. A person must look: nothing is guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the row's attribute `{0}` cannot be read")]
pub struct Corrupt(pub &'static str);

/// Why a row gives no dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoDossier {
    /// There is none any more.
    #[error("the dossier was erased")]
    Erased,
    /// It cannot be read.
    #[error(transparent)]
    Corrupt(#[from] Corrupt),
}

/// Nothing will ever be due: sorts after every instant.
const NEVER: &str = "9999-12-31T23:59:59Z";

impl DossierRow {
    /// The row of a dossier. `due` is the earliest instant at which a clock has something to do.
    pub fn of(
        dossier: &Dossier,
        revision: u64,
        etag: u64,
        ledger: LedgerRow,
        due: Option<DateTime<Utc>>,
    ) -> Self {
        let territory = dossier.territory.as_str();
        let place = dossier.state.place();
        Self {
            pk: format!("{territory}#{}", dossier.id),
            v: 1,
            revision,
            etag,
            file_pk: format!("{territory}#{}", dossier.state.code()),
            file_sk: file_sk(due, &ledger),
            referent_pk: place.map(|it| format!("{territory}#{}", it.referent)),
            referent_sk: place.map(|it| instant(it.since)),
            contenu: ContenuRow::Present(Box::new(PresentRow::from(dossier))),
            registre: ledger,
        }
    }

    /// The dossier in the row.
    pub fn dossier(&self) -> Result<Dossier, NoDossier> {
        if self.v != 1 {
            return Err(Corrupt("v").into());
        }
        let ContenuRow::Present(present) = &self.contenu else { return Err(NoDossier::Erased) };
        let (territory, id) = self.pk.split_once('#').ok_or(Corrupt("pk"))?;
        let territory = territory.parse().map_err(|_| Corrupt("pk"))?;
        let id = id.parse().map_err(|_| Corrupt("pk"))?;
        Ok(present.dossier(territory, id)?)
    }
}

impl From<&Dossier> for PresentRow {
    fn from(dossier: &Dossier) -> Self {
        Self {
            commune: dossier.commune.to_string(),
            canal: dossier.channel.into(),
            depose_le: dossier.submitted_at,
            droit: DroitRow::from(&dossier.right),
            souhaits: SouhaitsRow {
                organisme: dossier.wishes.organisme.map(Into::into),
                referent: dossier.wishes.referent.as_ref().map(ToString::to_string),
            },
            etat: EtatRow::from(&dossier.state),
            rappels: RappelsRow {
                alertes: dossier.reached.alerts,
                demandes: dossier.reached.requests,
                relance_organisme: dossier.reached.chased,
            },
            balaye: dossier.swept.map(|it| it.to_string()),
            nouvelles_du: dossier.told,
            reouvertures: dossier.reopened,
            anciens_droits: dossier.former.iter().map(Into::into).collect(),
        }
    }
}

impl PresentRow {
    fn dossier(&self, territory: Territory, id: DossierId) -> Result<Dossier, Corrupt> {
        Ok(Dossier {
            id,
            territory,
            commune: self.commune.parse().map_err(|_| Corrupt("commune"))?,
            channel: self.canal.into(),
            submitted_at: self.depose_le,
            right: Right::try_from(&self.droit)?,
            wishes: Wishes {
                organisme: self.souhaits.organisme.map(Into::into),
                referent: match &self.souhaits.referent {
                    Some(referent) => Some(referent.parse().map_err(|_| Corrupt("souhaits"))?),
                    None => None,
                },
            },
            state: State::try_from(&self.etat)?,
            reached: Reached {
                alerts: self.rappels.alertes,
                requests: self.rappels.demandes,
                chased: self.rappels.relance_organisme,
            },
            swept: match &self.balaye {
                Some(month) => Some(month.parse().map_err(|_| Corrupt("balaye"))?),
                None => None,
            },
            told: self.nouvelles_du,
            reopened: self.reouvertures,
            former: self.anciens_droits.iter().map(Former::try_from).collect::<Result<_, _>>()?,
        })
    }
}

/// The index hint: the earliest of what is due and of what waits to leave.
pub fn file_sk(due: Option<DateTime<Utc>>, ledger: &LedgerRow) -> String {
    let waiting = ledger.waits_since();
    due.into_iter().chain(waiting).min().map_or_else(|| NEVER.to_owned(), instant)
}

/// An instant as a sort key: whole seconds, so that text order is time order.
pub fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

impl From<&State> for EtatRow {
    fn from(state: &State) -> Self {
        let place = |it: &Option<Placement>| it.as_ref().map(PlacementRow::from);
        match state {
            State::Submitted => Self::Depose,
            State::Urgent { needs } => {
                Self::Urgence { besoins: needs.iter().map(|it| (*it).into()).collect() }
            }
            State::ToOrient { proposal, waiting } => {
                Self::AOrienter { proposition: proposal.into(), attente: waiting.into() }
            }
            State::Oriented { decision, naming, contact } => Self::Oriente {
                decision: decision.into(),
                attendu_le: expected(*naming),
                contact: place(contact),
            },
            State::AwaitingPlace { decision, contact, looked_at, why } => Self::EnAttenteDePlace {
                decision: decision.into(),
                contact: place(contact),
                cherche_le: *looked_at,
                motif: (*why).into(),
            },
            State::Assigned { decision, referent } => {
                Self::Affecte { decision: decision.into(), referent: referent.into() }
            }
            State::AwaitingFranceTravail { since, proposal, waiting } => Self::AttenteFranceTravail {
                depuis: *since,
                proposition: proposal.into(),
                attente: waiting.into(),
            },
            State::Closed { ending, decision } => {
                Self::Clos { fin: ending.into(), decision: decision.as_ref().map(Into::into) }
            }
        }
    }
}

fn expected(naming: Naming) -> Option<NaiveDate> {
    match naming {
        Naming::ByAssignment => None,
        Naming::ByOrganisme { expected_on } => Some(expected_on),
    }
}

impl TryFrom<&EtatRow> for State {
    type Error = Corrupt;

    fn try_from(row: &EtatRow) -> Result<Self, Corrupt> {
        Ok(match row {
            EtatRow::Depose => Self::Submitted,
            EtatRow::Urgence { besoins } => {
                Self::Urgent { needs: besoins.iter().map(|it| (*it).into()).collect::<BTreeSet<_>>() }
            }
            EtatRow::AOrienter { proposition, attente } => {
                Self::ToOrient { proposal: proposition.into(), waiting: attente.try_into()? }
            }
            EtatRow::Oriente { decision, attendu_le, contact } => Self::Oriented {
                decision: decision.try_into()?,
                naming: match attendu_le {
                    Some(expected_on) => Naming::ByOrganisme { expected_on: *expected_on },
                    None => Naming::ByAssignment,
                },
                contact: placement(contact.as_ref())?,
            },
            EtatRow::EnAttenteDePlace { decision, contact, cherche_le, motif } => Self::AwaitingPlace {
                decision: decision.try_into()?,
                contact: placement(contact.as_ref())?,
                looked_at: *cherche_le,
                why: (*motif).into(),
            },
            EtatRow::Affecte { decision, referent } => Self::Assigned {
                decision: decision.try_into()?,
                referent: referent.try_into().map_err(|_| Corrupt("etat.referent"))?,
            },
            EtatRow::AttenteFranceTravail { depuis, proposition, attente } => Self::AwaitingFranceTravail {
                since: *depuis,
                proposal: proposition.into(),
                waiting: attente.try_into()?,
            },
            EtatRow::Clos { fin, decision } => Self::Closed {
                ending: fin.try_into()?,
                decision: decision.as_ref().map(Signed::try_from).transpose()?,
            },
        })
    }
}

fn placement(row: Option<&PlacementRow>) -> Result<Option<Placement>, Corrupt> {
    row.map(Placement::try_from).transpose().map_err(|_| Corrupt("etat.contact"))
}

impl From<&Proposal> for PropositionRow {
    fn from(it: &Proposal) -> Self {
        Self {
            cible: it.target.map(Into::into),
            jeu: it.rules.clone(),
            trace: it.trace,
            le: it.at,
            incomplete: it.incomplete,
        }
    }
}

impl From<&PropositionRow> for Proposal {
    fn from(it: &PropositionRow) -> Self {
        Self {
            target: it.cible.map(Into::into),
            rules: it.jeu.clone(),
            trace: it.trace,
            at: it.le,
            incomplete: it.incomplete,
        }
    }
}

impl From<&Waiting> for AttenteRow {
    fn from(it: &Waiting) -> Self {
        let (contact_demande_le, contact) = match &it.contact {
            ContactSearch::NotNeeded => (None, None),
            ContactSearch::Asked { at } => (Some(*at), None),
            ContactSearch::Found(placement) => (None, Some(placement.into())),
        };
        let defaut = match it.default {
            DefaultStage::NotNeeded => None,
            DefaultStage::Asked => Some(DefautRow::Demande),
            DefaultStage::Ready(PreparedDefault::Rules(target)) => {
                Some(DefautRow::Regles { cible: target.into() })
            }
            DefaultStage::Ready(PreparedDefault::Legal(target)) => {
                Some(DefautRow::Legal { cible: target.into() })
            }
            DefaultStage::Ready(PreparedDefault::Interview) => Some(DefautRow::Entretien),
        };
        Self { contact_demande_le, contact, defaut }
    }
}

impl TryFrom<&AttenteRow> for Waiting {
    type Error = Corrupt;

    fn try_from(it: &AttenteRow) -> Result<Self, Corrupt> {
        let contact = match (it.contact_demande_le, placement(it.contact.as_ref())?) {
            (_, Some(placement)) => ContactSearch::Found(placement),
            (Some(at), None) => ContactSearch::Asked { at },
            (None, None) => ContactSearch::NotNeeded,
        };
        let default = match it.defaut {
            None => DefaultStage::NotNeeded,
            Some(DefautRow::Demande) => DefaultStage::Asked,
            Some(DefautRow::Regles { cible }) => DefaultStage::Ready(PreparedDefault::Rules(cible.into())),
            Some(DefautRow::Legal { cible }) => DefaultStage::Ready(PreparedDefault::Legal(cible.into())),
            Some(DefautRow::Entretien) => DefaultStage::Ready(PreparedDefault::Interview),
        };
        Ok(Self { contact, default })
    }
}

impl From<&Signed> for SigneRow {
    fn from(it: &Signed) -> Self {
        let recorded = |by: &AgentId| Self {
            cible: it.target.into(),
            le: it.at,
            motif_ecart: it.deviation.map(Into::into),
            agent: by.to_string(),
            nom: None,
            qualite: None,
            acte: None,
            decidee_par_france_travail_le: None,
            reprise: None,
        };
        match &it.by {
            Signatory::Agent { agent, name, quality, act } => Self {
                nom: Some(name.clone()),
                qualite: Some(quality.clone()),
                acte: Some(act.clone()),
                ..recorded(agent)
            },
            Signatory::FranceTravail { recorded_by, decided_on } => {
                Self { decidee_par_france_travail_le: Some(*decided_on), ..recorded(recorded_by) }
            }
            Signatory::TakenOver { recorded_by, contract } => {
                Self { reprise: Some(RepriseRow { contrat_signe_le: *contract }), ..recorded(recorded_by) }
            }
        }
    }
}

impl TryFrom<&SigneRow> for Signed {
    type Error = Corrupt;

    fn try_from(it: &SigneRow) -> Result<Self, Corrupt> {
        let agent = it.agent.parse().map_err(|_| Corrupt("etat.decision.agent"))?;
        let elsewhere = (it.decidee_par_france_travail_le, &it.reprise);
        let by = match (elsewhere, &it.nom, &it.qualite, &it.acte) {
            ((Some(decided_on), None), None, None, None) => {
                Signatory::FranceTravail { recorded_by: agent, decided_on }
            }
            ((None, Some(RepriseRow { contrat_signe_le })), None, None, None) => {
                Signatory::TakenOver { recorded_by: agent, contract: *contrat_signe_le }
            }
            ((None, None), Some(name), Some(quality), Some(act)) => {
                Signatory::Agent { agent, name: name.clone(), quality: quality.clone(), act: act.clone() }
            }
            _ => return Err(Corrupt("etat.decision")),
        };
        Ok(Self { target: it.cible.into(), by, at: it.le, deviation: it.motif_ecart.map(Into::into) })
    }
}

impl super::ReferentRow {
    /// The référent, as the rules see them.
    pub fn referent(&self) -> Result<domain::referent::Referent, Corrupt> {
        Ok(domain::referent::Referent {
            id: self.sk.parse().map_err(|_| Corrupt("sk"))?,
            organisme: self.organisme.into(),
            capacity: self.capacite,
            active: self.actifs,
            parcours: self.parcours.iter().map(|it| (*it).into()).collect(),
            communes: self
                .communes
                .iter()
                .map(|it| it.parse().map_err(|_| Corrupt("communes")))
                .collect::<Result<_, _>>()?,
            absences: self.absences.iter().map(|it| (it.du, it.au)).collect(),
        })
    }
}
