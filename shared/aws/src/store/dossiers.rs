//! The port of dossiers and places.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use contracts::rows::{DossierRow, ReferentRow, instant};
use domain::{ReferentId, Territory};
use engine::ports::{
    Clear, Commit, CommitError, DossierKey, Dossiers, FilePage, Opening, Page, PageAsk, PortError,
};
use serde_dynamo::to_attribute_value;

use super::listing::{FILE, REFERENT};
use super::{DynamoStore, decode, number, text};
use crate::error::{condition_held, failed, unexpected, unreadable};

impl Dossiers for DynamoStore {
    async fn read(&self, key: DossierKey) -> Result<Option<DossierRow>, PortError> {
        let answer = self
            .client
            .get_item()
            .table_name(self.dossiers_table())
            .key("pk", text(key.pk()))
            .consistent_read(true)
            .send()
            .await
            .map_err(failed("read a dossier"))?;
        answer.item.map(|item| decode("read a dossier", item)).transpose()
    }

    async fn read_many(&self, keys: &[DossierKey]) -> Result<Vec<DossierRow>, PortError> {
        let keys: BTreeSet<DossierKey> = keys.iter().copied().collect();
        let keys = keys.into_iter().map(|key| vec![("pk", key.pk())]).collect();
        self.read_batch("read dossiers", &self.dossiers_table(), keys).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        self.write(commit).await
    }

    async fn open(&self, openings: &[Opening]) -> Result<bool, PortError> {
        self.open_together(openings).await
    }

    async fn clear(&self, clear: Clear) -> Result<bool, PortError> {
        let entries: BTreeSet<String> = clear.entries.into_iter().collect();
        let paths: Vec<String> = (0..entries.len()).map(|it| format!("registre.sortie.#entry{it}")).collect();
        let again = if clear.reprise.is_some() { ", registre.reprise = :reprise" } else { "" };
        let mut expression = format!("SET file_sk = :file_sk{again}");
        if !paths.is_empty() {
            expression = format!("{expression} REMOVE {}", paths.join(", "));
        }
        let mut update = self
            .client
            .update_item()
            .table_name(self.dossiers_table())
            .key("pk", text(clear.key.pk()))
            .update_expression(expression)
            .condition_expression("revision = :revision")
            .expression_attribute_values(":file_sk", text(clear.file_sk))
            .expression_attribute_values(":revision", number(clear.revision));
        if let Some(at) = clear.reprise {
            let value: AttributeValue = to_attribute_value(at).map_err(unreadable("clear an outbox"))?;
            update = update.expression_attribute_values(":reprise", value);
        }
        for (index, entry) in entries.into_iter().enumerate() {
            update = update.expression_attribute_names(format!("#entry{index}"), entry);
        }
        condition_held("clear an outbox", update.send().await)
    }

    async fn file(&self, ask: FilePage) -> Result<Page<DossierKey>, PortError> {
        let partition = format!("{}#{}", ask.territory.as_str(), ask.state);
        let until = ask.due_by.map(instant);
        self.read_index(&FILE, partition, until, ask.page).await
    }

    async fn caseload(
        &self,
        territory: Territory,
        referent: &ReferentId,
        page: PageAsk,
    ) -> Result<Page<DossierKey>, PortError> {
        self.read_index(&REFERENT, format!("{}#{referent}", territory.as_str()), None, page).await
    }

    async fn roster(&self, territory: Territory) -> Result<Vec<ReferentRow>, PortError> {
        let mut pages = self
            .client
            .query()
            .table_name(self.referents_table())
            .consistent_read(true)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(territory.as_str()))
            .into_paginator()
            .items()
            .send();
        let mut rows = Vec::new();
        while let Some(item) = pages.next().await {
            rows.push(decode("read the referents", item.map_err(failed("read the referents"))?)?);
        }
        Ok(rows)
    }

    async fn referent(
        &self,
        territory: Territory,
        id: &ReferentId,
    ) -> Result<Option<ReferentRow>, PortError> {
        let answer = self
            .client
            .get_item()
            .table_name(self.referents_table())
            .key("pk", text(territory.as_str()))
            .key("sk", text(id.as_str()))
            .consistent_read(true)
            .send()
            .await
            .map_err(failed("read a referent"))?;
        answer.item.map(|item| decode("read a referent", item)).transpose()
    }

    async fn put_referent(&self, row: &ReferentRow, expected: Option<u64>) -> Result<bool, PortError> {
        const OPERATION: &str = "write a referent";
        let fields = serde_json::to_value(row).map_err(|error| PortError::new(OPERATION, error))?;
        let serde_json::Value::Object(fields) = fields else {
            return Err(unexpected(OPERATION, "the record has no fields"));
        };
        let mut update = self
            .client
            .update_item()
            .table_name(self.referents_table())
            .key("pk", text(&row.pk))
            .key("sk", text(&row.sk))
            .expression_attribute_values(":zero", number(0));
        let mut sets = vec!["actifs = if_not_exists(actifs, :zero)".to_owned()];
        let written = fields.into_iter().filter(|(name, _)| !matches!(name.as_str(), "pk" | "sk" | "actifs"));
        for (index, (name, value)) in written.enumerate() {
            let value: AttributeValue = to_attribute_value(value).map_err(unreadable(OPERATION))?;
            sets.push(format!("#field{index} = :field{index}"));
            update = update
                .expression_attribute_names(format!("#field{index}"), name)
                .expression_attribute_values(format!(":field{index}"), value);
        }
        update = update.update_expression(format!("SET {}", sets.join(", ")));
        update = match expected {
            None => update.condition_expression("attribute_not_exists(pk)"),
            Some(revision) => update
                .condition_expression("revision = :expected")
                .expression_attribute_values(":expected", number(revision)),
        };
        condition_held(OPERATION, update.send().await)
    }
}
