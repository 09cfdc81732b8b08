//! A cohort brought to the eve of a step by the real engine, in fair weather: its rows, and the messages that wait.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context, ensure};
use contracts::api::{Admission, DelegationBody, Demande, ReferentBody, SignatureBody};
use domain::{DossierId, Territory};
use engine::ports::QueueName;
use engine::requests::{self, Asked};
use engine::{Professional, Role, steps};
use lambda::CloudWorld;
use local::clock::real_now;
use serde_json::json;

use super::verdict::{Departures, Doubled, LETTER, LETTERS, What};
use super::world::{TABLES, fresh, outside};
use crate::cloud::Cloud;
use crate::items::{Photograph, photograph};
use crate::names::letters;

/// How many référents share the cohort, each with just over their part: some fill up while the step runs.
const REFERENTS: usize = 6;

/// What the assignment tells the carnet that the peers tell it too: who the référent is.
const ASSIGNED: (&str, &str) = ("carnet", "fr.spie.referent.affecte.v1");

/// What our assignment tells besides: the decision to the carnet, and to the person.
const BESIDES: [(&str, &str); 2] =
    [("carnet", "fr.spie.dossier.oriente.v1"), ("reminders", "fr.spie.decision.a_notifier.v1")];

/// The cohort on the eve of a step.
pub struct Eve {
    /// The step's queue.
    pub queue: &'static str,
    /// Every row of the store.
    pub rows: Photograph,
    /// The bodies of the messages that wait for the step: one per dossier.
    pub messages: Vec<String>,
}

/// The cohort on the eve of its two steps.
pub struct Cohort {
    /// Who is in it.
    pub dossiers: Vec<DossierId>,
    /// Oriented, without a référent.
    pub assignment: Eve,
    /// Assigned, and not told.
    pub reminders: Eve,
}

impl Cohort {
    /// What the peers' assignment must tell, once: that each dossier has its référent.
    pub fn assigned(&self) -> BTreeSet<What> {
        self.each(&[ASSIGNED])
    }

    /// What our assignment must tell, once.
    pub fn assigned_and_decided(&self) -> BTreeSet<What> {
        self.each(&[&[ASSIGNED][..], &BESIDES].concat())
    }

    /// What the reminders must write, once: a letter about each dossier.
    pub fn letters(&self) -> BTreeSet<What> {
        self.each(&[(LETTERS, LETTER)])
    }

    fn each(&self, told: &[(&str, &str)]) -> BTreeSet<What> {
        let of = |dossier: &DossierId| {
            let dossier = dossier.to_string();
            told.iter().map(move |(place, kind)| What::new(place, kind, &dossier)).collect::<Vec<_>>()
        };
        self.dossiers.iter().flat_map(of).collect()
    }
}

/// Brings this many fictional people to the eve of each step. In fair weather our steps must do what is expected of
/// them, no more and no less: the campaign starts from there.
pub async fn prepare(people: usize) -> anyhow::Result<Cohort> {
    let served = Cloud::serve(fresh().await?, BTreeMap::new(), Arc::default()).await?;
    let stage = Stage { world: outside(&served.url())?, cloud: &served.cloud, territory: "77".parse()? };
    stage.staff(people).await?;
    let mut dossiers = Vec::new();
    for number in 0..people {
        dossiers.push(stage.apply(number).await?);
    }
    stage.drain(QueueName::Triage).await?;
    for dossier in &dossiers {
        stage.sign(*dossier).await?;
    }
    stage.drain(QueueName::Carnet).await?;
    stage.drain(QueueName::Reminders).await?;
    stage.clear_letters();

    let assignment = stage.eve("assignment")?;
    stage.drain(QueueName::Assignment).await?;
    let told = Departures::of(&served.cloud);
    stage.drain(QueueName::Carnet).await?;

    let reminders = stage.eve("reminders")?;
    stage.drain(QueueName::Reminders).await?;
    let written = Departures::of(&served.cloud);

    let cohort = Cohort { dossiers, assignment, reminders };
    for (left, expected) in [(told, cohort.assigned_and_decided()), (written, cohort.letters())] {
        let exact = left.lost(&expected) == 0 && left.doubled(&expected) == Doubled::default();
        ensure!(exact, "par beau temps, une étape ne fait pas ce qui est attendu d’elle : {left:?}");
    }
    Ok(cohort)
}

