//! The language that a page speaks to its reader, whatever the texts on it are in.

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ui {
    /// Traditional Chinese, as Hong Kong says it.
    Hant,
    /// Simplified Chinese, as the mainland says it.
    Hans,
    /// English.
    En,
}

impl Ui {
    /// All of them, in the order they are offered.
    pub(crate) const ALL: [Ui; 3] = [Ui::Hant, Ui::Hans, Ui::En];

    /// What `ui=` in an address names.
    pub(crate) fn parse(code: &str) -> Option<Ui> {
        Self::ALL.into_iter().find(|ui| ui.code() == code)
    }

    /// The name in addresses.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Ui::Hant => "hant",
            Ui::Hans => "hans",
            Ui::En => "en",
        }
    }

    /// The language tag.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Ui::Hant => "zh-Hant-HK",
            Ui::Hans => "zh-Hans-CN",
            Ui::En => "en",
        }
    }

    /// Its own name for itself.
    pub(crate) fn own_name(self) -> &'static str {
        match self {
            Ui::Hant => "繁體",
            Ui::Hans => "简体",
            Ui::En => "English",
        }
    }

    /// What a browser's `Accept-Language` prefers; English where it names nothing known.
    pub(crate) fn preferred(accept: &str) -> Ui {
        let mut best: Option<(f32, Ui)> = None;
        // A browser names few; what is longer is no browser's.
        for range in accept.split(',').take(32) {
            let mut parts = range.split(';');
            let Some(ui) = parts.next().and_then(|tag| of_tag(tag.trim())) else { continue };
            let quality = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(Some(1.0), |q| q.trim().parse::<f32>().ok())
                .filter(|quality| *quality > 0.0);
            let Some(quality) = quality else { continue };
            // Of equals the first.
            if best.is_none_or(|(most, _)| quality > most) {
                best = Some((quality, ui));
            }
        }
        best.map_or(Ui::En, |(_, ui)| ui)
    }
}

/// The interface for a language tag: a script decides, else the region.
fn of_tag(tag: &str) -> Option<Ui> {
    let tag = tag.to_ascii_lowercase();
    let mut parts = tag.split('-');
    let chinese = match parts.next()? {
        "en" => return Some(Ui::En),
        "zh" | "cmn" | "wuu" | "hsn" | "gan" => Ui::Hans,
        // Written in Traditional where nothing else is told.
        "yue" | "hak" | "nan" => Ui::Hant,
        _ => return None,
    };
    let parts: Vec<&str> = parts.collect();
    if parts.contains(&"hant") {
        return Some(Ui::Hant);
    }
    if parts.contains(&"hans") {
        return Some(Ui::Hans);
    }
    let region = parts.iter().find_map(|part| match *part {
        "hk" | "mo" | "tw" => Some(Ui::Hant),
        "cn" | "sg" | "my" => Some(Ui::Hans),
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
            ("zh-HK,zh;q=0.9,en;q=0.8", Ui::Hant),
            ("zh-TW", Ui::Hant),
            ("zh-Hant-CN", Ui::Hant),
            ("zh-Hans-HK", Ui::Hans),
            ("zh-CN,zh;q=0.9", Ui::Hans),
            ("zh", Ui::Hans),
            ("yue-HK", Ui::Hant),
            ("yue-Hans-CN", Ui::Hans),
            ("en-GB,zh-HK;q=0.9", Ui::En),
            ("fr-FR, zh-MO ;q=0.5, en;q=0.3", Ui::Hant),
            ("en;q=0.2,zh-SG;q=0.7", Ui::Hans),
            ("zh-HK;q=0, en", Ui::En),
            ("pt", Ui::En),
            ("*", Ui::En),
            ("", Ui::En),
            (";;;,,q=,zh-HK;q=x", Ui::En),
        ] {
            assert_eq!(Ui::preferred(accept), ui, "{accept}");
        }
    }

    #[test]
    fn codes_are_read_back() {
        assert!(Ui::ALL.into_iter().all(|ui| Ui::parse(ui.code()) == Some(ui)));
        assert_eq!(Ui::parse("zh"), None);
    }
}
