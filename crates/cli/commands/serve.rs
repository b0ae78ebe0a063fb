use std::net::SocketAddr;

use tiaowen_server::{
    Access, AuditLog, Keys, Limits, Logs, QueryLog, ServeError, ServeOptions, serve,
};
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
    if args.audit_queries && args.audit_log.is_none() {
        return Err(Failure::Input(words().terminal.needs_audit_log.clone()));
    }
    let keys = args.api_keys.as_deref().map(Keys::open).transpose().map_err(ServeError::from)?;
    let has_keys = keys.is_some();
    let index = args.folder.place()?;
    let options = ServeOptions {
        meaning: args.meaning.of(&*index),
        index,
        links: args.public_url.clone().unwrap_or_default(),
        terms: super::terms(args.terms.as_deref())?,
        limits: Limits::default(),
        read: super::clauses::read_sent,
        searches: args.searches.clone(),
        access: Access { keys, proxies: args.behind_proxy.clone().unwrap_or_default() },
        logs: logs(args)?,
    };
    serve(args.listen, options, |address| ready(address, has_keys, args.log))?;
    Ok(Outcome::Done)
}

/// Reports a saved search that can't be used, in the format of the log.
fn report(message: &str, log: LogFormat) {
    match log {
        LogFormat::Text => tell(message),
        LogFormat::Json => tracing::warn!("{message}"),
    }
}

/// The logs that are asked for.
fn logs(args: &Serve) -> Result<Logs, Failure> {
    let mut logs = Logs::default();
    if let Some(file) = args.audit_log.as_deref() {
        let log = AuditLog::open(file, args.audit_queries);
        logs.audit = Some(log.map_err(|error| Failure::of_system(file, &error))?);
    }
    if let Some(file) = args.query_log.as_deref() {
        let log = QueryLog::open(file);
        logs.queries = Some(log.map_err(|error| Failure::of_system(file, &error))?);
    }
    Ok(logs)
}

/// Announces the address of the server in the format of the log.
fn ready(address: SocketAddr, has_keys: bool, log: LogFormat) {
    let w = &words().terminal;
    let is_open = has_keys && !address.ip().is_loopback();
    match log {
        LogFormat::Text => {
            tell(&fill(&w.serving, &[("address", &address)]));
            if is_open {
                tell(&w.keys_in_clear);
            }
        }
        LogFormat::Json => {
            tracing::info!(%address, "serving");
            if is_open {
                // Programs read the log, so it is in English.
                let in_clear = &Words::of(Language::En).terminal.keys_in_clear;
                tracing::warn!(%address, "{in_clear}");
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
