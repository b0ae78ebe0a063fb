//! Hard-wrapped agreements: however few their articles and however ragged their lines, each article
//! must come out with its whole text and no heading except its printed one.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use tiaowen_corpus::read;
use tiaowen_text::{Converter, Script};

/// Parts of sentences, joined by commas.
const PARTS: &[&str] = &[
    "雙方同意在平等互利的基礎上加強服務貿易領域的交流與合作",
    "乙方代理甲方的進出口貨運業務包括訂艙報關倉儲和陸路運輸",
    "甲方應當提前三個工作日提供貨物的名稱、數量、重量以及申報資料",
    "資料不全的可以拒絕承運",
    "每月二十五日對賬並於對賬無誤後十日內付款",
    "由雙方指定的機構（下稱「聯絡辦公室」）負責籌備工作並商定議程",
    "按照 CEPA 及其補充協議的有關規定辦理登記手續",
    "費用合共 2,500 元由甲方在收到單據後支付",
    "不合格的可以要求乙方限期整改",
    "並為對方的權利人提供諮詢服務",
    "任何一方如需修改須提前三十日以書面通知另一方",
    "未盡事宜由雙方另行協商並簽訂書面補充協議",
    "雙方定期交換知識產權法律、法規及政策的最新資料",
    "「指定代理人」在內地設立的分支機構可以從事有關業務",
    "共同推動兩地經濟發展",
    "輪流在香港和廣州召開聯席會議",
];
const TITLES: &[&str] = &["合作目標", "保障", "費用及支付", "通知與送達", "期限", "其他事項"];
const ENGLISH: &str = "The Parties agree to strengthen exchanges in trade in services on the \
    basis of equality and mutual benefit, and to meet regularly on the matters concerned. The \
    Parties shall hold a joint meeting once a year, in Hong Kong and Guangzhou by turns, prepared \
    by the bodies that they designate.";

/// Deterministic pseudo-random numbers.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit
    }
}

/// The form of a generated agreement.
#[derive(Debug, Clone, Copy)]
struct Form {
    articles: usize,
    width: usize,
    ragged: usize,
    titled: bool,
    english: bool,
    script: Script,
}

fn halves(c: char) -> usize {
    if c.is_ascii() { 1 } else { 2 }
}

/// Indivisible units: Latin words and numbers, and punctuation with its neighbours.
fn units(text: &str) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in text.chars() {
        let sticks = "，。、；：）」》,.".contains(c)
            || "（「《".contains(before)
            || c.is_ascii() && before.is_ascii() && c != ' ' && before != ' ';
        match units.last_mut().filter(|_| sticks) {
            Some(unit) => unit.push(c),
            None => units.push(c.to_string()),
        }
        before = c;
    }
    units
}

/// Wraps a text to a width in full-width characters, each line shorter by up to `ragged`.
fn wrap(text: &str, width: usize, ragged: usize, dice: &mut Dice) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut room = 2 * (width - dice.below(ragged + 1));
    let mut filled = 0;
    for unit in units(text) {
        let length: usize = unit.chars().map(halves).sum();
        if filled > 0 && filled + length > room {
            lines.push(String::new());
            (filled, room) = (0, 2 * (width - dice.below(ragged + 1)));
        }
        let last = lines.last_mut().unwrap();
        if !(unit == " " && last.is_empty()) {
            last.push_str(&unit);
            filled += length;
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// A sentence that fills two to four lines of a width.
fn sentence(width: usize, dice: &mut Dice) -> String {
    let room = width * (1 + dice.below(3));
    let mut text = PARTS[dice.below(PARTS.len())].to_owned();
    while text.chars().count() <= room + 4 {
        text.push('，');
        text.push_str(PARTS[dice.below(PARTS.len())]);
    }
    text.push('。');
    text
}

fn packed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Checks an agreement of a given form; the error is the wrong output.
fn check(form: Form, hans: &Converter, dice: &mut Dice) -> Result<(), String> {
    let numerals = ["一", "二", "三", "四", "五", "六", "七", "八"];
    let in_script = |text: String| match form.script {
        Script::Hans => hans.show(&text, &[]).unwrap().text,
        _ => text,
    };
    let label = [("第", "條　"), ("第", "條 "), ("", "、"), ("（", "）")][dice.below(4)];
    let indent = ["", "　　"][dice.below(2)];
    let mut source = in_script("兩地服務貿易合作協議\n".to_owned());
    let mut expected = Vec::new();
    for numeral in &numerals[..form.articles] {
        let title = form.titled.then(|| in_script(TITLES[dice.below(TITLES.len())].to_owned()));
        let text = in_script(sentence(form.width, dice));
        let label = in_script(format!("{indent}{}{numeral}{}", label.0, label.1));
        let whole = match &title {
            Some(title) => {
                source.push_str(&format!("{label}{title}\n"));
                format!("{indent}{text}")
            }
            None => format!("{label}{text}"),
        };
        for line in wrap(&whole, form.width, form.ragged, dice) {
            source.push_str(&line);
            source.push('\n');
        }
        expected.push((title, packed(&text)));
    }
    if form.english {
        source.push('\n');
        for line in wrap(ENGLISH, 20, 0, dice) {
            source.push_str(&line);
            source.push('\n');
        }
    }
    let documents = read("a.txt", &source).unwrap();
    let clauses = documents.iter().flat_map(|document| &document.clauses);
    let is_chinese =
        |text: &str| text.split_once("TheParties").map_or(text, |(text, _)| text).to_owned();
    let got: Vec<(Option<String>, String)> = clauses
        .filter(|clause| clause.label.is_some())
        .map(|clause| {
            let heading = clause.heading.clone().or_else(|| clause.headings.last().cloned());
            (heading, is_chinese(&packed(&clause.text)))
        })
        .collect();
    if got == expected { Ok(()) } else { Err(format!("{form:?}\n{source}\n{got:#?}")) }
}

#[test]
fn wrapped_articles_keep_their_text_and_gain_no_heading() {
    let hans = Converter::to(Script::Hans).unwrap().unwrap();
    let mut dice = Dice(7);
    let (mut right, mut all) = (0, 0);
    let mut wrong = Vec::new();
    for articles in 2..=8 {
        for width in 20..=40 {
            for ragged in 0..=3 {
                for form in 0..8 {
                    let form = Form {
                        articles,
                        width,
                        ragged,
                        titled: form & 1 != 0,
                        english: form & 2 != 0,
                        script: if form & 4 == 0 { Script::Hant } else { Script::Hans },
                    };
                    all += 1;
                    match check(form, &hans, &mut dice) {
                        Ok(()) => right += 1,
                        Err(what) => wrong.push(what),
                    }
                }
            }
        }
    }
    println!("{right} of {all} agreements as written");
    assert!(
        wrong.is_empty(),
        "{} of {all} wrong, as\n{}",
        wrong.len(),
        wrong[..wrong.len().min(3)].join("\n")
    );
}
