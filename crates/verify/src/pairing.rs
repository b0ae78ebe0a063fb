//! Pairs quotations with citations.
//!
//! A quotation belongs to the citation before it in the same sentence (《某法》第三條規定：「…」), or to the
//! one that follows in brackets or after a dash (「…」（《某法》第三條）).

use std::ops::Range;

use crate::find::Mention;
use crate::quotations::SHORTEST_QUOTATION;

/// The most characters between a citation and the words quoted from it.
pub(crate) const FARTHEST: usize = 40;

/// Drops citations inside a longer quotation: they belong to the quoted clause.
pub(crate) fn outside_quotes(mentions: Vec<Mention>, quotes: &[Range<usize>]) -> Vec<Mention> {
    mentions.into_iter().filter(|mention| !is_quoted(mention, quotes)).collect()
}

/// Whether a citation is inside a longer quotation.
fn is_quoted(mention: &Mention, quotes: &[Range<usize>]) -> bool {
    let behind = quotes.partition_point(|quote| quote.end <= mention.span.start);
    quotes.get(behind).is_some_and(|quote| {
        quote.start <= mention.span.start && mention.span.end <= quote.end
            // A quotation of little more than a citation: 「《某法》第三條」.
            && quote.len() > mention.span.len() + 3 * SHORTEST_QUOTATION
    })
}

/// For each quotation, the index of the citation that it belongs to.
pub(crate) fn paired(
    text: &str,
    mentions: &[Mention],
    quotes: &[Range<usize>],
) -> Vec<Option<usize>> {
    let mut pairs: Vec<Option<usize>> = vec![None; quotes.len()];
    let mut taken = vec![false; mentions.len()];
    // 「…」（《某法》第三條）
    for (at, mention) in mentions.iter().enumerate() {
        let before = text[..mention.span.start].trim_end();
        let Some(outside) = before.strip_suffix(['（', '(', '〔', '[']) else { continue };
        let outside = outside.trim_end().trim_end_matches(['。', '，', '；']);
        let Some(last) = outside.chars().next_back() else { continue };
        let end = outside.len() - last.len_utf8();
        if let Ok(quote) = quotes.binary_search_by_key(&end, |quote| quote.end) {
            pairs[quote] = Some(at);
            taken[at] = true;
        }
    }
    for (at, quote) in quotes.iter().enumerate() {
        if pairs[at].is_none() {
            pairs[at] = before_quote(text, mentions, &taken, quotes, at);
        }
        if pairs[at].is_none() {
            pairs[at] = behind_quote(text, mentions, &taken, quote);
        }
    }
    pairs
}

/// The citation before a quotation in the same sentence.
fn before_quote(
    text: &str,
    mentions: &[Mention],
    taken: &[bool],
    quotes: &[Range<usize>],
    at: usize,
) -> Option<usize> {
    let quote = &quotes[at];
    let last =
        mentions.partition_point(|mention| mention.span.start < quote.start).checked_sub(1)?;
    let mention = &mentions[last];
    if taken[last] || mention.span.end > quote.start {
        return None;
    }
    // The text between the two, without other quotations.
    let (mut between, mut from) = (String::new(), mention.span.end);
    for other in quotes[..at].iter().skip_while(|other| other.start < mention.span.end) {
        between.push_str(&text[from..other.start]);
        from = other.end;
    }
    between.push_str(text.get(from..quote.start)?);
    let between = between.trim_end_matches(['「', '『', '“', '‘', '"', ' ']);
    let is_sentence = !between.trim_end().contains(['。', '！', '？'])
        && (!between.contains('\n') || between.trim_end().ends_with(['：', ':']));
    (is_sentence && between.chars().count() <= FARTHEST).then_some(last)
}

/// The citation after a quotation: 「…」——《某法》第三條.
fn behind_quote(
    text: &str,
    mentions: &[Mention],
    taken: &[bool],
    quote: &Range<usize>,
) -> Option<usize> {
    let next = mentions.partition_point(|mention| mention.span.start < quote.end);
    let mention = mentions.get(next).filter(|mention| mention.has_place())?;
    let between = &text[quote.end..mention.span.start];
    let marks = |c: char| !c.is_alphanumeric() || "見见出自載载於于".contains(c);
    let is_near = between.chars().count() <= 6 && between.chars().all(marks);
    let is_reference = between.contains(['—', '–', '（', '(', '見', '见', '自', '載', '载']);
    (is_near && is_reference && !taken[next] && !between.contains('。')).then_some(next)
}
