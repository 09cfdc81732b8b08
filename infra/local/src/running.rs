//! A client of the running process: a token, and answers read whole.

use std::time::Duration;

use serde_json::{Value, json};
use ureq::typestate::WithoutBody;
use ureq::{Agent, RequestBuilder};

use domain::Territory;

/// The longest wait for one answer: a file of hundreds of megabytes takes its time.
const LONGEST: Duration = Duration::from_mins(30);

/// Why the running process did not answer as it should, as people read it.
#[derive(Debug, thiserror::Error)]
pub enum RunningError {
    /// No answer.
    #[error("rien ne répond à cette adresse ; infra/local/up démarre le parcours")]
    Silent(#[source] ureq::Error),
    /// A refusal.
    #[error("{0}")]
    Refused(String),
    /// An answer of another shape.
    #[error("la réponse n'a pas la forme attendue")]
    Shape,
}

/// The running process, and who asks it.
pub(crate) struct Running {
    pub(crate) agent: Agent,
    pub(crate) address: String,
    token: String,
}

impl Running {
    /// With this token; without one, the local mode's, for whoever heads the territory.
    pub(crate) fn new(url: &str, token: Option<&String>, territory: Territory) -> Result<Self, RunningError> {
        let config =
            Agent::config_builder().http_status_as_error(false).timeout_global(Some(LONGEST)).build();
        let agent: Agent = config.into();
        let address = url.trim_end_matches('/').to_owned();
        let token = match token {
            Some(token) => token.clone(),
            None => local_token(&agent, &address, territory.as_str())?,
        };
        Ok(Self { agent, address, token })
    }

    /// What says who asks.
    pub(crate) fn authorization(&self) -> String {
        format!("Bearer {}", self.token)
    }

    /// A reading.
    pub(crate) fn get(&self, path: &str) -> RequestBuilder<WithoutBody> {
        self.agent.get(format!("{}{path}", self.address)).header("authorization", self.authorization())
    }
}

/// A token of the local mode, for whoever heads the territory.
fn local_token(agent: &Agent, address: &str, territory: &str) -> Result<String, RunningError> {
    let body = json!({ "role": "responsable", "territoire": territory }).to_string();
    let request = agent.post(format!("{address}/dev/jetons")).header("content-type", "application/json");
    let token = answer(request.send(body));
    if let Err(RunningError::Refused(_)) = token {
        let why = "ce parcours demande un jeton : donnez-le par SPIE_JETON";
        return Err(RunningError::Refused(why.to_owned()));
    }
    token?.get("jeton").and_then(Value::as_str).map(str::to_owned).ok_or(RunningError::Shape)
}

/// What an answer, once it has come, is read from.
type Response = Result<ureq::http::Response<ureq::Body>, ureq::Error>;

/// Reads an answer; a refusal says everything that is wrong.
pub(crate) fn answer(response: Response) -> Result<Value, RunningError> {
    Ok(serde_json::from_str(&told(response)?).unwrap_or(Value::Null))
}

/// Reads an answer as it came; a refusal says everything that is wrong.
pub(crate) fn told(response: Response) -> Result<String, RunningError> {
    let mut response = response.map_err(RunningError::Silent)?;
    let status = response.status().as_u16();
    let text = response.body_mut().read_to_string().map_err(RunningError::Silent)?;
    if (200..300).contains(&status) {
        return Ok(text);
    }
    let body: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    let errors = body.get("errors").and_then(Value::as_array).into_iter().flatten();
    let mut why: Vec<&str> = errors.filter_map(|it| it["detail"].as_str()).collect();
    if why.is_empty() {
        why.extend(body["detail"].as_str().or(body["title"].as_str()));
    }
    Err(RunningError::Refused(format!("refusé ({status}) : {}", why.join(" "))))
}
