//! Superscripts in plain text: 800² rather than 8002.

/// Writes raised characters as plain text behind the text that they belong to: with Unicode's
/// superscripts if all characters have one, otherwise behind `^`, with brackets around several.
///
/// ```
/// use tiaowen_text::superscript;
/// assert_eq!(superscript("2"), "²");
/// assert_eq!(superscript("-6"), "⁻⁶");
/// assert_eq!(superscript("x"), "^x");
/// assert_eq!(superscript("a/b"), "^(a/b)");
/// assert_eq!(superscript("註1"), "^(註1)");
/// ```
pub fn superscript(raised: &str) -> String {
    let raised = raised.trim();
    if let Some(small) = raised.chars().map(small).collect::<Option<String>>() {
        return small;
    }
    let is_single = raised.chars().nth(1).is_none();
    let is_bracketed = raised.starts_with(['(', '[', '（', '〔']);
    if is_single || is_bracketed { format!("^{raised}") } else { format!("^({raised})") }
}

fn small(c: char) -> Option<char> {
    Some(match c {
        '0' | '０' => '⁰',
        '1' | '１' => '¹',
        '2' | '２' => '²',
        '3' | '３' => '³',
        '4' | '４' => '⁴',
        '5' | '５' => '⁵',
        '6' | '６' => '⁶',
        '7' | '７' => '⁷',
        '8' | '８' => '⁸',
        '9' | '９' => '⁹',
        '+' | '＋' => '⁺',
        '-' | '－' | '−' => '⁻',
        '=' => '⁼',
        '(' => '⁽',
        ')' => '⁾',
        'n' => 'ⁿ',
        'i' => 'ⁱ',
        '⁰' | '¹' | '²' | '³' | '⁴' | '⁵' | '⁶' | '⁷' | '⁸' | '⁹' | '①'..='⑳' | '*' | '†' | '°' => {
            c
        }
        _ => return None,
    })
}
