//! The fuzzed reader of lists: the input is the parts of a workbook, which is folded before it is read.
#![no_main]

libfuzzer_sys::fuzz_target!(init: fouille::prepare(), |input: &[u8]| fouille::list::attempt_parts(input));
