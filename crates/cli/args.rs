//! Flags and commands of the command line.
//!
//! The doc comments of flags are their help texts. In Chinese, help comes from `words`, by command
//! and flag.

mod place;
mod texts;
mod upkeep;
mod values;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use tiaowen_corpus::DocumentKind;
use tiaowen_query::{Filter, Sort};
use tiaowen_server::{Links, NewKey, Proxies, Rate, Rights};
use tiaowen_text::Script;
use tiaowen_words::Language;

pub(crate) use place::{IndexPlace, MeaningServer};
pub(crate) use texts::{Clauses, Compare, History, Mine, Pairs, Terms, TermsAction, Verify};
pub(crate) use upkeep::{Check, Embed, Judge, Snapshot, Status, Upgrade};
use values::{
    By, Color, InScript, Shown, copies, count, date, jobs, kind, language, seconds, shards, sides,
    socket, webhook,
};
pub(crate) use values::{
    ClausesFormat, CompareFormat, Format, LogFormat, LogLevel, Ocr, Order, OrderOfLines, Prune,
    Report, TermsFormat, VerifyFormat,
};

/// Find the clauses of Chinese agreements and laws in Traditional and Simplified script, for
/// government offices, law firms, newsrooms and translators that work with both.
#[derive(Debug, Parser)]
#[command(
    name = "tiaowen",
    version,
    disable_help_flag = true,
    disable_version_flag = true,
    after_help = "\
Examples:
  tiaowen index corpus/            index the agreements in corpus/
  tiaowen search 質素              also finds 素质 and 质量; type in either script
  tiaowen search 有效期 三年       clauses that contain both words
  tiaowen search 第三條第二款    the clauses cited
  tiaowen compare a.docx b.pdf     the differences between two versions
  tiaowen serve                    the same in a browser

Exit status: 0 done or found, 1 nothing found, 2 an error."
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// When to colour the output.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    color: Color,

    /// The settings file [default: tiaowen/tiaowen.toml in ~/.config or /etc].
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The language of help and messages: hant (繁體), hans (简体) or en [default: from LC_ALL,
    /// LC_MESSAGES or LANG].
    #[arg(long, global = true, value_name = "LANGUAGE", value_parser = language)]
    lang: Option<Language>,

    /// Print this help.
    #[arg(long, short, global = true, action = clap::ArgAction::Help)]
    help: Option<bool>,

    /// Print the version.
    #[arg(long, short = 'V', action = clap::ArgAction::Version)]
    version: Option<bool>,
}

