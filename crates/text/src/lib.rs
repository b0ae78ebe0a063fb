//! Chinese text in two scripts, made one for searching.
//!
//! Searching has to find 質素 in a text that writes 质素, and to show the match as it was printed.
//! Text is therefore *folded* before anything else happens: Traditional, full-width and variant
//! forms become one form each, one character to one character, whatever the context. The folded
//! text is cut into [units](Unit) (single Han characters, whole Latin words and figures) and into
//! words (jieba in search mode). Each token keeps the bytes of the original that it came from.
//!
//! Segmenting before folding was rejected: a dictionary of Simplified words cuts Traditional text
//! in the wrong places, and the same sentence would have other words in each script. Converting
//! whole texts before indexing was rejected too: it depends on context, changes lengths and isn't
//! idempotent, so offsets and queries would drift apart.
//!
//! ```
//! use tiaowen_text::{fold, same_when_folded};
//!
//! assert_eq!(fold("質素 ＣＥＰＡ"), "质素 cepa");
//! assert!(same_when_folded("衞生署", "卫生署"));
//! ```
//!
//! | task | item |
//! |---|---|
//! | join characters for searching | [`fold_char`], [`fold`] |
//! | resolve radicals, vertical forms and private-use characters | [`plain_form`], [`hkscs`] |
//! | write superscripts in plain text | [`superscript`] |
//! | detect the script of a text | [`Script::of`] |
//! | find the characters and words of a text | [`Units`], [`Segmenter`] |
//! | make tokens for the search engine | [`CharTokenizer`], [`WordTokenizer`] |
//! | show a text in the other script | [`Converter`] |
//! | read a number such as 二十八 | [`numeral`] |
//! | compare figures such as 伍拾万 and 500,000 by value | [`figure`] |
//! | recognise a unit of measure such as ㎡ | [`measure`] |
//! | match pinyin or jyutping, such as `zhi shi` or `zi1 sik1`, with 知识 | [`phonetic`] |
//! | limit the time of work on texts | [`Budget`] |

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
