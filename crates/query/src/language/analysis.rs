//! Analyses a query: its words and characters, the terms that other regions call differently, and
//! the numbers that can be written in other ways.
//!
//! A query is segmented like texts are, so that it yields the tokens of the index. On top of that,
//! function words are marked, since a clause need not contain them; and groups that a regional term
//! or a number spans are joined to one concept, so that coverage counts them once.

use std::iter::Peekable;
use std::ops::Range;
use std::vec::IntoIter;

use tiaowen_terms::{Occurrence, TermTable};
use tiaowen_text::{Segmenter, Unit, UnitKind, Units, Word, fold, is_han};

use crate::language::english::{english_terms, is_function_word};
use crate::language::numbers::{Written, document_numbers, numbers};
use crate::language::plan::in_a_row;
use crate::language::question::QuestionTerms;

/// A run of a query without white space or punctuation between its Han characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its units, folded, in order.
    pub units: Vec<String>,
    /// The position of each unit, as in the character field.
    pub positions: Vec<usize>,
    /// Its words and runs of other characters.
    pub groups: Vec<Group>,
    /// The terms and numbers in it that have other wordings.
    pub expansions: Vec<Expansion>,
    /// The numbers, dates and document numbers in it, in order.
    pub fixed: Vec<Fixed>,
    /// Its groups, joined where one meaning spans several, in order.
    pub concepts: Vec<Concept>,
    /// The whole part in other wordings: with other regions' terms, and with numbers written
    /// differently.
    pub wordings: Vec<Wording>,
}

impl Part {
    /// Some of its units with their positions from 0.
    pub(crate) fn row(&self, units: Range<usize>) -> impl Iterator<Item = (usize, &str)> {
        let first = self.positions[units.start];
        units.map(move |at| (self.positions[at] - first, self.units[at].as_str()))
    }
}

/// A number, a date, or a document number (〔2017〕38號), whose parts mean nothing by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// The units of the part that it spans.
    pub units: Range<usize>,
    /// Whether it is a document number.
    pub is_document_number: bool,
}

/// Groups that are required together: a single one, or all that a term of the table spans; with
/// other wordings that a clause may contain instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concept {
    /// The groups of the part that it spans.
    pub groups: Range<usize>,
    /// Other wordings, each as the pieces that are required.
    pub otherwise: Vec<Vec<Piece>>,
}

/// A text that is required.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The text, folded.
    pub text: String,
    /// Whether it is a word of the dictionary, and therefore a token of the word field.
    pub is_word: bool,
}

impl Piece {
    pub(crate) fn of(group: &Group) -> Self {
        Piece { text: group.text.clone(), is_word: group.is_word }
    }
}

/// A part of a query in another wording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// The analysis of that wording.
    pub analysis: Analysis,
    /// The terms and numbers that are replaced in it.
    pub terms: Vec<Reworded>,
}

/// Why a part of a query is also searched in another wording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rewording {
    /// A number or date, written differently but with the same value.
    Number,
    /// A term with its equivalents in other regions.
    Regional,
    /// An English term with its Chinese equivalents.
    English,
}

impl Rewording {
    /// All values.
    pub const ALL: [Rewording; 3] = [Rewording::Number, Rewording::Regional, Rewording::English];

    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Rewording::Number => "number",
            Rewording::Regional => "regional",
            Rewording::English => "english",
        }
    }
}

/// A term or number in another wording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reworded {
    /// The text as typed.
    pub typed: String,
    /// The text that replaces it.
    pub other: String,
    /// The reason for the other wording.
    pub kind: Rewording,
}

/// A term of a query with its equivalents in other regions, or in Chinese.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expansion {
    /// The units of the part that it spans.
    pub units: Range<usize>,
    /// The term as it was typed.
    pub typed: String,
    /// The equivalents, as the term table prints them, each analysed like a query.
    pub alternatives: Vec<(String, Analysis)>,
    /// What the alternatives are.
    pub kind: Rewording,
}

