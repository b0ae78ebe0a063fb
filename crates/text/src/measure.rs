//! Units of measure by name and sign: ㎡, m2, m² and 平方米 are one unit.
//!
//! A unit has signs and a name in folded Han characters. Signs of letters count only directly
//! behind a figure, because m and kg are parts of words elsewhere; signs that are one character in
//! Unicode (㎡, ℃) count anywhere. Two kinds of names are left out: regional names (公分) are
//! entries of the term table, and names in front of the figure (攝氏) are a matter of word order.

/// A unit of measure.
#[derive(Debug, PartialEq, Eq)]
pub struct Measure {
    /// Its name in folded Han characters.
    pub name: &'static str,
    /// Other folded names: 千克 beside 公斤.
    pub names: &'static [&'static str],
    /// Its signs: those of one character first, then letters in lower case.
    pub signs: &'static [&'static str],
}

const fn unit(
    name: &'static str,
    names: &'static [&'static str],
    signs: &'static [&'static str],
) -> Measure {
    Measure { name, names, signs }
}

/// All known units. Of two that begin alike the longer comes first.
pub const MEASURES: [Measure; 25] = [
    unit("平方公里", &["平方千米"], &["㎢", "km2", "km²"]),
    unit("平方厘米", &[], &["㎠", "cm2", "cm²"]),
    unit("平方毫米", &[], &["㎟", "mm2", "mm²"]),
    unit("平方米", &["平米"], &["㎡", "m2", "m²"]),
    unit("立方厘米", &[], &["㎤", "cm3", "cm³"]),
    unit("立方米", &[], &["㎥", "m3", "m³"]),
    unit("公里", &["千米"], &["㎞", "km"]),
    unit("厘米", &[], &["㎝", "cm"]),
    unit("毫米", &[], &["㎜", "mm"]),
    unit("微米", &[], &["㎛", "μm"]),
    unit("纳米", &[], &["㎚", "nm"]),
    unit("公斤", &["千克"], &["㎏", "kg"]),
    unit("毫克", &[], &["㎎", "mg"]),
    unit("微克", &[], &["㎍", "μg"]),
    unit("毫升", &[], &["㎖", "ml"]),
    unit("升", &[], &["ℓ", "l"]),
    unit("摄氏度", &[], &["℃", "°c"]),
    unit("华氏度", &[], &["℉", "°f"]),
    unit("公顷", &[], &["㏊", "ha"]),
    unit("千瓦时", &[], &["kwh", "kw·h"]),
    unit("千瓦", &[], &["㎾", "kw"]),
    unit("兆瓦", &[], &["㎿", "mw"]),
    unit("千赫", &[], &["㎑", "khz"]),
    unit("兆赫", &[], &["㎒", "mhz"]),
    unit("分贝", &[], &["㏈", "db"]),
];

impl Measure {
    /// All folded ways to write the unit.
    pub fn ways(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name)
            .chain(self.names.iter().copied())
            .chain(self.signs.iter().copied())
    }
}

/// The unit at the beginning of a text that follows a figure, and its length in bytes.
///
/// ```
/// use tiaowen_text::measure::measure;
/// let name = |text| measure(text).map(|(unit, _)| unit.name);
/// assert_eq!(name("㎡以上"), Some("平方米"));
/// assert_eq!(name("m2"), name("平方米"));
/// assert_eq!(name("Km"), name("千米"));
/// assert_eq!(name("mall"), None);
/// ```
pub fn measure(text: &str) -> Option<(&'static Measure, usize)> {
    MEASURES.iter().find_map(|unit| unit.ways().find_map(|way| Some((unit, begins(text, way)?))))
}

/// The unit of a sign of one character: ㎡, ℃.
pub fn sign(c: char) -> Option<&'static Measure> {
    if c.is_ascii() || crate::is_han(c) {
        return None;
    }
    MEASURES.iter().find(|unit| {
        let first = unit.signs.first().and_then(|sign| sign.chars().next());
        first == Some(c) && unit.signs[0].len() == c.len_utf8()
    })
}

/// Length in bytes of a name or sign at the beginning of a text. A sign of letters must end where
/// the letters end.
fn begins(text: &str, way: &str) -> Option<usize> {
    let mut length = 0;
    let mut chars = text.chars();
    for expected in way.chars() {
        let c = chars.next()?;
        if crate::fold_char(c) != expected && c != expected {
            return None;
        }
        length += c.len_utf8();
    }
    let letters =
        way.ends_with(|c: char| !crate::is_han(c) && c.is_alphanumeric()) && way.len() > 1;
    let goes_on = chars.next().is_some_and(|c| !crate::is_han(c) && c.is_alphanumeric());
    (!letters || !goes_on || way.chars().count() == 1).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_all_spellings_are_one() {
        for (name, ways) in [
            ("平方米", &["㎡", "m2", "m²", "M2", "平方米", "ｍ２"][..]),
            ("公斤", &["㎏", "kg", "KG", "千克", "公斤"]),
            ("摄氏度", &["℃", "°C", "攝氏度", "摄氏度"]),
            ("厘米", &["cm", "㎝", "釐米", "厘米"]),
            ("公里", &["km", "㎞", "公里", "千米"]),
        ] {
            for way in ways {
                let found = measure(way).map(|(unit, length)| (unit.name, length));
                assert_eq!(found, Some((name, way.len())), "{way}");
            }
        }
        for text in ["mall", "kgs", "人", "mx", "", "平"] {
            assert_eq!(measure(text), None, "{text}");
        }
        assert_eq!(sign('㎡').map(|unit| unit.name), Some("平方米"));
        assert_eq!(sign('米'), None);
    }
}
