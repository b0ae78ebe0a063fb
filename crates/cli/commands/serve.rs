use std::net::SocketAddr;

use tiaowen_server::{Limits, ServeOptions, serve};
use tiaowen_words::{Language, Words, fill};
use tracing_subscriber::filter::LevelFilter;

use crate::args::{LogFormat, LogLevel, Serve};
use crate::failure::{Failure, Outcome};
use crate::language::words;
use crate::output::tell;

pub(crate) fn run(args: &Serve) -> Result<Outcome, Failure> {
    log(args.log, args.log_level);
    if let Some(file) = &args.searches {
        // What is wrong is known at the start, not when the first visitor comes.
        for unusable in super::alert::saved(file)?.unusable {
            report(&super::alert::unusable(file, &unusable), args.log);
        }
    }
    let options = ServeOptions {
        index: args.folder.place()?,
        links: args.public_url.clone().unwrap_or_default(),
        terms: super::terms(args.terms.as_deref())?,
        limits: Limits::default(),
        read: super::clauses::read_sent,
        searches: args.searches.clone(),
    };
    serve(args.listen, options, |address| ready(address, args.log))?;
    Ok(Outcome::Done)
}

/// Reports a saved search that can't be used, in the format of the log.
fn report(message: &str, log: LogFormat) {
    match log {
        LogFormat::Text => tell(message),
        LogFormat::Json => tracing::warn!("{message}"),
    }
}

/// Announces the address of the server in the format of the log.
fn ready(address: SocketAddr, log: LogFormat) {
    let w = &words().terminal;
    let is_open = !address.ip().is_loopback();
    match log {
        LogFormat::Text => {
            tell(&fill(&w.serving, &[("address", &address)]));
            if is_open {
                tell(&w.open_to_all);
            }
        }
        LogFormat::Json => {
            tracing::info!(%address, "serving");
            if is_open {
                // Programs read the log, so it is in English.
                let open = &Words::of(Language::En).terminal.open_to_all;
                tracing::warn!(%address, "{open}");
            }
        }
    }
}

/// Sends log events to standard error from now on.
pub(super) fn log(format: LogFormat, level: LogLevel) {
    let level = match level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let log = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        .with_max_level(level);
    // Set once: a process runs one server.
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}
