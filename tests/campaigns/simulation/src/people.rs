//! What people do next: mostly what the journey asks of them, sometimes anything.

use std::sync::Arc;

use checker::What;
use chrono::{DateTime, Days, Utc};
use contracts::api::{
    BalayageBody, ChangeReferent, EffacementBody, ImportNature, MotifChangementCode, NewEntry, SignatureBody,
};
use contracts::rows::{ContenuRow, DroitRow, EtatRow};
use domain::calendar::Month;
use domain::carnet::Heading;
use domain::dossier::{Channel, Deviation, EndMotive, Suspension, Target};
use domain::erasure::Motive;
use domain::intake::RightStated;
use domain::life::Said;
use domain::{Organisme, Parcours, Territory};
use engine::requests::Asked;
use engine::{DossierKey, Professional, Role};
use fastrand::Rng;

use crate::cast::{Cast, professional, referent_id, right};
use crate::executor::Work;
use crate::files::{Newcomer, file};
use crate::requests::{Gesture, Look, Request};
use crate::sim::{Glimpse, State};
use crate::weather::Fault;

/// The people outside: who has applied, who still waits for an answer.
pub(crate) struct People {
    /// The chance of files.
    files: Rng,
    applied: usize,
    visited: usize,
    numbers: u32,
    /// Requests that may be sent again, under the same key.
    again: Vec<Arc<Request>>,
    /// Requests that are sent at the same time as the last one.
    beside: Vec<Arc<Request>>,
}

impl People {
    pub(crate) fn new(files: Rng) -> Self {
        Self { files, applied: 0, visited: 0, numbers: 0, again: Vec::new(), beside: Vec::new() }
    }

    /// In a run that has files, now and then: one is given, or those that were are looked after; or somebody of whom they
    /// tell comes, by two ways at once perhaps. Nothing otherwise.
    pub(crate) fn files(&mut self, state: &mut State, cast: &Cast) -> Vec<Work> {
        if cast.newcomers.is_empty() {
            return Vec::new();
        }
        match self.files.u32(..24) {
            0 => vec![Work::Tend],
            1..4 => vec![Work::Serve(self.give(state, cast))],
            4..6 => {
                let at_once = self.files.usize(1..=3);
                (0..at_once).filter_map(|_| self.visit(state, cast)).map(Work::Serve).collect()
            }
            _ => Vec::new(),
        }
    }

    /// An agent types the next application of one of those of whom files tell, each of them one after the other.
    fn visit(&mut self, state: &mut State, cast: &Cast) -> Option<Arc<Request>> {
        let mut visits = cast.newcomers.iter().flat_map(|it| it.visits.iter().map(move |key| (it, key)));
        let (newcomer, key) = visits.nth(self.visited)?;
        self.visited += 1;
        let demande = cast.visit(newcomer, &mut self.files, state.now);
        state.tally.count(Fault::Visited);
        let who = professional(newcomer.territory, "agent-1", Role::Orientation);
        let gesture = Gesture::Submit(Box::new(demande));
        Some(self.ask(state, cast, (who, None, gesture), (key.clone(), key.clone().into_bytes(), None)))
    }

    /// An agent gives a file of some of those whom one kind of file tells of.
    fn give(&mut self, state: &mut State, cast: &Cast) -> Arc<Request> {
        let any = &cast.newcomers[self.files.usize(..cast.newcomers.len())];
        let alike = |it: &&Newcomer| it.territory == any.territory && it.nature == any.nature;
        let mut some: Vec<&Newcomer> = cast.newcomers.iter().filter(alike).collect();
        self.files.shuffle(&mut some);
        some.truncate(self.files.usize(1..=some.len()));
        let (bytes, names) = file(&mut self.files, &some);
        state.tally.count(Fault::FileGiven);
        let who = professional(any.territory, "agent-1", Role::Orientation);
        let key = format!("fichier-{}", self.numbers);
        self.ask(state, cast, (who, None, Gesture::Give(any.nature, names)), (key, bytes, None))
    }

    /// Keeps a request to be sent again.
    pub(crate) fn keep(&mut self, request: Arc<Request>) {
        self.again.push(request);
    }

    /// What is asked at the same moment as the last request.
    pub(crate) fn beside(&mut self) -> Vec<Arc<Request>> {
        std::mem::take(&mut self.beside)
    }

