//! The period in which a document is in force, if its text states it.
//!
//! Precision comes before recall. A sentence counts if it is about the instrument itself (本協議,
//! 本安排) or names no subject (自簽署之日起生效); a sentence about an amendment, a notice of
//! termination or a permit doesn't. If two sentences give different days, neither counts. Nothing
//! is inferred from a title or from custom, with the one exception below.
//!
//! - 自簽署之日起生效, 簽署後生效, 即日生效: from the day of signing, that is, the document's date.
//! - 自2020年1月1日起施行: from that day; in a notice, 自印發之日起施行: from its date.
//! - 有效期五年, 為期三年, 期限6個月: until the same day so many years or months later (the first
//!   day doesn't count: Civil Code of the People's Republic, articles 201 and 202; Cap. 1 of the
//!   Laws of Hong Kong, section 71), or until the last day of a shorter month.
//! - 到2022年底止, 有效期至2025年12月31日: until that day.
//! - 自動延長, 自動續期: the end may be postponed.
//! - For a plan or agreement whose title names years or half a year (2015年—2016年, 2017年上半年):
//!   that period, if the text states none.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use tiaowen_text::{fold, numeral};

use crate::date;
use crate::model::{Clause, Document, DocumentKind};

/// The period in which a document is in force, as stated in its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// The first day, as precise as printed: `2017-11-18`, `2017-11`.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
    /// Whether it renews itself unless someone terminates it.
    pub renews: bool,
    /// The `eid`s of the clauses that state it, in order.
    pub said_in: Vec<String>,
}

/// The names of instruments, folded; the longer first.
const NAMES: &str = "合作协议书|协议书|框架协议|合作协议|协议|合作备忘录|谅解备忘录|备忘录|合作安排|安排|\
     合作意向书|意向书|合同|实施细则|细则|条例|暂行办法|办法|暂行规定|规定|规则|规程|决定|通知|意见|\
     方案|计划|章程|公告|法";

struct Patterns {
    /// Filter for sentences that may state anything, in either script.
    may_tell: Regex,
    /// The same for laws: entry into force, and a duration in the same sentence.
    may_tell_of_law: Regex,
    /// In force from signing.
    signed: Regex,
    /// In force from a given day.
    dated: Regex,
    /// In force from publication.
    issued: Regex,
    /// A duration.
    lasting: Regex,
    /// From one day to another.
    span: Regex,
    /// Until a day.
    until: Regex,
    /// The subject is the instrument itself.
    itself: Regex,
    /// The subject is a part of the instrument, or something done to it.
    other: Regex,
    renews: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let day = r"[0-9〇○◯o零一二三四五六七八九十]{2,4}年[0-9〇零一二三四五六七八九十]{1,3}月[0-9〇零一二三四五六七八九十]{1,3}[日号]";
    let end = r"[0-9〇○◯o零一二三四五六七八九十]{2,4}年(?:年?[底末]|[0-9〇零一二三四五六七八九十]{1,3}月(?:[底末]|[0-9〇零一二三四五六七八九十]{1,3}[日号])?)?";
    let itself = format!("本(?:{NAMES})");
    let pattern = |text: String| Regex::new(&text).expect("a pattern that tests read");
    Patterns {
        may_tell: pattern("效|期|止|[屆届]|施行|[实實]施|[执執]行|自[动動]".to_owned()),
        may_tell_of_law: pattern(
            r"生\s*效|施\s*行|[实實]\s*施|[执執]\s*行|有\s*效\s*期|期\s*限|[为為]\s*期".to_owned(),
        ),
        signed: pattern(
            "(?:(?:自|从|由|经|于)?(?:甲乙|粤港|两地)?(?:双方|各方|三方|四方)?(?:授权|法定)?(?:代表|负责人)?(?:人)?\
             (?:正式)?(?:签署|签字|签订|签章|盖章)(?:并?(?:加盖|盖)(?:双方)?(?:单位)?(?:公章|印章)|并?盖章)?\
             (?:当日|当天|之日|日)?(?:起|后|之后|时)?(?:即日|即时|立即|即行|即|开始|正式|同时)*(?:起)?生效|即日(?:起)?生效)"
                .to_owned(),
        ),
        dated: pattern(format!(
            "(?:^|，|,|；|《[^》]*》|{itself})(?:自|从|于)({day})(?:起|开始)?(?:正式)?(?:施行|实施|生效|执行)"
        )),
        issued: pattern(format!(
            "{itself}(?:自|从)(?:印发|发布|公布|下发|发文)之日起(?:正式)?(?:施行|实施|生效|执行)"
        )),
        lasting: pattern(
            "(?:有效期限|有效期间|有效期|期限|为期)(?:为|是|共|：)?([0-9零一二三四五六七八九十百两]{1,4})(年|个月)"
                .to_owned(),
        ),
        span: pattern(format!(
            "(?:有效期限|有效期|期限)(?:为|是|：)?(?:自|从|由)?({day})起?(?:至|到|—|-|－)({end})"
        )),
        until: pattern(format!(
            "(?:(?:有效期限|有效期|期限)(?:延续|延长|届满日)?(?:为|是)?(?:截)?(?:至|到|截止)({end})|(?:有效|施行)?(?:至|到)({end})(?:止|为止|届满|期满|失效|终止))"
        )),
        itself: pattern(format!("{itself}|^(?:{NAMES})(?:有效期|期限|自|由|经|从)|^(?:协议|备忘录|安排|合同)(?:的)?(?:有效)?期限?")),
        other: pattern(
            "修订|修改|修正|补充|变更|终止|解除|撤销|附件|附录|续签|续约|许可|证书|执照|牌照|批文|批准书|资格|\
             通知发出|第[0-9零一二三四五六七八九十百]+[条款项章]|本[款项章节]|本条(?:[^例]|$)"
                .to_owned(),
        ),
        renews: pattern("自动(?:延长|延期|续期|续签|续约|顺延|展期)".to_owned()),
    }
});

