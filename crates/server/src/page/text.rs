//! Texts of documents as HTML: escaped, highlighted, and without tricks of direction.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use askama::filters::HtmlSafe;

/// Markup that is safe to insert into a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Html(String);

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

impl Html {
    /// JSON for a data block in a page. Nothing in it can end the block.
    pub(crate) fn data(value: &serde_json::Value) -> Self {
        let mut text = String::new();
        for c in value.to_string().chars() {
            match c {
                '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                    text.push_str(&format!("\\u{:04x}", u32::from(c)));
                }
                c => text.push(c),
            }
        }
        Html(text)
    }
}

/// Whether a character changes the direction of text, so that it reads as something else, or is a
/// control character without use in a text.
fn is_trick(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || (c.is_control() && !matches!(c, '\n' | '\t'))
}

/// A text in which such characters are shown rather than obeyed: `[U+202E]`.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_trick) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_trick(c) {
            shown.push_str(&format!("[U+{:04X}]", u32::from(c)));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// The same for an owned text.
pub(crate) fn made_visible(text: &mut String) {
    if let Cow::Owned(shown) = visible(text) {
        *text = shown;
    }
}

/// Escapes a text for HTML, between tags and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A link in a text: its bytes and the address.
pub(crate) type Lead = (Range<usize>, String);

/// A text with each line in its own element, highlights in `mark`, and links in `a`. Both are bytes
/// of the text, in order and without overlaps. One that goes beyond the end of a line is cut there;
/// one that isn't on character boundaries is left out.
pub(crate) fn marked(text: &str, marks: &[Range<usize>], leads: &[Lead]) -> Html {
    let lies_well = |span: &Range<usize>| text.get(span.clone()).is_some_and(|t| !t.is_empty());
    let marks: Vec<&Range<usize>> = marks.iter().filter(|mark| lies_well(mark)).collect();
    let leads: Vec<&Lead> = leads.iter().filter(|(span, _)| lies_well(span)).collect();
    let mut html = String::with_capacity(text.len() + 64 * (marks.len() + leads.len()) + 32);
    let mut at = 0;
    let (mut next_mark, mut next_lead) = (0, 0);
    for (nth, line) in text.split('\n').enumerate() {
        if nth > 0 {
            html.push('\n');
        }
        html.push_str("<span class=\"line\">");
        let end = at + line.len();
        while at < end {
            while leads.get(next_lead).is_some_and(|(span, _)| span.end <= at) {
                next_lead += 1;
            }
            let lead = leads.get(next_lead);
            let (until, to) = match lead {
                Some((span, to)) if span.start <= at => (span.end.min(end), Some(to)),
                Some((span, _)) => (span.start.min(end), None),
                None => (end, None),
            };
            if let Some(to) = to {
                html.push_str(&format!("<a class=\"ref\" href=\"{}\">", escape(to)));
            }
            while at < until {
                while marks.get(next_mark).is_some_and(|mark| mark.end <= at) {
                    next_mark += 1;
                }
                match marks.get(next_mark) {
                    Some(mark) if mark.start <= at => {
                        let stop = mark.end.min(until);
                        html.push_str(&format!("<mark>{}</mark>", escape(&text[at..stop])));
                        at = stop;
                    }
                    next => {
                        let stop = next.map_or(until, |mark| mark.start.min(until));
                        html.push_str(&escape(&text[at..stop]));
                        at = stop;
                    }
                }
            }
            if to.is_some() {
                html.push_str("</a>");
            }
        }
        html.push_str("</span>");
        at = end + 1;
    }
    Html(html)
}

/// A sentence of the interface, escaped. If its language isn't Chinese, Chinese text in it is
/// marked as such.
pub(crate) fn said(interface: &str, text: &str) -> Html {
    if interface.starts_with("zh") {
        return Html(escape(text));
    }
    // Han characters, with marks and figures among them: 〔2017〕38號.
    let is_wide = |c: char| matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}');
    let goes_along = |c: char| tiaowen_text::is_han(c) || is_wide(c) || c.is_ascii_alphanumeric();
    let mut html = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let of_a_kind = |other: char| goes_along(other) == goes_along(c);
        let (run, after) = rest.split_at(rest.find(|c: char| !of_a_kind(c)).unwrap_or(rest.len()));
        if run.contains(tiaowen_text::is_han) {
            html.push_str(&format!("<span lang=\"zh\">{}</span>", escape(run)));
        } else {
            html.push_str(&escape(run));
        }
        rest = after;
    }
    Html(html)
}

