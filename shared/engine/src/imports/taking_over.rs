//! Somebody whom a list says to be accompanied already: what was decided elsewhere is written in their dossier.

use chrono::{DateTime, Utc};
use contracts::imports::{RemarqueV1, Told, UnderWay};
use contracts::rows::{Corrupt, UsedKeyRow};
use domain::dossier::Target;
use domain::referent::Referent;
use domain::taking_over::{self, admit};
use domain::{AgentId, Decision, Dossier, ReferentId, Refusal, Territory};

use super::adult::Somebody;
use super::store::Import;
use super::update::line_key;
use crate::ports::{Clock, DossierKey, Dossiers};
use crate::step::{self, Cause, Outcome, Request, Rule, Step, StepError};
use crate::world::World;

/// What is told of an accompaniment, and the référent that it names.
pub(super) struct TakeOver {
    under_way: taking_over::UnderWay,
    referent: Option<ReferentId>,
}

/// Why an accompaniment cannot be taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NotTaken {
    /// No référent has this identifier here.
    Unknown(String),
    /// The référent cannot take them.
    Refused(Refusal, String),
}

impl TakeOver {
    /// What a line tells of an accompaniment, when it tells any.
    pub(super) fn of(import: &Import, told: &Told) -> Result<Option<Result<Self, NotTaken>>, Corrupt> {
        let Told::Adult(adult) = told else { return Ok(None) };
        adult.under_way.as_ref().map(|it| Self::read(import, it)).transpose()
    }

    fn read(import: &Import, told: &UnderWay) -> Result<Result<Self, NotTaken>, Corrupt> {
        let by = import.row.par.strip_prefix("agent:").unwrap_or(&import.row.par);
        let recorded_by: AgentId = by.parse().map_err(|_| Corrupt("import.par"))?;
        let referent = match told.referent.as_deref().map(|it| (it, it.parse::<ReferentId>())) {
            None => None,
            Some((_, Ok(id))) => Some(id),
            Some((text, Err(_))) => return Ok(Err(NotTaken::Unknown(text.to_owned()))),
        };
        let under_way = taking_over::UnderWay {
            target: Target { parcours: told.parcours, organisme: told.organisme },
            decided_on: told.decided_on,
            contract: told.contract_signed_on,
            recorded_by,
        };
        Ok(Ok(Self { under_way, referent }))
    }

    /// Whether the référent could take somebody who is not known yet: said before anything is opened.
    pub(super) async fn check<W: World>(
        &self,
        world: &W,
        territory: Territory,
    ) -> Result<Result<(), NotTaken>, StepError> {
        let Some(id) = &self.referent else { return Ok(Ok(())) };
        let Some(referent) = referent(world, territory, id).await? else {
            return Ok(Err(NotTaken::Unknown(id.to_string())));
        };
        Ok(admit(&referent, self.under_way.target, false).map_err(|it| NotTaken::Refused(it, id.to_string())))
    }

    /// Whether it would be written in the dossier as it is now, by the same rule as [`TakeOver::apply`]. Neither the places
    /// that the lines before it would take are counted, nor what else the line says.
    pub(super) async fn would_apply<W: World>(
        &self,
        world: &W,
        import: &Import,
        dossier: &Dossier,
    ) -> Result<Result<bool, NotTaken>, StepError> {
        let step = Written { import, told: self };
        let decided = step.decide(world, dossier, &[], world.clock().now()).await?;
        Ok(decided.map_or_else(|why| self.not_written(why), |_| Ok(true)))
    }

    /// Writes it in the dossier. `Ok(false)` when somebody had decided here already.
    pub(super) async fn apply<W: World>(
        &self,
        world: &W,
        import: &Import,
        somebody: &Somebody,
        key: DossierKey,
    ) -> Result<Result<bool, NotTaken>, StepError> {
        let used: UsedKeyRow = line_key(world, import, somebody, "reprise").await?;
        let request = Request { route: "reprise", used, if_match: None, by: import.row.par.clone() };
        let step = Written { import, told: self };
        Ok(match step::run(world, key, &Cause::Request(request), &step).await? {
            Outcome::Done(_) | Outcome::Before(_) => Ok(true),
            Outcome::Refused(why, _) => self.not_written(why),
        })
    }

