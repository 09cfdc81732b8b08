//! One person's life, drawn: each thing that happens goes through the rules, and is told beside them as a fact.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use contracts::data::Reference;
use domain::commune::CodeInsee;
use domain::delegation::Delegation;
use domain::dossier::{
    Channel, Confirmed, Deviation, EndMotive, Need, Proposal, Right, Suspension, Target, Waiting, Wishes,
};
use domain::frame::Frame;
use domain::intake::{self, Application, RightStated};
use domain::life::{self, News, Opening, Told};
use domain::signature::{Signing, sign};
use domain::taking_over::{UnderWay, take_over};
use domain::{Decision, Dossier, DossierId, Organisme, Parcours, Refusal, State, Territory, check, merging};
use fastrand::Rng;
use uuid::Uuid;

use crate::draw::{self, Act, Journey};
use crate::events::Event;

/// A person, as far as their life has gone.
pub(crate) struct Life<'a> {
    rng: &'a mut Rng,
    stage: &'a Stage,
    person: u64,
    dossier: Dossier,
    now: DateTime<Utc>,
    events: Vec<Event>,
}

/// Where people live, and when all of it stops.
pub(crate) struct Stage {
    /// The département.
    pub(crate) territory: Territory,
    /// Its communes, the most populated first.
    pub(crate) communes: Vec<CodeInsee>,
    /// The day on which everything is looked at.
    pub(crate) today: NaiveDate,
    /// The law.
    pub(crate) reference: Reference,
    /// Who signs.
    pub(crate) delegation: Delegation,
}

/// A life up to today: the dossier that it leaves, and what happened.
pub(crate) struct Lived {
    /// The dossier.
    pub(crate) dossier: Dossier,
    /// Whether it was erased since.
    pub(crate) erased: bool,
    /// The facts.
    pub(crate) events: Vec<Event>,
}

impl<'a> Life<'a> {
    /// Draws a whole life.
    pub(crate) fn live(rng: &'a mut Rng, stage: &'a Stage, person: u64) -> anyhow::Result<Lived> {
        let first = draw::journey(rng, stage, None);
        let submitted = first.known.min(first.received + Days::new(rng.u64(0..4)));
        let now = stage.territory.instant(submitted.and_time(NaiveTime::MIN) + draw::hour(rng));
        let application = Application {
            dossier: DossierId(Uuid::from_u128((u128::from(person) << 64) | 0x8000)),
            territory: stage.territory,
            commune: draw::commune(rng, stage),
            channel: Channel::Counter,
            right: RightStated::Declared { opened_on: None },
            needs: first.urgent.then_some(Need::Food).into_iter().collect(),
            wishes: Wishes::default(),
        };
        let frame = stage.reference.frame_on(submitted);
        let dossier = intake::open(application, frame, now).dossier;
        let mut life = Self { rng, stage, person, dossier, now, events: Vec::new() };
        life.tell("commune", None, life.dossier.commune.to_string());
        // Some never go further than saying that they have a right.
        if life.rng.u8(0..100) >= 3 {
            life.confirmed(&first)?;
            life.go_on(&first);
            life.come_back();
        }
        let erased = life.rng.u8(0..100) < 2;
        if erased {
            life.tell("efface", None, String::new());
        }
        Ok(Lived { dossier: life.dossier, erased, events: life.events })
    }

    fn tell(&mut self, kind: &'static str, day: Option<NaiveDate>, value: impl Into<String>) {
        let (person, order) = (self.person, self.events.len());
        self.events.push(Event { person, order, kind, day, value: value.into() });
    }

    /// Lets time pass up to some hour of a day; what the law has happen on the way happens first.
    fn until(&mut self, day: NaiveDate) {
        let at = self.stage.territory.instant(day.and_time(NaiveTime::MIN) + draw::hour(self.rng));
        self.now = at.max(self.now + TimeDelta::minutes(1));
        let frame = self.stage.reference.frame_of(&self.dossier).clone();
        if let Ok(decision) = check::check(&self.dossier, &frame, self.now) {
            self.dossier = decision.dossier;
        }
    }

