//! "Indicateurs": the figures of a period, for those who answer for the territory, as a page and as a file.

mod file;

use askama::Template;
use axum::extract::State as Use;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use contracts::FieldError;
use contracts::api::{CohorteJson, IndicateurJson, IndicateursAsk, IndicateursJson};
use contracts::codes::UniteCode;
use domain::calendar;
use engine::{Professional, World, requests};
use http::{HeaderValue, StatusCode, Uri, header};

use super::session::Signed;
use super::shape::{Field, Shape};
use super::{ErrorLine, Site, french, page, problem_page, refused};
use crate::api::gestes::today;
use crate::api::indicators::asked;
use crate::extract::Query;
use crate::problem::Problem;
use crate::router::State;

#[derive(Template)]
#[template(path = "indicateurs.html")]
struct FiguresPage<'a> {
    site: Site<'a>,
    errors: Vec<ErrorLine>,
    fields: Vec<Field>,
    found: Option<Found>,
}

/// What was found of a period.
struct Found {
    caption: String,
    followed: String,
    rounding: String,
    query: String,
    bars: Bars,
    rows: Vec<Row>,
}

/// The shares of the cohort, as bars and in words.
struct Bars {
    says: String,
    list: Vec<Bar>,
}

struct Bar {
    label: String,
    value: String,
    /// Where it starts from above.
    top: usize,
    /// Where its words stand.
    base: usize,
    /// How long it is, of 400.
    length: f64,
}

struct Row {
    title: String,
    value: String,
    fraction: String,
    beside: String,
    published: String,
    words: String,
    source: String,
    as_of: String,
    why: Option<String>,
}

pub(crate) async fn show<W: World>(Use(state): Use<State<W>>, Signed(caller): Signed, uri: Uri) -> Response {
    look(&state, &caller, &uri).await.unwrap_or_else(|problem| problem_page(&state, true, &problem))
}

/// The same figures, as a table for a spreadsheet.
pub(crate) async fn download<W: World>(
    Use(state): Use<State<W>>,
    Signed(caller): Signed,
    uri: Uri,
) -> Response {
    match found(&state, &caller, &uri).await {
        Ok(figures) => {
            let name = format!("attachment; filename=\"indicateurs-{}-{}.csv\"", figures.du, figures.au);
            let Ok(name) = HeaderValue::from_str(&name) else { return Problem::internal().into_response() };
            let kind = HeaderValue::from_static("text/csv; charset=utf-8");
            let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)];
            (headers, file::table(&figures)).into_response()
        }
        Err(problem) => problem_page(&state, true, &problem),
    }
}

async fn found<W: World>(
    state: &State<W>,
    caller: &Professional,
    uri: &Uri,
) -> Result<IndicateursJson, Problem> {
    let ask = asked(&*state.world, caller, uri)?;
    Ok(requests::indicators(&*state.world, caller, ask).await?)
}

/// Without a period, the year that ends today. A period that is wrong is asked for again, with what is wrong.
async fn look<W: World>(state: &State<W>, caller: &Professional, uri: &Uri) -> Result<Response, Problem> {
    if !caller.role.governs() {
        return Err(requests::RequestError::Forbidden.into());
    }
    let day = today(&*state.world, caller);
    let (query, _) = Query::gather(uri, IndicateursAsk::FIELDS)?;
    let first = calendar::add_days(day, -364);
    let typed = |name: &str, or: NaiveDate| query.get(name).map_or_else(|| or.to_string(), str::to_owned);
    let (from, to) = (typed("du", first), typed("au", day));
    let last_year: Uri = format!("/?du={from}&au={to}").parse().map_err(|_| Problem::internal())?;
    let uri = if uri.query().is_some_and(|it| !it.is_empty()) { uri } else { &last_year };
    let (found, problem) = match found(state, caller, uri).await {
        Ok(figures) => (Some(told(&figures)), None),
        Err(problem) if problem.status == StatusCode::UNPROCESSABLE_ENTITY => (None, Some(problem)),
        Err(problem) => return Err(problem),
    };
    let errors: Vec<ErrorLine> = problem.iter().flat_map(|it| &it.errors).map(line).collect();
    let field = |name: &str, label: &str, value: &str| {
        let error = errors.iter().find(|it| it.field == name).map(|it| it.text.clone());
        Field::new(name, label, Shape::Day).value(value).error(error)
    };
    let fields = vec![field("du", "Du", &from), field("au", "Au", &to)];
    let template = FiguresPage { site: Site::pro(state, caller), fields, errors, found };
    Ok(match problem {
        None => page(StatusCode::OK, &template),
        Some(problem) => refused(problem.status, problem.code, &template),
    })
}

