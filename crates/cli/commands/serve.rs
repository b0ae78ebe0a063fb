use std::net::SocketAddr;

use tiaowen_server::{Limits, Options, serve};

use crate::args::Serve;
use crate::failure::{Failure, Outcome};
use crate::output::tell;

pub(crate) fn run(args: &Serve) -> Result<Outcome, Failure> {
    let options = Options {
        index: args.folder.index.clone(),
        links: args.public_url.clone().unwrap_or_default(),
        terms: super::terms(args.terms.as_deref())?,
        limits: Limits::default(),
    };
    serve(args.listen, options, |address: SocketAddr| {
        tell(&format!("serving on http://{address}; stop with Ctrl-C"));
        if !address.ip().is_loopback() {
            tell("other machines can reach this address: everyone who does can read the index");
        }
    })?;
    Ok(Outcome::Done)
}
