//! Flags and commands of the command line.
//!
//! The doc comments of flags are their help texts. In Chinese, help comes from `words`, by command
//! and flag.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use tiaowen_cluster::{Address, Cluster, Login};
use tiaowen_compare::export::LanguageTags;
use tiaowen_corpus::DocumentKind;
use tiaowen_index::IndexError;
use tiaowen_meaning::{Endpoint, Meaning};
use tiaowen_query::{Filter, Searchable, Searcher, Sort};
use tiaowen_server::{Links, NewKey, Proxies, Rate, Rights};
use tiaowen_text::Script;
use tiaowen_words::{Language, fill};

use crate::failure::Failure;
use crate::language::words;
use crate::output::tell;
use crate::terminal::safe;
use crate::wording;

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

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    Always,
    Never,
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
pub(crate) struct IndexPlace {
    /// The folder of the index, or the URL of an index on a search cluster
    /// (https://search.example:9200/clauses).
    #[arg(long, value_name = "DIR|URL", default_value = "index", value_parser = at)]
    pub(crate) index: At,
}

/// The place of an index.
#[derive(Debug, Clone)]
pub(crate) enum At {
    Folder(PathBuf),
    Cluster(Address),
}

impl IndexPlace {
    /// The index for reading and writing.
    pub(crate) fn place(&self) -> Result<Box<dyn Searchable>, Failure> {
        self.place_in(3, 1)
    }

    /// The index. If it is created on a cluster, it gets so many shards and replicas.
    pub(crate) fn place_in(
        &self,
        shards: u32,
        copies: u32,
    ) -> Result<Box<dyn Searchable>, Failure> {
        Ok(match &self.index {
            At::Folder(folder) => Box::new(folder.clone()),
            At::Cluster(address) => {
                let login = Login::from_environment().map_err(IndexError::from)?;
                if let Some(file) = login.open_file() {
                    let file = safe(&file.display().to_string());
                    tell(&fill(&words().terminal.open_login, &[("file", &file)]));
                }
                Box::new(Cluster::new(address.clone(), login).with_parts(shards, copies))
            }
        })
    }

    /// A searcher of the index.
    pub(crate) fn searcher(&self) -> Result<Searcher, Failure> {
        Ok(self.place()?.searcher()?)
    }
}

/// The embedding server for searches by meaning.
#[derive(Debug, ClapArgs)]
pub(crate) struct MeaningServer {
    /// Search by meaning too: the URL of an embedding server of your own (http://127.0.0.1:8000/v1).
    #[arg(long, value_name = "URL", value_parser = endpoint)]
    pub(crate) meaning: Option<Endpoint>,
}

impl MeaningServer {
    /// The vectors of an index with this server.
    pub(crate) fn of(&self, place: &dyn Searchable) -> Arc<Meaning> {
        Arc::new(Meaning::new(self.meaning.clone(), place.folder()))
    }
}

/// The variable with the key of the embedding server.
const MEANING_KEY: &str = "TIAOWEN_MEANING_KEY";

fn endpoint(text: &str) -> Result<Endpoint, String> {
    let key = std::env::var(MEANING_KEY).ok().filter(|key| !key.is_empty());
    Endpoint::new(text, key).map_err(|error| wording::endpoint(&error))
}

