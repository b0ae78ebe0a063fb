//! How closely the terms of an entry correspond.

use std::fmt;

use tiaowen_text::fold;

use crate::TermReason;

/// How closely the terms of an entry correspond.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Degree {
    /// The same thing: a search for one finds the other.
    Same,
    /// The nearest counterpart of a thing that the other region lacks: 拘捕 and 逮捕. A search only
    /// suggests it.
    Nearest,
    /// The same thing, but only in texts with one of these (folded) words: 功課 and 作业 beside
    /// 学生.
    Within(Vec<String>),
}

impl Degree {
    /// The names of all degrees.
    pub const NAMES: [&'static str; 3] = ["same", "nearest", "within"];

    /// Parses a cell of a table; an empty one means *same*.
    ///
    /// # Errors
    /// The allowed values, if the cell has another one.
    pub(crate) fn parse(cell: &str) -> Result<Self, TermReason> {
        match cell {
            "" | "same" => Some(Degree::Same),
            "nearest" => Some(Degree::Nearest),
            cell => cell.strip_prefix("within:").and_then(Degree::within_words),
        }
        .ok_or_else(|| TermReason::NoDegree { text: cell.to_owned() })
    }

    fn within_words(words: &str) -> Option<Self> {
        let words = words.split('|').map(str::trim).filter(|word| !word.is_empty());
        let words: Vec<String> = words.map(fold).collect();
        (!words.is_empty()).then_some(Degree::Within(words))
    }

    /// Its name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Degree::Same => "same",
            Degree::Nearest => "nearest",
            Degree::Within(_) => "within",
        }
    }

    /// The words of which a text must contain one; empty for other degrees.
    pub fn within(&self) -> &[String] {
        match self {
            Degree::Within(words) => words,
            Degree::Same | Degree::Nearest => &[],
        }
    }
}

impl fmt::Display for Degree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Degree::Within(words) => write!(f, "within: {}", words.join("|")),
            degree => f.write_str(degree.as_str()),
        }
    }
}
