//! A comparison with a row of every kind, for tests of the exports.

use tiaowen_corpus::{Clause, ClauseKind, DateOrigin, Document, DocumentKind, Rule};
use tiaowen_text::Script;

use crate::{
    Comparison, Derivation, Difference, DifferenceKind, Row, Status, Summary, Trace, Verdict,
};

use DifferenceKind::{Number, Punctuation, Regional, Units, Wording};

/// The row with differences of most kinds.
pub(super) const CHANGED: usize = 1;
/// The row whose responsible units and headings differ.
pub(super) const UNITS: usize = 2;
/// The row of the left only.
pub(super) const LEFT_ONLY: usize = 3;
/// The row with one clause on the left and two on the right.
pub(super) const SPLIT: usize = 5;

/// Number of unchanged rows.
pub(super) const SAME: usize = 40;

pub(super) fn comparison() -> Comparison {
    let mut rows = vec![
        row(
            Status::Same,
            clause(ClauseKind::Preamble, &["preamble"], "preamble", "為加強合作，雙方同意："),
            clause(ClauseKind::Preamble, &["preamble"], "preamble", "为加强合作，双方同意："),
            &[],
        ),
        row(
            Status::Changed,
            clause(
                ClauseKind::Article,
                &["第一條"],
                "art_1",
                "雙方自2007年起，就「衞生」資訊及時協商，並邀請專家出席研討會。",
            ),
            clause(
                ClauseKind::Article,
                &["第一条"],
                "art_1",
                "双方自2008年起，就“卫生”信息协商，并邀请专家出席研讨会。",
            ),
            &[
                (Number, "2007", "2008"),
                (Punctuation, "「", "“"),
                (Punctuation, "」", "”"),
                (Regional, "資訊", "信息"),
                (Wording, "及時", ""),
            ],
        ),
    ];
    let mut units = row(
        Status::Same,
        clause(
            ClauseKind::Item,
            &["二", "(一)"],
            "part_2__subpart_1",
            "推動<試行> A&B計劃。（省公安廳）",
        ),
        clause(
            ClauseKind::Item,
            &["二", "(一)"],
            "part_2__subpart_1",
            "推动<试行> A&B计划。（省公安厅、省广电局）",
        ),
        &[],
    );
    for (side, heading) in [(&mut units.left, "人員培訓"), (&mut units.right, "人员交流")] {
        if let Some(clause) = side {
            clause.heading = Some(heading.to_owned());
            clause.units = vec!["省公安廳".to_owned()];
        }
    }
    units.heading_differences = differences("人員培訓", "人员交流", &[(Wording, "培訓", "交流")]);
    let end = units.left_text().chars().count() - 1;
    units.unit_differences = vec![Difference {
        kind: Units,
        left: String::new(),
        right: "、省广电局".to_owned(),
        left_at: end..end,
        right_at: end..end + 5,
        term: None,
    }];
    rows.push(units);

    rows.push(Row {
        status: Status::LeftOnly,
        left: Some(clause(
            ClauseKind::Article,
            &["第三條"],
            "art_3",
            "任何一方可書面通知對方終止本協議。",
        )),
        ..nothing()
    });
    rows.push(Row {
        status: Status::RightOnly,
        right: Some(clause(
            ClauseKind::Article,
            &["第四条"],
            "art_4",
            "本协议未尽事宜，由双方另行商定。",
        )),
        ..nothing()
    });

    let mut split = row(
        Status::Changed,
        clause(ClauseKind::Article, &["第五條"], "art_5", "每季通報資訊；每年舉行聯合檢查。"),
        clause(ClauseKind::Article, &["第五条"], "art_5", "每季通报信息。"),
        &[(Regional, "資訊", "信息")],
    );
    split.right_more =
        vec![clause(ClauseKind::Article, &["第六条"], "art_6", "每年举行联合检查。")];
    split.differences.push(Difference {
        kind: Punctuation,
        left: "；".to_owned(),
        right: "。\n".to_owned(),
        left_at: 6..7,
        right_at: 6..8,
        term: None,
    });
    rows.push(split);

    for number in 0..SAME {
        let (hant, hans) = [
            (
                "雙方鼓勵學術交流和科研協作，共同推動學術進步。",
                "双方鼓励学术交流和科研协作，共同推动学术进步。",
            ),
            (
                "雙方領導層定期或不時互訪和舉行研討會，分享醫院管理的經驗，並鼓勵屬下機構的管理層互訪，加強溝通聯繫，完善轉介機制和溝通網絡，提升服務水平。",
                "双方领导层定期或不时互访和举行研讨会，分享医院管理的经验，并鼓励属下机构的管理层互访，加强沟通联系，完善转介机制和沟通网络，提升服务水平。",
            ),
        ][number % 2];
        let (label, eid) = (format!("第{}條", number + 7), format!("art_{}", number + 7));
        let mut same = row(
            Status::Same,
            clause(ClauseKind::Article, &[&label], &eid, hant),
            clause(ClauseKind::Article, &[&label.replace('條', "条")], &eid, hans),
            &[],
        );
        same.moved = number == 10;
        if let (12, Some(left), Some(right)) = (number, &mut same.left, &mut same.right) {
            left.headings = vec!["醫療合作".to_owned(), "學術交流".to_owned()];
            right.headings = vec!["医疗合作".to_owned(), "学术交流".to_owned()];
        }
        rows.push(same);
    }
    rows.push(row(
        Status::Same,
        clause(
            ClauseKind::Signature,
            &["signature"],
            "signature",
            "廣東省衞生和計劃生育委員會\n主任\n香港醫院管理局\n行政總裁",
        ),
        clause(
            ClauseKind::Signature,
            &["signature"],
            "signature",
            "广东省卫生和计划生育委员会\n主任\n香港医院管理局\n行政总裁",
        ),
        &[],
    ));
    Comparison {
        left: document("粵港醫療交流合作<備忘錄>", Script::Hant, "zh-Hant-HK"),
        right: document("粤港医疗交流合作<备忘录>", Script::Hans, "zh-Hans-CN"),
        summary: Summary {
            same: SAME + 2,
            changed: 2,
            left_only: 1,
            right_only: 1,
            moved: 1,
            units: 1,
        },
        rows,
        derivation: Derivation {
            score: Some(0.27),
            verdict: Verdict::Drafted,
            traces: vec![Trace {
                printed: "沿著河岸".to_owned(),
                usual: "沿着河岸".to_owned(),
                count: 2,
            }],
        },
        left_dropped: Vec::new(),
        right_dropped: Vec::new(),
        left_recognised: None,
        right_recognised: None,
    }
}

