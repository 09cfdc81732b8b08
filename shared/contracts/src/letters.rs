//! What people are told: texts from a file, filled with the facts of one dossier.

mod sms;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::decision::Notice;
use domain::dossier::{Channel, Signatory};
use domain::frame::Counted;
use domain::reminders::{About, Channel as ByChannel, Dispatch, Recipient};
use domain::{Dossier, State, Territory};
use serde::{Deserialize, Serialize};

use crate::data::{DataError, Sending, Service};
use crate::french::{long_date, phone};
use crate::rows::ReferentRow;
use crate::sealed::{ContactsV1, IdentiteV1};

/// A message ready to leave. It holds a person's data: it goes to the documents, never to a queue or a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// Version of this shape: 1.
    pub v: u32,
    /// The dossier.
    pub dossier: String,
    /// The fact that it tells, unique in the dossier.
    pub cle: String,
    /// How it leaves: `sms`, `courriel`, `courrier`, or the desk inside the institution.
    pub canal: String,
    /// The day it was written.
    pub le: NaiveDate,
    /// To whom, as the channel needs it.
    pub destinataire: String,
    /// The subject.
    pub objet: String,
    /// The text.
    pub texte: String,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter")
            .field("dossier", &self.dossier)
            .field("cle", &self.cle)
            .finish_non_exhaustive()
    }
}

/// What a message needs beside the dossier and the person.
#[derive(Clone, Debug)]
pub struct Context {
    /// The day it is written.
    pub today: NaiveDate,
    /// The number that the person was given.
    pub reference: String,
    /// The clock of the orientation, when it runs.
    pub delays: Option<Counted>,
}

/// The texts, as in the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letters {
    signature: String,
    recu: Told,
    arrivee: Told,
    reprise: Told,
    decision_referent: Told,
    decision_attente: Told,
    referent: Told,
    contact: Told,
    france_travail: Told,
    urgence: Text,
    reponses: Told,
    retard: Text,
    organisme: Text,
    injoignable: Text,
    incertain: Text,
    phrases: Phrases,
    #[serde(skip)]
    service: Service,
}

/// What the institution is told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    objet: String,
    texte: String,
}

/// What a person is told, and the few words that say it on a telephone.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    objet: String,
    sms: String,
    texte: String,
}

/// The words of one message, whoever it is for.
struct Words<'a> {
    subject: &'a str,
    text: &'a str,
    sms: Option<&'a str>,
}

impl<'a> From<&'a Text> for Words<'a> {
    fn from(it: &'a Text) -> Self {
        Self { subject: &it.objet, text: &it.texte, sms: None }
    }
}

