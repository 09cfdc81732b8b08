//! The seeded bugs, read from their files: what each one says, what it finds in the source, what it puts there.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, ensure};
use serde::Deserialize;

/// What stands in a replacement for "this bug is switched on".
const SWITCH: &str = "ERREUR";

/// One file of the catalogue.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    juge: Judge,
    mutant: Vec<Mutant>,
}

/// Who must see a bug.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Judge {
    /// The simulation.
    #[default]
    Simulation,
    /// The real programs: the bug is in what the simulation does not run.
    Processus,
    /// The program that counts the indicators again: the bug is in what is counted.
    Indicateurs,
}

impl Judge {
    /// Its campaign.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Simulation => "simulation",
            Self::Processus => "processus",
            Self::Indicateurs => "indicateurs",
        }
    }
}

/// A bug that somebody could make.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mutant {
    /// Its name, which switches it on.
    pub(crate) nom: String,
    /// What is wrong, in one sentence.
    pub(crate) dit: String,
    /// Who must see it; its file says it for all.
    #[serde(skip)]
    pub(crate) judge: Judge,
    /// The source file, from the root of the workspace.
    pub(crate) fichier: String,
    /// A text that is there exactly once.
    cherche: String,
    /// What stands there when the bug is on. With the word `ERREUR` in it, it replaces the text as it is; without,
    /// it is one branch of an `if` whose other branch is the text.
    remplace: String,
    /// Whether a short campaign has too few executions to see it for sure: the long one has ten times as many.
    #[serde(default)]
    pub(crate) rare: bool,
}

impl Mutant {
    /// The source with this bug in it, behind its switch.
    pub(crate) fn applied(&self, source: &str) -> anyhow::Result<String> {
        let times = source.matches(&self.cherche).count();
        ensure!(
            times == 1,
            "l’erreur « {} » ne s’applique plus : son texte est {times} fois dans {}",
            self.nom,
            self.fichier
        );
        let switch = format!("crate::seeded::on(\"{}\")", self.nom);
        let put = if self.remplace.contains(SWITCH) {
            self.remplace.replace(SWITCH, &switch)
        } else {
            format!("if {switch} {{ {} }} else {{ {} }}", self.remplace, self.cherche)
        };
        Ok(source.replacen(&self.cherche, &put, 1))
    }

    /// The folder of the crate that has the bug.
    pub(crate) fn crate_folder(&self) -> anyhow::Result<&str> {
        let (folder, _) = self.fichier.split_once("/src/").context("un fichier hors d’un dossier « src »")?;
        Ok(folder)
    }
}

/// Every bug of the catalogue, in the order of the files' names and then as written.
pub(crate) fn read(folder: &Path) -> anyhow::Result<Vec<Mutant>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        files.push(entry?.path());
    }
    files.sort();
    let mut all = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path)?;
        let file: File = toml::from_str(&text).with_context(|| path.display().to_string())?;
        all.extend(file.mutant.into_iter().map(|it| Mutant { judge: file.juge, ..it }));
    }
    let names: BTreeSet<&str> = all.iter().map(|it| it.nom.as_str()).collect();
    ensure!(names.len() == all.len(), "deux erreurs du catalogue ont le même nom");
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutant(find: &str, put: &str) -> Mutant {
        Mutant {
            nom: "essai".into(),
            dit: String::new(),
            judge: Judge::default(),
            fichier: "shared/engine/src/step.rs".into(),
            cherche: find.into(),
            remplace: put.into(),
            rare: false,
        }
    }

    #[test]
    fn a_bug_is_one_branch_and_the_source_the_other() {
        let source = mutant("b()", "c()").applied("a(); b(); d();").unwrap();
        assert_eq!(source, "a(); if crate::seeded::on(\"essai\") { c() } else { b() }; d();");
    }

    #[test]
    fn a_bug_may_say_itself_where_its_switch_is() {
        let source = mutant("b()", "b() && !ERREUR").applied("a(b());").unwrap();
        assert_eq!(source, "a(b() && !crate::seeded::on(\"essai\"));");
    }

    #[test]
    fn a_bug_whose_text_is_gone_or_is_there_twice_is_refused() {
        assert!(mutant("z()", "c()").applied("a(); b();").is_err());
        assert!(mutant("b()", "c()").applied("b(); b();").is_err());
    }

    #[test]
    fn every_bug_of_the_catalogue_applies_to_the_source_as_it_is() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = here.join("../../..");
        let all = read(&here.join("catalogue")).unwrap();
        assert!(all.len() >= 30, "only {} bugs", all.len());
        for bug in all {
            let source = std::fs::read_to_string(root.join(&bug.fichier)).unwrap();
            bug.applied(&source).unwrap();
        }
    }
}
