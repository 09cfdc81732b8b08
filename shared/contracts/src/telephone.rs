//! Telephone numbers of France, mainland and overseas, by Google's plan: how they are written, and which ones exist.

use std::sync::LazyLock;

use prost::Message;
use rlibphonenumber::{PhoneMetadataCollection, PhoneNumber, PhoneNumberFormat, PhoneNumberUtil, Region};

/// The French regions of the plan, decoded when the first number comes (`data/telephones.py` extracts them).
static PLAN: LazyLock<Option<PhoneNumberUtil>> = LazyLock::new(|| {
    let plan = PhoneMetadataCollection::decode(&include_bytes!("../data/telephones.bin")[..]).ok()?;
    PhoneNumberUtil::new_for_metadata(plan).ok()
});

/// A number that has the shape of a French one.
pub(crate) struct Number {
    plan: &'static PhoneNumberUtil,
    number: PhoneNumber,
}

impl Number {
    /// Reads a number as it is written, in France when it does not say where. `None` for one of another country.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let plan = PLAN.as_ref()?;
        let number = plan.parse(text, Some(Region::FR)).ok()?;
        Some(Self { plan, number })
    }

    /// Whether such a number is given to anybody.
    pub(crate) fn exists(&self) -> bool {
        self.plan.is_valid_number(&self.number)
    }

    /// In one form, as in `+33639980001`.
    pub(crate) fn e164(&self) -> String {
        self.plan.format(&self.number, PhoneNumberFormat::E164).into_owned()
    }

    /// As people dial it, as in `06 39 98 00 01`.
    pub(crate) fn dialled(&self) -> String {
        self.plan.format(&self.number, PhoneNumberFormat::National).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberType};

    use super::*;

    const REGIONS: [Region; 9] = [
        Region::FR,
        Region::GP,
        Region::BL,
        Region::MF,
        Region::MQ,
        Region::GF,
        Region::RE,
        Region::YT,
        Region::PM,
    ];

    #[test]
    fn the_extract_knows_the_french_numbers_as_the_whole_plan_does() {
        let whole = &*PHONE_NUMBER_UTIL;
        let kinds = [
            PhoneNumberType::FixedLine,
            PhoneNumberType::Mobile,
            PhoneNumberType::TollFree,
            PhoneNumberType::VoIP,
        ];
        let mut known = 0;
        for (region, kind) in REGIONS.iter().flat_map(|region| kinds.map(|kind| (*region, kind))) {
            let Ok(example) = whole.get_example_number_for_type_and_region(region, kind) else { continue };
            let e164 = whole.format(&example, PhoneNumberFormat::E164);
            let ours = Number::read(&e164).unwrap();
            assert!(ours.exists(), "{e164}");
            assert_eq!(ours.e164(), e164);
            assert_eq!(ours.dialled(), whole.format(&example, PhoneNumberFormat::National));
            known += 1;
        }
        assert!(known > 2 * REGIONS.len(), "{known} examples");
    }

    #[test]
    fn a_number_of_another_country_is_none_of_ours() {
        assert!(Number::read("+44 20 7946 0958").is_none());
        assert!(Number::read("+1 202 555 0173").is_none());
    }
}
