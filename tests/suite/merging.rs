//! Two dossiers of one person: found to be alike, merged by an agent, parted again, whatever dies in between.

use chrono::{NaiveDate, TimeDelta};
use contracts::api::{EtatCode, ReunionBody};
use domain::{DossierId, Refusal};
use engine::ports::Table;
use engine::requests::{self, RequestError, Shown};
use engine::{World, requests::Asked};
use serde_json::{Value, json};

use crate::imports::{a_flow, give};
use crate::interrupted::{Mishap, process};
use crate::one_person::Somebody;
use crate::world::{Stage, application};

/// Somebody who applied twice online, the second time with another telephone: nobody can be sure.
struct Twice {
    stage: Stage,
    first: DossierId,
    second: DossierId,
    second_code: String,
}

impl Twice {
    async fn new() -> Self {
        Self::told(&json!({})).await
    }

    /// The second application gives these values too.
    async fn told(values: &Value) -> Self {
        let stage = Stage::new().await;
        let first = stage.try_submit("cle-1", &application("web", None, &json!({"natlog": "0904"}))).await;
        stage.drain().await;
        stage.world.clock.set(stage.now() + TimeDelta::minutes(5));
        let mut body = application("web", None, &json!({"hispro": "1903"}));
        body["personne"]["telephone"] = json!("06 39 98 99 99");
        body["personne"]["courriel"] = json!("autre@exemple.test");
        for (name, value) in values.as_object().unwrap() {
            body["personne"][name] = value.clone();
        }
        let second = stage.try_submit("cle-2", &body).await.unwrap().recu;
        stage.drain().await;
        let (first, second, second_code) =
            (DossierId(first.unwrap().recu.dossier), DossierId(second.dossier), second.suivi);
        Self { stage, first, second, second_code }
    }

    async fn asked(&self) -> Asked {
        self.stage.asked(Some(self.stage.etag(self.second).await))
    }

    async fn merge_on<W: World>(&self, world: &W, asked: &Asked) -> Result<Shown, RequestError> {
        requests::merge(world, &self.stage.agent, self.second, asked, self.first).await
    }

    async fn part_on<W: World>(&self, world: &W, asked: &Asked) -> Result<Shown, RequestError> {
        requests::part(world, &self.stage.agent, self.second, asked, self.first).await
    }

    async fn merged(self) -> Self {
        let asked = self.asked().await;
        self.merge_on(&*self.stage.world, &asked).await.unwrap();
        self.stage.drain().await;
        self
    }

    /// What an agent sees of both, and which doors there are.
    async fn seen(&self) -> Value {
        let mut all = Vec::new();
        for id in [self.first, self.second] {
            let shown = self.stage.show(id).await;
            let person = requests::person(&*self.stage.world, &self.stage.agent, id).await.unwrap();
            let rule = requests::proposal(&*self.stage.world, &self.stage.agent, id).await.unwrap().regle;
            all.push(json!({"etat": shown.etat, "droit": shown.droit, "fin": shown.fin, "regle": rule,
                "identite": person.identite, "contacts": person.contacts}));
        }
        let doors: Vec<(String, String, Value)> = self
            .stage
            .world
            .store
            .sides(Table::Acces)
            .into_iter()
            .map(|it| (it.pk, it.sk, it.attributes.get("dossier").cloned().unwrap_or_default()))
            .collect();
        json!({"dossiers": all, "portes": doors})
    }

    async fn telephone(&self, id: DossierId) -> Option<String> {
        requests::person(&*self.stage.world, &self.stage.agent, id).await.unwrap().contacts.telephone
    }
}

#[tokio::test]
async fn two_dossiers_of_one_name_and_birth_date_are_shown_to_look_alike() {
    let twice = Twice::new().await;
    let found =
        requests::resemblances(&*twice.stage.world, &twice.stage.agent, twice.first).await.unwrap().elements;
    let [other] = found.as_slice() else { panic!("{} dossiers", found.len()) };
    assert_eq!(
        (other.dossier, &other.par),
        (twice.second.0, &vec!["le nom et la date de naissance".to_owned()])
    );
}

