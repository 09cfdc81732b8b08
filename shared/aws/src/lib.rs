//! The engine's ports on DynamoDB, SQS, KMS, S3 and End User Messaging. No other crate names an AWS SDK.
//!
//! [`Clients`] is built once, from explicit values, and gives each adapter. Everything an adapter promises is stated
//! by its port and held by one suite of contract tests, run on this crate and on `memory` alike.

mod clients;
mod documents;
mod error;
mod http;
mod messengers;
mod on_call;
mod queues;
#[cfg(test)]
mod scripted;
mod store;
mod tables;
mod wrapper;

pub use aws_smithy_runtime_api::client::http::SharedHttpClient;
pub use clients::{Clients, Settings};
pub use documents::S3Documents;
pub use http::{Proxy, http_get};
pub use messengers::AwsMessengers;
pub use queues::SqsQueues;
pub use store::{DynamoStore, StoreConfig};
pub use tables::create_tables;
pub use wrapper::KmsWrapper;