fn at(text: &str) -> Result<At, String> {
    if Address::is_one(text) {
        return Address::parse(text)
            .map(At::Cluster)
            .map_err(|error| wording::index(&IndexError::from(error)));
    }
    if text.is_empty() {
        return Err(wording::index(&IndexError::Unnamed));
    }
    Ok(At::Folder(text.into()))
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
            "place", "unit", "number",
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

/// The order of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Order {
    /// By path of the source.
    Source,
    /// The newest first; documents without a date last.
    Date,
    /// By title.
    Title,
    /// By number of clauses, the most first.
    Clauses,
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
  tiaowen clauses agreement.txt                 the outline at a glance
  tiaowen clauses agreement.txt --explain       with the rule that drew each clause
  tiaowen clauses *.txt --format jsonl          one clause per line
  tiaowen clauses hant.docx hans.docx --format akn   both as XML, two expressions of one work
  pdftotext a.pdf - | tiaowen clauses -         from standard input")]
pub(crate) struct Clauses {
    /// Files to split; - for standard input.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Show the rule that drew each clause.
    #[arg(long)]
    pub(crate) explain: bool,
    /// Which pages to read by text recognition, where Tesseract is installed.
    #[arg(long, value_enum, value_name = "WHICH", default_value_t = Ocr::Auto)]
    pub(crate) ocr: Ocr,
    #[command(flatten)]
    pub(crate) shown: Display,
    /// Output format.
    #[arg(long, value_enum, default_value_t = ClausesFormat::Text)]
    pub(crate) format: ClausesFormat,
}

/// Formats of clauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClausesFormat {
    /// For people.
    Text,
    /// One JSON value.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// For spreadsheets, in UTF-8.
    Csv,
    /// Akoma Ntoso 3.0; versions in two scripts are expressions of one work.
    Akn,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiaowen compare plan.hant.txt plan.hans.txt     substantive differences, script aside
  tiaowen compare papers.txt#2 plan.txt#2         the second document of each file
  tiaowen compare mi7gg7hcdq jtnmxtrpr3           two documents of the index
  tiaowen compare a.txt b.txt --format html --output report.html
  tiaowen compare a.txt b.txt --format tmx --output memory.tmx

If a file has several documents, the only pair that clearly matches is compared, and reported.")]
pub(crate) struct Compare {
    /// A file, FILE#N for its Nth document, - for standard input, or a document id.
    pub(crate) left: String,
    /// The other version.
    pub(crate) right: String,
    #[command(flatten)]
    pub(crate) folder: IndexPlace,
    /// Of documents of the index, the versions that counted on this day: 2017-11-18, 2017-11 or 2017.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) as_of: Option<String>,
    /// Print rows without differences too.
    #[arg(long)]
    pub(crate) all: bool,
    /// A file of clauses that correspond, corrected by hand: a line has the eid of a clause on the
    /// left and of one on the right, or - for none.
    #[arg(long, value_name = "FILE")]
    pub(crate) links: Option<PathBuf>,
    /// Your own term table, added to the built-in one.
    #[arg(long, value_name = "FILE")]
    pub(crate) terms: Option<PathBuf>,
    /// Output format.
    #[arg(long, value_enum, default_value_t = CompareFormat::Text)]
    pub(crate) format: CompareFormat,
    /// Keep the responsible units that end clauses in the segments of a translation memory.
    #[arg(long)]
    pub(crate) units: bool,
    /// Write another language tag in a translation memory: zh-Hant=zh-HK; may be given several
    /// times.
    #[arg(long, value_name = "FROM=TO", value_parser = tag)]
    pub(crate) tag: Vec<String>,
    /// Write to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiaowen verify report.docx            wrong citations and quotations
  tiaowen verify report.docx --all      including the correct ones
  tiaowen verify *.pdf --format json    for a program
  tiaowen verify *.docx --format html > checked.html   a page to read and to print
  tiaowen verify report.docx --output checked.docx     with comments on what is wrong
  tiaowen verify - --as-of 2017-11-18   standard input, against the law of that day

Exit status: 0 no errors, 1 errors found, 2 failure. Documents that are not in the index do not
count as errors.")]
pub(crate) struct Verify {
    /// Files to check; - for standard input.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) folder: IndexPlace,
    /// Check against what was in force on this date: 2017-11-18, 2017-11 or 2017.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) as_of: Option<String>,
    /// Also print what is correct.
    #[arg(long)]
    pub(crate) all: bool,
    /// Check only citations and quoted text, not other paragraphs.
    #[arg(long)]
    pub(crate) no_paragraphs: bool,
    /// Your own term table, added to the built-in one.
    #[arg(long, value_name = "FILE")]
    pub(crate) terms: Option<PathBuf>,
    /// Output format.
    #[arg(long, value_enum, default_value_t = VerifyFormat::Text)]
    pub(crate) format: VerifyFormat,
    /// Write the checked .docx to this file, with comments.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Formats of what came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum VerifyFormat {
    /// For people.
    Text,
    /// One JSON object a file.
    Json,
    /// A page to read and to print.
    Html,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiaowen history 基本法第一百零四條             each version of the article, and what changed
  tiaowen history '《道路條例》第三條' --as-of 2017     the versions up to 2017

Documents with the same title are taken for versions, whatever brackets follow it.")]
pub(crate) struct History {
    /// A citation, in either script: 《…》第十二條.
    #[arg(required = true, value_name = "CITATION")]
    pub(crate) citation: Vec<String>,
    #[command(flatten)]
    pub(crate) folder: IndexPlace,
    /// Only versions that had begun by this date: 2017-11-18, 2017-11 or 2017.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) as_of: Option<String>,
    /// Your own term table, added to the built-in one.
    #[arg(long, value_name = "FILE")]
    pub(crate) terms: Option<PathBuf>,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Report::Text)]
    pub(crate) format: Report,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiaowen pairs                         the same instrument in two scripts, or of other years
  tiaowen pairs --format csv            for a spreadsheet")]
pub(crate) struct Pairs {
    #[command(flatten)]
    pub(crate) folder: IndexPlace,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
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

/// The order of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OrderOfLines {
    /// As their clauses were found.
    Found,
    /// By the text before the word, read backwards.
    Left,
    /// By the text after the word.
    Right,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiaowen terms list 質素               entries that contain it, in either script
  tiaowen terms check --terms own.tsv   the table with your own entries added
  tiaowen terms mine                    proposals from the pairs in the index
  tiaowen terms mine hant.txt hans.txt  proposals from two files
  tiaowen terms export --format tbx     for translation tools

A table is a text file with these columns, separated by tabs: Hong Kong, mainland, Taiwan, domain,
direction (both, hk>cn, cn>hk), attested. Several terms in a cell are separated by |.")]
pub(crate) struct Terms {
    #[command(subcommand)]
    pub(crate) action: TermsAction,
    /// Your own term table, added to the built-in one.
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) terms: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TermsAction {
    /// List the entries, or those that contain a term.
    List {
        /// A term or a part of one, in either script.
        term: Option<String>,
        /// Output format.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Check for conflicts, chains, and pairs that differ in script only.
    Check,
    /// Propose pairs of terms from aligned clauses, for review.
    Mine(Mine),
    /// Export the table for other programs.
    Export {
        /// Output format.
        #[arg(long, value_enum, default_value_t = TermsFormat::Tbx)]
        format: TermsFormat,
        /// Write another language tag in TBX: zh-Hant-HK=zh-HK; may be given several times.
        #[arg(long, value_name = "FROM=TO", value_parser = tag)]
        tag: Vec<String>,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Mine {
    /// A file [default: all pairs of the index].
    #[arg(requires = "right")]
    pub(crate) left: Option<PathBuf>,
    /// Its version in the other script.
    pub(crate) right: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) folder: IndexPlace,
    /// Only pairs that occur at least so often.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = count)]
    pub(crate) least: usize,
    /// Include pairs that are already in the table.
    #[arg(long)]
    pub(crate) all: bool,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// Formats of the term table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TermsFormat {
    /// TBX 2, for translation tools.
    Tbx,
    /// For spreadsheets, in UTF-8.
    Csv,
}

/// Formats of comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareFormat {
    /// For people: side by side if the terminal is wide enough, otherwise one below the other.
    Text,
    /// One JSON object.
    Json,
    /// One JSON object per row.
    Jsonl,
    /// For spreadsheets, in UTF-8.
    Csv,
    /// A report to open in a browser and to print.
    Html,
    /// A translation memory of the aligned clauses, TMX 1.4b.
    Tmx,
    /// A table for word processors, labelled in the language of --lang.
    Docx,
    /// A document for word processors with tracked changes from the left to the right.
    Tracked,
}

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

/// Formats of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

/// Levels of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// Formats of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON value.
    Json,
    /// One JSON object per line.
    Jsonl,
    /// For spreadsheets, in UTF-8.
    Csv,
}

/// Which sources are removed from an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Prune {
    /// Sources that are gone.
    Gone,
    /// Also sources below folders that can't be listed or have no files left.
    All,
}

/// Which pages are read by text recognition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ocr {
    /// Pages and files that are pictures.
    Auto,
    /// None.
    Never,
    /// All pages of PDFs, whatever text layer they have.
    Always,
}

impl From<Ocr> for tiaowen_extract::Ocr {
    fn from(ocr: Ocr) -> Self {
        match ocr {
            Ocr::Auto => tiaowen_extract::Ocr::Auto,
            Ocr::Never => tiaowen_extract::Ocr::Never,
            Ocr::Always => tiaowen_extract::Ocr::Always,
        }
    }
}

/// Formats of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Report {
    /// For people.
    Text,
    /// One JSON object.
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// The best first.
    Score,
    /// The newest document first.
    Date,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InScript {
    Hant,
    Hans,
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shown {
    /// As printed.
    Original,
    /// Traditional, in Hong Kong forms.
    Hant,
    /// Simplified.
    Hans,
}

/// More than anyone pages through. Keeps a typing error from asking for all memory.
const MOST: usize = 100_000;

fn count(text: &str) -> Result<usize, String> {
    whole(text, 0, MOST)
}

fn sides(text: &str) -> Result<usize, String> {
    whole(text, 0, 200)
}

fn seconds(text: &str) -> Result<u64, String> {
    whole(text, 1, 3_600)
}

/// The address of a webhook.
fn webhook(text: &str) -> Result<String, String> {
    let is_one = text.parse::<ureq::http::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some_and(|host| !host.is_empty())
    });
    if is_one { Ok(text.to_owned()) } else { Err(words().terminal.webhook.clone()) }
}

