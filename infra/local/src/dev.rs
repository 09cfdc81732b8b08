//! The area `/dev/` of the local mode: tokens, the clock, queues, messages sent. Never compiled into the functions.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, SecondsFormat, Utc};
use domain::{AgentId, ReferentId, Territory};
use engine::people::Role;
use engine::ports::{Clock, Documents, PortError, QueueName};
use engine::{World, ports};
use http::{StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use web::Problem;
use web::auth::cookie;

use crate::clock::parse_duration;
use crate::documents::DiskDocuments;
use crate::identity::Identity;
use crate::marks::Marks;
use crate::schedules::{LocalWorld, Schedules};
use crate::seed::ACCOUNTS;

/// What the area works on.
pub struct Dev<W> {
    /// The world.
    pub world: Arc<W>,
    /// Who signs tokens.
    pub identity: Identity,
    /// What moves with the clock.
    pub schedules: Arc<Schedules<W>>,
    /// Instants remembered by name.
    pub marks: Marks,
}

type Answer = Result<Json<Value>, Problem>;
type Use<W> = Extension<Arc<Dev<W>>>;

/// The routes, for the whole router of an installation in one process.
pub fn routes<W, S>(dev: Arc<Dev<W>>) -> Router<S>
where
    W: LocalWorld + World<Documents = DiskDocuments>,
    S: Clone + Send + Sync + 'static,
{
    Router::new()
        .route("/dev/jetons", post(token::<W>))
        .route("/dev/connexion/{agent}", get(sign_in::<W>))
        .route("/dev/jwks.json", get(jwks::<W>))
        .route("/dev/horloge", get(tell_time::<W>).post(move_clock::<W>))
        .route("/dev/files", get(queues::<W>))
        .route("/dev/files/{nom}/relance", post(redrive::<W>))
        .route("/dev/boite_envoi", get(outbox::<W>))
        .route("/dev/cohortes", post(mark::<W>))
        .layer(Extension(dev))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenBody {
    role: String,
    territoire: String,
    /// The référent whose token it is.
    referent: Option<String>,
    /// Any other professional.
    agent: Option<String>,
}

async fn token<W: LocalWorld>(Extension(dev): Use<W>, body: Bytes) -> Answer {
    let body: TokenBody = read(&body)?;
    let role = Role::from_code(&body.role)
        .ok_or_else(|| wrong("Le rôle est orientation, referent, responsable ou administration."))?;
    let territory = body
        .territoire
        .parse::<Territory>()
        .ok()
        .filter(|it| dev.world.reference().served.contains(it))
        .ok_or_else(|| wrong("Ce territoire n’est pas servi ici."))?;
    let named = body.referent.or(body.agent);
    if role == Role::Referent && named.as_deref().is_none_or(|it| it.parse::<ReferentId>().is_err()) {
        return Err(wrong("Dites de quel référent, dans le champ « referent »."));
    }
    let agent = named.unwrap_or_else(|| ready_made(role).to_owned());
    if agent.parse::<AgentId>().is_err() {
        return Err(wrong("Cet identifiant de professionnel ne peut pas exister."));
    }
    let token = dev.identity.token(role.code(), territory.as_str(), &agent).map_err(|it| failed(&it))?;
    Ok(Json(json!({ "jeton": token })))
}

/// The account that stands for a role.
fn ready_made(role: Role) -> &'static str {
    ACCOUNTS.iter().find(|it| it.role == role).map_or("administration", |it| it.agent)
}

/// Opens a session of the pages with a ready-made account.
async fn sign_in<W: LocalWorld>(
    Extension(dev): Use<W>,
    Path(agent): Path<String>,
) -> Result<Response, Problem> {
    let account = ACCOUNTS.iter().find(|it| it.agent == agent).ok_or_else(Problem::not_found)?;
    let territory = dev.world.reference().served.first().ok_or_else(Problem::internal)?;
    let token = dev.identity.token(account.role.code(), territory.as_str(), account.agent);
    let cookie = cookie(&token.map_err(|it| failed(&it))?).ok_or_else(Problem::internal)?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/pro")).into_response())
}

async fn jwks<W: LocalWorld>(Extension(dev): Use<W>) -> Result<Response, Problem> {
    let jwks = dev.identity.jwks().map_err(|it| failed(&it))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], jwks).into_response())
}