    /// Somebody asks for something: for the first time, or again.
    pub(crate) fn next(&mut self, state: &mut State, cast: &Cast) -> Option<Arc<Request>> {
        if !self.again.is_empty() && state.rng.u32(..3) == 0 {
            let pick = state.rng.usize(..self.again.len());
            state.tally.count(Fault::Retried);
            let request = self.again.swap_remove(pick);
            if state.rng.u32(..12) != 0 {
                return Some(request);
            }
            return Some(self.other_body(state, cast, &request));
        }
        let behind = self.applied < cast.people.len();
        if behind && (state.glimpses.is_empty() || state.rng.u32(..3) == 0) {
            let request = self.apply(state, cast)?;
            // The form sent twice at once, as it is or with a word changed in between.
            match state.rng.u32(..12) {
                0 => self.beside.push(Arc::clone(&request)),
                1 => {
                    let other = self.other_body(state, cast, &request);
                    self.beside.push(other);
                }
                _ => {}
            }
            return Some(request);
        }
        self.act(state, cast)
    }

    /// The next person applies.
    pub(crate) fn apply(&mut self, state: &mut State, cast: &Cast) -> Option<Arc<Request>> {
        let person = self.applied;
        cast.people.get(person)?;
        self.applied += 1;
        let (demande, key) = cast.apply(person, &mut state.rng, state.now);
        let public = demande.channel == Channel::Web;
        let who = if public { None } else { professional(demande.territory, "agent-1", Role::Orientation) };
        let gesture = Gesture::Submit(Box::new(demande));
        Some(self.ask(state, cast, (who, None, gesture), (key, format!("{person}").into_bytes(), None)))
    }

    /// An agent does what a dossier waits for.
    pub(crate) fn handle(&mut self, state: &mut State, cast: &Cast, key: DossierKey) -> Option<Arc<Request>> {
        let glimpse = state.glimpses.get(&key)?.clone();
        let gesture = expected(&mut state.rng, key, &glimpse, state.now);
        let who = professional(key.territory, "agent-1", Role::Orientation)?;
        let asked = (format!("cle-{}", self.numbers), Vec::new(), Some(glimpse.row.etag));
        Some(self.ask(state, cast, (Some(who), Some(key), gesture), asked))
    }

    /// The same key, and another body: it must be refused, or change nothing.
    fn other_body(&mut self, state: &mut State, cast: &Cast, known: &Request) -> Arc<Request> {
        state.tally.count(Fault::KeyReused);
        let mut gesture = known.gesture.clone();
        if let Gesture::Give(_, people) = &mut gesture {
            people.clear();
        }
        let body = format!("autre-{}", self.numbers);
        let asked = (known.asked.key.clone(), body.into_bytes(), known.asked.if_match);
        self.ask(state, cast, (known.who.clone(), known.dossier, gesture), asked)
    }

    fn act(&mut self, state: &mut State, cast: &Cast) -> Option<Arc<Request>> {
        if state.glimpses.is_empty() || state.rng.u32(..9) == 0 {
            return self.govern(state, cast);
        }
        let pick = state.rng.usize(..state.glimpses.len());
        let (key, glimpse) = state.glimpses.iter().nth(pick).map(|(key, it)| (*key, it.clone()))?;
        let gesture = gesture(&mut state.rng, key, &glimpse, state.now);
        let mut territory = key.territory;
        if state.rng.u32(..25) == 0 {
            territory = *cast.territories.iter().find(|it| **it != key.territory)?;
            state.tally.count(Fault::Foreigner);
        }
        let (agent, role) = match state.rng.u32(..10) {
            // Who may not erase tries now and then.
            4.. if matches!(gesture, Gesture::Erase(_)) => ("chef-1", Role::Head),
            0 | 1 => ("chef-1", Role::Head),
            2 => ("agent-2", Role::Orientation),
            3 if matches!(gesture, Gesture::Look(_) | Gesture::Entry(_)) => ("ref-0", Role::Referent),
            _ => ("agent-1", Role::Orientation),
        };
        let who = professional(territory, agent, role)?;
        let mut seen = glimpse.row.etag;
        if state.rng.u32(..20) == 0 {
            seen = seen.saturating_sub(1);
            state.tally.count(Fault::StaleCopy);
        }
        let body = format!("{}", self.numbers).into_bytes();
        let asked = (format!("cle-{}", self.numbers), body, Some(seen));
        let list = matches!(gesture, Gesture::Look(Look::NotOriented | Look::Caseload));
        let about = (!list).then_some(key);
        let request = self.ask(state, cast, (Some(who.clone()), about, gesture.clone()), asked);
        if state.rng.u32(..6) == 0 {
            // Another agent, on the same copy, at the same time.
            let other = Professional { agent: "agent-3".parse().ok()?, role: Role::Orientation, ..who };
            let asked = (format!("cle-{}", self.numbers), Vec::new(), Some(seen));
            let twin = self.ask(state, cast, (Some(other), about, gesture), asked);
            if state.rng.bool() { self.beside.push(twin) } else { self.keep(twin) }
        }
        Some(request)
    }

