//! The campaign `unites`: what a journey costs on DynamoDB, Lambda and SQS, and what the check and the sweep cost when
//! the store grows.

use std::process::ExitCode;

use bench::units::journey::{self, Journeys, PEOPLE};
use bench::units::stock::{self, Runs};
use bench::units::{Bill, Line};
use clap::Parser;
use report::{Campaign, Options};
use serde_json::{Value, json};

/// What a journey may cost: write units, invocations, requests to the queues.
struct Bound {
    writes: f64,
    invocations: f64,
    queues: f64,
}

/// The bound set before anything was measured.
const FIRST: Bound = Bound { writes: 34.0, invocations: 2.6, queues: 3.4 };
/// The bound that holds, line by line in the sixth decision.
const HELD: Bound = Bound { writes: 46.0, invocations: 3.9, queues: 4.3 };
/// How far the cost of a run may move when the store grows.
const CONSTANT: f64 = 0.02;
/// How straight the line of a run's cost must be.
const STRAIGHT: f64 = 0.999;

/// Ce que coûte un parcours, compté à partir des articles eux-mêmes.
#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    options: Options,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    let options = Arguments::parse().options;
    let (sizes, due) =
        if options.court { (vec![1_000, 10_000], 250) } else { (vec![10_000, 100_000, 1_000_000], 1_000) };
    let dues = if options.court { vec![100, 250, 400] } else { vec![250, 500, 1_000, 2_000] };
    let planned = PEOPLE + sizes.len() + dues.len();
    let mut campaign = Campaign::start("unites", planned as u64);

    let journeys = journey::play().await.map_err(anyhow::Error::from_boxed)?;
    let cheap = tell_journey(&mut campaign, &journeys);

    let mut grown = Vec::new();
    for size in sizes {
        grown.push(run(&mut campaign, size, due).await?);
    }
    let mut busier = Vec::new();
    for due in dues {
        busier.push(run(&mut campaign, 2 * due + 500, due).await?);
    }
    let steady = tell_stock(&mut campaign, &grown, &busier);
    Ok(campaign.end(cheap && steady))
}

/// Measures one size, and counts what spoils the measure as violations.
async fn run(campaign: &mut Campaign, size: usize, due: usize) -> anyhow::Result<Runs> {
    let runs = stock::measure(size, due).await.map_err(anyhow::Error::from_boxed)?;
    settle(campaign, 1, &runs.faults);
    Ok(runs)
}

fn settle(campaign: &mut Campaign, executions: usize, faults: &[String]) {
    if faults.is_empty() { campaign.passed(executions as u64) } else { campaign.failed(0, faults) }
}

/// Prints the two tables of the journey and its figures. Whether the goals hold.
fn tell_journey(campaign: &mut Campaign, journeys: &Journeys) -> bool {
    let bill = &journeys.bill;
    let faults: Vec<String> = bill.faults.iter().chain(&journeys.unfinished).cloned().collect();
    settle(campaign, PEOPLE, &faults);
    campaign.say(&format!("Un parcours, en moyenne sur {PEOPLE} menés ensemble, lots de dix.\n"));
    by_function(campaign, bill);
    by_resource(campaign, bill);
    let (database, queues) = (bill.total(false), bill.total(true));
    let writes = each(database.writes);
    let invocations = each(bill.invocations());
    let requests = each(queues.requests);
    campaign.figure("unites_ecriture", writes);
    campaign.figure("borne", FIRST.writes);
    campaign.figure("borne_revue", HELD.writes);
    campaign.figure("unites_lecture", each(database.half_reads) / 2.0);
    campaign.figure("requetes_dynamodb", each(database.requests));
    campaign.figure("invocations", invocations);
    campaign.figure("borne_invocations", FIRST.invocations);
    campaign.figure("borne_invocations_revue", HELD.invocations);
    campaign.figure("requetes_sqs", requests);
    campaign.figure("borne_requetes_sqs", FIRST.queues);
    campaign.figure("borne_requetes_sqs_revue", HELD.queues);
    campaign.figure("documents", each(journeys.documents as u64));
    writes <= HELD.writes && invocations <= HELD.invocations && requests <= HELD.queues
}

