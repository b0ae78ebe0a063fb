//! Finds the citations and quotations of a text.
//!
//! A citation names a document in title marks (《》), by its title alone (基本法第一百零四條), by an
//! abbreviation that the text defined (《框架協議》), by its number (粵府函〔2017〕38號), or by a back
//! reference (該條例第5條). A quotation is in quotation marks, or runs from a colon after a citation to
//! the end of the paragraph.
//!
//! Citations in title marks come from `query`'s parser, which search uses too. Those without marks
//! are found here, by reading backwards from 第…條: the longest title of the index that ends there
//! wins; otherwise the kind of instrument (條例, 協議 …) ends the name, and the words in `BEFORE_NAME`
//! begin it.

use std::ops::Range;

use rustc_hash::FxHashMap;
use tiaowen_query::{Citation, Target, abbreviations, references, title_key};
use tiaowen_text::{fold, fold_char, is_han};

use crate::titles::Titles;

/// What a citation refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named {
    /// A document by its title.
    Title(String),
    /// A document by its number.
    Number(String),
    /// The checked text itself: 本協議.
    ThisText,
}

/// A citation in a text.
#[derive(Debug, Clone)]
pub(crate) struct Mention {
    /// Its bytes in the plain text.
    pub(crate) span: Range<usize>,
    pub(crate) named: Named,
    /// The cited clause. Without steps, the whole document is cited.
    pub(crate) citation: Option<Citation>,
    /// Whether the document was concluded from an earlier citation: 該條例.
    pub(crate) is_back_reference: bool,
}

impl Mention {
    /// Whether a clause is cited, or a document by its number. A title alone is only a mention.
    pub(crate) fn is_citation(&self) -> bool {
        matches!(self.named, Named::Number(_)) || self.has_place()
    }

    pub(crate) fn has_place(&self) -> bool {
        self.citation.as_ref().is_some_and(|it| !it.steps.is_empty() || it.part.is_some())
    }
}

/// Kinds of instruments that end a name, folded. Longer ones come first.
const KINDS: &[&str] = &[
    "合作框架协议",
    "框架协议",
    "合作协议",
    "合作备忘录",
    "谅解备忘录",
    "合作安排",
    "合作意向书",
    "实施条例",
    "实施细则",
    "协议书",
    "备忘录",
    "意向书",
    "基本法",
    "协议",
    "安排",
    "协定",
    "合同",
    "合约",
    "条例",
    "规例",
    "规则",
    "规定",
    "规章",
    "办法",
    "细则",
    "章程",
    "公约",
    "守则",
    "准则",
    "通知",
    "公告",
    "决定",
    "解释",
    "意见",
    "法典",
    "法",
];

/// Words of back references, folded.
const POINTS: &[&str] = &["该", "同", "此", "上述", "前述", "这部", "此部", "该部", "有关"];

/// Words that end before a name begins, folded.
const BEFORE_NAME: &[&str] = &[
    "依照", "按照", "根据", "违反", "适用", "符合", "执行", "遵守", "履行", "参照", "援引", "引用",
    "依据", "基于", "即", "和", "及", "与", "或", "而", "由", "按", "依", "据", "在", "的", "了",
    "是", "以及", "参阅", "参见", "见", "第",
];

/// The longest name without brackets, in characters.
const LONGEST_NAME: usize = 40;
/// How many characters from 第 on are read as a citation.
const LONGEST_PLACE: usize = 60;

/// The citations of a text, in order. With `has_articles`, a bare 第三條 refers to the text itself.
pub(crate) fn mentions(text: &str, titles: &Titles, has_articles: bool) -> Vec<Mention> {
    let short: FxHashMap<String, String> = abbreviations(text)
        .into_iter()
        .map(|found| (title_key(&found.short), found.title))
        .collect();
    let mut reader =
        Reader { titles, short, has_articles, seen: Vec::new(), found: Vec::new(), line: 0 };
    let mut start = 0;
    for line in text.split('\n') {
        reader.line = reader.found.len();
        reader.line(line, start);
        start += line.len() + 1;
    }
    reader.found
}

