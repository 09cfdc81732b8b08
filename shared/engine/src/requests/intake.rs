//! An application comes in. The dossier is written last: that is the commit. Everything before it can be done again.

use chrono::NaiveDate;
use contracts::api::{Demande, DemandeRecue, SourceCode};
use contracts::rows::{DossierRow, EffaceRow, LedgerRow, UsedKeyRow};
use contracts::sealed::{ContactsV1, FoyerV1, IdentiteV1, MotsV1, NumerosV1, ReponsesV1};
use domain::dossier::Channel;
use domain::intake::{self, Application};
use domain::{DossierId, PlaceMove, Territory, clock};
use uuid::Uuid;

use super::dossiers::TYPIST;
use super::joining::Joining;
use super::merging::merged_into;
use super::{Asked, KEPT, RequestError, put_or_same};
use crate::answers;
use crate::doors::{self, Doors, Held};
use crate::frames;
use crate::keys;
use crate::ports::{Clock, Commit, CommitError, DossierKey, Dossiers, PortError, Table};
use crate::recognition::{self, Bearings};
use crate::rivals;
use crate::seal::{digest_hex, spoken_code};
use crate::step::{self, ATTEMPTS, StepError};
use crate::vault::{self, Vault};
use crate::world::World;

/// What an applicant gets back.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The numbers to keep.
    pub recu: DemandeRecue,
    /// Whether this request opened the dossier; otherwise an earlier one did, with the same answer.
    pub created: bool,
}

const ROUTE: &str = "demandes";

/// Opens a dossier, once for each idempotency key. `by` is who sends it, as in `personne` or `agent:<id>`.
pub async fn submit<W: World>(
    world: &W,
    demande: Demande,
    asked: &Asked,
    by: &str,
) -> Result<Receipt, RequestError> {
    let territory = demande.territory;
    let secret = keys::of_territory(world, territory).await?.derive("demandes");
    let name = digest_hex(&secret, &[asked.key.as_bytes()]);
    let used = UsedKeyRow {
        cle: name[..KEPT].to_owned(),
        corps: digest_hex(&secret, &[b"corps", &asked.body])[..KEPT].to_owned(),
    };
    let mut names = Names::of(territory, &name);
    for _ in 0..ATTEMPTS {
        let (key, known) = names.current(world).await?;
        if let Some(known) = known {
            return before(&known, &used, receipt(world, key).await?);
        }
        let deposit = Deposit { key, application: names.first.dossier, demande: &demande, used: &used, by };
        // Apart: whoever joins goes a long way, and most people are new.
        if let Some(receipt) = Box::pin(deposit.attempt(world)).await? {
            return Ok(receipt);
        }
    }
    // It comes again under another name, or never: what it left under this one goes.
    rivals::prevent(world, names.current(world).await?.0, by).await?;
    Err(StepError::Contended.into())
}

/// The names under which one application may open its dossier: the next one, when it was overtaken under the last.
struct Names<'a> {
    first: DossierKey,
    name: &'a str,
    overtaken: u32,
}

impl<'a> Names<'a> {
    fn of(territory: Territory, name: &'a str) -> Self {
        Self { first: named(territory, name), name, overtaken: 0 }
    }

    /// The one under which it was not overtaken, and what is there.
    async fn current<W: World>(&mut self, world: &W) -> Result<(DossierKey, Option<DossierRow>), PortError> {
        loop {
            let key = match self.overtaken {
                0 => self.first,
                times => named(self.first.territory, &format!("{}#{times}", self.name)),
            };
            let known = world.store().read(key).await?;
            let overtaken = known.as_ref().and_then(DossierRow::tombstone);
            if !overtaken.is_some_and(EffaceRow::was_never_opened) {
                return Ok((key, known));
            }
            self.overtaken += 1;
        }
    }
}

fn named(territory: Territory, name: &str) -> DossierKey {
    let space = Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("spie/{territory}").as_bytes());
    DossierKey { territory, dossier: DossierId(Uuid::new_v5(&space, name.as_bytes())) }
}

/// An application, under one of its names.
struct Deposit<'a> {
    /// The dossier that it would open.
    key: DossierKey,
    /// Its first name, which names its claim on a dossier that it joins.
    application: DossierId,
    demande: &'a Demande,
    used: &'a UsedKeyRow,
    by: &'a str,
}