    /// What a refusal means: nothing to do when somebody had decided here, or something for people to see to.
    fn not_written(&self, why: Refusal) -> Result<bool, NotTaken> {
        let referent = self.referent.as_ref().map(ToString::to_string).unwrap_or_default();
        if matches!(why, Refusal::AlreadyDone | Refusal::Closed) {
            return Ok(false);
        }
        let unknown = why == Refusal::UnknownReferent;
        Err(if unknown { NotTaken::Unknown(referent) } else { NotTaken::Refused(why, referent) })
    }
}

/// Begins the journey of somebody whose dossier was opened in silence for an accompaniment that cannot be taken over.
pub(super) async fn begin<W: World>(
    world: &W,
    import: &Import,
    somebody: &Somebody,
) -> Result<(), StepError> {
    let used = line_key(world, import, somebody, "sans-reprise").await?;
    let by = import.row.par.clone();
    let request = Request { route: "sans-reprise", used, if_match: None, by };
    let key = DossierKey { territory: import.territory, dossier: somebody.id };
    let begin = Rule(|it: &Dossier, _| taking_over::give_up(it));
    step::run(world, key, &Cause::Request(request), &begin).await?;
    Ok(())
}

impl NotTaken {
    /// What is told of it, in French.
    pub(super) fn told(&self) -> RemarqueV1 {
        let (code, detail) = match self {
            Self::Unknown(id) => (
                "referent_inconnu",
                format!(
                    "Aucun référent n’a ici l’identifiant « {id} » : ajoutez-le, puis renvoyez la ligne."
                ),
            ),
            Self::Refused(Refusal::ReferentDoesNotServe, id) => (
                "referent_ne_dessert_pas",
                format!(
                    "Le référent « {id} » est d’un autre organisme que celui de la ligne : corrigez l’un ou l’autre."
                ),
            ),
            Self::Refused(Refusal::NoRoom, id) => (
                "capacite_atteinte",
                format!(
                    "Le référent « {id} » n’a plus de place ici : augmentez sa capacité, puis renvoyez la ligne."
                ),
            ),
            Self::Refused(Refusal::EmergencyOpen, _) => (
                "urgence_ouverte",
                "Une urgence est ouverte sur ce dossier : traitez-la, puis renvoyez la ligne.".to_owned(),
            ),
            Self::Refused(why, _) => (
                why.code(),
                "L’accompagnement en cours n’a pas pu être repris : voyez le dossier.".to_owned(),
            ),
        };
        RemarqueV1 { ou: String::new(), code: code.to_owned(), detail }
    }
}

async fn referent<W: World>(
    world: &W,
    territory: Territory,
    id: &ReferentId,
) -> Result<Option<Referent>, StepError> {
    let row = world.store().referent(territory, id).await?;
    Ok(row.map(|it| it.referent()).transpose()?)
}

/// The accompaniment, written in the dossier.
struct Written<'a> {
    import: &'a Import,
    told: &'a TakeOver,
}

impl<W: World> Step<W> for Written<'_> {
    async fn decide(
        &self,
        world: &W,
        dossier: &Dossier,
        avoid: &[ReferentId],
        now: DateTime<Utc>,
    ) -> Result<Result<Decision, Refusal>, StepError> {
        let TakeOver { under_way, referent: id } = self.told;
        let referent = match id {
            Some(id) if avoid.contains(id) => return Ok(Err(Refusal::NoRoom)),
            Some(id) => match referent(world, dossier.territory, id).await? {
                Some(referent) => Some(referent),
                None => return Ok(Err(Refusal::UnknownReferent)),
            },
            None => None,
        };
        // A right on which somebody decided before its file came is under the law of that day.
        let frame = world.reference().frame_on(self.import.row.recu_le.min(under_way.decided_on));
        Ok(taking_over::take_over(dossier, under_way, referent.as_ref(), frame, now))
    }
}