/// The unit of matching: a word, a Latin word, a figure, or a run of characters that form no word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The units of the part that it spans.
    pub units: Range<usize>,
    /// Its folded text.
    pub text: String,
    /// Whether it is a word of the dictionary, and therefore a token of the word field.
    pub is_word: bool,
    /// The words inside it, folded.
    pub inner: Vec<String>,
    /// Whether it is a function word (的, 可以, 什么), which isn't required.
    pub is_function: bool,
}

/// An analysed query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Analysis {
    /// Its parts, in order.
    pub parts: Vec<Part>,
    /// All its units with their positions from 0.
    pub whole: Vec<(usize, String)>,
    /// Whether it is a question.
    pub is_question: bool,
    /// Terms that are searched beside the words of a question.
    pub(crate) question: QuestionTerms,
    /// Whether it has more numbers and terms than are searched in other wordings.
    pub is_limited: bool,
    /// Its terms that have only a near equivalent in other regions, which isn't searched.
    pub nearest: Vec<NearestTerm>,
}

/// A term without an exact equivalent in other regions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearestTerm {
    /// The term as it was typed.
    pub typed: String,
    /// The nearest equivalents, as the term table prints them.
    pub others: Vec<String>,
}

/// The most numbers and terms of a query that are searched in other wordings. A pasted clause has
/// some dozen, and each adds all its wordings to the query.
pub(crate) const MOST_EXPANSIONS: usize = 32;

/// Function words, folded.
const FUNCTION_WORDS: &[&str] = &[
    "的", "了", "在", "是", "有", "和", "与", "及", "或", "等", "对", "为", "以", "把", "被", "从",
    "到", "向", "就", "都", "而", "其", "之", "这", "那", "此", "该", "于", "由", "并", "关于",
    "有关", "以及", "对于",
];

/// Question words and what goes with them, folded. They are ignored in questions.
const QUESTION_WORDS: &[&str] = &[
    "吗",
    "呢",
    "吧",
    "什么",
    "为什么",
    "如何",
    "怎样",
    "怎么",
    "怎么样",
    "哪些",
    "哪个",
    "哪里",
    "哪",
    "几",
    "谁",
    "多少",
    "多长",
    "多久",
    "多大",
    "是否",
    "能否",
    "可否",
    "有没有",
    "请问",
    "可",
    "可以",
    "能",
    "能够",
    "会",
    "要",
    "需",
    "需要",
    "获",
    "获得",
    "得到",
    "可获",
    "应",
    "应该",
    "有多",
    "长",
    "多",
    "些",
    "么",
    "何",
    "何时",
    "何地",
    "时候",
    "多长时间",
    "我",
    "你",
    "您",
];

impl Analysis {
    /// Analyses `query`, and looks up its terms in `terms`.
    pub fn of(query: &str, segmenter: &Segmenter, terms: Option<&TermTable>) -> Self {
        Analysis::cut(query, segmenter, terms, true)
    }

    /// Analyses `query`; with `reword`, also its other wordings.
    fn cut(query: &str, segmenter: &Segmenter, terms: Option<&TermTable>, reword: bool) -> Self {
        let units = Units::of(query);
        let folded = fold(query);
        let is_question = asks_a_question(query, &folded);
        let words = segmenter.words(&units);
        let all: Vec<String> =
            units.as_slice().iter().map(|unit| units.folded(unit).to_owned()).collect();
        // Numbers are read from the whole query, as marks and spaces inside a figure don't separate
        // anything.
        let numbers = numbers(query, units.as_slice(), &all);
        let english = terms.map(|table| english_terms(query, &units, table)).unwrap_or_default();
        let whole = numbers.iter().map(|number| &number.units);
        let whole = whole.chain(english.iter().map(|(units, _)| units));
        let spans = part_spans(query, units.as_slice(), whole);
        let mut reader = PartReader {
            query,
            folded: &folded,
            units: &units,
            folded_units: &all,
            words: &words,
            segmenter,
            terms,
            reword,
            numbers: numbers.into_iter().peekable(),
            english: english.into_iter().peekable(),
            left: MOST_EXPANSIONS,
            is_limited: false,
            nearest: Vec::new(),
        };
        let parts = spans.into_iter().map(|span| reader.part(span)).collect();
        let PartReader { is_limited, mut nearest, .. } = reader;
        nearest.dedup();
        let question = if is_question && terms.is_some() {
            QuestionTerms::of(&folded)
        } else {
            QuestionTerms::default()
        };
        let whole = in_a_row(query);
        let mut analysis = Analysis { parts, whole, is_question, question, is_limited, nearest };
        analysis.mark_function_words();
        analysis
    }

