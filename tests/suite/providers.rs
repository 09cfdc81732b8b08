//! Messages handed over to providers: once, or not at all and an agent knows it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use contracts::letters::Letter;
use domain::DossierId;
use domain::reminders::{Channel, Undelivered};
use engine::ports::{Documents, Handed, Messengers, Outgoing, PortError, QueueName, Rows, Table};
use engine::{StepError, World, steps};
use serde_json::{Value, json};

use crate::interrupted::{Mishap, process_with};
use crate::journey::key;
use crate::world::{Stage, application};

/// Providers that answer what a test wrote down, then take everything, and remember what they took.
#[derive(Clone, Default)]
struct Scripted(Arc<Mutex<Script>>);

#[derive(Default)]
struct Script {
    answers: VecDeque<Option<Handed>>,
    taken: Vec<(Channel, uuid::Uuid, String)>,
}

impl Scripted {
    /// `None`: busy.
    fn answering(answers: &[Option<Handed>]) -> Self {
        Self(Arc::new(Mutex::new(Script { answers: answers.iter().cloned().collect(), taken: Vec::new() })))
    }

    /// To whom, by what.
    fn taken(&self) -> Vec<(Channel, String)> {
        self.0.lock().unwrap().taken.iter().map(|(by, _, to)| (*by, to.clone())).collect()
    }
}

impl Messengers for Scripted {
    fn serves(&self, by: Channel) -> bool {
        by != Channel::Letter
    }

    async fn hand_over(&self, by: Channel, message: Outgoing<'_>) -> Result<Handed, PortError> {
        let mut script = self.0.lock().unwrap();
        let answer = script.answers.pop_front().unwrap_or(Some(Handed::Taken("m-1".into())));
        if let Some(Handed::Taken(_) | Handed::Unknown) = answer {
            script.taken.push((by, message.key, message.letter.destinataire.clone()));
        }
        answer.ok_or_else(|| PortError::new("send", "429"))
    }
}

const NO_SUCH_NUMBER: Option<Handed> = Some(Handed::Refused(Undelivered::InvalidAddress));

/// Somebody who applies; gives the message that acknowledges it.
async fn applied(change: impl Fn(&mut Value)) -> (Stage, DossierId, String) {
    let stage = Stage::new().await;
    let mut body = application("guichet", None, &json!({"natlog": "0904"}));
    change(&mut body["personne"]);
    let id = DossierId(stage.try_submit("cle-1", &body).await.unwrap().recu.dossier);
    let triage = stage.world.queues.take(QueueName::Triage).remove(0);
    steps::handle(&*stage.world, QueueName::Triage, &serde_json::to_string(&triage).unwrap()).await.unwrap();
    let message = stage.world.queues.take(QueueName::Reminders).remove(0);
    (stage, id, serde_json::to_string(&message).unwrap())
}

async fn remind(world: &impl World, message: &str) -> Result<(), StepError> {
    steps::handle(world, QueueName::Reminders, message).await
}

/// Handles the message three times with these providers, minutes apart.
async fn told(stage: &Stage, messengers: &Scripted, message: &str) {
    for _ in 0..3 {
        let (world, _) = process_with(stage, messengers.clone(), Mishap::DiesBefore, usize::MAX);
        // What is not acknowledged comes back.
        let _ = remind(&world, message).await;
        stage.world.clock.set(stage.now() + TimeDelta::minutes(4));
    }
}

/// An attribute of the claim of the receipt.
async fn claim(stage: &Stage, id: DossierId, attribute: &str) -> Value {
    let row = stage.world.store.get(Table::Envois, &key(id).pk(), "envoi#recu").await.unwrap().unwrap();
    row.attributes.get(attribute).cloned().unwrap_or_default()
}

