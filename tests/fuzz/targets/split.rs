//! Asserts `checks/split.rs` of what libFuzzer makes.

#![no_main]

#[path = "../checks/split.rs"]
mod split;

libfuzzer_sys::fuzz_target!(|text: &str| split::check(text));
