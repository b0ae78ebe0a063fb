//! The languages of the interface, which are independent of the language of the texts.

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Traditional Chinese as used in Hong Kong.
    Hant,
    /// Simplified Chinese as used on the mainland.
    Hans,
    /// English.
    En,
}

impl Language {
    /// All languages, in the order in which they are offered.
    pub const ALL: [Language; 3] = [Language::Hant, Language::Hans, Language::En];

    /// The language of a [code](Self::code).
    pub fn parse(code: &str) -> Option<Language> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The language for a code, a language tag or a locale.
    ///
    /// ```
    /// use tiaowen_words::Language;
    /// assert_eq!(Language::named("hant"), Some(Language::Hant));
    /// assert_eq!(Language::named("zh-TW"), Some(Language::Hant));
    /// assert_eq!(Language::named("zh_CN.UTF-8"), Some(Language::Hans));
    /// assert_eq!(Language::named("fr"), None);
    /// ```
    pub fn named(name: &str) -> Option<Language> {
        let name = name.trim().to_ascii_lowercase();
        let tag = name.split(['.', '@']).next().unwrap_or_default().replace('_', "-");
        Self::parse(&tag).or_else(|| of_tag(&tag))
    }

    /// The language of the environment, which is that of the POSIX locale for messages; English if
    /// that isn't supported. `variable` returns the value of a variable.
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Language {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
        locale.and_then(|locale| Self::named(&locale)).unwrap_or(Language::En)
    }

    /// The name in addresses and flags.
    pub fn code(self) -> &'static str {
        match self {
            Language::Hant => "hant",
            Language::Hans => "hans",
            Language::En => "en",
        }
    }

    /// The language tag.
    pub fn tag(self) -> &'static str {
        match self {
            Language::Hant => "zh-Hant-HK",
            Language::Hans => "zh-Hans-CN",
            Language::En => "en",
        }
    }

    /// The name of the language in itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Language::Hant => "繁體",
            Language::Hans => "简体",
            Language::En => "English",
        }
    }

    /// The language that an `Accept-Language` header prefers; English if it names none of them.
    pub fn preferred(accept: &str) -> Language {
        let mut best: Option<(f32, Language)> = None;
        // Browsers name a few languages. A longer list isn't from a browser.
        for range in accept.split(',').take(32) {
            let mut parts = range.split(';');
            let Some(ui) = parts.next().and_then(|tag| of_tag(tag.trim())) else { continue };
            let quality = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(Some(1.0), |q| q.trim().parse::<f32>().ok())
                .filter(|quality| *quality > 0.0);
            let Some(quality) = quality else { continue };
            // Of equals, the first.
            if best.is_none_or(|(most, _)| quality > most) {
                best = Some((quality, ui));
            }
        }
        best.map_or(Language::En, |(_, ui)| ui)
    }
}

/// The language for a language tag: by its script, or else by its region.
fn of_tag(tag: &str) -> Option<Language> {
    let tag = tag.to_ascii_lowercase();
    let mut parts = tag.split('-');
    let chinese = match parts.next()? {
        "en" => return Some(Language::En),
        "zh" | "cmn" | "wuu" | "hsn" | "gan" => Language::Hans,
        // These are written in Traditional unless the tag says otherwise.
        "yue" | "hak" | "nan" => Language::Hant,
        _ => return None,
    };
    let parts: Vec<&str> = parts.collect();
    if parts.contains(&"hant") {
        return Some(Language::Hant);
    }
    if parts.contains(&"hans") {
        return Some(Language::Hans);
    }
    let region = parts.iter().find_map(|part| match *part {
        "hk" | "mo" | "tw" => Some(Language::Hant),
        "cn" | "sg" | "my" => Some(Language::Hans),
        _ => None,
    });
    Some(region.unwrap_or(chinese))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_followed() {
        for (accept, ui) in [
            ("zh-HK,zh;q=0.9,en;q=0.8", Language::Hant),
            ("zh-TW", Language::Hant),
            ("zh-Hant-CN", Language::Hant),
            ("zh-Hans-HK", Language::Hans),
            ("zh-CN,zh;q=0.9", Language::Hans),
            ("zh", Language::Hans),
            ("yue-HK", Language::Hant),
            ("yue-Hans-CN", Language::Hans),
            ("en-GB,zh-HK;q=0.9", Language::En),
            ("fr-FR, zh-MO ;q=0.5, en;q=0.3", Language::Hant),
            ("en;q=0.2,zh-SG;q=0.7", Language::Hans),
            ("zh-HK;q=0, en", Language::En),
            ("pt", Language::En),
            ("*", Language::En),
            ("", Language::En),
            (";;;,,q=,zh-HK;q=x", Language::En),
        ] {
            assert_eq!(Language::preferred(accept), ui, "{accept}");
        }
    }

    #[test]
    fn the_environment_is_followed() {
        for (variables, language) in [
            (&[("LANG", "zh_HK.UTF-8")][..], Language::Hant),
            (&[("LANG", "zh_TW")], Language::Hant),
            (&[("LANG", "zh_MO.UTF-8")], Language::Hant),
            (&[("LANG", "zh_CN.GB18030")], Language::Hans),
            (&[("LANG", "zh_SG.UTF-8@pinyin")], Language::Hans),
            (&[("LANG", "C.UTF-8")], Language::En),
            (&[("LANG", "POSIX")], Language::En),
            (&[("LANG", "fr_FR.UTF-8")], Language::En),
            (&[("LANG", "zh_CN"), ("LC_ALL", "C")], Language::En),
            (&[("LANG", "zh_CN"), ("LC_ALL", "")], Language::Hans),
            (&[("LANG", "en_HK"), ("LC_MESSAGES", "zh_HK")], Language::Hant),
            (&[("LC_CTYPE", "zh_HK")], Language::En),
            (&[], Language::En),
        ] {
            let of = |name: &str| {
                let mut set = variables.iter().filter(|(variable, _)| *variable == name);
                set.next().map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(Language::of_environment(of), language, "{variables:?}");
        }
    }

    #[test]
    fn codes_are_read_back() {
        assert!(
            Language::ALL
                .into_iter()
                .all(|language| Language::parse(language.code()) == Some(language))
        );
        assert_eq!(Language::parse("zh"), None);
    }
}
