//! The query language: it separates the text of a query from its operators, fields and exclusions.
//!
//! | written | means |
//! |---|---|
//! | `知識產權 保護` | clauses that contain both words; if few do, also some that contain a part |
//! | `"知識產權保護"`, `「…」`, `“…”` | exactly these characters in a row, without regional equivalents |
//! | `"知識產權 保護"~5` | these words with at most five characters between them, in any order |
//! | `教育 OR 培訓`, `教育 \| 培訓` | either word |
//! | `-培訓`, `NOT 培訓` | clauses that don't contain the word |
//! | `(教育 OR 培訓) 交流` | brackets group |
//! | `CEP*` | Latin words and figures with this prefix |
//! | `title:` `number:` `kind:` `party:` `place:` `unit:` `script:` `date:2015..2017` `label:12` | narrows to documents or labels |
//! | `exact:質素` | in the script typed only |
//!
//! Full-width marks work like half-width ones. Reading never fails: an unmatched bracket or
//! quotation mark is ignored, a field with an invalid value is reported, and the rest is searched.

use std::fmt;

use tiaowen_corpus::DocumentKind;
use tiaowen_text::{Script, fold};

/// A part of a query that a clause must or must not contain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// Words, segmented like texts.
    Text(String),
    /// Characters in a row.
    Phrase(String),
    /// All of these words with at most so many characters between them.
    Near(Vec<String>, u32),
    /// The beginning of a Latin word or figure.
    Prefix(String),
    /// Any of these.
    Any(Vec<Node>),
    /// All of these.
    All(Vec<Node>),
    /// Not this.
    Not(Box<Node>),
}

/// A restriction to some documents or clauses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Restriction {
    /// Words of the title.
    Title(String),
    /// Parts of the document's number.
    Number(String),
    /// The document's kind.
    Kind(DocumentKind),
    /// A body that signs or issues.
    Party(String),
    /// Where it was signed.
    Place(String),
    /// A responsible unit.
    Unit(String),
    /// The script it is printed in.
    Script(Script),
    /// From and to, either open.
    Date(Option<String>, Option<String>),
    /// The number of the clause's label.
    Label(String),
}

/// A parsed query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Syntax {
    /// The free text.
    pub text: String,
    /// Further requirements.
    pub required: Vec<Node>,
    /// Exclusions.
    pub excluded: Vec<Node>,
    /// Restrictions to documents and clauses.
    pub restrictions: Vec<Restriction>,
    /// The parts that could not be read.
    pub misread: Vec<Misread>,
}

/// A part of a query that could not be read. Positions are in characters, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misread {
    /// A closing bracket without an opening one.
    Closing {
        /// Its position.
        at: usize,
    },
    /// An opening bracket without a closing one.
    Opening {
        /// Its position.
        at: usize,
    },
    /// An unmatched quotation mark.
    Quote {
        /// The mark.
        mark: char,
        /// Its position.
        at: usize,
    },
    /// A field without a value.
    Empty {
        /// The field's name.
        field: &'static str,
    },
    /// A field with an invalid value.
    Value {
        /// The field's name: `kind`, `script`, `date` or `label`.
        field: &'static str,
        /// The value as typed.
        value: String,
    },
}

