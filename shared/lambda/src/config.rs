//! What the environment says, read once. A missing or wrong variable stops the function at its start.

use std::collections::BTreeMap;

use aws::{Proxy, Settings};
use contracts::data::Service;
use domain::Territory;
use engine::ports::QueueName;

/// The environment variables, as a map: tests give their own.
pub struct Environment(BTreeMap<String, String>);

/// A variable is missing or wrong. Its value is not repeated: it could be a secret.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable `{0}` is missing or wrong")]
pub struct WrongVariable(String);

impl Environment {
    /// The process's own.
    pub fn of_process() -> Self {
        Self(std::env::vars().collect())
    }

    /// A map, for tests.
    pub fn of(variables: &[(&str, &str)]) -> Self {
        Self(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    /// A variable that must be there.
    pub fn required(&self, name: &str) -> Result<String, WrongVariable> {
        self.optional(name).ok_or_else(|| WrongVariable(name.to_owned()))
    }

    /// A variable that may be absent or empty.
    pub fn optional(&self, name: &str) -> Option<String> {
        self.0.get(name).filter(|it| !it.is_empty()).cloned()
    }
}

/// What every function needs.
pub struct Config {
    /// Where AWS is and who calls it.
    pub aws: Settings,
    /// What the tables' names start with.
    pub table_prefix: String,
    /// The address of each queue that this function may send to.
    pub queues: BTreeMap<QueueName, String>,
    /// The bucket of documents; functions that touch none have none.
    pub documents: Option<String>,
    /// What text messages come from, registered with the provider; `None` when they leave as documents.
    pub sms_origin: Option<String>,
    /// The key that wraps the territories' keys; functions that open nothing have none.
    pub kms_key: Option<String>,
    /// The départements served.
    pub served: Vec<Territory>,
    /// Who people can call.
    pub service: Service,
    /// How many days a file that was received is kept; `None` for the usual.
    pub files_kept_days: Option<u16>,
}

impl Config {
    /// Reads the environment.
    pub fn read(environment: &Environment) -> Result<Self, WrongVariable> {
        let served = environment.required("TERRITOIRES")?;
        let served: Result<Vec<Territory>, _> = served.split(',').map(|it| it.trim().parse()).collect();
        let queues = QueueName::ALL
            .into_iter()
            .filter_map(|queue| {
                let name = format!("QUEUE_{}", queue.name().to_ascii_uppercase());
                environment.optional(&name).map(|url| (queue, url))
            })
            .collect();
        Ok(Self {
            aws: Settings {
                region: environment.required("AWS_REGION")?,
                access_key_id: environment.required("AWS_ACCESS_KEY_ID")?,
                secret_access_key: environment.required("AWS_SECRET_ACCESS_KEY")?,
                session_token: environment.optional("AWS_SESSION_TOKEN"),
                endpoint_url: environment.optional("AWS_ENDPOINT_URL"),
                proxy: proxy(environment)?,
            },
            table_prefix: environment.required("TABLE_PREFIX")?,
            queues,
            documents: environment.optional("DOCUMENTS_BUCKET"),
            sms_origin: environment.optional("SMS_ORIGINE"),
            kms_key: environment.optional("KMS_KEY_ID"),
            served: served.map_err(|_| WrongVariable("TERRITOIRES".to_owned()))?,
            service: Service {
                nom: environment.optional("SERVICE_NOM").unwrap_or_default(),
                telephone: environment.optional("SERVICE_TELEPHONE").unwrap_or_default(),
                horaires: environment.optional("SERVICE_HORAIRES").unwrap_or_default(),
                adresse: environment.optional("SERVICE_ADRESSE").unwrap_or_default(),
            },
            files_kept_days: files_kept_days(environment)?,
        })
    }
}

fn files_kept_days(environment: &Environment) -> Result<Option<u16>, WrongVariable> {
    const NAME: &str = "FICHIERS_JOURS";
    let days = environment.optional(NAME);
    days.map(|it| it.parse().map_err(|_| WrongVariable(NAME.to_owned()))).transpose()
}

/// The proxy of a network that has no other way out.
pub(crate) fn proxy(environment: &Environment) -> Result<Option<Proxy>, WrongVariable> {
    const NAME: &str = "HTTPS_PROXY";
    let address = environment.optional(NAME);
    address.map(|it| it.parse().map_err(|_| WrongVariable(NAME.to_owned()))).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: [(&str, &str); 5] = [
        ("AWS_REGION", "eu-west-3"),
        ("AWS_ACCESS_KEY_ID", "a"),
        ("AWS_SECRET_ACCESS_KEY", "b"),
        ("TABLE_PREFIX", "spie-test-"),
        ("TERRITOIRES", "77, 2A"),
    ];

    #[test]
    fn a_function_starts_with_what_it_needs_and_no_more() {
        let config = Config::read(&Environment::of(&MINIMAL)).unwrap();
        assert_eq!(config.served.len(), 2);
        assert!(config.queues.is_empty() && config.documents.is_none() && config.kms_key.is_none());
    }

    #[test]
    fn each_missing_variable_stops_the_start_and_is_named() {
        for (absent, _) in MINIMAL {
            let others: Vec<_> = MINIMAL.into_iter().filter(|(name, _)| *name != absent).collect();
            let error = Config::read(&Environment::of(&others)).err().unwrap();
            assert!(error.to_string().contains(absent), "{error}");
        }
    }

    #[test]
    fn a_proxy_that_cannot_be_read_stops_the_start() {
        let with = |address| {
            let environment = [MINIMAL.as_slice(), &[("HTTPS_PROXY", address)]].concat();
            Config::read(&Environment::of(&environment)).map(|it| it.aws.proxy.is_some())
        };
        assert!(with("http://proxy.exemple.fr:3128").unwrap());
        assert!(!with("").unwrap());
        assert!(with("ftp://proxy.exemple.fr").is_err());
    }
}