fn line(error: &FieldError) -> ErrorLine {
    ErrorLine { field: error.pointer.trim_start_matches('/').to_owned(), text: error.detail.clone() }
}

fn told(figures: &IndicateursJson) -> Found {
    let (from, to) = (french::short_date(figures.du), french::short_date(figures.au));
    Found {
        caption: format!("Du {from} au {to}"),
        followed: french::short_date(figures.arrete_le),
        rounding: figures.arrondi.clone(),
        query: format!("du={}&au={}&arrete_le={}", figures.du, figures.au, figures.arrete_le),
        bars: bars(figures),
        rows: figures.indicateurs.iter().map(row).collect(),
    }
}

/// How far one bar is from the next.
const STEP: usize = 36;

/// The shares of all who entered, by the days that they waited. Nobody entered: no bar.
fn bars(figures: &IndicateursJson) -> Bars {
    let shares: Vec<(&str, f64)> = figures
        .indicateurs
        .iter()
        .filter_map(|it| Some((it.id.strip_prefix("K1-")?, it.valeur?)))
        .filter(|(days, _)| days.bytes().all(|it| it.is_ascii_digit()))
        .collect();
    let says = match (shares.first(), shares.last()) {
        (Some((few, first)), Some((many, last))) => format!(
            "{} des entrants de la période sont orientés en {few} jours, {} en {many} jours.",
            percent(*first),
            percent(*last)
        ),
        _ => "Personne n’est entré dans la période.".to_owned(),
    };
    let bar = |(at, (days, value)): (usize, &(&str, f64))| Bar {
        label: format!("{days} jours"),
        value: percent(*value),
        top: at * STEP + 4,
        base: at * STEP + 24,
        length: value * 4.0,
    };
    Bars { says, list: shares.iter().enumerate().map(bar).collect() }
}

fn row(it: &IndicateurJson) -> Row {
    let counts = it.numerateur.zip(it.denominateur);
    Row {
        title: it.titre.clone(),
        value: it.valeur.map_or_else(|| "–".to_owned(), |value| in_unit(value, it.unite)),
        fraction: counts.map_or_else(
            || "–".to_owned(),
            |(numerator, denominator)| {
                format!("{} / {}", french::number(numerator), french::number(denominator))
            },
        ),
        beside: it.cohorte.as_ref().map(beside).unwrap_or_default(),
        published: it.publie.as_ref().map_or_else(
            || "–".to_owned(),
            |published| match it.unite {
                UniteCode::Percent => format!("{} %", published.valeur),
                UniteCode::Days => format!("{} jours", published.valeur),
            },
        ),
        words: it.definition.clone(),
        source: it.source.clone(),
        as_of: french::short_date(it.arrete_le),
        why: it.indisponible.clone(),
    }
}

/// What comes with the share of a cohort, in words.
fn beside(cohort: &CohorteJson) -> String {
    let counts =
        format!("{} partis, {} en attente", french::number(cohort.partis), french::number(cohort.en_attente));
    cohort.estimation.map_or_else(
        || format!("{counts}, pas d’estimation"),
        |it| format!("{counts}, estimation {}", percent(it)),
    )
}

fn in_unit(value: f64, unit: UniteCode) -> String {
    match unit {
        UniteCode::Percent => percent(value),
        UniteCode::Days => format!("{} jours", decimal(value)),
    }
}

fn percent(value: f64) -> String {
    format!("{} %", decimal(value))
}

/// A tenth as it is written in French: `17,3`.
fn decimal(value: f64) -> String {
    format!("{value:.1}").replace('.', ",")
}
