//! A dossier goes to its row and comes back the same, in every state; and each shape has a golden.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::dossier::{
    Channel, Confirmed, ContactSearch, Decider, DefaultStage, Deviation, EndMotive, Ending, Former, Naming,
    Need, NoPlace, Oriented, Placement, PreparedDefault, Proposal, Reached, Right, Signatory, Signed,
    Suspension, Target, Waiting, Wishes,
};
use domain::erasure::{Left, Remains};
use domain::frame::FrameId;
use domain::rsa::{ClosureMotive, SuspensionMotive};
use domain::{Dossier, DossierId, Organisme, Parcours, State};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::codes::{MotifEffacementCode, ResteCode};
use crate::messages::Body;

fn instants() -> impl Strategy<Value = DateTime<Utc>> {
    (1_600_000_000_i64..2_000_000_000, 0_u32..1_000_000)
        .prop_map(|(seconds, micros)| DateTime::from_timestamp(seconds, micros * 1_000).unwrap())
}

fn dates() -> impl Strategy<Value = NaiveDate> {
    instants().prop_map(|it| it.date_naive())
}

fn targets() -> impl Strategy<Value = Target> {
    (prop::sample::select(Parcours::ALL.to_vec()), prop::sample::select(Organisme::ALL.to_vec()))
        .prop_map(|(parcours, organisme)| Target { parcours, organisme })
}

fn placements() -> impl Strategy<Value = Placement> {
    ("[a-z0-9-]{1,20}", instants()).prop_map(|(id, since)| Placement { referent: id.parse().unwrap(), since })
}

fn proposals() -> impl Strategy<Value = Proposal> {
    (prop::option::of(targets()), any::<u128>(), instants(), any::<bool>()).prop_map(
        |(target, trace, at, incomplete)| Proposal {
            target,
            rules: "t#1".into(),
            trace: Uuid::from_u128(trace),
            at,
            incomplete,
        },
    )
}

fn waitings() -> impl Strategy<Value = Waiting> {
    let contact = prop_oneof![
        Just(ContactSearch::NotNeeded),
        instants().prop_map(|at| ContactSearch::Asked { at }),
        placements().prop_map(ContactSearch::Found),
    ];
    let default = prop_oneof![
        Just(DefaultStage::NotNeeded),
        Just(DefaultStage::Asked),
        targets().prop_map(|it| DefaultStage::Ready(PreparedDefault::Rules(it))),
        targets().prop_map(|it| DefaultStage::Ready(PreparedDefault::Legal(it))),
        Just(DefaultStage::Ready(PreparedDefault::Interview)),
    ];
    (contact, default).prop_map(|(contact, default)| Waiting { contact, default })
}

fn decisions() -> impl Strategy<Value = Signed> {
    let by = prop_oneof![
        Just(Signatory::Agent {
            agent: "agent-1".parse().unwrap(),
            name: "Alix Exemple".into(),
            quality: "responsable".into(),
            act: "2026-01".into(),
        }),
        dates().prop_map(|decided_on| Signatory::FranceTravail {
            recorded_by: "agent-1".parse().unwrap(),
            decided_on
        }),
        prop::option::of(dates())
            .prop_map(|contract| Signatory::TakenOver { recorded_by: "agent-1".parse().unwrap(), contract }),
    ];
    let deviation = prop::option::of(Just(Deviation::PersonsWish));
    (targets(), by, instants(), deviation).prop_map(|(target, by, at, deviation)| Signed {
        target,
        by,
        at,
        deviation,
    })
}