/// The period in which a document is in force; `None` if its text doesn't state it.
///
/// ```
/// let text = "粵港合作備忘錄\n\n一、雙方每年會面。\n\n二、本備忘錄自簽署之日起生效，有效期五年。\n\n2017年11月18日";
/// let document = &tiaowen_corpus::read("a.txt", text).unwrap()[0].document;
/// let validity = document.validity.as_ref().unwrap();
/// assert_eq!(validity.from.as_deref(), Some("2017-11-18"));
/// assert_eq!(validity.to.as_deref(), Some("2022-11-18"));
/// assert_eq!(validity.said_in, ["part_2"]);
/// ```
pub(crate) fn validity(document: &Document, clauses: &[Clause]) -> Option<Validity> {
    use DocumentKind as Kind;
    if matches!(document.kind, Kind::Paper | Kind::Press | Kind::Other) {
        return None;
    }
    let mut found = Found::default();
    let is_law = document.kind == Kind::Law;
    let may_tell = if is_law { &PATTERNS.may_tell_of_law } else { &PATTERNS.may_tell };
    for clause in clauses {
        let begun = found.from.len();
        // Most sentences state nothing and are skipped by the filter.
        let sentences = clause.text.split(['。', '；', ';', '\n']);
        for sentence in sentences.filter(|sentence| may_tell.is_match(sentence)) {
            let plain: String = fold(sentence).chars().filter(|c| !c.is_whitespace()).collect();
            // 本協議及其附件: the statement is about the agreement.
            let plain = plain.replace("及其附件", "").replace("及附件", "");
            // 即日生效；有效期五年: a duration shares the subject of the statement before it.
            let goes_on = found.from.len() > begun
                && ["有效期", "期限", "为期"].iter().any(|word| plain.starts_with(word));
            let headed = goes_on || !is_law && is_headed(clause);
            found.read(document, clause, &plain, headed);
        }
    }
    found.agreed_on().or_else(|| of_title(document))
}

/// Whether the title above a clause is about validity.
fn is_headed(clause: &Clause) -> bool {
    clause.heading.iter().chain(clause.headings.last()).any(|heading| {
        let heading = fold(heading);
        ["有效期", "期限", "生效"].iter().any(|word| heading.contains(word))
    })
}

/// The period in the title of a document, if it names a beginning and an end.
fn of_title(document: &Document) -> Option<Validity> {
    let title = document.title.as_deref().filter(|_| document.kind != DocumentKind::Law)?;
    let years = date::years(title)?;
    let (from, to) = match years.half {
        Some(1) => (format!("{:04}-01", years.first), format!("{:04}-06", years.first)),
        Some(_) => (format!("{:04}-07", years.first), format!("{:04}-12", years.first)),
        None if years.first < years.last => {
            (format!("{:04}", years.first), format!("{:04}", years.last))
        }
        None => return None,
    };
    Some(Validity { from: Some(from), to: Some(to), renews: false, said_in: Vec::new() })
}

