//! What people do on a day: come in, confirm, sign, tell of a right. Through the requests of the API, one after the other.

use anyhow::{Context, ensure};
use chrono::{DateTime, Days, Utc};
use contracts::api::{Admission, Demande, DroitBody, NouvelleDroit, SignatureBody};
use domain::{DossierId, Territory};
use engine::people::Professional;
use engine::ports::Clock;
use engine::requests::{self, Asked, RequestError};
use local::here::Here;
use local::worker::until_quiet;
use serde_json::{Value, json};

use super::history::Life;
use super::people::{Person, Plan};

/// The people of the département, at work.
pub(super) struct Staff<'a> {
    pub(super) world: &'a Here,
    pub(super) agent: &'a Professional,
}

impl Staff<'_> {
    fn territory(&self) -> Territory {
        self.agent.territory
    }

    fn now(&self) -> DateTime<Utc> {
        self.world.clock.now()
    }

    /// Somebody comes in, and the triage looks at their answers.
    pub(super) async fn enter(&self, person: &Person) -> anyhow::Result<Life> {
        let today = self.territory().local_date(self.now());
        let received = today - Days::new(person.plan.received_before.into());
        let (mut application, trusted) = (person.application.clone(), person.plan.confirmed_after.is_none());
        application["canal"] = if trusted { "guichet" } else { "web" }.into();
        application["droit"] = if trusted {
            json!({ "statut": "confirme", "date_ouverture": received, "date_reception": received, "droits_devoirs": true })
        } else {
            json!({ "statut": "declare", "droits_devoirs": true })
        };
        let admission = Admission { served: &[self.territory()], trusted, today };
        let demande = Demande::parse(&application, &admission)?;
        let asked =
            Asked { key: person.key.clone(), body: application.to_string().into_bytes(), if_match: None };
        let by = if trusted { format!("agent:{}", self.agent.agent) } else { "personne".to_owned() };
        let deposited = self.now();
        let receipt = requests::submit(self.world, demande, &asked, &by).await?;
        let dossier = DossierId(receipt.recu.dossier);
        until_quiet(&self.world.queues).await?;
        let proposal = requests::proposal(self.world, self.agent, dossier).await?;
        let given = |it: &str| application["personne"].get(it).is_some();
        Ok(Life {
            dossier,
            reachable: [given("telephone"), given("courriel"), given("adresse")],
            deposited,
            incomplete: proposal.parcours.is_none() && !proposal.manquants.is_empty(),
            confirmed: trusted.then_some((deposited, received)),
            signed: None,
            elsewhere: false,
            suspended: None,
            closed: None,
        })
    }

    /// What is planned for somebody so many days after they came in.
    pub(super) async fn treat(&self, plan: &Plan, life: &mut Life, days: u32) -> anyhow::Result<()> {
        if plan.confirmed_after == Some(days) {
            self.confirm(plan, life).await?;
        }
        if plan.suspended.is_some_and(|(from, _)| from == days) && life.has_a_right() {
            let from = self.now();
            self.news(life, "suspendu", json!({ "nature": "suspendu", "le": self.today() })).await?;
            life.suspended = Some((from, None));
        }
        if let Some((from, None)) = life.suspended
            && plan.suspended.is_some_and(|(_, to)| to == days)
            && life.closed.is_none()
        {
            self.news(life, "retabli", json!({ "nature": "retabli" })).await?;
            life.suspended = Some((from, Some(self.now())));
        }
        if plan.signed_after == Some(days) {
            self.sign(plan, life, None).await?;
        }
        if plan.france_travail_after == Some(days) {
            self.sign(plan, life, Some(self.today())).await?;
        }
        if plan.closed_after == Some(days) && life.has_a_right() {
            let body = json!({ "nature": "clos", "le": self.today(), "motif": "droit_clos" });
            self.news(life, "clos", body).await?;
            life.closed = Some(self.now());
        }
        Ok(until_quiet(&self.world.queues).await?)
    }

    fn today(&self) -> Value {
        json!(self.territory().local_date(self.now()))
    }

    async fn confirm(&self, plan: &Plan, life: &mut Life) -> anyhow::Result<()> {
        let at = self.now();
        let today = self.territory().local_date(at);
        let received = today - Days::new(plan.received_before.into());
        let body = json!({
            "statut": "confirme", "date_ouverture": received, "date_reception": received, "droits_devoirs": true,
        });
        let right = DroitBody::parse(&body, today)?.0;
        let asked = self.asked(life, "droit", &body).await?;
        requests::confirm_right(self.world, self.agent, life.dossier, &asked, right).await?;
        life.confirmed = Some((at, received));
        Ok(())
    }

    async fn news(&self, life: &Life, gesture: &str, body: Value) -> anyhow::Result<()> {
        let said = NouvelleDroit::parse(&body, self.territory().local_date(self.now()))?.0;
        let asked = self.asked(life, gesture, &body).await?;
        requests::tell_right(self.world, self.agent, life.dossier, &asked, said).await?;
        Ok(())
    }

    /// Signs; or records France Travail's decision, where it is France Travail that decides by then. Where it is the other
    /// of the two, and where all is over, nothing is signed.
    async fn sign(&self, plan: &Plan, life: &mut Life, france_travail: Option<Value>) -> anyhow::Result<()> {
        if life.confirmed.is_none() || !life.waits(self.now()) {
            return Ok(());
        }
        let mut body = json!({ "parcours": "emploi", "organisme": plan.organisme, "motif_ecart": "accompagnement_en_cours" });
        let recorded = france_travail.is_some();
        if let Some(day) = france_travail {
            body = json!({ "parcours": "emploi", "organisme": "france_travail", "decision_france_travail_le": day });
        }
        let proposal = requests::proposal(self.world, self.agent, life.dossier).await?;
        let as_proposed = proposal.organisme.is_some_and(|it| body["organisme"] == it.code())
            && proposal.parcours.is_some_and(|it| body["parcours"] == it.code());
        if as_proposed {
            body.as_object_mut().and_then(|it| it.remove("motif_ecart"));
        }
        let signature = SignatureBody::parse(&body, self.territory().local_date(self.now()))?;
        let at = self.now();
        let asked = self.asked(life, if recorded { "transfert" } else { "signature" }, &body).await?;
        match requests::sign(self.world, self.agent, life.dossier, &asked, signature).await {
            Ok(_) => {
                life.signed = Some(at);
                life.elsewhere = recorded || plan.organisme != "departement";
                Ok(())
            }
            Err(RequestError::Refused(_)) => Ok(()),
            Err(error) => Err(error).context("une signature"),
        }
    }

    /// A request on the copy that is shown now.
    async fn asked(&self, life: &Life, gesture: &str, body: &Value) -> anyhow::Result<Asked> {
        let shown = requests::dossier(self.world, self.agent, life.dossier).await?;
        ensure!(shown.etag > 0, "un dossier sans version");
        let key = format!("{gesture}-{}", life.dossier);
        Ok(Asked { key, body: body.to_string().into_bytes(), if_match: Some(shown.etag) })
    }
}
