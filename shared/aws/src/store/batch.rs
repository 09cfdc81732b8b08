//! Many consistent reads by key: all the items that exist, or an error.

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use engine::ports::PortError;
use serde::de::DeserializeOwned;

use super::{DynamoStore, decode};
use crate::error::{failed, malformed, unexpected};

/// DynamoDB takes no more keys at once.
const BATCH_KEYS: usize = 100;

/// How many answers in a row may bring nothing before giving up.
const FRUITLESS: u32 = 6;

/// The pause after the first answer that left keys aside; it doubles while answers bring nothing.
const PAUSE: Duration = Duration::from_millis(25);

impl DynamoStore {
    /// Reads the items under these keys, each key once: DynamoDB refuses a batch that names a key twice.
    pub(super) async fn read_batch<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        table: &str,
        keys: Vec<Vec<(&'static str, String)>>,
    ) -> Result<Vec<T>, PortError> {
        let mut rows = Vec::with_capacity(keys.len());
        for chunk in keys.chunks(BATCH_KEYS) {
            let mut wanted = KeysAndAttributes::builder().consistent_read(true);
            for key in chunk {
                wanted = wanted.keys(
                    key.iter()
                        .map(|(name, value)| ((*name).to_owned(), AttributeValue::S(value.clone())))
                        .collect(),
                );
            }
            let wanted = wanted.build().map_err(malformed(operation))?;
            self.read_chunk(operation, table, wanted, &mut rows).await?;
        }
        Ok(rows)
    }

    /// Asks again for the keys that an answer left aside, as DynamoDB does when it is busy or the answer is long.
    async fn read_chunk<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        table: &str,
        mut wanted: KeysAndAttributes,
        rows: &mut Vec<T>,
    ) -> Result<(), PortError> {
        let mut fruitless = 0;
        loop {
            let answer = self
                .client
                .batch_get_item()
                .request_items(table, wanted)
                .send()
                .await
                .map_err(failed(operation))?;
            let items = answer.responses.and_then(|mut it| it.remove(table)).unwrap_or_default();
            fruitless = if items.is_empty() { fruitless + 1 } else { 0 };
            for item in items {
                rows.push(decode(operation, item)?);
            }
            wanted = match answer.unprocessed_keys.and_then(|mut it| it.remove(table)) {
                Some(left) if !left.keys.is_empty() => left,
                _ => return Ok(()),
            };
            if fruitless == FRUITLESS {
                return Err(unexpected(operation, "the service keeps leaving keys aside"));
            }
            tokio::time::sleep(PAUSE * 2_u32.pow(fruitless)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use contracts::rows::SideRow;
    use engine::ports::{Rows, Table};

    use super::*;
    use crate::StoreConfig;
    use crate::scripted::Scripted;

    const LEFT: &str = r#""UnprocessedKeys": {"t-cles": {"ConsistentRead": true,
        "Keys": [{"pk": {"S": "b"}, "sk": {"S": "-"}}]}}"#;

    async fn ask(script: &Scripted) -> Result<Vec<SideRow>, PortError> {
        let store = script.clients().store(StoreConfig { prefix: "t-".into() });
        store.get_many(Table::Cles, &[("a".into(), "-".into()), ("b".into(), "-".into())]).await
    }

    #[tokio::test]
    async fn keys_left_aside_are_asked_for_again() {
        let first =
            format!(r#"{{"Responses": {{"t-cles": [{{"pk": {{"S": "a"}}, "sk": {{"S": "-"}}}}]}}, {LEFT}}}"#);
        let nothing = format!(r#"{{"Responses": {{}}, {LEFT}}}"#);
        let last =
            r#"{"Responses": {"t-cles": [{"pk": {"S": "b"}, "sk": {"S": "-"}}]}, "UnprocessedKeys": {}}"#;
        let script = Scripted::new(&[(200, &first), (200, &nothing), (200, last)]);
        let found: Vec<String> = ask(&script).await.unwrap().into_iter().map(|it| it.pk).collect();
        assert_eq!(found, ["a", "b"]);
        let requests = script.requests();
        assert_eq!(requests.len(), 3);
        assert!(requests.iter().all(|it| it.contains(r#""ConsistentRead":true"#)));
        assert!(!requests[1].contains(r#""S":"a""#), "what was read is not read again");
    }

    #[tokio::test]
    async fn a_service_that_never_gives_the_keys_is_an_error_and_not_a_shorter_list() {
        let script = Scripted::new(&[(200, &format!(r#"{{"Responses": {{}}, {LEFT}}}"#))]);
        assert_eq!(ask(&script).await.unwrap_err().operation, "read rows");
        assert_eq!(script.requests().len(), 6);
    }
}
