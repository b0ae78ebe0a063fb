//! The regional term table: what Hong Kong calls one thing and the mainland another.
//!
//! The table is a plain file, `data/terms.tsv`, a line an entry. It is applied to queries
//! only, never to what is indexed, so a change of it asks for no new index. Each entry says how
//! near its terms are ([`Degree`]) and where they stand ([`TermSource`]).
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
mod source;
mod table;
mod tbx;

pub use check::{TermProblem, check};
pub use degree::Degree;
pub use source::{Region, TermSource};
pub use table::{Direction, Entry, Occurrence, TermError, TermTable};
pub use tbx::tbx;
