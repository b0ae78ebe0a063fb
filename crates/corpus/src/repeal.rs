//! What an instrument repeals or takes the place of, where its text says so.
//!
//! A sentence counts that names an instrument in 《》 and says that all of it is repealed:
//! 《…》同时废止, 同時廢止《…》, 取代《…》, 《…》現予廢除. A sentence that repeals a single article, says what
//! may be repealed, or reports what another instrument repealed doesn't count. The date is that on which
//! the instrument itself comes into force, unless the sentence states one.

use std::ops::Range;

use tiaowen_text::fold;

use crate::date;
use crate::model::{Clause, Document, DocumentKind, Repeal};

/// Instruments that one repeals, at most.
const MOST: usize = 200;
/// What says that an instrument is repealed.
const REPEALED: [&str; 4] = ["废止", "废除", "失效", "停止执行"];
/// What says that this one takes its place.
const REPLACES: [&str; 3] = ["取代", "代替", "替代"];
/// What makes a sentence one about something else: a part, a condition, what others did.
const OTHERWISE: [&str; 16] = [
    "部分",
    "可以",
    "应当",
    "如果",
    "是否",
    "建议",
    "拟",
    "不得",
    "不予",
    "没有",
    "未",
    "除外",
    "修改或",
    "修改、",
    "已经",
    "依法",
];

/// What the clauses of an instrument repeal.
pub(crate) fn repeals(document: &Document, clauses: &[Clause]) -> Vec<Repeal> {
    use DocumentKind as Kind;
    if matches!(document.kind, Kind::Paper | Kind::Press) {
        return Vec::new();
    }
    let begins = document.validity.as_ref().and_then(|validity| validity.from.as_deref());
    let mut found: Vec<Repeal> = Vec::new();
    for clause in clauses.iter().filter(|clause| clause.text.contains('》')) {
        for sentence in clause.text.split(['。', '；', ';', '\n']) {
            let folded = fold(sentence);
            if !says_so(&folded) {
                continue;
            }
            for name in names(sentence, &folded) {
                let from = date_beside(sentence, &name).or_else(|| begins.map(str::to_owned));
                let repeal = Repeal {
                    title: sentence[name].to_owned(),
                    from: from.or_else(|| document.date.clone()),
                    said_in: clause.eid.clone(),
                };
                let is_known = found.iter().any(|known| known.title == repeal.title);
                let is_own = document
                    .title
                    .as_deref()
                    .is_some_and(|title| fold(title) == fold(&repeal.title));
                if !is_known && found.len() < MOST && (!is_own || repeal.from.is_some()) {
                    found.push(repeal);
                }
            }
        }
    }
    found
}

/// Whether a folded sentence may say that an instrument is repealed.
fn says_so(folded: &str) -> bool {
    folded.contains('《')
        && REPEALED.iter().chain(&REPLACES).any(|word| folded.contains(word))
        && !OTHERWISE.iter().any(|word| outside_names(folded).contains(word))
}

/// A sentence without the names in 《》.
fn outside_names(sentence: &str) -> String {
    let mut depth = 0_usize;
    let mut outside = String::with_capacity(sentence.len());
    for c in sentence.chars() {
        match c {
            '《' => depth += 1,
            '》' => depth = depth.saturating_sub(1),
            c if depth == 0 => outside.push(c),
            _ => {}
        }
    }
    outside
}

/// The names in a sentence of what is repealed: those of a list that ends right before the word for it
/// or begins right behind it.
fn names(sentence: &str, folded: &str) -> Vec<Range<usize>> {
    let all = bracketed(sentence);
    // Folding keeps characters one to one, and so their order; bytes may differ.
    let place = |at: usize| {
        let nth = folded[..at].chars().count();
        sentence.char_indices().nth(nth).map_or(sentence.len(), |(at, _)| at)
    };
    let mut found: Vec<Range<usize>> = Vec::new();
    for (word, is_before) in
        REPEALED.iter().map(|word| (*word, true)).chain(REPLACES.iter().map(|word| (*word, false)))
    {
        for (at, _) in folded.match_indices(word) {
            let (start, end) = (place(at), place(at + word.len()));
            if is_before {
                found.extend(before(sentence, &all, start));
            }
            found.extend(behind(sentence, &all, end));
        }
    }
    found.sort_by_key(|name| name.start);
    found.dedup();
    found
}

/// The names in 《》, without the marks; a nested name is part of the outer one.
fn bracketed(sentence: &str) -> Vec<Range<usize>> {
    let (mut depth, mut start, mut found) = (0_usize, 0, Vec::new());
    for (at, c) in sentence.char_indices() {
        match c {
            '《' => {
                if depth == 0 {
                    start = at + c.len_utf8();
                }
                depth += 1;
            }
            '》' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && start < at {
                    found.push(start..at);
                }
            }
            _ => {}
        }
    }
    found
}