    /// A head of territory writes a record, or asks for a sweep.
    pub(crate) fn govern(&mut self, state: &mut State, cast: &Cast) -> Option<Arc<Request>> {
        let territory = cast.territories[state.rng.usize(..cast.territories.len())];
        let role = if state.rng.u32(..10) == 0 { Role::Orientation } else { Role::Head };
        let who = professional(territory, "chef-1", role)?;
        let (gesture, seen) = if state.rng.u32(..3) == 0 {
            (Gesture::Sweep(sweep(&mut state.rng, territory, state.now)), None)
        } else {
            let number = state.rng.usize(..4);
            let capacity = state.rng.u32(..5);
            let mut body = cast.stock.referent(territory, number, &mut state.rng, capacity);
            if state.rng.u32(..5) == 0 {
                let today = territory.local_date(state.now);
                body.absences = vec![(today, today + Days::new(state.rng.u64(..9)))];
            }
            let id = referent_id(number)?;
            let seen = state.revisions.get(&(territory, id.clone())).copied();
            (Gesture::Referent(id, body), seen)
        };
        let asked = (format!("cle-{}", self.numbers), format!("{}", self.numbers).into_bytes(), seen);
        Some(self.ask(state, cast, (Some(who), None, gesture), asked))
    }

    fn ask(
        &mut self,
        state: &mut State,
        cast: &Cast,
        (who, dossier, gesture): (Option<Professional>, Option<DossierKey>, Gesture),
        (key, body, if_match): (String, Vec<u8>, Option<u64>),
    ) -> Arc<Request> {
        self.numbers += 1;
        let number = self.numbers;
        state.tally.requests += 1;
        let territory = match (&who, &gesture) {
            (Some(who), _) => who.territory,
            (None, Gesture::Submit(demande)) => demande.territory,
            (None, _) => cast.territories[0],
        };
        state.record(What::Asked(checker::Request {
            number,
            ask: told(&gesture),
            territory: territory.as_str().to_owned(),
            by: who.as_ref().map(|it| it.agent.to_string()),
            head: who.as_ref().is_some_and(|it| it.role == Role::Head),
            dossier: dossier.map(DossierKey::pk),
            key: key.clone(),
        }));
        let asked = Asked { key, body, if_match };
        Arc::new(Request { number, who, dossier, gesture, asked })
    }
}

/// What a professional does about a dossier that they have just seen.
fn gesture(rng: &mut Rng, key: DossierKey, glimpse: &Glimpse, now: DateTime<Utc>) -> Gesture {
    match rng.u32(..10) {
        0 => Gesture::Look(look(rng)),
        1 => {
            let text = "Rendez-vous pris.".to_owned();
            Gesture::Entry(NewEntry { heading: Heading::Plan, text })
        }
        2 => anything(rng, key, now),
        3 if rng.bool() => Gesture::Tell(news(rng, key.territory, now)),
        _ => expected(rng, key, glimpse, now),
    }
}

/// What the journey asks of a professional.
fn expected(rng: &mut Rng, key: DossierKey, glimpse: &Glimpse, now: DateTime<Utc>) -> Gesture {
    let ContenuRow::Present(row) = &glimpse.row.contenu else { return Gesture::Look(look(rng)) };
    match &row.etat {
        EtatRow::Urgence { .. } if rng.u32(..3) != 0 => Gesture::Close,
        // Changing somebody who has been named all along is rarer than naming whoever is missing; some rights open again.
        EtatRow::Affecte { .. } | EtatRow::Clos { .. } if rng.u32(..2) == 0 => Gesture::Look(look(rng)),
        EtatRow::Depose | EtatRow::Urgence { .. } | EtatRow::Clos { .. } => confirm(rng, key.territory, now),
        EtatRow::AOrienter { proposition, .. } => {
            let declared = matches!(row.droit, DroitRow::Declare { .. });
            if declared || rng.u32(..8) == 0 {
                return confirm(rng, key.territory, now);
            }
            sign(rng, proposition.cible.map(Target::from), None)
        }
        EtatRow::AttenteFranceTravail { proposition, .. } => {
            if rng.u32(..3) == 0 {
                return confirm(rng, key.territory, now);
            }
            let today = key.territory.local_date(now);
            sign(rng, proposition.cible.map(Target::from), Some(today))
        }
        EtatRow::Oriente { .. } | EtatRow::EnAttenteDePlace { .. } | EtatRow::Affecte { .. } => {
            to_referent(rng)
        }
    }
}

