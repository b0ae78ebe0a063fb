//! Sources in which the terms of an entry are attested, precise enough to look them up.

/// A region with a vocabulary of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Region {
    /// Hong Kong.
    HongKong,
    /// The mainland.
    Mainland,
    /// Taiwan.
    Taiwan,
    /// Macao.
    Macao,
}

impl Region {
    /// All regions, in the order of the table's columns.
    pub const ALL: [Region; 4] =
        [Region::HongKong, Region::Mainland, Region::Taiwan, Region::Macao];

    /// ISO 3166-1 code.
    pub fn code(self) -> &'static str {
        match self {
            Region::HongKong => "HK",
            Region::Mainland => "CN",
            Region::Taiwan => "TW",
            Region::Macao => "MO",
        }
    }

    /// Language of its terms (BCP 47).
    pub fn language(self) -> &'static str {
        match self {
            Region::HongKong => "zh-Hant-HK",
            Region::Mainland => "zh-Hans-CN",
            Region::Taiwan => "zh-Hant-TW",
            Region::Macao => "zh-Hant-MO",
        }
    }
}

/// A source in which terms of an entry are attested.
///
/// ```
/// use tiaowen_terms::{Region, TermSource};
/// let all = TermSource::all("HK·CN 《粵港醫療交流合作備忘錄》三(二)2; TW 《醫療法》第10條");
/// assert_eq!(all[0].regions, [Region::HongKong, Region::Mainland]);
/// assert_eq!(all[1].place, "《醫療法》第10條");
/// let both = &TermSource::all("EN·HK 《基本法》第五條")[0];
/// assert!(both.english && both.regions == [Region::HongKong]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermSource {
    /// The regions whose terms it attests; two for a text in two versions. Empty if the cell names
    /// none.
    pub regions: Vec<Region>,
    /// Whether it attests the English terms as well: its text is published in both languages.
    pub english: bool,
    /// Title, and article, clause or page.
    pub place: String,
}

impl TermSource {
    /// The sources in a cell, separated by semicolons.
    pub fn all(cell: &str) -> Vec<TermSource> {
        cell.split(';')
            .map(str::trim)
            .filter(|place| !place.is_empty())
            .map(TermSource::of)
            .collect()
    }

    fn of(text: &str) -> TermSource {
        let region = |code: &str| Region::ALL.into_iter().find(|region| region.code() == code);
        if let Some((codes, place)) = text.split_once(' ') {
            let (english, codes) = match codes.strip_prefix("EN·") {
                Some(codes) => (true, codes),
                None => (false, codes),
            };
            if let Some(regions) = codes.split('·').map(region).collect::<Option<Vec<_>>>() {
                return TermSource { regions, english, place: place.trim().to_owned() };
            }
        }
        TermSource { regions: Vec::new(), english: false, place: text.to_owned() }
    }
}
