//! The simulated agent, who is named as such: keys people in, confirms rights, signs.

use serde_json::{Value, json};

use super::CohortError;
use super::client::{Ask, Client, ClientError, Reply};
use super::people::{Cohort, Person};

/// The account that acts in a cohort.
pub(super) const SIMULATED_AGENT: &str = "agent-simule";
/// Attempts on a dossier that somebody else keeps changing.
const ATTEMPTS: u32 = 20;

/// Acts in the name of the simulated agent.
pub(super) struct Agent<'a> {
    client: Client,
    cohort: &'a Cohort,
    token: String,
}

impl<'a> Agent<'a> {
    /// Signs in.
    pub(super) fn new(client: Client, cohort: &'a Cohort) -> Result<Self, CohortError> {
        let body = json!({
            "role": "orientation", "territoire": cohort.territory.as_str(), "agent": SIMULATED_AGENT,
        });
        let token = client.expect(&Ask::post("/dev/jetons", &body))?.text("/jeton")?.to_owned();
        Ok(Self { client, cohort, token })
    }

    /// Brings a person in, their right confirmed. Returns the dossier.
    pub(super) fn enter(&self, person: &Person) -> Result<String, CohortError> {
        let key = self.cohort.key(person.index, "demande");
        let ask = Ask { key: Some(&key), ..Ask::post("/v1/demandes", &person.application) };
        // Who declares alone has no token; the others are keyed in by the agent.
        let token = person.confirmation.is_none().then_some(self.token.as_str());
        let dossier = self.client.expect(&Ask { token, ..ask })?.text("/dossier")?.to_owned();
        if let Some(confirmation) = &person.confirmation {
            let key = self.cohort.key(person.index, "droit");
            let path = format!("/v1/dossiers/{dossier}/droit");
            self.gesture(&dossier, |shown| {
                let declared = shown.pointer("/droit/statut").and_then(Value::as_str) == Some("declare");
                declared.then(|| (path.clone(), key.clone(), confirmation.clone()))
            })?;
        }
        Ok(dossier)
    }

    /// Signs what is proposed, unless it is too late or done already.
    pub(super) fn sign(&self, person: &Person, dossier: &str) -> Result<(), CohortError> {
        let proposal = self.get(&format!("/v1/dossiers/{dossier}/proposition"))?;
        let key = self.cohort.key(person.index, "signature");
        let path = format!("/v1/dossiers/{dossier}/orientation");
        let body = if person.already_accompanied {
            json!({ "parcours": "emploi", "organisme": "mission_locale", "motif_ecart": "accompagnement_en_cours" })
        } else {
            // Where the rules do not conclude, the agent is deemed to have met the person.
            let or = |field: &str, otherwise: &str| match proposal.body.get(field).and_then(Value::as_str) {
                Some(proposed) => proposed.to_owned(),
                None => otherwise.to_owned(),
            };
            json!({ "parcours": or("parcours", "socio_professionnel"), "organisme": or("organisme", "departement") })
        };
        self.gesture(dossier, |shown| {
            let signable = shown.get("etat").and_then(Value::as_str) == Some("a_orienter");
            signable.then(|| (path.clone(), key.clone(), body.clone()))
        })
    }

    /// A dossier as the API shows it.
    pub(super) fn look(&self, dossier: &str) -> Result<Value, CohortError> {
        Ok(self.get(&format!("/v1/dossiers/{dossier}"))?.body)
    }

    /// Looks, and acts on what is seen if `act` says how; looks again when the dossier changed in between.
    fn gesture(
        &self,
        dossier: &str,
        act: impl Fn(&Value) -> Option<(String, String, Value)>,
    ) -> Result<(), CohortError> {
        for _ in 0..ATTEMPTS {
            let shown = self.get(&format!("/v1/dossiers/{dossier}"))?;
            let Some((path, key, body)) = act(&shown.body) else { return Ok(()) };
            let ask = Ask {
                token: Some(&self.token),
                key: Some(&key),
                if_match: shown.etag.as_deref(),
                ..Ask::post(&path, &body)
            };
            let reply = self.client.ask(&ask)?;
            match reply.status {
                200..300 => return Ok(()),
                // Somebody else wrote in between, or a rule refused what was still possible when we looked.
                409 | 412 => {}
                _ => return Err(refused(&path, &reply).into()),
            }
        }
        // It stays as it is, and is counted as it is.
        Ok(())
    }

    fn get(&self, path: &str) -> Result<Reply, CohortError> {
        Ok(self.client.expect(&Ask { token: Some(&self.token), ..Ask::get(path) })?)
    }
}

fn refused(path: &str, reply: &Reply) -> ClientError {
    let code = reply.body.get("code").and_then(Value::as_str).unwrap_or("sans code").to_owned();
    ClientError::Refused { path: path.to_owned(), status: reply.status, code }
}
