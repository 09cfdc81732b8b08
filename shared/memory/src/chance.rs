//! Chance that is none: the same seed, the same bytes.

use std::sync::{Arc, Mutex};

use engine::ports::{Chance, PortError};

use crate::lock;

/// A counter scrambled by `SplitMix64`. For tests only: whoever knows the seed knows every key and every nonce.
#[derive(Clone, Debug)]
pub struct SeededChance(Arc<Mutex<u64>>);

impl SeededChance {
    /// Starts the stream of this seed.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(seed)))
    }
}

impl Chance for SeededChance {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), PortError> {
        let mut state = lock(&self.0);
        for chunk in buffer.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            chunk.copy_from_slice(&scramble(*state).to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

const fn scramble(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(chance: &SeededChance) -> [u8; 12] {
        let mut buffer = [0; 12];
        chance.fill(&mut buffer).unwrap();
        buffer
    }

    #[test]
    fn the_same_seed_gives_the_same_stream_and_never_twice_the_same_bytes() {
        let (one, other) = (SeededChance::new(7), SeededChance::new(7));
        let first = draw(&one);
        assert_eq!(first, draw(&other));
        assert_ne!(first, draw(&one));
        assert_ne!(first, draw(&SeededChance::new(8)));
    }
}