/// Markup from escaped pieces.
pub(crate) fn html(markup: String) -> Html {
    Html(markup)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Markup without its tags.
    pub(crate) fn without_tags(html: &str) -> String {
        let mut text = String::new();
        let mut rest = html;
        while let Some(open) = rest.find('<') {
            text.push_str(&rest[..open]);
            let close = rest[open..].find('>').expect("a tag ends");
            rest = &rest[open + close + 1..];
        }
        text + rest
    }

    /// Marks at pairs of borders chosen by a seed, in order and without touching one another.
    fn some_marks(text: &str, mut seed: u64) -> Vec<Range<usize>> {
        let borders: Vec<usize> =
            text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let mut marks = Vec::new();
        let mut at = 0;
        while at + 1 < borders.len() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
            let skip = (seed >> 33) as usize % 4;
            let take = 1 + (seed >> 41) as usize % 5;
            let (from, to) = (at + skip, (at + skip + take).min(borders.len() - 1));
            if from < to {
                marks.push(borders[from]..borders[to]);
            }
            at = to.max(at + 1);
        }
        marks
    }

    #[test]
    fn markup_taken_away_is_the_text_escaped() {
        let texts = [
            "",
            "\n",
            "加強知識產權的保護",
            "<script>alert(\"甲\")</script>\n乙 & 'c'\n\n𠮷野家 &lt;",
            "a\u{202e}b\u{2066}c\td\u{7}",
            "一、\n（一）\n末",
        ];
        for text in texts {
            for seed in 0..200 {
                let marks = some_marks(text, seed);
                let leads: Vec<Lead> = some_marks(text, seed + 1_000)
                    .into_iter()
                    .map(|at| (at, "/a?b&c".to_owned()))
                    .collect();
                let html = marked(text, &marks, &leads).to_string();
                assert_eq!(without_tags(&html), escape(text), "{text:?} {marks:?}");
                assert_eq!(html.matches("<mark>").count(), html.matches("</mark>").count());
                assert_eq!(html.matches("<a ").count(), html.matches("</a>").count());
                // Between two lines there is nothing to link.
                let leads = leads.iter().any(|(at, _)| text[at.clone()].contains(|c| c != '\n'));
                assert_eq!(html.contains("<a "), leads);
                assert!(!html.contains("<script") && !html.contains('\u{202e}'));
            }
        }
    }

    #[test]
    fn marks_stay_on_their_lines_and_on_characters() {
        let html = marked("甲乙\n丙丁", &[3..10, 10..13], &[]).to_string();
        assert_eq!(
            html,
            "<span class=\"line\">甲<mark>乙</mark></span>\n<span class=\"line\"><mark>丙</mark><mark>丁</mark></span>"
        );
        let odd: [Range<usize>; 3] = [1..3, 0..2, 40..50];
        assert_eq!(marked("甲乙", &odd, &[]).to_string(), "<span class=\"line\">甲乙</span>");
        let leads = [(3..10, "/x".to_owned())];
        assert_eq!(
            marked("甲乙\n丙丁", std::slice::from_ref(&(6..10)), &leads).to_string(),
            "<span class=\"line\">甲<a class=\"ref\" href=\"/x\">乙</a></span>\n<span class=\"line\"><a class=\"ref\" href=\"/x\"><mark>丙</mark></a>丁</span>"
        );
    }

    #[test]
    fn what_is_chinese_in_english_says_so() {
        let of = |text: &str| said("en", text).to_string();
        assert_eq!(of("Nothing <i>"), "Nothing &lt;i&gt;");
        assert_eq!(of("for “質素” only"), "for “<span lang=\"zh\">質素</span>” only");
        assert_eq!(of("粵府函〔2017〕38號"), "<span lang=\"zh\">粵府函〔2017〕38號</span>");
        assert_eq!(said("zh-Hant-HK", "找不到「<」").to_string(), "找不到「&lt;」");
    }

    #[test]
    fn tricks_are_shown() {
        assert_eq!(visible("甲\u{202e}乙\u{2069}"), "甲[U+202E]乙[U+2069]");
        assert!(matches!(visible("甲\n乙"), Cow::Borrowed(_)));
    }
}
