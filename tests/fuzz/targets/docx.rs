//! Asserts `checks/docx.rs` of what libFuzzer makes.

#![no_main]

#[path = "../checks/docx.rs"]
mod docx;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| docx::check(bytes));
