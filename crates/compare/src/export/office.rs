//! What all office documents (OOXML) have in common: parts in an archive, and fonts by language.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::ExportError;

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// The parts of a document, by their names, as a file.
pub(super) fn pack(parts: &[(&str, String)]) -> Result<Vec<u8>, ExportError> {
    // The time is fixed, so that the same content gives the same bytes.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, options)?;
        archive.write_all(DECLARATION.as_bytes())?;
        archive.write_all(content.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

/// The language as office programs name it, which know scripts by region alone.
pub(super) fn office_language(language: &str) -> &'static str {
    let has = |part: &str| language.split('-').any(|found| found.eq_ignore_ascii_case(part));
    match () {
        () if has("HK") => "zh-HK",
        () if has("MO") => "zh-MO",
        () if has("SG") => "zh-SG",
        () if has("TW") || has("Hant") => "zh-TW",
        () => "zh-CN",
    }
}

/// The font that office programs have for a language.
pub(super) fn font(language: &str) -> &'static str {
    match office_language(language) {
        "zh-CN" | "zh-SG" => "Microsoft YaHei",
        _ => "Microsoft JhengHei",
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Read;

    use super::*;

    /// A part of a document.
    pub(in crate::export) fn part(bytes: &[u8], name: &str) -> String {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut content = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut content).unwrap();
        content
    }

    #[test]
    fn languages_of_office_programs() {
        for (tag, office) in [
            ("zh-Hant-HK", "zh-HK"),
            ("zh-Hant-MO", "zh-MO"),
            ("zh-Hant", "zh-TW"),
            ("zh-TW", "zh-TW"),
            ("zh-Hans-CN", "zh-CN"),
            ("zh", "zh-CN"),
        ] {
            assert_eq!(office_language(tag), office, "{tag}");
        }
    }
}
