//! Asserts `checks/account.rs` of what libFuzzer makes; the first byte chooses the format.

#![no_main]

#[path = "../checks/account.rs"]
mod account;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let names = ["a.txt", "a.md", "a.html", "a.docx"];
    account::check(names[usize::from(*first) % names.len()], bytes);
});