impl fmt::Display for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Misread::Closing { at } => {
                write!(f, "the closing bracket at character {at} has no opening bracket")
            }
            Misread::Opening { at } => {
                write!(f, "the opening bracket at character {at} has no closing bracket")
            }
            Misread::Quote { mark, at } => write!(f, "{mark} at character {at} is not closed"),
            Misread::Empty { field } => write!(f, "{field}: has no value"),
            Misread::Value { field, value } => {
                let may = match *field {
                    "kind" => "agreement, memorandum, law …",
                    "script" => "hant or hans",
                    "date" => "2017, 2017-11 or 2015..2017",
                    _ => "12, 第十二條, （三） or a",
                };
                write!(f, "{field}: can't be '{value}'; allowed: {may}")
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Quoted(String),
    /// Words, with the most characters that may be between them.
    Near(String, u32),
    Field(&'static str, String),
    Or,
    And,
    Not,
    /// The position in characters, from 1.
    Open(usize),
    Close(usize),
}

const FIELDS: [&str; 10] =
    ["title", "number", "kind", "party", "place", "unit", "script", "date", "label", "exact"];
/// Brackets nested deeper than this are ignored.
const DEEPEST: usize = 32;

impl Syntax {
    /// Reads a query. Never fails; parts that can't be read are listed in `misread`.
    ///
    /// ```
    /// use tiaowen_query::{Node, Syntax};
    /// let syntax = Syntax::read("交流 “知識產權” -培訓 （");
    /// assert_eq!(syntax.text, "交流");
    /// assert_eq!(syntax.required, [Node::Phrase("知識產權".into())]);
    /// assert_eq!(syntax.excluded, [Node::Text("培訓".into())]);
    /// assert_eq!(syntax.misread.len(), 1);
    /// ```
    pub fn read(query: &str) -> Syntax {
        let mut syntax = Syntax::default();
        let tokens = tokens(query, &mut syntax.misread);
        let is_plain = |token: &Token| match token {
            Token::Word(text) => !text.ends_with(['*', '＊']),
            token => matches!(token, Token::Open(_) | Token::Close(_)),
        };
        if tokens.iter().all(is_plain) && syntax.misread.is_empty() {
            query.trim().clone_into(&mut syntax.text);
            syntax.misread = unmatched(&tokens);
            return syntax;
        }
        // Without operators, brackets are punctuation: (2017) 38號.
        let operators = tokens.iter().any(|token| {
            matches!(
                token,
                Token::Or | Token::Not | Token::Quoted(_) | Token::Near(..) | Token::Field(..)
            )
        });
        let tokens: Vec<Token> = tokens
            .into_iter()
            .filter(|token| operators || !matches!(token, Token::Open(_) | Token::Close(_)))
            .collect();
        let stray = unmatched(&tokens);
        syntax.misread.extend(stray);
        let mut reader = Reader { tokens: &tokens, at: 0, syntax: &mut syntax };
        let nodes = reader.sequence(0);
        for node in nodes {
            match node {
                Node::Text(text) => {
                    if !syntax.text.is_empty() {
                        syntax.text.push(' ');
                    }
                    syntax.text.push_str(&text);
                }
                Node::Not(node) => syntax.excluded.push(*node),
                // A repeated requirement adds nothing.
                node if syntax.required.contains(&node) => {}
                node => syntax.required.push(node),
            }
        }
        syntax
    }
}

/// Quotation marks that also emphasise words, which no text may contain as a phrase. Straight ones
/// are only typed to ask for a phrase.
const PRINTED_MARKS: [char; 6] = ['“', '”', '「', '」', '『', '』'];

/// The query without quotation marks that may be emphasis. `None` if it has none.
pub(crate) fn without_emphasis(query: &str) -> Option<String> {
    query.contains(PRINTED_MARKS).then(|| query.replace(PRINTED_MARKS, ""))
}

/// The unmatched brackets.
fn unmatched(tokens: &[Token]) -> Vec<Misread> {
    let mut open = Vec::new();
    let mut misread = Vec::new();
    for token in tokens {
        match token {
            Token::Open(at) => open.push(*at),
            Token::Close(at) if open.pop().is_none() => {
                misread.push(Misread::Closing { at: *at });
            }
            _ => {}
        }
    }
    // One report stands for any number of them.
    misread.extend(open.first().map(|&at| Misread::Opening { at }));
    misread
}

fn tokens(query: &str, misread: &mut Vec<Misread>) -> Vec<Token> {
    let chars: Vec<char> = query.chars().collect();
    let mut scanner = Scanner {
        last_close: chars.iter().rposition(|c| *c == '》'),
        chars: &chars,
        at: 0,
        depth: 0,
        unclosed: Vec::new(),
        word: String::new(),
        tokens: Vec::new(),
        misread,
    };
    while scanner.at < chars.len() {
        scanner.step();
    }
    scanner.end_word();
    scanner.tokens
}

/// Divides a query into tokens.
struct Scanner<'a> {
    chars: &'a [char],
    at: usize,
    /// The number of open 《.
    depth: usize,
    last_close: Option<usize>,
    /// Kinds of marks that are known to be unmatched, so that each is searched for once.
    unclosed: Vec<char>,
    /// The word so far.
    word: String,
    tokens: Vec<Token>,
    misread: &'a mut Vec<Misread>,
}

