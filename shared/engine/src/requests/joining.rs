//! An application of somebody who is known joins their dossier: what it tells is added there, and it opens none.
//!
//! A claim in the dossier's own rows comes first and says when the application came; every other write can be done again
//! from it, and changes nothing the second time. The claim is closed last.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contracts::api::{Demande, DemandeRecue};
use contracts::rows::{SideRow, UsedKeyRow};
use contracts::sealed::{MotsV1, ReponsesV1};
use contracts::told::{SourceDit, Statement};
use domain::dossier::Channel;
use domain::intake::Application;
use domain::joining::{self, Author};
use domain::matching::{self, Sought};
use domain::{Decision, Dossier, DossierId, ReferentId, Refusal};

use super::RequestError;
use super::intake::{Receipt, application, follow_up_code, joined_code, reference, source};
use crate::answers;
use crate::doors::{self, Doors, Held};
use crate::frames;
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
    /// What names the application, whatever it comes to open.
    pub(super) application: DossierId,
    /// What it says.
    pub(super) demande: &'a Demande,
    /// What remembers the request.
    pub(super) used: &'a UsedKeyRow,
    /// Who sends it.
    pub(super) by: &'a str,
    /// Whom it is about.
    pub(super) sought: Option<Sought>,
    /// The doors that what it says opens.
    pub(super) doors: &'a Doors,
}

/// The dossier that is joined, and the claim that this application has on it.
pub(super) struct Target {
    known: Known,
    claim: Option<SideRow>,
    /// Whether whoever wrote it may follow the dossier.
    follows: bool,
}

const JOINED: &str = "demandes/jointe";
const ENDED: &str = "fini";
const FOLLOWS: &str = "suit";