struct Reader<'a> {
    titles: &'a Titles,
    /// Full titles by the abbreviations that the text defines.
    short: FxHashMap<String, String>,
    has_articles: bool,
    /// The titles mentioned so far, for back references.
    seen: Vec<String>,
    found: Vec<Mention>,
    /// The number of citations found before the current line.
    line: usize,
}

impl Reader<'_> {
    fn line(&mut self, line: &str, start: usize) {
        let references = references(line);
        let mut covered: Vec<Range<usize>> = references
            .iter()
            .filter(|reference| !matches!(reference.to, Target::Before(_) | Target::Behind(_)))
            .map(|reference| reference.span.clone())
            .collect();
        let mut found: Vec<(Range<usize>, Option<Target>)> =
            references.into_iter().map(|found| (found.span, Some(found.to))).collect();
        covered.sort_by_key(|span| span.start);
        for (at, _) in line.match_indices('第') {
            let behind = covered.partition_point(|span| span.start <= at);
            if !covered[..behind].iter().rev().take(4).any(|span| span.contains(&at)) {
                found.push((at..at, None));
            }
        }
        found.sort_by_key(|(span, target)| (span.start, target.is_none()));
        let mut end = 0;
        for (span, target) in found {
            match target {
                Some(Target::Named(citation)) => {
                    let (citation, span) = with_last_number(line, citation, span);
                    end = end.max(span.end);
                    self.named(citation, shifted(&span, start));
                }
                Some(Target::Own(citation)) => {
                    end = end.max(span.end);
                    let is_label = line[..span.start].trim().is_empty();
                    self.without_title(
                        citation,
                        shifted(&span, start),
                        &line[span.clone()],
                        is_label,
                    );
                }
                Some(_) => {}
                None if span.start >= end => {
                    end = self.unbracketed(line, span.start, start).unwrap_or(end);
                }
                None => {}
            }
        }
        self.labels_after_back_reference(line, start);
        self.numbers(line, start);
        let mut of_line = self.found.split_off(self.line);
        of_line.sort_by_key(|mention| (mention.span.start, std::cmp::Reverse(mention.span.end)));
        for mention in of_line {
            // A title inside a title is not a citation: 《實施〈框架協議〉的工作》.
            let is_inside = self.found[self.line..]
                .last()
                .is_some_and(|outer| mention.span.end <= outer.span.end);
            if !is_inside {
                self.found.push(mention);
            }
        }
    }

    /// The full title of what a text calls an instrument.
    fn title(&self, title: &str) -> String {
        let whole = || self.short.get(&title_key(title)).cloned();
        if self.titles.is_title(title) { None } else { whole() }.unwrap_or_else(|| title.to_owned())
    }

    fn named(&mut self, citation: Citation, span: Range<usize>) {
        let title = self.title(citation.title.as_deref().unwrap_or_default());
        self.seen.push(title.clone());
        let named = Named::Title(title);
        self.found.push(Mention {
            span,
            named,
            citation: Some(citation),
            is_back_reference: false,
        });
    }

    /// Handles 本協議第三條 and a bare 第三條.
    fn without_title(
        &mut self,
        mut citation: Citation,
        span: Range<usize>,
        text: &str,
        is_label: bool,
    ) {
        // 及第571章第12條
        if let Some(chapter) = chapter(text, &citation) {
            citation.steps.retain(|step| step.level == Some("art"));
            citation.title = Some(String::new());
            let named = Named::Number(chapter);
            self.found.push(Mention {
                span,
                named,
                citation: Some(citation),
                is_back_reference: false,
            });
            return;
        }
        if text.starts_with('本') || self.has_articles {
            if !is_label || text.starts_with('本') {
                self.found.push(Mention {
                    span,
                    named: Named::ThisText,
                    citation: Some(citation),
                    is_back_reference: false,
                });
            }
            return;
        }
        // 《某法》第三條規定…，第五條規定…
        let in_line =
            self.found[self.line..].iter().rev().find_map(|mention| match &mention.named {
                Named::Title(title) => Some(title.clone()),
                _ => None,
            });
        if let Some(title) = in_line.filter(|_| !is_label) {
            citation.title = Some(title.clone());
            let named = Named::Title(title);
            self.found.push(Mention {
                span,
                named,
                citation: Some(citation),
                is_back_reference: true,
            });
        }
    }

    /// Handles 基本法第一百零四條, 該條例第5條 and 第571章第12條. Returns the byte at which the citation ends.
    fn unbracketed(&mut self, line: &str, at: usize, start: usize) -> Option<usize> {
        let behind: String = line[at..].chars().take(LONGEST_PLACE).collect();
        let mut citation = Citation::read(&behind)?;
        if !behind.starts_with(&citation.text) {
            return None;
        }
        let end = at + citation.text.len();
        let before = line[..at].trim_end_matches(|c: char| c.is_whitespace() || "的之".contains(c));
        if let Some(chapter) = chapter(&behind, &citation) {
            let span = at..end;
            let named = Named::Number(chapter);
            let span = shifted(&span, start);
            // Sections of a chapter of Hong Kong's laws are numbered as articles.
            citation.steps.retain(|step| step.level == Some("art"));
            citation.title = Some(String::new());
            self.found.push(Mention {
                span,
                named,
                citation: Some(citation),
                is_back_reference: false,
            });
            return Some(end);
        }
        if !citation.steps.iter().any(|step| step.level == Some("art")) {
            return None;
        }
        let (name, from, is_back_reference) = self.name_before(before)?;
        self.seen.push(name.clone());
        citation.title = Some(name.clone());
        let span = shifted(&(from..end), start);
        self.found.push(Mention {
            span,
            named: Named::Title(name),
            citation: Some(citation),
            is_back_reference,
        });
        Some(end)
    }

    /// Handles 該協議一（一）: a back reference with labels but without 第 and 條.
    fn labels_after_back_reference(&mut self, line: &str, start: usize) {
        for (at, point) in
            line.char_indices().filter(|(_, c)| matches!(c, '該' | '该' | '同' | '此'))
        {
            let behind = &line[at + point.len_utf8()..];
            let folded = fold(&behind.chars().take(6).collect::<String>());
            let Some(kind) = KINDS.iter().find(|kind| folded.starts_with(**kind)) else { continue };
            let length: usize = behind.chars().take(kind.chars().count()).map(char::len_utf8).sum();
            let labels: String = behind[length..].chars().take(LONGEST_PLACE).collect();
            let begins_label = labels.starts_with(|c: char| {
                tiaowen_text::numeral::is_numeral(fold_char(c)) || "（(".contains(c)
            });
            let is_of_kind =
                |title: &&String| fold(tiaowen_query::bare_title(title)).ends_with(*kind);
            let title = self.seen.iter().rev().find(is_of_kind).or(self.seen.last()).cloned();
            let Some(title) = title.filter(|_| begins_label) else { continue };
            let named = format!("《{title}》{labels}");
            let Some(first) = references(&named).into_iter().next() else { continue };
            let Target::Named(citation) = first.to else { continue };
            let (citation, span) = with_last_number(&named, citation, first.span);
            let prefix = named.len() - labels.len();
            if citation.steps.is_empty() || span.start > 0 || span.end <= prefix {
                continue;
            }
            let end = at + point.len_utf8() + length + span.end - prefix;
            let span = shifted(&(at..end), start);
            let named = Named::Title(title);
            self.found.push(Mention {
                span,
                named,
                citation: Some(citation),
                is_back_reference: true,
            });
        }
    }

    /// The document named at the end of `before`, the byte at which the name begins, and whether it
    /// is a back reference.
    fn name_before(&self, before: &str) -> Option<(String, usize, bool)> {
        let folded = fold(before);
        let kind = KINDS.iter().find(|kind| folded.ends_with(**kind));
        if let Some(kind) = kind {
            let rest = &folded[..folded.len() - kind.len()];
            if let Some(point) = POINTS.iter().find(|point| rest.ends_with(**point)) {
                let is_of_kind =
                    |title: &&String| fold(tiaowen_query::bare_title(title)).ends_with(kind);
                let title = self.seen.iter().rev().find(is_of_kind).or(self.seen.last())?;
                let count = (point.chars().count() + kind.chars().count()).saturating_sub(1);
                let from = before.char_indices().rev().nth(count)?.0;
                return Some((title.clone(), from, true));
            }
        }
        // The longest title of the index that ends here.
        let run: Vec<(usize, char)> = before
            .char_indices()
            .rev()
            .take_while(|(_, c)| is_han(*c) || "（）()".contains(*c))
            .take(LONGEST_NAME)
            .collect();
        for (from, c) in run.iter().rev() {
            let name = &before[*from..];
            if "本该此同前".contains(fold_char(*c)) {
                continue;
            }
            // The end of another title (…管理法) is not a name by itself.
            let is_called = self.titles.is_title(name)
                || self.titles.is_called(name) && stands_alone(&before[..*from]);
            if name.chars().count() > 1 && is_called {
                return Some((name.to_owned(), *from, false));
            }
        }
        let kind = kind?;
        // A title that the index doesn't have.
        let name_from = run.iter().rev().map(|(from, _)| *from).next()?;
        let name = &before[name_from..];
        let folded_name = fold(name);
        let cut = BEFORE_NAME
            .iter()
            .filter_map(|word| folded_name.rfind(word).map(|at| at + word.len()))
            .filter(|at| *at < folded_name.len())
            .max();
        let skipped = cut.map_or(0, |at| folded_name[..at].chars().count());
        let (from, _) = name.char_indices().nth(skipped)?;
        let name = &name[from..];
        // 使用詐騙方法實施本解釋第二條 contains no name.
        let folded_name = fold(name);
        let stem = folded_name.strip_suffix(*kind).unwrap_or_default();
        let points = POINTS
            .iter()
            .chain(&["本", "其"])
            .any(|point| folded_name.starts_with(*point) || stem.ends_with(*point));
        let is_name = name.chars().count() > kind.chars().count() || kind.chars().count() > 2;
        (is_name && !points).then(|| (name.to_owned(), name_from + from, false))
    }

    /// Handles document numbers: 粵府函〔2017〕38號.
    fn numbers(&mut self, line: &str, start: usize) {
        for (open, mark) in line.match_indices(['〔', '［', '[', '（', '(']) {
            let inside = &line[open + mark.len()..];
            let year: String = inside.chars().take_while(char::is_ascii_digit).collect();
            let Some(close) = inside[year.len()..].chars().next() else { continue };
            if year.len() != 4 || !matches!(close, '〕' | '］' | ']' | '）' | ')') {
                continue;
            }
            let behind = &inside[year.len() + close.len_utf8()..];
            let rest = behind.trim_start_matches("第");
            let figures: String = rest.chars().take_while(char::is_ascii_digit).collect();
            let Some(last @ ('號' | '号')) = rest[figures.len()..].chars().next() else {
                continue;
            };
            if figures.is_empty() {
                continue;
            }
            let end = line.len() - rest.len() + figures.len() + last.len_utf8();
            let run: Vec<usize> = line[..open]
                .char_indices()
                .rev()
                .take_while(|(_, c)| is_han(*c))
                .take(12)
                .map(|(at, _)| at)
                .collect();
            let known =
                run.iter().rev().find(|from| !self.titles.numbered(&line[**from..end]).is_empty());
            let cut = |from: &&usize| {
                let name = fold(&line[**from..open]);
                !BEFORE_NAME.iter().any(|word| word.chars().count() > 1 && name.contains(word))
            };
            let Some(&from) = known.or_else(|| run.iter().take(6).take_while(cut).last()) else {
                continue;
            };
            // 見粵府函〔2017〕38號
            let first = line[from..].chars().next().filter(|_| known.is_none());
            let from = match first {
                Some(c) if "見见按依據据由即和及與与或在於于經经".contains(c) => {
                    from + c.len_utf8()
                }
                _ => from,
            };
            let span = shifted(&(from..end), start);
            if self.found[self.line..].iter().any(|mention| mention.span.contains(&span.start)) {
                continue;
            }
            let named = Named::Number(line[from..end].to_owned());
            self.found.push(Mention { span, named, citation: None, is_back_reference: false });
        }
    }
}