fn document(title: &str, script: Script, language: &str) -> Document {
    let hant = script == Script::Hant;
    Document {
        id: format!("memo-2017-{}", if hant { "hant" } else { "hans" }),
        title: Some(title.to_owned()),
        number: hant.then(|| "粵港合作〔2017〕12號".to_owned()),
        kind: DocumentKind::Memorandum,
        script,
        language: language.to_owned(),
        date: Some("2017-11-18".to_owned()),
        date_origin: DateOrigin::Printed,
        parties: if hant {
            vec!["廣東省衞生和計劃生育委員會".to_owned(), "香港醫院管理局".to_owned()]
        } else {
            vec!["广东省卫生和计划生育委员会".to_owned(), "香港医院管理局".to_owned()]
        },
        place: Some("香港".to_owned()),
        validity: None,
        repeals: Vec::new(),
        source: format!("medical-2017.{language}.md"),
        ordinal: 1,
    }
}

fn clause(kind: ClauseKind, path: &[&str], eid: &str, text: &str) -> Clause {
    Clause {
        kind,
        label: None,
        path: path.iter().map(|&label| label.to_owned()).collect(),
        eid: eid.to_owned(),
        heading: None,
        headings: Vec::new(),
        units: Vec::new(),
        bodies: Vec::new(),
        recognised: None,
        text: text.to_owned(),
        bytes: 0..text.len(),
        drawn_by: Rule::default(),
    }
}

fn nothing() -> Row {
    Row {
        status: Status::Same,
        moved: false,
        linked: false,
        left: None,
        right: None,
        left_more: Vec::new(),
        right_more: Vec::new(),
        similarity: 0.0,
        differences: Vec::new(),
        heading_differences: Vec::new(),
        unit_differences: Vec::new(),
    }
}

fn row(
    status: Status,
    left: Clause,
    right: Clause,
    stretches: &[(DifferenceKind, &str, &str)],
) -> Row {
    let differences = differences(&left.text, &right.text, stretches);
    let similarity = if status == Status::Same { 1.0 } else { 0.874 };
    Row { status, left: Some(left), right: Some(right), similarity, differences, ..nothing() }
}

/// The given stretches in order, plus script wherever characters differ between them.
fn differences(
    left: &str,
    right: &str,
    stretches: &[(DifferenceKind, &str, &str)],
) -> Vec<Difference> {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut found = Vec::new();
    let (mut l, mut r) = (0, 0);
    let mut stretches = stretches.iter();
    let mut next = stretches.next();
    while l < left.len() || r < right.len() {
        if let Some((kind, on_left, on_right)) = next {
            let at_left = l..l + on_left.chars().count();
            let at_right = r..r + on_right.chars().count();
            let here = |all: &[char], at: &std::ops::Range<usize>, words: &str| {
                all.get(at.clone()).is_some_and(|found| found.iter().copied().eq(words.chars()))
            };
            if here(&left, &at_left, on_left) && here(&right, &at_right, on_right) {
                (l, r) = (at_left.end, at_right.end);
                found.push(Difference {
                    kind: *kind,
                    left: (*on_left).to_owned(),
                    right: (*on_right).to_owned(),
                    left_at: at_left,
                    right_at: at_right,
                    term: None,
                });
                next = stretches.next();
                continue;
            }
        }
        if let (Some(a), Some(b)) = (left.get(l), right.get(r))
            && a != b
            && ('\u{4e00}'..='\u{9fff}').contains(a)
            && ('\u{4e00}'..='\u{9fff}').contains(b)
        {
            found.push(Difference {
                kind: DifferenceKind::Script,
                left: a.to_string(),
                right: b.to_string(),
                left_at: l..l + 1,
                right_at: r..r + 1,
                term: None,
            });
        }
        l += 1;
        r += 1;
    }
    found
}
