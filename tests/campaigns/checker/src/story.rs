//! The history, put in order: the life of each dossier, each message, each row, each letter, each request.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::history::{Ask, Event, History, Message, Person, Request, Setting, What, Zone};
use crate::read::{Row, Waiting, text};

/// The streams of messages.
pub(crate) const STREAMS: [&str; 5] = ["triage", "assignment", "places", "carnet", "reminders"];

/// Everything that is known, by what it is about. An index is the place of an event in the history.
pub(crate) struct Story<'a> {
    pub(crate) history: &'a History,
    pub(crate) setting: &'a Setting,
    pub(crate) lives: BTreeMap<&'a str, Life<'a>>,
    pub(crate) sides: BTreeMap<Side<'a>, Vec<(usize, Option<&'a Value>)>>,
    pub(crate) letters: Vec<Letter<'a>>,
    /// The documents that are left, by name.
    pub(crate) documents: BTreeSet<&'a str>,
    pub(crate) requests: BTreeMap<u32, Asked<'a>>,
    pub(crate) messages: BTreeMap<Name, Travel<'a>>,
    /// Names of the messages among the dead letters.
    pub(crate) dead: Vec<Name>,
    /// The dossiers of those of whom no file tells, as far as they were answered.
    private: BTreeSet<&'a str>,
}

/// A table, a partition key and a sort key.
pub(crate) type Side<'a> = (&'a str, &'a str, &'a str);

/// A dossier from its first write to its last.
#[derive(Default)]
pub(crate) struct Life<'a> {
    pub(crate) versions: Vec<Version<'a>>,
    pub(crate) emitted: Vec<Emitted<'a>>,
    /// The row as it is at the end, sent messages cleared.
    pub(crate) last: Option<Row<'a>>,
}

/// One write of a dossier.
#[derive(Clone, Copy)]
pub(crate) struct Version<'a> {
    pub(crate) index: usize,
    pub(crate) at: DateTime<Utc>,
    pub(crate) row: Row<'a>,
}

/// A message that a write put in the outbox.
pub(crate) struct Emitted<'a> {
    pub(crate) version: usize,
    pub(crate) stream: &'static str,
    pub(crate) number: u64,
    /// `None` when the number was given and the outbox holds nothing under it.
    pub(crate) message: Option<Waiting<'a>>,
}

/// What a message is called: the dossier (or the territory), the stream, the number.
pub(crate) type Name = (String, String, u64);

/// A message from its first departure to its acknowledgement.
#[derive(Default)]
pub(crate) struct Travel<'a> {
    pub(crate) bodies: Vec<(&'static str, &'a str)>,
    /// When it was first taken off its queue.
    pub(crate) done: Option<usize>,
}

/// A letter, as it was stored.
pub(crate) struct Letter<'a> {
    pub(crate) index: usize,
    pub(crate) territory: &'a str,
    pub(crate) dossier: &'a str,
    pub(crate) json: Value,
}

impl Letter<'_> {
    /// Whether it leaves by telephone: it names nobody, and only the number says who it is for.
    pub(crate) fn rings(&self) -> bool {
        self.json["canal"] == "sms"
    }

    /// Whether it says who this person is.
    pub(crate) fn tells_of(&self, person: &Person) -> bool {
        let named = text(&self.json["texte"]).contains(&person.first_name);
        named || (self.rings() && text(&self.json["destinataire"]) == person.telephone)
    }
}

/// A request and its answers.
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a Request,
    pub(crate) index: usize,
    pub(crate) answers: Vec<(usize, &'static str, &'a [String])>,
}

impl<'a> Story<'a> {
    pub(crate) fn of(history: &'a History) -> Self {
        let mut story = Self {
            history,
            setting: &history.setting,
            lives: BTreeMap::new(),
            sides: BTreeMap::new(),
            letters: Vec::new(),
            documents: BTreeSet::new(),
            requests: BTreeMap::new(),
            messages: BTreeMap::new(),
            dead: Vec::new(),
            private: BTreeSet::new(),
        };
        for (index, event) in history.events.iter().enumerate() {
            story.tell(index, event);
        }
        story.dead = history.end.dead.iter().filter_map(name).collect();
        let keys: BTreeSet<&String> = history.setting.people.iter().map(|it| &it.key).collect();
        let alone = |it: &&Asked<'_>| it.request.ask == Ask::Submit && keys.contains(&it.request.key);
        let answers = story.requests.values().filter(alone).flat_map(|it| &it.answers);
        story.private = answers.flat_map(|it| it.2).map(String::as_str).collect();
        story
    }