/// The statements found in sentences.
#[derive(Default)]
struct Found {
    from: Vec<String>,
    to: Vec<String>,
    lasting: Vec<(u32, bool)>,
    renews: bool,
    said_in: Vec<String>,
}

impl Found {
    fn read(&mut self, document: &Document, clause: &Clause, sentence: &str, headed: bool) {
        let patterns = &*PATTERNS;
        let is_law = document.kind == DocumentKind::Law;
        let before = (self.from.len(), self.to.len(), self.lasting.len());
        // The text before a statement shows its subject.
        let about_other = |at: usize| patterns.other.is_match(&sentence[..at]);
        let mut of_itself = patterns.itself.is_match(sentence);
        if let Some(found) = patterns.signed.find(sentence)
            && !is_law
            && !about_other(found.end())
        {
            of_itself = true;
            self.from.extend(document.printed_date().map(str::to_owned));
        }
        if let Some(found) = patterns.dated.captures(sentence)
            && let (Some(whole), Some(day)) = (found.get(0), found.get(1))
            && of_itself
            && whole.as_str().contains('本')
            && !about_other(whole.start())
        {
            self.from.extend(date::first(day.as_str()).map(|day| day.iso));
        } else if let Some(found) = patterns.issued.find(sentence)
            && document.kind == DocumentKind::Notice
            && !about_other(found.start())
        {
            self.from.extend(document.printed_date().map(str::to_owned));
        }
        // A duration counts if its subject is the instrument, or something that the sentence puts
        // in force, or if it is below a title such as 有效期. Laws also speak of permits and terms
        // of office, so in laws it must share a sentence with the first day.
        let begins = self.from.len() > before.0;
        let counts = if is_law { begins || headed } else { begins || headed || of_itself };
        if !counts {
            self.note(clause, before);
            return;
        }
        self.read_end(sentence);
        self.note(clause, before);
        if (of_itself || !self.lasting.is_empty() || !self.to.is_empty())
            && patterns.renews.is_match(sentence)
        {
            self.renews = true;
        }
    }

    /// Reads how long something is in force, or until when.
    fn read_end(&mut self, sentence: &str) {
        let patterns = &*PATTERNS;
        let about_other = |at: usize| patterns.other.is_match(&sentence[..at]);
        if let Some(found) = patterns.span.captures(sentence)
            && let (Some(whole), Some(from), Some(to)) = (found.get(0), found.get(1), found.get(2))
            && !about_other(whole.start())
        {
            self.from.extend(date::first(from.as_str()).map(|day| day.iso));
            self.to.extend(last_day(to.as_str()));
        } else if let Some(found) = patterns.until.captures(sentence)
            && let Some(to) = found.get(1).or(found.get(2))
            && !about_other(to.start())
        {
            self.to.extend(last_day(to.as_str()));
        } else if let Some(found) = patterns.lasting.captures(sentence)
            && let (Some(whole), Some(count), Some(unit)) =
                (found.get(0), found.get(1), found.get(2))
            && !about_other(whole.start())
            && let Some(count) = numeral::value(&count.as_str().replace('两', "二"))
        {
            let is_years = unit.as_str() == "年";
            self.lasting.push((count, is_years));
        }
    }

    /// Records a clause that made a new statement.
    fn note(&mut self, clause: &Clause, before: (usize, usize, usize)) {
        let now = (self.from.len(), self.to.len(), self.lasting.len());
        if now != before && self.said_in.last() != Some(&clause.eid) {
            self.said_in.push(clause.eid.clone());
        }
    }

    /// The statements on which all sentences agree.
    fn agreed_on(mut self) -> Option<Validity> {
        let from = agreed(&mut self.from);
        self.lasting.dedup();
        if let (Some(from), [(count, is_years)]) = (&from, self.lasting.as_slice()) {
            self.to.extend(later(from, *count, *is_years));
        }
        let to = agreed(&mut self.to);
        if from.is_none() && to.is_none() {
            return None;
        }
        let renews = self.renews && to.is_some();
        Some(Validity { from, to, renews, said_in: self.said_in })
    }
}

/// The common value; `None` if values differ.
fn agreed(all: &mut Vec<String>) -> Option<String> {
    all.dedup();
    if all.len() == 1 { all.pop() } else { None }
}

