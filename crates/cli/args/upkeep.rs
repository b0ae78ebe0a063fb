//! Flags of the commands that look after an index.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use tiaowen_meaning::Endpoint;

use super::IndexPlace;
use super::place::endpoint;
use super::values::{Report, jobs, some};

#[derive(Debug, ClapArgs)]
pub(crate) struct Status {
    #[command(flatten)]
    pub(crate) folder: IndexPlace,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub(crate) format: Report,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) folder: IndexPlace,
    /// Re-analyse only a sample of the clauses to compare their search data.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub(crate) format: Report,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiaowen snapshot /srv/snapshots/monday               shares its files with the index
  tiaowen snapshot /mnt/backup/monday --copy           a backup, on another disk
  tiaowen search 質素 --index /srv/snapshots/monday    a snapshot is an index

A snapshot is verified against its checksums before it appears. Files are linked where the file
system allows it. Damage to the disk then affects the snapshot too, so make backups with --copy or on
another disk. To restore, use the snapshot with --index, or move it to the place of the index.")]
pub(crate) struct Snapshot {
    /// The folder to create. It must be empty or not exist.
    pub(crate) to: PathBuf,
    #[command(flatten)]
    pub(crate) folder: IndexPlace,
    /// Copy all files, even where links are possible.
    #[arg(long)]
    pub(crate) copy: bool,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub(crate) format: Report,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiaowen embed --meaning http://127.0.0.1:8000/v1   by a server on this machine
  tiaowen embed                                      by the server set as 'meaning'
  tiaowen embed --model bge-m3                       by another model of it

Text is sent to this address only. Clauses that have not changed keep their vectors, and a run that
was stopped is continued by the next. The server must offer OpenAI's embedding API
(POST …/embeddings); see docs/meaning.md.")]
pub(crate) struct Embed {
    #[command(flatten)]
    pub(crate) folder: IndexPlace,
    /// The server that makes vectors (http://127.0.0.1:8000/v1).
    #[arg(long, value_name = "URL", value_parser = endpoint)]
    pub(crate) meaning: Option<Endpoint>,
    /// The server's model [default: the one used before, otherwise the server's first].
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
    /// What the model wants before a query [default: by its name, unless the server adds it].
    #[arg(long, value_name = "TEXT", requires = "passage_prefix")]
    pub(crate) query_prefix: Option<String>,
    /// What the model wants before a clause.
    #[arg(long, value_name = "TEXT", requires = "query_prefix")]
    pub(crate) passage_prefix: Option<String>,
    /// The most characters of a text; the rest is cut off [default: by the model's name].
    #[arg(long, value_name = "N", value_parser = some)]
    pub(crate) longest: Option<usize>,
    /// The number of texts sent at once.
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = some)]
    pub(crate) batch: usize,
    /// Format of the report.
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub(crate) format: Report,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiaowen upgrade --dry-run    whether a rebuild is needed, and of how many sources
  tiaowen upgrade              rebuild the index if needed

The new index is built beside the old one, and replaces it once it is complete. A running server
uses the old one until it is restarted.")]
pub(crate) struct Upgrade {
    #[command(flatten)]
    pub(crate) folder: IndexPlace,
    /// Only report what would be done.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Number of threads for reading and writing [default: one per core].
    #[arg(long, value_name = "N", value_parser = jobs)]
    pub(crate) jobs: Option<u16>,
    /// Format of the report.
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub(crate) format: Report,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
A topic is a line of JSON: its id and kind, the query in both scripts (hant, hans), and the
relevant clauses, each with source, the first and last 14 characters of its text without white
space (starts, ends), and a grade of 1 or 2.")]
pub(crate) struct Judge {
    /// A file of judged topics in JSON Lines.
    pub(crate) topics: PathBuf,
    #[command(flatten)]
    pub(crate) folder: IndexPlace,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub(crate) format: Report,
}
