//! How near the terms of an entry are to one another.

use std::fmt;

use tiaowen_text::fold;

/// How near the terms of an entry are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Degree {
    /// They name the same: a search for one looks for the other.
    Same,
    /// What comes nearest where there is no such thing: 拘捕 and 逮捕. A search offers it.
    Nearest,
    /// The same in texts that hold one of these words (folded), and else nothing: 功課 and 作业
    /// beside 学生.
    Within(Vec<String>),
}

impl Degree {
    /// The names of all degrees.
    pub const NAMES: [&'static str; 3] = ["same", "nearest", "within"];

    /// Reads the cell of a table; an empty one is *same*.
    ///
    /// # Errors
    /// What the cell may say, where it says something else.
    pub(crate) fn parse(cell: &str) -> Result<Self, String> {
        let within = |words: &str| {
            let words = words.split('|').map(str::trim).filter(|word| !word.is_empty());
            let words: Vec<String> = words.map(fold).collect();
            (!words.is_empty()).then_some(Degree::Within(words))
        };
        match cell {
            "" | "same" => Some(Degree::Same),
            "nearest" => Some(Degree::Nearest),
            cell => cell.strip_prefix("within:").and_then(within),
        }
        .ok_or_else(|| format!("'{cell}' is no degree: same, nearest or within: and words"))
    }

    /// Its name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Degree::Same => "same",
            Degree::Nearest => "nearest",
            Degree::Within(_) => "within",
        }
    }

    /// The words one of which a text must hold; none for other degrees.
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