    fn tell(&mut self, index: usize, event: &'a Event) {
        match &event.what {
            What::Commit { row, .. } => {
                let row = Row(row);
                self.lives.entry(row.pk()).or_default().write(Version { index, at: event.at, row });
            }
            What::Clear { row } => self.lives.entry(Row(row).pk()).or_default().last = Some(Row(row)),
            What::Side { table, pk, sk, attributes } => {
                self.sides.entry((table, pk, sk)).or_default().push((index, attributes.as_ref()));
            }
            What::Document { name, bytes } => self.letter(index, name, bytes.as_deref()),
            What::Sent(message) => {
                if let Some(name) = name(message) {
                    let travel = self.messages.entry(name).or_default();
                    let body = (message.queue, &*message.body);
                    if !travel.bodies.contains(&body) {
                        travel.bodies.push(body);
                    }
                }
            }
            What::Done(message) => {
                if let Some(travel) = name(message).and_then(|it| self.messages.get_mut(&it))
                    && travel.bodies.contains(&(message.queue, &*message.body))
                {
                    travel.done.get_or_insert(index);
                }
            }
            What::Asked(request) => {
                let asked = Asked { request, index, answers: Vec::new() };
                self.requests.insert(request.number, asked);
            }
            What::Answered { request, outcome, dossiers } => {
                if let Some(asked) = self.requests.get_mut(request) {
                    asked.answers.push((index, outcome, dossiers));
                }
            }
            What::Referent { .. } | What::Poison(_) | What::Calm | What::Endless => {}
        }
    }

    fn letter(&mut self, index: usize, name: &'a str, bytes: Option<&[u8]>) {
        if bytes.is_some() {
            self.documents.insert(name);
        } else {
            self.documents.remove(name);
        }
        let mut parts = name.split('/');
        let (Some("envois"), Some(territory), Some(dossier)) = (parts.next(), parts.next(), parts.next())
        else {
            return;
        };
        let Some(bytes) = bytes else { return };
        let json = serde_json::from_slice(bytes).unwrap_or_default();
        self.letters.push(Letter { index, territory, dossier, json });
    }

    /// The département of this code.
    pub(crate) fn zone(&self, code: &str) -> Option<&'a Zone> {
        self.setting.territories.iter().find(|it| it.code == code)
    }

    /// Whether the dossier may be that of somebody who comes in by several ways.
    pub(crate) fn is_shared(&self, pk: &str) -> bool {
        let territory = crate::read::territory_of(pk);
        let visits = self.setting.people.iter().any(|it| it.territory == territory && !it.visits.is_empty());
        visits && !self.private.contains(pk)
    }

    /// What a row of a side table holds at the end.
    pub(crate) fn side(&self, key: Side<'_>) -> Option<&'a Value> {
        self.sides.get(&key).and_then(|it| it.last()).and_then(|it| it.1)
    }

    /// The rows of a partition of a side table, as they are at the end.
    pub(crate) fn partition<'b>(
        &'b self,
        table: &'a str,
        pk: &'a str,
        prefix: &'b str,
    ) -> impl Iterator<Item = (&'a str, &'a Value)> + 'b {
        self.sides
            .range((table, pk, "")..)
            .take_while(move |((of, at, _), _)| *of == table && *at == pk)
            .filter(move |((_, _, sk), _)| sk.starts_with(prefix))
            .filter_map(|((_, _, sk), versions)| Some((*sk, versions.last()?.1?)))
    }

    /// The letters of a dossier.
    pub(crate) fn letters_of<'b>(&'b self, pk: &'b str) -> impl Iterator<Item = &'b Letter<'a>> {
        let (territory, dossier) = pk.split_once('#').unwrap_or_default();
        self.letters.iter().filter(move |it| it.territory == territory && it.dossier == dossier)
    }

    /// Whether a message ended among the dead letters, or waits for one of them: a step that wrote, and whose message
    /// died before what it sends had left, sends it when an operator gives that message back.
    pub(crate) fn is_dead(&self, pk: &str, stream: &str, number: u64) -> bool {
        let among = |stream: &str, number: Option<u64>| {
            self.dead
                .iter()
                .any(|it| it.0 == pk && it.1 == stream && number.is_none_or(|number| it.2 == number))
        };
        let row = self.lives.get(pk).and_then(|it| it.last);
        let cause = row.and_then(|it| it.caused_by(&format!("{stream}#{number}")));
        among(stream, Some(number)) || cause.is_some_and(|it| among(it, None))
    }

    /// Whether something that this stream carries for a dossier waits for an operator.
    pub(crate) fn awaits_operator(&self, pk: &str, stream: &str) -> bool {
        let outbox = self.lives.get(pk).and_then(|it| it.last).and_then(Row::outbox);
        let unsent = outbox.into_iter().flat_map(serde_json::Map::keys);
        let mut numbers = unsent.filter_map(|it| it.strip_prefix(stream)?.strip_prefix('#')?.parse().ok());
        self.dead.iter().any(|it| it.0 == pk && it.1 == stream)
            || numbers.any(|it| self.is_dead(pk, stream, it))
    }
}

