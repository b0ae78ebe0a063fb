//! Finds references in the text of a clause: 《…》第三條, 本協議第一項第四款, 第十二條, 前條.
//!
//! Whether 第十二條 means an article of the same document is decided by what comes before it: the name
//! of another law (刑法第十二條) makes it that law's article. Here, such references without title marks
//! are left alone rather than resolved wrongly.

use std::ops::Range;

use tiaowen_text::fold_char;

use crate::language::citation::{Citation, Found, Step, steps};

/// A part of a text that refers to a clause or document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its bytes in the text.
    pub span: Range<usize>,
    /// Its target.
    pub to: Target,
}

/// The target of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A document by its title in 《》, possibly with a clause of it.
    Named(Citation),
    /// A clause of the same document.
    Own(Citation),
    /// The article before this one, with the part of it that is named (第三款) if any.
    Before(String),
    /// The article after this one, likewise.
    Behind(String),
}

/// An abbreviation that a text defines: 《…》（以下簡稱《框架協議》）.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Abbreviation {
    /// The short title.
    pub short: String,
    /// The full title.
    pub title: String,
}

/// How instruments call themselves, folded: 本協議, 本條例.
const SELVES: &[&str] = &[
    "协议",
    "合作协议",
    "备忘录",
    "合作备忘录",
    "安排",
    "合作安排",
    "意向书",
    "合作意向书",
    "协定",
    "合同",
    "合约",
    "法",
    "条例",
    "规例",
    "规则",
    "规定",
    "规章",
    "办法",
    "细则",
    "章程",
    "计划",
    "通知",
    "公告",
    "决定",
    "公约",
    "守则",
    "准则",
];

/// Words before 第十二條 that leave it in the same document, folded. An article of another document has
/// that one's name before it: 刑法第十二條.
const BEFORE_OWN: &[&str] = &[
    "依照", "按照", "根据", "违反", "适用", "符合", "上述", "前述", "执行", "遵守", "履行", "参照",
    "比照", "准用", "援用", "引用", "具有", "属于", "列入", "依据", "遵照", "遵从", "触犯", "除非",
    "有关", "除", "在", "有", "由", "与", "和", "及", "或", "至", "到", "对", "因", "以", "为",
    "属", "于", "从", "依", "按", "据", "照", "将", "把", "见", "受", "经", "则", "而", "并", "且",
    "如", "若", "即", "非", "据此", "下列", "犯",
];

/// Characters that turn 前條 into another word, folded: 前條件, 下條例.
const BEHIND_OTHER: &str = "件例款约文理形令目码幅线";

/// The references in a text, in order; of nested titles, the outer one comes first. Numbers without
/// 第 and 條 count only after a title: 《某協議》三（五）.
///
/// ```
/// use tiaowen_query::{Target, references};
/// let text = "依照《某協議》第三條和第五條及本協議第一項第四款";
/// let found: Vec<&str> = references(text).iter().map(|found| &text[found.span.clone()]).collect();
/// assert_eq!(found, ["《某協議》第三條", "第五條", "本協議第一項第四款"]);
/// assert!(references("刑法第十二條").is_empty());
/// ```
pub fn references(text: &str) -> Vec<Reference> {
    if !text.contains(['《', '〈', '第', '前', '上', '後', '后', '下', '次']) {
        return Vec::new();
    }
    let chars: Vec<char> = text.chars().collect();
    let mut bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    bytes.push(text.len());
    let folded: Vec<char> = chars.iter().copied().map(fold_char).collect();
    let reader = Reader { chars: &chars, folded: &folded, closings: closings(&chars) };
    reader
        .read()
        .into_iter()
        .map(|(places, to)| Reference { span: bytes[places.start]..bytes[places.end], to })
        .collect()
}

/// The abbreviations that a text defines.
///
/// ```
/// use tiaowen_query::abbreviations;
/// let found = abbreviations("落實《粵港合作框架協議》（以下簡稱《框架協議》），").remove(0);
/// assert_eq!((&*found.short, &*found.title), ("框架協議", "粵港合作框架協議"));
/// ```
pub fn abbreviations(text: &str) -> Vec<Abbreviation> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('》') {
        let behind = text[at + '》'.len_utf8()..].trim_start();
        let Some(inside) = behind.strip_prefix(['（', '(']) else { continue };
        let Some(end) = inside.find(['）', ')']) else { continue };
        let said = &inside[..end];
        let folded: String = said.chars().map(fold_char).collect();
        let Some(lead) = ["以下简称为", "以下统称为", "以下简称", "以下统称", "下称", "简称"]
            .into_iter()
            .find(|lead| folded.starts_with(lead))
        else {
            continue;
        };
        // Folding maps one character to one.
        let name: String = said.chars().skip(lead.chars().count()).collect();
        let quotes = ['《', '》', '「', '」', '『', '』', '“', '”', '"', '‘', '’', '：', ':', ' '];
        let short = name.trim_matches(|c| quotes.contains(&c)).to_owned();
        let Some(open) = opening(text, at) else { continue };
        let title = text[open + '《'.len_utf8()..at].to_owned();
        if !short.is_empty() && !title.is_empty() {
            found.push(Abbreviation { short, title });
        }
    }
    found
}