    /// Analyses a text that is searched as typed: one group, without other wordings.
    pub fn phrase(text: &str) -> Self {
        let units = Units::of(text);
        let slice = units.as_slice();
        let Some(first) = slice.first() else {
            return Analysis::default();
        };
        let part = Part {
            units: slice.iter().map(|unit| units.folded(unit).to_owned()).collect(),
            positions: slice.iter().map(|unit| unit.position - first.position).collect(),
            groups: vec![group(&units, 0..slice.len(), 0, false, Vec::new())],
            expansions: Vec::new(),
            fixed: Vec::new(),
            concepts: vec![Concept { groups: 0..1, otherwise: Vec::new() }],
            wordings: Vec::new(),
        };
        Analysis { parts: vec![part], whole: in_a_row(text), ..Analysis::default() }
    }

    /// Marks function words, unless nothing else is left.
    fn mark_function_words(&mut self) {
        let is_question = self.is_question;
        if self.groups().any(|group| !group.has_only_function_words(is_question)) {
            for group in self.parts.iter_mut().flat_map(|part| &mut part.groups) {
                group.is_function = group.has_only_function_words(is_question);
            }
        }
        self.mark_english_function_words();
    }

    /// Marks English function words beside English terms, since the Chinese equivalents have none.
    /// Function words inside a term are part of it.
    fn mark_english_function_words(&mut self) {
        if !self.has_english() {
            return;
        }
        for Part { groups, expansions, .. } in &mut self.parts {
            for group in groups.iter_mut().filter(|group| is_function_word(&group.text)) {
                let mut terms = expansions.iter();
                group.is_function |= !terms.any(|term| term.units.contains(&group.units.start));
            }
        }
    }

    /// Whether some English terms are also searched in Chinese.
    pub(crate) fn has_english(&self) -> bool {
        let mut expansions = self.parts.iter().flat_map(|part| &part.expansions);
        expansions.any(|expansion| expansion.kind == Rewording::English)
    }

    /// All groups, in order.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.parts.iter().flat_map(|part| &part.groups)
    }

    /// Whether there is nothing to search for.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

/// Whether a query asks a question. `folded` is the folded query.
fn asks_a_question(query: &str, folded: &str) -> bool {
    const ASKING: [&str; 14] = [
        "什么", "如何", "怎", "哪", "多少", "多长", "多久", "是否", "能否", "可否", "吗", "为何",
        "几时", "谁",
    ];
    query.contains(['？', '?']) || ASKING.iter().any(|word| folded.contains(word))
}

/// The units of each part of a query. No part ends inside one of the ranges of `whole`: a number, or
/// an English term of several words.
fn part_spans<'a>(
    query: &str,
    units: &[Unit],
    whole: impl Iterator<Item = &'a Range<usize>>,
) -> Vec<Range<usize>> {
    let mut is_inside = vec![false; units.len() + 1];
    for range in whole {
        is_inside[range.start + 1..range.end].fill(true);
    }
    let mut spans = Vec::new();
    let mut start = 0;
    for end in 1..=units.len() {
        let is_end = end == units.len() || is_part_end(query, &units[end - 1], &units[end]);
        if is_end && !is_inside[end] {
            spans.push(start..end);
            start = end;
        }
    }
    spans
}

/// Whether a part ends between two adjacent units: at punctuation, or at white space that isn't
/// typography.
fn is_part_end(query: &str, before: &Unit, after: &Unit) -> bool {
    let between = &query[before.end..after.start];
    // A space between a figure and Han characters is typography: 2017 年. So is one after a
    // bracket: (2017) 38號.
    let is_typography = before.kind != after.kind && between.chars().all(char::is_whitespace)
        || between.trim_start().starts_with([')', '）', '〕', ']', '］']);
    after.position != before.position + 1 || between.contains(char::is_whitespace) && !is_typography
}