impl<'a> From<&'a Told> for Words<'a> {
    fn from(it: &'a Told) -> Self {
        Self { subject: &it.objet, text: &it.texte, sms: Some(&it.sms) }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Phrases {
    contact_garde: String,
    signataire_agent: String,
    signataire_france_travail: String,
    signataire_reprise: String,
    recours: String,
    recours_france_travail: String,
    mention: String,
}

/// Every word in braces that a text may use.
const KNOWN: [&str; 22] = [
    "departement",
    "prenom",
    "date",
    "reference",
    "parcours",
    "organisme",
    "referent",
    "structure",
    "referent_telephone",
    "referent_adresse",
    "signataire",
    "recours",
    "telephone",
    "horaires",
    "service",
    "contact_garde",
    "jour",
    "dossier",
    "cible",
    "legale",
    "nom",
    "qualite",
];

impl Letters {
    /// Reads the texts; a word in braces that nothing fills is an error, and so is a word that reveals a benefit or a state
    /// of health, and words for a telephone that one could not send in any of these territories.
    pub(crate) fn read(
        file: &'static str,
        text: &str,
        rules: &Sending,
        (served, service): (&[Territory], Service),
    ) -> Result<Self, DataError> {
        let mut letters: Self = toml::from_str(text)
            .map_err(|source| DataError::Unreadable { file, source: Box::new(source) })?;
        letters.service = service;
        for word in words(text) {
            if !KNOWN.contains(&word) && word != "date_decision" {
                return Err(DataError::Wrong { file, at: word.to_owned() });
            }
        }
        let told = text.lines().filter(|it| !it.trim_start().starts_with('#'));
        for word in told.flat_map(|it| it.split(|it: char| !it.is_alphanumeric())) {
            if rules.reveals(word) {
                return Err(DataError::Wrong { file, at: word.to_owned() });
            }
        }
        letters.check_sms(served, rules).map_err(|at| DataError::Wrong { file, at })?;
        Ok(letters)
    }

    /// What accompanies every proposition that an algorithm helped to prepare (CRPA L. 311-3-1, R. 311-3-1-1).
    pub fn mention(&self) -> String {
        let values = BTreeMap::from([
            ("service", self.service.nom.clone()),
            ("telephone", self.service.telephone.clone()),
        ]);
        fill(&self.phrases.mention, &values)
    }

    /// Writes one message.
    pub fn render(
        &self,
        dossier: &Dossier,
        dispatch: &Dispatch,
        identity: Option<&IdentiteV1>,
        contacts: Option<&ContactsV1>,
        referent: Option<&ReferentRow>,
        context: &Context,
    ) -> Letter {
        let mut values = self.common(dossier, identity, referent);
        values.insert("reference", context.reference.clone());
        if let Some(Counted { start, target, legal }) = context.delays {
            values.insert("jour", (context.today - start).num_days().to_string());
            values.insert("cible", long_date(target));
            values.insert("legale", long_date(legal));
        }
        let words = self.words(dossier, dispatch.about, referent.is_some());
        let text = match (dispatch.to, words.sms) {
            (Recipient::Person(ByChannel::Sms), Some(sms)) => sms::write(sms, &values),
            (Recipient::Person(_) | Recipient::Institution(_), _) => {
                let body = fill(words.text.trim_start(), &values);
                format!("{body}\n{}", fill(&self.signature, &values))
            }
        };
        Letter {
            v: 1,
            dossier: dossier.id.to_string(),
            cle: dispatch.key.clone(),
            canal: channel(dispatch.to).to_owned(),
            le: context.today,
            destinataire: addressee(dispatch.to, identity, contacts),
            objet: fill(words.subject, &values),
            texte: text,
        }
    }

    fn words(&self, dossier: &Dossier, about: About, has_referent: bool) -> Words<'_> {
        match about {
            About::Notice(Notice::Received) if dossier.reopened > 0 => (&self.reprise).into(),
            // Somebody whom a file brought in has asked us for nothing.
            About::Notice(Notice::Received) if dossier.channel == Channel::Flow => (&self.arrivee).into(),
            About::Notice(Notice::Received) => (&self.recu).into(),
            About::Notice(Notice::Decision) => match &dossier.state {
                State::Assigned { .. } if has_referent => (&self.decision_referent).into(),
                State::Assigned { .. }
                | State::Submitted
                | State::Urgent { .. }
                | State::ToOrient { .. }
                | State::Oriented { .. }
                | State::AwaitingPlace { .. }
                | State::AwaitingFranceTravail { .. }
                | State::Closed { .. } => (&self.decision_attente).into(),
            },
            About::Notice(Notice::Referent) => (&self.referent).into(),
            About::Notice(Notice::Contact) => (&self.contact).into(),
            About::Notice(Notice::FranceTravail) => (&self.france_travail).into(),
            About::Emergency => (&self.urgence).into(),
            About::MissingAnswers => (&self.reponses).into(),
            About::OrientationLate => (&self.retard).into(),
            About::NamingLate => (&self.organisme).into(),
            About::NotReached => (&self.injoignable).into(),
            About::MaybeNotReached => (&self.incertain).into(),
        }
    }

    fn common(
        &self,
        dossier: &Dossier,
        identity: Option<&IdentiteV1>,
        referent: Option<&ReferentRow>,
    ) -> BTreeMap<&'static str, String> {
        let mut values = BTreeMap::from([
            ("prenom", identity.map(|it| it.prenom.clone()).unwrap_or_default()),
            ("date", long_date(dossier.territory.local_date(dossier.submitted_at))),
            ("dossier", dossier.id.to_string()),
            ("departement", dossier.territory.name().to_owned()),
            ("service", self.service.nom.clone()),
            ("telephone", self.service.telephone.clone()),
            ("referent_telephone", phone(&self.service.telephone)),
            ("horaires", self.service.horaires.clone()),
            ("recours", self.phrases.recours.clone()),
        ]);
        if let Some(referent) = referent {
            values.insert("referent", referent.nom.clone());
            values.insert("structure", referent.structure.clone());
            // Always somebody to call, and a place to go: the service's when the référent's are not known.
            let said =
                |own: &String, service: &String| if own.is_empty() { service.clone() } else { own.clone() };
            values.insert("referent_telephone", phone(&said(&referent.telephone, &self.service.telephone)));
            values.insert("referent_adresse", said(&referent.adresse, &self.service.adresse));
            values.insert("contact_garde", fill(&self.phrases.contact_garde, &values));
        }
        if let Some(decision) = dossier.state.decision() {
            values.insert("parcours", decision.target.parcours.label().to_owned());
            values.insert("organisme", decision.target.organisme.label().to_owned());
            let sentence = match &decision.by {
                Signatory::Agent { name, quality, .. } => {
                    values.insert("nom", name.clone());
                    values.insert("qualite", quality.clone());
                    values.insert("date_decision", long_date(dossier.territory.local_date(decision.at)));
                    &self.phrases.signataire_agent
                }
                Signatory::FranceTravail { decided_on, .. } => {
                    values.insert("date_decision", long_date(*decided_on));
                    values.insert("recours", self.phrases.recours_france_travail.clone());
                    &self.phrases.signataire_france_travail
                }
                Signatory::TakenOver { .. } => {
                    values.insert("date_decision", long_date(dossier.territory.local_date(decision.at)));
                    &self.phrases.signataire_reprise
                }
            };
            values.insert("signataire", fill(sentence, &values));
        }
        values
    }
}