/// The place of the 《 that matches the 》 at a byte.
fn opening(text: &str, close: usize) -> Option<usize> {
    let mut depth = 1;
    for (at, c) in text[..close].char_indices().rev() {
        match c {
            '》' => depth += 1,
            '《' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

struct Reader<'a> {
    chars: &'a [char],
    folded: &'a [char],
    /// For each place at which a title begins, its end.
    closings: Vec<Option<usize>>,
}

/// For each place at which a title begins, its end. Computed once: a text full of opening marks
/// would otherwise be read to its end for each of them.
fn closings(chars: &[char]) -> Vec<Option<usize>> {
    let mut open: Vec<usize> = Vec::new();
    let mut all = vec![None; chars.len()];
    for (at, c) in chars.iter().enumerate() {
        match c {
            '《' | '〈' => open.push(at),
            '》' | '〉' => {
                if let Some(start) = open.pop() {
                    all[start] = Some(at);
                }
            }
            _ => {}
        }
    }
    all
}

impl Reader<'_> {
    fn read(&self) -> Vec<(Range<usize>, Target)> {
        let mut found: Vec<(Range<usize>, Target)> = Vec::new();
        let mut at = 0;
        while at < self.chars.len() {
            let next = match self.chars[at] {
                '《' | '〈' => self.named(at, &mut found),
                _ => self.unnamed(at, &mut found),
            };
            at = next.unwrap_or(at + 1);
        }
        found
    }

    /// Reads a title, the references inside it, and the labels after it. Returns where they end.
    fn named(&self, start: usize, found: &mut Vec<(Range<usize>, Target)>) -> Option<usize> {
        let close = self.closing(start)?;
        let title = start + 1..close;
        if title.is_empty() {
            return None;
        }
        let mut at = close + 1;
        // 《…》（以下簡稱…）第三條
        if let Some(end) = self.aside(at) {
            at = end;
        }
        while self.chars.get(at).is_some_and(|c| c.is_whitespace() || "的之".contains(*c)) {
            at += 1;
        }
        let steps = self.labels(at);
        let end = steps.last().map_or(close + 1, |(_, end)| *end);
        let is_aside = end > close + 1 && at > close + 3;
        let named =
            |steps| Found { start, end, title: Some((start + 1, close)), steps, part: None };
        if is_aside {
            // A title and labels with much text between them are two references.
            let name = Found {
                start,
                end: close + 1,
                title: Some((start + 1, close)),
                steps: vec![],
                part: None,
            };
            found.push((start..close + 1, Target::Named(name.citation(self.chars))));
            found.push((at..end, Target::Named(named(steps).citation(self.chars))));
        } else {
            found.push((start..end, Target::Named(named(steps).citation(self.chars))));
        }
        for inner in title {
            if matches!(self.chars[inner], '《' | '〈')
                && let Some(close) = self.closing(inner)
                && close > inner + 1
            {
                let title = Some((inner + 1, close));
                let name =
                    Found { start: inner, end: close + 1, title, steps: Vec::new(), part: None };
                found.push((inner..close + 1, Target::Named(name.citation(self.chars))));
            }
        }
        let title = Some((start + 1, close));
        Some(if end > close + 1 { self.goes_on(end, title, found) } else { end })
    }

    /// Reads labels that can be those of clauses: 2017 年 after a title is not one.
    fn labels(&self, at: usize) -> Vec<(Step, usize)> {
        let begins = self.chars.get(at).copied().unwrap_or(' ');
        let found = steps(self.chars, at);
        let is_label = begins == '第'
            || found.len() > 1
            || found.first().is_some_and(|(_, end)| {
                self.chars.get(*end - 1).is_some_and(|c| "、）)".contains(*c))
            });
        if is_label { found } else { Vec::new() }
    }

    /// Reads further clauses of the same document: 、第五條和第六條.
    fn goes_on(
        &self,
        from: usize,
        title: Option<(usize, usize)>,
        found: &mut Vec<(Range<usize>, Target)>,
    ) -> usize {
        let mut end = from;
        loop {
            let mut at = end;
            while self.folded.get(at).is_some_and(|c| "、和及与或者至到以".contains(*c)) {
                at += 1;
            }
            if at == end || self.chars.get(at) != Some(&'第') {
                return end;
            }
            let steps = self.labels(at);
            let Some(&(_, next)) = steps.last() else { return end };
            if !steps.iter().any(|(step, _)| step.level == Some("art")) {
                return end;
            }
            let citation =
                Found { start: at, end: next, title, steps, part: None }.citation(self.chars);
            let target =
                if title.is_some() { Target::Named(citation) } else { Target::Own(citation) };
            found.push((at..next, target));
            end = next;
        }
    }

    /// Reads 本協議第一項, 第十二條, 前條.
    fn unnamed(&self, at: usize, found: &mut Vec<(Range<usize>, Target)>) -> Option<usize> {
        match self.folded[at] {
            '本' => {
                let longest = SELVES
                    .iter()
                    .map(|name| name.chars().collect::<Vec<char>>())
                    .filter(|name| self.folded[at + 1..].starts_with(name))
                    .map(|name| name.len())
                    .max()?;
                let mut label = at + 1 + longest;
                while self.chars.get(label).is_some_and(|c| c.is_whitespace() || *c == '的') {
                    label += 1;
                }
                let steps = self.labels(label);
                let &(_, end) = steps.last()?;
                let citation =
                    Found { start: at, end, title: None, steps, part: None }.citation(self.chars);
                found.push((at..end, Target::Own(citation)));
                Some(self.goes_on(end, None, found))
            }
            '第' => {
                let steps = self.labels(at);
                let &(_, end) = steps.last()?;
                if !steps.iter().any(|(step, _)| step.level == Some("art")) || !self.is_own(at) {
                    return Some(end);
                }
                let citation =
                    Found { start: at, end, title: None, steps, part: None }.citation(self.chars);
                found.push((at..end, Target::Own(citation)));
                Some(self.goes_on(end, None, found))
            }
            '前' | '上' | '后' | '下' | '次' => {
                let one = usize::from(self.folded.get(at + 1) == Some(&'一'));
                let end = at + one + 2;
                if self.folded.get(at + one + 1) != Some(&'条')
                    || at > 0 && tiaowen_text::is_han(self.chars[at - 1]) && !self.is_own(at)
                {
                    return None;
                }
                if self.folded.get(end).is_some_and(|next| BEHIND_OTHER.contains(*next)) {
                    return None;
                }
                // 前條第三款
                let (end, passage) = self.passage(end).unwrap_or((end, String::new()));
                let before = matches!(self.folded[at], '前' | '上');
                let to = if before { Target::Before(passage) } else { Target::Behind(passage) };
                found.push((at..end, to));
                Some(end)
            }
            _ => None,
        }
    }

    /// Reads the name of a part of an article.
    fn passage(&self, at: usize) -> Option<(usize, String)> {
        let steps = self.labels(at);
        let &(_, end) = steps.last()?;
        if steps.iter().any(|(step, _)| matches!(step.level, Some("art" | "chp" | "sec"))) {
            return None;
        }
        let passage: String = self.chars[at..end].iter().collect();
        Some((end, passage.trim().to_owned()))
    }

    /// Whether the text before a label leaves it in the same document.
    fn is_own(&self, at: usize) -> bool {
        let mut before = at;
        while before > 0 && self.chars[before - 1].is_whitespace() {
            before -= 1;
        }
        let Some(last) = before.checked_sub(1).map(|at| self.chars[at]) else { return true };
        // After a bracket, the name is another document's: 《某法》第三條 was read before.
        if !tiaowen_text::is_han(last) {
            return !last.is_alphanumeric()
                && !matches!(last, '》' | '〉' | '）' | ')' | '」' | '”');
        }
        BEFORE_OWN.iter().any(|word| {
            let word: Vec<char> = word.chars().collect();
            self.folded[..before].ends_with(&word)
        })
    }

    /// The end of the title that begins at a place.
    fn closing(&self, start: usize) -> Option<usize> {
        self.closings[start]
    }

    /// The end of the brackets after a title, if they define an abbreviation.
    fn aside(&self, at: usize) -> Option<usize> {
        if !matches!(self.chars.get(at), Some('（' | '(')) {
            return None;
        }
        let length = self.chars[at..].iter().take(40).position(|c| matches!(c, '）' | ')'))?;
        let said: String = self.folded[at..at + length].iter().collect();
        (said.contains("简称") || said.contains("下称")).then_some(at + length + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let described = |found: Reference| {
            let shown = &text[found.span];
            match found.to {
                Target::Named(to) => {
                    let title = to.title.clone().unwrap_or_default();
                    let at = to.addresses().first().map(|all| all.join(" ")).unwrap_or_default();
                    format!("{shown} → {title} {at}{}", to.passage)
                }
                Target::Own(to) => {
                    format!("{shown} → {}{}", to.addresses()[0].join(" "), to.passage)
                }
                Target::Before(passage) => format!("{shown} ←{passage}"),
                Target::Behind(passage) => format!("{shown} →{passage}"),
            }
        };
        references(text).into_iter().map(described).collect()
    }

    #[test]
    fn what_is_referred_to_in_both_scripts() {
        for (text, expected) in [
            ("落實《粵港合作框架協議》，", vec!["《粵港合作框架協議》 → 粵港合作框架協議 "]),
            (
                "依照《某法》第三条第二款、第五条和第六條規定",
                vec![
                    "《某法》第三条第二款 → 某法 art_3第二款",
                    "第五条 → 某法 art_5",
                    "第六條 → 某法 art_6",
                ],
            ),
            (
                "簽署〈實施《粵港合作框架協議》2017 年重點工作〉(詳見附件)",
                vec![
                    "〈實施《粵港合作框架協議》2017 年重點工作〉 → 實施《粵港合作框架協議》2017 年重點工作 ",
                    "《粵港合作框架協議》 → 粵港合作框架協議 ",
                ],
            ),
            ("本協議第一項第四款所稱", vec!["本協議第一項第四款 → /1/4"]),
            ("違反本條例第十二條之一的", vec!["本條例第十二條之一 → art_12-1"]),
            ("違反第十二條或者第十三條", vec!["第十二條 → art_12", "第十三條 → art_13"]),
            ("第八條至第十條", vec!["第八條 → art_8", "第十條 → art_10"]),
            ("依照前條規定", vec!["前條 ←"]),
            ("依照前條第三款規定", vec!["前條第三款 ←第三款"]),
            ("违反前条第二款第（三）项的", vec!["前条第二款第（三）项 ←第二款第（三）项"]),
            ("后一条第一项", vec!["后一条第一项 →第一项"]),
            ("前一条所称", vec!["前一条 ←"]),
            ("《甲法》（以下簡稱甲）第二條", vec!["《甲法》 → 甲法 ", "第二條 → 甲法 art_2"]),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }

    #[test]
    fn other_texts_refer_to_nothing() {
        for text in [
            "",
            "刑法第十二條",
            "中华人民共和国刑法第一百条",
            "第二十次會議",
            "第三地",
            "第十三個五年規劃",
            "目前條件下",
            "前條件",
            "《",
            "《》",
            "第",
            "本",
            "本協議",
            "第一項",
            "下條例",
        ] {
            assert_eq!(of(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn names_may_be_given_short_ones() {
        let short = |text: &str| {
            let found = abbreviations(text).pop();
            found.map(|found| (found.short, found.title))
        };
        let both = Some(("框架協議".to_owned(), "粵港合作框架協議".to_owned()));
        assert_eq!(short("《粵港合作框架協議》（以下簡稱「框架協議」）"), both);
        assert_eq!(short("《粵港合作框架協議》(下稱框架協議)"), both);
        assert_eq!(short("《粵港合作框架協議》（2017年）"), None);
        assert_eq!(short("》（以下簡稱甲）"), None);
    }

    #[test]
    fn places_lie_on_characters_of_any_text() {
        let pieces = [
            "《",
            "》",
            "〈",
            "第",
            "十二",
            "條",
            "本",
            "協議",
            "（",
            "）",
            "以下簡稱",
            "𠮷",
            "a",
            " ",
            "前",
            "項",
        ];
        let mut seed = 7u64;
        for _ in 0..3_000 {
            let mut text = String::new();
            for _ in 0..12 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text.push_str(pieces[(seed >> 40) as usize % pieces.len()]);
            }
            for found in references(&text) {
                assert!(!text[found.span].is_empty(), "{text}");
            }
            abbreviations(&text);
        }
    }
}