async fn tell_time<W: LocalWorld>(Extension(dev): Use<W>) -> Answer {
    Ok(Json(json!({ "maintenant": instant(dev.world.clock().now()) })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockBody {
    /// By how long, as in `P30D`.
    avancer: Option<String>,
    /// To which instant: saying it again moves nothing.
    jusqu_a: Option<DateTime<Utc>>,
}

/// Moves the clock, and returns when everything due on the way has been done.
async fn move_clock<W: LocalWorld>(Extension(dev): Use<W>, body: Bytes) -> Answer {
    let target = match read(&body)? {
        ClockBody { avancer: Some(by), jusqu_a: None } => {
            dev.world.clock().now() + parse_duration(&by).map_err(|it| wrong(&sentence(&it.to_string())))?
        }
        ClockBody { avancer: None, jusqu_a: Some(target) } => target,
        ClockBody { .. } => return Err(wrong("Donnez « avancer » (une durée) ou « jusqu_a » (un instant).")),
    };
    let (schedules, world) = (Arc::clone(&dev.schedules), Arc::clone(&dev.world));
    if target > world.clock().now() + chrono::Duration::days(3_653) {
        return Err(wrong("L’horloge avance de dix ans au plus en une fois."));
    }
    // On a task of its own: who asked may hang up, the move goes to its end.
    let moved = tokio::spawn(async move { schedules.move_to(target).await }).await;
    let now = moved.map_err(|it| failed(&it))?.map_err(|it| failed(&it))?;
    Ok(Json(json!({ "maintenant": instant(now) })))
}

async fn queues<W: LocalWorld>(Extension(dev): Use<W>) -> Answer {
    let mut files = Vec::new();
    for (queue, stats) in dev.world.queues().stats().await.map_err(|it| failed(&it))? {
        let dead = dev.world.queues().dead_letters(queue).await.map_err(|it| failed(&it))?;
        let dead: Vec<Value> = dead
            .iter()
            .map(|letter| {
                // Ids and codes only; a body that cannot be read stays unread.
                let body: Value = serde_json::from_str(&letter.body).unwrap_or_default();
                json!({
                    "id": body.get("id"), "sujet": body.get("subject"), "type": body.get("type"),
                    "essais": letter.attempts, "envoye_le": instant(letter.sent_at),
                })
            })
            .collect();
        files.push(json!({
            "nom": queue.name(), "visibles": stats.visible, "en_vol": stats.in_flight,
            "retardes": stats.delayed, "morts": stats.dead, "lettres_mortes": dead,
        }));
    }
    Ok(Json(json!({ "files": files })))
}

/// Puts the dead letters of a queue back in it.
async fn redrive<W: LocalWorld>(Extension(dev): Use<W>, Path(name): Path<String>) -> Answer {
    let queue = QueueName::ALL.into_iter().find(|it| it.name() == name).ok_or_else(Problem::not_found)?;
    let moved = dev.world.queues().redrive(queue).await.map_err(|it| failed(&it))?;
    Ok(Json(json!({ "relances": moved })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OutboxQuery {
    /// Only this dossier's.
    dossier: Option<String>,
    /// At most this many.
    limite: Option<usize>,
}

/// What people were told, as the providers of SMS, e-mail and post would have received it.
async fn outbox<W>(Extension(dev): Use<W>, Query(query): Query<OutboxQuery>) -> Answer
where
    W: LocalWorld + World<Documents = DiskDocuments>,
{
    let documents = dev.world.documents();
    let names = documents.list("envois/").await.map_err(|it| failed(&it))?;
    let wanted = |name: &String| query.dossier.as_ref().is_none_or(|it| name.split('/').nth(2) == Some(it));
    let names: Vec<String> = names.into_iter().filter(wanted).collect();
    let total = names.len();
    let mut messages = Vec::new();
    for name in names.into_iter().take(query.limite.unwrap_or(100).min(1_000)) {
        if let Some(message) = message(documents, &name).await.map_err(|it| failed(&it))? {
            messages.push(message);
        }
    }
    Ok(Json(json!({ "total": total, "messages": messages })))
}

async fn message(documents: &DiskDocuments, name: &str) -> Result<Option<Value>, PortError> {
    let Some(bytes) = documents.get(name).await? else { return Ok(None) };
    serde_json::from_slice(&bytes).map(Some).map_err(|it| ports::PortError::new("read a message", it))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MarkBody {
    nom: String,
}

/// Tells when a cohort began: now, the first time its name is heard.
async fn mark<W: LocalWorld>(Extension(dev): Use<W>, body: Bytes) -> Answer {
    let body: MarkBody = read(&body)?;
    let ordinary = |it: char| it.is_ascii_alphanumeric() || it == '-';
    if body.nom.is_empty() || body.nom.len() > 80 || !body.nom.chars().all(ordinary) {
        return Err(wrong("Un nom de cohorte a des lettres, des chiffres et des tirets."));
    }
    let start = dev.marks.first(&body.nom, dev.world.clock().now()).map_err(|it| failed(&it))?;
    Ok(Json(json!({ "debut": instant(start) })))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        if error.is_data() {
            wrong("Un champ manque, est inconnu ou a une autre forme.")
        } else {
            unreadable()
        }
    })
}

fn unreadable() -> Problem {
    Problem {
        detail: "Ce contenu n’est pas du JSON.".to_owned(),
        ..Problem::new(StatusCode::BAD_REQUEST, "json_illisible")
    }
}

fn wrong(detail: &str) -> Problem {
    Problem { detail: detail.to_owned(), ..Problem::invalid(Vec::new()) }
}

fn failed(error: &(dyn std::error::Error + 'static)) -> Problem {
    tracing::error!(error, "The local mode failed.");
    Problem::internal()
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|it| it.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
