//! Sends reports to a webhook, or to a program on its standard input.
//!
//! Neither may take longer than its limit. What a report contains is never part of an address, an
//! argument or a shell's command line.

use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tiaowen_words::{TerminalWords, fill};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::terminal::safe;
use crate::wording;

/// The interval at which a program is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// Where reports are sent.
pub(crate) enum Receiver {
    Webhook { address: String, host: String, agent: ureq::Agent },
    Program { program: OsString, arguments: Vec<OsString> },
}

/// Why a report wasn't received.
#[derive(Debug)]
pub(crate) enum DeliveryError {
    /// The webhook answered with an error, or with a redirection, which isn't followed.
    Status { host: String, status: u16 },
    /// The webhook didn't answer in time.
    Slow { host: String },
    /// The webhook can't be reached.
    Unreachable { host: String, reason: String },
    /// The program ended with an error.
    Failed { program: String, status: String },
    /// The program didn't end in time and was killed.
    Late { program: String },
    /// The program can't be started.
    NoProgram { program: String, reason: io::Error },
}

impl Receiver {
    /// The webhook at an address.
    pub(crate) fn webhook(address: &str, time: Duration) -> Self {
        let uri = address.parse::<ureq::http::Uri>().unwrap_or_default();
        // The rest of an address often is a secret.
        let host = uri.authority().map_or("", |authority| authority.as_str());
        let host = host.rsplit('@').next().unwrap_or_default().to_owned();
        let mut config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .user_agent(concat!("tiaowen/", env!("CARGO_PKG_VERSION")))
            .timeout_global(Some(time));
        if uri.scheme_str() == Some("https") {
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let certificates = rustls_native_certs::load_native_certs().certs;
            let certificates: Vec<_> =
                certificates.iter().map(|one| Certificate::from_der(one).to_owned()).collect();
            let tls = TlsConfig::builder()
                .unversioned_rustls_crypto_provider(provider)
                .root_certs(RootCerts::from(certificates));
            config = config.tls_config(tls.build());
        }
        Receiver::Webhook { address: address.to_owned(), host, agent: config.build().into() }
    }

    /// A program with its arguments; `None` if none is named.
    pub(crate) fn program(words: &[OsString]) -> Option<Self> {
        let (program, arguments) = words.split_first()?;
        Some(Receiver::Program { program: program.clone(), arguments: arguments.to_vec() })
    }

    /// Sends a report.
    ///
    /// # Errors
    /// When it isn't received within `time`.
    pub(crate) fn send(&self, report: &[u8], time: Duration) -> Result<(), DeliveryError> {
        match self {
            Receiver::Webhook { address, host, agent } => post(agent, address, host, report),
            Receiver::Program { program, arguments } => {
                let shown = safe(&program.to_string_lossy());
                let mut command = Command::new(program);
                run(command.args(arguments), &shown, report, time)
            }
        }
    }
}

fn post(
    agent: &ureq::Agent,
    address: &str,
    host: &str,
    report: &[u8],
) -> Result<(), DeliveryError> {
    let host = host.to_owned();
    match agent.post(address).header("content-type", "application/json").send(report) {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(DeliveryError::Status { host, status: answer.status().as_u16() }),
        Err(ureq::Error::Timeout(_)) => Err(DeliveryError::Slow { host }),
        Err(ureq::Error::Io(error)) => {
            Err(DeliveryError::Unreachable { host, reason: wording::system(&error) })
        }
        Err(error) => Err(DeliveryError::Unreachable { host, reason: error.to_string() }),
    }
}

fn run(
    command: &mut Command,
    program: &str,
    report: &[u8],
    time: Duration,
) -> Result<(), DeliveryError> {
    // Standard output is for data of this program.
    command.stdin(Stdio::piped()).stdout(io::stderr()).stderr(Stdio::inherit());
    let program = program.to_owned();
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(reason) => return Err(DeliveryError::NoProgram { program, reason }),
    };
    if let Some(mut stdin) = child.stdin.take() {
        let report = report.to_vec();
        // Not waited for: a program may end without reading. What it thinks of that, its status says.
        thread::spawn(move || drop(stdin.write_all(&report)));
    }
    match ended(&mut child, time) {
        Ok(Some(status)) if status.success() => Ok(()),
        Ok(Some(status)) => Err(DeliveryError::Failed { program, status: status.to_string() }),
        Ok(None) => Err(DeliveryError::Late { program }),
        Err(reason) => Err(DeliveryError::NoProgram { program, reason }),
    }
}

/// The status of a program once it has ended. `None` if it was killed after `time`.
fn ended(child: &mut Child, time: Duration) -> io::Result<Option<std::process::ExitStatus>> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if started.elapsed() >= time {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(LOOK);
    }
}

impl DeliveryError {
    /// The message, for a limit of so many seconds.
    pub(crate) fn message(&self, w: &TerminalWords, seconds: u64) -> String {
        let (words, values): (&str, [(&str, &dyn Display); 2]) = match self {
            DeliveryError::Status { host, status } => {
                (&w.alert_status, [("host", host), ("status", status)])
            }
            DeliveryError::Slow { host } => (&w.alert_slow, [("host", host), ("n", &seconds)]),
            DeliveryError::Unreachable { host, reason } => {
                (&w.alert_unreachable, [("host", host), ("reason", reason)])
            }
            DeliveryError::Failed { program, status } => {
                (&w.alert_program_failed, [("program", program), ("status", status)])
            }
            DeliveryError::Late { program } => {
                (&w.alert_program_slow, [("program", program), ("n", &seconds)])
            }
            DeliveryError::NoProgram { program, reason } => {
                let reason = wording::system(reason);
                let values: [(&str, &dyn Display); 2] = [("program", program), ("reason", &reason)];
                return fill(&w.alert_no_program, &values);
            }
        };
        fill(words, &values)
    }
}
