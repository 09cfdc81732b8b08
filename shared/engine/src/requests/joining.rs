//! An application of somebody who is known joins their dossier: what it tells is added there, and it opens none.
//!
//! A claim in the dossier's own rows comes first and says when the application came; every other write can be done again
//! from it, and changes nothing the second time. The claim is closed last.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use contracts::api::{Demande, DemandeRecue};
use contracts::rows::{SideRow, UsedKeyRow};
use contracts::sealed::{MotsV1, ReponsesV1};
use contracts::told::{SourceDit, Statement};
use domain::dossier::Channel;
use domain::intake::Application;
use domain::joining::{self, Author};
use domain::{Decision, Dossier, ReferentId, Refusal, matching};

use super::RequestError;
use super::intake::{Receipt, application, bearings, follow_up_code, reference, source};
use crate::doors::{self, Doors, Held};
use crate::ports::{Clock, DossierKey, PortError, Rows, Table, When};
use crate::recognition::{self, Known};
use crate::step::{self, Cause, Request, Step, StepError};
use crate::telling::Telling;
use crate::vault;
use crate::world::World;

/// An application that may join a dossier.
pub(super) struct Joining<'a> {
    /// The dossier that it would open.
    pub(super) key: DossierKey,
    /// What it says.
    pub(super) demande: &'a Demande,
    /// What remembers the request.
    pub(super) used: &'a UsedKeyRow,
    /// Who sends it.
    pub(super) by: &'a str,
}

/// The dossier that is joined, and the claim that this application has on it.
struct Target {
    known: Known,
    claim: Option<SideRow>,
    /// Whether whoever wrote it may follow the dossier.
    follows: bool,
}

const JOINED: &str = "demandes/jointe";
const ENDED: &str = "fini";
const FOLLOWS: &str = "suit";

