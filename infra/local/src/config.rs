//! What the environment says, read once at start-up.

use std::path::PathBuf;

use domain::Territory;

/// How this process runs.
#[derive(Clone, Debug)]
pub struct Config {
    /// The port on 127.0.0.1; zero lets the system choose.
    pub port: u16,
    /// The data directory.
    pub data: PathBuf,
    /// The départements served.
    pub territories: Vec<Territory>,
}

impl Config {
    /// Reads `PORT` (3000), `SPIE_DATA` (`.spie`) and `TERRITOIRES` (`77`).
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            port: var("PORT").unwrap_or("3000".into()).parse().map_err(|_| ConfigError::Port)?,
            data: var("SPIE_DATA").map_or_else(|| PathBuf::from(".spie"), PathBuf::from),
            territories: territories(&var("TERRITOIRES").unwrap_or("77".into()))?,
        })
    }

    /// Any port, this directory, the Seine-et-Marne.
    pub fn for_testing(data: impl Into<PathBuf>) -> Self {
        Self { port: 0, data: data.into(), territories: territories("77").unwrap_or_default() }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place of the local mode where the environment is read"
)]
fn var(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|it| !it.is_empty())
}

fn territories(list: &str) -> Result<Vec<Territory>, ConfigError> {
    list.split(',')
        .map(|it| it.trim().parse().map_err(|_| ConfigError::Territory(it.trim().to_owned())))
        .collect()
}

/// What is wrong in the environment, as people read it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not a port.
    #[error("PORT doit être un nombre de 0 à 65535")]
    Port,
    /// Not a département.
    #[error("TERRITOIRES contient « {0} », qui n'est pas le code d'un département")]
    Territory(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn territories_are_a_list_of_codes() {
        let codes: Vec<_> = territories("77, 93").unwrap();
        assert_eq!(codes.iter().map(|it| it.as_str()).collect::<Vec<_>>(), ["77", "93"]);
    }

    #[test]
    fn a_territory_that_is_not_a_departement_is_refused() {
        assert_eq!(territories("77,zz").unwrap_err(), ConfigError::Territory("zz".into()));
    }
}
