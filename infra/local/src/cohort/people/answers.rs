//! Answers in the CNAF's codes, drawn so that orientations fall where the published figures say.
//!
//! The figures say where people are oriented, not what they answered: each profile is a set of answers that leads
//! there under the rules shipped with the suite. Ages, housing, and the share of people who leave the questions on
//! work blank are choices of ours: no published figure gives them.

use serde_json::{Map, Value, json};

use crate::cohort::draw::Draws;
use crate::cohort::figures::Shares;

/// People who leave the questions on work blank, in percent; a choice of ours.
const SILENT: u32 = 8;

/// What comes before work, as situation, housing and trouble with housing: a benefit that ends or is awaited, the
/// end of a lease, a home that is not one's own.
const REASONS: &[(u32, &str)] = &[
    (25, "0105 0902 1001"),
    (15, "0102 0902 1001"),
    (35, "0107 0902 1006"),
    (15, "0107 0911 1009"),
    (10, "0106 0904 1009"),
];

fn reason(codes: &'static str) -> [&'static str; 3] {
    let mut codes = codes.split(' ');
    [(); 3].map(|()| codes.next().unwrap_or_default())
}

/// Where the answers lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Profile {
    /// Close to work: France Travail.
    Employment,
    /// Housing, health or age first: the département's social service.
    Social,
    /// Far from work, without an obstacle that comes first: the département or an organism that it pays.
    SocioProfessional,
    /// Close to work and already accompanied by another organism of the employment service.
    AlreadyAccompanied,
    /// Too little said for any rule.
    Silent,
}

impl Profile {
    pub(super) fn draw(draws: &mut Draws, shares: Shares) -> Self {
        if draws.percent(SILENT) {
            return Self::Silent;
        }
        let weights = [
            (shares.france_travail, Self::Employment),
            (shares.other_employment, Self::AlreadyAccompanied),
            (shares.departement, Self::Social),
            (shares.other, Self::SocioProfessional),
        ];
        draws.weighted(&weights).copied().unwrap_or(Self::Silent)
    }

    /// In full years.
    pub(super) fn age(self, draws: &mut Draws) -> u32 {
        match self {
            Self::AlreadyAccompanied => draws.between(18, 24),
            Self::Social => *draws.weighted(&[(30, 28), (30, 38), (20, 48), (20, 60)]).unwrap_or(&38),
            Self::Employment | Self::SocioProfessional | Self::Silent => draws.between(25, 55),
        }
    }

    pub(super) fn answers(self, draws: &mut Draws) -> Map<String, Value> {
        let mut answers = Map::new();
        let mut say = |field: &str, value: Value| answers.insert(field.to_owned(), value);
        let mut one = |of: &[(u32, &'static str)]| draws.weighted(of).copied().unwrap_or_default();
        say(
            "nivetu",
            one(&[(10, "1201"), (10, "1202"), (20, "1203"), (30, "1204"), (20, "1205"), (10, "1206")]).into(),
        );
        say("topcouvsoc", json!("1"));
        say("natlog", one(&[(20, "0901"), (55, "0902"), (20, "0909"), (5, "0913")]).into());
        match self {
            Self::Employment | Self::AlreadyAccompanied => {
                say("sitpersdemrsa", one(&[(40, "0101"), (20, "0107"), (25, "0108"), (15, "0109")]).into());
                say("hispro", one(&[(40, "1901"), (35, "1902"), (25, "1903")]).into());
                say("cessderact", json!("2701"));
                say("inscdememploi", one(&[(20, "4301"), (60, "4302"), (20, "4303")]).into());
                say("topengdemarechemploi", json!("1"));
                say("difsoc", json!(["0401"]));
                say("difdisp", json!([one(&[(50, "0501"), (30, "0507"), (20, "0514")])]));
            }
            Self::Social => {
                let [situation, housing, trouble] = reason(one(REASONS));
                say("sitpersdemrsa", situation.into());
                say("natlog", housing.into());
                say("diflog", json!([trouble]));
                say("hispro", one(&[(20, "1902"), (80, "1903")]).into());
                say("cessderact", json!("2702"));
                say("topengdemarechemploi", json!("0"));
                say("difsoc", json!([one(&[(40, "0402"), (35, "0406"), (25, "0405")])]));
                say("difdisp", json!([one(&[(50, "0508"), (50, "0509")])]));
            }
            Self::SocioProfessional => {
                say("sitpersdemrsa", one(&[(40, "0106"), (60, "0107")]).into());
                say("hispro", one(&[(20, "1902"), (50, "1903"), (30, "1904")]).into());
                say("cessderact", json!("2702"));
                say("inscdememploi", one(&[(60, "4301"), (40, "4303")]).into());
                say("topengdemarechemploi", json!("0"));
                say("diflog", json!(["1001"]));
                say("difsoc", json!([one(&[(50, "0401"), (30, "0404"), (20, "0405")])]));
                say("difdisp", json!([one(&[(40, "0511"), (30, "0502"), (30, "0507")])]));
            }
            Self::Silent => {}
        }
        answers
    }
}

#[cfg(test)]
mod tests {
    use contracts::data::{Reference, Service};
    use domain::dsp::{Answers, RawAnswer};
    use domain::{Organisme, triage};

    use super::*;

    #[test]
    fn orientations_fall_where_the_published_figures_say() {
        let reference = Reference::embedded(vec!["77".parse().unwrap()], Service::for_testing()).unwrap();
        let shares = Shares { france_travail: 43, other_employment: 5, departement: 31, other: 21 };
        let mut draws = Draws::of("essai");
        let (mut concluded, mut france_travail) = (0_u32, 0_u32);
        for _ in 0..10_000 {
            let profile = Profile::draw(&mut draws, shares);
            let age = u8::try_from(profile.age(&mut draws)).unwrap();
            let explained = triage::explain(&reference.rules, &read(&profile.answers(&mut draws)), Some(age));
            assert_eq!(explained.contradictions, [], "{profile:?}");
            assert_eq!(explained.target.is_none(), profile == Profile::Silent, "{profile:?}");
            if let Some(target) = explained.target {
                concluded += 1;
                let counted =
                    target.organisme == Organisme::FranceTravail && profile != Profile::AlreadyAccompanied;
                france_travail += u32::from(counted);
            }
        }
        let share = f64::from(france_travail) / f64::from(concluded) * 100.0;
        assert!((41.0..45.0).contains(&share), "{share} %, for 43 % published");
    }

    fn read(json: &Map<String, Value>) -> Answers {
        let mut answers = Answers::default();
        for (field, value) in json {
            let many = || value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let raw = value.as_str().map_or_else(|| RawAnswer::Many(many()), RawAnswer::One);
            answers.insert(field, raw).unwrap();
        }
        answers
    }
}
