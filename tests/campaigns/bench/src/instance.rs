//! One real process of a function, as Lambda runs it: started, invoked one event at a time, killed with SIGKILL.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::sync::{Notify, watch};

use crate::forge::{self, Forge};
use crate::runtime_api::{Answer, RuntimeApi};

/// How to start a function's process, whatever it is written in.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The function's name.
    pub function: String,
    /// The program: a `bootstrap`, an interpreter.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Its whole environment, but for what Lambda itself sets.
    pub environment: BTreeMap<String, String>,
    /// Where its two outputs go; nowhere when absent.
    pub logs: Option<PathBuf>,
}

/// The life of a process, seen from outside. Clones are the same life.
#[derive(Clone, Debug)]
pub struct Life {
    kill: Arc<Notify>,
    dead: watch::Receiver<bool>,
}

impl Life {
    /// Sends SIGKILL, and waits until the process is no more.
    pub async fn kill(&self) {
        self.kill.notify_one();
        self.ended().await;
    }

    /// Waits until the process is no more.
    pub async fn ended(&self) {
        // An error means that whoever watched over the process is gone, and the process with it.
        let _ = self.dead.clone().wait_for(|dead| *dead).await;
    }

    /// Whether it still runs.
    pub fn runs(&self) -> bool {
        !*self.dead.borrow()
    }
}

/// How an invocation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The process answered.
    Answered(Answer),
    /// The process died before it answered.
    Died,
    /// The function's time-out passed; the process was killed, as Lambda does.
    TimedOut,
}

/// A running process.
pub struct Instance {
    api: RuntimeApi,
    life: Life,
    number: u32,
}

impl Instance {
    /// Starts the process. `number` names it: its requests to the cloud bear it in their credentials.
    pub async fn start(launch: &Launch, number: u32) -> std::io::Result<Self> {
        let api = RuntimeApi::start(&launch.function).await?;
        let mut command = Command::new(&launch.program);
        command
            .args(&launch.arguments)
            .env_clear()
            .envs(environment(launch, &api, number))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        match &launch.logs {
            None => command.stdout(Stdio::null()).stderr(Stdio::null()),
            Some(path) => {
                let file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
                command.stdout(file.try_clone()?).stderr(file)
            }
        };
        let child = command.spawn()?;
        let kill = Arc::new(Notify::new());
        let (ended, dead) = watch::channel(false);
        tokio::spawn(watch_over(child, Arc::clone(&kill), ended));
        Ok(Self { api, life: Life { kill, dead }, number })
    }

    /// Forks the process from a parent in Python: the program is a module's name. It has no logs of its own.
    pub async fn fork(forge: &Forge, launch: &Launch, number: u32) -> std::io::Result<Self> {
        let api = RuntimeApi::start(&launch.function).await?;
        let module = launch.program.to_string_lossy();
        let stream = forge.fork(&module, &environment(launch, &api, number)).await?;
        let kill = Arc::new(Notify::new());
        let (ended, dead) = watch::channel(false);
        tokio::spawn(forge::watch_over(stream, Arc::clone(&kill), ended));
        Ok(Self { api, life: Life { kill, dead }, number })
    }

    /// The number that names it.
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// Its life, to end it from elsewhere.
    pub fn life(&self) -> Life {
        self.life.clone()
    }

    /// Waits until the process has asked for its first invocation, or has died.
    pub async fn ready(&self) {
        tokio::select! {
            () = self.api.ready() => {}
            () = self.life.ended() => {}
        }
    }

    /// Gives it one event and waits for the end, whichever it is.
    pub async fn invoke(&mut self, event: &Value, time_out: Duration) -> Ending {
        let answer = self.api.invoke(event, time_out);
        let end = tokio::select! {
            // An answer that was posted counts, even if the process died right after.
            biased;
            Ok(answer) = answer => return Ending::Answered(answer),
            () = self.life.ended() => Ending::Died,
            () = tokio::time::sleep(time_out) => Ending::TimedOut,
        };
        self.life.kill().await;
        end
    }
}

impl Drop for Instance {
    /// Nobody hears this process any more: it ends.
    fn drop(&mut self) {
        self.life.kill.notify_one();
    }
}

/// What the process finds in its environment: what its function is given, and what Lambda adds.
fn environment(launch: &Launch, api: &RuntimeApi, number: u32) -> BTreeMap<String, String> {
    let added = [
        ("AWS_LAMBDA_RUNTIME_API", api.address().to_string()),
        ("AWS_LAMBDA_FUNCTION_NAME", launch.function.clone()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256".to_owned()),
        ("AWS_LAMBDA_LOG_FORMAT", "JSON".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{}", launch.function)),
        ("AWS_LAMBDA_LOG_STREAM_NAME", number.to_string()),
        ("AWS_ACCESS_KEY_ID", access_key(number)),
        ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
    ];
    let added = added.into_iter().map(|(name, value)| (name.to_owned(), value));
    launch.environment.clone().into_iter().chain(added).collect()
}

/// Owns the process until its end; the process dies with the one who watches.
async fn watch_over(mut child: Child, kill: Arc<Notify>, ended: watch::Sender<bool>) {
    loop {
        tokio::select! {
            _ = child.wait() => break,
            () = kill.notified() => {
                // Fails when the process is dead already.
                let _ = child.start_kill();
            }
        }
    }
    ended.send_replace(true);
}

const ACCESS_KEY: &str = "AKIASPIE";

/// The access key that names a process.
pub fn access_key(number: u32) -> String {
    format!("{ACCESS_KEY}{number:012}")
}

/// The process that signed a request, from its `Authorization` header.
pub fn signer(authorization: &str) -> Option<u32> {
    let (_, after) = authorization.split_once("Credential=")?;
    after.strip_prefix(ACCESS_KEY)?.get(..12)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_the_process_that_signed_it() {
        let header = format!("AWS4-HMAC-SHA256 Credential={}/20261102/eu-west-3/x", access_key(42));
        assert_eq!(signer(&header), Some(42));
        assert_eq!(signer("AWS4-HMAC-SHA256 Credential=AKIAOTHER/20261102"), None);
        assert_eq!(signer(""), None);
    }
}
