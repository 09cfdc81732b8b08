//! One person tells of themselves and is told of by others, in every order: there is one dossier, and it ends the same.

use chrono::{NaiveDate, TimeDelta};
use contracts::api::ImportNature;
use engine::imports::Deposit;
use engine::requests;
use files::flow::Kind;
use files::forge::{self, Charset, Options};
use serde_json::{Value, json};

use crate::imports::{a_flow, a_list, give};
use crate::world::{Stage, application, territory};

/// A way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Form,
    Paper,
    List,
    Daily,
    Monthly,
}

const WAYS: [Way; 5] = [Way::Form, Way::Paper, Way::List, Way::Daily, Way::Monthly];

/// Somebody whom a flow names, alone in their household.
pub(crate) struct Somebody {
    monthly: String,
    daily: String,
}

impl Somebody {
    /// The first one whose right is open, with rights and duties, at an address.
    pub(crate) fn new() -> Self {
        let flow = |kind, seed| {
            let first_day = NaiveDate::from_ymd_opt(2026, 2, 1).unwrap();
            let options = Options { charset: Charset::Utf8, ..Options::first(first_day) };
            let mut bytes = Vec::new();
            let held = forge::flow(territory(), 1, seed, kind, &mut bytes, &options).unwrap();
            let alone = held.adults == 1 && held.open == 1 && held.homeless == 0 && held.transfers == 0;
            (String::from_utf8(bytes).unwrap(), alone)
        };
        let entrant = |(text, alone): &(String, bool)| {
            *alone && text.contains("<TOPPERSDRODEVORSA>1<") && text.contains("<ROLEPERS>DEM<")
        };
        let seed = (0..1_000).find(|seed| entrant(&flow(Kind::Monthly, *seed))).unwrap();
        Self { monthly: flow(Kind::Monthly, seed).0, daily: flow(Kind::Daily, seed).0 }
    }

    /// The monthly flow that tells of them.
    pub(crate) fn monthly(&self) -> &str {
        &self.monthly
    }

    /// A monthly flow that tells of somebody else of the same name and birth date: of another household, and of whom no
    /// number of the social security is known.
    pub(crate) fn namesake(&self) -> String {
        let household = self.told("MATRICULE").to_owned();
        let other: String = household.chars().rev().collect();
        assert_ne!(household, other);
        let (before, rest) = self.monthly.split_once("<NIR>").unwrap();
        let (_, after) = rest.split_once("</NIR>").unwrap();
        format!("{before}{after}").replace(&household, &other)
    }

    /// Their birth date.
    pub(crate) fn birth(&self) -> NaiveDate {
        self.told("DTNAI").parse().unwrap()
    }

    /// The first value that the flow gives under this name.
    fn told(&self, name: &str) -> &str {
        let (_, after) = self.monthly.split_once(&format!("<{name}>")).unwrap();
        after.split_once("</").unwrap().0.trim()
    }

    /// What they write themselves. They have moved, and have a telephone of their own.
    pub(crate) fn application(&self, canal: &str) -> Value {
        let mut body = application(canal, None, &json!({"natlog": "0904", "hispro": "1903"}));
        let person = &mut body["personne"];
        // As people write, not as files do.
        person["prenom"] = capitalised(self.told("PRENOM")).into();
        person["nom"] = capitalised(self.told("NOM")).into();
        person["date_naissance"] = self.told("DTNAI").into();
        person["numero_allocataire"] = self.told("MATRICULE").into();
        body
    }

    /// A row of the list of another tool.
    pub(crate) fn list(&self) -> String {
        let birth = self.birth();
        format!(
            "Nom;Prénom;Date de naissance;Identifiant dans le SI;Adresse;Code postal;Ville\n\
             {};{};{};F-77-1;3 rue des Lilas;77000;Melun\n",
            self.told("NOM"),
            self.told("PRENOM"),
            birth.format("%d/%m/%Y")
        )
    }

    async fn arrives(&self, stage: &Stage, way: Way, key: &str) {
        let list = Deposit { nature: ImportNature::Liste, ..a_list() };
        match way {
            Way::Form => self.sends(stage, "web", key).await,
            Way::Paper => self.sends(stage, "papier", key).await,
            Way::List => drop(give(stage, key, list, self.list().into_bytes()).await),
            Way::Daily => drop(give(stage, key, a_flow(), self.daily.clone().into_bytes()).await),
            Way::Monthly => drop(give(stage, key, a_flow(), self.monthly.clone().into_bytes()).await),
        }
        stage.drain().await;
    }

    async fn sends(&self, stage: &Stage, canal: &str, key: &str) {
        stage.try_submit(key, &self.application(canal)).await.unwrap();
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().chain(letters.flat_map(char::to_lowercase)).collect()
}

/// All that the order of arrival must not change.
async fn end(stage: &Stage) -> Value {
    let rows = stage.world.store.dossiers();
    let [row] = rows.as_slice() else { panic!("{} dossiers", rows.len()) };
    let id = engine::DossierKey::parse(&row.pk).unwrap().dossier;
    let shown = stage.show(id).await;
    let person = requests::person(&*stage.world, &stage.agent, id).await.unwrap();
    let proposal = requests::proposal(&*stage.world, &stage.agent, id).await.unwrap();
    json!({
        "etat": shown.etat, "droit": shown.droit, "commune": shown.commune, "reouvertures": row.dossier().unwrap().reopened,
        "identite": person.identite, "contacts": person.contacts, "regle": proposal.regle,
    })
}

/// Every order of the ways.
fn orders(ways: &[Way]) -> Vec<Vec<Way>> {
    if ways.is_empty() {
        return vec![Vec::new()];
    }
    let first = |at: usize| {
        let rest: Vec<Way> = [&ways[..at], &ways[at + 1..]].concat();
        orders(&rest).into_iter().map(move |it| [vec![ways[at]], it].concat())
    };
    (0..ways.len()).flat_map(first).collect()
}

#[tokio::test]
async fn whatever_the_order_of_a_form_a_paper_a_list_and_flows_there_is_one_dossier_and_it_ends_the_same() {
    let somebody = Somebody::new();
    let mut known: Option<Value> = None;
    for order in orders(&WAYS) {
        let stage = Stage::new().await;
        // Each arrives twice: at its turn, and again when everything has come.
        for (turn, way) in order.iter().chain(&order).enumerate() {
            somebody.arrives(&stage, *way, &format!("cle-{way:?}")).await;
            stage.world.clock.set(stage.now() + TimeDelta::minutes(1));
            assert_eq!(stage.world.store.dossiers().len(), 1, "{order:?}, at {turn}");
        }
        let end = end(&stage).await;
        let expected = known.get_or_insert_with(|| end.clone());
        assert_eq!(*expected, end, "{order:?}");
    }
}

#[tokio::test]
async fn whoever_types_an_application_for_somebody_is_kept() {
    let stage = Stage::new().await;
    let typed = stage.try_submit("cle-1", &application("papier", None, &json!({}))).await.unwrap();
    let id = domain::DossierId(typed.recu.dossier);
    let person = requests::person(&*stage.world, &stage.agent, id).await.unwrap();
    assert_eq!(person.typed_by.as_deref(), Some("agent-1"));
    assert_eq!(stage.show(id).await.canal.code(), "papier");
}
