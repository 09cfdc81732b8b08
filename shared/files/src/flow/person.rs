//! The people of a household, by their part in the RSA, and who its adults are.

use chrono::{Datelike, NaiveDate};
use contracts::api::HouseholdRole;
use contracts::border::{code as border, name};
use contracts::imports::{Identity, Numbers};
use domain::nir::{Nir, NirError};

use super::FlowHeader;
use super::error::{Findings, code};
use super::tree::Cursor;
use super::values::{day, flag, quoted};

/// What somebody is in the household, for the RSA (`ROLEPERS`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// `DEM`, who applied.
    Applicant,
    /// `CJT`, who lives with them.
    Partner,
    /// `ENF`.
    Child,
    /// `AUT`.
    Other,
}

const ROLES: [(&str, Role); 4] =
    [("DEM", Role::Applicant), ("CJT", Role::Partner), ("ENF", Role::Child), ("AUT", Role::Other)];

/// Somebody whom the RSA of the household counts. Of those who are not its adults, nothing else is read.
#[derive(Clone, Copy)]
pub(super) struct Member<'a> {
    pub(super) role: Role,
    pub(super) dependent: bool,
    pub(super) at: Cursor<'a>,
}

/// An adult of the household, as they are told apart from the other.
pub(super) struct Person {
    pub(super) role: HouseholdRole,
    pub(super) identity: Identity,
    pub(super) numbers: Numbers,
    pub(super) duties: Option<bool>,
}

/// The people whom the RSA counts, in the order of the file: each has their part in two benefits, the RSA and another.
pub(super) fn members<'a>(block: Cursor<'a>, findings: &mut Findings) -> Vec<Member<'a>> {
    block.all("Personne").filter_map(|it| member(it, findings)).collect()
}

fn member<'a>(at: Cursor<'a>, findings: &mut Findings) -> Option<Member<'a>> {
    let mut benefits = at
        .descendants()
        .filter(|it| it.value(&["NATPREST"]) == Some("RSA") && it.find(&["ROLEPERS"]).is_some());
    let benefit = benefits.next()?;
    if let Some(other) = benefits.next() {
        findings.refuse(other.path(), border::DUPLICATE_FIELD, "La prestation RSA est là deux fois.");
    }
    let told = benefit.find(&["ROLEPERS"])?;
    let role = ROLES.iter().find(|(code, _)| *code == told.words()).map(|(_, it)| *it);
    if role.is_none() {
        let detail = format!("Le code {} n’existe pas pour cet élément.", quoted(told.words()));
        findings.refuse(told.path(), border::UNKNOWN_CODE, detail);
    }
    let dependent = benefit.value(&["TOPCHAPERS"]).and_then(flag).unwrap_or(true);
    Some(Member { role: role?, dependent, at })
}

/// The applicant, then the partner when there is one.
pub(super) fn couple<'a>(
    members: &[Member<'a>],
    findings: &mut Findings,
) -> Vec<(HouseholdRole, Member<'a>)> {
    let of = |role| members.iter().filter(move |it| it.role == role).copied();
    let (applicants, partners) = (of(Role::Applicant).count(), of(Role::Partner).count());
    if applicants != 1 {
        let detail = format!("Un demandeur (DEM) est attendu pour le RSA, et il y en a {applicants}.");
        findings.refuse("Personne".to_owned(), code::ADULTS, detail);
    }
    if partners > 1 {
        let detail = format!("Un conjoint (CJT) au plus est attendu pour le RSA, et il y en a {partners}.");
        findings.refuse("Personne".to_owned(), code::ADULTS, detail);
    }
    let applicant = of(Role::Applicant).map(|it| (HouseholdRole::Applicant, it));
    applicant.chain(of(Role::Partner).map(|it| (HouseholdRole::Partner, it))).collect()
}