impl Args {
    pub(crate) fn color(&self) -> anstream::ColorChoice {
        match self.color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Build or update an index from files and folders.
    Index(Index),
    /// Find clauses by relevance; type in either script.
    Search(Box<Search>),
    /// List documents with the number of their clauses.
    List(Box<List>),
    /// Report what has newly come into the index for saved searches.
    Alert(Box<Alert>),
    /// Show a clause in its context, or a whole document with its outline.
    Show(Show),
    /// Split files into clauses and print them, without an index.
    Clauses(Clauses),
    /// Compare two versions clause by clause.
    Compare(Compare),
    /// Check the citations and quotations of a text against the index.
    Verify(Verify),
    /// Show the versions of a provision over time.
    History(History),
    /// List documents in the index that are versions of one another.
    Pairs(Pairs),
    /// Show a word in its context, with the words for it in the other version.
    Concordance(Box<Concordance>),
    /// The regional term table: list, check, mine from pairs, export.
    Terms(Terms),
    /// Complete a word from the words of the index.
    Suggest(Suggest),
    /// Make vectors of the clauses, for searches by meaning.
    Embed(Embed),
    /// Serve a web page and an API, both read-only.
    Serve(Serve),
    /// Answer AI assistants through the Model Context Protocol, over standard input and output.
    Mcp(Mcp),
    /// Make a key for 'tiaowen serve --api-keys'.
    Key(Key),
    /// Report the queries that 'tiaowen serve --query-log' recorded.
    Queries(Queries),
    /// Show what is indexed, with which dictionaries, and how large the index is.
    Status(Status),
    /// Verify an index: its checksums, its stamp, and each clause against its source.
    Check(Check),
    /// Make a consistent copy of an index, even while it is being written.
    Snapshot(Snapshot),
    /// Rebuild an index if this version of the program needs it.
    Upgrade(Upgrade),
    /// Measure the quality of an index on judged topics, in both scripts.
    Judge(Judge),
    /// Print completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiaowen index                         index corpus/ into index/
  tiaowen index a.txt b.md papers/      add files and folders to the index
  tiaowen index --prune papers/         and remove what is gone from papers/
  tiaowen index --forget a.txt          remove one source
  tiaowen index --rebuild               index everything again, as after an upgrade
  tiaowen index --watch papers/         and keep the index up to date

An index accumulates what it is given; unchanged sources are not read again.
Supported formats: text (.txt), Markdown (.md), web pages (.html, .mht), documents (.docx, .odt,
.rtf), PDFs, .ofd, spreadsheets (.xlsx, .ods), books (.epub), mail (.eml) with its attachments,
laws in XML with marked clauses (Akoma Ntoso, HKLM, Taiwan's; .xml), clauses as printed by
'tiaowen clauses --format jsonl' (.jsonl), and .zip archives of these; also scanned PDFs and
pictures (.png, .jpg, .tiff) if Tesseract is installed, and .doc, .wps, .xls and .et if LibreOffice
is.")]
pub(crate) struct Index {
    /// Files and folders [default: corpus/; with --rebuild, those that the index knows].
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) folder: IndexPlace,
    /// Shards of a new index on a cluster; changing it later needs a rebuild.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = shards)]
    pub(crate) shards: u32,
    /// Replicas of each shard of a new index on a cluster.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = copies)]
    pub(crate) copies: u32,
    /// Build a new index, which replaces the old one once it is complete.
    #[arg(long)]
    pub(crate) rebuild: bool,
    /// Remove sources from the index that are gone from the folders named.
    #[arg(
        long,
        value_name = "WHAT",
        value_enum,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "gone"
    )]
    pub(crate) prune: Option<Prune>,
    /// Also read links that lead out of the folders named.
    #[arg(long)]
    pub(crate) follow: bool,
    /// Remove a source from the index, by its path or file name.
    #[arg(long, value_name = "SOURCE")]
    pub(crate) forget: Vec<String>,
    /// Only report what would be done.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Keep running, and index changes as they happen.
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) watch: bool,
    /// Number of threads for reading and writing [default: one per core].
    #[arg(long, value_name = "N", value_parser = jobs)]
    pub(crate) jobs: Option<u16>,
    /// Which pages to read by text recognition, where Tesseract is installed [default: as each file
    /// was read before, new ones as auto].
    #[arg(long, value_enum, value_name = "WHICH")]
    pub(crate) ocr: Option<Ocr>,
    /// Format of the report.
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub(crate) format: Report,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiaowen serve                         the page at http://127.0.0.1:7171
  tiaowen serve --listen 0.0.0.0:7171 --api-keys keys    asks for keys
  tiaowen serve --listen 0.0.0.0:7171 --behind-proxy 10.0.0.5
  tiaowen serve --public-url https://example.org/clauses    behind a proxy
  tiaowen serve --log json --log-level warn                 for a service manager

The page and the API use the last commit of the index, and follow a running tiaowen index.")]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) folder: IndexPlace,
    /// The address and port to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7171", value_parser = socket)]
    pub(crate) listen: SocketAddr,
    /// The public address of the server, for links.
    #[arg(long, value_name = "URL", value_parser = Links::below)]
    pub(crate) public_url: Option<Links>,
    /// Answer only through these proxies, which decide who may read, and believe their
    /// X-Forwarded-For: addresses, networks (10.0.0.0/8) or 'private', separated by commas.
    #[arg(long, value_name = "ADDRESSES")]
    pub(crate) behind_proxy: Option<Proxies>,
    /// Answer only requests with a key of this file (see 'tiaowen key'). Changes are picked up.
    #[arg(long, value_name = "FILE")]
    pub(crate) api_keys: Option<PathBuf>,
    /// Append each request to this file: time, key, address, route, status, microseconds.
    #[arg(long, value_name = "FILE")]
    pub(crate) audit_log: Option<PathBuf>,
    /// Write the query of each request into the audit log, too.
    #[arg(long)]
    pub(crate) audit_queries: bool,
    /// Append each search to this file: its time, query and number of hits, and nothing of who
    /// searched.
    #[arg(long, value_name = "FILE")]
    pub(crate) query_log: Option<PathBuf>,
    /// Format of the log on standard error.
    #[arg(long, value_enum, default_value_t = LogFormat::Text, value_name = "FORMAT")]
    pub(crate) log: LogFormat,
    /// Level of detail of the log.
    #[arg(long, value_enum, default_value_t = LogLevel::Info, value_name = "LEVEL")]
    pub(crate) log_level: LogLevel,
    /// Your own term table, added to the built-in one.
    #[arg(long, value_name = "FILE")]
    pub(crate) terms: Option<PathBuf>,
    /// A file of saved searches, which the start page links to. See 'tiaowen alert --help'.
    #[arg(long, value_name = "FILE")]
    pub(crate) searches: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) meaning: MeaningServer,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiaowen key press-office                  a key, and its line for the file
  tiaowen key press-office --add-to keys    a key, whose line is added
  tiaowen key editors --rights read,upload --rate 5000/hour --add-to keys
  tiaowen key monitoring --rights metrics --add-to keys

