use std::io::IsTerminal;

use tiaowen_server::{Access, Limits, Logs, ServeOptions, assist};

use super::serve::log;
use crate::args::{LogFormat, Mcp};
use crate::failure::{Failure, Outcome};
use crate::language::words;
use crate::output::tell;

pub(crate) fn run(args: &Mcp) -> Result<Outcome, Failure> {
    // Assistants keep what is on standard error in their own logs.
    log(LogFormat::Text, args.log_level);
    let index = args.folder.place()?;
    let options = ServeOptions {
        meaning: args.meaning.of(&*index),
        index,
        links: args.public_url.clone().unwrap_or_default(),
        terms: super::terms(args.terms.as_deref())?,
        limits: Limits::default(),
        read: super::clauses::read_sent,
        searches: None,
        access: Access::default(),
        logs: Logs::default(),
    };
    if std::io::stdin().is_terminal() {
        tell(&words().terminal.awaiting);
    }
    assist(options)?;
    Ok(Outcome::Done)
}
