//! Dates as people write them.

use tiaowen_words::Language;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A date as precise as given: `2017`, `2017-11` or `2017-11-18`. Anything else is returned
/// unchanged.
pub(crate) fn date(ui: Language, date: &str) -> String {
    let parts: Option<Vec<u32>> = date.split('-').map(|part| part.parse().ok()).collect();
    let month = |month: u32| MONTHS.get((month as usize).wrapping_sub(1)).copied();
    match (ui, parts.as_deref()) {
        (Language::En, Some([year, m])) if month(*m).is_some() => {
            format!("{} {year}", month(*m).unwrap_or_default())
        }
        (Language::En, Some([year, m, day])) if month(*m).is_some() => {
            format!("{day} {} {year}", month(*m).unwrap_or_default())
        }
        (Language::Hant | Language::Hans, Some([year])) => format!("{year}年"),
        (Language::Hant | Language::Hans, Some([year, month])) => format!("{year}年{month}月"),
        (Language::Hant | Language::Hans, Some([year, month, day])) => {
            format!("{year}年{month}月{day}日")
        }
        _ => date.to_owned(),
    }
}

/// The day of a time in seconds since 1970, in UTC.
pub(crate) fn day(seconds: u64) -> String {
    // Days to a date of the proleptic Gregorian calendar, with years beginning in March.
    let days = seconds / 86_400 + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// A time in seconds since 1970 in the format of RFC 3339, in UTC.
pub(crate) fn moment(seconds: u64) -> String {
    let of_day = seconds % 86_400;
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", day(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_as_precise_as_printed() {
        assert_eq!(date(Language::Hant, "2017-11-18"), "2017年11月18日");
        assert_eq!(date(Language::Hans, "2017-03"), "2017年3月");
        assert_eq!(date(Language::En, "2017-03-05"), "5 March 2017");
        assert_eq!(date(Language::En, "2017-03"), "March 2017");
        assert_eq!(date(Language::En, "2017"), "2017");
        assert_eq!(date(Language::En, "2017-13"), "2017-13");
        assert_eq!(date(Language::Hant, "unknown"), "unknown");
    }

    #[test]
    fn seconds_are_days() {
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(951_782_400), "2000-02-29");
        assert_eq!(day(1_510_963_199), "2017-11-17");
        assert_eq!(day(1_735_689_600), "2025-01-01");
        assert_eq!(moment(1_510_963_199), "2017-11-17T23:59:59Z");
    }
}
