//! A household of the flow of instructions: the people who apply, what they answered, and how they may be reached.
//!
//! The whole structure of this flow is not known here. What is read of it is what those who receive it describe:
//! `IdentificationRSA`, `Personne` with its `Identification`, `DonneesSocioProfessionnelles`, `ModesContacts`,
//! `DonneesAdministratives`. Whatever else is there is passed over, and what is missing but who the people are is unknown.

use contracts::border::code as border;
use contracts::imports::{Adult, RightTold};
use domain::Territory;
use domain::dsp::Answers;
use domain::rsa::RightState;

use super::error::{Findings, Refusal};
use super::household::{Shared, adult, key};
use super::person::{self, Role};
use super::tree::Cursor;
use super::values::flag;
use super::{FlowHeader, Household, HouseholdKey, address, contact, dsp, right};

/// Reads a household that applies. The answers and the ways to reach that stand outside of a person are the applicant’s,
/// who gave them: the partner has only what stands in theirs.
pub(super) fn read(
    block: Cursor<'_>,
    territory: Territory,
    header: &FlowHeader,
    mut findings: Findings,
) -> (Option<HouseholdKey>, Result<Household, Vec<Refusal>>) {
    require(block, &mut findings);
    let key = key(block, &mut findings);
    let members = person::members(block, &mut findings);
    let couple = person::couple(&members, &mut findings);
    let people: Vec<_> = couple
        .iter()
        .filter_map(|(role, member)| {
            let person = person::read(*role, *member, header, &mut findings)?;
            let (ways, blocks) = (
                theirs(block, *member, "ModesContacts"),
                theirs(block, *member, "DonneesSocioProfessionnelles"),
            );
            let reach = contact::read(ways.into_iter(), &mut findings);
            Some((person, reach, dsp::read(blocks.into_iter(), &mut findings)))
        })
        .collect();
    let told = pending(block, header, &mut findings);
    let homeless =
        block.descendants().find(|it| it.name() == "TOPSANSDOMFIXE").and_then(|it| flag(it.words()));
    let home = address::read(block, territory, homeless == Some(true), &mut findings);
    let (Some(known), true) = (&key, findings.refusals.is_empty()) else {
        return (key, Err(findings.refusals));
    };
    let children = person::children(&members);
    let shared = Shared { key: known, told: &told, home: home.as_ref(), couple: people.len() > 1, children };
    let (adults, answers): (Vec<Adult>, Vec<Answers>) = people
        .into_iter()
        .map(|(person, reach, answers)| (Adult { reach, ..adult(person, &shared) }, answers))
        .unzip();
    let read = Household {
        homeless: homeless.unwrap_or(false),
        adults,
        answers,
        children,
        in_anomaly: block.find(&["Anomalie"]).is_some(),
        warnings: findings.warnings,
    };
    (key, Ok(read))
}

/// What nobody can be known without.
fn require(block: Cursor<'_>, findings: &mut Findings) {
    let needed: [&[&str]; 4] = [
        &["IdentificationRSA", "Organisme", "FONORG"],
        &["IdentificationRSA", "Organisme", "NUMORG"],
        &["IdentificationRSA", "DemandeRSA", "NUMDEMRSA"],
        &["Personne"],
    ];
    for names in needed.into_iter().filter(|it| block.find(it).is_none()) {
        findings.refuse(names.join("/"), border::MISSING, "Cet élément est obligatoire.");
    }
}

/// The blocks of a name that are somebody’s: those in their `Personne`, and for the applicant those of no person.
fn theirs<'a>(block: Cursor<'a>, member: person::Member<'a>, name: &str) -> Vec<Cursor<'a>> {
    let mut found: Vec<Cursor<'a>> = member.at.descendants().filter(|it| it.name() == name).collect();
    if member.role == Role::Applicant {
        let outside = block.children().filter(|it| it.name() != "Personne");
        found.extend(
            outside.flat_map(|it| std::iter::once(it).chain(it.descendants())).filter(|it| it.name() == name),
        );
    }
    found
}

/// The right of whoever applies: it waits for a decision.
fn pending(block: Cursor<'_>, header: &FlowHeader, findings: &mut Findings) -> RightTold {
    RightTold {
        state: RightState::Pending,
        opened_on: right::application_date(block, header, findings),
        duties: None,
        suspensions: Vec::new(),
        closure: None,
        arrived: None,
        left: None,
        died_on: None,
    }
}
