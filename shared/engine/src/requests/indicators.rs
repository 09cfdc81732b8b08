//! The indicators of a territory: everybody is read once, a page at a time, and nothing of anybody is kept but counts.

use std::collections::{BTreeMap, BTreeSet};

use contracts::api::{CommuneIndicateursJson, IndicateursAsk, IndicateursJson};
use contracts::data::{Published, Reference};
use contracts::rows::NoDossier;
use domain::commune::CodeInsee;
use domain::indicators::{Count, Definitions, Figure, Period, Shown, Spell};
use domain::{Dossier, State, Territory};

use super::RequestError;
use crate::people::Professional;
use crate::ports::{Dossiers, FilePage, PageAsk};
use crate::world::World;

/// How many dossiers are held at once.
const PAGE: u32 = 500;

/// The indicators of the territory of whoever asks, for those who answer for it.
///
/// They are those of the dossiers that there are: an erased one is in none of them any more.
pub async fn indicators<W: World>(
    world: &W,
    who: &Professional,
    ask: IndicateursAsk,
) -> Result<IndicateursJson, RequestError> {
    if !who.role.governs() {
        return Err(RequestError::Forbidden);
    }
    let reference = world.reference();
    let mut counts = Counts::new(reference, ask);
    let frame_of = |id: &_| reference.frame(id);
    everybody(world, who.territory, |dossier| {
        for spell in Spell::all(dossier, &frame_of) {
            counts.add(&spell);
        }
    })
    .await?;
    Ok(counts.json(who.territory))
}

/// Shows every dossier of a territory, once. States are read in the order of the journey: a dossier that goes on while
/// they are read is met in one or the other.
async fn everybody<W: World>(
    world: &W,
    territory: Territory,
    mut see: impl FnMut(&Dossier),
) -> Result<(), RequestError> {
    let mut seen = BTreeSet::new();
    for state in State::CODES {
        let mut after = None;
        loop {
            let page = PageAsk { after, limit: PAGE };
            let found = world.store().file(FilePage { territory, state, due_by: None, page }).await?;
            for row in world.store().read_many(&found.items).await? {
                let dossier = match row.dossier() {
                    // Erased since the index was read.
                    Err(NoDossier::Erased) => continue,
                    read => read?,
                };
                if seen.insert(dossier.id) {
                    see(&dossier);
                }
            }
            match found.next {
                Some(cursor) => after = Some(cursor),
                None => break,
            }
        }
    }
    Ok(())
}

/// The counts of a territory and, when they are asked for, of its communes.
struct Counts<'a> {
    definitions: &'a Definitions,
    published: &'a Published,
    period: Period,
    whole: Count<'a>,
    communes: Option<BTreeMap<CodeInsee, Count<'a>>>,
}

impl<'a> Counts<'a> {
    fn new(reference: &'a Reference, ask: IndicateursAsk) -> Self {
        let IndicateursAsk { period, by_commune } = ask;
        let (definitions, published) = (&reference.indicators, &reference.published);
        let whole = Count::new(definitions, period);
        Self { definitions, published, period, whole, communes: by_commune.then(BTreeMap::new) }
    }

    fn add(&mut self, spell: &Spell) {
        self.whole.add(spell);
        if let Some(communes) = &mut self.communes {
            let empty = || Count::new(self.definitions, self.period);
            communes.entry(spell.commune).or_insert_with(empty).add(spell);
        }
    }

    fn json(&self, territory: Territory) -> IndicateursJson {
        let json = IndicateursJson::of(
            territory,
            self.period,
            (self.definitions, self.published),
            &self.whole.figures(),
        );
        let communes = self.communes.as_ref().map(|it| self.shown(it));
        IndicateursJson { communes, ..json }
    }

    /// What is published of each commune: an indicator is masked by looking at all of them.
    fn shown(&self, communes: &BTreeMap<CodeInsee, Count<'_>>) -> Vec<CommuneIndicateursJson> {
        let figures: Vec<Vec<Option<Figure>>> = communes.values().map(Count::figures).collect();
        let mut shown: Vec<Vec<(&str, Shown)>> = vec![Vec::new(); communes.len()];
        for (at, definition) in self.definitions.list.iter().enumerate() {
            let of_all: Option<Vec<Figure>> =
                figures.iter().map(|it| it.get(at).copied().flatten()).collect();
            // Not available, here or anywhere.
            let Some(of_all) = of_all else { continue };
            for (of_one, published) in shown.iter_mut().zip(self.definitions.mask.publish(&of_all)) {
                of_one.push((definition.id.as_str(), published));
            }
        }
        let of = |(code, shown): (&CodeInsee, _)| CommuneIndicateursJson::of(*code, shown);
        communes.keys().zip(shown).map(of).collect()
    }
}
