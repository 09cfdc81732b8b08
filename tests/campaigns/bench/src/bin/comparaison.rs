//! The campaign `comparaison`: the same seeds and the same faults, for our steps and for the techniques that others use.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use bench::comparaison::cohort::{self, Cohort};
use bench::comparaison::contestants::{Contestant, Program, Step};
use bench::comparaison::verdict::{Doubled, Findings};
use bench::faults::{Kind, Tally};
use bench::forge::Forge;
use clap::Parser;
use report::{Campaign, Options};
use serde_json::{Value, json};

/// Les mêmes graines et les mêmes fautes, pour nos étapes et pour les techniques des autres.
#[derive(Debug, Parser)]
struct Command {
    #[command(flatten)]
    options: Options,
    /// Le dossier des programmes `assignment` et `reminders` ; à défaut, celui de ce programme.
    #[arg(long)]
    programmes: Option<PathBuf>,
    /// L’interpréteur Python des autres techniques.
    #[arg(long, default_value = ".outils/venv-powertools/bin/python")]
    python: PathBuf,
}

/// How many people, and how many faults per contestant at least.
const SHORT: (usize, u64) = (20, 100);
const LONG: (usize, u64) = (40, 10_000);
/// A kind that is never met is waited for that many times as long.
const PATIENCE: u64 = 5;
const UNIT: f64 = 10_000.0;
const FORGE: &str = "tests/campaigns/comparaison/forge.py";

const OURS: &str = "spie";

/// What the figures mean, for whoever reads them.
const LEGEND: &str = "\
Perdu : un effet attendu (un message à l’étape suivante, une lettre) qui n’est jamais parti, une fois le beau temps
revenu et les lettres mortes renvoyées.
Doublé : un effet parti plus d’une fois, tel que le voit qui le reçoit, selon ce à quoi il reconnaît une chose déjà
reçue : un identifiant dérivé de la cause, un identifiant tiré à chaque tentative (spie n’en a pas), ou rien.
Copies tardives : celles qui arrivent quand tout ce qui s’oublie est oublié (la mémoire de Powertools expire).
Au bout : ce que nos étapes suivantes (carnet, rappels) inscrivent et écrivent de tout ce que l’affectation leur a
envoyé, répétitions comprises.
Une faute : une mort, une réponse perdue, une erreur, un conflit, un envoi partiel, ou une copie livrée ; le désordre,
constant, n’est pas compté.";

/// What everybody must have met, at least one of each, or nothing is compared.
const MET: [&[Kind]; 5] = [
    &[Kind::KillBefore],
    &[Kind::KillAfter],
    &[Kind::LostAnswer],
    &[Kind::Error, Kind::Unavailable, Kind::Throttled],
    &[Kind::Duplicate],
];

/// A contestant's results, over all its worlds.
struct Line {
    name: &'static str,
    step: Step,
    findings: Findings,
    tally: Arc<Tally>,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let command = Command::parse();
    let (people, goal) = if command.options.court { SHORT } else { LONG };
    let goal = command.options.executions.unwrap_or(goal);
    let seed = command.options.graine.unwrap_or(1);
    let cohort = cohort::prepare(people).await?;
    let forge = Forge::start(&command.python, Path::new(FORGE)).await?;
    let contestants = contestants(&command, &forge)?;
    let mut campaign = Campaign::start("comparaison", goal * contestants.len() as u64);
    campaign.say(LEGEND);
    let mut lines = Vec::new();
    for contestant in &contestants {
        contestant.rehearse(&cohort).await?;
        lines.push(endure(&mut campaign, contestant, &cohort, seed, goal).await?);
    }
    tell(&mut campaign, &lines);
    campaign.figure("version_powertools", forge.version());
    let met = lines.iter().all(|line| met_everything(&campaign, line));
    Ok(campaign.end(met))
}

fn contestants(command: &Command, forge: &Forge) -> anyhow::Result<Vec<Contestant>> {
    let here = std::env::current_exe()?;
    let programs = command.programmes.as_deref().or(here.parent()).unwrap_or(Path::new("."));
    let ours =
        |step, program| Contestant { name: OURS, step, program: Program::Bootstrap(programs.join(program)) };
    let theirs =
        |name, step, module| Contestant { name, step, program: Program::Python(module, forge.clone()) };
    Ok(vec![
        ours(Step::Assignment, "assignment"),
        theirs("powertools", Step::Assignment, "with_powertools"),
        theirs("ecrire_puis_envoyer", Step::Assignment, "write_then_send"),
        ours(Step::Reminders, "reminders"),
        theirs("verifier_puis_agir", Step::Reminders, "check_then_act"),
    ])
}

