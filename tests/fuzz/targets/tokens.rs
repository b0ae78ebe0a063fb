//! Asserts `checks/tokens.rs` of what libFuzzer makes.

#![no_main]

#[path = "../checks/tokens.rs"]
mod tokens;

libfuzzer_sys::fuzz_target!(|text: &str| tokens::check(text));