/// Analyses the parts of a query, one after another.
struct PartReader<'a> {
    query: &'a str,
    /// The folded query.
    folded: &'a str,
    units: &'a Units,
    folded_units: &'a [String],
    words: &'a [Word],
    segmenter: &'a Segmenter,
    terms: Option<&'a TermTable>,
    reword: bool,
    /// The numbers of the query that are not in a part yet.
    numbers: Peekable<IntoIter<Written>>,
    /// The English terms of the query that are not in a part yet.
    english: Peekable<IntoIter<(Range<usize>, Occurrence)>>,
    /// The number of expansions left.
    left: usize,
    is_limited: bool,
    nearest: Vec<NearestTerm>,
}

impl PartReader<'_> {
    fn part(&mut self, span: Range<usize>) -> Part {
        let slice = &self.units.as_slice()[span.clone()];
        let first = slice[0].position;
        let positions: Vec<usize> = slice.iter().map(|unit| unit.position - first).collect();
        let folded = self.folded_units[span.clone()].to_vec();
        let groups = self.groups(&span);
        let written = self.numbers_in(&span);
        let mut fixed: Vec<Fixed> = written
            .iter()
            .map(|written| Fixed { units: written.units.clone(), is_document_number: false })
            .collect();
        fixed.extend(document_numbers(&folded));
        fixed.sort_by_key(|fixed| fixed.units.start);
        let expansions = self.expansions(&span, &folded, &groups, written);
        Part {
            concepts: concepts((&folded, &positions), &groups, &expansions, &fixed, self.segmenter),
            fixed,
            wordings: wordings((&folded, &positions), &expansions, self.segmenter),
            expansions,
            units: folded,
            positions,
            groups,
        }
    }

    /// The outermost words of a part, and the characters between them.
    fn groups(&self, span: &Range<usize>) -> Vec<Group> {
        let slice = self.units.as_slice();
        let outer =
            self.words.iter().filter(|word| !word.inner && span.contains(&word.units.start));
        let mut outer: Vec<Range<usize>> = outer.map(|word| word.units.clone()).collect();
        outer.dedup();
        let mut groups = Vec::new();
        let mut covered = span.start;
        for word in outer.into_iter().chain(std::iter::once(span.end..span.end)) {
            // Characters outside words: Latin words one by one, runs of Han characters as a whole.
            let mut at = covered;
            while at < word.start {
                let is_han = |unit: &&Unit| unit.kind == UnitKind::Han;
                let run = slice[at..word.start].iter().take_while(is_han).count();
                let length = run.max(1);
                groups.push(group(self.units, at..at + length, span.start, false, Vec::new()));
                at += length;
            }
            if !word.is_empty() {
                covered = word.end;
                let inner = self.inner_words(&word);
                groups.push(group(self.units, word, span.start, true, inner));
            }
        }
        groups
    }

    /// The words inside a word, folded.
    fn inner_words(&self, word: &Range<usize>) -> Vec<String> {
        let is_inside = |other: &&Word| {
            other.inner && word.start <= other.units.start && other.units.end <= word.end
        };
        let inner = self.words.iter().filter(is_inside);
        inner.map(|other| self.units.folded_run(other.units.clone()).to_owned()).collect()
    }

    /// Takes the numbers in a part, with ranges that count from its first unit.
    fn numbers_in(&mut self, span: &Range<usize>) -> Vec<Written> {
        let mut written = Vec::new();
        while let Some(number) = self.numbers.next_if(|number| number.units.end <= span.end) {
            let units = number.units.start - span.start..number.units.end - span.start;
            written.push(Written { units, ..number });
        }
        written
    }

    /// Takes the English terms in a part, with ranges that count from its first unit.
    fn english_in(&mut self, span: &Range<usize>) -> Vec<(Range<usize>, Occurrence)> {
        let mut terms = Vec::new();
        while let Some((units, term)) = self.english.next_if(|(units, _)| units.end <= span.end) {
            terms.push((units.start - span.start..units.end - span.start, term));
        }
        terms
    }

    /// The other wordings of the terms and numbers in a part, as far as the limit allows.
    fn expansions(
        &mut self,
        span: &Range<usize>,
        folded: &[String],
        groups: &[Group],
        mut written: Vec<Written>,
    ) -> Vec<Expansion> {
        let english = self.english_in(span);
        let (query, slice) = (self.query, &self.units.as_slice()[span.clone()]);
        let typed = |units: Range<usize>| match &slice[units] {
            [] => String::new(),
            units => query[units[0].start..units[units.len() - 1].end].to_owned(),
        };
        let mut found = Vec::new();
        if let Some(table) = self.terms {
            let terms = term_occurrences(folded, self.folded, groups, table);
            let offered = terms.iter().filter(|(_, term)| !term.nearest.is_empty());
            self.nearest.extend(offered.map(|(units, term)| NearestTerm {
                typed: typed(units.clone()),
                others: term.nearest.clone(),
            }));
            found = expansions(terms, Rewording::Regional, self.segmenter, &typed);
            found.extend(expansions(english, Rewording::English, self.segmenter, &typed));
            found.sort_by_key(|expansion| expansion.units.start);
        }
        if !self.reword {
            written.clear();
        }
        self.is_limited |= found.len() + written.len() > self.left;
        found.truncate(self.left);
        written.truncate(self.left - found.len());
        self.left -= found.len() + written.len();
        found.extend(written.into_iter().map(|written| {
            let ways = written.otherwise.into_iter();
            Expansion {
                typed: typed(written.units.clone()),
                units: written.units,
                alternatives: ways.map(|way| (way.clone(), Analysis::phrase(&way))).collect(),
                kind: Rewording::Number,
            }
        }));
        found
    }
}

