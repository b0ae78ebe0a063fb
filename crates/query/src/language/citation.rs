//! Reads citations: 《…》三（五）, 《…》第十二條第二款, 第12條, 第12(3)(a)條, 《…》第12段, 《…》■27, 《…》序言. Every citation
//! that the program prints can be read back.
//!
//! A citation becomes a list of steps, from the outermost label to the innermost, with numbers as
//! in an `eid`. Which clause that is depends on the document: 第三條 may be printed as 三、, and (3) may
//! be a clause or a part of one. So [`Citation::addresses`] returns several ways to point at a
//! clause, the most certain first.

use tiaowen_text::{fold_char, numeral};

/// A place in a document, as people cite it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The title between 《 and 》, as typed.
    pub title: Option<String>,
    /// The labels that lead to the clause, the outermost first, with numbers as in an `eid`.
    pub steps: Vec<Step>,
    /// The `eid` of a part without a number: `preamble`.
    pub part: Option<&'static str>,
    /// The place inside the clause, as typed: 第二款（三）. Empty for the whole clause.
    pub passage: String,
    /// The numbers of the items in `passage`. They are clauses if the article is only a heading.
    pub below: Vec<String>,
    /// The citation as typed.
    pub text: String,
    /// The query without the citation: the text before and after it.
    pub rest: String,
    pub(crate) before: String,
    pub(crate) behind: String,
}

/// The titles of laws hardly have more characters.
const LONGEST_NAME: usize = 40;

/// One label of a citation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The level, if the label shows it: `art` for 第N條.
    pub level: Option<&'static str>,
    /// The number as in an `eid`: `12`, `12-1`, `a`.
    pub number: String,
}

impl Citation {
    /// Reads the citation in a text: a title in 《》 with labels after it; a label 第N條 anywhere; or
    /// labels that are the whole text.
    ///
    /// ```
    /// use tiaowen_query::Citation;
    /// let citation = Citation::read("《粵港合作框架協議》三（五） 旅遊").unwrap();
    /// assert_eq!(citation.title.as_deref(), Some("粵港合作框架協議"));
    /// assert_eq!(citation.addresses()[0], ["/3/5"]);
    /// assert_eq!(citation.rest, "旅遊");
    /// assert_eq!(Citation::read("第12条").unwrap().addresses()[0], ["art_12"]);
    /// assert!(Citation::read("三個月").is_none());
    /// ```
    pub fn read(text: &str) -> Option<Citation> {
        let chars: Vec<char> = text.chars().collect();
        let found = named(&chars).or_else(|| article(&chars)).or_else(|| bare(&chars))?;
        let of = |from: usize, to: usize| -> String { chars[from..to].iter().collect() };
        let (before, behind) = (of(0, found.start), of(found.end, chars.len()));
        let rest = format!("{before} {behind}").trim().to_owned();
        Some(Citation { rest, before, behind, ..found.citation(&chars) })
    }

    /// The citation of a document by its source. `place` is the end of `text`: 第3段.
    pub(crate) fn placed(text: &str, place: &str) -> Option<Citation> {
        let chars: Vec<char> = place.chars().collect();
        let steps = steps(&chars, 0);
        let (part, end) = match steps.last() {
            Some(&(_, end)) => (None, end),
            None => part(&chars, 0).map(|(part, end)| (Some(part), end))?,
        };
        let found = Found { start: 0, end, title: None, steps, part };
        let text = text.trim().to_owned();
        (end == chars.len()).then(|| Citation { text, ..found.citation(&chars) })
    }

    /// The titles that may end right before the citation, the longest first.
    pub(crate) fn names_before(&self) -> Vec<String> {
        let before: Vec<char> = self.before.chars().collect();
        let run =
            before.iter().rev().take_while(|c| tiaowen_text::is_han(**c) || "（）()".contains(**c));
        let length = run.count().min(LONGEST_NAME);
        let from = before.len() - length;
        let names = (from..before.len().saturating_sub(1)).map(|at| &before[at..]);
        // 本法第三條 and 违反本法第三條 contain no title.
        let is_own = |name: &&[char]| "本该此同前".contains(fold_char(name[0]));
        names.take_while(|name| !is_own(name)).map(|name| name.iter().collect()).collect()
    }

    /// Whether the text beside it is only 本法 or 該條例, which names no document to a search.
    pub(crate) fn is_of_itself(&self) -> bool {
        let rest = tiaowen_text::fold(self.rest.trim());
        let mut chars = rest.chars();
        let points = chars.next().is_some_and(|c| "本该此".contains(c));
        let kinds = ["法", "条例", "协议", "规定", "办法", "合同", "章程", "细则", "规则"];
        points && kinds.contains(&chars.as_str())
    }

