//! The one write that matters: a dossier under its condition, and the places that move with it.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    CancellationReason, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use domain::decision::Taken;
use domain::{PlaceMove, ReferentId};
use engine::ports::{Commit, CommitError, PortError};

use super::{DynamoStore, number, text};
use crate::error::{condition_held, failed, malformed, unexpected, unreadable};

const OPERATION: &str = "write a dossier";

/// What a write does to one référent's counter.
enum Step<'a> {
    /// One more.
    Take(&'a Taken),
    /// One less.
    Leave(&'a ReferentId),
}

impl DynamoStore {
    /// Writes the dossier and moves the place, all or nothing.
    pub(super) async fn write(&self, commit: Commit) -> Result<(), CommitError> {
        let steps = steps(&commit.place);
        if steps.is_empty() {
            self.write_alone(&commit).await
        } else {
            self.write_together(&commit, &steps).await
        }
    }

    async fn write_alone(&self, commit: &Commit) -> Result<(), CommitError> {
        let mut put = self
            .client
            .put_item()
            .table_name(self.dossiers_table())
            .set_item(Some(serde_dynamo::to_item(&commit.row).map_err(unreadable(OPERATION))?));
        put = match commit.expected {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(revision) => put
                .condition_expression("revision = :expected")
                .expression_attribute_values(":expected", number(revision)),
        };
        if condition_held(OPERATION, put.send().await)? { Ok(()) } else { Err(CommitError::Stale) }
    }

    async fn write_together(&self, commit: &Commit, steps: &[Step<'_>]) -> Result<(), CommitError> {
        let territory = territory(commit)?;
        let mut transaction = self.client.transact_write_items().transact_items(self.dossier_item(commit)?);
        for step in steps {
            transaction = transaction.transact_items(self.place_item(territory, step)?);
        }
        match transaction.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(refusal(error, steps)),
        }
    }

    fn dossier_item(&self, commit: &Commit) -> Result<TransactWriteItem, PortError> {
        let mut put = Put::builder()
            .table_name(self.dossiers_table())
            .set_item(Some(serde_dynamo::to_item(&commit.row).map_err(unreadable(OPERATION))?));
        put = match commit.expected {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(revision) => put
                .condition_expression("revision = :expected")
                .expression_attribute_values(":expected", number(revision)),
        };
        Ok(TransactWriteItem::builder().put(put.build().map_err(malformed(OPERATION))?).build())
    }

    fn place_item(&self, territory: &str, step: &Step<'_>) -> Result<TransactWriteItem, PortError> {
        let (expression, condition) = match step {
            Step::Take(Taken { beyond_capacity: true, .. }) => {
                ("SET actifs = actifs + :one", "attribute_exists(pk)")
            }
            Step::Take(Taken { beyond_capacity: false, .. }) => {
                ("SET actifs = actifs + :one", "attribute_exists(pk) AND actifs < capacite")
            }
            Step::Leave(_) => ("SET actifs = actifs - :one", "attribute_exists(pk) AND actifs >= :one"),
        };
        let update = Update::builder()
            .table_name(self.referents_table())
            .key("pk", text(territory))
            .key("sk", text(step.referent().as_str()))
            .update_expression(expression)
            .condition_expression(condition)
            .expression_attribute_values(":one", number(1))
            // Tells a référent who is full from one who does not exist.
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(malformed(OPERATION))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

impl Step<'_> {
    fn referent(&self) -> &ReferentId {
        match self {
            Self::Take(taken) => &taken.referent,
            Self::Leave(referent) => referent,
        }
    }
}

/// The counters that move, the taken place first: who is full is the answer that helps. A place given back and taken
/// again by the same référent moves nothing, and DynamoDB would refuse two changes of one item.
fn steps(place: &PlaceMove) -> Vec<Step<'_>> {
    match place {
        PlaceMove::None => Vec::new(),
        PlaceMove::Take(taken) => vec![Step::Take(taken)],
        PlaceMove::Leave(referent) => vec![Step::Leave(referent)],
        PlaceMove::Move { from, to } if *from == to.referent => Vec::new(),
        PlaceMove::Move { from, to } => vec![Step::Take(to), Step::Leave(from)],
    }
}

fn territory(commit: &Commit) -> Result<&str, PortError> {
    let territory = commit.row.pk.split_once('#').map(|(territory, _)| territory);
    territory.ok_or_else(|| unexpected(OPERATION, "the key of the dossier names no territory"))
}

/// Why the transaction wrote nothing. The reasons come in the order of the items: the dossier's own decides first.
fn refusal<R>(error: SdkError<TransactWriteItemsError, R>, steps: &[Step<'_>]) -> CommitError
where
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let reasons = match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons()
        }
        _ => &[],
    };
    let refused = reasons.iter().position(|reason| !matches!(reason.code(), None | Some("None")));
    let Some(index) = refused.filter(|index| reasons[*index].code() == Some("ConditionalCheckFailed")) else {
        // Busy, or two transactions crossed: nothing is known of the conditions.
        return failed(OPERATION)(error).into();
    };
    match index.checked_sub(1).and_then(|place| steps.get(place)) {
        None => CommitError::Stale,
        Some(step) => place_refused(step, &reasons[index]),
    }
}