impl Joining<'_> {
    /// Joins the dossier of whoever is known; `None` when it was merged into another one meanwhile, which is to be told.
    pub(super) async fn join<W: World>(
        &self,
        world: &W,
        target: Target,
    ) -> Result<Option<Receipt>, RequestError> {
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
            doors: self.own_doors(world, &target, &recu).await?,
            dry: false,
        };
        let (believed, _) = telling.complete(world, &target.known).await?;
        self.answer(world, &target.known, at).await?;
        let commune = believed.contacts.commune.parse();
        let commune = commune.map_err(|_| StepError::from(contracts::rows::Corrupt("commune")))?;
        let application = Application { commune, ..application(self.key, self.demande) };
        let used = self.used.clone();
        let request = Request { route: JOINED, used, if_match: None, by: self.by.to_owned() };
        let cause = Cause::Request(request);
        let outcome = step::run(world, target.known.key, &cause, &Join { application }).await?;
        if outcome.row().dossier()?.merged_into().is_some() {
            return Ok(None);
        }
        let mut ended = claim.clone();
        ended.attributes.insert(ENDED.to_owned(), true.into());
        let same = When::Is { attribute: "corps", value: self.used.corps.clone() };
        world.store().put(Table::Personnes, ended, same).await?;
        Ok(Some(Receipt { recu, created: true }))
    }

    /// Where this application went before, or where the rules say that it goes; `None` when it is to open its own dossier.
    pub(super) async fn target<W: World>(&self, world: &W) -> Result<Option<Target>, RequestError> {
        let territory = self.key.territory;
        let own = [(Held::Application, self.application.to_string())];
        let own = Doors::of(world, territory, &own).await?;
        let behind = doors::behind_all(world, territory, [self.doors, &own].into_iter()).await?;
        if let Some(dossier) = own.found(territory, &behind).into_values().flatten().next() {
            return self.claimed(world, DossierKey { territory, dossier }).await;
        }
        let Some(sought) = &self.sought else { return Ok(None) };
        let mut found = recognition::by_dossier(&self.doors.found(territory, &behind));
        // Another attempt at this very application may just have opened it: nobody joins themselves.
        found.remove(&self.key.dossier);
        let ids = found.keys().copied().collect();
        let mut known = recognition::known_all(world, territory, &ids).await?;
        let found = matching::decide(sought, &recognition::candidates(&found, &known));
        let matching::Match::Known { dossier, .. } = found else { return Ok(None) };
        let Some(known) = known.remove(&dossier) else { return Ok(None) };
        if self.kept_claim(world, &known).await?.is_some() {
            return self.claimed(world, known.key).await;
        }
        let author = if self.online() {
            Author::Online { spoken_before: known.person.dits.heard(SourceDit::Person) }
        } else {
            Author::Agent
        };
        let joined = joining::target(&found, author)
            .filter(|_| joining::takes(&known.dossier, &application(self.key, self.demande)));
        Ok(joined.map(|it| Target { known, claim: None, follows: it.follows }))
    }

    /// The dossier that an earlier attempt claimed, or the one into which it was merged before it had been told all.
    async fn claimed<W: World>(
        &self,
        world: &W,
        mut key: DossierKey,
    ) -> Result<Option<Target>, RequestError> {
        let mut told = None;
        loop {
            let known = recognition::known(world, key).await?.ok_or(RequestError::Gone)?;
            let claim = self.kept_claim(world, &known).await?;
            told = told.or_else(|| claim.as_ref().map(follows_by));
            let Some(follows) = told else { return Ok(None) };
            let is_ended = claim.as_ref().is_some_and(|it| it.attributes.contains_key(ENDED));
            match known.dossier.merged_into() {
                Some(into) if !is_ended => key.dossier = into,
                Some(_) | None => return Ok(Some(Target { known, claim, follows })),
            }
        }
    }

    /// Whether the person wrote it themselves, or somebody who says that they are.
    fn online(&self) -> bool {
        match self.demande.channel {
            Channel::Web => true,
            Channel::Paper | Channel::Telephone | Channel::Counter | Channel::Flow => false,
        }
    }

    /// The claim that an earlier attempt at this application left on a dossier.
    async fn kept_claim<W: World>(&self, world: &W, known: &Known) -> Result<Option<SideRow>, PortError> {
        world.store().get(Table::Personnes, &known.key.pk(), &self.claim_sk()).await
    }

    fn claim_sk(&self) -> String {
        format!("demande#{}", self.application)
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
            ("le".to_owned(), answers::precise(world.clock().now()).into()),
            (FOLLOWS.to_owned(), target.follows.into()),
            ("par".to_owned(), self.by.into()),
        ]);
        let claim = vault::row(target.known.key, &self.claim_sk(), attributes);
        if world.store().put(Table::Personnes, claim.clone(), When::Absent).await? {
            return Ok(claim);
        }
        // Two attempts at once: the first one's instant is the application's.
        world.store().get(Table::Personnes, &claim.pk, &claim.sk).await?.ok_or(RequestError::Gone)
    }

    /// The door of the application itself, and that of the code which it is given.
    async fn own_doors<W: World>(
        &self,
        world: &W,
        target: &Target,
        recu: &DemandeRecue,
    ) -> Result<Doors, PortError> {
        let code = if target.follows { Held::FollowUp } else { Held::Joined };
        let mut held = vec![(Held::Application, self.application.to_string())];
        held.extend(self.online().then(|| (code, recu.suivi.clone())));
        Doors::of(world, self.key.territory, &held).await
    }

    /// The numbers to keep. An agent hands over the dossier's own code; online, an application has a code of its own, for
    /// somebody else may hold the dossier's.
    async fn receipt<W: World>(&self, world: &W, target: &Target) -> Result<DemandeRecue, PortError> {
        let known = target.known.key;
        let suivi = if self.online() {
            joined_code(world, DossierKey { dossier: self.application, ..self.key }).await?
        } else {
            follow_up_code(world, known).await?
        };
        Ok(DemandeRecue { reference: reference(world, known).await?, dossier: known.dossier.0, suivi })
    }

    /// Keeps what was answered, under the instant of the application.
    async fn answer<W: World>(
        &self,
        world: &W,
        known: &Known,
        at: DateTime<Utc>,
    ) -> Result<(), RequestError> {
        let given = ReponsesV1::of(&self.demande.answers, source(self.demande.channel), at);
        let words = MotsV1::of(self.demande);
        let sealed = (known.key, &known.vault);
        let mut row = answers::row(world, sealed, &answers::sk_at(at), &given, words.as_ref())?;
        row.attributes.insert("ecrit_le".to_owned(), answers::precise(at).into());
        // There already: an earlier attempt wrote it.
        world.store().put(Table::Reponses, row, When::Absent).await?;
        Ok(())
    }
}

fn follows_by(claim: &SideRow) -> bool {
    claim.attributes.get(FOLLOWS).and_then(serde_json::Value::as_bool).unwrap_or(false)
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
        let frame = frames::told(world, &self.application.right, dossier, now).await?;
        Ok(Ok(joining::join(dossier, self.application.clone(), &frame, now)))
    }
}
