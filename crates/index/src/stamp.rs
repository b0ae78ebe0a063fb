use serde::{Deserialize, Serialize};
use tiaowen_text::{JIEBA_VERSION, OPENCC_VERSION, Segmenter, folding_hash};

/// The version of fields, stored records and the files of a commit. Raised with every change to them.
pub const FORMAT: u32 = 13;

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

    /// The first part that differs from `other`, as it is here and as it is there.
    pub fn difference(&self, other: &Stamp) -> Option<StampDifference> {
        let (format, others) = (self.format.to_string(), other.format.to_string());
        let parts = [
            (StampPart::Format, &format, &others),
            (StampPart::Folding, &self.folding, &other.folding),
            (StampPart::OpenCc, &self.opencc, &other.opencc),
            (StampPart::Jieba, &self.jieba, &other.jieba),
            (StampPart::Dictionary, &self.dictionary, &other.dictionary),
        ];
        let differs = parts.into_iter().find(|(_, own, others)| own != others);
        differs.map(|(part, own, others)| StampDifference {
            part,
            own: own.clone(),
            other: others.clone(),
        })
    }

    /// The same in plain words.
    pub fn tell_difference(&self, other: &Stamp) -> String {
        let Some(StampDifference { part, own, other }) = self.difference(other) else {
            return "stamp".to_owned();
        };
        let name = match part {
            StampPart::Format => "format",
            StampPart::Folding => "folding table",
            StampPart::OpenCc => "OpenCC",
            StampPart::Jieba => "jieba",
            StampPart::Dictionary => "dictionary",
        };
        format!("{name} ({own} instead of {other})")
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

/// What two stamps differ in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampDifference {
    /// The part.
    pub part: StampPart,
    /// What it is in the one.
    pub own: String,
    /// What it is in the other.
    pub other: String,
}