    /// Moves a title that ends right before the citation into it.
    pub(crate) fn take_name(&mut self, name: &str) {
        let before = self.before.strip_suffix(name).unwrap_or(&self.before).to_owned();
        self.text = format!("{name}{}", self.text);
        self.rest = format!("{before} {}", self.behind).trim().to_owned();
        self.before = before;
        self.title = Some(name.to_owned());
    }

    /// The ways to point at the clause (see [`tiaowen_index::addresses`]), the most certain first.
    /// The last one is for clauses below a label that is a heading. All addresses of one way must
    /// match. Empty for a part without a number.
    pub fn addresses(&self) -> Vec<Vec<String>> {
        let numbers: Vec<&str> = self.steps.iter().map(|step| step.number.as_str()).collect();
        let joined = numbers.join("/");
        let Some((last, above)) = self.steps.split_last() else { return Vec::new() };
        let Some(level) = last.level else {
            return vec![
                vec![format!("/{joined}")],
                vec![joined.clone()],
                vec![format!("/{joined}/")],
            ];
        };
        let address = format!("{level}_{}", last.number);
        let inside = |step: &Step| Some(format!("{}_{}/", step.level?, step.number));
        let mut all = Vec::new();
        let below = self.below.join("/");
        if level == "art" && !below.is_empty() {
            all.push(vec![format!("{address}/"), format!("{}/{below}", last.number)]);
        }
        if let Some(above) = above.iter().map(inside).collect::<Option<Vec<_>>>()
            && !above.is_empty()
        {
            all.push(above.into_iter().chain([address.clone()]).collect());
        }
        all.push(vec![address.clone()]);
        if level == "art" && self.title.is_some() {
            // Sections in Hong Kong are cited as articles and printed as "2.".
            if !below.is_empty() {
                all.push(vec![format!("/{}/{below}", last.number)]);
            }
            all.push(vec![format!("/{}", last.number)]);
        }
        all.push(vec![address + "/"]);
        all
    }
}

/// A citation in a text, with places in characters.
pub(crate) struct Found {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) title: Option<(usize, usize)>,
    /// The labels, each with the place at which it ends.
    pub(crate) steps: Vec<(Step, usize)>,
    /// See [`Citation::part`].
    pub(crate) part: Option<&'static str>,
}

impl Found {
    /// Builds the citation from the text in which it was found.
    pub(crate) fn citation(self, chars: &[char]) -> Citation {
        let of = |from: usize, to: usize| -> String { chars[from..to].iter().collect() };
        // Below an article follow paragraphs and items, which are parts of its clause.
        let article = self.steps.iter().position(|(step, _)| step.level == Some("art"));
        let (kept, passage) = match article {
            Some(at) => {
                let end = self.steps[at].1;
                // 第12(3)(a)條
                let passage = of(end, self.end);
                let passage = passage.split('〔').next().unwrap_or("");
                (at + 1, passage.trim().trim_end_matches(['條', '条']).to_owned())
            }
            None => (self.steps.len(), String::new()),
        };
        // Paragraphs (款) of an article are never clauses; its items may be.
        let below = self.steps.iter().skip(kept);
        let below = below.filter(|(_, end)| chars.get(end.wrapping_sub(1)) != Some(&'款'));
        let below = below.map(|(step, _)| step.number.clone()).collect();
        Citation {
            title: self.title.map(|(from, to)| of(from, to)),
            steps: self.steps.into_iter().take(kept).map(|(step, _)| step).collect(),
            part: self.part,
            passage,
            below,
            text: of(self.start, self.end),
            rest: String::new(),
            before: String::new(),
            behind: String::new(),
        }
    }
}

/// Reads 《…》 with labels after it.
fn named(chars: &[char]) -> Option<Found> {
    for start in (0..chars.len()).filter(|&at| chars[at] == '《') {
        let mut depth = 0usize;
        let close = (start..chars.len()).find(|&at| {
            match chars[at] {
                '《' => depth += 1,
                '》' => depth -= 1,
                _ => {}
            }
            depth == 0
        })?;
        let mut at = close + 1;
        while chars.get(at).is_some_and(|c| c.is_whitespace() || "的之".contains(*c)) {
            at += 1;
        }
        let steps = steps(chars, at);
        let title = Some((start + 1, close));
        if let Some(&(_, end)) = steps.last() {
            return Some(Found { start, end, title, steps, part: None });
        }
        if let Some((part, end)) = part(chars, at) {
            let end = passage_of_giant(chars, end).map_or(end, |(_, end)| end);
            return Some(Found { start, end, title, steps, part: Some(part) });
        }
    }
    None
}

