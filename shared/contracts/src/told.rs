//! What each source has told of a person, as it is sealed, and the values that are believed of it.
//!
//! The rules are in [`domain::sources`]; here is only which values there are, of which nature, and how they are written.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::sources::{Nature, Source, Sources, Told};
use serde::{Deserialize, Serialize};

use crate::api::{Household, HouseholdRole, Person, RoleCode, redacted};
use crate::imports::{Adult, Contact, Numbers, Place, Reach};
use crate::rows::Corrupt;
use crate::sealed::{ContactsV1, FoyerV1, IdentiteV1, NumerosV1};

/// Declares the values that sources tell, each with its name when sealed.
macro_rules! values {
    ($($variant:ident = $code:literal, $nature:ident;)+) => {
        /// A value that sources tell of a person.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Value {
            $(#[doc = concat!("`", $code, "`.")] #[serde(rename = $code)] $variant,)+
        }

        impl Value {
            /// Who is believed for it.
            pub const fn nature(self) -> Nature {
                match self { $(Self::$variant => Nature::$nature,)+ }
            }
        }
    };
}

values! {
    LastName = "nom", Established;
    BirthName = "nom_naissance", Established;
    FirstName = "prenom", Established;
    BirthDate = "date_naissance", Established;
    Nir = "nir", Established;
    CafNumber = "numero_allocataire", Established;
    RsaApplication = "demande_rsa", Established;
    InternalId = "identifiant", Established;
    FranceTravailId = "france_travail", Established;
    Role = "role", Established;
    Partner = "conjoint", Established;
    Children = "enfants", Established;
    Increased = "majore", Established;
    Phone = "telephone", Reach;
    Email = "courriel", Reach;
    Address = "adresse", Reach;
}

/// What one source tells at once. What it does not tell is not in it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Statement(BTreeMap<Value, String>);

/// What every source has told, value by value, sealed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DitsV1 {
    /// Value → source → what it told.
    pub dits: BTreeMap<Value, BTreeMap<SourceDit, DitV1>>,
}

/// What one source has told of one value.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DitV1 {
    /// The last value.
    pub v: String,
    /// As of when.
    pub le: DateTime<Utc>,
    /// The first one, when it was another, and as of when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avant: Option<(String, DateTime<Utc>)>,
    /// As of when it was first told, when that is not `le`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depuis: Option<DateTime<Utc>>,
}

redacted!(Statement, DitsV1, DitV1);

crate::codes::code_enum! {
    /// A source, sealed.
    pub SourceDit = Source { Person = "personne", List = "liste", Agent = "agent", Flow = "flux" }
}

impl Statement {
    /// What an application says.
    pub fn of_application(person: &Person, household: &Household) -> Self {
        let foyer = FoyerV1::from(household);
        Self::of_sealed(
            &IdentiteV1::of(person),
            &ContactsV1::of(person),
            &NumerosV1::of(person),
            Some(&foyer),
        )
    }

    /// What is sealed of a person, as if one source had said it all.
    pub fn of_sealed(
        identite: &IdentiteV1,
        contacts: &ContactsV1,
        numeros: &NumerosV1,
        foyer: Option<&FoyerV1>,
    ) -> Self {
        let mut said = Self::default();
        said.add(Value::LastName, Some(identite.nom.clone()));
        said.add(Value::BirthName, identite.nom_naissance.clone());
        said.add(Value::FirstName, Some(identite.prenom.clone()));
        said.add(Value::BirthDate, Some(identite.date_naissance.to_string()));
        said.add(Value::Nir, numeros.nir.clone());
        said.add(Value::CafNumber, numeros.numero_allocataire.clone());
        said.add(Value::RsaApplication, numeros.demande_rsa.clone());
        said.add(Value::InternalId, numeros.identifiant.clone());
        said.add(Value::FranceTravailId, numeros.france_travail.clone());
        if let Some(foyer) = foyer {
            said.add(Value::Role, Some(foyer.role.code().to_owned()));
            said.add(Value::Partner, Some(foyer.conjoint.to_string()));
            said.add(Value::Children, Some(foyer.enfants.to_string()));
            said.add(Value::Increased, Some(foyer.majore.to_string()));
        }
        said.add(Value::Phone, contacts.telephone.clone());
        said.add(Value::Email, contacts.courriel.clone());
        said.add(
            Value::Address,
            Some(address(contacts.voie.as_deref(), &contacts.code_postal, &contacts.commune)),
        );
        said
    }

