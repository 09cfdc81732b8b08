//! What a professional decides: confirm a right, close an emergency, sign, change a référent.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use contracts::api::{ChangeReferent, SignatureBody};
use contracts::rows::SideRow;
use domain::delegation::Delegation;
use domain::intake::RightStated;
use domain::life::{self, Said};
use domain::signature::{self, Signing};
use domain::{AgentId, Decision, Dossier, DossierId, PlaceMove, ReferentId, Refusal, assignment, intake};

use super::{Asked, RequestError, Shown, key_of, used_key, views};
use crate::frames;
use crate::people::Professional;
use crate::ports::{DossierKey, Dossiers, PortError, Rows, Table, When};
use crate::step::{Cause, Outcome, Request, Rule, Step, StepError, run};
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
    Gesture::of(world, who, dossier, asked, "droit").await?.make(world, &Confirm { right }).await
}

/// Tells what has happened to a right: suspended, restored, over. What an agent says is known as of now.
pub async fn tell_right<W: World>(
    world: &W,
    who: &Professional,
    dossier: DossierId,
    asked: &Asked,
    said: Said,
) -> Result<Shown, RequestError> {
    Gesture::of(world, who, dossier, asked, "nouvelle").await?.make(world, &Tell { said }).await
}

/// People have dealt with an emergency: the triage goes on.
pub async fn close_emergency<W: World>(
    world: &W,
    who: &Professional,
    dossier: DossierId,
    asked: &Asked,
) -> Result<Shown, RequestError> {
    Gesture::of(world, who, dossier, asked, "urgence")
        .await?
        .make(world, &Rule(|it: &_, _| intake::close_emergency(it)))
        .await
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
    let gesture = Gesture::of(world, who, dossier, asked, "orientation").await?;
    let sign = Sign { signing, comment: body.comment, key: gesture.name() };
    gesture.make(world, &sign).await
}

/// Names or changes the référent by hand.
pub async fn change_referent<W: World>(
    world: &W,
    who: &Professional,
    dossier: DossierId,
    asked: &Asked,
    body: ChangeReferent,
) -> Result<Shown, RequestError> {
    let gesture = Gesture::of(world, who, dossier, asked, "referent").await?;
    let change = Change {
        to: body.referent,
        may_exceed: who.role.may_exceed(),
        motive: body.motive.code(),
        comment: body.comment,
        by: who.agent.clone(),
        key: gesture.name(),
    };
    gesture.make(world, &change).await
}

/// One professional's request to change one dossier.
pub(super) struct Gesture {
    key: DossierKey,
    request: Request,
}

impl Gesture {
    /// Checks the role and that the requester says which copy they saw, and digests the request's key and body.
    pub(super) async fn of<W: World>(
        world: &W,
        who: &Professional,
        dossier: DossierId,
        asked: &Asked,
        route: &'static str,
    ) -> Result<Self, RequestError> {
        if !who.role.orients() {
            return Err(RequestError::Forbidden);
        }
        if asked.if_match.is_none() {
            return Err(RequestError::MissingIfMatch);
        }
        let key = key_of(who, dossier);
        let used = used_key(world, key, route, asked).await?;
        let by = format!("agent:{}", who.agent);
        Ok(Self { key, request: Request { route, used, if_match: asked.if_match, by } })
    }

    /// Names the request, its key and its body together.
    fn name(&self) -> String {
        format!("{}{}", self.request.used.cle, self.request.used.corps)
    }

    pub(super) async fn make<W: World>(self, world: &W, step: &impl Step<W>) -> Result<Shown, RequestError> {
        match run(world, self.key, &Cause::Request(self.request), step).await? {
            Outcome::Done(row) | Outcome::Before(row) => views::shown(world, &row).await,
            Outcome::Refused(refusal, _) => Err(RequestError::Refused(refusal)),
        }
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
        now: DateTime<Utc>,
    ) -> Result<Result<Decision, Refusal>, StepError> {
        // The frame in force when the département received the right is the one that is frozen.
        let frame = frames::told(world, &self.right, dossier, now).await?;
        Ok(intake::confirm(dossier, &self.right, &frame, now))
    }
}

struct Tell {
    said: Said,
}

impl<W: World> Step<W> for Tell {
    async fn decide(
        &self,
        world: &W,
        dossier: &Dossier,
        _avoid: &[ReferentId],
        now: DateTime<Utc>,
    ) -> Result<Result<Decision, Refusal>, StepError> {
        Ok(life::say(dossier, self.said, &world.reference().frame_of(dossier), now))
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
        let decided = signature::sign(dossier, &self.signing, delegation.as_ref(), &frame, now);
        if let (Ok(_), Some(text)) = (&decided, &self.comment) {
            let sk = kept_sk(dossier, "decision", &self.key);
            keep(world, dossier, &sk, BTreeMap::new(), Some(text)).await?;
        }
        Ok(decided)
    }
}

/// Where what goes with a request is kept: under its key and body, so that a second attempt finds it there.
fn kept_sk(dossier: &Dossier, kind: &str, request: &str) -> String {
    format!("{kind}#{}", dossier.id.derive(&format!("{kind}/{request}")))
}

/// Keeps what goes with a request before the request's own write: codes as they are, the agent's words sealed.
async fn keep<W: World>(
    world: &W,
    dossier: &Dossier,
    sk: &str,
    mut attributes: BTreeMap<String, serde_json::Value>,
    words: Option<&String>,
) -> Result<(), StepError> {
    let key = DossierKey { territory: dossier.territory, dossier: dossier.id };
    if let Some(text) = words {
        let vault = Vault::of(world, key).await?.ok_or(StepError::Erased)?;
        attributes
            .insert("commentaire".to_owned(), vault.seal(world, Table::Reponses, sk, "commentaire", text)?);
    }
    world.store().put(Table::Reponses, vault::row(key, sk, attributes), When::Absent).await?;
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
    motive: &'static str,
    comment: Option<String>,
    by: AgentId,
    key: String,
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
        let to = row.referent()?;
        // Their last place went while this was being written: whoever asked decides again, knowing it.
        if avoid.contains(&to.id) {
            return Ok(Err(Refusal::NoRoom));
        }
        let decided =
            assignment::change(dossier, &assignment::Change { to: &to, may_exceed: self.may_exceed }, now);
        if let Ok(decision) = &decided {
            let beyond = matches!(&decision.place,
                PlaceMove::Take(taken) | PlaceMove::Move { to: taken, .. } if taken.beyond_capacity);
            let attributes = BTreeMap::from([
                ("v".to_owned(), 1.into()),
                ("motif".to_owned(), self.motive.into()),
                ("par".to_owned(), self.by.as_str().into()),
                ("vers".to_owned(), self.to.as_str().into()),
                ("le".to_owned(), now.to_rfc3339_opts(SecondsFormat::Micros, true).into()),
                // A capacity that is exceeded is exceeded by somebody, for a reason.
                ("au_dela_de_la_capacite".to_owned(), beyond.into()),
            ]);
            // An attempt that found room and died does not speak for the one that went beyond.
            let sk = kept_sk(dossier, "changement", &format!("{}/{beyond}", self.key));
            keep(world, dossier, &sk, attributes, self.comment.as_ref()).await?;
        }
        Ok(decided)
    }
}
