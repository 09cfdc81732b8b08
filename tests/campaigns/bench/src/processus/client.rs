//! Those who ask over HTTP: the people who apply, the professionals, as patient as a browser whose user tries again.

use std::collections::BTreeMap;

use anyhow::bail;
use local::identity::Identity;
use serde_json::Value;

use super::world::World;
use crate::events::{HttpAsk, HttpReply};
use crate::instance::Ending;
use crate::runtime_api::Answer;

/// Nobody tries more often than this. Reaching it is a violation: it should have ended long before.
const ATTEMPTS: u32 = 200;

/// What is answered about a dossier that was erased.
pub(super) const GONE: u16 = 410;

/// Asks the HTTP functions of one world.
#[derive(Clone, Copy)]
pub(super) struct Client<'a> {
    /// The world.
    pub(super) world: &'a World,
    /// Who signs tokens.
    pub(super) identity: &'a Identity,
}

/// One gesture: what is asked, by whom, under which key.
#[derive(Clone, Debug)]
pub(super) struct Gesture<'a> {
    /// The territory.
    pub(super) territory: &'a str,
    /// The professional's role.
    pub(super) role: &'a str,
    /// The professional.
    pub(super) agent: &'a str,
    /// The idempotency key: the same gesture said again has the same.
    pub(super) key: String,
    /// The body.
    pub(super) body: Value,
}

impl<'a> Gesture<'a> {
    /// A head of territory reads.
    pub(super) const fn reading(territory: &'a str) -> Self {
        let key = String::new();
        Self { territory, role: "responsable", agent: "responsable-1", key, body: Value::Null }
    }
}

impl Client<'_> {
    /// Anybody applies, without a token.
    pub(super) async fn apply(&self, key: &str, body: &Value) -> anyhow::Result<HttpReply> {
        self.ask("intake", &ask("POST", "/v1/demandes", Some(body), [("idempotency-key", key.to_owned())]))
            .await
    }

    /// A professional asks for something that needs no copy of a dossier.
    pub(super) async fn call(
        &self,
        method: &'static str,
        path: &str,
        gesture: &Gesture<'_>,
    ) -> anyhow::Result<HttpReply> {
        let headers = [("idempotency-key", gesture.key.clone()), ("authorization", self.bearer(gesture)?)];
        let body = Some(&gesture.body).filter(|it| !it.is_null());
        let function = if path == "/v1/demandes" { "intake" } else { "professionals" };
        self.ask(function, &ask(method, path, body, headers)).await
    }

    /// A professional acts on the dossier as it is shown; looks again, and acts again, when it changed in between.
    pub(super) async fn act(
        &self,
        dossier: &str,
        route: &str,
        gesture: &Gesture<'_>,
    ) -> anyhow::Result<HttpReply> {
        let path = format!("/v1/dossiers/{dossier}");
        for _ in 0..ATTEMPTS {
            let shown = self.call("GET", &path, &Gesture { body: Value::Null, ..gesture.clone() }).await?;
            if shown.status == GONE {
                return Ok(shown);
            }
            let etag = shown.headers.get("etag").cloned().unwrap_or_default();
            let headers = [
                ("idempotency-key", gesture.key.clone()),
                ("authorization", self.bearer(gesture)?),
                ("if-match", etag),
            ];
            let asked = ask("POST", &format!("{path}/{route}"), Some(&gesture.body), headers);
            let reply = self.ask("professionals", &asked).await?;
            if reply.status != 412 {
                return Ok(reply);
            }
        }
        bail!("I8 le dossier {dossier} change sans fin sous un geste");
    }

    fn bearer(&self, gesture: &Gesture<'_>) -> anyhow::Result<String> {
        Ok(format!("Bearer {}", self.identity.token(gesture.role, gesture.territory, gesture.agent)?))
    }

    /// Asks until there is an answer that is not "later".
    async fn ask(&self, function: &str, ask: &HttpAsk) -> anyhow::Result<HttpReply> {
        let event = ask.event();
        for _ in 0..ATTEMPTS {
            let ending = self.world.function(function)?.invoke(&event).await?;
            let Ending::Answered(Answer::Response(answer)) = ending else { continue };
            match HttpReply::read(&answer) {
                Some(reply) if reply.status < 500 && reply.status != 429 => return Ok(reply),
                _ => {}
            }
        }
        bail!("I8 {} {} n’aboutit jamais", ask.method, ask.path);
    }
}

fn ask<const HEADERS: usize>(
    method: &'static str,
    path: &str,
    body: Option<&Value>,
    headers: [(&str, String); HEADERS],
) -> HttpAsk {
    let headers: BTreeMap<String, String> =
        headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    HttpAsk { method, path: path.to_owned(), headers, body: body.cloned() }
}
