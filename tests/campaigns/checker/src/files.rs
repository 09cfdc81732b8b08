//! Files of other administrations: whoever is in one that was taken in has a dossier, one only, and each file ends with
//! an account of all its lines.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::Findings;
use crate::history::Ask;
use crate::read::text;
use crate::story::{Letter, Life, Story};

pub(crate) fn judge(story: &Story<'_>, findings: &mut Findings) {
    for zone in &story.setting.territories {
        territory(story, &zone.code, findings);
    }
}

fn territory(story: &Story<'_>, code: &str, findings: &mut Findings) {
    let given = || {
        story.requests.values().filter(|it| it.request.territory == code).filter_map(|it| {
            let Ask::Give { people, .. } = &it.request.ask else { return None };
            Some((it, people))
        })
    };
    let granted = || given().filter(|it| it.0.answers.iter().any(|it| it.1 == "ok"));
    let told: BTreeSet<&String> = given().flat_map(|it| it.1).collect();
    let lives: Vec<&Life<'_>> =
        story.lives.iter().filter(|(pk, it)| belongs(pk, code) && it.is_from_file()).map(|it| it.1).collect();
    let living = lives.iter().filter(|it| !it.erased()).count();
    findings.require(living <= told.len(), "I2", || {
        format!("{code} : {living} dossiers ouverts par des fichiers qui parlent de {} personnes", told.len())
    });
    // Those who applied too may have a dossier of their own making: `doubled` counts it.
    let visitors = story.setting.people.iter().filter(|it| !it.visits.is_empty());
    let visitors: BTreeSet<&String> = visitors.map(|it| &it.first_name).collect();
    let owed: BTreeSet<&String> = granted().flat_map(|it| it.1).filter(|it| !visitors.contains(it)).collect();
    findings.require(lives.len() >= owed.len(), "I1", || {
        let (opened, people) = (lives.len(), owed.len());
        format!("{code} : {opened} dossiers ouverts par des fichiers qui parlent de {people} personnes")
    });
    // Whoever was erased, or whose right ended, before their first letter left has received none.
    if !lives.iter().any(|it| it.erased() || it.was_closed()) {
        written_to(story, code, &owed, findings);
    }
    let files: BTreeMap<&String, usize> = granted().map(|it| (&it.0.request.key, it.1.len())).collect();
    let empty = given().filter(|it| it.1.is_empty()).count();
    accounted(story, code, (&files, empty), findings);
}

/// Everybody whom a granted file tells of was written to from a dossier that a file opened.
fn written_to(story: &Story<'_>, code: &str, owed: &BTreeSet<&String>, findings: &mut Findings) {
    // A letter may wait for an operator.
    if story.dead.iter().any(|it| belongs(&it.0, code)) {
        return;
    }
    for person in story.setting.people.iter().filter(|it| owed.contains(&it.first_name)) {
        let named = |it: &Letter<'_>| it.territory == code && it.tells_of(person);
        let opened = |it: &Letter<'_>| {
            let pk = format!("{}#{}", it.territory, it.dossier);
            story.lives.get(pk.as_str()).is_some_and(Life::is_from_file)
        };
        let found = story.letters.iter().any(|it| named(it) && opened(it));
        findings.require(found, "I1", || format!("{code} : quelqu’un d’un fichier n’a rien reçu"));
    }
}

/// Every file that was granted ends with an account of everybody in it; one is refused only when nobody is in it.
fn accounted(
    story: &Story<'_>,
    code: &str,
    (files, empty): (&BTreeMap<&String, usize>, usize),
    findings: &mut Findings,
) {
    let accounts = accounts(story, code);
    findings.require(accounts.len() >= files.len(), "I1", || {
        format!("{code} : {} fichiers reçus, {} comptes", files.len(), accounts.len())
    });
    let (mut counted, mut refused) = (0, 0);
    for (name, account) in &accounts {
        let count = |field: &str| account["bilan"][field].as_u64().unwrap_or_default();
        let lines: u64 = ["crees", "mis_a_jour", "inchanges", "refuses"].into_iter().map(count).sum();
        counted += lines;
        refused += usize::from(account["etat"] == "refuse");
        let over = matches!(text(&account["etat"]), "termine" | "refuse");
        findings.require(over && lines == count("lignes"), "I1", || {
            format!("{code} {name} n’est pas fini ou mal compté : {account}")
        });
    }
    findings.require(refused <= empty, "I1", || {
        format!("{code} : {refused} fichiers refusés pour {empty} vides")
    });
    let people: usize = files.values().sum();
    findings.require(usize::try_from(counted).is_ok_and(|it| it >= people), "I1", || {
        format!("{code} : les comptes parlent de {counted} personnes, les fichiers de {people}")
    });
}

/// What each file became, whether or not its account has been deleted since.
fn accounts<'a>(story: &'a Story<'_>, code: &str) -> Vec<(&'a str, &'a Value)> {
    let of_import =
        |((table, pk, sk), versions): (&crate::story::Side<'a>, &'a Vec<(usize, Option<&'a Value>)>)| {
            let last = versions.iter().rev().find_map(|it| it.1)?;
            (*table == "imports" && *pk == code && sk.starts_with("import#"))
                .then_some((*sk, &last["import"]))
        };
    story.sides.iter().filter_map(of_import).collect()
}

fn belongs(pk: &str, code: &str) -> bool {
    pk.split_once('#').is_some_and(|it| it.0 == code)
}

impl Life<'_> {
    /// A file opened it.
    pub(crate) fn is_from_file(&self) -> bool {
        self.versions.first().is_some_and(|it| it.row.0["canal"] == "flux")
    }
}