fn by_function(campaign: &Campaign, bill: &Bill) {
    campaign.say("fonction        invocations   écriture   lecture   requêtes DynamoDB   requêtes SQS");
    for (function, (database, queues)) in bill.by_function() {
        let invocations = bill.invocations.get(function).copied().unwrap_or(0);
        campaign.say(&format!(
            "{function:<15} {:>11.2} {:>10.2} {:>9.2} {:>19.2} {:>14.2}",
            each(invocations),
            each(database.writes),
            each(database.half_reads) / 2.0,
            each(database.requests),
            each(queues.requests),
        ));
    }
    let (database, queues) = (bill.total(false), bill.total(true));
    campaign.say(&format!(
        "{:<15} {:>11.2} {:>10.2} {:>9.2} {:>19.2} {:>14.2}\n",
        "ensemble",
        each(bill.invocations()),
        each(database.writes),
        each(database.half_reads) / 2.0,
        each(database.requests),
        each(queues.requests),
    ));
}

fn by_resource(campaign: &Campaign, bill: &Bill) {
    campaign.say("table, index ou file   écriture   lecture   requêtes   plus gros article");
    for (resource, line) in bill.by_resource() {
        campaign.say(&format!(
            "{resource:<22} {:>8.2} {:>9.2} {:>10.2} {:>19}",
            each(line.writes),
            each(line.half_reads) / 2.0,
            each(line.requests),
            line.largest,
        ));
    }
    campaign.say("");
}

/// A count over all journeys, for one.
#[expect(clippy::cast_precision_loss, reason = "counts far below what a float holds exactly")]
fn each(count: u64) -> f64 {
    // To the hundredth: what is printed and what is compared are the same figure.
    (count as f64 / PEOPLE as f64 * 100.0).round() / 100.0
}

/// What one of the two runs cost.
type Pick = fn(&Runs) -> Line;

/// Prints what the check and the sweep cost. Whether it is constant, and straight.
fn tell_stock(campaign: &mut Campaign, grown: &[Runs], busier: &[Runs]) -> bool {
    let mut holds = true;
    let picks: [(&str, Pick); 2] = [("controle", |it| it.check), ("balayage", |it| it.sweep)];
    for (name, pick) in picks {
        campaign
            .say(&format!("{name} : dossiers, dus, requêtes, octets (lecture entière : requêtes, octets)"));
        for runs in grown.iter().chain(busier) {
            let line = pick(runs);
            let (requests, bytes) = runs.scan;
            campaign.say(&format!(
                "{:>10} {:>6} {:>8} {:>10} ({requests}, {bytes})",
                runs.dossiers, runs.due, line.requests, line.bytes
            ));
        }
        let gap = spread(grown, |it| pick(it).requests).max(spread(grown, |it| pick(it).bytes));
        let of =
            |value: fn(Line) -> u64| busier.iter().map(|it| (it.due, value(pick(it)))).collect::<Vec<_>>();
        let straight = stock::linearity(&of(|it| it.requests)).min(stock::linearity(&of(|it| it.bytes)));
        campaign.say(&format!("écart {:.2} %, R² {straight:.6}\n", gap * 100.0));
        let measured: Vec<Value> = grown.iter().chain(busier).map(|it| told(it, pick(it))).collect();
        campaign.figure(name, measured);
        campaign.figure(&format!("{name}_ecart"), rounded(gap));
        campaign.figure(&format!("{name}_r2"), rounded(straight));
        holds &= gap <= CONSTANT && straight > STRAIGHT;
    }
    holds
}

fn told(runs: &Runs, line: Line) -> Value {
    json!({
        "dossiers": runs.dossiers, "dus": runs.due, "requetes": line.requests, "octets": line.bytes,
        "lecture_entiere": {"requetes": runs.scan.0, "octets": runs.scan.1},
    })
}

/// How far the largest is from the smallest, as a share of the smallest.
#[expect(clippy::cast_precision_loss, reason = "counts far below what a float holds exactly")]
fn spread(runs: &[Runs], value: impl Fn(&Runs) -> u64) -> f64 {
    let least = runs.iter().map(&value).min().unwrap_or(0);
    let most = runs.iter().map(&value).max().unwrap_or(0);
    (most - least) as f64 / (least.max(1)) as f64
}

fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}