/// Reads the name of a part without a number. A longer word isn't one: 簽署儀式.
fn part(chars: &[char], at: usize) -> Option<(&'static str, usize)> {
    let name: String = chars.get(at..at + 2)?.iter().copied().map(fold_char).collect();
    let part = match name.as_str() {
        "序言" => "preamble",
        "结尾" => "closing",
        "签署" => "signature",
        _ => return None,
    };
    let ends = chars.get(at + 2).is_none_or(|c| !c.is_alphanumeric());
    ends.then_some((part, at + 2))
}

/// Reads 第N條 with the labels around it: 第二章第十二條第二款.
fn article(chars: &[char]) -> Option<Found> {
    (0..chars.len()).filter(|&at| chars[at] == '第').find_map(|start| {
        let steps = steps(chars, start);
        let &(_, end) = steps.last()?;
        let is_article = steps.iter().any(|(step, _)| step.level == Some("art"));
        is_article.then_some(Found { start, end, title: None, steps, part: None })
    })
}

/// Reads labels that are the whole text: 三（五）.
fn bare(chars: &[char]) -> Option<Found> {
    let steps = steps(chars, 0);
    let &(_, end) = steps.last()?;
    let all = chars[end..].iter().all(|c| c.is_whitespace());
    let bracketed = chars.iter().any(|c| "（(".contains(*c));
    let found = Found { start: 0, end, title: None, steps, part: None };
    (all && found.steps.len() > 1 && bracketed).then_some(found)
}

/// Reads consecutive labels.
pub(crate) fn steps(chars: &[char], from: usize) -> Vec<(Step, usize)> {
    let mut steps = Vec::new();
    let mut at = from;
    loop {
        if let Some(section) = section(chars, at) {
            at = section.last().map_or(at, |(_, end)| *end);
            steps.extend(section);
        } else if let Some((step, end)) = step(chars, at) {
            steps.push((step, end));
            at = end;
        } else {
            break;
        }
    }
    if let Some((_, last)) = steps.last_mut()
        && let Some((number, end)) = passage_of_giant(chars, *last)
    {
        match number {
            1 => *last = end,
            _ => steps.push((Step { level: None, number: number.to_string() }, end)),
        }
    }
    steps
}

/// Reads the number of a passage that a very long clause is split into: 〔2/5〕. The first passage
/// has the address of the clause.
fn passage_of_giant(chars: &[char], at: usize) -> Option<(u32, usize)> {
    let end = at + chars.get(at..)?.iter().take(24).position(|&c| c == '〕')?;
    let inside: String = chars[at..end].iter().collect();
    let (number, count) = inside.strip_prefix('〔')?.split_once('/')?;
    count.parse::<u32>().ok()?;
    Some((number.parse().ok()?, end + 1))
}

/// Reads a section as Hong Kong's ordinances cite it: 第12(3)(a)條, 第12A(2)條.
fn section(chars: &[char], from: usize) -> Option<Vec<(Step, usize)>> {
    let mut at = skip(chars, from);
    if chars.get(at) != Some(&'第') {
        return None;
    }
    let begin = skip(chars, at + 1);
    let end = run(chars, begin, is_numeral);
    let (name, end) = lettered(chars, number(chars, begin, end)?, end);
    let mut steps = vec![(Step { level: Some("art"), number: name }, end)];
    at = end;
    while let Some((number, end)) = bracketed(chars, at) {
        steps.push((Step { level: None, number }, end));
        at = end;
    }
    let close = skip(chars, at);
    let is_article = chars.get(close).copied().map(fold_char) == Some('条');
    let (_, last) = steps.last_mut().filter(|_| is_article && at > end)?;
    *last = close + 1;
    Some(steps)
}

/// Adds the letters after a number: 12A. Only digits can have letters.
fn lettered(chars: &[char], number: String, end: usize) -> (String, usize) {
    let is_figure = end > 0 && fold_char(chars[end - 1]).is_ascii_digit();
    let letters = run(chars, end, |c| fold_char(c).is_ascii_alphabetic());
    if !is_figure || letters > end + 2 {
        return (number, end);
    }
    let letters_of = chars[end..letters].iter().copied().map(fold_char);
    (number + &letters_of.collect::<String>().to_uppercase(), letters)
}

