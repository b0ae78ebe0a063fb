//! Detection of the script of a text.

use std::fmt;

use crate::fold::script_votes;

/// The script of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Script {
    /// Traditional Chinese.
    Hant,
    /// Simplified Chinese.
    Hans,
    /// Both scripts, or neither: no character decides.
    Mixed,
}

impl Script {
    /// The script of `text`, from the characters that only one script uses.
    ///
    /// ```
    /// use tiaowen_text::Script;
    /// assert_eq!(Script::of("知識產權"), Script::Hant);
    /// assert_eq!(Script::of("知识产权"), Script::Hans);
    /// assert_eq!(Script::of("CEPA"), Script::Mixed);
    /// ```
    pub fn of(text: &str) -> Script {
        // A Simplified page that quotes a name has a few Traditional characters.
        let (hant, hans) = script_votes(text);
        match (hant, hans) {
            (0, 0) => Script::Mixed,
            _ if hant >= hans * 4 => Script::Hant,
            _ if hans >= hant * 4 => Script::Hans,
            _ => Script::Mixed,
        }
    }

    /// The ISO 15924 code, or `Mixed`.
    pub fn as_str(self) -> &'static str {
        match self {
            Script::Hant => "Hant",
            Script::Hans => "Hans",
            Script::Mixed => "Mixed",
        }
    }

    /// Parses the result of [`as_str`](Self::as_str).
    pub fn parse(text: &str) -> Option<Script> {
        [Script::Hant, Script::Hans, Script::Mixed].into_iter().find(|s| s.as_str() == text)
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_of_real_titles() {
        for (text, script) in [
            ("粵港醫療交流合作備忘錄", Script::Hant),
            ("广东省人民政府关于印发重点工作的通知", Script::Hans),
            ("粤港两地", Script::Hans),
            ("中立第三地", Script::Mixed),
            ("國際論坛与实务權限", Script::Mixed),
            ("皇后大道東里程計劃", Script::Hant),
        ] {
            assert_eq!(Script::of(text), script, "{text}");
            assert_eq!(Script::parse(script.as_str()), Some(script));
        }
    }
}