fn states() -> impl Strategy<Value = State> {
    let contact = || prop::option::of(placements());
    prop_oneof![
        Just(State::Submitted),
        Just(State::Urgent { needs: BTreeSet::from([Need::Shelter, Need::Food]) }),
        (proposals(), waitings()).prop_map(|(proposal, waiting)| State::ToOrient { proposal, waiting }),
        (decisions(), contact(), prop::option::of(dates())).prop_map(|(decision, contact, expected)| {
            State::Oriented {
                decision,
                naming: expected
                    .map_or(Naming::ByAssignment, |expected_on| Naming::ByOrganisme { expected_on }),
                contact,
            }
        }),
        (decisions(), contact(), instants()).prop_map(|(decision, contact, looked_at)| {
            State::AwaitingPlace { decision, contact, looked_at, why: NoPlace::Full }
        }),
        (decisions(), placements()).prop_map(|(decision, referent)| State::Assigned { decision, referent }),
        (instants(), proposals(), waitings())
            .prop_map(|(since, proposal, waiting)| State::AwaitingFranceTravail { since, proposal, waiting }),
        (endings(), prop::option::of(decisions()))
            .prop_map(|(ending, decision)| State::Closed { ending, decision }),
    ]
}

fn endings() -> impl Strategy<Value = Ending> {
    let closure = prop::option::of(prop::sample::select(ClosureMotive::ALL));
    let motive = prop_oneof![
        closure.prop_map(|motive| EndMotive::RightClosed { motive }),
        prop::sample::select(vec![EndMotive::RightRefused, EndMotive::Left, EndMotive::Died]),
        any::<u128>().prop_map(|it| EndMotive::Merged { into: DossierId(Uuid::from_u128(it)) }),
    ];
    (motive, dates(), instants()).prop_map(|(motive, on, at)| Ending { motive, on, at })
}

fn suspensions() -> impl Strategy<Value = Suspension> {
    (dates(), prop::option::of(prop::sample::select(SuspensionMotive::ALL)))
        .prop_map(|(since, motive)| Suspension { since, motive })
}

fn rights() -> impl Strategy<Value = Right> {
    prop_oneof![
        prop::option::of(dates()).prop_map(|opened_on| Right::Declared { opened_on }),
        (dates(), dates(), any::<bool>(), any::<bool>(), prop::option::of(suspensions())).prop_map(
            |(opened_on, received_on, presumed, duties, suspended)| {
                Right::Confirmed(Confirmed {
                    opened_on,
                    received_on,
                    presumed,
                    duties,
                    frame: FrameId::national("cadre-2025#1"),
                    suspended,
                })
            }
        ),
    ]
}

fn formers() -> impl Strategy<Value = Former> {
    let oriented = (dates(), any::<bool>()).prop_map(|(on, departing)| Oriented {
        on,
        organisme: Organisme::CapEmploi,
        by: if departing { Decider::AgentDeparting } else { Decider::Elsewhere },
    });
    (dates(), dates(), dates(), any::<bool>(), prop::option::of(oriented)).prop_map(
        |(opened_on, received_on, left_on, duties, oriented)| Former {
            commune: "2B033".parse().unwrap(),
            opened_on,
            received_on,
            duties,
            frame: FrameId::national("cadre-2020#1"),
            oriented,
            left_on,
        },
    )
}

fn dossiers() -> impl Strategy<Value = Dossier> {
    (
        any::<u128>(),
        instants(),
        rights(),
        states(),
        (any::<u16>(), any::<u16>(), any::<bool>()),
        any::<bool>(),
        prop::option::of(instants()),
        prop::collection::vec(formers(), 0..3),
    )
        .prop_map(|(id, submitted_at, right, state, (alerts, requests, chased), swept, told, former)| {
            Dossier {
                id: DossierId(Uuid::from_u128(id)),
                territory: "2A".parse().unwrap(),
                commune: "2A004".parse().unwrap(),
                channel: Channel::Paper,
                submitted_at,
                right,
                wishes: Wishes { organisme: Some(Organisme::MissionLocale), referent: None },
                state,
                reached: Reached { alerts, requests, chased },
                swept: swept.then(|| "2026-12".parse().unwrap()),
                told,
                reopened: chased.into(),
                former,
            }
        })
}

