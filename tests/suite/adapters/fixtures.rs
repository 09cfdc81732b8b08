//! Rows to write, and ways to read everything back.

use contracts::rows::{DossierRow, ReferentRow, SideRow};
use domain::decision::Taken;
use domain::{DossierId, PlaceMove, ReferentId, Territory};
use engine::ports::{Commit, CommitError, DossierKey, Dossiers, FilePage, PageAsk};
use serde_json::json;
use uuid::Uuid;

pub(crate) const SEINE_ET_MARNE: &str = "77";
pub(crate) const TO_ORIENT: &str = "a_orienter";

pub(crate) fn territory(code: &str) -> Territory {
    code.parse().unwrap()
}

pub(crate) fn key(number: u32) -> DossierKey {
    DossierKey {
        territory: territory(SEINE_ET_MARNE),
        dossier: DossierId(Uuid::from_u128(u128::from(number))),
    }
}

pub(crate) fn referent_id(id: &str) -> ReferentId {
    id.parse().unwrap()
}

/// A dossier at its first revision, with something of everything that a row can nest.
pub(crate) fn dossier(number: u32) -> DossierRow {
    serde_json::from_value(json!({
        "pk": key(number).pk(),
        "v": 1,
        "revision": 1,
        "etag": 1,
        "file_pk": "77#a_orienter",
        "file_sk": "2026-12-21T23:00:00Z",
        "commune": "77288",
        "canal": "web",
        "depose_le": "2026-11-02T09:00:00.123Z",
        "droit": {
            "statut": "confirme", "date_ouverture": "2026-10-30", "date_reception": "2026-11-02",
            "presumee": false, "droits_devoirs": true, "cadre": "cadre-2025",
        },
        "souhaits": { "organisme": "departement" },
        "etat": {
            "code": "a_orienter",
            "proposition": {
                "cible": { "parcours": "social", "organisme": "departement" },
                "jeu": "regles-1", "trace": Uuid::from_u128(9), "le": "2026-11-02T09:00:05Z", "incomplete": true,
            },
            "attente": { "defaut": { "nature": "entretien" } },
        },
        "rappels": { "alertes": 3, "demandes": 1, "relance_organisme": false },
        "registre": {
            "emis": { "triage": 1, "carnet": 2 },
            "recus": { "triage": 1 },
            "sortie": {
                "carnet#2": {
                    "le": "2026-11-02T09:00:05Z", "par": "etape:triage",
                    "message": {
                        "type": "fr.spie.dossier.oriente.v1",
                        "data": { "parcours": "emploi", "organisme": "france_travail" },
                    },
                },
                "reminders#1": {
                    "le": "2026-11-02T09:00:06Z", "par": "horaire:controle",
                    "message": { "type": "fr.spie.relance.due.v1", "data": { "horloge": "H3", "echelon": 2 } },
                },
            },
        },
    }))
    .unwrap()
}

/// The same dossier one revision later, in the place of a référent or in none.
pub(crate) fn next(row: &DossierRow, referent: Option<&str>) -> DossierRow {
    let mut row = row.clone();
    row.revision += 1;
    row.referent_pk = referent.map(|it| format!("77#{it}"));
    row.referent_sk = referent.map(|_| "2026-11-03T08:00:00Z".to_owned());
    row
}

pub(crate) fn referent(id: &str, capacity: u32) -> ReferentRow {
    serde_json::from_value(json!({
        "pk": "77", "sk": id, "v": 1, "revision": 1,
        "nom": "Mme Exemple", "structure": "Maison des solidarités", "telephone": "01 99 00 00 00",
        "adresse": "1 place de l’Exemple, Melun", "organisme": "departement",
        "capacite": capacity, "actifs": 0, "parcours": ["social", "socio_professionnel"],
        "communes": ["77288"], "absences": [{ "du": "2026-12-24", "au": "2027-01-02" }],
    }))
    .unwrap()
}

pub(crate) fn take(referent: &str) -> PlaceMove {
    PlaceMove::Take(taken(referent, false))
}

pub(crate) fn taken(referent: &str, beyond_capacity: bool) -> Taken {
    Taken { referent: referent_id(referent), beyond_capacity }
}

/// Writes a dossier that must not exist yet.
pub(crate) async fn create(store: &impl Dossiers, row: DossierRow) {
    store.commit(Commit { row, expected: None, place: PlaceMove::None }).await.unwrap();
}

/// Writes the next revision of a dossier.
pub(crate) async fn change(
    store: &impl Dossiers,
    row: DossierRow,
    place: PlaceMove,
) -> Result<(), CommitError> {
    let expected = Some(row.revision - 1);
    store.commit(Commit { row, expected, place }).await
}

/// Writes référents with these capacities.
pub(crate) async fn hire(store: &impl Dossiers, referents: &[(&str, u32)]) {
    for (id, capacity) in referents {
        assert!(store.put_referent(&referent(id, *capacity), None).await.unwrap());
    }
}

pub(crate) async fn actifs(store: &impl Dossiers, id: &str) -> u32 {
    store.referent(territory(SEINE_ET_MARNE), &referent_id(id)).await.unwrap().unwrap().actifs
}

/// Every page of the index of states, asked for by so many.
pub(crate) async fn file(
    store: &impl Dossiers,
    state: &'static str,
    due_by: Option<&str>,
    limit: u32,
) -> Vec<DossierKey> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let ask = FilePage {
            territory: territory(SEINE_ET_MARNE),
            state,
            due_by: due_by.map(|it| it.parse().unwrap()),
            page: PageAsk { after, limit },
        };
        let page = store.file(ask).await.unwrap();
        assert!(limit == 0 || page.items.len() <= usize::try_from(limit).unwrap());
        found.extend(page.items);
        match page.next {
            None => return found,
            next => after = next,
        }
    }
}

pub(crate) async fn caseload(store: &impl Dossiers, id: &str, limit: u32) -> Vec<DossierKey> {
    let mut found = Vec::new();
    let mut page = PageAsk { after: None, limit };
    loop {
        let answer = store.caseload(territory(SEINE_ET_MARNE), &referent_id(id), page).await.unwrap();
        found.extend(answer.items);
        match answer.next {
            None => return found,
            next => page = PageAsk { after: next, limit },
        }
    }
}

/// A row of a side table that says which one it is.
pub(crate) fn side(pk: &str, sk: &str, state: &str) -> SideRow {
    let attributes = [("etat".to_owned(), json!(state))].into_iter().collect();
    SideRow { pk: pk.into(), sk: sk.into(), attributes }
}

/// Shuffles, always in the same way.
pub(crate) fn scattered(count: u32) -> Vec<u32> {
    // 7 919 is prime: every number comes up once as long as the count does not divide by it.
    (0..count).map(|it| it * 7919 % count).collect()
}
