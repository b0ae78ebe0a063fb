//! What all office documents (OOXML) have in common: parts in an archive, and fonts by language.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::ExportError;

/// The namespace of WordprocessingML.
pub(super) const NAMESPACE: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// The content types of a package that has a document and its styles.
pub(super) const CONTENT_TYPES: &str = concat!(
    r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#,
    r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#,
    r#"<Default Extension="xml" ContentType="application/xml"/>"#,
    r#"<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>"#,
    r#"<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>"#,
    "</Types>"
);

/// What the package of such a document relates to.
pub(super) const RELATIONS: &str = concat!(
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>"#,
    "</Relationships>"
);

/// What such a document relates to: its styles.
pub(super) const DOCUMENT_RELATIONS: &str = concat!(
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>"#,
    "</Relationships>"
);

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
