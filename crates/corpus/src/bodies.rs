//! The full names of the bodies in a list of responsible units.
//!
//! Lists are printed short. In 广州、深圳市政府 the first name takes its ending from the second; in
//! 省公安厅、交通运输厅 the second takes 省 from the first; and 省 is the province of the authority
//! that issues the plan. `units` keeps the printed names; here each gets its body, one to one, so
//! that search and counting recognise 广东省公安厅 wherever it is named.
//!
//! A comma or semicolon ends a run of names, and completion never crosses it. A name that begins
//! with a place or 国家, or is a bureau of the state (海关, 民航), neither completes others nor is
//! completed.

use tiaowen_text::{Script, fold};

use crate::model::{Clause, Document};

/// Provinces and the like: abbreviation used in titles, name, and kind.
const PROVINCES: [(&str, &str, char); 31] = [
    ("粤", "广东", '省'),
    ("桂", "广西", '区'),
    ("琼", "海南", '省'),
    ("闽", "福建", '省'),
    ("浙", "浙江", '省'),
    ("苏", "江苏", '省'),
    ("皖", "安徽", '省'),
    ("赣", "江西", '省'),
    ("湘", "湖南", '省'),
    ("鄂", "湖北", '省'),
    ("豫", "河南", '省'),
    ("鲁", "山东", '省'),
    ("冀", "河北", '省'),
    ("晋", "山西", '省'),
    ("辽", "辽宁", '省'),
    ("吉", "吉林", '省'),
    ("黑", "黑龙江", '省'),
    ("川", "四川", '省'),
    ("黔", "贵州", '省'),
    ("滇", "云南", '省'),
    ("陕", "陕西", '省'),
    ("甘", "甘肃", '省'),
    ("青", "青海", '省'),
    ("蒙", "内蒙古", '区'),
    ("宁", "宁夏", '区'),
    ("新", "新疆", '区'),
    ("藏", "西藏", '区'),
    ("京", "北京", '市'),
    ("沪", "上海", '市'),
    ("津", "天津", '市'),
    ("渝", "重庆", '市'),
];

/// Cities that lists of units name beside provinces, folded.
const CITIES: [&str; 46] = [
    "广州", "深圳", "珠海", "汕头", "佛山", "韶关", "河源", "梅州", "惠州", "汕尾", "东莞", "中山",
    "江门", "阳江", "湛江", "茂名", "肇庆", "清远", "潮州", "揭阳", "云浮", "顺德", "香港", "澳门",
    "南沙", "前海", "横琴", "厦门", "福州", "泉州", "南宁", "桂林", "海口", "三亚", "长沙", "南昌",
    "武汉", "杭州", "宁波", "南京", "苏州", "成都", "昆明", "贵阳", "青岛", "大连",
];

/// The bodies of a clause's responsible units, one for each entry of `clause.units`.
pub(crate) fn bodies(document: &Document, clause: &Clause, province: Option<&str>) -> Vec<String> {
    let names = &clause.units;
    let runs = runs(&clause.text, names);
    let mut bodies: Vec<String> = Vec::with_capacity(names.len());
    // The level, such as 省, that the names of this run inherit.
    let mut lent: Option<String> = None;
    for (at, name) in names.iter().enumerate() {
        if at > 0 && runs[at] != runs[at - 1] {
            lent = None;
        }
        let last = (at + 1..names.len()).take_while(|&next| runs[next] == runs[at]);
        let followers = last.map(|next| names[next].as_str());
        let name = match bare_place(name) {
            Some(place) => with_end(place, followers).unwrap_or_else(|| name.clone()),
            None => name.clone(),
        };
        let folded = fold(&name);
        let (level, rest) = level(&folded);
        let body = match level {
            Some(level) => {
                let prefix: String = name.chars().take(level.chars().count()).collect();
                let full = match province {
                    Some(province) if level.chars().count() == 1 => {
                        let fits = province.ends_with(level);
                        if fits { in_script(province, document.script) } else { prefix }
                    }
                    _ => prefix,
                };
                lent = Some(full.clone());
                full + &name.chars().skip(level.chars().count()).collect::<String>()
            }
            None if takes_level(&folded) => match &lent {
                Some(lent) => format!("{lent}{name}"),
                None => name,
            },
            None => {
                lent = None;
                name
            }
        };
        debug_assert!(!rest.is_empty() || level.is_none(), "a level is no body");
        bodies.push(body);
    }
    bodies
}

