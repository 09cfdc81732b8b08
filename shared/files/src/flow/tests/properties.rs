//! What holds whatever the bytes.

use std::io::{self, Read};

use domain::Territory;
use proptest::prelude::*;

use super::super::{FileError, Flow, HouseholdRead, Kind};
use super::sample::{APPLICATION, HOUSEHOLD, beneficiaries, instructions, read};
use crate::forge::{self, Charset, Options};

/// A flow that is right, in each encoding.
fn forged(charset: Charset) -> Vec<u8> {
    let options = Options { charset, ..Options::first("2026-10-31".parse().unwrap()) };
    let territory: Territory = "77".parse().unwrap();
    let mut bytes = Vec::new();
    forge::flow(territory, 3, 7, Kind::Monthly, &mut bytes, &options).unwrap();
    bytes
}

/// A file that comes a few bytes at a time.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let taken = self.1.min(self.0.len()).min(buffer.len());
        buffer[..taken].copy_from_slice(&self.0[..taken]);
        self.0 = &self.0[taken..];
        Ok(taken)
    }
}

/// What a reading says, in words that can be compared.
fn told(read: Result<Vec<HouseholdRead>, FileError>) -> String {
    match read {
        Ok(all) => {
            let outcomes = all.iter().map(|it| (it.place, it.outcome.as_ref().map(|it| it.warnings.clone())));
            format!("{:?}", outcomes.collect::<Vec<_>>())
        }
        Err(error) => error.sentence(),
    }
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    // One adult is enough to cut.
    let start = HOUSEHOLD.find("</Personne>").unwrap() + "</Personne>".len();
    let end = HOUSEHOLD.rfind("</Personne>").unwrap() + "</Personne>".len();
    let alone = HOUSEHOLD.replacen(&HOUSEHOLD[start..end], "", 1);
    for file in [beneficiaries(&[&alone]), instructions(&[APPLICATION])] {
        let file = file.trim_end().as_bytes();
        assert!(read(file).is_ok());
        for length in 0..file.len() {
            assert!(read(&file[..length]).is_err(), "cut at {length}");
        }
    }
}

#[test]
fn a_file_says_the_same_however_few_bytes_come_at_a_time() {
    for charset in [Charset::Windows1252, Charset::Latin1, Charset::Latin9, Charset::Utf8] {
        let file = forged(charset);
        let whole = told(read(file.as_slice()));
        assert!(whole.starts_with('['), "{whole}");
        for few in [1, 2, 3, 7, 1021] {
            assert_eq!(told(read(Slow(&file, few))), whole);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_at_random_are_refused_and_nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..2048)) {
        prop_assert!(read(bytes.as_slice()).is_err());
    }

    #[test]
    fn words_of_a_flow_in_any_order_never_panic(
        words in proptest::collection::vec(proptest::sample::select(WORDS), 0..200),
    ) {
        let _ = told(read(words.concat().as_bytes()));
        let file = beneficiaries(&[&words.concat()]);
        let _ = told(read(file.as_bytes()));
    }

    #[test]
    fn a_file_with_other_bytes_here_and_there_never_panics(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        application in any::<bool>(),
    ) {
        let mut file = if application { instructions(&[APPLICATION]) } else { beneficiaries(&[HOUSEHOLD]) }.into_bytes();
        for (place, byte) in changes {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let _ = told(read(file.as_slice()));
    }

    #[test]
    fn a_file_with_a_piece_out_of_place_never_panics(
        from in any::<prop::sample::Index>(), length in 0_usize..400, to in any::<prop::sample::Index>(),
    ) {
        let file = beneficiaries(&[HOUSEHOLD]).into_bytes();
        let start = from.index(file.len());
        let piece = file[start..(start + length).min(file.len())].to_vec();
        let mut altered = file;
        let to = to.index(altered.len());
        altered.splice(to..to, piece);
        let _ = told(read(altered.as_slice()));
    }

    #[test]
    fn a_household_counts_the_same_whatever_the_month_the_place_and_the_writing(
        seed in any::<u64>(), month in 0_u32..24, which in any::<prop::sample::Index>(), charset in 0_usize..4,
    ) {
        let territories: Vec<Territory> = Territory::all().collect();
        let territory = territories[which.index(territories.len())];
        let charset = [Charset::Windows1252, Charset::Latin1, Charset::Latin9, Charset::Utf8][charset];
        let options = Options { charset, month, ..Options::first("2026-10-31".parse().unwrap()) };
        let mut bytes = Vec::new();
        let held = forge::flow(territory, 8, seed, Kind::Daily, &mut bytes, &options).unwrap();
        let mut flow = Flow::open(bytes.as_slice(), territory).unwrap();
        let (mut adults, mut homeless, mut children) = (0, 0, 0);
        while let Some(read) = flow.next_household().unwrap() {
            let household = read.outcome.unwrap();
            prop_assert!(household.warnings.iter().all(|it| it.code == "motif_absent"), "{:?}", household.warnings);
            prop_assert!(household.adults.iter().all(|it| it.address.is_some()));
            adults += u32::try_from(household.adults.len()).unwrap();
            homeless += u32::from(household.homeless);
            children += u32::from(household.children);
        }
        prop_assert_eq!((adults, homeless, children), (held.adults, held.homeless, held.children));
        prop_assert_eq!(flow.tally().households, u64::from(held.households));
    }
}

const WORDS: &[&str] = &[
    "<?xml version=\"1.0\" encoding=\"windows-1252\"?>",
    "<Racine>",
    "</Racine>",
    "<IdentificationFlux>",
    "</IdentificationFlux>",
    "<InfosFoyerRSA>",
    "</InfosFoyerRSA>",
    "<InfoDemandeRSA>",
    "<Personne>",
    "</Personne>",
    "<Identification>",
    "</Identification>",
    "<NOM>",
    "</NOM>",
    "<NOM/>",
    "<a b='c'>",
    "</a>",
    "<TransmissionFlux/>",
    "A",
    " ",
    "\n",
    "é",
    "&amp;",
    "&#65;",
    "&",
    "<",
    ">",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "<!DOCTYPE",
];
