//! The first page, and the rules in force, readable by anyone.

use askama::Template;
use axum::extract::State as Use;
use axum::response::Response;
use domain::frame::{AfterLegal, Frame, OrientationStart, Source};
use domain::rules::RuleSet;
use engine::World;
use http::StatusCode;

use super::{Site, french, page};
use crate::router::State;

#[derive(Template)]
#[template(path = "accueil.html")]
struct HomePage<'a> {
    site: Site<'a>,
}

pub(crate) async fn show<W: World>(Use(state): Use<State<W>>) -> Response {
    page(StatusCode::OK, &HomePage { site: Site::of(&state) })
}

#[derive(Template)]
#[template(path = "algorithme.html")]
struct AlgorithmPage<'a> {
    site: Site<'a>,
    rules: &'a RuleSet,
    frames: Vec<FrameShown>,
}

/// What a frame says of the orientation, the last in force first.
struct FrameShown {
    title: String,
    from: String,
    target: String,
    legal: String,
    start: &'static str,
    after: &'static str,
    sources: Vec<String>,
}

/// CRPA, L. 312-1-3: the rules of the main algorithmic treatments are published.
pub(crate) async fn algorithm<W: World>(Use(state): Use<State<W>>) -> Response {
    let reference = state.world.reference();
    let frames = reference.frames.iter().rev().map(shown).collect();
    page(StatusCode::OK, &AlgorithmPage { site: Site::of(&state), rules: &reference.rules, frames })
}

fn shown(frame: &Frame) -> FrameShown {
    let orientation = &frame.orientation;
    // What is said of a part of the file comes after its name.
    let said = |it: &Source| {
        let (about, text) = it.about.split_once(" : ")?;
        let public = matches!(about, "orientation.legal" | "orientation.target" | "default");
        public.then(|| format!("{text} : {}, {}.", it.article, it.text))
    };
    FrameShown {
        title: frame.title.clone(),
        from: french::short_date(frame.valid_from),
        target: french::delay(orientation.target),
        legal: french::delay(orientation.legal),
        start: match orientation.starts {
            OrientationStart::Opening => "votre droit au RSA s’ouvre, avec ses droits et devoirs",
            OrientationStart::Reception => "le Département apprend votre droit au RSA",
        },
        after: match orientation.after_legal {
            AfterLegal::Departement => "Ensuite, c’est encore le Département qui décide.",
            AfterLegal::FranceTravail => "Ensuite, c’est France Travail qui décide.",
        },
        sources: frame.sources.iter().filter_map(said).collect(),
    }
}
