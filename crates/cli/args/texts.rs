//! Flags of the commands that split, compare and check texts.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

use super::values::{
    ClausesFormat, CompareFormat, Format, Ocr, Report, TermsFormat, VerifyFormat, count, date, tag,
};
use super::{Display, IndexPlace};

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
