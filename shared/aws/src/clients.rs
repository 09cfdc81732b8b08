//! The SDK's clients, from explicit values: no profile, no file, no metadata service is ever looked for.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use engine::ports::QueueName;

use crate::on_call::OnCall;
use crate::{AwsMessengers, DynamoStore, KmsWrapper, Proxy, S3Documents, SqsQueues, StoreConfig, http};

/// How often a call is tried, in all.
const ATTEMPTS: u32 = 4;
/// The longest wait before the second try; it doubles at each. A busy second of DynamoDB or SQS is most often a busy
/// fraction of it, and a function pays for the time that it waits.
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// Where the services are and who calls them. It holds a secret, so it has no `Debug`.
#[derive(Clone)]
pub struct Settings {
    /// As in `eu-west-3`.
    pub region: String,
    /// Of the function's role.
    pub access_key_id: String,
    /// Of the function's role.
    pub secret_access_key: String,
    /// Of the function's role; none for an emulator.
    pub session_token: Option<String>,
    /// One address for every service: an emulator's. `None` for AWS.
    pub endpoint_url: Option<String>,
    /// By which the calls leave; `None` for straight.
    pub proxy: Option<Proxy>,
}

impl Settings {
    /// For an emulator or an embedded store, which check no signature.
    pub fn for_emulator(endpoint_url: &str) -> Self {
        Self {
            region: "eu-west-3".into(),
            access_key_id: "test".into(),
            secret_access_key: "test".into(),
            session_token: None,
            endpoint_url: Some(endpoint_url.into()),
            proxy: None,
        }
    }
}

/// Gives a client per service; all share one HTTP client and its connections.
#[derive(Clone)]
pub struct Clients {
    region: String,
    credentials: Credentials,
    endpoint_url: Option<String>,
    http: SharedHttpClient,
    retry: RetryConfig,
    timeout: TimeoutConfig,
}

/// The same settings on every service's own configuration type.
macro_rules! configuration {
    ($sdk:ident, $clients:expr) => {{
        let clients: &Clients = $clients;
        let mut builder = $sdk::Config::builder()
            .behavior_version($sdk::config::BehaviorVersion::latest())
            .region($sdk::config::Region::new(clients.region.clone()))
            .credentials_provider(clients.credentials.clone())
            .http_client(clients.http.clone())
            .retry_config(clients.retry.clone())
            .timeout_config(clients.timeout.clone());
        builder.set_endpoint_url(clients.endpoint_url.clone());
        builder
    }};
}

impl Clients {
    /// Takes the settings, and the HTTP client to use instead of the network when there is one.
    pub fn new(settings: Settings, http: Option<SharedHttpClient>) -> Self {
        Self {
            region: settings.region,
            credentials: Credentials::new(
                settings.access_key_id,
                settings.secret_access_key,
                settings.session_token,
                None,
                "settings",
            ),
            endpoint_url: settings.endpoint_url,
            http: http.unwrap_or_else(|| http::client(settings.proxy)),
            // A queue or a person tries again after us: better a quick answer than a long insistence.
            retry: RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(FIRST_WAIT),
            timeout: TimeoutConfig::builder()
                .connect_timeout(http::CONNECT)
                .operation_attempt_timeout(Duration::from_secs(5))
                .operation_timeout(Duration::from_secs(12))
                .build(),
        }
    }

    /// A client of DynamoDB.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::from_conf(configuration!(aws_sdk_dynamodb, self).build())
    }

    /// A client of SQS.
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::from_conf(configuration!(aws_sdk_sqs, self).build())
    }

    /// A client of KMS.
    pub fn kms(&self) -> aws_sdk_kms::Client {
        aws_sdk_kms::Client::from_conf(configuration!(aws_sdk_kms, self).build())
    }

    /// A client of S3. An emulator has no address per bucket.
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let builder = configuration!(aws_sdk_s3, self).force_path_style(self.endpoint_url.is_some());
        aws_sdk_s3::Client::from_conf(builder.build())
    }

    /// A client of End User Messaging. It never calls twice: the service may have taken the message the first time.
    pub fn end_user_messaging(&self) -> aws_sdk_pinpointsmsvoicev2::Client {
        let builder = configuration!(aws_sdk_pinpointsmsvoicev2, self).retry_config(RetryConfig::disabled());
        aws_sdk_pinpointsmsvoicev2::Client::from_conf(builder.build())
    }

    fn on_call<C: 'static>(&self, make: fn(&Self) -> C) -> OnCall<C> {
        let clients = self.clone();
        OnCall::new(move || make(&clients))
    }

    /// The dossiers, the places and the side tables.
    pub fn store(&self, config: StoreConfig) -> DynamoStore {
        DynamoStore::new(self.dynamodb(), config)
    }

    /// The queues, by their addresses.
    pub fn queues(&self, urls: BTreeMap<QueueName, String>) -> SqsQueues {
        SqsQueues::new(self.on_call(Self::sqs), urls)
    }

    /// The wrapper of keys, by the id of its KMS key.
    pub fn wrapper(&self, key_id: &str) -> KmsWrapper {
        KmsWrapper::new(self.on_call(Self::kms), key_id)
    }

    /// The documents, by the name of their bucket.
    pub fn documents(&self, bucket: &str) -> S3Documents {
        S3Documents::new(self.on_call(Self::s3), bucket)
    }

    /// The provider of text messages, by the identity that they come from; `None` for none.
    pub fn messengers(&self, sms_origin: Option<String>) -> AwsMessengers {
        AwsMessengers::new(self.on_call(Self::end_user_messaging), sms_origin)
    }
}