struct Stage<'a> {
    world: CloudWorld,
    cloud: &'a Cloud,
    territory: Territory,
}

impl Stage<'_> {
    /// An agent who may sign, and référents with room for everybody.
    async fn staff(&self, people: usize) -> anyhow::Result<()> {
        let head = self.who("chef-1", Role::Head)?;
        let delegation = json!({"nom": "Alix Exemple", "qualite": "responsable de l’orientation", "acte": "2026-01",
            "du": "2026-01-01"});
        let delegation = DelegationBody::parse(&delegation)?;
        requests::put_delegation(&self.world, &head, &"agent-1".parse()?, delegation).await?;
        for number in 0..REFERENTS {
            let body = json!({"nom": "Dominique Fictif", "structure": "MDS de Melun", "telephone": "01 99 00 12 34",
                "adresse": "1 rue des Exemples, 77000 Melun", "organisme": "departement",
                "capacite": people / REFERENTS + 1, "parcours": ["social"], "communes": []});
            let body = ReferentBody::parse(&body, self.territory)?;
            let id = format!("ref-{number}").parse()?;
            requests::put_referent(&self.world, &head, &id, None, body).await?;
        }
        Ok(())
    }

    /// A fictional person of Melun applies at a counter, with a confirmed right.
    async fn apply(&self, number: usize) -> anyhow::Result<DossierId> {
        let today = self.territory.local_date(real_now());
        let body = json!({
            "territoire": "77", "canal": "guichet",
            "personne": {"prenom": "Camille", "nom": format!("Exemple {}", letters(number)), "date_naissance": "1990-05-17",
                "courriel": "camille@exemple.test",
                "adresse": {"voie": "1 rue des Essais", "code_postal": "77000", "commune": "77288"}},
            "foyer": {"conjoint": false, "enfants": 1, "majore": false, "role": "demandeur"},
            "dsp": {"natlog": "0904", "hispro": "1903"},
            "souhaits": {},
            "droit": {"statut": "confirme", "date_ouverture": today, "date_reception": today},
        });
        let admission = Admission { served: &[self.territory], trusted: true, today };
        let demande = Demande::parse(&body, &admission)?;
        let asked = Asked { key: format!("demande-{number}"), body: body.to_string().into(), if_match: None };
        Ok(DossierId(requests::submit(&self.world, demande, &asked, "agent:agent-1").await?.recu.dossier))
    }

    async fn sign(&self, dossier: DossierId) -> anyhow::Result<()> {
        let agent = self.who("agent-1", Role::Orientation)?;
        let body = json!({"parcours": "social", "organisme": "departement"});
        let today = self.territory.local_date(real_now());
        let body = SignatureBody::parse(&body, today)?;
        let seen = requests::dossier(&self.world, &agent, dossier).await?.etag;
        let asked = Asked { key: format!("signature-{dossier}"), body: Vec::new(), if_match: Some(seen) };
        requests::sign(&self.world, &agent, dossier, &asked, body).await?;
        Ok(())
    }

    /// Treats what waits in a queue, as its function would.
    async fn drain(&self, queue: QueueName) -> anyhow::Result<()> {
        for message in self.cloud.queues().take(queue.name(), usize::MAX, None).messages {
            steps::handle(&self.world, queue, &message.body)
                .await
                .context("une étape a échoué par beau temps")?;
            self.cloud.queues().acknowledge(queue.name(), message.handle);
        }
        Ok(())
    }

    /// Takes the letters of earlier facts away: those that follow are alone.
    fn clear_letters(&self) {
        self.cloud.documents().restore(BTreeMap::new());
    }

    /// What there is now; what waits stays, for the step to go on.
    fn eve(&self, queue: &'static str) -> anyhow::Result<Eve> {
        let waiting = self.cloud.queues().take(queue, usize::MAX, None).messages;
        for message in &waiting {
            self.cloud.queues().give_back(queue, message.handle);
        }
        let messages = waiting.into_iter().map(|it| it.body).collect();
        Ok(Eve { queue, rows: photograph(self.cloud.database(), &TABLES)?, messages })
    }

    fn who(&self, agent: &str, role: Role) -> anyhow::Result<Professional> {
        Ok(Professional { agent: agent.parse()?, territory: self.territory, role })
    }
}