#[tokio::test]
async fn merged_the_first_dossier_goes_on_with_the_last_telephone_and_the_last_answers() {
    let twice = Twice::new().await.merged().await;
    let (first, second) = (twice.stage.show(twice.first).await, twice.stage.show(twice.second).await);
    assert_eq!((first.etat, second.etat), (EtatCode::AOrienter, EtatCode::Clos));
    assert_eq!(second.fin.unwrap().avec, Some(twice.first.0));
    assert_eq!(twice.telephone(twice.first).await.as_deref(), Some("+33639989999"));
    let read = requests::proposal(&*twice.stage.world, &twice.stage.agent, twice.first).await.unwrap();
    let facts = serde_json::to_string(&read.faits).unwrap();
    assert!(facts.contains("hispro") && !facts.contains("natlog"), "{facts}");
    // Whoever kept the second code follows the dossier that goes on.
    let birth = NaiveDate::from_ymd_opt(1990, 5, 17).unwrap();
    let followed =
        requests::follow_up(&*twice.stage.world, &twice.second_code, birth).await.unwrap().unwrap();
    assert_eq!(followed.shown.json.dossier, twice.first.0);
}

#[tokio::test]
async fn merged_the_same_person_opens_no_third_dossier() {
    let twice = Twice::new().await.merged().await;
    let mut body = application("guichet", None, &json!({}));
    body["personne"]["telephone"] = json!("06 39 98 77 77");
    let third = twice.stage.try_submit("cle-3", &body).await.unwrap();
    assert_eq!((third.recu.dossier, twice.stage.world.store.dossiers().len()), (twice.first.0, 2));
}

#[tokio::test]
async fn parted_both_are_as_they_were() {
    let twice = Twice::new().await;
    let before = twice.seen().await;
    let twice = twice.merged().await;
    assert_ne!(twice.seen().await, before);
    let asked = twice.asked().await;
    twice.part_on(&*twice.stage.world, &asked).await.unwrap();
    twice.stage.drain().await;
    assert_eq!(twice.seen().await, before);
    let kept = requests::resemblances(&*twice.stage.world, &twice.stage.agent, twice.first).await.unwrap();
    assert_eq!((kept.elements.len(), kept.reunions.len()), (1, 1));
    assert!(kept.reunions[0].defaite_le.is_some());
    // And merged once more.
    let again = twice.merged().await;
    assert_eq!(again.stage.show(again.second).await.etat, EtatCode::Clos);
}

#[tokio::test]
async fn what_somebody_said_since_a_merge_stays_when_it_is_undone() {
    let twice = Twice::new().await.merged().await;
    let mut body = application("guichet", None, &json!({}));
    body["personne"]["telephone"] = json!("06 39 98 77 77");
    twice.stage.world.clock.set(twice.stage.now() + TimeDelta::days(1));
    twice.stage.try_submit("cle-3", &body).await.unwrap();
    let asked = twice.asked().await;
    twice.part_on(&*twice.stage.world, &asked).await.unwrap();
    assert_eq!(twice.telephone(twice.first).await.as_deref(), Some("+33639987777"));
    assert_eq!(twice.telephone(twice.second).await.as_deref(), Some("+33639989999"));
}

/// Does something with a process that dies at each of its calls in turn, then asks again for the same.
async fn whatever_dies(parting: bool) {
    let expected = done(parting, None).await.0;
    for mishap in [Mishap::DiesBefore, Mishap::DiesAfter] {
        for at in 0.. {
            let (end, met) = done(parting, Some((mishap, at))).await;
            if !met {
                assert!(at > 15, "{at} calls");
                break;
            }
            assert_eq!(end, expected, "{mishap:?} at {at}");
        }
    }
}

/// How it ends, and whether the process came to the call at which it was to die.
async fn done(parting: bool, dies: Option<(Mishap, usize)>) -> (Value, bool) {
    let mut twice = Twice::new().await;
    if parting {
        twice = twice.merged().await;
    }
    let asked = twice.asked().await;
    let mut met = false;
    if let Some((mishap, at)) = dies {
        let (dying, thread) = process(&twice.stage, mishap, at);
        let outcome =
            if parting { twice.part_on(&dying, &asked).await } else { twice.merge_on(&dying, &asked).await };
        met = thread.met();
        assert!(met || outcome.is_ok(), "{outcome:?}");
    }
    let world = &*twice.stage.world;
    if parting { twice.part_on(world, &asked).await } else { twice.merge_on(world, &asked).await }.unwrap();
    twice.stage.drain().await;
    (twice.seen().await, met)
}