/// Extends a citation by the bare number at its end: 《…》三（二）1, 《…》六. Numbers that count something
/// (2017年, 三個) are no labels.
fn with_last_number(
    line: &str,
    citation: Citation,
    span: Range<usize>,
) -> (Citation, Range<usize>) {
    let behind = &line[span.end..];
    let is_figure = behind.starts_with(|c: char| c.is_ascii_digit());
    let is_alike = |c: &char| {
        c.is_ascii_digit() == is_figure && tiaowen_text::numeral::is_numeral(fold_char(*c))
    };
    let mut number: String = behind.chars().take_while(is_alike).collect();
    // 六72: a figure directly below a Han numeral.
    if !is_figure && !number.is_empty() {
        let figure = behind[number.len()..].chars().take_while(char::is_ascii_digit);
        number.extend(figure.collect::<Vec<char>>());
    }
    let next = &behind[number.len()..];
    let is_label = if is_figure {
        !next.starts_with(|c: char| "年月日號号元萬万億亿個个項项名次家人份天%％.．".contains(c))
    } else {
        let next = fold(&next.chars().take(2).collect::<String>());
        !next.starts_with(char::is_alphanumeric)
            || ["规定", "订明", "所载", "所列", "载明", "指出", "的规", "的内", "中", "明确"]
                .iter()
                .any(|word| next.starts_with(word))
    };
    let is_short = (1..=5).contains(&number.chars().count());
    // A label must follow the title directly.
    if !is_short || !is_label || citation.title.is_none() {
        return (citation, span);
    }
    let whole = span.start..span.end + number.len();
    match Citation::read(&line[whole.clone()]) {
        Some(longer) if longer.text.len() == whole.len() => (longer, whole),
        _ => (citation, span),
    }
}

