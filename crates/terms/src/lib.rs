//! The table of regional terms: Hong Kong's name for a thing and the mainland's.
//!
//! The table is two plain text files with one entry a line: `data/terms.tsv` for what the regions
//! call differently, `data/english.tsv` for terms that differ by script alone and are there for their
//! English. It applies to queries only and never to indexed text, so changing it needs no new index. Each entry states how closely
//! its terms correspond ([`Degree`]) and where they are attested ([`TermSource`]).
//!
//! ```
//! use tiaowen_terms::TermTable;
//! let table = TermTable::parse("資訊科技\t信息技术\t\ttechnology\tboth\tknown").unwrap();
//! let found = table.find("发展资讯科技的人才");
//! assert_eq!((found[0].start, found[0].end), (2, 6));
//! assert_eq!(found[0].alternatives, ["信息技术"]);
//! ```

mod check;
mod degree;
mod english;
mod source;
mod table;
mod tbx;

pub use check::{TermProblem, check};
pub use degree::Degree;
pub use english::english_key;
pub use source::{Region, TermSource};
pub use table::{
    Direction, EnglishOccurrence, Entry, Occurrence, TermError, TermReason, TermTable,
};
pub use tbx::{tbx, tbx_languages};
