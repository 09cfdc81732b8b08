//! One file: how far it is, what it changes or would change, and what a professional can do about it.

use askama::Template;
use axum::extract::{Path, Request, State as Use};
use axum::response::{IntoResponse, Response};
use contracts::api::{BilanJson, CHAMPS, ImportEtat, ImportJson};
use engine::{Professional, World, imports};
use http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};

use super::{kind, told};
use crate::api::imports::{returned, settle};
use crate::api::named;
use crate::extract::Query;
use crate::pages::origin::{self, Silent};
use crate::pages::session::Signed;
use crate::pages::shape::{Field, Shape};
use crate::pages::{Fields, Site, french, page, problem_page, see};
use crate::problem::Problem;
use crate::router::State;

#[derive(Template)]
#[template(path = "fichier.html")]
#[expect(clippy::struct_excessive_bools, reason = "what a page shows, each by itself")]
struct ImportPage<'a> {
    site: Site<'a>,
    id: String,
    name: String,
    code: &'static str,
    state: &'static str,
    done: Option<&'static str>,
    running: bool,
    refreshes: bool,
    progress: Option<(u32, u32)>,
    reasons: Vec<String>,
    columns: Vec<Field>,
    counts: Vec<(&'static str, String)>,
    dry: bool,
    annotated: bool,
    appliable: bool,
    applied: Option<String>,
    facts: Vec<(&'static str, String)>,
}

pub(crate) async fn show<W: World>(
    Use(state): Use<State<W>>,
    Signed(caller): Signed,
    Path(id): Path<String>,
    uri: Uri,
) -> Response {
    let shown = look(&state, &caller, &id, &uri).await;
    shown.unwrap_or_else(|problem| problem_page(&state, true, &problem))
}

pub(crate) async fn columns<W: World>(
    Use(state): Use<State<W>>,
    Signed(caller): Signed,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let settled = async {
        origin::check(request.headers(), Silent::Refused)?;
        let fields = Fields::read(request).await?;
        let import = settle(&state, &caller, &id, |import| chosen(import, &fields)).await?;
        Ok(see(&format!("/pro/fichiers/{}?fait=colonnes", import.import)))
    };
    settled.await.unwrap_or_else(|problem: Problem| problem_page(&state, true, &problem))
}

pub(crate) async fn apply<W: World>(
    Use(state): Use<State<W>>,
    Signed(caller): Signed,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let applied = async {
        origin::check(&headers, Silent::Refused)?;
        let import = imports::apply_now(&*state.world, &caller, named(&id)?).await?;
        Ok(see(&format!("/pro/fichiers/{}?fait=appliquer", import.import)))
    };
    applied.await.unwrap_or_else(|problem: Problem| problem_page(&state, true, &problem))
}

pub(crate) async fn annotated<W: World>(
    Use(state): Use<State<W>>,
    Signed(caller): Signed,
    Path(id): Path<String>,
) -> Response {
    let file = returned(&state, &caller, &id).await;
    file.unwrap_or_else(|problem| problem_page(&state, true, &problem)).into_response()
}

async fn look<W: World>(
    state: &State<W>,
    caller: &Professional,
    id: &str,
    uri: &Uri,
) -> Result<Response, Problem> {
    let query = Query::read(uri, &["fait", "actualisation"])?;
    let import = imports::import(&*state.world, caller, named(id)?).await?;
    let running = matches!(import.etat, ImportEtat::Recu | ImportEtat::EnCours);
    let tried = import.etat == ImportEtat::Termine && import.a_blanc;
    let applied = if tried { applied(state, caller, &import).await? } else { None };
    let template = ImportPage {
        site: Site::pro(state, caller),
        id: import.import.to_string(),
        name: import.nom.clone(),
        code: import.etat.code(),
        state: told(&import),
        done: query.get("fait").and_then(done),
        running,
        refreshes: running && query.get("actualisation") != Some("non"),
        progress: (import.etat == ImportEtat::EnCours)
            .then_some((import.avancement.fait, import.avancement.total)),
        reasons: import.motif.iter().flat_map(|it| it.lines()).map(str::to_owned).collect(),
        columns: if import.etat == ImportEtat::APreciser { selects(&import) } else { Vec::new() },
        counts: import.bilan.map_or_else(Vec::new, |it| counts(it, import.a_blanc)),
        dry: import.a_blanc,
        annotated: import.fichier_annote,
        appliable: tried && applied.is_none(),
        applied,
        facts: facts(&import, caller),
    };
    Ok(page(StatusCode::OK, &template))
}

/// The import that wrote what this dry run told, when there is one: the same file, given at the same time.
async fn applied<W: World>(
    state: &State<W>,
    caller: &Professional,
    dry: &ImportJson,
) -> Result<Option<String>, Problem> {
    let all = imports::imports(&*state.world, caller).await?.elements;
    let same = |it: &&ImportJson| !it.a_blanc && (&it.empreinte, it.le) == (&dry.empreinte, dry.le);
    Ok(all.iter().find(same).map(|it| it.import.to_string()))
}

fn done(code: &str) -> Option<&'static str> {
    match code {
        "depot" => Some("Le fichier est reçu."),
        "colonnes" => Some("Les colonnes sont enregistrées. Le fichier est relu."),
        "appliquer" => Some("L’écriture des dossiers est lancée."),
        _ => None,
    }
}

/// The body that the API would receive.
fn chosen(import: &ImportJson, fields: &Fields) -> Value {
    let columns = import.colonnes.iter().enumerate().filter_map(|(index, column)| {
        let name = format!("c{index}");
        let field = fields.all(&name).next()?;
        let field = if field.is_empty() { Value::Null } else { field.into() };
        Some((column.titre.clone(), field))
    });
    json!({ "colonnes": columns.collect::<Value>() })
}

fn selects(import: &ImportJson) -> Vec<Field> {
    let select = |(index, column): (usize, &contracts::api::ColonneJson)| {
        let options = CHAMPS.iter().map(|(code, label)| ((*code).to_owned(), french::bare(label)));
        Field::new(&format!("c{index}"), &column.titre, Shape::Select)
            .none("Ne pas lire cette colonne")
            .options(options, |code| column.champ.as_deref() == Some(code))
    };
    import.colonnes.iter().enumerate().map(select).collect()
}

fn counts(it: BilanJson, dry: bool) -> Vec<(&'static str, String)> {
    let (opened, completed) = if dry {
        ("Dossiers à créer", "Dossiers à mettre à jour")
    } else {
        ("Dossiers créés", "Dossiers mis à jour")
    };
    [
        ("Lignes lues", it.lignes),
        (opened, it.crees),
        (completed, it.mis_a_jour),
        ("Sans changement", it.inchanges),
        ("Lignes refusées", it.refuses),
        ("Lignes avec une alerte", it.alertes),
    ]
    .map(|(label, count)| (label, french::number(count)))
    .into()
}

fn facts(it: &ImportJson, caller: &Professional) -> Vec<(&'static str, String)> {
    let dry = if it.a_blanc { "Essai à blanc : rien n’est écrit." } else { "Les dossiers sont écrits." };
    let given = french::moment(caller.territory, it.le);
    let by = it.par.strip_prefix("agent:").unwrap_or(&it.par);
    vec![
        ("Nature", kind(it.nature).to_owned()),
        ("Source", it.source.clone().unwrap_or_else(|| "–".to_owned())),
        ("Reçu par le Département", french::long_date(it.recu_le)),
        ("Déposé", format!("{given}, par {by}")),
        ("Mode", dry.to_owned()),
        ("Empreinte (SHA-256)", it.empreinte.clone()),
    ]
}
