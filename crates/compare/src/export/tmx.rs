//! Export as a translation memory, TMX 1.4b: one unit for each pair of clauses.

use tiaowen_text::{Budget, Script};

use crate::compared::without_units;
use crate::{Comparison, Row};

use super::ExportError;
use super::markup::escape;
use super::side::{Side, citations};

/// Language tags to write instead of those of the documents. Programs that compare tags literally
/// take `zh-Hant` and `zh-Hant-HK` for two languages.
///
/// ```
/// use tiaowen_compare::export::LanguageTags;
/// let tags = LanguageTags::read(&["zh-Hant=zh-HK"]).unwrap();
/// assert_eq!(tags.of("zh-Hant"), "zh-HK");
/// assert_eq!(tags.of("zh-Hans-CN"), "zh-Hans-CN");
/// assert_eq!(LanguageTags::read(&["zh-Hant"]).unwrap_err(), "zh-Hant");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LanguageTags(Vec<(String, String)>);

impl LanguageTags {
    /// Reads replacements, each written `FROM=TO`.
    ///
    /// # Errors
    /// The first one that isn't written so, or whose parts are no language tags (BCP 47).
    pub fn read<T: AsRef<str>>(replacements: &[T]) -> Result<Self, String> {
        let read = replacements.iter().map(|text| replacement(text.as_ref()));
        Ok(LanguageTags(read.collect::<Result<_, _>>()?))
    }

    /// The tag that is written for a language.
    pub fn of<'t>(&'t self, language: &'t str) -> &'t str {
        let replaced = self.0.iter().find(|(from, _)| from.eq_ignore_ascii_case(language));
        replaced.map_or(language, |(_, to)| to)
    }

    /// The tags that are replaced.
    pub fn replaced(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(from, _)| from.as_str())
    }
}

/// A replacement as it is written, `FROM=TO`; the error is the text.
fn replacement(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').map(|(from, to)| (from.trim(), to.trim()));
    let parts = parts.filter(|(from, to)| is_tag(from) && is_tag(to));
    parts.map(|(from, to)| (from.to_owned(), to.to_owned())).ok_or_else(|| text.to_owned())
}

/// Whether a text has the form of a language tag: subtags of up to eight letters and digits, the first
/// one of letters.
fn is_tag(text: &str) -> bool {
    let first = text.split('-').next().unwrap_or_default();
    let has_form = |subtag: &str| {
        (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    first.len() > 1
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && text.split('-').all(has_form)
}

/// The clauses that both sides have, as a translation memory; without signatures.
///
/// Lists of responsible units that end clauses are left out as well unless `units` asks for them:
/// often only one version has them, and a memory would offer them as a translation of nothing.
///
/// # Errors
///
/// [`ExportError::OneLanguage`] if both versions are in one script and have no different tags in
/// `tags`: a memory of them would translate nothing. [`ExportError::NoTag`] if a tag is to be replaced
/// that neither has. [`ExportError::Spent`] if the budget ends first.
pub fn tmx(
    comparison: &Comparison,
    units: bool,
    tags: &LanguageTags,
    budget: &Budget,
) -> Result<String, ExportError> {
    let languages = languages(comparison, tags)?;
    let source_language = escape(languages[0]);
    // Without DOCTYPE: readers that resolve it would look for a tmx14.dtd next to the file.
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<tmx version=\"1.4\">\n  \
         <header creationtool=\"tiaowen\" creationtoolversion=\"{}\" segtype=\"block\" \
         o-tmf=\"tiaowen\" adminlang=\"en\" srclang=\"{source_language}\" \
         datatype=\"plaintext\"/>\n  <body>\n",
        env!("CARGO_PKG_VERSION")
    );
    for row in comparison.rows.iter().filter(|row| row.counts()) {
        budget.check()?;
        let (Some(left), Some(_)) = (&row.left, &row.right) else { continue };
        out.push_str(&format!("    <tu tuid=\"{}\">\n", escape(&left.id(&comparison.left))));
        let mut property = |name: &str, value: &str| {
            out.push_str(&format!("      <prop type=\"x-{name}\">{}</prop>\n", escape(value)));
        };
        property("status", row.status.as_str());
        property("moved", &row.moved.to_string());
        property("similarity", &format!("{:.3}", row.similarity));
        for side in Side::BOTH {
            property(&format!("citation-{}", side.as_str()), &citations(comparison, row, side));
        }
        for (side, language) in Side::BOTH.into_iter().zip(languages) {
            out.push_str(&format!(
                "      <tuv xml:lang=\"{}\"><seg>{}</seg></tuv>\n",
                escape(language),
                escape(&segment(row, side, units))
            ));
        }
        out.push_str("    </tu>\n");
    }
    out.push_str("  </body>\n</tmx>\n");
    Ok(out)
}

/// Whether [`tmx`] can make a memory of two versions.
pub fn makes_memory(comparison: &Comparison, tags: &LanguageTags) -> bool {
    languages(comparison, tags).is_ok()
}

/// The language tags of both sides.
fn languages<'t>(
    comparison: &'t Comparison,
    tags: &'t LanguageTags,
) -> Result<[&'t str; 2], ExportError> {
    let (left, right) = (&comparison.left, &comparison.right);
    let has = |tag: &str| {
        [left, right].iter().any(|document| document.language.eq_ignore_ascii_case(tag))
    };
    if let Some(tag) = tags.replaced().find(|tag| !has(tag)) {
        let (left, right) = (left.language.clone(), right.language.clone());
        return Err(ExportError::NoTag { tag: tag.to_owned(), left, right });
    }
    let languages = [left, right].map(|document| tags.of(&document.language));
    // LanguageTags that differ in the region alone are not chosen: a document that names no office has none.
    let is_chosen = languages != [left.language.as_str(), &right.language];
    let is_chinese = |language: &str| language.split('-').next() == Some("zh");
    let is_one_script = left.script == right.script
        && left.script != Script::Mixed
        && is_chinese(&left.language)
        && is_chinese(&right.language);
    if languages[0].eq_ignore_ascii_case(languages[1]) || is_one_script && !is_chosen {
        return Err(ExportError::OneLanguage { language: languages[1].to_owned() });
    }
    Ok(languages)
}

