//! Clauses named instead of described: 《…》三（五）, 《…》第十二條第二款, 第12條.

use tiaowen_text::{fold_char, numeral};

/// A place in a document as people cite it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The document's name as typed between 《 and 》.
    pub title: Option<String>,
    /// What leads to the clause, outermost first, each with its number as in an `eid`.
    pub steps: Vec<Step>,
    /// What leads on inside the clause, as typed: 第二款（三）. Empty for the whole clause.
    pub passage: String,
    /// The citation as typed.
    pub text: String,
    /// The query without it.
    pub rest: String,
}

/// One label of a citation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The level, where the label tells it: `art` for 第N條.
    pub level: Option<&'static str>,
    /// Its number, as in an `eid`: `12`, `12-1`, `a`.
    pub number: String,
}

impl Citation {
    /// The citation that a text holds: a name in 《》 with labels behind it; a label 第N條
    /// anywhere; or labels one below the other that are all of the text.
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
        let rest = format!("{} {}", of(0, found.start), of(found.end, chars.len()));
        Some(Citation { rest: rest.trim().to_owned(), ..found.citation(&chars) })
    }

    /// The ways to point at the clause (see [`tiaowen_index::addresses`]), the surest first;
    /// the last for what stands below a label that is a heading. Each is all that must hold.
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
        let own = format!("{level}_{}", last.number);
        let inside = |step: &Step| Some(format!("{}_{}/", step.level?, step.number));
        let mut all = Vec::new();
        if let Some(above) = above.iter().map(inside).collect::<Option<Vec<_>>>()
            && !above.is_empty()
        {
            all.push(above.into_iter().chain([own.clone()]).collect());
        }
        all.extend([vec![own.clone()], vec![own + "/"]]);
        all
    }
}

/// Where a citation stands, in characters.
pub(crate) struct Found {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) title: Option<(usize, usize)>,
    /// Each with where it ends.
    pub(crate) steps: Vec<(Step, usize)>,
}

impl Found {
    /// The citation in the text where it was found.
    pub(crate) fn citation(self, chars: &[char]) -> Citation {
        let of = |from: usize, to: usize| -> String { chars[from..to].iter().collect() };
        // Below an article lead paragraphs and items, which are no clauses.
        let article = self.steps.iter().position(|(step, _)| step.level == Some("art"));
        let (kept, passage) = match article {
            Some(at) => {
                let end = self.steps[at].1;
                (at + 1, of(end, self.end).trim().to_owned())
            }
            None => (self.steps.len(), String::new()),
        };
        Citation {
            title: self.title.map(|(from, to)| of(from, to)),
            steps: self.steps.into_iter().take(kept).map(|(step, _)| step).collect(),
            passage,
            text: of(self.start, self.end),
            rest: String::new(),
        }
    }
}

/// 《…》 with labels behind it.
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
        if let Some(&(_, end)) = steps.last() {
            return Some(Found { start, end, title: Some((start + 1, close)), steps });
        }
    }
    None
}

/// 第N條, with what stands around it of a citation: 第二章第十二條第二款.
fn article(chars: &[char]) -> Option<Found> {
    (0..chars.len()).filter(|&at| chars[at] == '第').find_map(|start| {
        let steps = steps(chars, start);
        let &(_, end) = steps.last()?;
        let is_article = steps.iter().any(|(step, _)| step.level == Some("art"));
        is_article.then_some(Found { start, end, title: None, steps })
    })
}

/// Labels one below the other that are all of the text: 三（五）.
fn bare(chars: &[char]) -> Option<Found> {
    let steps = steps(chars, 0);
    let &(_, end) = steps.last()?;
    let all = chars[end..].iter().all(|c| c.is_whitespace());
    let bracketed = chars.iter().any(|c| "（(".contains(*c));
    (all && steps.len() > 1 && bracketed).then_some(Found { start: 0, end, title: None, steps })
}

/// The labels that stand one below the other from a place on.
pub(crate) fn steps(chars: &[char], from: usize) -> Vec<(Step, usize)> {
    let mut steps = Vec::new();
    let mut at = from;
    while let Some((step, end)) = step(chars, at) {
        steps.push((step, end));
        at = end;
    }
    steps
}

/// The label at a place and where it ends.
fn step(chars: &[char], from: usize) -> Option<(Step, usize)> {
    let skip = |mut at: usize| {
        while chars.get(at).is_some_and(|c| c.is_whitespace()) {
            at += 1;
        }
        at
    };
    let run = |at: usize, holds: fn(char) -> bool| {
        at + chars[at.min(chars.len())..].iter().take_while(|&&c| holds(c)).count()
    };
    let number = |from: usize, to: usize| -> Option<String> {
        let text: String = chars[from..to].iter().copied().map(fold_char).collect();
        numeral::value(&text).map(|value| value.to_string())
    };
    let folded = |at: usize| chars.get(at).copied().map(fold_char);
    let at = skip(from);
    match folded(at)? {
        '第' => {
            let begin = skip(at + 1);
            let end = run(begin, is_numeral);
            let mut name = number(begin, end)?;
            let mut end = skip(end);
            // 第 12-1 條
            if folded(end) == Some('-') {
                let more = run(end + 1, is_numeral);
                name = format!("{name}-{}", number(end + 1, more)?);
                end = skip(more);
            }
            let level = match folded(end)? {
                '编' => Some("book"),
                '章' => Some("chp"),
                '节' => Some("sec"),
                '条' => Some("art"),
                '款' | '项' | '目' => None,
                _ => return None,
            };
            end += 1;
            // 第十二條之一
            if level == Some("art") && folded(end) == Some('之') {
                let more = run(end + 1, is_numeral);
                if let Some(sub) = number(end + 1, more) {
                    name = format!("{name}-{sub}");
                    end = more;
                }
            }
            Some((Step { level, number: name }, end))
        }
        '(' | '（' => {
            let begin = skip(at + 1);
            let end = run(begin, |c| is_numeral(c) || c.is_ascii_alphabetic());
            let name = number(begin, end).or_else(|| {
                let letters = end - begin == 1;
                letters.then(|| chars[begin].to_ascii_lowercase().to_string())
            })?;
            let close = skip(end);
            matches!(chars.get(close), Some(')' | '）'))
                .then_some((Step { level: None, number: name }, close + 1))
        }
        c if is_numeral(c) => {
            let end = run(at, is_numeral);
            let name = number(at, end)?;
            let next = skip(end);
            // A bare number is a label only where the text ends or another label follows.
            let closed = match chars.get(next) {
                None => next,
                Some('、' | '.' | '．') => next + 1,
                Some('(' | '（') => next,
                Some(_) if next > end => next,
                Some(_) => return None,
            };
            Some((Step { level: None, number: name }, closed))
        }
        _ => None,
    }
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
            ("《某〈甲〉協議》第三條", (title("某〈甲〉協議"), vec!["art_3"], "", "")),
            (
                "《某法》的第12条第二款（三） 罰款",
                (title("某法"), vec!["art_12"], "第二款（三）", "罰款"),
            ),
            ("第十二條", (None, vec!["art_12"], "", "")),
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
            "10",
            "《某",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
