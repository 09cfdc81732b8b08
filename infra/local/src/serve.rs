//! `spie local`: both routers, every step, queues, store, schedules, in one process on 127.0.0.1.

use std::fmt::Write;
use std::fs::File;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use contracts::data::DataError;
use engine::ports::PortError;
use tokio::net::TcpListener;
use web::{Auth, AuthConfig, JwksSource, SignIn, SiteConfig, State, whole_router};

use crate::clock::ClockError;
use crate::config::Config;
use crate::dev::{self, Dev};
use crate::dynoxide;
use crate::files::FileError;
use crate::here::{Here, Steps, assemble, service};
use crate::identity::{AUDIENCE, ISSUER, Identity, IdentityError};
use crate::keys::KeyFileError;
use crate::marks::Marks;
use crate::schedules::Schedules;
use crate::seed::{self, ACCOUNTS, SeedError};
use crate::worker::Worker;

/// A place opened and ready to serve.
pub struct Place {
    /// The world.
    pub world: Arc<Here>,
    /// Everything over HTTP.
    pub router: axum::Router,
    /// What moves with the clock.
    pub schedules: Arc<Schedules<Here>>,
    /// Held while the place is open: two processes never share a data directory.
    _lock: File,
}

/// Opens the data directory, or creates and seeds it, and starts the workers. `schedules.run()` is left to the caller.
pub async fn open(config: &Config) -> Result<Place, ServeError> {
    std::fs::create_dir_all(&config.data).map_err(|it| FileError::new(&config.data, "created", it))?;
    let lock = lock(&config.data)?;
    let engine = dynoxide::open(&config.data.join("dynamo.sqlite")).map_err(ServeError::Database)?;
    let world = Arc::new(assemble(config, dynoxide::http_client(engine)).await?);
    let identity = Identity::open(&config.data.join("cle-jetons"))?;
    let keys = JwksSource::fixed(&identity.jwks()?).map_err(|_| ServeError::Jwks)?;
    let auth = AuthConfig {
        issuer: ISSUER.to_owned(),
        audience: AUDIENCE.to_owned(),
        territory_claim: "territoire".to_owned(),
        role_claim: "role".to_owned(),
    };
    let marks = Marks::open(&config.data.join("reperes"))?;
    let start = marks.first("premier-demarrage", engine::ports::Clock::now(&world.clock))?;
    tokio::spawn(Worker::new(world.queues.clone(), Arc::new(Steps(Arc::clone(&world)))).run());
    seed::plant(&*world, start).await?;
    let schedules = Arc::new(Schedules::new(Arc::clone(&world)));
    let dev = Dev { world: Arc::clone(&world), identity, schedules: Arc::clone(&schedules), marks };
    let state = State {
        world: Arc::clone(&world),
        auth: Arc::new(Auth::new(auth, keys)),
        config: Arc::new(site(config)),
    };
    let router = whole_router(state, dev::routes(Arc::new(dev)));
    Ok(Place { world, router, schedules, _lock: lock })
}

/// Serves until the process is asked to stop. `ready` is told the address.
pub async fn serve(config: &Config, ready: impl FnOnce(&str)) -> Result<(), ServeError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port))
        .await
        .map_err(|source| ServeError::Port { port: config.port, source })?;
    let address = listener.local_addr().map_err(ServeError::Http)?;
    let place = open(config).await?;
    let schedules = Arc::clone(&place.schedules);
    tokio::spawn(async move { schedules.run().await });
    ready(&format!("http://{address}"));
    axum::serve(listener, place.router.clone()).with_graceful_shutdown(stop()).await.map_err(ServeError::Http)
}

/// What `spie local` says once it answers.
pub fn welcome(address: &str, config: &Config) -> String {
    let mut text = format!(
        "\nLe parcours est en marche. Les personnes y sont fictives.\n\n  \
         Le formulaire          {address}/demande\n  \
         L'espace de la personne {address}/suivi\n  \
         Les professionnels     {address}/pro\n  \
         Les règles             {address}/algorithme\n  \
         Données                {}\n\nComptes prêts (un clic ouvre la session) :\n",
        config.data.display(),
    );
    for account in ACCOUNTS {
        let _ = writeln!(text, "  {address}/dev/connexion/{:<18} {}", account.agent, account.label);
    }
    let _ = write!(
        text,
        "\nUn mois d'entrées fictives, dans un autre terminal :\n  spie cohorte --taille 100 --adresse {address}\n\n\
         Ctrl-C pour arrêter ; les données restent.\n"
    );
    text
}

