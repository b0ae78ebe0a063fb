//! Asserts `checks/pdf.rs` of what libFuzzer makes.

#![no_main]

#[path = "../checks/pdf.rs"]
mod pdf;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pdf::check(bytes));