async fn letter(stage: &Stage, id: DossierId, fact: &str) -> Option<Letter> {
    let bytes = stage.world.documents.get(&format!("envois/77/{id}/{fact}.json")).await.unwrap()?;
    Some(serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test]
async fn a_message_that_a_provider_takes_is_handed_over_once_however_often_it_is_delivered() {
    let (stage, id, message) = applied(|_| ()).await;
    let messengers = Scripted::default();
    told(&stage, &messengers, &message).await;
    assert_eq!(messengers.taken(), [(Channel::Sms, "+33639981234".to_owned())]);
    assert_eq!(
        (claim(&stage, id, "etat").await, claim(&stage, id, "fournisseur").await),
        ("envoye".into(), "m-1".into())
    );
    assert_eq!(letter(&stage, id, "recu").await.unwrap().canal, "sms", "the proof of what was said");
}

#[tokio::test]
async fn a_busy_provider_is_asked_again_and_takes_the_message_once() {
    let (stage, id, message) = applied(|_| ()).await;
    let messengers = Scripted::answering(&[None]);
    let (world, _) = process_with(&stage, messengers.clone(), Mishap::DiesBefore, usize::MAX);
    assert!(matches!(remind(&world, &message).await, Err(StepError::Retry(_))), "back to the queue");
    assert_eq!(claim(&stage, id, "etat").await, "reserve");
    told(&stage, &messengers, &message).await;
    assert_eq!((messengers.taken().len(), claim(&stage, id, "etat").await), (1, "envoye".into()));
}

#[tokio::test]
async fn a_number_that_a_provider_refuses_gives_way_to_the_next_channel() {
    let (stage, id, message) = applied(|_| ()).await;
    let messengers = Scripted::answering(&[NO_SUCH_NUMBER]);
    told(&stage, &messengers, &message).await;
    assert_eq!(messengers.taken(), [(Channel::Email, "camille@exemple.test".to_owned())]);
    assert_eq!(claim(&stage, id, "refus").await, json!({"sms": "adresse_invalide"}));
    assert_eq!(
        (claim(&stage, id, "etat").await, claim(&stage, id, "canal").await),
        ("envoye".into(), "courriel".into())
    );
    assert!(letter(&stage, id, "recu-par-courriel").await.unwrap().texte.starts_with("Bonjour Camille,"));

    // Both refuse: a letter is printed.
    let (stage, id, message) = applied(|_| ()).await;
    let messengers = Scripted::answering(&[NO_SUCH_NUMBER, NO_SUCH_NUMBER]);
    told(&stage, &messengers, &message).await;
    assert_eq!((messengers.taken(), claim(&stage, id, "etat").await), (vec![], "envoye".into()));
    let printed = letter(&stage, id, "recu-par-courrier").await.unwrap();
    assert!(printed.destinataire.contains("1 rue des Essais"));
    assert!(letter(&stage, id, "recu-agent").await.is_none());
}

#[tokio::test]
async fn a_message_that_every_channel_refuses_becomes_a_task_of_the_agent() {
    let (stage, id, message) = applied(|person| {
        person["courriel"] = Value::Null;
        person["adresse"] = json!({"code_postal": "77000", "commune": "77288"});
    })
    .await;
    let messengers = Scripted::answering(&[Some(Handed::Refused(Undelivered::OptedOut))]);
    told(&stage, &messengers, &message).await;
    assert_eq!((messengers.taken(), claim(&stage, id, "etat").await), (vec![], "refuse".into()));
    let task = letter(&stage, id, "recu-agent").await.unwrap();
    assert_eq!((task.destinataire.as_str(), task.objet.as_str()), ("agent", "Message non remis : à appeler"));
    assert!(task.texte.contains(&id.to_string()) && !task.texte.contains("Camille"));
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_never_leaves_again_and_an_agent_knows_it() {
    let (stage, id, message) = applied(|_| ()).await;
    let messengers = Scripted::answering(&[Some(Handed::Unknown)]);
    told(&stage, &messengers, &message).await;
    assert_eq!((messengers.taken().len(), claim(&stage, id, "etat").await), (1, "inconnu".into()));
    assert_eq!(letter(&stage, id, "recu-agent").await.unwrap().objet, "Message peut-être non remis");
}

#[tokio::test]
async fn whenever_a_process_dies_a_message_is_handed_over_at_most_once_and_never_forgotten() {
    for (mishap, script) in [Mishap::DiesBefore, Mishap::DiesAfter]
        .into_iter()
        .flat_map(|it| [(it, vec![]), (it, vec![NO_SUCH_NUMBER])])
    {
        for call in 0.. {
            let (stage, id, message) = applied(|_| ()).await;
            let messengers = Scripted::answering(&script);
            let (dying, thread) = process_with(&stage, messengers.clone(), mishap, call);
            let _ = remind(&dying, &message).await;
            let (early, _) = process_with(&stage, messengers.clone(), Mishap::DiesBefore, usize::MAX);
            let _ = remind(&early, &message).await;
            stage.world.clock.set(stage.now() + TimeDelta::minutes(4));
            told(&stage, &messengers, &message).await;
            let (taken, end) = (messengers.taken().len(), claim(&stage, id, "etat").await);
            let told_agent = letter(&stage, id, "recu-agent").await.is_some();
            let right = match end.as_str() {
                Some("envoye") => taken == 1 && !told_agent,
                Some("inconnu") => taken <= 1 && told_agent,
                _ => false,
            };
            assert!(right, "{mishap:?} {call}: {end}, {taken} taken, the agent told: {told_agent}");
            if !thread.met() {
                assert_eq!(end, "envoye");
                break;
            }
        }
    }
}

#[tokio::test]
async fn an_erasure_removes_what_every_channel_has_left() {
    let (stage, id, message) = applied(|_| ()).await;
    told(&stage, &Scripted::answering(&[NO_SUCH_NUMBER, Some(Handed::Unknown)]), &message).await;
    assert!(letter(&stage, id, "recu-par-courriel").await.is_some());
    stage.erase(id).await.unwrap();
    stage.days(4).await;
    for fact in ["recu", "recu-par-courriel", "recu-agent"] {
        assert!(letter(&stage, id, fact).await.is_none(), "{fact}");
    }
}
