//! What a professional decides: confirm a right, close an emergency, sign, change a référent.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::api::{ChangeReferent, SignatureBody};
use contracts::rows::SideRow;
use domain::delegation::Delegation;
use domain::intake::RightStated;
use domain::signature::{self, Signing};
use domain::{AgentId, Decision, Dossier, DossierId, ReferentId, Refusal, assignment, intake};

use super::{Asked, RequestError, Shown, key_of, used_key, views};
use crate::people::Professional;
use crate::ports::{Dossiers, PortError, Rows, Table, When};
use crate::step::{Cause, Outcome, Request, Step, StepError, run};
use crate::vault::{self, Vault};
use crate::world::World;

/// Confirms a right that was only declared: the legal clock starts.
pub async fn confirm_right<W: World>(
    world: &W,
    who: &Professional,
    dossier: DossierId,
    asked: &Asked,
    right: RightStated,
) -> Result<Shown, RequestError> {
    ask(world, who, dossier, asked, "droit", &Confirm { right }).await
}

/// People have dealt with an emergency: the triage goes on.
pub async fn close_emergency<W: World>(
    world: &W,
    who: &Professional,
    dossier: DossierId,
    asked: &Asked,
) -> Result<Shown, RequestError> {
    ask(world, who, dossier, asked, "urgence", &CloseEmergency).await
}

/// Signs the orientation, or records France Travail's decision after the legal delay.
pub async fn sign<W: World>(
    world: &W,
    who: &Professional,
    dossier: DossierId,
    asked: &Asked,
    body: SignatureBody,
) -> Result<Shown, RequestError> {
    let signing = Signing {
        agent: who.agent.clone(),
        target: body.target,
        deviation: body.deviation,
        has_words: body.comment.is_some(),
        by_france_travail: body.by_france_travail,
    };
    let sign = Sign { signing, comment: body.comment, key: asked.key.clone() };
    ask(world, who, dossier, asked, "orientation", &sign).await
}

/// Names or changes the référent by hand.
pub async fn change_referent<W: World>(
    world: &W,
    who: &Professional,
    dossier: DossierId,
    asked: &Asked,
    body: ChangeReferent,
) -> Result<Shown, RequestError> {
    let change = Change { to: body.referent, may_exceed: who.role.may_exceed() };
    ask(world, who, dossier, asked, "referent", &change).await
}

async fn ask<W: World>(
    world: &W,
    who: &Professional,
    dossier: DossierId,
    asked: &Asked,
    route: &'static str,
    step: &impl Step<W>,
) -> Result<Shown, RequestError> {
    if !who.role.orients() {
        return Err(RequestError::Forbidden);
    }
    let key = key_of(who, dossier);
    let used = used_key(world, key, route, asked).await?;
    let request = Request { route, used, if_match: asked.if_match, by: format!("agent:{}", who.agent) };
    match run(world, key, &Cause::Request(request), step).await? {
        Outcome::Done(row) | Outcome::Before(row) => views::shown(world, &row).await,
        Outcome::Refused(refusal, _) => Err(RequestError::Refused(refusal)),
    }
}

struct Confirm {
    right: RightStated,
}

impl<W: World> Step<W> for Confirm {
    async fn decide(
        &self,
        world: &W,
        dossier: &Dossier,
        _avoid: &[ReferentId],
        _now: DateTime<Utc>,
    ) -> Result<Result<Decision, Refusal>, StepError> {
        // The frame in force when the department received the right is the one that is frozen.
        let received = match &self.right {
            RightStated::Confirmed { received_on: Some(date), .. } => *date,
            RightStated::Confirmed { received_on: None, .. } | RightStated::Declared { .. } => {
                dossier.territory.local_date(dossier.submitted_at)
            }
        };
        Ok(intake::confirm(dossier, &self.right, world.reference().frame_on(received)))
    }
}

struct CloseEmergency;

impl<W: World> Step<W> for CloseEmergency {
    async fn decide(
        &self,
        _world: &W,
        dossier: &Dossier,
        _avoid: &[ReferentId],
        _now: DateTime<Utc>,
    ) -> Result<Result<Decision, Refusal>, StepError> {
        Ok(intake::close_emergency(dossier))
    }
}