fn channel(to: Recipient) -> &'static str {
    match to {
        Recipient::Person(channel) => channel.code(),
        Recipient::Institution(to) => crate::codes::AlerteCode::from(to).code(),
    }
}

/// Where the channel delivers: a number, an e-mail address, a postal address; the desk's name inside.
fn addressee(to: Recipient, identity: Option<&IdentiteV1>, contacts: Option<&ContactsV1>) -> String {
    let Recipient::Person(by) = to else { return channel(to).to_owned() };
    let Some(contacts) = contacts else { return String::new() };
    match by {
        ByChannel::Sms => contacts.telephone.clone().unwrap_or_default(),
        ByChannel::Email => contacts.courriel.clone().unwrap_or_default(),
        ByChannel::Letter => {
            let name = identity.map(|it| format!("{} {}", it.prenom, it.nom)).unwrap_or_default();
            let commune: Option<domain::commune::CodeInsee> = contacts.commune.parse().ok();
            let commune = commune.and_then(domain::commune::find).map(|it| it.name).unwrap_or_default();
            let street = contacts.voie.clone().unwrap_or_default();
            format!("{name}\n{street}\n{} {commune}", contacts.code_postal)
        }
    }
}

/// Replaces the words in braces, in one pass: what a value says is never read as a word. A word without a value
/// becomes nothing, and a line left empty by it goes.
fn fill(text: &str, values: &BTreeMap<&'static str, String>) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut filled = String::with_capacity(line.len());
        let mut rest = line;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let (word, after) = after.split_once('}').unwrap_or((after, ""));
            filled.push_str(values.get(word).map_or("", String::as_str));
            rest = after;
        }
        filled.push_str(rest);
        if !filled.trim().is_empty() || line.trim().is_empty() {
            lines.push(filled);
        }
    }
    lines.join("\n")
}

fn words(text: &str) -> Vec<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(word, _)| word).collect()
}