#[tokio::test]
async fn a_merge_that_dies_at_any_call_and_is_asked_again_ends_as_if_it_had_not() {
    whatever_dies(false).await;
}

#[tokio::test]
async fn a_parting_that_dies_at_any_call_and_is_asked_again_ends_as_if_it_had_not() {
    whatever_dies(true).await;
}

#[tokio::test]
async fn what_an_application_tells_reaches_the_dossier_that_goes_on_though_its_own_was_merged_meanwhile() {
    let mut at = 0;
    loop {
        let twice = Twice::told(&json!({"numero_allocataire": "1234567"})).await;
        twice.stage.world.clock.set(twice.stage.now() + TimeDelta::minutes(5));
        let (dying, thread) = process(&twice.stage, Mishap::DiesAfter, at);
        let mut body = application("guichet", None, &json!({"hispro": "1901"}));
        body["personne"]["numero_allocataire"] = json!("1234567");
        body["personne"]["telephone"] = json!("06 39 98 55 55");
        body["aide_immediate"] = json!(["hebergement"]);
        let told = twice.stage.submit_by(&dying, "cle-3", &body).await;
        if let Ok(told) = &told {
            assert_eq!(told.recu.dossier, twice.second.0, "at call {at}");
        }
        twice.stage.drain().await;
        let merged = twice.merge_on(&*twice.stage.world, &twice.asked().await).await;
        let again = twice.stage.try_submit("cle-3", &body).await.unwrap();
        twice.stage.drain().await;
        let on = if merged.is_ok() { twice.first } else { twice.second };
        assert!([twice.first.0, twice.second.0].contains(&again.recu.dossier), "at call {at}");
        assert_eq!(twice.telephone(on).await.as_deref(), Some("+33639985555"), "at call {at}");
        assert_eq!(twice.stage.show(on).await.etat, EtatCode::Urgence, "at call {at}");
        if !thread.met() {
            break;
        }
        at += 1;
    }
    assert!(at > 10, "{at}");
}

#[tokio::test]
async fn a_merge_on_a_stale_copy_or_of_a_signed_dossier_changes_nothing() {
    let twice = Twice::new().await;
    let before = twice.seen().await;
    let etag = twice.stage.etag(twice.second).await;
    let stale = twice.merge_on(&*twice.stage.world, &twice.stage.asked(Some(etag + 1))).await;
    assert!(matches!(stale, Err(RequestError::Stale { .. })), "{stale:?}");
    let asked = twice.asked().await;
    let itself =
        requests::merge(&*twice.stage.world, &twice.stage.agent, twice.second, &asked, twice.second).await;
    assert!(matches!(itself, Err(RequestError::Refused(Refusal::SameDossier))), "{itself:?}");
    let unknown = DossierId(uuid::Uuid::from_u128(1));
    let nobody =
        requests::merge(&*twice.stage.world, &twice.stage.agent, twice.second, &asked, unknown).await;
    assert!(matches!(nobody, Err(RequestError::NotFound)), "{nobody:?}");
    assert_eq!(twice.seen().await, before);
}

#[tokio::test]
async fn whoever_is_erased_is_erased_with_the_dossiers_that_were_merged_into_theirs() {
    let twice = Twice::new().await.merged().await;
    twice.stage.erase(twice.first).await.unwrap();
    for id in [twice.first, twice.second] {
        let gone = requests::dossier(&*twice.stage.world, &twice.stage.agent, id).await;
        assert!(matches!(gone, Err(RequestError::Gone)), "{gone:?}");
    }
}

#[tokio::test]
async fn an_erasure_that_is_refused_erases_none_of_the_dossiers_that_were_merged() {
    let twice = Twice::new().await.merged().await;
    let before = twice.seen().await;
    let etag = twice.stage.etag(twice.first).await;
    let refused = twice.stage.erase_as(twice.first, &twice.stage.asked(Some(etag + 1))).await;
    assert!(matches!(refused, Err(RequestError::Stale { .. })), "{refused:?}");
    assert_eq!(twice.seen().await, before);
}

