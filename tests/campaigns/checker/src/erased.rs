//! Erasure: once it is quiet, nothing is left of a dossier that was erased but its tombstone.

use serde_json::Value;

use crate::Findings;
use crate::read::text;
use crate::story::Story;

const RULE: &str = "effacement";

/// What a tombstone may say.
const TOMBSTONE: [&str; 8] = ["pk", "v", "revision", "etag", "file_pk", "file_sk", "efface", "registre"];

/// The tables that hold something of a person.
const TABLES: [&str; 5] = ["personnes", "reponses", "carnets", "envois", "cles"];

pub(crate) fn judge(story: &Story<'_>, findings: &mut Findings) {
    for (pk, life) in &story.lives {
        let Some(last) = life.last.filter(|it| it.erased()) else { continue };
        let (_, id) = pk.split_once('#').unwrap_or_default();
        for table in TABLES {
            // Where the key was, a mark says that it was destroyed: no late writer makes another.
            let left = |row: &Value| table != "cles" || row["detruite"] != true || row["cle"].is_string();
            for (sk, _) in story.partition(table, pk, "").filter(|it| left(it.1)) {
                findings.found(RULE, format!("{pk} est effacé, et {table} garde {sk}"));
            }
        }
        for ((table, door, sk), versions) in &story.sides {
            let open = *table == "acces"
                && versions.last().and_then(|it| it.1).is_some_and(|it| it["dossier"] == id);
            findings.require(!open, RULE, || format!("{pk} est effacé, et {door} {sk} y mène"));
        }
        for document in story.documents.iter().filter(|it| it.split('/').any(|part| part == id)) {
            findings.found(RULE, format!("{pk} est effacé, et {document} reste"));
        }
        let said = last.0.as_object().into_iter().flat_map(serde_json::Map::keys);
        for key in said.filter(|it| !TOMBSTONE.contains(&it.as_str())) {
            findings.found(RULE, format!("la pierre tombale de {pk} garde {key}"));
        }
        let left = text(&last.0["efface"]["reste"]);
        findings.require(left == "rien", RULE, || format!("l’effacement de {pk} n’est pas fini : {left}"));
    }
}
