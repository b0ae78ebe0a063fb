//! Tests of the real program on real files: what users and their scripts rely on.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may panic, and says when it is skipped"
)]

mod access;
mod akn;
mod alert;
mod as_of;
mod assistants;
mod bad_input;
mod bounds;
mod browser;
mod chromium;
mod cluster;
mod compare;
mod configuration;
mod discovery;
mod documented;
mod examples;
mod exports;
mod faults;
mod formats;
mod gather;
mod gold;
mod index;
mod language;
mod limits;
mod logs;
mod mcp_http;
mod meaning;
mod offices;
mod operation;
mod pages;
mod properties;
mod quality;
mod query;
mod readme;
mod recognition;
mod reports;
mod search;
mod sent;
mod served;
mod server;
mod split;
mod standing;
mod terms;
mod util;
mod validity;
mod values;
mod verify;