impl Scanner<'_> {
    fn end_word(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.word);
        self.tokens.push(match text.as_str() {
            "OR" | "|" | "｜" | "ＯＲ" => Token::Or,
            "AND" | "&" | "ＡＮＤ" => Token::And,
            "NOT" | "ＮＯＴ" => Token::Not,
            _ => Token::Word(text),
        });
    }

    fn step(&mut self) {
        let c = self.chars[self.at];
        match c {
            '《' => self.depth += 1,
            '》' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        // Inside 《》, a quotation mark is part of the title.
        let is_title = self.depth > 0 && self.last_close.is_some_and(|close| self.at < close);
        match closing_marks(c).filter(|_| !is_title) {
            Some(closing) => self.quotation(c, closing),
            None => self.character(c),
        }
    }

    /// Reads a text in quotation marks, with `~N` after it. `closing` are the marks that end it.
    fn quotation(&mut self, open: char, closing: [char; 2]) {
        self.end_word();
        let inside = &self.chars[self.at + 1..];
        let length = match self.unclosed.contains(&closing[0]) {
            true => None,
            false => inside.iter().position(|c| closing.contains(c)),
        };
        let Some(length) = length else {
            // One report stands for any number of them.
            if !self.unclosed.contains(&closing[0]) {
                self.misread.push(Misread::Quote { mark: open, at: self.at + 1 });
                self.unclosed.push(closing[0]);
            }
            self.at += 1;
            return;
        };
        let text: String = inside[..length].iter().collect();
        let text = text.trim().to_owned();
        self.at += length + 2;
        let within = self.distance();
        match within {
            _ if text.is_empty() => {}
            Some(within) => self.tokens.push(Token::Near(text, within)),
            None => self.tokens.push(Token::Quoted(text)),
        }
    }

    /// Reads the distance after a quotation: `~5`.
    fn distance(&mut self) -> Option<u32> {
        let (Some('~' | '～'), rest) = (self.chars.get(self.at), &self.chars[self.at..]) else {
            return None;
        };
        let folded = rest[1..].iter().map(|c| tiaowen_text::fold_char(*c));
        let digits: String = folded.take_while(char::is_ascii_digit).collect();
        if !digits.is_empty() {
            self.at += digits.len() + 1;
        }
        digits.parse().ok()
    }

    fn character(&mut self, c: char) {
        match c {
            '(' | '（' => {
                self.end_word();
                self.tokens.push(Token::Open(self.at + 1));
            }
            ')' | '）' => {
                self.end_word();
                self.tokens.push(Token::Close(self.at + 1));
            }
            '|' | '｜' => {
                self.end_word();
                self.tokens.push(Token::Or);
            }
            '-' | '－' | '−' if self.word.is_empty() => {
                if self.is_negation() {
                    self.tokens.push(Token::Not);
                }
            }
            ':' | '：' => match field_of(&self.word) {
                Some(field) => {
                    self.word.clear();
                    let (value, length) = value(&self.chars[self.at + 1..]);
                    self.tokens.push(Token::Field(field, value));
                    self.at += length;
                }
                None => self.word.push(c),
            },
            c if c.is_whitespace() => self.end_word(),
            c => self.word.push(c),
        }
        self.at += 1;
    }

    /// Whether the minus sign here negates a word: it follows a space or bracket, and precedes a
    /// character.
    fn is_negation(&self) -> bool {
        let before = self.at.checked_sub(1).map(|at| self.chars[at]);
        let is_apart = before.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '（'));
        is_apart && self.chars.get(self.at + 1).is_some_and(|c| !c.is_whitespace())
    }
}

/// The marks that close a quotation opened by a character.
fn closing_marks(open: char) -> Option<[char; 2]> {
    Some(match open {
        '"' | '＂' => ['"', '＂'],
        '“' | '”' => ['”', '“'],
        '「' => ['」', '」'],
        '『' => ['』', '』'],
        _ => return None,
    })
}

/// The field that a word names.
fn field_of(word: &str) -> Option<&'static str> {
    // No field has a longer name, however long the text before a colon is.
    let longest = 4 * FIELDS.iter().map(|field| field.len()).max().unwrap_or_default();
    let folded = (word.len() <= longest).then(|| fold(word))?;
    FIELDS.into_iter().find(|field| *field == folded)
}

/// The value of a field at the start of `rest`, in quotation marks or up to white space or a
/// bracket, and its length in characters.
fn value(rest: &[char]) -> (String, usize) {
    let closing = match rest.first() {
        Some('"' | '＂') => Some(['"', '＂']),
        Some('“') => Some(['”', '“']),
        Some('「') => Some(['」', '」']),
        _ => None,
    };
    if let Some(closing) = closing {
        let inside = rest[1..].iter().take_while(|c| !closing.contains(c)).count();
        return (rest[1..=inside].iter().collect(), (inside + 2).min(rest.len()));
    }
    let length = rest.iter().take_while(|&&c| !c.is_whitespace() && !")）".contains(c)).count();
    (rest[..length].iter().collect(), length)
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    syntax: &'a mut Syntax,
}