impl Deposit<'_> {
    /// Joins the dossier of whoever is known, or opens one; `None` when there is more to see first.
    async fn attempt<W: World>(&self, world: &W) -> Result<Option<Receipt>, RequestError> {
        let Self { key, application, demande, used, by } = *self;
        let bearings = bearings(demande);
        let doors = Doors::of(world, key.territory, &bearings.values()).await?;
        let joining =
            Joining { key, application, demande, used, by, sought: bearings.sought(), doors: &doors };
        if let Some(target) = joining.target(world).await? {
            if Vault::of(world, key).await?.is_some() {
                // An earlier attempt was about to open it: what it left goes, as of whoever is erased.
                rivals::prevent(world, key, by).await?;
                return Ok(None);
            }
            return joining.join(world, target).await;
        }
        let Some(vault) = Vault::make(world, key).await? else {
            let tombstone = world.store().read(key).await?;
            return tombstone.map(|_| None).ok_or(RequestError::Gone);
        };
        let recu = receipt(world, key).await?;
        let code = Doors::of(world, key.territory, &[(Held::FollowUp, recu.suivi.clone())]).await?;
        // Whoever wrote the identity first owns the key, as long as they were not overtaken: another body under it
        // changes nothing.
        if !write_person(world, (key, &vault), demande, &doors.and(&code), (used, by)).await? {
            return Err(RequestError::KeyReused);
        }
        code.open(world, key).await?;
        if !doors.open(world, key).await? && !self.is_next(world, &doors, &joining).await? {
            return Ok(None);
        }
        self.open(world, recu).await
    }

    /// Whether nobody else is being opened behind these doors, now that ours are open, and nobody is to be joined there.
    async fn is_next<W: World>(
        &self,
        world: &W,
        doors: &Doors,
        joining: &Joining<'_>,
    ) -> Result<bool, RequestError> {
        let sight = doors.sight(world, self.key.territory).await?;
        // The turn first: of two who saw each other, one overtakes and the other looks again.
        Ok(sight.take_turns(world, self.key.dossier).await?
            && rivals::overtake(world, self.key, &sight, self.by).await?
            && joining.target(world).await?.is_none())
    }

    /// Writes the dossier: that is the commit. `None` when something is there.
    async fn open<W: World>(&self, world: &W, recu: DemandeRecue) -> Result<Option<Receipt>, RequestError> {
        let row = first_row(world, self.key, self.demande, self.used.clone(), self.by).await?;
        let commit = Commit { row: row.clone(), expected: None, place: PlaceMove::None };
        match world.store().commit(commit).await {
            Ok(()) => {
                step::send_all(world, self.key, &row).await;
                Ok(Some(Receipt { recu, created: true }))
            }
            Err(CommitError::Stale) => Ok(None),
            Err(CommitError::Port(error)) => Err(error.into()),
            Err(error @ (CommitError::Full(_) | CommitError::UnknownReferent(_))) => {
                Err(PortError::new("open the dossier", error).into())
            }
        }
    }
}

fn before(known: &DossierRow, used: &UsedKeyRow, recu: DemandeRecue) -> Result<Receipt, RequestError> {
    if known.tombstone().is_some() {
        return Err(RequestError::Gone);
    }
    match known.registre.cles.get(ROUTE) {
        Some(first) if first == used => Ok(Receipt { recu, created: false }),
        Some(_) | None => Err(RequestError::KeyReused),
    }
}

/// What an application says that the journey needs.
pub(super) fn application(key: DossierKey, demande: &Demande) -> Application {
    Application {
        dossier: key.dossier,
        territory: key.territory,
        commune: demande.person.address.commune,
        channel: demande.channel,
        right: demande.right.clone(),
        needs: demande.needs.clone(),
        wishes: demande.wishes.clone(),
    }
}

async fn first_row<W: World>(
    world: &W,
    key: DossierKey,
    demande: &Demande,
    used: UsedKeyRow,
    by: &str,
) -> Result<DossierRow, PortError> {
    let now = world.clock().now();
    let application = application(key, demande);
    let frame = frames::stated(world, key.territory, &demande.right, key.territory.local_date(now)).await?;
    let decision = intake::open(application, &frame, now);
    let mut ledger = LedgerRow::default();
    ledger.cles.insert(ROUTE.to_owned(), used);
    step::emit(&mut ledger, &decision.messages, by, now);
    let due = clock::next_due(&decision.dossier, &world.reference().frame_of(&decision.dossier));
    Ok(DossierRow::of(&decision.dossier, 1, 1, ledger, due))
}

/// Seals the person's values. `false` when another body has already been written under this key.
async fn write_person<W: World>(
    world: &W,
    (key, vault): (DossierKey, &Vault),
    demande: &Demande,
    doors: &Doors,
    (used, by): (&UsedKeyRow, &str),
) -> Result<bool, PortError> {
    let (person, foyer) = (&demande.person, FoyerV1::from(&demande.household));
    let (identite, contacts) = (IdentiteV1::of(person), ContactsV1::of(person));
    let values = (&identite, &contacts, &NumerosV1::of(person), &foyer);
    let mut attributes = recognition::sealed(world, vault, values)?;
    attributes.extend([
        ("v".to_owned(), 1.into()),
        ("corps".to_owned(), used.corps.clone().into()),
        (recognition::REVISION.to_owned(), "1".into()),
        doors.list(),
    ]);
    // On paper, by telephone, at a counter: whoever typed it can be asked what was said.
    attributes.extend(by.strip_prefix("agent:").map(|it| (TYPIST.to_owned(), it.into())));
    if !put_or_same(world, Table::Personnes, vault::row(key, "-", attributes), used).await? {
        return Ok(false);
    }
    let given = ReponsesV1::of(&demande.answers, source(demande.channel), world.clock().now());
    let words = MotsV1::of(demande);
    let mut row = answers::row(world, (key, vault), answers::FIRST, &given, words.as_ref())?;
    row.attributes.insert("corps".to_owned(), used.corps.clone().into());
    put_or_same(world, Table::Reponses, row, used).await
}

