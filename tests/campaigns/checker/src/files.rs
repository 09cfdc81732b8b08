//! Files of other administrations: whoever is in one that was taken in has a dossier, one only, and each file ends with
//! an account of all its lines.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::Findings;
use crate::history::Ask;
use crate::read::text;
use crate::story::{Life, Story};

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
    let living =
        story.lives.iter().filter(|(pk, it)| belongs(pk, code) && it.is_from_file() && !it.erased()).count();
    findings.require(living <= told.len(), "I2", || {
        format!("{code} : {living} dossiers ouverts par des fichiers qui parlent de {} personnes", told.len())
    });
    // A part whose message is among the dead letters waits for an operator.
    if story.dead.iter().any(|it| it.0 == code && it.1 == "imports") {
        return;
    }
    let owed: BTreeSet<&String> = granted().flat_map(|it| it.1).collect();
    let opened = story.lives.iter().filter(|(pk, it)| belongs(pk, code) && it.is_from_file()).count();
    findings.require(opened >= owed.len(), "I1", || {
        format!("{code} : {opened} dossiers ouverts par des fichiers qui parlent de {} personnes", owed.len())
    });
    let keys: BTreeSet<&String> = granted().map(|it| &it.0.request.key).collect();
    let accounts = accounts(story, code);
    findings.require(accounts.len() >= keys.len(), "I1", || {
        format!("{code} : {} fichiers reçus, {} comptes", keys.len(), accounts.len())
    });
    for (name, account) in accounts {
        let count = |field: &str| account["bilan"][field].as_u64().unwrap_or_default();
        let lines: u64 = ["crees", "mis_a_jour", "inchanges", "refuses"].into_iter().map(count).sum();
        let whole = match text(&account["etat"]) {
            "termine" => account["bilan"].is_object() && lines == count("lignes"),
            "refuse" => true,
            _ => false,
        };
        findings.require(whole, "I1", || format!("{code} {name} n’est pas fini ou mal compté : {account}"));
    }
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
