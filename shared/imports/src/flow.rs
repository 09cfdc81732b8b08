//! A flow of the CAF or of the MSA, household by household.

use std::io;

use contracts::imports::{LigneV1, QuelquunV1, RemarqueV1, Told};
use domain::Territory;
use files::flow::{Flow, FlowHeader, HouseholdRead, Nature};

use crate::line::{Facts, Read, Seen, twice};

/// Reads a flow to its end. `tell` says whether anybody still listens.
pub(crate) fn read(bytes: impl io::Read, territory: Territory, mut tell: impl FnMut(Read) -> bool) {
    let mut flow = match Flow::open(bytes, territory) {
        Ok(flow) => flow,
        Err(error) => {
            tell(Read::Refused(error.sentence()));
            return;
        }
    };
    let mut seen = Seen::default();
    loop {
        match flow.next_household() {
            Ok(Some(household)) => {
                if !tell(Read::Line(line(household, &mut seen))) {
                    return;
                }
            }
            Ok(None) => {
                tell(Read::End(facts(flow.header(), territory)));
                return;
            }
            Err(error) => {
                tell(Read::Refused(error.sentence()));
                return;
            }
        }
    }
}

fn facts(header: &FlowHeader, territory: Territory) -> Facts {
    let declares = match header.nature {
        Nature::Beneficiaries => false,
        Nature::Instructions | Nature::NewData => true,
    };
    Facts { as_of: Some(territory.instant(header.created_at)), declares, mapping: Vec::new() }
}

fn line(read: HouseholdRead, seen: &mut Seen) -> LigneV1 {
    let rang = u32::try_from(read.place.ordinal).unwrap_or(u32::MAX);
    let remark = |ou: String, code: &str, detail: String| RemarqueV1 { ou, code: code.to_owned(), detail };
    let household = match read.outcome {
        Ok(household) => household,
        Err(refusals) => {
            let refus = refusals.into_iter().map(|it| remark(it.path, it.code, it.detail)).collect();
            return LigneV1 { rang, gens: Vec::new(), refus, alertes: Vec::new() };
        }
    };
    let mut alertes: Vec<RemarqueV1> =
        household.warnings.into_iter().map(|it| remark(it.path, it.code, it.detail)).collect();
    if household.in_anomaly {
        let detail = "La CAF ou la MSA signale ce dossier en anomalie : vérifiez-le avec elle.";
        alertes.push(remark(String::new(), "en_anomalie", detail.to_owned()));
    }
    let (mut gens, mut refus) = (Vec::new(), Vec::new());
    for (adult, answers) in household.adults.into_iter().zip(&household.answers) {
        let told = Told::Adult(Box::new(adult));
        match seen.before(&told, rang) {
            None => gens.push(QuelquunV1::of(&told).with_answers(answers)),
            Some(first) => refus.push(twice("dans le foyer n°", first)),
        }
    }
    LigneV1 { rang, gens, refus, alertes }
}
