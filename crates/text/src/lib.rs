//! Chinese text in two scripts made one for searching.
//!
//! Traditional and Simplified Chinese, full-width and half-width forms and the
//! variants of one character are *folded*, one character to one character and
//! without looking at what stands around it; the folded text is then cut into
//! [units](Unit) (single Han characters, whole Latin words and figures) and
//! into words (jieba in search mode). Each token keeps the bytes it came from
//! in the original, so that whatever is found can be shown as it was printed.
//!
//! ```
//! use tiaowen_text::{fold, same_when_folded};
//!
//! assert_eq!(fold("質素 ＣＥＰＡ"), "质素 cepa");
//! assert!(same_when_folded("衞生署", "卫生署"));
//! ```
//!
//! | question | answered by |
//! |---|---|
//! | which characters are one when searching? | [`fold_char`], [`fold`] |
//! | which character does a radical, vertical or private-use form stand for? | [`plain_form`], [`hkscs`] |
//! | how is a raised figure written in plain text? | [`superscript`] |
//! | which script is a text in? | [`Script::of`] |
//! | where are the characters and words of a text? | [`Units`], [`Segmenter`] |
//! | what does the engine index? | [`CharTokenizer`], [`WordTokenizer`] |
//! | how is a text shown in the other script? | [`Converter`] |
//! | what number is 二十八? | [`numeral`] |
//! | do 伍拾万 and 500,000 say the same? | [`figure`] |
//! | which unit of measure is ㎡? | [`measure`] |
//! | can 知识 be read `zhi shi`, or `zi1 sik1`? | [`phonetic`] |
//! | how long may work on texts go on? | [`Budget`] |

mod budget;
mod cache_folder;
mod convert;
mod dictionary;
pub mod figure;
mod fold;
pub mod measure;
pub mod numeral;
mod opencc_cache;
pub mod phonetic;
mod plain;
mod script;
mod segment;
mod superscript;
mod tokenizer;
mod units;

pub use budget::{Budget, Spent};
pub use cache_folder::cache_folder;
pub use convert::{ConvertError, Converter, Shown};
pub use fold::{
    OPENCC_VERSION, fold, fold_char, folding_hash, is_script_pair, is_simplified_form,
    is_traditional_form, joins_different, same_when_folded,
};
pub use plain::{has_plain_form, hkscs, is_private, plain_form};
pub use script::Script;
pub use segment::{JIEBA_VERSION, Segmenter, UserTermError, Word};
pub use superscript::superscript;
pub use tokenizer::{CharTokenizer, PAUSE, WordTokenizer};
pub use units::{Unit, UnitKind, Units, is_han};
