//! Cuts a long text down to the passages around matches.

use std::ops::Range;

use super::text::{Html, html, marked};

/// A text of up to so many characters is shown as a whole.
const WHOLE: usize = 260;
/// The number of characters that are shown of a longer one.
const ROOM: usize = 200;
/// The number of characters on each side of a match.
const AROUND: usize = 32;
/// A passage may grow by this many characters to reach the end of a sentence.
const STRETCH: usize = 16;

/// The passages of `text` to show, in bytes, in order. `None` if the text is short enough to be
/// shown as a whole. `marks` are bytes of the text, in order.
pub(crate) fn clip(text: &str, marks: &[Range<usize>]) -> Option<Vec<Range<usize>>> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    if chars.len() <= WHOLE {
        return None;
    }
    let nth = |byte: usize| chars.partition_point(|(at, _)| *at < byte);
    // The passages around matches, merged where they touch, with the number of matches in each.
    let mut around: Vec<(Range<usize>, usize)> = Vec::new();
    for mark in marks {
        let (start, end) = (nth(mark.start), nth(mark.end).min(nth(mark.start) + ROOM));
        let wide = widened(&chars, start..end);
        match around.last_mut() {
            Some((last, hits)) if wide.start <= last.end + 4 => {
                last.end = last.end.max(wide.end);
                *hits += 1;
            }
            _ => around.push((wide, 1)),
        }
    }
    if around.is_empty() {
        around.push((0..sentence_end(&chars, ROOM), 0));
    }
    // Passages with the most matches come first, as far as there is room; at least one is shown.
    let mut order: Vec<usize> = (0..around.len()).collect();
    order.sort_by_key(|&at| std::cmp::Reverse(around[at].1));
    let mut room = ROOM;
    let mut kept: Vec<Range<usize>> = Vec::new();
    for at in order {
        let stretch = around[at].0.clone();
        if kept.is_empty() {
            let end = stretch.end.min(stretch.start + ROOM);
            room = room.saturating_sub(end - stretch.start);
            kept.push(stretch.start..end);
        } else if stretch.len() <= room {
            room -= stretch.len();
            kept.push(stretch);
        }
    }
    kept.sort_by_key(|stretch| stretch.start);
    // The remaining room extends the last passage.
    if let Some(last) = kept.last_mut() {
        last.end = sentence_end(&chars, (last.end + room).min(chars.len()));
    }
    let byte = |at: usize| chars.get(at).map_or(text.len(), |(byte, _)| *byte);
    Some(kept.into_iter().map(|stretch| byte(stretch.start)..byte(stretch.end)).collect())
}

/// The passages with `…` where text is left out.
pub(crate) fn clipped(text: &str, marks: &[Range<usize>], stretches: &[Range<usize>]) -> Html {
    let mut markup = String::new();
    let mut done = 0;
    for stretch in stretches {
        if stretch.start > done {
            markup.push_str("<span class=\"gap\">…</span>");
        }
        let inside: Vec<Range<usize>> = marks
            .iter()
            .map(|mark| mark.start.max(stretch.start)..mark.end.min(stretch.end))
            .filter(|mark| mark.start < mark.end)
            .map(|mark| mark.start - stretch.start..mark.end - stretch.start)
            .collect();
        markup.push_str(&marked(&text[stretch.clone()], &inside, &[]).to_string());
        done = stretch.end;
    }
    if done < text.len() {
        markup.push_str("<span class=\"gap\">…</span>");
    }
    html(markup)
}

fn ends_sentence(c: char) -> bool {
    matches!(c, '。' | '；' | '！' | '？' | '\n' | ';')
}

/// A match with the characters around it, up to the ends of sentences if these are near.
fn widened(chars: &[(usize, char)], hit: Range<usize>) -> Range<usize> {
    let low = hit.start.saturating_sub(AROUND);
    let lowest = low.saturating_sub(STRETCH);
    let start = (lowest..hit.start)
        .rev()
        .find(|&at| ends_sentence(chars[at].1))
        .map_or(if lowest == 0 { 0 } else { low }, |at| at + 1);
    let high = (hit.end + AROUND).min(chars.len());
    start..sentence_end(chars, high).max(hit.end)
}

/// The end of the sentence at a place if it is near, or else the place.
fn sentence_end(chars: &[(usize, char)], at: usize) -> usize {
    let most = (at + STRETCH).min(chars.len());
    if most == chars.len() && chars.len() - at.min(chars.len()) <= STRETCH {
        return chars.len();
    }
    (at.saturating_sub(1)..most).find(|&at| ends_sentence(chars[at].1)).map_or(at, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::text::escape;
    use crate::page::text::tests::without_tags;

    fn long(times: usize) -> String {
        "雙方加強知識產權的保護，𠮷野家 cooperation；每年會面一次。\n".repeat(times)
    }

    #[test]
    fn short_texts_stay_whole() {
        assert_eq!(clip("加強知識產權的保護", &[]), None);
        assert_eq!(clip(&"條".repeat(WHOLE), &[]), None);
        assert!(clip(&"條".repeat(WHOLE + 1), &[]).is_some());
    }

    #[test]
    fn stretches_lie_on_characters_apart_and_hold_hits() {
        let text = long(40);
        let places: Vec<usize> = text.match_indices("產權").map(|(at, _)| at).collect();
        for step in [1, 3, 7, 39] {
            for first in 0..places.len() {
                let marks: Vec<Range<usize>> =
                    places[first..].iter().step_by(step).map(|&at| at..at + 6).collect();
                let stretches = clip(&text, &marks).unwrap();
                assert!(!stretches.is_empty());
                assert!(stretches.iter().all(|s| text.get(s.clone()).is_some() && !s.is_empty()));
                assert!(stretches.windows(2).all(|pair| pair[0].end <= pair[1].start));
                let holds = |mark: &Range<usize>| {
                    stretches.iter().any(|s| s.start <= mark.start && mark.end <= s.end)
                };
                assert!(marks.iter().any(holds), "{first} {step}");
                let shown: usize = stretches.iter().map(|s| text[s.clone()].chars().count()).sum();
                assert!(shown <= ROOM + 2 * (AROUND + STRETCH), "{shown}");
                let shown = without_tags(&clipped(&text, &marks, &stretches).to_string());
                for part in shown.split('…').filter(|part| !part.is_empty()) {
                    assert!(escape(&text).contains(part));
                }
            }
        }
    }

    #[test]
    fn without_hits_the_beginning_is_shown() {
        let stretches = clip(&long(20), &[]).unwrap();
        assert_eq!((stretches.len(), stretches[0].start), (1, 0));
    }

    #[test]
    fn a_hit_longer_than_the_room_is_cut() {
        let text = "條".repeat(2_000);
        let stretches = clip(&text, std::slice::from_ref(&(0..text.len()))).unwrap();
        assert!(stretches.iter().map(|s| s.len() / 3).sum::<usize>() <= ROOM + STRETCH);
    }
}