/// Text allowed between the names of a list, and between the last name and the verb.
fn joins(between: &str) -> bool {
    let folded = fold(between);
    let mut rest = folded.as_str();
    // A number or date of the instrument in brackets: （粤府令第5号）.
    while let Some((head, tail)) = rest.split_once(['（', '(', '〔']) {
        let Some((_, behind)) = tail.split_once(['）', ')', '〕']) else { break };
        if !is_filler(head) {
            return false;
        }
        rest = behind;
    }
    is_filler(rest)
}

/// Words without a meaning of their own in such a list.
fn is_filler(text: &str) -> bool {
    const WORDS: [&str; 22] = [
        "同时",
        "即行",
        "相应",
        "自本法",
        "自本条例",
        "自本办法",
        "自本规定",
        "施行之日起",
        "实施之日起",
        "生效之日起",
        "予以",
        "现予",
        "即",
        "一并",
        "均",
        "已",
        "以及",
        "和",
        "及",
        "与",
        "原",
        "号",
    ];
    let mut rest: String =
        text.chars().filter(|c| !c.is_whitespace() && !"、，,；《》".contains(*c)).collect();
    for word in WORDS {
        rest = rest.replace(word, "");
    }
    // A date or number: 自2020年1月1日起, 第5号.
    rest.chars().all(|c| c.is_ascii_digit() || "年月日起自第令于".contains(c))
}

/// The names of the list that ends before a place.
fn before(sentence: &str, all: &[Range<usize>], place: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut end = place;
    for name in all.iter().rev().filter(|name| name.end < place) {
        let close = name.end + '》'.len_utf8();
        if close > end || !joins(&sentence[close..end]) {
            break;
        }
        found.push(name.clone());
        end = name.start - '《'.len_utf8();
    }
    found
}

/// The names of the list that begins behind a place.
fn behind(sentence: &str, all: &[Range<usize>], place: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = place;
    for name in all.iter().filter(|name| name.start > place) {
        let open = name.start - '《'.len_utf8();
        if open < start || !joins(&sentence[start..open]) {
            break;
        }
        found.push(name.clone());
        start = name.end + '》'.len_utf8();
    }
    // 废止《…》第三条: a part of it.
    let is_part = fold(&sentence[start..]).trim_start().starts_with('第');
    if is_part {
        found.pop();
    }
    found
}

/// The date that a sentence states after a name: 《…》自2020年1月1日起废止.
fn date_beside(sentence: &str, name: &Range<usize>) -> Option<String> {
    let rest = &sentence[name.end..];
    let found = date::first(rest)?;
    let behind = fold(&rest[found.end..]);
    let is_day = behind.starts_with('起') || behind.starts_with("日起");
    (is_day && rest[..found.start].chars().count() < 8).then_some(found.iso)
}

#[cfg(test)]
mod tests {
    fn repeals_of(text: &str) -> Vec<(String, Option<String>)> {
        let source = format!("某某辦法\n\n第一條　為規定事項，制定本辦法。\n\n第二條　{text}\n");
        let documents = crate::read("a.txt", &source).unwrap();
        let repeals = &documents[0].document.repeals;
        repeals.iter().map(|repeal| (repeal.title.clone(), repeal.from.clone())).collect()
    }

    #[test]
    fn instruments_that_are_repealed_are_told_in_both_scripts() {
        let day = Some("2020-01-01".to_owned());
        for (text, titles) in [
            ("本辦法自2020年1月1日起施行。《勞動監察規定》同時廢止。", &["勞動監察規定"][..]),
            ("本办法自2020年1月1日起施行。《劳动监察规定》同时废止。", &["劳动监察规定"]),
            (
                "本办法自2020年1月1日起施行，原《劳动监察规定》（粤府令第5号）、《培训办法》和《登记办法》同时废止。",
                &["劳动监察规定", "培训办法", "登记办法"],
            ),
            ("本办法自2020年1月1日起施行，同时废止《甲规定》、《乙规定》。", &["甲规定", "乙规定"]),
            ("本辦法自2020年1月1日起施行，取代《甲規定》。", &["甲規定"]),
        ] {
            let expected: Vec<_> =
                titles.iter().map(|title| ((*title).to_owned(), day.clone())).collect();
            assert_eq!(repeals_of(text), expected, "{text}");
        }
        let own_day = repeals_of("《甲规定》自2019年6月1日起废止。");
        assert_eq!(own_day, [("甲规定".to_owned(), Some("2019-06-01".to_owned()))]);
    }

    #[test]
    fn what_is_no_repeal_of_an_instrument_is_passed_over() {
        for text in [
            "《甲规定》第三条同时废止。",
            "废止《甲规定》第三条。",
            "主管机关可以废止《甲规定》。",
            "依照《甲规定》办理的证书同时废止。",
            "《甲规定》的部分条款同时废止。",
            "本办法未规定的，适用《甲规定》；许可证废止的，应当公告。",
            "根据《甲规定》，主管机关废止许可。",
        ] {
            assert_eq!(repeals_of(text), Vec::new(), "{text}");
        }
    }
}
