//! Formulas in web pages (MathML) as one line: 10², (a+b)/c, √2.

use tiaowen_text::superscript;

/// Maximum depth at which elements of a formula are distinguished.
const DEPTH: usize = 32;

/// The text of the content of `<math>`.
pub(super) fn formula(inside: &str) -> String {
    let mut rest = inside;
    let mut text = String::new();
    while let Some((_, part, behind)) = child(rest, 0) {
        text.push_str(&part);
        rest = behind;
    }
    text
}

/// The first element or text of some markup: its name, its text, and the remaining markup.
fn child(markup: &str, depth: usize) -> Option<(&str, String, &str)> {
    let markup = markup.trim_start();
    if markup.is_empty() {
        return None;
    }
    let Some(tag) = markup.strip_prefix('<') else {
        let end = markup.find('<').unwrap_or(markup.len());
        return Some(("", markup[..end].trim_end().to_owned(), &markup[end..]));
    };
    let end = tag.find('>').map_or(tag.len(), |end| end + 1);
    let length = tag.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).unwrap_or(end);
    let name = &tag[..length];
    let behind = &tag[end..];
    if name.is_empty() || name.starts_with('!') || tag[..end].ends_with("/>") {
        return Some((name, String::new(), behind));
    }
    let (inside, behind) = inside_of(name, behind);
    Some((name, said(name, inside, depth + 1), behind))
}

/// The content of an open element, and the markup behind it.
fn inside_of<'m>(name: &str, markup: &'m str) -> (&'m str, &'m str) {
    let mut open = 1;
    for (at, _) in markup.match_indices('<') {
        let tag = &markup[at + 1..];
        let (ends, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let is_same = tag.strip_prefix(name).is_some_and(|rest| {
            rest.starts_with(|c: char| c.is_whitespace() || matches!(c, '/' | '>'))
        });
        let end = tag.find('>').map_or(tag.len(), |end| end + 1);
        if !is_same || tag[..end].ends_with("/>") {
            continue;
        }
        open = if ends { open - 1 } else { open + 1 };
        if open == 0 {
            return (&markup[..at], &tag[end..]);
        }
    }
    (markup, "")
}

fn said(name: &str, inside: &str, depth: usize) -> String {
    if depth > DEPTH {
        return String::new();
    }
    if matches!(name, "annotation" | "annotation-xml") {
        return String::new();
    }
    let mut parts: Vec<String> = Vec::new();
    let mut rest = inside;
    while let Some((_, part, behind)) = child(rest, depth) {
        parts.push(part);
        rest = behind;
    }
    match (name, &parts[..]) {
        ("msup", [base, raised]) => format!("{base}{}", superscript(raised)),
        ("msubsup", [base, lowered, raised]) => format!("{base}{lowered}{}", superscript(raised)),
        ("mfrac", [over, under]) => format!("{}/{}", bracketed(over), bracketed(under)),
        ("msqrt", _) => format!("√{}", bracketed(&parts.concat())),
        ("mroot", [base, root]) => format!("{}√{}", superscript(root), bracketed(base)),
        _ => parts.concat(),
    }
}

/// A member of a fraction or root, in brackets if it has several members.
fn bracketed(text: &str) -> String {
    let has_members = text.contains(['+', '-', '−', '×', '*', '/', ' ']);
    if has_members { format!("({text})") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::formula;

    #[test]
    fn formulas_are_one_line() {
        for (markup, text) in [
            ("<msup><mn>10</mn><mn>6</mn></msup>", "10⁶"),
            (
                "<mrow><mi>P</mi><mo>=</mo><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mi>c</mi></mfrac></mrow>",
                "P=(a+b)/c",
            ),
            (
                "<semantics><msup><mi>x</mi><mrow><mi>n</mi><mo>+</mo><mn>1</mn></mrow></msup><annotation>x^{n+1}</annotation></semantics>",
                "xⁿ⁺¹",
            ),
            ("<msqrt><mn>2</mn></msqrt>", "√2"),
            ("<mn>5", "5"),
            ("</mn><mspace/>", ""),
        ] {
            assert_eq!(formula(markup), text);
        }
    }
}