/// The terms of the table in a part, with the units that each spans. A term inside a longer word
/// counts only if the rest of that word consists of words: 代理 in 专利代理人 doesn't count.
fn term_occurrences(
    units: &[String],
    whole: &str,
    groups: &[Group],
    table: &TermTable,
) -> Vec<(Range<usize>, Occurrence)> {
    // The character at which each unit begins.
    let mut starts = vec![0];
    for unit in units {
        starts.push(starts[starts.len() - 1] + unit.chars().count());
    }
    let occurrences = table.find_within(&units.concat(), whole).into_iter().filter_map(|found| {
        let start = starts.binary_search(&found.start).ok()?;
        let end = starts.binary_search(&found.end).ok()?;
        let cuts_word = groups.iter().any(|group| {
            let inside = |at: usize| group.units.start < at && at < group.units.end;
            let cut = |at: usize| group.is_word && inside(at);
            // 转介 in 病历转介 counts, as the rest of the longer word is a word as well.
            let whole = |range: Range<usize>| {
                range.is_empty() || group.inner.contains(&units[range].concat())
            };
            let parts = group.units.start <= start
                && end <= group.units.end
                && whole(group.units.start..start)
                && whole(end..group.units.end);
            (cut(start) || cut(end)) && !parts
        });
        (!cuts_word).then_some((start..end, found))
    });
    occurrences.collect()
}

/// The expansions of terms with equivalents, which are analysed like queries.
fn expansions(
    terms: Vec<(Range<usize>, Occurrence)>,
    kind: Rewording,
    segmenter: &Segmenter,
    typed: &dyn Fn(Range<usize>) -> String,
) -> Vec<Expansion> {
    let cut = |text: String| {
        let analysis = Analysis::cut(&text, segmenter, None, false);
        (text, analysis)
    };
    let widened = terms.into_iter().filter(|(_, term)| !term.alternatives.is_empty());
    widened
        .map(|(units, term)| Expansion {
            typed: typed(units.clone()),
            units,
            alternatives: term.alternatives.into_iter().map(cut).collect(),
            kind,
        })
        .collect()
}

/// Units joined to one text that is segmented into the same units again, with the marks and spaces
/// that separate figures (2025-3-1, 2 000).
pub(crate) fn joined(units: &[String], positions: &[usize], range: Range<usize>) -> String {
    let mut text = String::new();
    for at in range.clone() {
        if at > range.start {
            let ends_word = text.ends_with(|c| !is_han(c));
            if positions[at] > positions[at - 1] + 1 {
                text.push('-');
            } else if ends_word && units[at].starts_with(|c| !is_han(c)) {
                text.push(' ');
            }
        }
        text.push_str(&units[at]);
    }
    text
}

