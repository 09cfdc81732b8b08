//! HTTP functions: who may ask, what the pages say, and the router behind the runtime.

use std::sync::Arc;

use engine::ports::PortError;
use web::{Auth, AuthConfig, JwksSource, SignIn, SiteConfig, State};

use crate::{CloudWorld, Environment, Error, WrongVariable, config};

/// What every handler may use, from the environment.
pub fn state(world: CloudWorld, environment: &Environment) -> Result<State<CloudWorld>, WrongVariable> {
    let auth = Auth::new(auth_config(environment)?, jwks(environment)?);
    Ok(State { world: Arc::new(world), auth: Arc::new(auth), config: Arc::new(site(environment)) })
}

/// Serves a router until the runtime stops.
pub async fn serve_http(router: axum::Router) -> Result<(), Error> {
    lambda_http::run(router).await
}

fn auth_config(environment: &Environment) -> Result<AuthConfig, WrongVariable> {
    let claim = |name: &str, usual: &str| environment.optional(name).unwrap_or_else(|| usual.to_owned());
    Ok(AuthConfig {
        issuer: environment.required("JWT_ISSUER")?,
        audience: environment.required("JWT_AUDIENCE")?,
        territory_claim: claim("JWT_CLAIM_TERRITOIRE", "territoire"),
        role_claim: claim("JWT_CLAIM_ROLE", "role"),
    })
}

/// The issuer's keys, fetched when the first token comes: a function that sees none fetches nothing.
fn jwks(environment: &Environment) -> Result<JwksSource, WrongVariable> {
    let (url, proxy) = (environment.required("JWKS_URL")?, config::proxy(environment)?);
    Ok(JwksSource::Fetched(Box::new(move || {
        let (url, proxy) = (url.clone(), proxy.clone());
        Box::pin(async move {
            let bytes = aws::http_get(&url, proxy).await?;
            String::from_utf8(bytes).map_err(|it| PortError::new("read the key set", it))
        })
    })))
}

fn site(environment: &Environment) -> SiteConfig {
    let said = |name: &str| environment.optional(name).unwrap_or_default();
    let sign_in =
        environment.optional("CONNEXION_URL").map(|href| SignIn { label: "Se connecter".to_owned(), href });
    SiteConfig {
        authority: environment.optional("SERVICE_AUTORITE").unwrap_or_else(|| said("SERVICE_NOM")),
        service: said("SERVICE_NOM"),
        phone: said("SERVICE_TELEPHONE"),
        hours: said("SERVICE_HORAIRES"),
        address: said("SERVICE_ADRESSE"),
        email: said("SERVICE_COURRIEL"),
        sign_in: sign_in.into_iter().collect(),
        notice: environment.optional("SERVICE_AVIS"),
    }
}