The key is shown once; the file has its SHA-256. To withdraw a key, delete its line. People type the
key as the password in their browser, with any name; programs send Authorization: Bearer KEY.")]
pub(crate) struct Key {
    /// The name of the key in the file and in logs: who uses it.
    #[arg(value_parser = NewKey::name)]
    pub(crate) name: String,
    /// What the key is for, separated by commas: read, upload (sending texts and files to compare and
    /// to verify), metrics.
    #[arg(long, value_name = "RIGHTS", default_value_t = Rights::default())]
    pub(crate) rights: Rights,
    /// How many requests it may make per second, minute or hour.
    #[arg(long, value_name = "RATE", default_value_t = Rate::default())]
    pub(crate) rate: Rate,
    /// Add the line to this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) add_to: Option<PathBuf>,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub(crate) format: Report,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiaowen queries queries.log    the most frequent, and those without hits
  tiaowen queries queries.log --since 2026-11-01
  tiaowen queries queries.log --format csv    all of them, for a spreadsheet

Queries that differ in script or white space only count as one.")]
pub(crate) struct Queries {
    /// The file of 'tiaowen serve --query-log'.
    pub(crate) file: PathBuf,
    /// Only searches of this day or later: 2026-11-01, 2026-11 or 2026.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) since: Option<String>,
    /// Length of each list; csv has all queries.
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20, value_parser = count)]
    pub(crate) limit: usize,
    /// Output format.
    #[arg(long, value_enum, default_value_t = QueriesFormat::Text)]
    pub(crate) format: QueriesFormat,
}

