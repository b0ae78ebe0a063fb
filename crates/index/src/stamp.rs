//! The stamp of an index: the versions of everything that its tokens depend on.

use serde::{Deserialize, Serialize};
use tiaowen_text::{JIEBA_VERSION, OPENCC_VERSION, Segmenter, folding_hash};

/// Version of the fields, the stored records and the files of a commit. Raised with every change to
/// them.
pub const FORMAT: u32 = 14;

/// The versions that the tokens of an index depend on. A query is tokenized with this program's
/// versions, so an index with a different stamp is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Version of fields and stored records.
    pub format: u32,
    /// Hash of the folding table.
    pub folding: String,
    /// The OpenCC release behind the folding table.
    pub opencc: String,
    /// The jieba release behind the dictionary.
    pub jieba: String,
    /// Hash of all dictionaries apart from jieba's.
    pub dictionary: String,
}

impl Stamp {
    /// The stamp of an index made by this program with `segmenter`.
    pub fn current(segmenter: &Segmenter) -> Self {
        Stamp {
            format: FORMAT,
            folding: folding_hash(),
            opencc: OPENCC_VERSION.to_owned(),
            jieba: JIEBA_VERSION.to_owned(),
            dictionary: segmenter.dictionary_hash().to_owned(),
        }
    }

    /// The first part that differs from `other`, with both values.
    pub fn difference(&self, other: &Stamp) -> Option<StampDifference> {
        let (format, others) = (self.format.to_string(), other.format.to_string());
        let parts = [
            (StampPart::Format, &format, &others),
            (StampPart::Folding, &self.folding, &other.folding),
            (StampPart::OpenCc, &self.opencc, &other.opencc),
            (StampPart::Jieba, &self.jieba, &other.jieba),
            (StampPart::Dictionary, &self.dictionary, &other.dictionary),
        ];
        let differs = parts.into_iter().find(|(_, value, others)| value != others);
        differs.map(|(part, value, others)| StampDifference {
            part,
            value: value.clone(),
            other: others.clone(),
        })
    }

    /// The first difference in plain words.
    pub fn describe_difference(&self, other: &Stamp) -> String {
        let Some(StampDifference { part, value, other }) = self.difference(other) else {
            return "stamp".to_owned();
        };
        let name = match part {
            StampPart::Format => "format",
            StampPart::Folding => "folding table",
            StampPart::OpenCc => "OpenCC",
            StampPart::Jieba => "jieba",
            StampPart::Dictionary => "dictionary",
        };
        format!("{name} ({value} instead of {other})")
    }
}

/// A part of a stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StampPart {
    /// The version of fields and stored records.
    Format,
    /// The folding table.
    Folding,
    /// The OpenCC release.
    OpenCc,
    /// The jieba release.
    Jieba,
    /// The dictionaries beside jieba's own.
    Dictionary,
}

/// A difference between two stamps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampDifference {
    /// The part that differs.
    pub part: StampPart,
    /// Its value in the first stamp.
    pub value: String,
    /// Its value in the other stamp.
    pub other: String,
}