impl Reader<'_> {
    /// Reads nodes up to a closing bracket or the end. Nodes joined by OR become one.
    fn sequence(&mut self, depth: usize) -> Vec<Node> {
        let mut nodes: Vec<Node> = Vec::new();
        let mut or = false;
        while let Some(token) = self.tokens.get(self.at) {
            self.at += 1;
            let node = match token {
                Token::Close(_) if depth > 0 => return nodes,
                Token::Close(_) => continue,
                Token::Or => {
                    or = !nodes.is_empty();
                    continue;
                }
                Token::And => continue,
                _ => self.node(token, depth),
            };
            let Some(node) = node else { continue };
            if std::mem::take(&mut or) {
                let before = nodes.pop();
                nodes.push(match before {
                    Some(Node::Any(mut any)) => {
                        any.push(node);
                        Node::Any(any)
                    }
                    Some(before) => Node::Any(vec![before, node]),
                    None => node,
                });
            } else {
                nodes.push(node);
            }
        }
        nodes
    }

    fn node(&mut self, token: &Token, depth: usize) -> Option<Node> {
        match token {
            Token::Word(text) => match text.strip_suffix(['*', '＊']) {
                Some(prefix) if prefix.chars().all(|c| c.is_ascii_alphanumeric()) => {
                    (!prefix.is_empty()).then(|| Node::Prefix(fold(prefix)))
                }
                // Han characters begin a word in any place.
                Some(text) => Some(Node::Text(text.to_owned())),
                None => Some(Node::Text(text.clone())),
            },
            Token::Quoted(text) => Some(Node::Phrase(text.clone())),
            Token::Near(text, within) => {
                let words = text.split_whitespace().map(str::to_owned).collect();
                Some(Node::Near(words, *within))
            }
            Token::Not => {
                // A chain of nothing but operators would otherwise recurse deeper than any stack.
                let rest = &self.tokens[self.at..];
                let more = rest.iter().take_while(|token| **token == Token::Not).count();
                let next = rest.get(more)?;
                self.at += more + 1;
                let node = self.node(next, depth)?;
                Some(match node {
                    node if more % 2 == 1 => node,
                    Node::Not(node) => *node,
                    node => Node::Not(Box::new(node)),
                })
            }
            Token::Open(_) if depth < DEEPEST => {
                let mut nodes = self.sequence(depth + 1);
                match nodes.len() {
                    0 => None,
                    1 => nodes.pop(),
                    _ => Some(Node::All(nodes)),
                }
            }
            Token::Field(field, value) => self.field(field, value),
            Token::Open(_) | Token::Close(_) | Token::Or | Token::And => None,
        }
    }

    fn field(&mut self, field: &'static str, value: &str) -> Option<Node> {
        if value.is_empty() {
            self.syntax.misread.push(Misread::Empty { field });
            return None;
        }
        let text = value.to_owned();
        let restriction = match field {
            "title" => Restriction::Title(text),
            "number" => Restriction::Number(text),
            "party" => Restriction::Party(text),
            "place" => Restriction::Place(text),
            "unit" => Restriction::Unit(text),
            "kind" => match DocumentKind::parse(&fold(value)) {
                Some(kind) => Restriction::Kind(kind),
                None => return self.unknown(field, value),
            },
            "script" => match fold(value).as_str() {
                "hant" => Restriction::Script(Script::Hant),
                "hans" => Restriction::Script(Script::Hans),
                _ => return self.unknown(field, value),
            },
            "date" => {
                let (from, to) = match value.split_once("..") {
                    Some((from, to)) => (from, to),
                    None => (value, value),
                };
                let bound = |text: &str| (!text.is_empty()).then(|| text.to_owned());
                let valid = [from, to]
                    .iter()
                    .all(|text| text.is_empty() || tiaowen_index::date_bounds(text).is_some());
                if !valid {
                    return self.unknown(field, value);
                }
                Restriction::Date(bound(from), bound(to))
            }
            "label" => match label_number(value) {
                Some(number) => Restriction::Label(number),
                None => return self.unknown(field, value),
            },
            _ => {
                // exact: in the script typed only.
                let script = Script::of(value);
                if script != Script::Mixed {
                    self.syntax.restrictions.push(Restriction::Script(script));
                }
                return Some(Node::Phrase(text));
            }
        };
        self.syntax.restrictions.push(restriction);
        None
    }

    fn unknown(&mut self, field: &'static str, value: &str) -> Option<Node> {
        self.syntax.misread.push(Misread::Value { field, value: value.to_owned() });
        None
    }
}