/// Who gave the answers that came in by this channel.
pub(super) fn source(channel: Channel) -> SourceCode {
    match channel {
        Channel::Web => SourceCode::Personne,
        Channel::Paper | Channel::Telephone | Channel::Counter => SourceCode::Agent,
        Channel::Flow => SourceCode::Flux,
    }
}

/// What the applicant is recognised by.
fn bearings(demande: &Demande) -> Bearings {
    let (person, foyer) = (&demande.person, FoyerV1::from(&demande.household));
    let (identite, contacts) = (IdentiteV1::of(person), ContactsV1::of(person));
    Bearings::of(&identite, &contacts, &NumerosV1::of(person), Some(&foyer))
}

async fn receipt<W: World>(world: &W, key: DossierKey) -> Result<DemandeRecue, PortError> {
    Ok(DemandeRecue {
        reference: reference(world, key).await?,
        dossier: key.dossier.0,
        suivi: follow_up_code(world, key).await?,
    })
}

/// The code of the person's space, as in `4KZ8-Q2M1-7TRC`.
pub(crate) async fn follow_up_code<W: World>(world: &W, key: DossierKey) -> Result<String, PortError> {
    code(world, key, b"suivi").await
}

/// The code that an application is given when it joins a dossier: its own, for somebody else may hold the dossier's.
pub(super) async fn joined_code<W: World>(world: &W, application: DossierKey) -> Result<String, PortError> {
    code(world, application, b"jointe").await
}

async fn code<W: World>(world: &W, key: DossierKey, what: &[u8]) -> Result<String, PortError> {
    let secret = keys::of_territory(world, key.territory).await?.derive("codes");
    let code = spoken_code(&secret, &[what, key.dossier.to_string().as_bytes()], 12);
    Ok(format!("{}-{}-{}", &code[..4], &code[4..8], &code[8..]))
}

/// The number that the person was given, as in `77-4KZ8-Q2M1`.
pub(crate) async fn reference<W: World>(world: &W, key: DossierKey) -> Result<String, PortError> {
    let secret = keys::of_territory(world, key.territory).await?.derive("codes");
    let code = spoken_code(&secret, &[b"reference", key.dossier.to_string().as_bytes()], 8);
    Ok(format!("{}-{}-{}", key.territory, &code[..4], &code[4..]))
}

/// What a person sees of their own dossier.
#[derive(Clone, Debug)]
pub struct FollowUp {
    /// The dossier, as professionals see it too.
    pub shown: super::Shown,
    /// Who to call, when somebody is named.
    pub referent: Option<contracts::rows::ReferentRow>,
    /// The code is that of an application which joined a dossier that its author may not be the first to follow: little
    /// is told.
    pub limited: bool,
}

/// A person comes back with their code and their birth date. The answer is the same for a wrong code and for a wrong
/// date: nobody learns who is known here. Of a dossier that was erased the code tells so, then leads nowhere.
pub async fn follow_up<W: World>(
    world: &W,
    code: &str,
    birth: NaiveDate,
) -> Result<Option<FollowUp>, RequestError> {
    let code: String =
        code.chars().filter(char::is_ascii_alphanumeric).map(|it| it.to_ascii_uppercase()).collect();
    if code.len() != 12 {
        return Ok(None);
    }
    let code = format!("{}-{}-{}", &code[..4], &code[4..8], &code[8..]);
    for territory in world.reference().served.clone() {
        let Some((dossier, limited)) = doors::behind_code(world, territory, &code).await? else { continue };
        let key = DossierKey { territory, dossier };
        return checked(world, going_on(world, key).await?, birth, limited).await;
    }
    Ok(None)
}

/// The dossier that goes on in the place of this one, or this one.
async fn going_on<W: World>(world: &W, mut key: DossierKey) -> Result<DossierKey, RequestError> {
    // A dossier is merged once: what was merged into another leads to one that was not, and never back.
    loop {
        let Some(dossier) = merged_into(world, key).await? else { return Ok(key) };
        key.dossier = dossier;
    }
}

async fn checked<W: World>(
    world: &W,
    key: DossierKey,
    birth: NaiveDate,
    limited: bool,
) -> Result<Option<FollowUp>, RequestError> {
    let Some(row) = world.store().read(key).await? else { return Ok(None) };
    // Told to whoever holds the code: nothing is left to hold the birth date against.
    let dossier = row.dossier()?;
    let vault = Vault::of(world, key).await?.ok_or(RequestError::Gone)?;
    let identity: Option<IdentiteV1> = vault.read(world, Table::Personnes, "-", "identite").await?;
    if identity.is_none_or(|it| it.date_naissance != birth) {
        return Ok(None);
    }
    let referent = match dossier.state.place() {
        Some(place) if !limited => world.store().referent(key.territory, &place.referent).await?,
        Some(_) | None => None,
    };
    let shown = super::views::shown(world, &row).await?;
    Ok(Some(FollowUp { shown, referent, limited }))
}
