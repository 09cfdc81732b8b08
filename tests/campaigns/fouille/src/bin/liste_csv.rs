//! The fuzzed reader of lists: the input is a file, most often a text.
#![no_main]

libfuzzer_sys::fuzz_target!(init: fouille::prepare(), |input: &[u8]| fouille::list::attempt_text(input));
