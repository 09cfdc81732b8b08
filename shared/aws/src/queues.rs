//! Messages sent to SQS, in batches, each entry's own result checked.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use contracts::Envelope;
use engine::ports::{PortError, QueueName, Queues};

use crate::error::{failed, malformed, unexpected};
use crate::on_call::OnCall;

const OPERATION: &str = "send messages";

/// SQS takes no more messages at once.
const BATCH_ENTRIES: usize = 10;

/// SQS took no more bytes at once for most of its life; nothing here needs more.
const BATCH_BYTES: usize = 256 * 1024;

/// How many times a batch is sent while some of its entries are refused.
const ATTEMPTS: u32 = 3;

/// The pause before the second attempt; the third waits twice as long.
const PAUSE: Duration = Duration::from_millis(50);

/// The queues, by their addresses.
#[derive(Clone, Debug)]
pub struct SqsQueues {
    client: OnCall<aws_sdk_sqs::Client>,
    urls: BTreeMap<QueueName, String>,
}

impl SqsQueues {
    /// Uses these addresses. Sending to a queue that has none is an error: a function is only told those it may use.
    pub(crate) fn new(client: OnCall<aws_sdk_sqs::Client>, urls: BTreeMap<QueueName, String>) -> Self {
        Self { client, urls }
    }

    /// Sends one batch until no entry is refused.
    async fn send_batch(&self, url: &str, mut bodies: Vec<String>) -> Result<(), PortError> {
        for attempt in 0..ATTEMPTS {
            tokio::time::sleep(PAUSE * attempt).await;
            let answer = self
                .client
                .send_message_batch()
                .queue_url(url)
                .set_entries(Some(entries(&bodies)?))
                .send()
                .await
                .map_err(failed(OPERATION))?;
            if answer.failed.is_empty() {
                return Ok(());
            }
            let sent: Vec<&str> = answer.successful.iter().map(|it| it.id.as_str()).collect();
            tracing::warn!(
                refused = answer.failed.len(),
                sent = sent.len(),
                "the queue refused some of the messages"
            );
            bodies = bodies
                .into_iter()
                .enumerate()
                .filter_map(|(index, body)| (!sent.contains(&index.to_string().as_str())).then_some(body))
                .collect();
        }
        Err(unexpected(OPERATION, "the queue refused some of the messages"))
    }
}

impl Queues for SqsQueues {
    async fn send(&self, queue: QueueName, messages: &[Envelope]) -> Result<(), PortError> {
        if messages.is_empty() {
            return Ok(());
        }
        let url = self
            .urls
            .get(&queue)
            .ok_or_else(|| unexpected(OPERATION, "this function was not told the address of this queue"))?;
        let bodies = messages
            .iter()
            .map(serde_json::to_string)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| PortError::new(OPERATION, error))?;
        for batch in batches(bodies) {
            self.send_batch(url, batch).await?;
        }
        Ok(())
    }
}

fn entries(bodies: &[String]) -> Result<Vec<SendMessageBatchRequestEntry>, PortError> {
    bodies
        .iter()
        .enumerate()
        .map(|(index, body)| {
            SendMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .message_body(body)
                .build()
                .map_err(malformed(OPERATION))
        })
        .collect()
}

/// Cuts the messages, in order, into batches that SQS takes. A message too long for any batch goes alone, and SQS
/// says so.
fn batches(bodies: Vec<String>) -> Vec<Vec<String>> {
    let mut batches = Vec::new();
    let mut batch: Vec<String> = Vec::new();
    let mut bytes = 0;
    for body in bodies {
        if !batch.is_empty() && (batch.len() == BATCH_ENTRIES || bytes + body.len() > BATCH_BYTES) {
            batches.push(std::mem::take(&mut batch));
            bytes = 0;
        }
        bytes += body.len();
        batch.push(body);
    }
    if !batch.is_empty() {
        batches.push(batch);
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::Scripted;

    const URL: &str = "http://script.invalid/000000000000/triage";

    async fn send(answers: &[(u16, &str)], count: u32) -> (Result<(), PortError>, Vec<String>) {
        let script = Scripted::new(answers);
        let queues = script.clients().queues([(QueueName::Triage, URL.to_owned())].into_iter().collect());
        let sweep = |month| {
            let territory = "77".parse().unwrap();
            Envelope::sweep(
                territory,
                &format!("2026-{month:02}"),
                false,
                chrono::DateTime::UNIX_EPOCH,
                "essai",
            )
        };
        let sent: Vec<Envelope> = (1..=count).map(sweep).collect();
        (queues.send(QueueName::Triage, &sent).await, script.requests())
    }

    #[tokio::test]
    async fn a_message_refused_in_a_batch_is_sent_again_alone() {
        let partly = r#"{"Successful": [{"Id": "0", "MessageId": "x", "MD5OfMessageBody": "x"}],
            "Failed": [{"Id": "1", "Code": "InternalError", "SenderFault": false}]}"#;
        let all = r#"{"Successful": [{"Id": "0", "MessageId": "x", "MD5OfMessageBody": "x"}]}"#;
        let (result, requests) = send(&[(200, partly), (200, all)], 2).await;
        result.unwrap();
        assert_eq!(requests.len(), 2);
        assert!(requests[0].contains("2026-01") && requests[0].contains("2026-02"));
        assert!(!requests[1].contains("2026-01") && requests[1].contains("2026-02"));
    }

    #[tokio::test]
    async fn a_message_always_refused_is_an_error() {
        let none = r#"{"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": false}]}"#;
        let (result, requests) = send(&[(200, none)], 1).await;
        assert_eq!(result.unwrap_err().operation, OPERATION);
        assert_eq!(requests.len(), 3);
    }

    #[tokio::test]
    async fn a_queue_without_an_address_is_an_error() {
        let queues = Scripted::default().clients().queues(BTreeMap::new());
        let message =
            Envelope::sweep("77".parse().unwrap(), "2026-01", true, chrono::DateTime::UNIX_EPOCH, "essai");
        assert!(queues.send(QueueName::Sweep, &[message]).await.is_err());
    }

    fn lengths(bodies: &[usize]) -> Vec<Vec<usize>> {
        batches(bodies.iter().map(|it| "x".repeat(*it)).collect())
            .iter()
            .map(|batch| batch.iter().map(String::len).collect())
            .collect()
    }

    #[test]
    fn a_batch_holds_ten_messages_at_most() {
        let sizes: Vec<usize> = lengths(&[1; 23]).iter().map(Vec::len).collect();
        assert_eq!(sizes, [10, 10, 3]);
    }

    #[test]
    fn a_batch_holds_256_kib_at_most() {
        let third = BATCH_BYTES / 3;
        assert_eq!(lengths(&[third, third, third, third]), [vec![third; 3], vec![third]]);
    }

    #[test]
    fn a_message_too_long_for_any_batch_goes_alone() {
        assert_eq!(lengths(&[1, BATCH_BYTES + 1, 1]), [vec![1], vec![BATCH_BYTES + 1], vec![1]]);
    }

    #[test]
    fn no_message_makes_no_batch() {
        assert!(batches(Vec::new()).is_empty());
    }
}
