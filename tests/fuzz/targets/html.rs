//! Asserts `checks/html.rs` of what libFuzzer makes.

#![no_main]

#[path = "../checks/html.rs"]
mod html;

libfuzzer_sys::fuzz_target!(|page: &str| html::check(page));