/// One process at a time in a data directory: the lock dies with the process that holds it.
fn lock(data: &Path) -> Result<File, ServeError> {
    let path = data.join("verrou");
    let file = File::create(&path).map_err(|it| FileError::new(&path, "created", it))?;
    file.try_lock().map_err(|_| ServeError::Taken)?;
    Ok(file)
}

fn site(config: &Config) -> SiteConfig {
    let service = service();
    let name = config.territories.first().map_or("", |it| it.name());
    SiteConfig {
        authority: format!("Département : {name}"),
        service: service.nom,
        phone: service.telephone,
        hours: "Du lundi au vendredi, de 9 h à 17 h.".to_owned(),
        address: service.adresse,
        email: "insertion@example.org".to_owned(),
        sign_in: ACCOUNTS
            .iter()
            .map(|it| SignIn { label: it.label.to_owned(), href: format!("/dev/connexion/{}", it.agent) })
            .collect(),
        notice: Some("Démonstration : les personnes sont fictives.".to_owned()),
    }
}

async fn stop() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}

/// Why the local mode cannot start, as people read it.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Somebody else has the port.
    #[error("le port {port} est pris : choisissez-en un autre, par exemple PORT=3001")]
    Port {
        /// Which.
        port: u16,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// Somebody else has the data directory.
    #[error(
        "un autre processus utilise ces données : arrêtez-le, ou choisissez un autre dossier avec SPIE_DATA"
    )]
    Taken,
    /// The server stopped.
    #[error("le serveur s'est arrêté")]
    Http(#[source] std::io::Error),
    /// The database file.
    #[error("la base de données ne s'ouvre pas")]
    Database(#[source] ::dynoxide::DynoxideError),
    /// The published keys.
    #[error("les clés publiques des jetons ne se lisent pas")]
    Jwks,
    /// A file.
    #[error("un fichier de données ne s'ouvre pas")]
    File(#[from] FileError),
    /// The clock.
    #[error("l'horloge ne s'ouvre pas")]
    Clock(#[from] ClockError),
    /// The master key.
    #[error("la clé maîtresse ne s'ouvre pas")]
    Key(#[from] KeyFileError),
    /// The signing key.
    #[error("la clé des jetons ne s'ouvre pas")]
    Identity(#[from] IdentityError),
    /// The files of law and rules.
    #[error("les règles ne se lisent pas")]
    Data(#[from] DataError),
    /// The tables or the queues.
    #[error("le stockage ne s'ouvre pas")]
    Store(#[from] PortError),
    /// The fictional people.
    #[error("les personnes fictives ne s'écrivent pas")]
    Seed(#[from] SeedError),
}

#[cfg(test)]
mod tests {
    use engine::people::{Professional, Role};
    use engine::ports::Dossiers;
    use engine::requests;

    use super::*;
    use crate::worker::until_quiet;

    #[test]
    fn a_first_start_finds_people_to_orient_and_a_second_start_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let first = look(&Config::for_testing(dir.path()));
        let second = look(&Config::for_testing(dir.path()));
        assert_eq!(first, (12, 14));
        assert_eq!(first, second);
    }

    #[test]
    fn two_processes_never_share_a_data_directory() {
        let dir = tempfile::tempdir().unwrap();
        let config = Config::for_testing(dir.path());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let _place = open(&config).await.unwrap();
            assert!(matches!(open(&config).await, Err(ServeError::Taken)));
        });
    }

    /// How many people wait for a signature, and how many référents there are.
    fn look(config: &Config) -> (usize, usize) {
        let territory = config.territories[0];
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let place = open(config).await.unwrap();
            until_quiet(&place.world.queues).await.unwrap();
            let who = Professional { agent: "responsable".parse().unwrap(), territory, role: Role::Head };
            let dossiers = requests::not_oriented(&*place.world, &who, 50, None).await.unwrap();
            (dossiers.elements.len(), place.world.store.roster(territory).await.unwrap().len())
        })
    }
}