/// The text of a side of a row, with the responsible units that end its clauses or without.
fn segment(row: &Row, side: Side, units: bool) -> String {
    if units {
        return side.text(row);
    }
    side.clauses(row).map(without_units).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::sample;

    #[test]
    fn a_unit_for_each_pair_but_signatures() {
        let comparison = sample::comparison();
        let pairs = comparison
            .rows
            .iter()
            .filter(|row| row.counts() && row.left.is_some() && row.right.is_some())
            .count();
        let memory =
            tmx(&comparison, false, &LanguageTags::default(), &Budget::unlimited()).unwrap();
        assert_eq!(memory.matches("<tu tuid=").count(), pairs);
        assert_eq!(memory.matches("<tuv xml:lang=\"zh-Hant-HK\">").count(), pairs);
        assert_eq!(memory.matches("<tuv xml:lang=\"zh-Hans-CN\">").count(), pairs);
        assert!(!memory.contains("行政總裁"));
    }

    #[test]
    fn texts_are_escaped_and_further_clauses_joined() {
        let memory =
            tmx(&sample::comparison(), false, &LanguageTags::default(), &Budget::unlimited())
                .unwrap();
        assert!(memory.contains("&lt;試行&gt; A&amp;B"));
        assert!(memory.contains("每季通报信息。\n每年举行联合检查。</seg>"));
        assert!(memory.contains("srclang=\"zh-Hant-HK\""));
    }

    #[test]
    fn versions_in_one_language_make_no_memory() {
        let memory = |languages: [&str; 2], tags: &[&str]| {
            let mut comparison = sample::comparison();
            for (document, language) in
                [&mut comparison.left, &mut comparison.right].into_iter().zip(languages)
            {
                document.language = language.to_owned();
                document.script =
                    if language.contains("Hans") { Script::Hans } else { Script::Hant };
            }
            tmx(&comparison, false, &LanguageTags::read(tags).unwrap(), &Budget::unlimited())
        };
        let (hant, hk, hans) = ("zh-Hant", "zh-Hant-HK", "zh-Hans-CN");
        for languages in [[hant, hant], [hant, hk], [hans, hans]] {
            let refused = memory(languages, &[]);
            assert!(matches!(refused, Err(ExportError::OneLanguage { .. })), "{languages:?}");
        }
        assert!(memory([hk, "en"], &[]).is_ok(), "a bilingual print");
        // LanguageTags are replaced where they are chosen.
        let chosen = memory([hant, hans], &["zh-Hant=zh-HK", "zh-Hans-CN=zh-CN"]).unwrap();
        assert!(
            chosen.contains("srclang=\"zh-HK\"") && chosen.contains("<tuv xml:lang=\"zh-CN\">")
        );
        assert!(!chosen.contains("zh-Han"));
        assert!(memory([hant, "zh-Hant-TW"], &["zh-Hant=zh-Hant-HK"]).is_ok());
        let same = memory([hant, hans], &["zh-Hant=zh", "zh-Hans-CN=zh"]);
        assert!(matches!(same, Err(ExportError::OneLanguage { .. })));
        let unknown = memory([hant, hans], &["zh-Hant-MO=zh-MO"]);
        assert!(matches!(unknown, Err(ExportError::NoTag { tag, .. }) if tag == "zh-Hant-MO"));
    }

    #[test]
    fn units_are_left_out_unless_asked_for() {
        let memory = |units| {
            tmx(&sample::comparison(), units, &LanguageTags::default(), &Budget::unlimited())
                .unwrap()
        };
        for unit in ["（省公安廳）", "（省公安厅、省广电局）"] {
            assert!(!memory(false).contains(unit), "{unit}");
            assert!(memory(true).contains(unit), "{unit}");
        }
        assert!(memory(false).contains("推動&lt;試行&gt; A&amp;B計劃。</seg>"));
    }
}