    /// What a file says of an adult.
    pub fn of_adult(adult: &Adult) -> Self {
        let mut said = Self::default();
        said.add(Value::LastName, Some(adult.identity.last_name.clone()));
        said.add(Value::BirthName, adult.identity.birth_name.clone());
        said.add(Value::FirstName, Some(adult.identity.first_name.clone()));
        said.add(Value::BirthDate, Some(adult.identity.birth_date.to_string()));
        said.add_common(&adult.numbers, &adult.reach, adult.address.as_ref());
        said.add(Value::Role, adult.role.map(code_of));
        said.add(Value::Partner, adult.partner.map(|it| it.to_string()));
        said.add(Value::Children, adult.children.map(|it| it.to_string()));
        said
    }

    /// What a file of contacts says of somebody.
    pub fn of_contact(contact: &Contact) -> Self {
        let mut said = Self::default();
        said.add(Value::LastName, contact.last_name.clone());
        said.add(Value::FirstName, contact.first_name.clone());
        said.add_common(&contact.numbers, &contact.reach, contact.address.as_ref());
        said.add(Value::Role, contact.role.map(code_of));
        said
    }

    fn add_common(&mut self, numbers: &Numbers, reach: &Reach, place: Option<&Place>) {
        self.add(Value::Nir, numbers.nir.as_ref().map(|it| it.as_str().to_owned()));
        self.add(Value::CafNumber, numbers.caf_number.clone());
        self.add(Value::RsaApplication, numbers.rsa_application.clone());
        self.add(Value::InternalId, numbers.internal_id.clone());
        self.add(Value::FranceTravailId, numbers.france_travail_id.clone());
        self.add(Value::Phone, reach.phone.as_ref().map(|it| it.as_str().to_owned()));
        self.add(Value::Email, reach.email.as_ref().map(|it| it.as_str().to_owned()));
        let place = place.map(|it| address(it.street.as_deref(), &it.postcode, &it.commune.to_string()));
        self.add(Value::Address, place);
    }

    fn add(&mut self, value: Value, told: Option<String>) {
        if let Some(told) = told.filter(|it| !it.is_empty()) {
            self.0.insert(value, told);
        }
    }
}

impl DitsV1 {
    /// Hears a statement. Nothing known is ever replaced by nothing: what it does not tell is left as it is.
    pub fn hear(&mut self, source: Source, at: DateTime<Utc>, statement: &Statement) {
        for (value, told) in &statement.0 {
            let mut sources = self.sources(*value);
            sources.hear(source, at, told.clone());
            let kept = sources.iter().map(|(source, told)| (source.into(), DitV1::of(told)));
            self.dits.insert(*value, kept.collect());
        }
    }

    /// Hears everything that was told of the same person elsewhere.
    pub fn hear_all(&mut self, others: &Self) {
        for (value, by_source) in &others.dits {
            let mut sources = self.sources(*value);
            for (source, dit) in by_source {
                let Told { first, last } = dit.told();
                for (at, told) in [first, last] {
                    sources.hear((*source).into(), at, told);
                }
            }
            let kept = sources.iter().map(|(source, told)| (source.into(), DitV1::of(told)));
            self.dits.insert(*value, kept.collect());
        }
    }

    /// Forgets what was heard from `others` when only `before` was known: what nobody has told again since is as it was.
    pub fn forget_all(&mut self, before: &Self, others: &Self) {
        let mut heard = before.clone();
        heard.hear_all(others);
        for (value, by_source) in &mut self.dits {
            let entry = |dits: &Self, source: &SourceDit| dits.dits.get(value)?.get(source).cloned();
            let unchanged: Vec<SourceDit> = by_source
                .iter()
                .filter(|(source, dit)| entry(&heard, source).as_ref() == Some(dit))
                .map(|(source, _)| *source)
                .collect();
            for source in unchanged {
                match entry(before, &source) {
                    Some(dit) => drop(by_source.insert(source, dit)),
                    None => drop(by_source.remove(&source)),
                }
            }
        }
        self.dits.retain(|_, by_source| !by_source.is_empty());
    }

    /// Whether a source has told anything.
    pub fn heard(&self, source: SourceDit) -> bool {
        self.dits.values().any(|it| it.contains_key(&source))
    }

    /// What a source told last of a value.
    pub fn told_by(&self, source: SourceDit, value: Value) -> Option<&str> {
        Some(&self.dits.get(&value)?.get(&source)?.v)
    }

    /// What is believed of a value.
    pub fn believed(&self, value: Value) -> Option<String> {
        self.sources(value).believed(value.nature()).cloned()
    }

