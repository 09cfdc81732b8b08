//! The fuzzed reader of lists: the input is the bytes of a workbook.
#![no_main]

libfuzzer_sys::fuzz_target!(init: fouille::prepare(), |input: &[u8]| fouille::list::attempt_workbook(input));