/// Whether the text before a name ends with a word that can't be part of the name.
fn stands_alone(before: &str) -> bool {
    let folded = fold(before.trim_end());
    !folded.ends_with(is_han) || BEFORE_NAME.iter().any(|word| folded.ends_with(word))
}

/// The chapter of Hong Kong's laws at the beginning of a citation: 第571章.
fn chapter(text: &str, citation: &Citation) -> Option<String> {
    let (first, rest) = citation.steps.split_first()?;
    let is_figure = first.number.starts_with(|c: char| c.is_ascii_digit());
    let printed = text.split_once('章')?.0.trim_start_matches('第');
    let is_chapter = first.level == Some("chp") && is_figure && printed.trim().is_ascii();
    let has_section = rest.iter().any(|step| step.level == Some("art"));
    (is_chapter && has_section).then(|| format!("第{}章", printed.trim()))
}

fn shifted(span: &Range<usize>, by: usize) -> Range<usize> {
    span.start + by..span.end + by
}

/// The text inside each outermost pair of quotation marks, without the marks.
pub(crate) fn quotations(text: &str) -> Vec<Range<usize>> {
    /// A mark that isn't closed within so many bytes is not a quotation mark.
    const LONGEST: usize = 12_000;
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut open: Option<(usize, char, usize)> = None;
    for (at, c) in text.char_indices() {
        if open.is_some_and(|(from, close, _)| at - from > LONGEST || close == '"' && c == '\n') {
            open = None;
        }
        match (open, c) {
            (None, '「' | '『' | '“' | '‘' | '﹁' | '"') => {
                open = Some((at + c.len_utf8(), closing(c), 0));
            }
            (Some((from, close, depth)), c) if c == close => match depth {
                0 => {
                    found.push(from..at);
                    open = None;
                }
                _ => open = Some((from, close, depth - 1)),
            },
            (Some((from, close, depth)), c) if close != '"' && closing(c) == close => {
                open = Some((from, close, depth + 1));
            }
            _ => {}
        }
    }
    found
}