/// The last day of a printed date: 2022年底, 2022年6月底, 2022年6月30日.
fn last_day(printed: &str) -> Option<String> {
    let (year, rest) = printed.split_once('年')?;
    let year = date::year(year).filter(|year| (1900..2200).contains(year))?;
    let rest = rest.strip_prefix('年').unwrap_or(rest);
    if matches!(rest, "底" | "末") {
        return Some(format!("{year:04}-12-31"));
    }
    let Some((month, rest)) = rest.split_once('月') else {
        return rest.is_empty().then(|| format!("{year:04}"));
    };
    let month = numeral::value(month).filter(|month| (1..=12).contains(month))?;
    if matches!(rest, "底" | "末") {
        return Some(format!("{year:04}-{month:02}-{:02}", date::days_in_month(year, month)));
    }
    match rest.strip_suffix('日') {
        Some(day) => {
            let day = numeral::value(day)
                .filter(|day| (1..=date::days_in_month(year, month)).contains(day))?;
            Some(format!("{year:04}-{month:02}-{day:02}"))
        }
        None => Some(format!("{year:04}-{month:02}")),
    }
}

/// The date so many years or months later, with the same precision.
fn later(from: &str, count: u32, is_years: bool) -> Option<String> {
    let mut parts = from.split('-').map(|part| part.parse::<u32>().ok());
    let year = parts.next()??;
    let month = parts.next().flatten();
    let day = parts.next().flatten();
    let Some(month) = month else {
        return is_years.then(|| format!("{:04}", year + count));
    };
    let months = year * 12 + month - 1 + if is_years { count * 12 } else { count };
    let (year, month) = (months / 12, months % 12 + 1);
    Some(match day {
        Some(day) => {
            format!("{year:04}-{month:02}-{:02}", day.min(date::days_in_month(year, month)))
        }
        None => format!("{year:04}-{month:02}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The validity of a dated agreement whose second clause is `text`.
    fn of(text: &str) -> Option<Validity> {
        let all = format!(
            "+++\ntitle = '粵港合作協議'\nkind = 'agreement'\ndate = '2017-11-18'\n+++\n\n\
             一、雙方每年會面。\n\n二、{text}\n"
        );
        let documents = crate::read("a.md", &all).unwrap();
        documents[0].document.validity.clone()
    }

    fn validity_of(text: &str) -> (Option<String>, Option<String>) {
        let validity = of(text).unwrap_or_default();
        (validity.from, validity.to)
    }

    fn days_of(from: &str, to: &str) -> (Option<String>, Option<String>) {
        let some = |day: &str| (!day.is_empty()).then(|| day.to_owned());
        (some(from), some(to))
    }

    #[test]
    fn stated_periods_are_read_in_both_scripts() {
        for (text, from, to) in [
            ("本協議自簽署之日起生效，有效期五年。", "2017-11-18", "2022-11-18"),
            ("本协议自签署之日起生效，有效期五年。", "2017-11-18", "2022-11-18"),
            (
                "本協議從雙方代表簽署後立即生效，協議期限到 2022 年底止。",
                "2017-11-18",
                "2022-12-31",
            ),
            (
                "本协议自双方代表签署之日起生效，至2022年底届满；一式两份。",
                "2017-11-18",
                "2022-12-31",
            ),
            (
                "本協議自雙方代表簽字并加蓋公章之日起生效。協議有效期三年。",
                "2017-11-18",
                "2020-11-18",
            ),
            ("本协议由双方代表签署并加盖公章后生效，有效期为三年。", "2017-11-18", "2020-11-18"),
            ("2017年11月18日於香港簽署，即日生效；本協議有效期6個月。", "2017-11-18", "2018-05-18"),
            (
                "本安排簽署後生效，為期五年；除非一方通知終止，否則自動延長五年。",
                "2017-11-18",
                "2022-11-18",
            ),
            ("本协议自2018年1月1日起施行，有效期至2022年12月31日。", "2018-01-01", "2022-12-31"),
            ("本協議有效期自2018年1月1日起至二〇二二年六月底止。", "2018-01-01", "2022-06-30"),
            ("本協議一式兩份，由雙方簽署後生效。", "2017-11-18", ""),
            ("本協議及其附件一式四份，在香港簽署，自簽署之日起生效。", "2017-11-18", ""),
            (
                "簽署雙方各執一份，即日生效；有效期5年，期滿經雙方修訂可以順延。",
                "2017-11-18",
                "2022-11-18",
            ),
            ("協議有效期三年。", "", ""),
        ] {
            assert_eq!(validity_of(text), days_of(from, to), "{text}");
        }
        assert!(
            of("本安排簽署後生效，為期五年；除非一方通知終止，否則本安排自動延長五年。")
                .unwrap()
                .renews
        );
        assert!(!of("本安排簽署後生效，為期五年。").unwrap().renews);
        for apart in [
            "本安排簽署後生效，為期五年。\n\n三、本安排自動延長五年。",
            "本安排签署后生效，为期五年。\n\n三、本安排自动延长五年。",
        ] {
            assert!(of(apart).unwrap().renews, "{apart}");
        }
        assert_eq!(of("本協議自簽署之日起生效。").unwrap().said_in, ["part_2"]);
    }

    #[test]
    fn words_split_by_extraction_are_read_as_one() {
        for text in [
            "本法自2020年1月1日起生 效。",
            "本法自2020年1月1日起施 行。",
            "本法自2020年1月1日起 實 施。",
        ] {
            let law = format!(
                "+++\ntitle = '示範法'\nkind = 'law'\n+++\n\n第一條　為了示範，制定本法。\n\n第二條　{text}\n"
            );
            let validity = crate::read("a.md", &law).unwrap()[0].document.validity.clone();
            assert_eq!(validity.unwrap().from.as_deref(), Some("2020-01-01"), "{text}");
        }
    }

    #[test]
    fn unstated_periods_are_not_guessed() {
        for text in [
            "任何一方欲終止本協議應以書面通知，終止將於通知發出之日起三十日後生效。",
            "對本協議的修訂，經雙方簽署後生效。",
            "本協議附件經雙方簽署後生效。",
            "补充协议自双方签署之日起生效，有效期两年。",
            "許可證有效期五年。",
            "雙方支持《合作協議》2015年3月1日起施行的開放措施。",
            "為期三天的交流活動於2018年舉辦。",
            "雙方於2017年底前完成。",
            "本協議內容至2022年檢討。",
            "有效期滿後另行商定。",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
        // In a law, a sentence about a licence and the law.
        let of_law = |text: &str| {
            let all = format!(
                "+++\ntitle = '道路条例'\nkind = 'law'\n+++\n\n第一条 {text}\n\n第二条 本条例自2004年5月1日起施行。\n"
            );
            let documents = crate::read("a.md", &all).unwrap();
            let validity = documents[0].document.validity.clone().unwrap();
            (validity.from, validity.to)
        };
        let licence = "依照本条例取得的驾驶证，有效期为6年。";
        assert_eq!(of_law(licence), days_of("2004-05-01", ""));
        let lasting = "本条例自2004年5月1日起施行，有效期五年。";
        assert_eq!(of_law(lasting), days_of("2004-05-01", "2009-05-01"));
        // Two different days: neither counts.
        let differing = "本協議自2018年1月1日起施行。\n\n三、本協議自2019年1月1日起施行。";
        assert_eq!(of(differing), None);
    }

    #[test]
    fn an_end_in_the_title_is_an_end() {
        for (title, from, to) in [
            ("粵港合作2015年—2016年工作計劃", "2015", "2016"),
            ("粤港合作二〇一五至二〇一六年工作计划", "2015", "2016"),
            ("粵港合作2017年上半年工作計劃", "2017-01", "2017-06"),
            ("粵港合作2017年工作計劃", "", ""),
        ] {
            let all = format!(
                "+++\ntitle = '{title}'\nkind = 'work_plan'\n+++\n\n一、加強合作。\n\n二、檢討進度。\n"
            );
            let documents = crate::read("a.md", &all).unwrap();
            let validity = documents[0].document.validity.clone().unwrap_or_default();
            assert_eq!((validity.from, validity.to), days_of(from, to), "{title}");
        }
    }

    #[test]
    fn days_are_counted_as_the_law_does() {
        assert_eq!(later("2016-02-29", 1, true).as_deref(), Some("2017-02-28"));
        assert_eq!(later("2017-08-31", 6, false).as_deref(), Some("2018-02-28"));
        assert_eq!(later("2017-11", 14, false).as_deref(), Some("2019-01"));
        assert_eq!(later("2017", 3, true).as_deref(), Some("2020"));
        assert_eq!(later("2017", 3, false), None);
        assert_eq!(last_day("2024年2月底").as_deref(), Some("2024-02-29"));
        assert_eq!(last_day("2024年年末").as_deref(), Some("2024-12-31"));
        assert_eq!(last_day("2024年2月30日"), None);
    }
}