/// A replacement of a language tag.
fn tag(text: &str) -> Result<String, String> {
    match LanguageTags::read(&[text]) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err(words().terminal.tag.clone()),
    }
}

fn some(text: &str) -> Result<usize, String> {
    whole(text, 1, MOST)
}

fn shards(text: &str) -> Result<u32, String> {
    whole(text, 1, 1024)
}

fn copies(text: &str) -> Result<u32, String> {
    whole(text, 0, 10)
}

fn jobs(text: &str) -> Result<u16, String> {
    whole(text, 1, u16::MAX)
}

/// A whole number within limits.
fn whole<N: FromStr + PartialOrd + std::fmt::Display>(
    text: &str,
    least: N,
    most: N,
) -> Result<N, String> {
    let w = &words().terminal;
    match text.parse::<N>() {
        Ok(number) if number < least => Err(fill(&w.at_least, &[("n", &least)])),
        Ok(number) if number > most => Err(fill(&w.at_most, &[("n", &most)])),
        Ok(number) => Ok(number),
        Err(_) => Err(w.number.clone()),
    }
}

fn kind(text: &str) -> Result<DocumentKind, String> {
    DocumentKind::parse(text).ok_or_else(|| {
        let kinds = DocumentKind::ALL.map(DocumentKind::as_str).join(&words().notes.comma);
        fill(&words().terminal.one_of, &[("values", &kinds)])
    })
}

fn date(text: &str) -> Result<String, String> {
    match tiaowen_index::date_bounds(text) {
        Some(_) => Ok(text.to_owned()),
        None => Err(words().terminal.date.clone()),
    }
}

fn socket(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| words().terminal.address.clone())
}

fn language(text: &str) -> Result<Language, String> {
    Language::named(text).ok_or_else(|| words().terminal.language.clone())
}