impl<'a> Life<'a> {
    fn write(&mut self, version: Version<'a>) {
        let before = self.versions.last().map(|it| it.row);
        for stream in STREAMS {
            let from = before.map_or(0, |it| it.emitted(stream));
            for number in from + 1..=version.row.emitted(stream) {
                let message = version.row.waiting_message(&format!("{stream}#{number}"));
                self.emitted.push(Emitted { version: self.versions.len(), stream, number, message });
            }
        }
        self.last = Some(version.row);
        self.versions.push(version);
    }

    /// The dossier ended as a tombstone.
    pub(crate) fn erased(&self) -> bool {
        self.last.is_some_and(Row::erased)
    }

    /// The versions with the one before each.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (Option<Row<'a>>, &Version<'a>)> {
        let before = std::iter::once(None).chain(self.versions.iter().map(|it| Some(it.row)));
        before.zip(&self.versions)
    }

    /// How many decisions were signed.
    pub(crate) fn decisions(&self) -> usize {
        let signed = self.versions.iter().filter_map(|it| it.row.decision());
        signed.map(|it| it["le"].as_str()).collect::<BTreeSet<_>>().len()
    }

    /// How many journeys the person had: one, and one more each time that the right came back. Counted over every
    /// version, for a tombstone no longer says it.
    pub(crate) fn journeys(&self) -> usize {
        let journeys =
            self.versions.iter().filter(|it| !it.row.erased()).map(|it| it.row.number("reouvertures"));
        journeys.collect::<BTreeSet<_>>().len()
    }

    /// How many journeys had somebody to call while nobody had decided.
    pub(crate) fn contacts(&self) -> usize {
        let with = self.versions.iter().filter(|it| it.row.unsigned() && it.row.places().next().is_some());
        with.map(|it| it.row.number("reouvertures")).collect::<BTreeSet<_>>().len()
    }

    /// Whether the journey was ever over.
    pub(crate) fn was_closed(&self) -> bool {
        self.versions.iter().any(|it| it.row.closed())
    }

    /// The référents named one after the other.
    pub(crate) fn assignments(&self) -> Vec<(usize, crate::read::Place<'a>)> {
        let mut found: Vec<(usize, crate::read::Place<'a>)> = Vec::new();
        for version in &self.versions {
            if let Some(place) = version.row.assigned()
                && found.last().is_none_or(|(_, last)| *last != place)
            {
                found.push((version.index, place));
            }
        }
        found
    }
}

/// What names a message; the rest of it is not read.
#[derive(serde::Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    subject: Cow<'a, str>,
    #[serde(borrow)]
    territoire: Cow<'a, str>,
    #[serde(borrow)]
    flux: Cow<'a, str>,
    numero: u64,
}

/// What a message is called, when it is one of ours.
pub(crate) fn name(message: &Message) -> Option<Name> {
    let Named { subject, territoire, flux, numero } = serde_json::from_str(&message.body).ok()?;
    let of = if subject == territoire { territoire.into_owned() } else { format!("{territoire}#{subject}") };
    Some((of, flux.into_owned(), numero))
}