/// How many children the RSA counts as dependent.
pub(super) fn children(members: &[Member<'_>]) -> u8 {
    let count = members.iter().filter(|it| it.role == Role::Child && it.dependent).count();
    u8::try_from(count).unwrap_or(u8::MAX)
}

/// Reads one adult.
pub(super) fn read(
    role: HouseholdRole,
    member: Member<'_>,
    header: &FlowHeader,
    findings: &mut Findings,
) -> Option<Person> {
    let identity = identity(member.at, header, findings);
    let numbers = Numbers {
        nir: nir_of(member.at, findings),
        france_travail_id: france_travail(member.at, findings),
        ..Numbers::default()
    };
    let duties = member.at.value(&["MontantCalculDroitRSAPersonne", "TOPPERSDRODEVORSA"]).and_then(flag);
    Some(Person { role, identity: identity?, numbers, duties })
}

/// Nobody alive was born before this year.
const OLDEST: i32 = 1900;

fn identity(at: Cursor<'_>, header: &FlowHeader, findings: &mut Findings) -> Option<Identity> {
    let birth_name = optional_name(at, "NOMNAI", findings);
    let last_name = optional_name(at, "NOM", findings).or_else(|| birth_name.clone());
    let first_name = optional_name(at, "PRENOM", findings);
    for (field, read) in [("NOM", &last_name), ("PRENOM", &first_name)] {
        // A name that is there and wrong was told already.
        if read.is_none() && at.value(&["Identification", field]).is_none() {
            findings.refuse(
                at.path_to(&["Identification", field]),
                border::EMPTY,
                "Cette valeur est obligatoire.",
            );
        }
    }
    let birth_date = birth_date(at, header, findings);
    let last_name = last_name?;
    Some(Identity {
        birth_name: birth_name.filter(|it| *it != last_name),
        last_name,
        first_name: first_name?,
        birth_date: birth_date?,
    })
}

/// A name, its words one blank apart; blank, it is not there.
fn optional_name(at: Cursor<'_>, field: &str, findings: &mut Findings) -> Option<String> {
    let found = at.find(&["Identification", field])?;
    let text = found.words().split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return None;
    }
    name(&text).map_err(|fault| findings.refuse(found.path(), fault.code, fault.detail)).ok()
}

fn birth_date(at: Cursor<'_>, header: &FlowHeader, findings: &mut Findings) -> Option<NaiveDate> {
    let path = || at.path_to(&["Identification", "DTNAI"]);
    let Some(Ok(date)) = at.value(&["Identification", "DTNAI"]).map(day) else {
        findings.refuse(path(), border::FORMAT, "Une date de naissance est attendue, comme 1990-01-31.");
        return None;
    };
    if date > header.created_at.date() {
        findings.refuse(path(), border::FUTURE_DATE, "Cette date de naissance est postérieure au fichier.");
        return None;
    }
    if date.year() < OLDEST {
        findings.refuse(path(), border::UNLIKELY_DATE, "Cette date de naissance est antérieure à 1900.");
        return None;
    }
    Some(date)
}

/// The number of the social security, with its key: flows give the thirteen characters or the fifteen. Whoever has none
/// that is right is somebody all the same: the number is left out.
fn nir_of(at: Cursor<'_>, findings: &mut Findings) -> Option<Nir> {
    let found = at.find(&["Identification", "NIR"])?;
    if found.words().is_empty() {
        return None;
    }
    Nir::complete(found.words())
        .map_err(|error| {
            let detail = format!("Ce numéro de sécurité sociale est laissé de côté. {}", reason(error));
            findings.warn(found.path(), border::NIR_INVALID, detail);
        })
        .ok()
}

/// What is wrong with a number, for somebody who did not type it.
fn reason(error: NirError) -> String {
    match error {
        NirError::Length { found } => format!("Il compte {found} caractères et non 13 ou 15."),
        NirError::Character { position } => {
            format!("Son caractère n° {position} n’est pas possible à cette place.")
        }
        NirError::KeyMissing | NirError::Key => "Sa clé ne lui correspond pas.".to_owned(),
    }
}

/// The number at France Travail, which the flows still call by an older name (`IDASSEDIC`).
fn france_travail(at: Cursor<'_>, findings: &mut Findings) -> Option<String> {
    let found = at.find(&["DossierPoleEmploi", "IDASSEDIC"])?;
    let text = found.words();
    let shaped = text.len() <= 11 && text.bytes().all(|it| it.is_ascii_alphanumeric());
    if !shaped {
        let detail = "Cet identifiant n’a pas la forme attendue : il est laissé de côté.";
        findings.warn(found.path(), border::FORMAT, detail);
    }
    (shaped && !text.is_empty()).then(|| text.to_owned())
}
