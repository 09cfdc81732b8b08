//! The Lambda runtime, met once: start-up, SQS batches, schedules, HTTP.

mod batch;
mod config;
#[cfg(feature = "imports")]
mod deposits;
#[cfg(feature = "http")]
mod http;
mod world;

use engine::World;
use engine::ports::QueueName;
use engine::schedules;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use tracing_subscriber::filter::LevelFilter;

pub use batch::handle as handle_batch;
pub use config::{Config, Environment, WrongVariable};
#[cfg(feature = "imports")]
pub use deposits::{RawFiles, handle as handle_imports};
#[cfg(feature = "http")]
pub use http::{serve_http, state};
pub use lambda_runtime::Error;
pub use world::{CloudWorld, world};

/// Reads the configuration, opens the clients, starts the logs.
pub fn init() -> Result<(CloudWorld, Environment), Error> {
    let environment = Environment::of_process();
    logs(&environment);
    let config = Config::read(&environment)?;
    Ok((world(&config)?, environment))
}

/// JSON lines, at the level that the template sets. Not the runtime's own subscriber, which also reads filters: the
/// functions are given none, and its regular expressions weigh.
fn logs(environment: &Environment) {
    let level = environment.optional("AWS_LAMBDA_LOG_LEVEL").and_then(|it| it.parse().ok());
    tracing_subscriber::fmt()
        .json()
        .with_target(false)
        .without_time()
        .with_max_level(level.unwrap_or(LevelFilter::INFO))
        .init();
}

/// Serves a step from its queue until the runtime stops.
pub async fn serve_queue(world: CloudWorld, queue: QueueName) -> Result<(), Error> {
    let world = &world;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        Ok::<_, Error>(batch::handle(world, queue, event.payload).await)
    }))
    .await
}

/// Serves the queue of imports, by which the notices of raw files come too, until the runtime stops.
#[cfg(feature = "imports")]
pub async fn serve_imports(world: CloudWorld) -> Result<(), Error> {
    let world = &world;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        Ok::<_, Error>(deposits::handle(world, event.payload).await)
    }))
    .await
}

/// Serves the schedules, and the queue of sweeps.
pub async fn serve_schedules(world: CloudWorld) -> Result<(), Error> {
    let world = &world;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        if event.payload.get("Records").is_some() {
            return Ok(batch::handle(world, QueueName::Sweep, event.payload).await);
        }
        Box::pin(task(world, event.payload.get("tache").and_then(Value::as_str))).await?;
        Ok::<_, Error>(Value::Null)
    }))
    .await
}

/// Runs a schedule's task. A run that leaves something undone fails, so that the scheduler tries again and the alarm
/// sees it; what it did is done.
async fn task<W: World>(world: &W, name: Option<&str>) -> Result<(), Error> {
    let tally = match name {
        Some("controle") => schedules::check::run_all(world).await?,
        Some("fichiers") => engine::imports::tend(world).await?,
        Some("relais") => schedules::relay::run_all(world).await?,
        Some("balayage") => {
            schedules::sweep::run_due(world).await?;
            schedules::Tally::default()
        }
        Some(_) | None => return Err("the schedule asks for a task that does not exist".into()),
    };
    if tally.failed > 0 {
        return Err(format!("{} dossiers could not be treated", tally.failed).into());
    }
    Ok(())
}
