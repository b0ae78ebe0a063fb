//! Amounts in 元, 角 and 分.

use super::{Reading, Value, figure, figure_after};

/// An amount of money in 元, 角 and 分; the length excludes a final 元.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    /// The amount in 元.
    pub value: Value,
    /// Length in bytes, without a suffix such as 整 or 正.
    pub length: usize,
}

/// The amount in 元 and smaller units at the beginning of a text, if it has both: 叁元伍角,
/// 3元5角2分. An amount in 元 alone is a figure with a unit.
///
/// ```
/// use tiaowen_text::figure::{Value, money};
/// let amount = money("叁元伍角整").unwrap();
/// assert_eq!(amount.value, money("3元5角").unwrap().value);
/// assert_eq!(money("3元"), None);
/// ```
pub fn money(text: &str) -> Option<Money> {
    let yuan = figure(text)?;
    let Reading::Count(mut value) = yuan.reading else { return None };
    value.as_whole()?;
    let rest = text[yuan.length..].strip_prefix(['元', '圓', '圆'])?;
    let mut length = text.len() - rest.len();
    let mut seen = false;
    for (name, of) in [('角', 10), ('分', 100)] {
        let rest = &text[length..];
        // 叁元零伍分
        let zero = if rest.starts_with('零') { '零'.len_utf8() } else { 0 };
        let Some(part) = figure_after(Some('元'), &rest[zero..]) else { continue };
        let Reading::Count(count) = part.reading else { continue };
        let Some(count @ 1..=9) = count.as_whole() else { continue };
        let end = zero + part.length;
        if !rest[end..].starts_with(name) {
            continue;
        }
        value = value.plus(Value::new(count, of))?;
        length += end + name.len_utf8();
        seen = true;
    }
    seen.then_some(Money { value, length })
}
