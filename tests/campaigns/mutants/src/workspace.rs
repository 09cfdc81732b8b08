//! A copy of the workspace with every seeded bug in it, each behind its switch. The real sources have no switch, so
//! none can reach what is deployed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::catalogue::Mutant;

/// Folders that are made, not written.
const SKIPPED: [&str; 7] =
    ["target", ".git", ".outils", ".spie", "node_modules", "__pycache__", ".pytest_cache"];

/// The module that every crate with a bug gets.
const SWITCHES: &str = r#"//! Which seeded bug is on: the one that the environment names when the process starts.

use std::sync::OnceLock;

static NAME: OnceLock<String> = OnceLock::new();

/// Whether this bug is on.
pub(crate) fn on(name: &str) -> bool {
    NAME.get_or_init(|| std::env::var("SPIE_ERREUR").unwrap_or_default()) == name
}
"#;

/// Writes the copy under `to`. Files that are already right are not touched, so that little is built again.
pub(crate) fn write(root: &Path, to: &Path, mutants: &[Mutant]) -> anyhow::Result<()> {
    let mut files = sources(root)?;
    for mutant in mutants {
        let source =
            files.get_mut(&mutant.fichier).with_context(|| format!("{} n’existe pas", mutant.fichier))?;
        *source = mutant.applied(&String::from_utf8(std::mem::take(source))?)?.into_bytes();
    }
    let crates: BTreeSet<&str> = mutants.iter().map(Mutant::crate_folder).collect::<Result<_, _>>()?;
    for folder in crates {
        let lib = format!("{folder}/src/lib.rs");
        let source = files.get_mut(&lib).with_context(|| format!("{lib} n’existe pas"))?;
        source.extend_from_slice(b"\nmod seeded;\n");
        files.insert(format!("{folder}/src/seeded.rs"), SWITCHES.as_bytes().to_vec());
    }
    remove_strangers(to, &files)?;
    for (name, content) in files {
        let path = to.join(name);
        if std::fs::read(&path).is_ok_and(|it| it == content) {
            continue;
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, content)?;
    }
    Ok(())
}

/// Every file of the workspace that somebody wrote, by its name from the root.
fn sources(root: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    for path in walk(root)? {
        let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
        found.insert(name, std::fs::read(path)?);
    }
    Ok(found)
}

fn walk(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if SKIPPED.contains(&name.as_str()) {
                continue;
            }
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    Ok(found)
}

/// Removes what an earlier copy had and this one has not.
fn remove_strangers(to: &Path, files: &BTreeMap<String, Vec<u8>>) -> anyhow::Result<()> {
    if !to.exists() {
        return Ok(());
    }
    for path in walk(to)? {
        if !files.contains_key(path.strip_prefix(to)?.to_string_lossy().as_ref()) {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_has_the_switch_and_the_original_has_not() {
        let folder = tempfile::tempdir().unwrap();
        let (root, to) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::create_dir_all(root.join("x/src")).unwrap();
        std::fs::create_dir_all(root.join("target")).unwrap();
        std::fs::write(root.join("target/built"), "").unwrap();
        std::fs::write(root.join("x/src/lib.rs"), "fn f() { g() }\n").unwrap();
        let bug = "[[mutant]]\nnom='n'\ndit='d'\nfichier='x/src/lib.rs'\ncherche='g()'\nremplace='h()'\n";
        std::fs::create_dir_all(folder.path().join("c")).unwrap();
        std::fs::write(folder.path().join("c/a.toml"), bug).unwrap();
        let bugs = crate::catalogue::read(&folder.path().join("c")).unwrap();
        write(&root, &to, &bugs).unwrap();
        let copy = std::fs::read_to_string(to.join("x/src/lib.rs")).unwrap();
        assert!(copy.contains("seeded::on(\"n\")") && copy.ends_with("mod seeded;\n"), "{copy}");
        assert!(to.join("x/src/seeded.rs").exists() && !to.join("target").exists());
        assert_eq!(std::fs::read_to_string(root.join("x/src/lib.rs")).unwrap(), "fn f() { g() }\n");
    }
}