    /// The values that are believed, in the shapes that everything reads.
    ///
    /// # Errors
    ///
    /// `Corrupt` when something that everybody has is not there, or cannot be read.
    pub fn effective(&self) -> Result<(IdentiteV1, ContactsV1, NumerosV1, FoyerV1), Corrupt> {
        let needed = |value, name| self.believed(value).ok_or(Corrupt(name));
        let identite = IdentiteV1 {
            prenom: needed(Value::FirstName, "prenom")?,
            nom: needed(Value::LastName, "nom")?,
            nom_naissance: self.believed(Value::BirthName),
            date_naissance: needed(Value::BirthDate, "date_naissance")?
                .parse()
                .map_err(|_| Corrupt("date_naissance"))?,
        };
        let (voie, code_postal, commune) =
            serde_json::from_str(&needed(Value::Address, "adresse")?).map_err(|_| Corrupt("adresse"))?;
        let (telephone, courriel) = (self.believed(Value::Phone), self.believed(Value::Email));
        let contacts = ContactsV1 { telephone, courriel, voie, code_postal, commune };
        let numeros = NumerosV1 {
            nir: self.believed(Value::Nir),
            numero_allocataire: self.believed(Value::CafNumber),
            demande_rsa: self.believed(Value::RsaApplication),
            identifiant: self.believed(Value::InternalId),
            france_travail: self.believed(Value::FranceTravailId),
        };
        let flag = |value| self.believed(value).is_some_and(|it| it == "true");
        let role =
            self.believed(Value::Role).map_or(Some(RoleCode::Applicant), |it| RoleCode::from_code(&it));
        let foyer = FoyerV1 {
            conjoint: flag(Value::Partner),
            enfants: self.believed(Value::Children).and_then(|it| it.parse().ok()).unwrap_or(0),
            majore: flag(Value::Increased),
            role: role.ok_or(Corrupt("role"))?,
        };
        Ok((identite, contacts, numeros, foyer))
    }

    fn sources(&self, value: Value) -> Sources<String> {
        let mut sources = Sources::default();
        for (source, dit) in self.dits.get(&value).into_iter().flatten() {
            sources.put((*source).into(), dit.told());
        }
        sources
    }
}

impl DitV1 {
    fn of(told: &Told<String>) -> Self {
        let (first, last) = (&told.first, &told.last);
        let changed = first.1 != last.1;
        Self {
            v: last.1.clone(),
            le: last.0,
            avant: changed.then(|| (first.1.clone(), first.0)),
            depuis: (!changed && first.0 != last.0).then_some(first.0),
        }
    }

    fn told(&self) -> Told<String> {
        let last = (self.le, self.v.clone());
        let first = match &self.avant {
            Some((value, at)) => (*at, value.clone()),
            None => (self.depuis.unwrap_or(self.le), self.v.clone()),
        };
        Told { first, last }
    }
}

/// An address is told whole: a street of one source never meets the commune of another.
fn address(street: Option<&str>, postcode: &str, commune: &str) -> String {
    serde_json::json!([street, postcode, commune]).to_string()
}

fn code_of(role: HouseholdRole) -> String {
    RoleCode::from(role).code().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(hour)
    }

    fn said(values: &[(Value, &str)]) -> Statement {
        Statement(values.iter().map(|(value, told)| (*value, (*told).to_owned())).collect())
    }

    #[test]
    fn what_is_sealed_and_read_again_is_what_was_told_and_nothing_replaces_a_value_by_nothing() {
        let mut dits = DitsV1::default();
        dits.hear(
            Source::Person,
            at(1),
            &said(&[(Value::Phone, "+33639980001"), (Value::LastName, "Exemple")]),
        );
        dits.hear(Source::Flow, at(2), &said(&[(Value::LastName, "EXEMPLE")]));
        dits.hear(Source::Flow, at(9), &said(&[(Value::LastName, "EXEMPLE")]));
        let again: DitsV1 = serde_json::from_str(&serde_json::to_string(&dits).unwrap()).unwrap();
        assert!(again == dits);
        assert_eq!(again.believed(Value::Phone).as_deref(), Some("+33639980001"));
        assert_eq!(again.believed(Value::LastName).as_deref(), Some("EXEMPLE"));
    }

    #[test]
    fn a_value_that_a_file_changed_keeps_the_day_on_which_it_was_another() {
        let mut dits = DitsV1::default();
        dits.hear(Source::Flow, at(5), &said(&[(Value::Phone, "b")]));
        dits.hear(Source::Person, at(3), &said(&[(Value::Phone, "p")]));
        dits.hear(Source::Flow, at(1), &said(&[(Value::Phone, "a")]));
        let again: DitsV1 = serde_json::from_str(&serde_json::to_string(&dits).unwrap()).unwrap();
        assert_eq!(again.believed(Value::Phone).as_deref(), Some("b"));
    }

    #[test]
    fn no_value_shows_in_a_trace() {
        let mut dits = DitsV1::default();
        dits.hear(Source::Person, at(1), &said(&[(Value::LastName, "Exemple")]));
        assert!(!format!("{dits:?}").contains("Exemple"));
    }
}
