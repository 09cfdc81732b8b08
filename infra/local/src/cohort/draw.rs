//! Draws that depend on the seed and on the person only: the same seed plays the same people.

use uuid::Uuid;

/// The space of every id of every cohort.
const SPACE: Uuid = Uuid::from_u128(0x6f1c_2f0e_77c0_5e0d_9a3b_5d1e_c04f_0a77);

/// A key that depends on its names only.
pub(super) fn key(names: &str) -> Uuid {
    Uuid::new_v5(&SPACE, names.as_bytes())
}

/// A source of draws.
#[derive(Clone, Debug)]
pub(super) struct Draws(u64);

impl Draws {
    /// The draws that these names give.
    pub(super) fn of(names: &str) -> Self {
        Self(key(names).as_u64_pair().0)
    }

    /// The next 64 bits (`SplitMix64`, Steele, Lea and Flood, 2014).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is not zero.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// A number between two, both included.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        let width = u64::from(high.saturating_sub(low)) + 1;
        low + u32::try_from(self.below(width)).unwrap_or(0)
    }

    /// True this often, in percent.
    pub(super) fn percent(&mut self, share: u32) -> bool {
        self.below(100) < u64::from(share)
    }

    /// One of these, which are not empty.
    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let at = usize::try_from(self.below(of.len() as u64)).ok()?;
        of.get(at)
    }

    /// One of these, as often as its weight says.
    pub(super) fn weighted<'a, T>(&mut self, of: &'a [(u32, T)]) -> Option<&'a T> {
        let total = of.iter().map(|(weight, _)| u64::from(*weight)).sum();
        let mut left = self.below(total);
        of.iter()
            .find(|(weight, _)| {
                let here = left < u64::from(*weight);
                left = left.saturating_sub(u64::from(*weight));
                here
            })
            .map(|(_, it)| it)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_names_give_the_same_draws() {
        let draws = |names| {
            (0..5).map(|_| 0).scan(Draws::of(names), |it, _| Some(it.below(1000))).collect::<Vec<_>>()
        };
        assert_eq!(draws("1/0"), draws("1/0"));
        assert_ne!(draws("1/0"), draws("1/1"));
    }

    #[test]
    fn weights_are_respected() {
        let mut draws = Draws::of("poids");
        let picked: Vec<_> =
            (0..10_000).filter_map(|_| draws.weighted(&[(80, 'a'), (0, 'b'), (20, 'c')]).copied()).collect();
        let count = |it| picked.iter().filter(|seen| **seen == it).count();
        assert_eq!(picked.len(), 10_000);
        assert_eq!(count('b'), 0);
        assert!((7_800..8_200).contains(&count('a')));
    }
}
