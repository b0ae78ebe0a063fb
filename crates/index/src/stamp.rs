use serde::{Deserialize, Serialize};
use tiaowen_text::{JIEBA_VERSION, OPENCC_VERSION, Segmenter, folding_hash};

/// The version of fields and stored records. Raised with every change to them.
pub const FORMAT: u32 = 8;

/// What the tokens of an index depend on. A query is cut with what this program has, so
/// an index with another stamp is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The version of fields and stored records.
    pub format: u32,
    /// Hash of the folding table.
    pub folding: String,
    /// The OpenCC release that the table was asked of.
    pub opencc: String,
    /// The jieba release that words come from.
    pub jieba: String,
    /// Hash of the dictionaries beside jieba's own.
    pub dictionary: String,
}

impl Stamp {
    /// The stamp of an index that this program would make with `segmenter`.
    pub fn current(segmenter: &Segmenter) -> Self {
        Stamp {
            format: FORMAT,
            folding: folding_hash(),
            opencc: OPENCC_VERSION.to_owned(),
            jieba: JIEBA_VERSION.to_owned(),
            dictionary: segmenter.dictionary_hash().to_owned(),
        }
    }

    /// In plain words, the first part that differs from `other`.
    pub fn difference(&self, other: &Stamp) -> String {
        if self.format != other.format {
            return format!("format ({} instead of {})", self.format, other.format);
        }
        for (name, own, others) in [
            ("folding table", &self.folding, &other.folding),
            ("OpenCC", &self.opencc, &other.opencc),
            ("jieba", &self.jieba, &other.jieba),
            ("dictionary", &self.dictionary, &other.dictionary),
        ] {
            if own != others {
                return format!("{name} ({own} instead of {others})");
            }
        }
        "stamp".to_owned()
    }
}
