//! Conventions that people forget, each with its reason.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file of ours with one of these endings, outside what is built or installed.
fn files(endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if !["target", ".git", ".spie", ".outils", "node_modules", "__pycache__"]
                    .contains(&name.as_str())
                {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_file_opens_with_a_sentence_that_says_what_it_is_for() {
    for path in files(&[".rs"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//! "), "{} does not", path.display());
    }
}

#[test]
fn a_file_can_be_read_in_one_sitting() {
    for path in files(&[".rs"]) {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 400, "{} has {lines} lines", path.display());
    }
}

#[test]
fn a_function_is_plugged_in_and_holds_no_logic() {
    let mains: Vec<PathBuf> =
        files(&["main.rs"]).into_iter().filter(|it| it.to_string_lossy().contains("/functions/")).collect();
    assert_eq!(mains.len(), 8);
    for path in mains {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines < 60, "{} has {lines} lines", path.display());
    }
}

/// Who may depend on whom, inside the workspace. A function depends on no other: they share a contract, not a type.
const ALLOWED: [(&str, &[&str]); 10] = [
    ("domain", &[]),
    ("contracts", &["domain"]),
    ("files", &["contracts", "domain"]),
    ("engine", &["contracts", "domain"]),
    ("imports", &["contracts", "domain", "engine", "files"]),
    ("memory", &["contracts", "domain", "engine"]),
    ("aws", &["contracts", "domain", "engine"]),
    ("web", &["contracts", "domain", "engine"]),
    ("lambda", &["aws", "contracts", "domain", "engine", "imports", "web"]),
    ("local", &["aws", "contracts", "domain", "engine", "files", "imports", "memory", "web"]),
];

const FUNCTIONS: [&str; 8] = [
    "intake",
    "triage",
    "assignment",
    "carnet",
    "reminders",
    "sweep",
    "professionals",
    "imports-function", // a library has the folder's name
];

#[test]
fn dependencies_point_one_way() {
    let metadata = MetadataCommand::new().current_dir(root()).no_deps().exec().unwrap();
    let ours: BTreeSet<String> = metadata.packages.iter().map(|it| it.name.to_string()).collect();
    for package in &metadata.packages {
        let name = package.name.as_str();
        let inside: BTreeSet<&str> = package
            .dependencies
            .iter()
            .filter(|it| it.kind == DependencyKind::Normal && ours.contains(&it.name))
            .map(|it| it.name.as_str())
            .collect();
        let allowed: BTreeSet<&str> = match ALLOWED.iter().find(|(it, _)| *it == name) {
            Some((_, allowed)) => allowed.iter().copied().collect(),
            None if FUNCTIONS.contains(&name) => BTreeSet::from(["engine", "lambda", "web"]),
            None => continue,
        };
        assert!(inside.is_subset(&allowed), "{name} depends on {:?}", inside.difference(&allowed));
    }
}

#[test]
fn only_aws_names_an_sdk_and_only_lambda_names_the_runtime() {
    let metadata = MetadataCommand::new().current_dir(root()).no_deps().exec().unwrap();
    // The peers are not ours to layer: they are the barest functions that one can write, to compare ours with.
    for package in metadata.packages.iter().filter(|it| it.name.as_str() != "peers") {
        for dependency in &package.dependencies {
            let sdk = dependency.name.starts_with("aws-sdk-");
            let runtime = dependency.name.starts_with("lambda_") || dependency.name == "aws_lambda_events";
            assert!(!sdk || package.name.as_str() == "aws", "{} names {}", package.name, dependency.name);
            assert!(
                !runtime || package.name.as_str() == "lambda",
                "{} names {}",
                package.name,
                dependency.name
            );
        }
    }
}

#[test]
fn the_domain_knows_no_clock_no_chance_and_no_serialisation() {
    let metadata = MetadataCommand::new().current_dir(root()).no_deps().exec().unwrap();
    let domain = metadata.packages.iter().find(|it| it.name.as_str() == "domain").unwrap();
    // What its tests draw from is not what its rules know.
    let known: Vec<_> =
        domain.dependencies.iter().filter(|it| it.kind != DependencyKind::Development).collect();
    let names: BTreeSet<&str> = known.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, BTreeSet::from(["chrono", "chrono-tz", "thiserror", "unicode-normalization", "uuid"]));
    for dependency in known {
        assert!(!dependency.uses_default_features || dependency.name == "thiserror", "{}", dependency.name);
        for feature in ["now", "clock", "serde", "v4", "v7"] {
            assert!(!dependency.features.iter().any(|it| it == feature), "{}/{feature}", dependency.name);
        }
    }
}

#[test]
fn nothing_borrows_the_design_system_of_the_state() {
    // A département is not among those who may use it.
    for path in files(&[".html", ".css"]) {
        let text = std::fs::read_to_string(&path).unwrap().to_lowercase();
        for mark in ["marianne", "class=\"fr-", "govuk-", "gds transport"] {
            assert!(!text.contains(mark), "{} has {mark}", path.display());
        }
    }
}

/// The readers are fuzzed in a workspace of its own, whose lock nothing else reads: a dependency that is not in it is seen
/// on the day somebody fuzzes.
#[test]
fn what_is_fuzzed_is_locked_with_all_that_it_is_made_of() {
    let lock = std::fs::read_to_string(root().join("tests/campaigns/fouille/Cargo.lock")).unwrap();
    let metadata = MetadataCommand::new().current_dir(root()).no_deps().exec().unwrap();
    for name in ["files", "contracts", "domain"] {
        let (_, after) = lock.split_once(&format!("name = \"{name}\"\n")).unwrap();
        let (locked, _) = after.split_once("\n\n").unwrap();
        let package = metadata.packages.iter().find(|it| it.name.as_str() == name).unwrap();
        let needed = package.dependencies.iter().filter(|it| it.kind == DependencyKind::Normal);
        for dependency in needed.map(|it| &it.name) {
            // A version follows the name where two are locked.
            let there =
                locked.contains(&format!("\"{dependency}\"")) || locked.contains(&format!("\"{dependency} "));
            assert!(there, "{name} needs {dependency}: copy Cargo.lock there, and run cargo check");
        }
    }
}
