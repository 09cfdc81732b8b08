//! Every route, on one screen.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post, put};
use axum::{Router, middleware};
use contracts::border::MAX_BODY;
use engine::World;

use crate::api::{
    cadres, carnet, delegations, demandes, dossiers, gestes, imports, indicators, referents, site, sweeps,
};
use crate::auth::Auth;
use crate::config::SiteConfig;
use crate::guard;
use crate::pages::{self, desk, figures, file, files, follow_up, form, home, session};

/// What every handler may use.
pub struct State<W> {
    /// The outside world.
    pub world: Arc<W>,
    /// Who is asking.
    pub auth: Arc<Auth>,
    /// What the pages say of the installation.
    pub config: Arc<SiteConfig>,
}

impl<W> Clone for State<W> {
    fn clone(&self) -> Self {
        Self {
            world: Arc::clone(&self.world),
            auth: Arc::clone(&self.auth),
            config: Arc::clone(&self.config),
        }
    }
}

/// The routes that need no token.
pub fn public_router<W: World>(state: State<W>) -> Router {
    finish(public_routes(), state)
}

/// The routes of professionals.
pub fn professional_router<W: World>(state: State<W>) -> Router {
    finish(professional_routes(), state)
}

/// Both, for an installation that is one process. `extra` are its own routes.
pub fn whole_router<W: World>(state: State<W>, extra: Router<State<W>>) -> Router {
    finish(public_routes().merge(professional_routes()).merge(extra), state)
}

fn public_routes<W: World>() -> Router<State<W>> {
    Router::new()
        // Pages.
        .route("/", get(home::show::<W>))
        .route("/demande", get(form::start::<W>).post(form::go_on::<W>))
        .route("/suivi", get(follow_up::ask::<W>).post(follow_up::show::<W>))
        .route("/algorithme", get(home::algorithm::<W>))
        .route("/problemes/{code}", get(pages::problems::show::<W>))
        .route("/style.css", get(pages::style))
        // API.
        .route("/v1/demandes", post(demandes::submit::<W>))
        .route("/v1/openapi.json", get(site::openapi))
        .route("/sante", get(site::health))
}

fn professional_routes<W: World>() -> Router<State<W>> {
    Router::new()
        // Pages.
        .route("/pro", get(desk::list::<W>))
        .route("/pro/connexion", get(session::ask::<W>).post(session::open::<W>))
        .route("/pro/deconnexion", post(session::close::<W>))
        .route("/pro/dossiers/{id}", get(file::show::<W>))
        .route("/pro/dossiers/{id}/{geste}", post(file::act::<W>))
        // A file has its own limit (`engine::imports::MOST_BYTES`), held as it comes.
        .route(
            "/pro/fichiers",
            get(files::list::<W>).post(files::drop_one::<W>).layer(DefaultBodyLimit::disable()),
        )
        .route("/pro/fichiers/{id}", get(files::show::<W>))
        .route("/pro/fichiers/{id}/colonnes", post(files::columns::<W>))
        .route("/pro/fichiers/{id}/appliquer", post(files::apply::<W>))
        .route("/pro/fichiers/{id}/annote", get(files::annotated::<W>))
        .route("/pro/indicateurs", get(figures::show::<W>))
        .route("/pro/indicateurs/csv", get(figures::download::<W>))
        // API.
        .route("/v1/dossiers", get(dossiers::list::<W>))
        .route("/v1/dossiers/{id}", get(dossiers::one::<W>))
        .route("/v1/dossiers/{id}/proposition", get(dossiers::proposal::<W>))
        .route("/v1/dossiers/{id}/droit", post(gestes::confirm_right::<W>))
        .route("/v1/dossiers/{id}/droit/nouvelles", post(gestes::tell_right::<W>))
        .route("/v1/dossiers/{id}/urgence", post(gestes::close_emergency::<W>))
        .route("/v1/dossiers/{id}/orientation", post(gestes::sign::<W>))
        .route("/v1/dossiers/{id}/referent", post(gestes::change_referent::<W>))
        .route("/v1/dossiers/{id}/ressemblances", get(dossiers::resemblances::<W>))
        .route("/v1/dossiers/{id}/reunion", post(gestes::merge::<W>))
        .route("/v1/dossiers/{id}/separation", post(gestes::part::<W>))
        .route("/v1/dossiers/{id}/effacement", post(gestes::erase::<W>))
        .route("/v1/dossiers/{id}/carnet", get(carnet::list::<W>))
        .route("/v1/dossiers/{id}/carnet/entrees", post(carnet::add::<W>))
        .route("/v1/non_orientes", get(dossiers::not_oriented::<W>))
        .route("/v1/cadres", get(cadres::list::<W>))
        .route("/v1/cadres/{cadre}", get(cadres::versions::<W>))
        .route("/v1/cadres/{cadre}/{version}", get(cadres::version::<W>).put(cadres::write::<W>))
        .route("/v1/cadres/{cadre}/{version}/publication", put(cadres::publish::<W>))
        .route("/v1/cadres/{cadre}/{version}/retrait", put(cadres::retire::<W>))
        .route("/v1/indicateurs", get(indicators::list::<W>))
        .route("/v1/referents", get(referents::list::<W>))
        .route("/v1/referents/{id}", get(referents::one::<W>).put(referents::write::<W>))
        .route("/v1/delegations", get(delegations::list::<W>))
        .route("/v1/delegations/{agent}", put(delegations::write::<W>).get(delegations::one::<W>))
        .route("/v1/imports", post(imports::receive::<W>).get(imports::list::<W>))
        .route("/v1/imports/{id}", get(imports::one::<W>))
        .route("/v1/imports/{id}/colonnes", post(imports::columns::<W>))
        .route("/v1/imports/{id}/appliquer", post(imports::apply::<W>))
        .route("/v1/imports/{id}/fichier", get(imports::annotated::<W>))
        .route("/v1/balayages", post(sweeps::start::<W>))
        .route("/v1/balayages/{id}", get(sweeps::one::<W>))
}

fn finish<W: World>(routes: Router<State<W>>, state: State<W>) -> Router {
    routes
        .fallback(pages::nowhere::<W>)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn(guard::around))
        .with_state(state)
}