fn place_refused(step: &Step<'_>, reason: &CancellationReason) -> CommitError {
    let referent = step.referent().clone();
    match step {
        // No item was there to give back.
        _ if reason.item().into_iter().flatten().next().is_none() => CommitError::UnknownReferent(referent),
        Step::Take(_) => CommitError::Full(referent),
        Step::Leave(_) => unexpected(OPERATION, "a place is given back where none is held").into(),
    }
}

#[cfg(test)]
mod tests {
    use engine::ports::Dossiers;

    use super::*;
    use crate::StoreConfig;
    use crate::scripted::Scripted;

    /// A transaction cancelled for these reasons: the dossier's, the taken place's, the left place's.
    fn cancelled(reasons: [&str; 3]) -> (u16, String) {
        let reasons = reasons.map(|code| match code {
            "Full" => {
                r#"{"Code": "ConditionalCheckFailed", "Item": {"nom": {"S": "Mme Exemple"}}}"#.to_owned()
            }
            code => format!(r#"{{"Code": "{code}"}}"#),
        });
        let exception = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
        let reasons = reasons.join(", ");
        (400, format!(r#"{{"__type": "{exception}", "Message": "x", "CancellationReasons": [{reasons}]}}"#))
    }

    async fn outcome(answers: &[(u16, String)]) -> CommitError {
        let answers: Vec<(u16, &str)> =
            answers.iter().map(|(status, body)| (*status, body.as_str())).collect();
        let store = Scripted::new(&answers).clients().store(StoreConfig { prefix: "t-".into() });
        let taken = Taken { referent: "ref-2".parse().unwrap(), beyond_capacity: false };
        let place = PlaceMove::Move { from: "ref-1".parse().unwrap(), to: taken };
        store.commit(Commit { row: row(), expected: Some(1), place }).await.unwrap_err()
    }

    fn row() -> contracts::rows::DossierRow {
        let json = serde_json::json!({
            "pk": format!("77#{}", uuid::Uuid::nil()), "v": 1, "revision": 2, "etag": 1, "commune": "77288",
            "file_pk": "77#depose", "file_sk": "2026-12-21T23:00:00Z", "canal": "web",
            "depose_le": "2026-11-02T09:00:00Z", "droit": { "statut": "declare" },
            "etat": { "code": "depose" }, "registre": {},
        });
        serde_json::from_value(json).unwrap()
    }

    #[tokio::test]
    async fn the_first_reason_of_a_cancelled_transaction_decides() {
        let check = "ConditionalCheckFailed";
        let stale = outcome(&[cancelled([check, "Full", check])]).await;
        assert!(matches!(stale, CommitError::Stale), "{stale:?}");
        let full = outcome(&[cancelled(["None", "Full", check])]).await;
        assert!(matches!(&full, CommitError::Full(who) if who.as_str() == "ref-2"), "{full:?}");
        let unknown = outcome(&[cancelled(["None", check, "None"])]).await;
        assert!(
            matches!(&unknown, CommitError::UnknownReferent(who) if who.as_str() == "ref-2"),
            "{unknown:?}"
        );
        let unknown = outcome(&[cancelled(["None", "None", check])]).await;
        assert!(
            matches!(&unknown, CommitError::UnknownReferent(who) if who.as_str() == "ref-1"),
            "{unknown:?}"
        );
    }

    #[tokio::test]
    async fn two_transactions_that_crossed_say_nothing_of_the_conditions() {
        for reasons in [
            ["TransactionConflict", "Full", "None"],
            ["None", "TransactionConflict", "ConditionalCheckFailed"],
            ["None", "ThrottlingError", "None"],
        ] {
            let busy = outcome(&[cancelled(reasons)]).await;
            assert!(matches!(busy, CommitError::Port(_)), "{busy:?}");
        }
    }

    #[tokio::test]
    async fn a_busy_service_is_tried_again_then_an_error() {
        let busy = (400, r#"{"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException"}"#.to_owned());
        let stale = outcome(&[busy.clone(), cancelled(["ConditionalCheckFailed", "None", "None"])]).await;
        assert!(matches!(stale, CommitError::Stale), "{stale:?}");
        let failed = outcome(&[busy]).await;
        assert!(matches!(failed, CommitError::Port(_)), "{failed:?}");
    }

    #[tokio::test]
    async fn an_error_quotes_no_item() {
        let crossed = outcome(&[cancelled(["TransactionConflict", "Full", "None"])]).await;
        assert!(!format!("{crossed:?}").contains("Exemple"), "{crossed:?}");
    }
}