/// Runs worlds, one seed after the other, until enough faults were injected, and one of each kind.
async fn endure(
    campaign: &mut Campaign,
    contestant: &Contestant,
    cohort: &Cohort,
    first: u64,
    goal: u64,
) -> anyhow::Result<Line> {
    let tally = Arc::new(Tally::default());
    let mut all = Findings::default();
    for seed in first.. {
        let before = faults(&tally);
        let found = contestant.run(cohort, seed, &tally).await?;
        all += found;
        if contestant.name == OURS {
            let wrong = violations(contestant.step, &found);
            if !wrong.is_empty() {
                campaign.failed(seed, &wrong);
            }
        }
        let injected = faults(&tally);
        campaign.passed(injected - before);
        if injected >= goal && (missing(&tally).is_empty() || injected >= goal * PATIENCE) {
            break;
        }
    }
    let line = Line { name: contestant.name, step: contestant.step, findings: all, tally };
    campaign.say(&sentence(&line));
    Ok(line)
}

/// What must never be, of ours. A message may leave again under its id, which its consumer knows; a letter may not.
fn violations(step: Step, found: &Findings) -> Vec<String> {
    let ends = found.ends.unwrap_or_default();
    let letters_again = if step == Step::Reminders { found.doubled.unnamed } else { 0 };
    let never = [
        ("effets doublés", found.doubled.derived),
        ("lettres écrites à nouveau", letters_again),
        ("effets perdus", found.lost),
        ("inscriptions ou lettres en double, au bout", ends.doubled),
        ("inscriptions ou lettres manquantes, au bout", ends.lost),
        ("places mal comptées", found.places),
        ("lettres mortes par beau temps", found.dead),
    ];
    never.iter().filter(|(_, count)| *count > 0).map(|(what, count)| format!("{what} : {count}")).collect()
}

/// Whether a contestant met every kind of fault, and says which it did not.
fn met_everything(campaign: &Campaign, line: &Line) -> bool {
    let missing = missing(&line.tally);
    if !missing.is_empty() {
        campaign.say(&format!(
            "{} {} : jamais rencontré, {}",
            line.step.name(),
            line.name,
            missing.join(", ")
        ));
    }
    missing.is_empty()
}

/// The kinds of which none was met.
fn missing(tally: &Tally) -> Vec<&'static str> {
    let missed = |kinds: &&[Kind]| tally.sum(kinds) == 0;
    MET.into_iter().filter(missed).flatten().map(|it| it.name()).collect()
}

/// What counts as a fault: everything but the order, which is always drawn.
fn faults(tally: &Tally) -> u64 {
    let counted: Vec<Kind> = Kind::ALL.into_iter().filter(|it| *it != Kind::Disorder).collect();
    tally.sum(&counted)
}

/// The figures, step by step: only what does the same step is comparable.
fn tell(campaign: &mut Campaign, lines: &[Line]) {
    let mut rates = json!({});
    let mut measures = json!({});
    for line in lines {
        let (step, injected) = (line.step.name(), faults(&line.tally));
        rates[step][line.name] = shown(&line.findings, &|count| per_unit(count, injected));
        let mut measure = shown(&line.findings, &|count| json!(count));
        measure["fautes"] = json!(injected);
        measure["injectees"] = line.tally.report().into_iter().filter(|(_, it)| *it != json!(0)).collect();
        measures[step][line.name] = measure;
    }
    campaign.figure("pour_10000_fautes", rates);
    campaign.figure("mesures", measures);
}

fn sentence(line: &Line) -> String {
    let Findings { lost, doubled, late, ends, places, dead } = line.findings;
    let (step, faults) = (line.step.name(), faults(&line.tally));
    let ends = ends
        .map(|it| format!(" · au bout : {} en double, {} manquants", it.doubled, it.lost))
        .unwrap_or_default();
    let random = |it: Doubled| it.random.map_or("–".to_owned(), |it| it.to_string());
    format!(
        "{step:<11} {name:<20} {faults:>6} fautes · perdus {lost} · doublés : identifiant dérivé {}, tiré {}, aucun {} \
         (dont copies tardives {}, {}, {}){ends} · places fausses {places} · lettres mortes {dead}",
        doubled.derived,
        random(doubled),
        doubled.unnamed,
        late.derived,
        random(late),
        late.unnamed,
        name = line.name,
    )
}

fn shown(found: &Findings, number: &dyn Fn(u64) -> Value) -> Value {
    let doubled = |it: Doubled| {
        json!({
            "identifiant_derive": number(it.derived),
            "identifiant_tire": it.random.map(number),
            "sans_identifiant": number(it.unnamed),
        })
    };
    json!({
        "perdus": number(found.lost),
        "doubles": doubled(found.doubled),
        "dont_copies_tardives": doubled(found.late),
        "au_bout": found.ends.map(|it| json!({ "doubles": number(it.doubled), "perdus": number(it.lost) })),
        "places_fausses": number(found.places),
        "lettres_mortes": number(found.dead),
    })
}

/// Per ten thousand faults, to one decimal.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn per_unit(count: u64, faults: u64) -> Value {
    json!((count as f64 * UNIT * 10.0 / faults.max(1) as f64).round() / 10.0)
}