/// The run of the list to which each name belongs; the names of a run are separated by 、.
fn runs(text: &str, names: &[String]) -> Vec<usize> {
    let mut at = text.rfind(['（', '(']).map_or(0, |open| open);
    // With a bracket inside the list, the list begins at the first name.
    if let Some(first) = names.first()
        && let Some(start) = text.rfind(first.as_str()).filter(|start| *start < at)
    {
        at = start;
    }
    let (mut run, mut runs) = (0, Vec::with_capacity(names.len()));
    for name in names {
        let Some(found) = text[at..].find(name.as_str()) else {
            runs.push(run);
            continue;
        };
        if text[at..at + found].contains(['，', ',', '；', ';', '。']) {
            run += 1;
        }
        runs.push(run);
        at += found + name.len();
    }
    runs
}

/// The level at the beginning of a folded name, and the rest: 省 of 省公安厅, 广东省 of
/// 广东省公安厅.
fn level(name: &str) -> (Option<&str>, &str) {
    let mut ends = vec![];
    for (_, province, kind) in PROVINCES {
        if let Some(rest) = name.strip_prefix(province)
            && rest.starts_with(kind)
        {
            ends.push(province.len() + kind.len_utf8());
        }
    }
    for city in CITIES {
        if name.strip_prefix(city).is_some_and(|rest| rest.starts_with('市')) {
            ends.push(city.len() + '市'.len_utf8());
        }
    }
    if name.starts_with(['省', '市', '区']) {
        ends.push('省'.len_utf8());
    }
    match ends.into_iter().max() {
        // 省政府 has a level; 省 alone has none.
        Some(end) if end < name.len() => (Some(&name[..end]), &name[end..]),
        _ => (None, name),
    }
}

/// Whether a name without a level is an office of a government, such as 公安厅 or 港澳办. A name
/// that begins with a place is not, nor is a bureau of the state.
fn takes_level(name: &str) -> bool {
    const OWN: [&str; 22] = [
        "国家",
        "中国",
        "中央",
        "中共",
        "全国",
        "海关",
        "民航",
        "人行",
        "人民银行",
        "工商总局",
        "税务总局",
        "商标局",
        "总局",
        "国务院",
        "团省委",
        "省",
        "公司",
        "集团",
        "小组",
        "粤港",
        "成员",
        "特区",
    ];
    let placed = PROVINCES.iter().any(|(_, province, _)| name.starts_with(province))
        || CITIES.iter().any(|city| name.starts_with(city));
    let ends = ["厅", "局", "委", "办", "委员会", "办公室", "院", "会", "处"];
    !placed
        && !OWN.iter().any(|word| name.starts_with(word))
        && !name.contains('驻')
        && name.chars().count() <= 12
        && ends.iter().any(|end| name.ends_with(end))
}

/// A name that consists of a place only.
fn bare_place(name: &str) -> Option<&str> {
    let folded = fold(name);
    let is_place = PROVINCES.iter().any(|(_, province, _)| folded == *province)
        || CITIES.contains(&folded.as_str());
    is_place.then_some(name)
}

/// A place completed with the ending of the next name that has one: 深圳 before 珠海市政府.
fn with_end<'a>(place: &str, mut followers: impl Iterator<Item = &'a str>) -> Option<String> {
    let full = followers.find(|name| bare_place(name).is_none())?;
    let folded = fold(full);
    let places = PROVINCES.iter().map(|(_, province, _)| *province).chain(CITIES);
    let of = places.filter(|of| folded.starts_with(of)).max_by_key(|of| of.len())?;
    let mut end: String = full.chars().skip(of.chars().count()).collect();
    // 广东、深圳市政府: 市 doesn't complete a province.
    let folded_place = fold(place);
    let kind = PROVINCES.iter().find(|(_, province, _)| folded_place == *province);
    let kind = kind.map_or('市', |(_, _, kind)| *kind);
    if end.starts_with(['市', '省']) {
        end = kind.to_string() + &end.chars().skip(1).collect::<String>();
    }
    Some(format!("{place}{end}"))
}

/// The province or city that 省 or 市 means in a document, folded: 广东省.
///
/// It is the one at the beginning of a party's name, or of the document's number (粤府办);
/// otherwise the one whose abbreviation is next to Hong Kong's or Macao's in the title (粤港), or
/// whose name is in the title.
pub(crate) fn province(
    title: Option<&str>,
    number: Option<&str>,
    parties: &[String],
) -> Option<String> {
    let full = |(_, name, kind): &(&str, &str, char)| format!("{name}{kind}");
    let named = |text: &str| {
        PROVINCES.iter().find(|(_, name, kind)| text.contains(&format!("{name}{kind}"))).map(full)
    };
    if let Some(found) = parties.iter().find_map(|party| named(&fold(party))) {
        return Some(found);
    }
    let number = number.map(fold);
    let of_number = number.as_deref().and_then(|number| {
        PROVINCES.iter().find(|(short, ..)| number.starts_with(short)).map(full)
    });
    if of_number.is_some() {
        return of_number;
    }
    let title = fold(title?);
    named(&title).or_else(|| {
        let mut found = PROVINCES.iter().filter(|(short, ..)| is_beside_partner(&title, short));
        let first = found.next()?;
        found.next().is_none().then(|| full(first))
    })
}

