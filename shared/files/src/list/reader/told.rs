//! What the cells of a row tell together.

use contracts::api::HouseholdRole;
use contracts::border::{self, Fault};
use contracts::imports::{Adult, Contact, Identity, Numbers, Place, Reach, RightTold, UnderWay};
use domain::rsa::RightState;

use super::super::code;
use super::super::field::Field;
use super::super::mapping::Kind;
use super::super::value::{self, Given, Written};
use super::{Reading, Told};

/// The three that make an accompaniment under way.
const UNDER_WAY: [Field; 3] = [Field::Parcours, Field::Organisme, Field::DecidedOn];

impl Reading<'_> {
    /// What the row tells; `None` when something required is missing or wrong, which was said.
    pub(super) fn told(&mut self) -> Option<Told> {
        match self.by.kind {
            Kind::People => self.adult().map(|it| Told::Adult(Box::new(it))),
            Kind::Contacts => Some(Told::Contact(Box::new(self.contact()))),
        }
    }

    fn adult(&mut self) -> Option<Adult> {
        let identity = self.identity();
        let numbers = self.numbers();
        let role = self.optional(Field::Role, value::role);
        let partner = self.optional(Field::Partner, value::truth);
        let children = self.optional(Field::Children, value::children);
        let reach = self.reach();
        let address = self.address();
        let right = self.right();
        let under_way = self.under_way();
        Some(Adult {
            identity: identity?,
            numbers,
            role,
            partner,
            children,
            reach,
            address,
            right,
            under_way,
        })
    }

    fn contact(&mut self) -> Contact {
        let numbers = self.numbers();
        if numbers == Numbers::default() && self.errors.is_empty() {
            let detail = "Cette ligne ne donne aucun numéro : sans date de naissance, il en faut un pour savoir de qui il s’agit.";
            self.refuse(None, Fault::new(code::MISSING, detail));
        }
        let role = self.optional(Field::Role, value::role);
        let (last_name, first_name) = self.names(role);
        let reach = self.reach();
        let address = self.address();
        let right = self.right();
        Contact { numbers, last_name, first_name, role, reach, address, right }
    }

    fn identity(&mut self) -> Option<Identity> {
        let (epoch, today) = (self.by.head.epoch, self.by.today);
        let last_name = self.required(Field::LastName, value::name);
        let birth_name = self.optional(Field::BirthName, value::name);
        let first_name = self.required(Field::FirstName, value::name);
        let birth_date = self.required(Field::BirthDate, |it| value::birth(it, epoch, today));
        Some(Identity { last_name: last_name?, birth_name, first_name: first_name?, birth_date: birth_date? })
    }

    /// The names of a contact. The holder's are not the partner's.
    fn names(&mut self, role: Option<HouseholdRole>) -> (Option<String>, Option<String>) {
        let last = self.optional(Field::LastName, value::name);
        let first = self.optional(Field::FirstName, value::name);
        match role {
            Some(HouseholdRole::Partner) => (last, first),
            Some(HouseholdRole::Applicant) | None => {
                let holder_last = self.optional(Field::HolderLastName, value::name);
                let holder_first = self.optional(Field::HolderFirstName, value::name);
                (last.or(holder_last), first.or(holder_first))
            }
        }
    }

    fn numbers(&mut self) -> Numbers {
        Numbers {
            nir: self.optional(Field::Nir, value::nir),
            caf_number: self.optional(Field::CafNumber, value::caf_number),
            rsa_application: self.optional(Field::RsaApplication, value::identifier),
            internal_id: self.optional(Field::InternalId, value::identifier),
            france_travail_id: self.optional(Field::FranceTravailId, value::france_travail_id),
        }
    }

    /// The first telephone that is valid, in the order of the columns; the others are told only when there is none.
    fn reach(&mut self) -> Reach {
        let (mut first, mut faults) = (None, Vec::new());
        for (column, given) in self.given(Field::Phone).collect::<Vec<_>>() {
            match given.sound().and_then(|it| value::phones(&it)) {
                Ok(phones) => {
                    if phones.len() > 1 {
                        let detail = "Il y a plusieurs numéros dans cette cellule : le premier qui est valide a été lu.";
                        self.warn(Some(column), Fault::new(code::FORMAT, detail));
                    }
                    first = first.or(phones.into_iter().next());
                }
                Err(fault) => faults.push((column, fault)),
            }
        }
        for (column, fault) in faults {
            if first.is_some() { self.warn(Some(column), fault) } else { self.refuse(Some(column), fault) }
        }
        Reach { phone: first, email: self.optional(Field::Email, value::email) }
    }

    fn address(&mut self) -> Option<Place> {
        let errors = self.errors.len();
        let written = self.written_address();
        let told = [Field::Postcode, Field::PostcodeCity, Field::Insee, Field::City, Field::Street];
        let column = told.into_iter().find_map(|it| self.given(it).next().map(|(column, _)| column))?;
        if self.errors.len() > errors {
            return None;
        }
        let found = self.by.communes.place(written);
        let Some(found) = self.told_by(column, found)? else {
            let detail = "L’adresse a été laissée de côté : il manque le code postal ou la commune.";
            self.warn(Some(column), Fault::new(code::MISSING, detail));
            return None;
        };
        if let Some(doubt) = found.doubt {
            self.warn(Some(column), Fault::new(code::POSTCODE, doubt));
        }
        Some(found.place)
    }

    fn written_address(&mut self) -> Written {
        let (together, named) = self
            .optional(Field::PostcodeCity, |it| Ok(value::postcode_and_city(&it.text)))
            .unwrap_or_default();
        let postcode = self.optional(Field::Postcode, |it| value::postcode(&it.text));
        let city = self.optional(Field::City, |it| Ok(it.text.clone().into_owned()));
        Written {
            street: self.street(),
            postcode: postcode.or(together),
            city: city.or(named),
            insee: self.optional(Field::Insee, |it| value::insee(&it.text)),
        }
    }

    /// The columns of the street, joined in their order.
    fn street(&mut self) -> Option<String> {
        let mut parts: Vec<String> = Vec::new();
        let mut first = None;
        for (column, given) in self.given(Field::Street).collect::<Vec<_>>() {
            let given = self.told_by(column, given.sound())?;
            parts.extend(given.text.split_whitespace().map(str::to_owned));
            first = first.or(Some(column));
        }
        let column = first?;
        self.told_by(column, border::line(&parts.join(" "), 200))
    }

    /// A list that gives the day on which a right opened, and nothing of what it became, says that it is open.
    fn right(&mut self) -> Option<RightTold> {
        let (epoch, today) = (self.by.head.epoch, self.by.today);
        let state = self.optional(Field::RightState, value::right_state);
        let opened = self.optional(Field::RightOpened, |it| value::past(it, epoch, today));
        let duties = self.optional(Field::Duties, value::truth);
        let since = self.optional(Field::DutiesSince, |it| value::date(it, epoch));
        if state.is_none() && opened.is_none() && since.is_none() {
            return None;
        }
        Some(RightTold {
            state: state.unwrap_or(RightState::Open),
            opened_on: opened.or(since),
            duties: duties.or(since.map(|_| true)),
            suspensions: Vec::new(),
            closure: None,
            arrived: None,
            left: None,
            died_on: None,
        })
    }

    /// An accompaniment under way has its three values, or the row tells of none.
    fn under_way(&mut self) -> Option<UnderWay> {
        let (epoch, today) = (self.by.head.epoch, self.by.today);
        let mapped = UNDER_WAY.iter().all(|it| self.columns(*it).next().is_some());
        let any = UNDER_WAY.iter().any(|it| self.given(*it).next().is_some());
        if !mapped || !any {
            self.leave_aside(&[Field::Referent, Field::ContractSigned]);
            return None;
        }
        let parcours = self.required(Field::Parcours, value::parcours);
        let organisme = self.required(Field::Organisme, value::organisme);
        let decided_on = self.required(Field::DecidedOn, |it: &Given<'_>| value::past(it, epoch, today));
        let referent = self.optional(Field::Referent, value::referent);
        let contract_signed_on = self.optional(Field::ContractSigned, |it| value::past(it, epoch, today));
        Some(UnderWay {
            parcours: parcours?,
            organisme: organisme?,
            decided_on: decided_on?,
            referent,
            contract_signed_on,
        })
    }

    /// Says that what these fields tell is not kept, for want of an accompaniment that it would be of.
    fn leave_aside(&mut self, fields: &[Field]) {
        for field in fields {
            if let Some((column, _)) = self.given(*field).next() {
                let detail = "Cette cellule a été laissée de côté : il manque le parcours, l’organisme et la date d’orientation.";
                self.warn(Some(column), Fault::new(code::MISSING, detail));
            }
        }
    }
}