/// Reads a number or letter in brackets.
fn bracketed(chars: &[char], from: usize) -> Option<(String, usize)> {
    let at = skip(chars, from);
    if !matches!(chars.get(at), Some('(' | '（')) {
        return None;
    }
    let begin = skip(chars, at + 1);
    let end = run(chars, begin, |c| is_numeral(c) || c.is_ascii_alphabetic());
    let name = number(chars, begin, end).or_else(|| {
        let letters = end - begin == 1;
        letters.then(|| chars[begin].to_ascii_lowercase().to_string())
    })?;
    let close = skip(chars, end);
    matches!(chars.get(close), Some(')' | '）')).then_some((name, close + 1))
}

fn skip(chars: &[char], mut at: usize) -> usize {
    while chars.get(at).is_some_and(|c| c.is_whitespace()) {
        at += 1;
    }
    at
}

/// The end of a run of characters that satisfy `holds`.
fn run(chars: &[char], at: usize, holds: impl Fn(char) -> bool) -> usize {
    at + chars[at.min(chars.len())..].iter().take_while(|&&c| holds(c)).count()
}

fn number(chars: &[char], from: usize, to: usize) -> Option<String> {
    let text: String = chars[from..to].iter().copied().map(fold_char).collect();
    numeral::value(&text).map(|value| value.to_string())
}

/// Reads one label.
fn step(chars: &[char], from: usize) -> Option<(Step, usize)> {
    let folded = |at: usize| chars.get(at).copied().map(fold_char);
    let at = skip(chars, from);
    match folded(at)? {
        '第' => ordinal(chars, at + 1),
        '(' | '（' => {
            let (number, end) = bracketed(chars, at)?;
            Some((Step { level: None, number }, end))
        }
        c if BULLETS.contains(c) => {
            let end = run(chars, at + 1, |c| fold_char(c).is_ascii_digit());
            let number = number(chars, at + 1, end)?;
            Some((Step { level: Some("point"), number }, end))
        }
        c if is_numeral(c) => {
            // 六72: a figure directly after a Han numeral.
            let is_figure = fold_char(c).is_ascii_digit();
            let alike = |c: char| is_numeral(c) && fold_char(c).is_ascii_digit() == is_figure;
            let end = run(chars, at, alike);
            let name = number(chars, at, end)?;
            let next = skip(chars, end);
            // A bare number is a label only at the end of the text or before another label.
            let closed = match chars.get(next) {
                None => next,
                Some('、' | '.' | '．') => next + 1,
                Some('(' | '（') => next,
                Some('〔') if passage_of_giant(chars, next).is_some() => next,
                Some(_) if next > end => next,
                Some(&c) if !is_figure && fold_char(c).is_ascii_digit() => {
                    step(chars, next).map(|_| next)?
                }
                Some(_) => return None,
            };
            Some((Step { level: None, number: name }, closed))
        }
        _ => None,
    }
}

/// Bullets of lists.
const BULLETS: &str = "■●◆▪•□○◇▲★";

/// Reads what follows 第: a number and its unit, as in 十二條, 12-1 條, （三）項, 12段.
fn ordinal(chars: &[char], from: usize) -> Option<(Step, usize)> {
    let folded = |at: usize| chars.get(at).copied().map(fold_char);
    if let Some((number, end)) = bracketed(chars, from) {
        // 第（三）項
        let end = skip(chars, end);
        return matches!(folded(end)?, '款' | '项' | '目')
            .then_some((Step { level: None, number }, end + 1));
    }
    let begin = skip(chars, from);
    let end = run(chars, begin, is_numeral);
    let (mut name, end) = lettered(chars, number(chars, begin, end)?, end);
    let mut end = skip(chars, end);
    // 第 12-1 條
    if folded(end) == Some('-') {
        let more = run(chars, end + 1, is_numeral);
        name = format!("{name}-{}", number(chars, end + 1, more)?);
        end = skip(chars, more);
    }
    let level = match folded(end)? {
        '编' => Some("book"),
        '章' => Some("chp"),
        '节' => Some("sec"),
        '条' => Some("art"),
        '段' => Some("para"),
        '款' | '项' | '目' => None,
        _ => return None,
    };
    end += 1;
    // 第十二條之一
    if level == Some("art") && folded(end) == Some('之') {
        let more = run(chars, end + 1, is_numeral);
        if let Some(sub) = number(chars, end + 1, more) {
            name = format!("{name}-{sub}");
            end = more;
        }
    }
    Some((Step { level, number: name }, end))
}

