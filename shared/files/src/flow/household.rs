//! A household of the flow of beneficiaries: its adults, each with what is theirs, and the right that they share.

use contracts::border::code as border;
use contracts::imports::{Adult, Numbers, Place, Reach, RightTold};
use domain::Territory;
use domain::dsp::Answers;

use super::error::{Findings, Refusal};
use super::person::{self, Person};
use super::tree::Cursor;
use super::values::flag;
use super::{FlowHeader, Household, HouseholdKey, address, right};

/// Reads a household whose structure was checked: `findings` says what was wrong with it.
///
/// A household whose structure is wrong is not read further: its values may not be where they seem.
pub(super) fn read(
    block: Cursor<'_>,
    territory: Territory,
    header: &FlowHeader,
    mut findings: Findings,
) -> (Option<HouseholdKey>, Result<Household, Vec<Refusal>>) {
    let sound = findings.refusals.is_empty();
    let key = key(block, &mut findings);
    // A household that is known to the organism has a number there; that the element is missing was told already.
    if block.find(MATRICULE).is_some_and(|it| it.words().is_empty()) {
        findings.refuse(MATRICULE.join("/"), border::EMPTY, "Cette valeur est obligatoire.");
    }
    if !sound {
        return (key, Err(findings.refusals));
    }
    let members = person::members(block, &mut findings);
    let people: Vec<Person> = person::couple(&members, &mut findings)
        .into_iter()
        .filter_map(|(role, member)| person::read(role, member, header, &mut findings))
        .collect();
    let told = right::read(block, header, &mut findings);
    let homeless = block
        .value(&["PrestationRSA", "DetailDroitRSA", "TroncCommunDroitRSA", "TOPSANSDOMFIXE"])
        .and_then(flag)
        .unwrap_or(false);
    let home = address::read(block, territory, homeless, &mut findings);
    let (Some(known), Some(told), true) = (&key, told, findings.refusals.is_empty()) else {
        return (key, Err(findings.refusals));
    };
    let children = person::children(&members);
    let shared = Shared { key: known, told: &told, home: home.as_ref(), couple: people.len() > 1, children };
    let adults: Vec<Adult> = people.into_iter().map(|it| adult(it, &shared)).collect();
    let answers = vec![Answers::default(); adults.len()];
    let in_anomaly = block.find(&["Anomalie"]).is_some();
    let read = Household { homeless, adults, answers, children, in_anomaly, warnings: findings.warnings };
    (key, Ok(read))
}

/// What the organism calls the household. Somebody who applies may have no number there yet.
pub(super) fn key(block: Cursor<'_>, findings: &mut Findings) -> Option<HouseholdKey> {
    let nature = number(block, &["IdentificationRSA", "Organisme", "FONORG"], findings);
    let organism = number(block, &["IdentificationRSA", "Organisme", "NUMORG"], findings);
    let matricule = match block.value(MATRICULE) {
        Some(_) => number(block, MATRICULE, findings).map(Some),
        None => Some(None),
    };
    let application = number(block, &["IdentificationRSA", "DemandeRSA", "NUMDEMRSA"], findings);
    Some(HouseholdKey {
        organism: format!("{}{}", nature?, organism?),
        matricule: matricule?.map(str::to_owned),
        application: application?.to_owned(),
    })
}

/// Where the household’s number is.
const MATRICULE: &[&str] = &["IdentificationRSA", "Organisme", "MATRICULE"];

/// A number that an organism gives: letters and figures.
pub(super) fn number<'a>(block: Cursor<'a>, names: &[&str], findings: &mut Findings) -> Option<&'a str> {
    let found = block.find(names)?;
    let text = found.words();
    if text.is_empty() {
        findings.refuse(found.path(), border::EMPTY, "Cette valeur est obligatoire.");
        return None;
    }
    let shaped = text.len() <= 20 && text.bytes().all(|it| it.is_ascii_alphanumeric());
    if !shaped {
        findings.refuse(
            found.path(),
            border::FORMAT,
            "Des lettres et des chiffres sont attendus, 20 au plus.",
        );
    }
    shaped.then_some(text)
}

/// What the adults of a household share.
pub(super) struct Shared<'a> {
    pub(super) key: &'a HouseholdKey,
    pub(super) told: &'a RightTold,
    pub(super) home: Option<&'a Place>,
    pub(super) couple: bool,
    pub(super) children: u8,
}

/// One adult of a household. How to reach them is theirs: it is not in what the household shares.
pub(super) fn adult(person: Person, shared: &Shared<'_>) -> Adult {
    let numbers = Numbers {
        caf_number: shared.key.matricule.clone(),
        rsa_application: Some(shared.key.application.clone()),
        ..person.numbers
    };
    Adult {
        identity: person.identity,
        numbers,
        role: Some(person.role),
        partner: Some(shared.couple),
        children: Some(shared.children),
        reach: Reach::default(),
        address: shared.home.cloned(),
        right: Some(RightTold { duties: person.duties, ..shared.told.clone() }),
        under_way: None,
    }
}