struct Sign {
    signing: Signing,
    comment: Option<String>,
    key: String,
}

impl<W: World> Step<W> for Sign {
    async fn decide(
        &self,
        world: &W,
        dossier: &Dossier,
        _avoid: &[ReferentId],
        now: DateTime<Utc>,
    ) -> Result<Result<Decision, Refusal>, StepError> {
        let delegation = delegation(world, dossier, &self.signing.agent).await?;
        let frame = world.reference().frame_of(dossier);
        let decided = signature::sign(dossier, &self.signing, delegation.as_ref(), frame, now);
        if let (Ok(_), Some(text)) = (&decided, &self.comment) {
            keep_words(world, dossier, &self.key, text).await?;
        }
        Ok(decided)
    }
}

/// The agent's words are sealed before the decision is written, under the request's key: a second attempt of the
/// same request finds them there.
async fn keep_words<W: World>(
    world: &W,
    dossier: &Dossier,
    request: &str,
    text: &str,
) -> Result<(), StepError> {
    let key = crate::ports::DossierKey { territory: dossier.territory, dossier: dossier.id };
    let vault = Vault::of(world, key).await?;
    let vault = vault.ok_or_else(|| PortError::new("seal the comment", "the dossier's key is gone"))?;
    let sk = format!("decision#{}", dossier.id.derive(&format!("commentaire/{request}")));
    let sealed = vault.seal(world, Table::Reponses, &sk, "commentaire", &text)?;
    let row = vault::row(key, &sk, [("commentaire".to_owned(), sealed)].into());
    world.store().put(Table::Reponses, row, When::Absent).await?;
    Ok(())
}

async fn delegation<W: World>(
    world: &W,
    dossier: &Dossier,
    agent: &AgentId,
) -> Result<Option<Delegation>, StepError> {
    let sk = delegation_sk(agent);
    let row = world.store().get(Table::Cadres, dossier.territory.as_str(), &sk).await?;
    Ok(row.map(|row| read_delegation(&row)).transpose()?)
}

/// Where an agent's delegation lies.
pub(super) fn delegation_sk(agent: &AgentId) -> String {
    format!("delegation#{agent}")
}

/// Reads a stored delegation.
pub(super) fn read_delegation(row: &SideRow) -> Result<Delegation, PortError> {
    let broken = || PortError::new("read a delegation", "the stored delegation cannot be read");
    let text = |name: &str| row.attributes.get(name).and_then(|it| it.as_str());
    let date = |name: &str| text(name).and_then(|it| it.parse::<NaiveDate>().ok());
    let scope = row.attributes.get("parcours").and_then(|it| it.as_array()).ok_or_else(broken)?;
    Ok(Delegation {
        agent: row.sk.strip_prefix("delegation#").and_then(|it| it.parse().ok()).ok_or_else(broken)?,
        name: text("nom").ok_or_else(broken)?.to_owned(),
        quality: text("qualite").ok_or_else(broken)?.to_owned(),
        act: text("acte").ok_or_else(broken)?.to_owned(),
        from: date("du").ok_or_else(broken)?,
        until: date("au"),
        scope: scope.iter().filter_map(|it| it.as_str()).filter_map(|it| it.parse().ok()).collect(),
    })
}

struct Change {
    to: ReferentId,
    may_exceed: bool,
}

impl<W: World> Step<W> for Change {
    async fn decide(
        &self,
        world: &W,
        dossier: &Dossier,
        avoid: &[ReferentId],
        now: DateTime<Utc>,
    ) -> Result<Result<Decision, Refusal>, StepError> {
        let Some(row) = world.store().referent(dossier.territory, &self.to).await? else {
            return Ok(Err(Refusal::UnknownReferent));
        };
        let mut to = row.referent()?;
        if avoid.contains(&to.id) {
            to.active = to.active.max(to.capacity);
        }
        Ok(assignment::change(dossier, &assignment::Change { to: &to, may_exceed: self.may_exceed }, now))
    }
}
