//! Documents in memory, written once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use engine::ports::{Documents, PortError};

use crate::lock;

/// Documents by name, with their type.
#[derive(Clone, Debug, Default)]
pub struct MemoryDocuments(Arc<Mutex<BTreeMap<String, Document>>>);

#[derive(Debug)]
struct Document {
    content_type: String,
    bytes: Vec<u8>,
}

impl MemoryDocuments {
    /// The names and types of the documents stored, in the order of the names.
    pub fn names(&self) -> Vec<(String, String)> {
        lock(&self.0).iter().map(|(name, it)| (name.clone(), it.content_type.clone())).collect()
    }
}

impl Documents for MemoryDocuments {
    async fn put_once(&self, name: &str, content_type: &str, bytes: &[u8]) -> Result<bool, PortError> {
        let mut documents = lock(&self.0);
        if documents.contains_key(name) {
            return Ok(false);
        }
        documents.insert(
            name.to_owned(),
            Document { content_type: content_type.to_owned(), bytes: bytes.to_vec() },
        );
        Ok(true)
    }

    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, PortError> {
        Ok(lock(&self.0).get(name).map(|it| it.bytes.clone()))
    }

    async fn delete(&self, name: &str) -> Result<(), PortError> {
        lock(&self.0).remove(name);
        Ok(())
    }
}
