//! The deterministic simulation: the real engine in a world that fails in every way, one seed at a time.

fn main() {}