/// The groups of a part, joined where an expansion spans or touches several.
fn concepts(
    (units, positions): (&[String], &[usize]),
    groups: &[Group],
    expansions: &[Expansion],
    fixed: &[Fixed],
    segmenter: &Segmenter,
) -> Vec<Concept> {
    // Marks units that belong with the one before, since an expansion spans both. Consecutive
    // groups are joined if the first unit of the second is marked.
    let mut is_bound = vec![false; units.len()];
    let reaching = expansions.iter().map(|expansion| &expansion.units);
    for range in reaching.chain(fixed.iter().map(|fixed| &fixed.units)) {
        is_bound[range.start + 1..range.end].fill(true);
    }
    let mut concepts: Vec<Concept> = Vec::new();
    let mut at = 0;
    while at < groups.len() {
        let mut span = groups[at].units.clone();
        let mut end = at + 1;
        let touches = |range: &Range<usize>, span: &Range<usize>| {
            range.start < span.end && span.start < range.end
        };
        while let Some(group) = groups.get(end) {
            if !is_bound[group.units.start] {
                break;
            }
            span.end = group.units.end;
            end += 1;
        }
        let mut otherwise = Vec::new();
        for expansion in expansions.iter().filter(|expansion| touches(&expansion.units, &span)) {
            for (text, _) in &expansion.alternatives {
                let before = joined(units, positions, span.start..expansion.units.start);
                let after = joined(units, positions, expansion.units.end..span.end);
                let text = format!("{before}{text}{after}");
                // A date or number must occur as a whole; the words of a term may be apart.
                let wording = if expansion.kind == Rewording::Number {
                    vec![Piece { text: fold(&text), is_word: false }]
                } else {
                    let reworded = Analysis::cut(&text, segmenter, None, false);
                    let required = reworded.groups().filter(|group| !group.is_function);
                    required.map(Piece::of).collect()
                };
                otherwise.push(wording);
            }
        }
        concepts.push(Concept { groups: at..end, otherwise });
        at = end;
    }
    concepts
}

/// The most wordings of a part.
const MOST_WORDINGS: usize = 16;

/// The wordings of a part with its expansions: each alone, and combinations up to
/// [`MOST_WORDINGS`].
fn wordings(
    (units, positions): (&[String], &[usize]),
    expansions: &[Expansion],
    segmenter: &Segmenter,
) -> Vec<Wording> {
    // Sets of alternatives that don't overlap; those with the fewest come first.
    let mut chosen: Vec<Vec<(usize, usize)>> = vec![Vec::new()];
    for (at, expansion) in expansions.iter().enumerate() {
        for earlier in 0..chosen.len() {
            let free = chosen[earlier].iter().all(|&(other, _)| {
                let other = &expansions[other].units;
                other.end <= expansion.units.start || expansion.units.end <= other.start
            });
            for way in 0..expansion.alternatives.len() {
                if free {
                    let mut more = chosen[earlier].clone();
                    more.push((at, way));
                    chosen.push(more);
                }
            }
        }
        // Alternatives of one term come before combinations.
        chosen.sort_by_key(Vec::len);
        chosen.truncate(4 * MOST_WORDINGS);
    }
    let chosen = chosen.into_iter().skip(1).take(MOST_WORDINGS);
    chosen.map(|choice| reworded(units, positions, expansions, choice, segmenter)).collect()
}

/// A part with a choice of alternatives: each an expansion and one of its alternatives.
fn reworded(
    units: &[String],
    positions: &[usize],
    expansions: &[Expansion],
    mut choice: Vec<(usize, usize)>,
    segmenter: &Segmenter,
) -> Wording {
    choice.sort_by_key(|&(at, _)| expansions[at].units.start);
    let (mut text, mut from) = (String::new(), 0);
    let mut terms = Vec::with_capacity(choice.len());
    for (at, way) in choice {
        let expansion = &expansions[at];
        let other = &expansion.alternatives[way].0;
        text.push_str(&joined(units, positions, from..expansion.units.start));
        text.push_str(other);
        from = expansion.units.end;
        let (typed, other) = (expansion.typed.clone(), other.clone());
        terms.push(Reworded { typed, other, kind: expansion.kind });
    }
    text.push_str(&joined(units, positions, from..units.len()));
    Wording { analysis: Analysis::cut(&text, segmenter, None, false), terms }
}