fn anything(rng: &mut Rng, key: DossierKey, now: DateTime<Utc>) -> Gesture {
    match rng.u32(..8) {
        0 => confirm(rng, key.territory, now),
        1 => Gesture::Close,
        5..8 => Gesture::Erase(EffacementBody { motive: Motive::PersonAsked }),
        2 => sign(rng, None, None),
        3 => sign(rng, None, Some(key.territory.local_date(now))),
        _ => to_referent(rng),
    }
}

/// What happens to a right.
fn news(rng: &mut Rng, territory: Territory, now: DateTime<Utc>) -> Said {
    let today = territory.local_date(now);
    match rng.u32(..4) {
        0 => Said::Suspended(Suspension { since: today, motive: None }),
        1 => Said::Restored,
        2 => Said::Ended { motive: EndMotive::RightClosed { motive: None }, on: today },
        _ => Said::Ended { motive: EndMotive::Left, on: today },
    }
}

fn confirm(rng: &mut Rng, territory: Territory, now: DateTime<Utc>) -> Gesture {
    let today = territory.local_date(now);
    match rng.u32(..12) {
        0 => Gesture::Confirm(RightStated::Declared { opened_on: None }),
        _ => Gesture::Confirm(right(rng, today)),
    }
}

fn sign(rng: &mut Rng, proposed: Option<Target>, by_france_travail: Option<chrono::NaiveDate>) -> Gesture {
    let any = Target {
        parcours: Parcours::ALL[rng.usize(..3)],
        organisme: if rng.u32(..3) == 0 { Organisme::MissionLocale } else { Organisme::Departement },
    };
    let (target, deviation) = match proposed {
        Some(target) if rng.u32(..4) != 0 => (target, None),
        _ if rng.u32(..6) == 0 => (any, None),
        _ => (any, Some(Deviation::Interview)),
    };
    let comment = (rng.u32(..3) == 0).then(|| "Vu en entretien.".to_owned());
    Gesture::Sign(SignatureBody { target, deviation, comment, by_france_travail })
}

fn to_referent(rng: &mut Rng) -> Gesture {
    let motive = if rng.u32(..2) == 0 { MotifChangementCode::Charge } else { MotifChangementCode::Depart };
    match referent_id(rng.usize(..4)) {
        Some(referent) => Gesture::Change(ChangeReferent { referent, motive, comment: None }),
        None => Gesture::Look(Look::Dossier),
    }
}

fn look(rng: &mut Rng) -> Look {
    let all = [Look::Dossier, Look::Person, Look::Proposal, Look::Carnet, Look::NotOriented, Look::Caseload];
    all[rng.usize(..all.len())]
}

fn sweep(rng: &mut Rng, territory: Territory, now: DateTime<Utc>) -> BalayageBody {
    let month = Month::of(territory.local_date(now));
    match rng.u32(..6) {
        0 => BalayageBody { month: month.next(), simulation: false },
        1 | 2 => BalayageBody { month, simulation: true },
        _ => BalayageBody { month, simulation: false },
    }
}

/// A gesture as the checker knows it.
fn told(gesture: &Gesture) -> checker::Ask {
    use checker::Ask;
    match gesture {
        Gesture::Submit(_) => Ask::Submit,
        Gesture::Confirm(RightStated::Confirmed { received_on: Some(received), duties, .. }) => {
            Ask::Confirm { received: *received, duties: *duties }
        }
        Gesture::Confirm(_) | Gesture::Look(_) => Ask::Look,
        Gesture::Tell(Said::Suspended(_)) => Ask::Tell { nature: "suspendu" },
        Gesture::Tell(Said::Restored) => Ask::Tell { nature: "retabli" },
        Gesture::Tell(Said::Ended { .. }) => Ask::Tell { nature: "clos" },
        Gesture::Close => Ask::Close,
        Gesture::Sign(body) => Ask::Sign {
            parcours: body.target.parcours.code(),
            organisme: body.target.organisme.code(),
            france_travail: body.by_france_travail.is_some(),
        },
        Gesture::Change(body) => Ask::Change { to: body.referent.to_string() },
        Gesture::Entry(_) => Ask::Entry,
        Gesture::Erase(_) => Ask::Erase,
        Gesture::Give(nature, people) => Ask::Give {
            flow: matches!(nature, ImportNature::Flux),
            people: people.iter().map(|it| (*it).to_owned()).collect(),
        },
        Gesture::Referent(id, body) => {
            Ask::Referent { id: id.to_string(), capacity: u64::from(body.capacity) }
        }
        Gesture::Sweep(body) => {
            Ask::Sweep { name: engine::schedules::sweep::name(body.month, body.simulation) }
        }
    }
}
