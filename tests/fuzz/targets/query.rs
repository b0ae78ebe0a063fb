//! Asserts `checks/query.rs` of what libFuzzer makes.

#![no_main]

#[path = "../checks/query.rs"]
mod query;

libfuzzer_sys::fuzz_target!(|query: &str| query::check(query));
