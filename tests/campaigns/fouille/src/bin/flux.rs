//! The fuzzed reader of flows: the input is a file.
#![no_main]

libfuzzer_sys::fuzz_target!(init: fouille::prepare(), |input: &[u8]| fouille::flow::attempt(input));