/// Whether the abbreviation of a province is next to that of Hong Kong, Macao or a government in a
/// folded title: 粤港.
fn is_beside_partner(title: &str, short: &str) -> bool {
    ["港", "澳", "府"].iter().any(|other| {
        title.contains(&format!("{short}{other}")) || title.contains(&format!("{other}{short}"))
    })
}

/// A folded name of a province in the script of a document.
fn in_script(province: &str, script: Script) -> String {
    if script != Script::Hant {
        return province.to_owned();
    }
    const TRADITIONAL: [(char, char); 18] = [
        ('广', '廣'),
        ('东', '東'),
        ('苏', '蘇'),
        ('云', '雲'),
        ('陕', '陝'),
        ('肃', '肅'),
        ('宁', '寧'),
        ('辽', '遼'),
        ('贵', '貴'),
        ('龙', '龍'),
        ('湾', '灣'),
        ('庆', '慶'),
        ('区', '區'),
        ('内', '內'),
        ('贛', '贛'),
        ('闽', '閩'),
        ('浙', '浙'),
        ('藏', '藏'),
    ];
    let hant = |c: char| TRADITIONAL.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to);
    province.chars().map(hant).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let all = format!(
            "+++\ntitle = '实施《粤港合作协议》2017年重点工作'\nkind = 'work_plan'\n+++\n\n一、基础设施\n\n1. {text}\n\n2. 其他工作。\n"
        );
        let documents = crate::read("a.md", &all).unwrap();
        let clauses = &documents[0].clauses;
        let clause = clauses.iter().find(|clause| !clause.units.is_empty()).unwrap();
        assert_eq!(clause.bodies.len(), clause.units.len());
        clause.bodies.clone()
    }

    #[test]
    fn names_are_completed_from_their_neighbours() {
        for (text, expected) in [
            (
                "推进通关。（省发展改革委、公安厅，珠海市政府，海关广东分署，珠海边检总站）",
                &["广东省发展改革委", "广东省公安厅", "珠海市政府", "海关广东分署", "珠海边检总站"]
                    [..],
            ),
            (
                "支持发展。（民航中南管理局，深圳、珠海市政府）",
                &["民航中南管理局", "深圳市政府", "珠海市政府"],
            ),
            (
                "加强合作。（省卫生计生委，广东、深圳、珠海出入境检验检疫局）",
                &[
                    "广东省卫生计生委",
                    "广东出入境检验检疫局",
                    "深圳出入境检验检疫局",
                    "珠海出入境检验检疫局",
                ],
            ),
            ("交流。（团省委，省教育厅、港澳办）", &["团省委", "广东省教育厅", "广东省港澳办"]),
            ("培训。（省法院、省法制办）", &["广东省法院", "广东省法制办"]),
            (
                "检验。（省版权局，国家粮食局质量检验协作华南中心，农业总站种子检验协作广州中心、种子站驻广州办事处）",
                &[
                    "广东省版权局",
                    "国家粮食局质量检验协作华南中心",
                    "农业总站种子检验协作广州中心",
                    "种子站驻广州办事处",
                ],
            ),
            (
                "旅游。（广州市政府，省旅游局、港澳办）",
                &["广州市政府", "广东省旅游局", "广东省港澳办"],
            ),
            ("治理。（广东、深圳市政府）", &["广东省政府", "深圳市政府"]),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }

    #[test]
    fn the_issuer_determines_the_province() {
        let parties = ["廣東省人民政府".to_owned()];
        for (title, number, parties, expected) in [
            (Some("粵港合作協議"), None, &[][..], Some("广东省")),
            (Some("闽港合作协议"), None, &[], Some("福建省")),
            (None, Some("粤府办〔2017〕1号"), &[], Some("广东省")),
            (Some("合作協議"), None, &parties, Some("广东省")),
            (Some("泛珠三角区域合作协议"), None, &[], None),
            (None, None, &[], None),
        ] {
            assert_eq!(province(title, number, parties).as_deref(), expected, "{title:?}");
        }
    }
}