impl Joining<'_> {
    /// Joins the dossier of whoever is known; `None` when the application is to open its own.
    pub(super) async fn join<W: World>(&self, world: &W) -> Result<Option<Receipt>, RequestError> {
        let Some(target) = self.target(world).await? else { return Ok(None) };
        let recu = self.receipt(world, &target).await?;
        let claim = self.claim(world, &target).await?;
        if claim.attributes.contains_key(ENDED) {
            return Ok(Some(Receipt { recu, created: false }));
        }
        let at = claimed_at(&claim)?;
        let telling = Telling {
            source: recognition::source_of(self.demande.channel),
            as_of: at,
            statement: Statement::of_application(&self.demande.person, &self.demande.household),
            doors: self.doors(world, &target, &recu).await?,
            dry: false,
        };
        let (believed, _) = telling.complete(world, &target.known).await?;
        self.answer(world, &target.known, at).await?;
        let commune = believed.contacts.commune.parse();
        let commune = commune.map_err(|_| StepError::from(contracts::rows::Corrupt("commune")))?;
        let application = Application { commune, ..application(self.key, self.demande.clone()) };
        let used = UsedKeyRow { cle: self.used.cle.clone(), corps: self.used.corps.clone() };
        let request = Request { route: JOINED, used, if_match: None, by: self.by.to_owned() };
        step::run(world, target.known.key, &Cause::Request(request), &Join { application }).await?;
        let mut ended = claim.clone();
        ended.attributes.insert(ENDED.to_owned(), true.into());
        let same = When::Is { attribute: "corps", value: self.used.corps.clone() };
        world.store().put(Table::Personnes, ended, same).await?;
        Ok(Some(Receipt { recu, created: true }))
    }

    /// Where this application went before, or where the rules say that it goes.
    async fn target<W: World>(&self, world: &W) -> Result<Option<Target>, RequestError> {
        let territory = self.key.territory;
        if let Some(dossier) = doors::joined(world, territory, self.key.dossier).await? {
            let known = recognition::known(world, DossierKey { territory, dossier }).await?;
            let known = known.ok_or(RequestError::Gone)?;
            return Ok(self.claimed(world, known).await?.ok());
        }
        let bearings = bearings(self.demande);
        let Some(sought) = bearings.sought() else { return Ok(None) };
        let seeker = Doors::of(world, territory, &bearings.values()).await?;
        let (found, mut known) =
            recognition::look_for(world, territory, std::slice::from_ref(&seeker)).await?;
        let mut found = found.into_iter().next().unwrap_or_default();
        // Another attempt at this very application may just have opened it: nobody joins themselves.
        found.remove(&self.key.dossier);
        let candidates = recognition::candidates(&found, &known);
        let found = matching::decide(&sought, &candidates);
        let matching::Match::Known { dossier, .. } = found else { return Ok(None) };
        let Some(known) = known.remove(&dossier) else { return Ok(None) };
        let known = match self.claimed(world, known).await? {
            Ok(target) => return Ok(Some(target)),
            Err(known) => known,
        };
        let author = match self.demande.channel {
            Channel::Web => Author::Online { spoken_before: known.person.dits.heard(SourceDit::Person) },
            Channel::Paper | Channel::Telephone | Channel::Counter | Channel::Flow => Author::Agent,
        };
        let joined = joining::target(&found, author)
            .filter(|_| joining::takes(&known.dossier, &application(self.key, self.demande.clone())));
        Ok(joined.map(|it| Target { known, claim: None, follows: it.follows }))
    }

    /// The dossier as it was claimed by this application before; or the dossier, when it was not.
    async fn claimed<W: World>(
        &self,
        world: &W,
        known: Known,
    ) -> Result<Result<Target, Known>, RequestError> {
        let claim = world.store().get(Table::Personnes, &known.key.pk(), &self.claim_sk()).await?;
        Ok(match claim {
            Some(claim) => {
                let follows = claim.attributes.get(FOLLOWS).and_then(serde_json::Value::as_bool);
                Ok(Target { known, claim: Some(claim), follows: follows.unwrap_or(false) })
            }
            None => Err(known),
        })
    }

    fn claim_sk(&self) -> String {
        format!("demande#{}", self.key.dossier)
    }

    /// The claim of this application; another body under its key is refused.
    async fn claim<W: World>(&self, world: &W, target: &Target) -> Result<SideRow, RequestError> {
        let claim = match target.claim.clone() {
            None => self.first_claim(world, target).await?,
            Some(claim) => claim,
        };
        let same = claim.attributes.get("corps").and_then(|it| it.as_str()) == Some(&self.used.corps);
        if same { Ok(claim) } else { Err(RequestError::KeyReused) }
    }

    async fn first_claim<W: World>(&self, world: &W, target: &Target) -> Result<SideRow, RequestError> {
        let attributes = BTreeMap::from([
            ("v".to_owned(), 1.into()),
            ("corps".to_owned(), self.used.corps.clone().into()),
            ("le".to_owned(), precise(world.clock().now()).into()),
            (FOLLOWS.to_owned(), target.follows.into()),
        ]);
        let claim = vault::row(target.known.key, &self.claim_sk(), attributes);
        if world.store().put(Table::Personnes, claim.clone(), When::Absent).await? {
            return Ok(claim);
        }
        // Two attempts at once: the first one's instant is the application's.
        world.store().get(Table::Personnes, &claim.pk, &claim.sk).await?.ok_or(RequestError::Gone)
    }

    /// The door of the application itself, and that of the code which it is given.
    async fn doors<W: World>(
        &self,
        world: &W,
        target: &Target,
        recu: &DemandeRecue,
    ) -> Result<Doors, PortError> {
        let code = match (self.demande.channel, target.follows) {
            (Channel::Web, true) => Some(Held::FollowUp),
            (Channel::Web, false) => Some(Held::Joined),
            (Channel::Paper | Channel::Telephone | Channel::Counter | Channel::Flow, _) => None,
        };
        let mut held = vec![(Held::Application, self.key.dossier.to_string())];
        held.extend(code.map(|it| (it, recu.suivi.clone())));
        Doors::of(world, self.key.territory, &held).await
    }

    /// The numbers to keep. An agent hands over the dossier's own code; online, an application has a code of its own, for
    /// somebody else may hold the dossier's.
    async fn receipt<W: World>(&self, world: &W, target: &Target) -> Result<DemandeRecue, PortError> {
        let known = target.known.key;
        let coded = match self.demande.channel {
            Channel::Web => self.key,
            Channel::Paper | Channel::Telephone | Channel::Counter | Channel::Flow => known,
        };
        Ok(DemandeRecue {
            reference: reference(world, known).await?,
            dossier: known.dossier.0,
            suivi: follow_up_code(world, coded).await?,
        })
    }

    /// Keeps what was answered, under the instant of the application.
    async fn answer<W: World>(
        &self,
        world: &W,
        known: &Known,
        at: DateTime<Utc>,
    ) -> Result<(), RequestError> {
        let sk = format!("dsp#{}", precise(at));
        let answers = ReponsesV1::of(&self.demande.answers, source(self.demande.channel), at);
        let seal = |field: &str, value: serde_json::Value| {
            known.vault.seal(world, Table::Reponses, &sk, field, &value)
        };
        let json =
            |value: serde_json::Result<serde_json::Value>| value.map_err(|it| PortError::new("seal", it));
        let mut attributes = BTreeMap::from([
            ("v".to_owned(), 1.into()),
            ("ecrit_le".to_owned(), precise(at).into()),
            ("reponses".to_owned(), seal("reponses", json(serde_json::to_value(&answers))?)?),
        ]);
        if let Some(words) = MotsV1::of(self.demande) {
            attributes.insert("souhait".to_owned(), seal("souhait", json(serde_json::to_value(&words))?)?);
        }
        // There already: an earlier attempt wrote it.
        world.store().put(Table::Reponses, vault::row(known.key, &sk, attributes), When::Absent).await?;
        Ok(())
    }
}

fn precise(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn claimed_at(claim: &SideRow) -> Result<DateTime<Utc>, RequestError> {
    let at = claim.attributes.get("le").and_then(|it| it.as_str()).and_then(|it| it.parse().ok());
    at.ok_or_else(|| contracts::rows::Corrupt("le").into())
}

/// The application, told to the dossier.
struct Join {
    application: Application,
}

impl<W: World> Step<W> for Join {
    async fn decide(
        &self,
        world: &W,
        dossier: &Dossier,
        _avoid: &[ReferentId],
        now: DateTime<Utc>,
    ) -> Result<Result<Decision, Refusal>, StepError> {
        let frame = world.reference().frame_at(dossier.territory, now);
        Ok(Ok(joining::join(dossier, self.application.clone(), frame, now)))
    }
}