fn closing(c: char) -> char {
    match c {
        '「' => '」',
        '『' => '』',
        '“' => '”',
        '‘' => '’',
        '﹁' => '﹂',
        '"' => '"',
        _ => '\0',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let titles = Titles::default();
        let line = |mention: Mention| {
            let named = match mention.named {
                Named::Title(title) => title,
                Named::Number(number) => format!("#{number}"),
                Named::ThisText => "own".to_owned(),
            };
            format!("{} → {named}", &text[mention.span])
        };
        mentions(text, &titles, false).into_iter().map(line).collect()
    }

    #[test]
    fn citations_in_both_scripts() {
        for (text, expected) in [
            (
                "《道路條例》第三條規定，該條例第5條另有規定。",
                vec!["《道路條例》第三條 → 道路條例", "該條例第5條 → 道路條例"],
            ),
            (
                "《道路条例》第三条规定，该条例第5条另有规定。",
                vec!["《道路条例》第三条 → 道路条例", "该条例第5条 → 道路条例"],
            ),
            (
                "《合同法》第三條和《道路條例》第二條；同法第五條",
                vec![
                    "《合同法》第三條 → 合同法",
                    "《道路條例》第二條 → 道路條例",
                    "同法第五條 → 合同法",
                ],
            ),
            ("根據刑法第十二條的規定", vec!["刑法第十二條 → 刑法"]),
            ("根据刑法第十二条的规定", vec!["刑法第十二条 → 刑法"]),
            ("見粵府函〔2017〕38號。", vec!["粵府函〔2017〕38號 → #粵府函〔2017〕38號"]),
            (
                "《條例》（第571章）及第571章第12條",
                vec!["《條例》 → 條例", "第571章第12條 → #第571章"],
            ),
            ("《某計劃》三（二）1規定", vec!["《某計劃》三（二）1 → 某計劃"]),
            (
                "《某協議》訂明，該協議一（一）另有規定",
                vec!["《某協議》 → 某協議", "該協議一（一） → 某協議"],
            ),
            ("《某協議》訂明，該協議三年內有效", vec!["《某協議》 → 某協議"]),
            (
                "《某計劃》六規定，《某計劃》六）",
                vec!["《某計劃》六 → 某計劃", "《某計劃》六 → 某計劃"],
            ),
            (
                "《某計劃》三個月內，《某計劃》一方面",
                vec!["《某計劃》 → 某計劃", "《某計劃》 → 某計劃"],
            ),
            (
                "《實施〈某協議〉的計劃》六72）",
                vec!["《實施〈某協議〉的計劃》六72 → 實施〈某協議〉的計劃"],
            ),
            ("《某計劃》六72）", vec!["《某計劃》六72 → 某計劃"]),
            ("《某計劃》2017年完成", vec!["《某計劃》 → 某計劃"]),
            ("本協議第三條", vec!["本協議第三條 → own"]),
            ("第三條　雙方每年會面。", vec![]),
            ("第三次會議、第三方、二零一七年", vec![]),
            (
                "《框架合作協議》（以下簡稱《框架》）第一條，《框架》第二條",
                vec![
                    "《框架合作協議》 → 框架合作協議",
                    "第一條 → 框架合作協議",
                    "《框架》第二條 → 框架合作協議",
                ],
            ),
        ] {
            let found: Vec<String> = of(text);
            let found: Vec<&str> = found.iter().map(String::as_str).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn quotations_are_what_the_outer_marks_hold() {
        let of = |text: &'static str| -> Vec<&str> {
            quotations(text).into_iter().map(|span| &text[span]).collect()
        };
        assert_eq!(of("規定：「甲『乙』丙」及「丁」。"), ["甲『乙』丙", "丁"]);
        assert_eq!(of("规定：“甲‘乙’丙”及“丁”。"), ["甲‘乙’丙", "丁"]);
        assert_eq!(of("規定：\"甲乙\"，「丙「丁」」，「戊"), ["甲乙", "丙「丁」"]);
        assert_eq!(of("5\" 長\n“甲”"), ["甲"]);
    }
}