/// Formats of the report on queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum QueriesFormat {
    /// For people.
    Text,
    /// One JSON object.
    Json,
    /// For spreadsheets, in UTF-8.
    Csv,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Assistants start this command themselves. Most are configured with a file like this:
  {\"mcpServers\": {\"tiaowen\": {\"command\": \"tiaowen\", \"args\": [\"mcp\", \"--index\", \"/srv/index\"]}}}

They get the tools search, read, compare and terms, with the answers and limits of the API of
'tiaowen serve'. With --public-url, clauses are cited with permanent links.")]
pub(crate) struct Mcp {
    #[command(flatten)]
    pub(crate) folder: IndexPlace,
    /// The public address of 'tiaowen serve', for links in answers.
    #[arg(long, value_name = "URL", value_parser = Links::below)]
    pub(crate) public_url: Option<Links>,
    /// Your own term table, added to the built-in one.
    #[arg(long, value_name = "FILE")]
    pub(crate) terms: Option<PathBuf>,
    /// Level of detail of the log on standard error.
    #[arg(long, value_enum, default_value_t = LogLevel::Warn, value_name = "LEVEL")]
    pub(crate) log_level: LogLevel,
    #[command(flatten)]
    pub(crate) meaning: MeaningServer,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiaowen search 知識產權               the same hits in Traditional and Simplified
  tiaowen search 大灣區 高校 --limit 5  clauses that contain both words come first
  tiaowen search 有效期 --kind agreement --from 2017
  tiaowen search 質素 --display hans    shown in Simplified
  tiaowen search CEPA --format csv      all hits, for a spreadsheet
  tiaowen search --kind agreement --kind notice --year 2017   clauses of such documents
  tiaowen search 質素 --added-since 2026-11     what came into the index since then
  tiaowen search '(教育 OR 培訓) -青年'  operators and phrases
  tiaowen search '合作 date:2015..2017 script:hans label:第十二條'

In a query: \"phrase\", OR, -word or NOT word, ( ), CEP*, and title: number: kind: party: place:
unit: script: date: label: exact:. Full-width marks work like half-width ones.")]
pub(crate) struct Search {
    /// Words to search for. Without any, or with fields alone, all clauses that pass the filters
    /// are listed.
    #[arg(
        required_unless_present_any = [
            "script", "kind", "year", "from", "to", "in_force", "as_of", "added_since", "party",
            "place", "unit", "number", "undated",
        ],
        value_name = "QUERY",
    )]
    pub(crate) query: Vec<String>,
    #[command(flatten)]
    pub(crate) folder: IndexPlace,
    /// Number of hits to print [default: 10; in csv and jsonl, all].
    #[arg(long, short = 'n', value_name = "N", value_parser = count)]
    pub(crate) limit: Option<usize>,
    /// Number of hits to skip.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = count)]
    pub(crate) offset: usize,
    /// The order of the hits.
    #[arg(long, value_enum, default_value_t = By::Score)]
    pub(crate) sort: By,
    #[command(flatten)]
    pub(crate) filters: Filters,
    /// Search only what was typed, without other regions' terms.
    #[arg(long)]
    pub(crate) no_expand: bool,
    /// Read Latin letters as pinyin or jyutping: zhishi chanquan, zi1 sik1 caan2 kyun4.
    #[arg(long)]
    pub(crate) phonetic: bool,
    #[command(flatten)]
    pub(crate) meaning: MeaningServer,
    /// Search by words only, even if a server is set.
    #[arg(long)]
    pub(crate) no_meaning: bool,
    /// Print the versions of a clause as separate hits.
    #[arg(long)]
    pub(crate) no_group: bool,
    /// Print the documents of the hits, with the number of matching clauses in each.
    #[arg(long, short = 'l', conflicts_with_all = ["explain", "facets", "parallel", "sort"])]
    pub(crate) documents: bool,
    /// Explain each hit: what matched where, and how much it counts.
    #[arg(long)]
    pub(crate) explain: bool,
    /// Print the number of hits by kind, year, script, party and responsible unit.
    #[arg(long)]
    pub(crate) facets: bool,
    /// Count all hits; otherwise, beyond 1,000, only a lower bound is printed.
    #[arg(long)]
    pub(crate) count: bool,
    /// Your own term table, added to the built-in one.
    #[arg(long, value_name = "FILE")]
    pub(crate) terms: Option<PathBuf>,
    /// Print the counterpart in the other script under each hit.
    #[arg(long)]
    pub(crate) parallel: bool,
    /// The public address of 'tiaowen serve', for links in csv, json and jsonl.
    #[arg(long, value_name = "URL", value_parser = Links::below)]
    pub(crate) public_url: Option<Links>,
    #[command(flatten)]
    pub(crate) shown: Display,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

impl Search {
    /// The number of hits to print. Lists for programs and spreadsheets are complete by default.
    pub(crate) fn limit(&self) -> usize {
        let usual = match self.format {
            Format::Jsonl | Format::Csv => usize::MAX,
            Format::Text | Format::Json => 10,
        };
        self.limit.unwrap_or(usual)
    }

    pub(crate) fn sort(&self) -> Sort {
        match self.sort {
            By::Score => Sort::Score,
            By::Date => Sort::Date,
        }
    }
}

/// Filters for documents and clauses.
#[derive(Debug, ClapArgs)]
pub(crate) struct Filters {
    /// Only documents printed in this script.
    #[arg(long, value_enum, default_values_t = [InScript::Any])]
    pub(crate) script: Vec<InScript>,
    /// Only documents of this kind; may be given several times.
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub(crate) kind: Vec<DocumentKind>,
    /// Only documents of this year; may be given several times.
    #[arg(long, value_name = "YEAR", value_parser = date)]
    pub(crate) year: Vec<String>,
    /// Only documents without a date; beside --year these too. Not beside --from or --to.
    #[arg(long)]
    pub(crate) undated: bool,
    /// Only documents of this date or later: 2017, 2017-11, 2017-11-18.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) from: Option<String>,
    /// Only documents of this date or earlier.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) to: Option<String>,
    /// Only documents that state they are in force on this date: 2020-06-30, 2020-06, 2020.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) in_force: Option<String>,
    /// Only what counted on this day: what had begun and had not ended, been repealed or been replaced
    /// by a newer version, as texts, dates and titles tell.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) as_of: Option<String>,
    /// Only documents whose content was indexed on this day or later: 2026-11-18, 2026-11.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) added_since: Option<String>,
    /// Only documents signed or issued by this body; part of its name is enough. May be given
    /// several times, as --place, --unit and --number.
    #[arg(long, value_name = "BODY")]
    pub(crate) party: Vec<String>,
    /// Only documents signed at this place.
    #[arg(long, value_name = "PLACE")]
    pub(crate) place: Vec<String>,
    /// Only clauses that name this responsible unit.
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: Vec<String>,
    /// Only documents with this number (文號); part of it is enough.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) number: Vec<String>,
}

impl Filters {
    pub(crate) fn filter(&self) -> Filter {
        let script = |script: &InScript| match script {
            InScript::Hant => Some(Script::Hant),
            InScript::Hans => Some(Script::Hans),
            InScript::Any => None,
        };
        // With --script any, all scripts count, whatever else is given.
        let scripts: Option<Vec<Script>> = self.script.iter().map(script).collect();
        Filter {
            scripts: scripts.unwrap_or_default(),
            kinds: self.kind.clone(),
            years: self.year.clone(),
            undated: self.undated,
            from: self.from.clone(),
            to: self.to.clone(),
            in_force: self.in_force.clone(),
            as_of: self.as_of.clone(),
            added_since: self.added_since.clone(),
            parties: self.party.clone(),
            places: self.place.clone(),
            units: self.unit.clone(),
            numbers: self.number.clone(),
            ..Filter::default()
        }
    }
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiaowen list                          all documents with the number of their clauses
  tiaowen list --kind agreement --from 2017
  tiaowen list --unit 公安廳            documents with clauses assigned to this unit
  tiaowen list 質素 --sort clauses      documents that mention it, most clauses first
  tiaowen list --format csv             for a spreadsheet")]
pub(crate) struct List {
    /// Words that clauses must contain, as in 'tiaowen search' [default: all clauses].
    #[arg(value_name = "QUERY")]
    pub(crate) query: Vec<String>,
    #[command(flatten)]
    pub(crate) folder: IndexPlace,
    /// Number of documents to print [default: all].
    #[arg(long, short = 'n', value_name = "N", value_parser = count)]
    pub(crate) limit: Option<usize>,
    /// Number of documents to skip.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = count)]
    pub(crate) offset: usize,
    /// The order of the documents.
    #[arg(long, value_enum, default_value_t = Order::Source)]
    pub(crate) sort: Order,
    #[command(flatten)]
    pub(crate) filters: Filters,
    /// Search only what was typed, without other regions' terms.
    #[arg(long)]
    pub(crate) no_expand: bool,
    /// Your own term table, added to the built-in one.
    #[arg(long, value_name = "FILE")]
    pub(crate) terms: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) shown: Display,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiaowen alert searches.toml                   what is new since the last run
  tiaowen alert searches.toml --seen            begin with what comes from now on
  tiaowen alert searches.toml --webhook https://example.org/hook
  tiaowen alert searches.toml --command /usr/local/bin/announce --channel law

A file of saved searches, with filters named as in the API, each one value or a list:
  [[search]]
  name = \"IP agreements\"
  query = \"知識產權\"
  kind = [\"agreement\", \"notice\"]

A match is new if it wasn't a match in the last run, or if its text has changed. What can't be sent
is reported and sent next time. Exit status: 0 done, 1 something could not be sent, 2 an error, also
if a saved search could not be read.")]
pub(crate) struct Alert {
    /// The file of saved searches.
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) folder: IndexPlace,
    /// Record the present matches as reported, without printing or sending them.
    #[arg(long)]
    pub(crate) seen: bool,
    /// Where to record what was reported [default: FILE.state].
    #[arg(long, value_name = "PATH")]
    pub(crate) state: Option<PathBuf>,
    /// Post the new matches of each search as JSON to this address.
    #[arg(long, value_name = "URL", value_parser = webhook)]
    pub(crate) webhook: Option<String>,
    /// Run this program for each search with new matches, which it gets as JSON on standard input.
    /// All that follows are its arguments; no shell is involved.
    #[arg(
        long,
        value_name = "PROGRAM",
        num_args = 1..,
        allow_hyphen_values = true,
        conflicts_with = "seen"
    )]
    pub(crate) command: Vec<OsString>,
    /// How long the webhook or program may take, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = seconds)]
    pub(crate) timeout: u64,
    /// Your own term table, added to the built-in one.
    #[arg(long, value_name = "FILE")]
    pub(crate) terms: Option<PathBuf>,
    /// The public address of 'tiaowen serve', for links.
    #[arg(long, value_name = "URL", value_parser = Links::below)]
    pub(crate) public_url: Option<Links>,
    #[command(flatten)]
    pub(crate) shown: Display,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub(crate) format: Report,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Display {
    /// The script in which texts are shown.
    #[arg(long, value_enum, default_value_t = Shown::Original, value_name = "SCRIPT")]
    display: Shown,
}

impl Display {
    /// The script to show. `None` shows texts as printed.
    pub(crate) fn script(&self) -> Option<Script> {
        match self.display {
            Shown::Original => None,
            Shown::Hant => Some(Script::Hant),
            Shown::Hans => Some(Script::Hans),
        }
    }
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiaowen show mi7gg7hcdq               a document, by the id printed by search
  tiaowen show mi7gg7hcdq.part_4        one clause with its neighbours
  tiaowen show ozgknrfu5i.art_6 --at 第二款（三）
  tiaowen show mi7gg7hcdq --format json")]
pub(crate) struct Show {
    /// The id of a document or clause.
    pub(crate) id: String,
    /// Mark a part of an article: 第二款, 第二款（三）.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) at: Option<String>,
    /// The version of it that counted on this day: 2017-11-18, 2017-11 or 2017.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) as_of: Option<String>,
    #[command(flatten)]
    pub(crate) folder: IndexPlace,
    #[command(flatten)]
    pub(crate) shown: Display,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub(crate) format: Report,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiaowen concordance 質素              each place, beside the other version
  tiaowen concordance 資訊 --order right       sorted by what follows
  tiaowen concordance 培訓 --format csv        all places, for a spreadsheet

A degree says how the other version puts the word: as the same word, as another word for the same
thing or as the nearest one by the term table, or not at all.")]
pub(crate) struct Concordance {
    /// A word or query, in either script, as in 'tiaowen search'.
    #[arg(required = true, value_name = "QUERY")]
    pub(crate) query: Vec<String>,
    #[command(flatten)]
    pub(crate) folder: IndexPlace,
    /// Number of places to print [default: 20; in csv and jsonl, all].
    #[arg(long, short = 'n', value_name = "N", value_parser = count)]
    limit: Option<usize>,
    /// Number of places to skip.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = count)]
    pub(crate) offset: usize,
    /// Number of characters on each side of the word.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = sides)]
    pub(crate) width: usize,
    /// The order of the places.
    #[arg(long, value_enum, default_value_t = OrderOfLines::Found)]
    pub(crate) order: OrderOfLines,
    #[command(flatten)]
    pub(crate) filters: Filters,
    /// Search only what was typed, without other regions' terms.
    #[arg(long)]
    pub(crate) no_expand: bool,
    /// Your own term table, added to the built-in one.
    #[arg(long, value_name = "FILE")]
    pub(crate) terms: Option<PathBuf>,
    /// The public address of 'tiaowen serve', for links in json and jsonl.
    #[arg(long, value_name = "URL", value_parser = Links::below)]
    pub(crate) public_url: Option<Links>,
    #[command(flatten)]
    pub(crate) shown: Display,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

impl Concordance {
    /// The number of places to print. Lists for programs and spreadsheets are complete by default.
    pub(crate) fn limit(&self) -> usize {
        let usual = match self.format {
            Format::Jsonl | Format::Csv => usize::MAX,
            Format::Text | Format::Json => 20,
        };
        self.limit.unwrap_or(usual)
    }
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiaowen suggest 知識      words with this beginning, the most frequent first, then titles
  tiaowen suggest '旅遊 合'  the last word is completed")]
pub(crate) struct Suggest {
    /// The beginning of a word, in either script.
    pub(crate) typed: String,
    #[command(flatten)]
    pub(crate) folder: IndexPlace,
    /// Number of suggestions.
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10, value_parser = count)]
    pub(crate) limit: usize,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub(crate) format: Report,
}
