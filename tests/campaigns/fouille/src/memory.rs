//! Counts what the process holds, and ends it when one reading makes it hold more than was said.

#![expect(unsafe_code, reason = "an allocator is unsafe by its contract")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The system’s allocator, counted. What the fuzzer itself holds is C++’s and is not counted.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Bytes held now, the most of them since the last reading started, and the most allowed.
static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static ALLOWED: AtomicUsize = AtomicUsize::new(usize::MAX);

/// The most that one reading held since the process started.
static RECORD: AtomicUsize = AtomicUsize::new(0);

fn more(bytes: usize) {
    let held = HELD.fetch_add(bytes, Relaxed) + bytes;
    PEAK.fetch_max(held, Relaxed);
    if held > ALLOWED.load(Relaxed) {
        // What says it allocates too.
        ALLOWED.store(usize::MAX, Relaxed);
        crate::violated(&format!("la lecture retient plus que prévu, {bytes} octets demandés en une fois"));
    }
}

fn less(bytes: usize) {
    HELD.fetch_sub(bytes, Relaxed);
}

// SAFETY: every call is handed to the system’s allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        // SAFETY: the caller’s promises are those of the system’s allocator.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        less(layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        more(size.saturating_sub(layout.size()));
        less(layout.size().saturating_sub(size));
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Runs a reading that may hold so many bytes at once, and that gives all of them back but what it answers.
pub fn bounded<T>(allowed: usize, reading: impl FnOnce() -> T) -> T {
    let before = HELD.load(Relaxed);
    PEAK.store(before, Relaxed);
    ALLOWED.store(before + allowed, Relaxed);
    let answer = reading();
    ALLOWED.store(usize::MAX, Relaxed);
    RECORD.fetch_max(PEAK.load(Relaxed).saturating_sub(before), Relaxed);
    answer
}

/// The most that one reading held so far.
pub fn record() -> usize {
    RECORD.load(Relaxed)
}

/// Bytes held now.
pub fn held() -> usize {
    HELD.load(Relaxed)
}
