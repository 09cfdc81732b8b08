//! Who is in the measure: fictional applicants, the référents of a département, the agent who signs.

use chrono::{DateTime, Days, Utc};
use contracts::api::{DelegationBody, ReferentBody};
use domain::Territory;
use engine::World;
use engine::people::{Professional, Role};
use engine::requests;
use serde_json::{Value, json};

/// Référents among whom people are spread.
const REFERENTS: u32 = 40;
/// The places of a référent, at the most.
const MOST_PLACES: u32 = 900;

/// One person: the idempotency key and the application.
pub(super) type Person = (String, Value);

/// People who came in over the last month, keyed in by an agent who has seen that their right is open.
pub(super) fn people(territory: Territory, size: u32, now: DateTime<Utc>) -> impl Iterator<Item = Person> {
    let today = territory.local_date(now);
    local::cohort::fictional_people(territory, size, now - Days::new(29)).map(
        move |(key, mut application)| {
            application["canal"] = "guichet".into();
            application["droit"] = json!({
                "statut": "confirme", "date_ouverture": application["droit"]["date_ouverture"],
                "date_reception": today, "droits_devoirs": true,
            });
            (key, application)
        },
    )
}

/// The agent of the measure.
pub(crate) fn agent(territory: Territory) -> anyhow::Result<Professional> {
    Ok(Professional { agent: "agent-simule".parse()?, territory, role: Role::Orientation })
}

/// Writes the delegation of the agent and the référents; together they have room for half as many people again.
pub(crate) async fn plant<W: World>(world: &W, territory: Territory, size: u32) -> anyhow::Result<()> {
    let head = Professional { agent: "administration".parse()?, territory, role: Role::Administration };
    let delegation = DelegationBody::parse(&json!({
        "nom": "Agent simulé", "qualite": "automate de mesure", "acte": "arrêté fictif n° 2025-003",
        "du": "2025-01-01", "parcours": ["social", "socio_professionnel", "emploi"],
    }))?;
    requests::put_delegation(world, &head, &agent(territory)?.agent, delegation).await?;
    // Nobody is given more people than a référent may have.
    let places = size + size / 2;
    let referents = REFERENTS.max(places.div_ceil(MOST_PLACES));
    for number in 1..=referents {
        let body = ReferentBody::parse(
            &json!({
                "nom": "Camille Exemple", "structure": "Service insertion du Département",
                "telephone": "01 99 00 77 10", "adresse": "1 place de l’Exemple, Melun",
                "organisme": "departement", "capacite": places.div_ceil(referents),
                "parcours": ["social", "socio_professionnel", "emploi"],
            }),
            territory,
        )?;
        let id = format!("r-{number:03}").parse()?;
        requests::put_referent(world, &head, &id, None, body).await?;
    }
    Ok(())
}
