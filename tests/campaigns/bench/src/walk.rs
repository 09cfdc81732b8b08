//! Every dossier of a territory in one state, a page of the index at a time.

use contracts::rows::DossierRow;
use domain::Territory;
use engine::ports::{Dossiers, FilePage, PageAsk};
use local::here::Here;

/// Shows each row to `seen`, and stops at its first error.
pub(crate) async fn each(
    world: &Here,
    (territory, state): (Territory, &'static str),
    mut seen: impl FnMut(&DossierRow) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut page = PageAsk::default();
    loop {
        let found = world.store.file(FilePage { territory, state, due_by: None, page }).await?;
        for row in world.store.read_many(&found.items).await? {
            seen(&row)?;
        }
        match found.next {
            Some(cursor) => page = PageAsk { after: Some(cursor), limit: 0 },
            None => return Ok(()),
        }
    }
}