proptest! {
    #[test]
    fn a_dossier_comes_back_from_its_row_as_it_went(dossier in dossiers(), due in prop::option::of(instants())) {
        let row = DossierRow::of(&dossier, 3, 2, LedgerRow::default(), due);
        let json = serde_json::to_string(&row).unwrap();
        let read: DossierRow = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&read, &row);
        prop_assert_eq!(read.dossier().unwrap(), dossier);
    }

    #[test]
    fn the_index_hint_sorts_as_time_does(a in instants(), b in instants()) {
        let sk = |at| file_sk(Some(at), &LedgerRow::default());
        prop_assert_eq!(sk(a).cmp(&sk(b)), a.timestamp().cmp(&b.timestamp()));
        prop_assert!(sk(a) < file_sk(None, &LedgerRow::default()));
    }
}

fn at() -> DateTime<Utc> {
    "2026-03-02T09:00:00.123456Z".parse().unwrap()
}

fn assigned() -> Dossier {
    let target = Target { parcours: Parcours::Social, organisme: Organisme::Departement };
    let by = Signatory::Agent {
        agent: "agent-1".parse().unwrap(),
        name: "Alix Exemple".into(),
        quality: "responsable de l’orientation".into(),
        act: "arrêté 2026-01".into(),
    };
    Dossier {
        id: DossierId(Uuid::from_u128(0x1234)),
        territory: "77".parse().unwrap(),
        commune: "77288".parse().unwrap(),
        channel: Channel::Web,
        submitted_at: at(),
        right: Right::Confirmed(Confirmed {
            opened_on: at().date_naive(),
            received_on: at().date_naive(),
            presumed: false,
            duties: true,
            frame: FrameId::national("cadre-2025#1"),
            suspended: None,
        }),
        wishes: Wishes::default(),
        state: State::Assigned {
            decision: Signed { target, by, at: at(), deviation: None },
            referent: Placement { referent: "ref-012".parse().unwrap(), since: at() },
        },
        reached: Reached::default(),
        swept: None,
        told: None,
        reopened: 0,
        former: vec![],
    }
}

fn ledger() -> LedgerRow {
    let waiting =
        OutboxRow { le: at(), par: "etape:assignment".into(), message: Body::DecisionANotifierV1 {} };
    LedgerRow {
        emis: BTreeMap::from([("triage".to_owned(), 1), ("reminders".to_owned(), 2)]),
        recus: BTreeMap::from([("triage".to_owned(), 1)]),
        sortie: BTreeMap::from([("reminders#2".to_owned(), waiting)]),
        reprise: None,
        rappels_clos: 0,
        cles: BTreeMap::from([(
            "orientation".to_owned(),
            UsedKeyRow { cle: "ab".into(), corps: "cd".into() },
        )]),
    }
}

#[test]
fn the_row_of_a_dossier_is_its_golden_and_an_old_golden_is_still_read() {
    let row = DossierRow::of(&assigned(), 7, 4, ledger(), None);
    let golden = include_str!("../../goldens/rows/dossier.v1.json");
    assert_eq!(serde_json::to_string_pretty(&row).unwrap().trim(), golden.trim());
    let read: DossierRow = serde_json::from_str(golden).unwrap();
    assert_eq!(read.dossier().unwrap(), assigned());
}

fn tombstone() -> DossierRow {
    let mut row = DossierRow::of(&assigned(), 7, 4, ledger(), None);
    let freed = Body::PlaceLibereeV1 { referent: "ref-012".into() };
    row.registre.emis.insert("places".into(), 1);
    row.registre
        .sortie
        .insert("places#1".into(), OutboxRow { le: at(), par: "agent:chef-1".into(), message: freed });
    let efface = EffaceRow {
        le: at(),
        par: "agent:chef-1".into(),
        motif: Some(MotifEffacementCode::PersonAsked),
        reste: ResteCode::Everything,
    };
    row.erased(efface, ("effacement", UsedKeyRow { cle: "ef".into(), corps: "01".into() }))
}