/// The number of a label as in an `eid`: 第十二條之一 and 12-1 are `12-1`.
fn label_number(value: &str) -> Option<String> {
    let folded = fold(value);
    let inner: String = folded
        .chars()
        .filter(|c| !c.is_whitespace() && !"第条章节编款项()（）、.．".contains(*c))
        .collect();
    let number = |part: &str| tiaowen_text::numeral::value(part).map(|value| value.to_string());
    let parts: Vec<&str> = inner.split(['-', '之']).collect();
    let numbers: Option<Vec<String>> = parts.iter().map(|part| number(part)).collect();
    if let Some(numbers) = numbers {
        return Some(numbers.join("-"));
    }
    let lettered = !inner.is_empty() && inner.chars().all(|c| c.is_ascii_alphanumeric());
    lettered.then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Node {
        Node::Text(text.to_owned())
    }

    #[test]
    fn operators_in_both_widths() {
        for query in ["(教育 OR 培訓) 交流 -\"青年 計劃\"", "（教育 ｜ 培訓） 交流 －“青年 計劃”"]
        {
            let syntax = Syntax::read(query);
            assert_eq!(syntax.text, "交流");
            assert_eq!(syntax.required, [Node::Any(vec![text("教育"), text("培訓")])]);
            assert_eq!(syntax.excluded, [Node::Phrase("青年 計劃".to_owned())]);
            assert_eq!(syntax.misread, []);
        }
        assert_eq!(Syntax::read("a OR b OR c").required.len(), 1);
        assert_eq!(Syntax::read("CEP*").required, [Node::Prefix("cep".to_owned())]);
    }

    #[test]
    fn text_stays_text() {
        for query in [
            "〔2017〕38號",
            "(2017) 38号",
            "2016-2020年",
            "CEPA：服務",
            "一帶一路 - 建設",
            "《設計「雙城」》第1段",
            "《设计“双城”》第1段",
        ] {
            let syntax = Syntax::read(query);
            assert!(syntax.required.is_empty() && syntax.excluded.is_empty(), "{query}");
            assert!(syntax.misread.is_empty(), "{query}: {:?}", syntax.misread);
        }
    }

    #[test]
    fn fields() {
        let syntax = Syntax::read(
            "合作 date:2015..2017 script:hans label:第十二條之一 party：「香港 海關」",
        );
        assert_eq!(
            syntax.restrictions,
            [
                Restriction::Date(Some("2015".into()), Some("2017".into())),
                Restriction::Script(Script::Hans),
                Restriction::Label("12-1".into()),
                Restriction::Party("香港 海關".into()),
            ]
        );
        assert_eq!(syntax.text, "合作");
        for query in ["kind:letter", "date:soon", "script:latin", "label:。", "title:"] {
            assert_eq!(Syntax::read(query).misread.len(), 1, "{query}");
        }
        let exact = Syntax::read("exact:質素");
        assert_eq!(exact.required, [Node::Phrase("質素".to_owned())]);
        assert_eq!(exact.restrictions, [Restriction::Script(Script::Hant)]);
    }

    #[test]
    fn nothing_fails() {
        let deep = "(".repeat(1000) + "橋 OR 路" + &")".repeat(1000);
        let _ = Syntax::read(&deep);
        for query in ["\"", "((", "))", "OR", "NOT", "-", "a OR", "OR OR b", "“」", "()", "*"] {
            let _ = Syntax::read(query);
        }
        let stray = Syntax::read("橋 )");
        assert_eq!(stray.text, "橋 )");
        assert_eq!(stray.misread, [Misread::Closing { at: 3 }]);
    }

    #[test]
    fn what_nobody_types_takes_no_stack_and_no_time() {
        let nots = "NOT ".repeat(30_001) + "培訓";
        assert_eq!(Syntax::read(&nots).excluded, [text("培訓")]);
        assert_eq!(Syntax::read(&nots[4..]).text, "培訓");
        assert_eq!(Syntax::read("NOT (NOT 培訓)").text, "培訓");
        assert_eq!(Syntax::read(&"NOT ".repeat(30_000)), Syntax::default());
        // Each of these took a minute or more when everything before was read again.
        for (piece, misread) in [("「", 1), ("“”「", 1), ("(", 1), ("a:", 0), ("title:", 0)] {
            let syntax = Syntax::read(&piece.repeat(200_000));
            assert_eq!(syntax.misread.len(), misread, "{piece}");
        }
        assert_eq!(Syntax::read(&"title: ".repeat(50_000)).misread.len(), 50_000);
    }
}