fn is_numeral(c: char) -> bool {
    numeral::is_numeral(fold_char(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(Option<String>, Vec<String>, String, String)> {
        let citation = Citation::read(text)?;
        let mut addresses = citation.addresses();
        assert!(addresses.pop().unwrap()[0].ends_with('/'));
        let addresses = addresses.into_iter().map(|all| all.join(" ")).collect();
        Some((citation.title, addresses, citation.passage, citation.rest))
    }

    #[test]
    fn as_people_cite_in_both_scripts() {
        let title = |text: &str| Some(text.to_owned());
        for (text, expected) in [
            ("《某協議》三（五）", (title("某協議"), vec!["/3/5", "3/5"], "", "")),
            ("《某协议》三 (5)", (title("某协议"), vec!["/3/5", "3/5"], "", "")),
            ("《某〈甲〉協議》第三條", (title("某〈甲〉協議"), vec!["art_3", "/3"], "", "")),
            (
                "《某法》的第12条第二款（三） 罰款",
                (
                    title("某法"),
                    vec!["art_12/ 12/3", "art_12", "/12/3", "/12"],
                    "第二款（三）",
                    "罰款",
                ),
            ),
            (
                "第十二条第二款第（三）项",
                (None, vec!["art_12/ 12/3", "art_12"], "第二款第（三）项", ""),
            ),
            ("第十二條第二款", (None, vec!["art_12"], "第二款", "")),
            ("第12A條", (None, vec!["art_12A"], "", "")),
            ("第12(3)(a)條", (None, vec!["art_12/ 12/3/a", "art_12"], "(3)(a)", "")),
            (
                "《某條例》第12A(2)條",
                (title("某條例"), vec!["art_12A/ 12A/2", "art_12A", "/12A/2", "/12A"], "(2)", ""),
            ),
            ("第12條第(3)款", (None, vec!["art_12"], "第(3)款", "")),
            ("《某文件》第12段", (title("某文件"), vec!["para_12"], "", "")),
            ("《某計劃》六72", (title("某計劃"), vec!["/6/72", "6/72"], "", "")),
            ("《某要點》■27", (title("某要點"), vec!["point_27"], "", "")),
            ("第十二條", (None, vec!["art_12"], "", "")),
            ("《某表》三〔2/5〕", (title("某表"), vec!["/3/2", "3/2"], "", "")),
            ("《某表》第三條〔1/5〕 甲", (title("某表"), vec!["art_3", "/3"], "", "甲")),
            (
                "《某表》第三条〔2/5〕",
                (title("某表"), vec!["art_3/ 3/2", "art_3", "/3/2", "/3"], "", ""),
            ),
            ("第 12-1 條", (None, vec!["art_12-1"], "", "")),
            ("第十二條之一", (None, vec!["art_12-1"], "", "")),
            ("第二章第十二條", (None, vec!["chp_2/ art_12", "art_12"], "", "")),
            ("知識產權 第八條", (None, vec!["art_8"], "", "知識產權")),
            ("三（五）", (None, vec!["/3/5", "3/5"], "", "")),
            ("二(三)16", (None, vec!["/2/3/16", "2/3/16"], "", "")),
            ("《某計劃》七、77.", (title("某計劃"), vec!["/7/77", "7/77"], "", "")),
        ] {
            let (name, addresses, passage, rest) = expected;
            let addresses = addresses.into_iter().map(str::to_owned).collect();
            assert_eq!(
                read(text),
                Some((name, addresses, passage.to_owned(), rest.to_owned())),
                "{text}"
            );
        }
    }

    #[test]
    fn parts_without_a_number_are_cited_by_their_names() {
        for (text, part) in [
            ("《某協議》序言", "preamble"),
            ("《某协议》结尾", "closing"),
            ("《某協議》結尾 生效", "closing"),
            ("《某協議》簽署", "signature"),
        ] {
            let citation = Citation::read(text).unwrap();
            assert_eq!((citation.part, citation.addresses()), (Some(part), Vec::new()), "{text}");
        }
        assert_eq!(Citation::read("《某協議》簽署儀式"), None);
    }

    #[test]
    fn other_texts_are_none() {
        for text in [
            "",
            "三個月",
            "2017年11月18日",
            "(2017) 38號",
            "〔2017〕38號",
            "第三地",
            "第十八次會議",
            "《某協議》",
            "《某協議》的落實",
            "第三章",
            "第",
            "《",
            "（三）",
            "一帶一路",
            "5 個",
            "《某協議》三5個月",
            "10",
            "《某",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
