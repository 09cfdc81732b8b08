//! A table and its indexes, read from the request that created it: nothing about them is written a second time here.

use serde_json::Value;

use super::Item;

/// A table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// Its name.
    pub(super) name: String,
    /// Its key.
    keys: Vec<String>,
    /// Its secondary indexes.
    pub(super) indexes: Vec<Index>,
}

/// A secondary index.
#[derive(Clone, Debug)]
pub(super) struct Index {
    /// Its name.
    pub(super) name: String,
    /// Its key.
    keys: Vec<String>,
    /// What it copies besides the keys; `None` copies everything.
    copied: Option<Vec<String>>,
}

impl Table {
    /// Reads a request `CreateTable`. `None` when it is not one.
    pub(super) fn created_by(request: &Value) -> Option<Self> {
        let listed = |name| request.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let indexes = listed("GlobalSecondaryIndexes").into_iter().chain(listed("LocalSecondaryIndexes"));
        Some(Self {
            name: request.get("TableName")?.as_str()?.to_owned(),
            keys: keys(request)?,
            indexes: indexes.map(|it| Index::described_by(&it)).collect::<Option<_>>()?,
        })
    }

    /// The key of an item.
    pub(super) fn key_of(&self, item: &Item) -> Item {
        only(item, &self.keys)
    }

    /// What an index holds of an item; `None` when the item has not all of the index's key: the index is sparse.
    pub(super) fn entry(&self, index: &Index, item: &Item) -> Option<Item> {
        if index.keys.iter().any(|it| !item.contains_key(it)) {
            return None;
        }
        let Some(copied) = &index.copied else { return Some(item.clone()) };
        let names: Vec<String> = self.keys.iter().chain(&index.keys).chain(copied).cloned().collect();
        Some(only(item, &names))
    }
}

impl Index {
    fn described_by(description: &Value) -> Option<Self> {
        let projection = description.get("Projection")?;
        let copied = match projection.get("ProjectionType")?.as_str()? {
            "ALL" => None,
            "KEYS_ONLY" => Some(Vec::new()),
            "INCLUDE" => {
                let names = projection.get("NonKeyAttributes")?.as_array()?;
                Some(names.iter().map(|it| it.as_str().map(str::to_owned)).collect::<Option<_>>()?)
            }
            _ => return None,
        };
        Some(Self {
            name: description.get("IndexName")?.as_str()?.to_owned(),
            keys: keys(description)?,
            copied,
        })
    }

    /// The index's own key of an entry: where the entry lies.
    pub(super) fn place_of(&self, entry: &Item) -> Item {
        only(entry, &self.keys)
    }
}

fn keys(description: &Value) -> Option<Vec<String>> {
    let schema = description.get("KeySchema")?.as_array()?;
    schema.iter().map(|it| it.get("AttributeName")?.as_str().map(str::to_owned)).collect()
}

fn only(item: &Item, names: &[String]) -> Item {
    let kept = item.iter().filter(|(name, _)| names.contains(name));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}