    /// Applies what the rules answer; whether they said yes.
    fn take(&mut self, answer: Result<Decision, Refusal>) -> bool {
        answer.is_ok_and(|decision| {
            self.dossier = decision.dossier;
            true
        })
    }

    fn frame_on(&self, day: NaiveDate) -> &'a Frame {
        self.stage.reference.frame_on(day)
    }

    /// The right of the first journey is confirmed.
    fn confirmed(&mut self, journey: &Journey) -> anyhow::Result<()> {
        self.until(journey.known);
        let stated = RightStated::Confirmed {
            opened_on: journey.opened,
            received_on: Some(journey.received),
            duties: journey.duties,
        };
        let answer = intake::confirm(&self.dossier, &stated, self.frame_on(journey.received), self.now);
        anyhow::ensure!(self.take(answer), "un droit déclaré n’a pas été confirmé");
        self.tell_right(journey);
        Ok(())
    }

    fn tell_right(&mut self, journey: &Journey) {
        self.tell("ouverture", Some(journey.opened), "");
        self.tell("reception", Some(journey.received), "");
        self.tell("devoirs", None, if journey.duties { "oui" } else { "non" });
    }

    /// Everything that happens under one right.
    fn go_on(&mut self, journey: &Journey) {
        for (day, act) in &journey.acts {
            self.until(*day);
            match act {
                Act::Triage => self.triage(),
                Act::Sign { target, proposed, behind } => self.sign(*day, (*target, *proposed), *behind),
                Act::TakeOver { target, decided } => self.take_over(journey, *target, *decided),
                Act::Suspend => self.suspend(*day, journey),
                Act::Move(commune) => {
                    self.dossier = life::moved(&self.dossier, *commune).dossier;
                    self.tell("commune", None, commune.to_string());
                }
                Act::Duties(duties) => self.duties(*day, journey, *duties),
                Act::Leave { on, motive } => self.leave(*on, *motive),
                Act::Merge => self.merge(*day),
            }
        }
        self.until(self.stage.today);
    }

    fn triage(&mut self) {
        if let State::Submitted = self.dossier.state {
            let rules = self.stage.reference.rules.name();
            let proposal = Proposal {
                target: None,
                rules,
                trace: self.dossier.id.derive("trace"),
                at: self.now,
                incomplete: false,
            };
            self.dossier.state = State::ToOrient { proposal, waiting: Waiting::default() };
        }
    }

    fn sign(&mut self, day: NaiveDate, (target, proposed): (Target, Option<Target>), behind: u64) {
        let late = match &mut self.dossier.state {
            State::ToOrient { proposal, .. } => {
                proposal.target = proposed;
                false
            }
            State::AwaitingFranceTravail { .. } => true,
            State::Submitted
            | State::Urgent { .. }
            | State::Oriented { .. }
            | State::AwaitingPlace { .. }
            | State::Assigned { .. }
            | State::Closed { .. } => return,
        };
        let departs = !late && proposed.is_some_and(|it| it != target);
        let decided_on = day - Days::new(behind);
        let signing = Signing {
            agent: self.stage.delegation.agent.clone(),
            target,
            deviation: departs.then_some(Deviation::Interview),
            has_words: false,
            by_france_travail: late.then_some(decided_on),
        };
        let frame = self.stage.reference.frame_of(&self.dossier);
        let answer = sign(&self.dossier, &signing, Some(&self.stage.delegation), &frame, self.now);
        if self.take(answer) {
            let (on, by) = match (late, departs) {
                (true, _) => (decided_on, "france_travail"),
                (false, true) => (day, "agent_ecart"),
                (false, false) => (day, "agent"),
            };
            self.tell("orientation", Some(on), format!("{}:{by}", target.organisme));
        }
    }

    fn take_over(&mut self, journey: &Journey, target: Target, decided: NaiveDate) {
        let known = UnderWay {
            target,
            decided_on: decided,
            contract: None,
            recorded_by: self.stage.delegation.agent.clone(),
        };
        let answer = take_over(&self.dossier, &known, None, self.frame_on(decided), self.now);
        if self.take(answer) {
            // A right on which somebody had decided was there by then.
            if decided < journey.received {
                self.tell("correction", Some(journey.opened.min(decided)), "");
                self.tell("reception", Some(decided), "");
            }
            self.tell("orientation", Some(decided), format!("{}:ailleurs", target.organisme));
        }
    }

    fn opening(journey: &Journey, duties: bool) -> Opening {
        Opening { opened_on: Some(journey.opened), received_on: journey.received, duties }
    }

    fn hear(&mut self, news: News, commune: Option<CodeInsee>) -> bool {
        let received = match news {
            News::Open(opening) | News::Suspended { opening, .. } => opening.received_on,
            News::Ended { on, .. } => on,
        };
        let told = Told { as_of: self.now, news, commune };
        let answer = life::hear(&self.dossier, &told, self.frame_on(received), self.now);
        self.take(answer)
    }

    fn is_over(&self) -> bool {
        matches!(self.dossier.state, State::Closed { .. })
    }

    fn suspend(&mut self, day: NaiveDate, journey: &Journey) {
        let duties = self.dossier.running_right().is_some();
        let news = News::Suspended {
            opening: Self::opening(journey, duties),
            suspension: Suspension { since: day, motive: None },
        };
        if !self.is_over() && self.hear(news, None) {
            self.tell("suspension", Some(day), "");
            self.tell("correction", Some(journey.opened), "");
        }
    }

    /// Somebody becomes subject to rights and duties, or no longer is. Whoever becomes so is received on that day.
    fn duties(&mut self, day: NaiveDate, journey: &Journey, duties: bool) {
        if self.is_over() {
            return;
        }
        let begins = duties && self.dossier.running_right().is_none();
        let opening = Opening { received_on: day, ..Self::opening(journey, duties) };
        if self.hear(News::Open(opening), None) {
            self.tell("devoirs", None, if duties { "oui" } else { "non" });
            self.tell("correction", Some(journey.opened), "");
            if begins {
                self.tell("reception", Some(day), "");
            }
        }
    }

    fn leave(&mut self, on: NaiveDate, motive: EndMotive) {
        if !self.is_over() && self.hear(News::Ended { motive, on }, None) {
            let what = if motive == EndMotive::RightRefused { "refus" } else { "fin" };
            self.tell(what, Some(on), "");
        }
    }

    fn merge(&mut self, day: NaiveDate) {
        if self.is_over() {
            return;
        }
        let other = DossierId(self.dossier.id.derive("l’autre"));
        let answer = merging::absorb(&self.dossier, other, self.now);
        if self.take(answer) {
            self.tell("reunion", Some(day), "");
        }
    }

    /// The person opens a right again, once or twice.
    fn come_back(&mut self) {
        for _ in 0..2 {
            let State::Closed { ending, .. } = &self.dossier.state else { return };
            let left = ending.on;
            if self.rng.u8(0..100) >= 40 {
                return;
            }
            let Right::Confirmed(Confirmed { opened_on, .. }) = self.dossier.right else { return };
            let journey = draw::journey(self.rng, self.stage, Some((opened_on, left, self.now)));
            if journey.known > self.stage.today || journey.received > self.stage.today {
                return;
            }
            self.until(journey.known);
            let commune = self.rng.bool().then(|| draw::commune(self.rng, self.stage));
            let opening = Self::opening(&journey, journey.duties);
            if !self.hear(News::Open(opening), commune) {
                return;
            }
            self.tell_right(&journey);
            if let Some(commune) = commune {
                self.tell("commune", None, commune.to_string());
            }
            self.go_on(&journey);
        }
    }
}

/// Every target that an agent may choose.
pub(crate) fn target(rng: &mut Rng) -> Target {
    // Mostly France Travail and the département, as in life.
    let organisme = match rng.u8(0..100) {
        0..42 => Organisme::FranceTravail,
        42..74 => Organisme::Departement,
        74..88 => Organisme::Delegataire,
        88..95 => Organisme::MissionLocale,
        _ => Organisme::CapEmploi,
    };
    Target { parcours: Parcours::ALL[rng.usize(..3)], organisme }
}