#[tokio::test]
async fn a_merge_that_was_begun_and_never_ended_erases_nobody_else() {
    let twice = Twice::new().await;
    let asked = twice.asked().await;
    let mut at = 0;
    // The process dies once it has begun: the claim is written, the other dossier is not closed.
    loop {
        let (dying, thread) = process(&twice.stage, Mishap::DiesAfter, at);
        let died = twice.merge_on(&dying, &asked).await.is_err();
        assert!(died && thread.met());
        let reunions = requests::resemblances(&*twice.stage.world, &twice.stage.agent, twice.first).await;
        if !reunions.unwrap().reunions.is_empty() {
            break;
        }
        at += 1;
    }
    assert_eq!(twice.stage.show(twice.second).await.etat, EtatCode::AOrienter);
    twice.stage.erase(twice.first).await.unwrap();
    assert_eq!(twice.stage.show(twice.second).await.etat, EtatCode::AOrienter);
}

#[tokio::test]
async fn a_dossier_merged_into_one_that_is_merged_leads_to_the_last_and_is_erased_with_it() {
    let twice = Twice::new().await.merged().await;
    let mut body = application("guichet", None, &json!({}));
    body["personne"]["nom"] = json!("Fictif");
    let third = DossierId(twice.stage.try_submit("cle-3", &body).await.unwrap().recu.dossier);
    twice.stage.drain().await;
    let asked = twice.stage.asked(Some(twice.stage.etag(twice.first).await));
    requests::merge(&*twice.stage.world, &twice.stage.agent, twice.first, &asked, third).await.unwrap();
    let birth = NaiveDate::from_ymd_opt(1990, 5, 17).unwrap();
    let followed =
        requests::follow_up(&*twice.stage.world, &twice.second_code, birth).await.unwrap().unwrap();
    assert_eq!(followed.shown.json.dossier, third.0);
    twice.stage.erase(third).await.unwrap();
    for id in [twice.first, twice.second, third] {
        let gone = requests::dossier(&*twice.stage.world, &twice.stage.agent, id).await;
        assert!(matches!(gone, Err(RequestError::Gone)), "{gone:?}");
    }
}

#[tokio::test]
async fn namesakes_of_two_households_of_a_flow_have_a_dossier_each_and_the_file_says_that_they_look_alike() {
    let somebody = Somebody::new();
    let other = somebody.namesake();
    let stage = Stage::new().await;
    let both = [somebody.monthly(), &other];
    for (number, (file, crees)) in both.iter().zip([1, 1]).chain(both.iter().zip([0, 0])).enumerate() {
        let told = give(&stage, &format!("cle-{number}"), a_flow(), file.as_bytes().to_vec()).await;
        let bilan = told.bilan.unwrap();
        assert_eq!((bilan.crees, bilan.mis_a_jour, bilan.refuses), (crees, 0, 0), "file {number}");
    }
    assert_eq!(stage.world.store.dossiers().len(), 2);
    let ids: Vec<DossierId> = stage
        .world
        .store
        .dossiers()
        .iter()
        .map(|it| engine::DossierKey::parse(&it.pk).unwrap().dossier)
        .collect();
    let alike = requests::resemblances(&*stage.world, &stage.agent, ids[0]).await.unwrap().elements;
    assert_eq!(alike.iter().map(|it| it.dossier).collect::<Vec<_>>(), [ids[1].0]);
    // An agent says that they are one: files that speak of either now speak of it.
    let seen = stage.etag(ids[1]).await;
    let body = ReunionBody::parse(&json!({"avec": ids[0].0})).unwrap();
    let asked = stage.asked(Some(seen));
    requests::merge(&*stage.world, &stage.agent, ids[1], &asked, body.with).await.unwrap();
    for (number, file) in both.iter().enumerate() {
        let told = give(&stage, &format!("encore-{number}"), a_flow(), file.as_bytes().to_vec()).await;
        let bilan = told.bilan.unwrap();
        assert_eq!((bilan.crees, bilan.refuses), (0, 0), "{bilan:?}");
    }
    assert_eq!(stage.show(ids[1]).await.etat, EtatCode::Clos);
}