#[test]
fn the_row_of_an_erased_dossier_is_its_golden() {
    let golden = include_str!("../../goldens/rows/tombstone.v1.json");
    assert_eq!(serde_json::to_string_pretty(&tombstone()).unwrap().trim(), golden.trim());
    let read: DossierRow = serde_json::from_str(golden).unwrap();
    assert_eq!(read, tombstone());
    assert_eq!(read.dossier(), Err(NoDossier::Erased));
}

#[test]
fn a_tombstone_keeps_nothing_of_the_dossier_but_its_name() {
    let kept = serde_json::to_string(&tombstone()).unwrap();
    for gone in ["77288", "2026-03-02\"", "affecte", "Alix", "reminders", "triage", "orientation", "web"] {
        assert!(!kept.contains(gone), "{gone} is still in {kept}");
    }
    assert_eq!((tombstone().referent_pk, tombstone().referent_sk), (None, None));
}

#[test]
fn what_was_never_opened_leaves_its_name_and_when() {
    let row = DossierRow::never_opened("77#ef".into(), at(), "agent:agent-1");
    let kept = json!({
        "pk": "77#ef", "v": 1, "revision": 1, "etag": 1, "file_pk": "77#efface", "file_sk": instant(at()),
        "efface": {"le": at(), "par": "agent:agent-1", "reste": "tout"}, "registre": LedgerRow::default(),
    });
    assert_eq!(serde_json::to_value(&row).unwrap(), kept);
    assert!(row.tombstone().unwrap().was_never_opened());
    assert!(!tombstone().tombstone().unwrap().was_never_opened());
}

#[test]
fn a_tombstone_with_nothing_left_is_due_for_its_outbox_only() {
    let row = tombstone();
    let over = Remains { left: Left::Nothing, ..row.tombstone().unwrap().remains() };
    let mut over = row.with_remains(row.tombstone().unwrap(), over);
    assert_eq!((over.revision, over.etag), (row.revision + 1, row.etag));
    assert_eq!(over.file_sk, instant(at()));
    over.registre.sortie.clear();
    let over = over.with_remains(over.tombstone().unwrap(), over.tombstone().unwrap().remains());
    assert_eq!(over.file_sk, file_sk(None, &LedgerRow::default()));
}

#[test]
fn the_row_of_a_referent_is_its_golden() {
    let row = ReferentRow {
        pk: "77".into(),
        sk: "ref-012".into(),
        v: 1,
        revision: 2,
        nom: "Dominique Fictif".into(),
        structure: "Maison des solidarités de Melun".into(),
        telephone: "01 99 00 12 34".into(),
        adresse: "1 rue des Exemples, 77000 Melun".into(),
        organisme: OrganismeCode::Departement,
        capacite: 60,
        actifs: 12,
        parcours: vec![ParcoursCode::Social],
        communes: vec!["77288".into()],
        absences: vec![AbsenceRow { du: at().date_naive(), au: at().date_naive() }],
    };
    let golden = include_str!("../../goldens/rows/referent.v1.json");
    assert_eq!(serde_json::to_string_pretty(&row).unwrap().trim(), golden.trim());
    assert_eq!(serde_json::from_str::<ReferentRow>(golden).unwrap(), row);
    assert!(row.referent().unwrap().has_room());
}

#[test]
fn a_row_of_a_version_that_does_not_exist_is_corrupt_and_not_guessed() {
    let row = DossierRow { v: 2, ..DossierRow::of(&assigned(), 7, 4, ledger(), None) };
    assert_eq!(row.dossier(), Err(Corrupt("v").into()));
}

#[test]
fn a_dossier_on_its_way_fits_in_what_is_billed_as_two_units() {
    let bytes = serde_json::to_vec(&DossierRow::of(&assigned(), 7, 4, ledger(), None)).unwrap().len();
    assert!(bytes < 2_048, "{bytes} bytes");
}