/// Whether a text is a function word; in questions, question words are.
fn is_function_text(text: &str, is_question: bool) -> bool {
    FUNCTION_WORDS.contains(&text) || is_question && QUESTION_WORDS.contains(&text)
}

impl Group {
    /// Whether it is a function word, or a run of single characters that are (的有).
    fn has_only_function_words(&self, is_question: bool) -> bool {
        let is_function = |c: char| is_function_text(c.encode_utf8(&mut [0; 4]), is_question);
        is_function_text(&self.text, is_question)
            || !self.is_word && self.text.chars().all(is_function)
    }
}

fn group(
    units: &Units,
    range: Range<usize>,
    first: usize,
    is_word: bool,
    inner: Vec<String>,
) -> Group {
    let slice = &units.as_slice()[range.clone()];
    let text = slice.iter().map(|unit| units.folded(unit)).collect();
    Group {
        units: range.start - first..range.end - first,
        text,
        is_word,
        inner,
        is_function: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(query: &str) -> Vec<String> {
        let analysis = Analysis::of(query, Segmenter::shared(), None);
        let shown = |part: &Part| {
            let groups = part.groups.iter().filter(|group| !group.is_function);
            groups.map(|group| group.text.as_str()).collect::<Vec<_>>().join("+")
        };
        analysis.parts.iter().map(shown).filter(|part| !part.is_empty()).collect()
    }

    #[test]
    fn parts_and_groups_are_alike_in_both_scripts() {
        for (hant, hans, expected) in [
            ("知識產權 保護", "知识产权 保护", &["知识产权", "保护"][..]),
            ("CEPA服務貿易協議", "CEPA服务贸易协议", &["cepa+服务贸易协议"]),
            ("協議的有效期有多長？", "协议的有效期有多长?", &["协议+有效期"]),
            ("2,000 萬港元", "2,000万港元", &["2,000+万港元"]),
            ("橋", "桥", &["桥"]),
            ("的", "的", &["的"]),
        ] {
            assert_eq!(groups(hant), expected, "{hant}");
            assert_eq!(groups(hans), expected, "{hans}");
        }
    }

    #[test]
    fn terms_inside_longer_words_are_left_alone() {
        let table = TermTable::parse(
            "署理\t代理\t\tgovernment\tboth\tknown\n質素\t素质\t\tgeneral\tboth\tknown",
        )
        .unwrap();
        let typed = |query: &str| -> Vec<String> {
            let analysis = Analysis::of(query, Segmenter::shared(), Some(&table));
            analysis
                .parts
                .iter()
                .flat_map(|part| &part.expansions)
                .map(|e| e.typed.clone())
                .collect()
        };
        assert_eq!(typed("专利代理人"), Vec::<String>::new());
        assert_eq!(typed("代理厅长"), ["代理"]);
        assert_eq!(typed("旅遊業質素"), ["質素"]);
    }

    #[test]
    fn a_query_of_numbers_grows_by_some_of_them_only() {
        let numbers =
            |many: usize| (0..many).map(|n| format!("{} ", 12_340 + n)).collect::<String>();
        let cut = |many| Analysis::of(&numbers(many), Segmenter::shared(), None);
        let expansions = |analysis: &Analysis| -> usize {
            analysis.parts.iter().map(|part| part.expansions.len()).sum()
        };
        let (few, many) = (cut(MOST_EXPANSIONS), cut(150));
        assert_eq!((expansions(&few), few.is_limited), (MOST_EXPANSIONS, false));
        assert_eq!((expansions(&many), many.is_limited), (MOST_EXPANSIONS, true));
    }

    #[test]
    fn nothing_to_look_for() {
        assert!(Analysis::of("，。！ 「」", Segmenter::shared(), None).is_empty());
        assert!(Analysis::of("", Segmenter::shared(), None).is_empty());
    }
}
