//! What the process has measured, said as it ends: the fuzzer ends it without coming back.

#![expect(unsafe_code, reason = "the fuzzer calls `exit`, which only what `atexit` knows survives")]

unsafe extern "C" {
    fn atexit(callback: extern "C" fn()) -> i32;
}

/// Says it once the process ends.
pub fn keep() {
    // SAFETY: the function lives as long as the process, and neither unwinds nor calls `exit`.
    let refused = unsafe { atexit(say) };
    if refused != 0 {
        crate::violated("rien ne pourra être dit à la fin");
    }
}

#[expect(clippy::print_stderr, reason = "the campaign reads it among the fuzzer’s own words")]
extern "C" fn say() {
    eprintln!("mesure::octets_retenus {}", crate::memory::record());
    eprintln!("mesure::paniques_de_bibliotheques {}", crate::panics::caught());
}
