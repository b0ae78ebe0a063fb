//! Clauses that a reader gathered, as an office document: each with its citation, what is known of
//! its document, its text, and its other version beside it.

use super::ExportError;
use super::markup::escape;
use super::office::{
    CONTENT_TYPES, DOCUMENT_RELATIONS, NAMESPACE, RELATIONS, font, office_language, pack,
};

/// A clause in the one version or the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quoted {
    /// Its citation.
    pub citation: String,
    /// Its text.
    pub text: String,
    /// The language of both, as a tag.
    pub language: String,
}

/// A clause that was gathered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extract {
    /// The clause.
    pub clause: Quoted,
    /// What is known of its document and of who must act, a line each.
    pub facts: Vec<String>,
    /// Its permanent address, where one is known.
    pub link: Option<String>,
    /// Its other versions.
    pub others: Vec<Quoted>,
}

/// The clauses as an A4 document, below the title.
///
/// # Errors
/// When the document can't be packed.
///
/// ```
/// use tiaowen_compare::export::{Extract, Quoted, extracts};
/// let clause = Quoted { citation: "《甲》第一條".into(), text: "合作。".into(), language: "zh-Hant".into() };
/// let document = extracts("摘錄", &[Extract { clause, ..Extract::default() }])?;
/// assert!(document.starts_with(b"PK"));
/// # Ok::<(), tiaowen_compare::export::ExportError>(())
/// ```
pub fn extracts(title: &str, all: &[Extract]) -> Result<Vec<u8>, ExportError> {
    let language = all.first().map_or("zh-Hant-HK", |first| &first.clause.language);
    let mut body = paragraph("Title", &run(title, language));
    for extract in all {
        body.push_str(&entry(extract));
    }
    let document = format!(
        "<w:document xmlns:w=\"{NAMESPACE}\"><w:body>{body}<w:sectPr><w:pgSz w:w=\"11906\" \
         w:h=\"16838\"/><w:pgMar w:top=\"1134\" w:right=\"1134\" w:bottom=\"1134\" w:left=\"1134\" \
         w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>"
    );
    pack(&[
        ("[Content_Types].xml", CONTENT_TYPES.to_owned()),
        ("_rels/.rels", RELATIONS.to_owned()),
        ("word/_rels/document.xml.rels", DOCUMENT_RELATIONS.to_owned()),
        ("word/document.xml", document),
        ("word/styles.xml", styles(language)),
    ])
}

fn styles(language: &str) -> String {
    let (font, language) = (font(language), office_language(language));
    format!(
        "<w:styles xmlns:w=\"{NAMESPACE}\"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts \
         w:ascii=\"{font}\" w:hAnsi=\"{font}\" w:eastAsia=\"{font}\"/><w:sz w:val=\"21\"/>\
         <w:lang w:val=\"en-US\" w:eastAsia=\"{language}\"/></w:rPr></w:rPrDefault>\
         <w:pPrDefault><w:pPr><w:spacing w:after=\"80\" w:line=\"300\" w:lineRule=\"auto\"/></w:pPr>\
         </w:pPrDefault></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/>\
         </w:style>{}{}{}</w:styles>",
        style("Title", "Title", "<w:spacing w:after=\"240\"/>", "<w:b/><w:sz w:val=\"32\"/>"),
        style(
            "Heading1",
            "heading 1",
            "<w:keepNext/><w:spacing w:before=\"280\"/><w:outlineLvl w:val=\"0\"/>",
            "<w:b/><w:sz w:val=\"24\"/>"
        ),
        style(
            "Facts",
            "tiaowen facts",
            "<w:keepNext/>",
            "<w:color w:val=\"59606A\"/><w:sz w:val=\"18\"/>"
        ),
    )
}

/// A style of paragraphs.
fn style(id: &str, name: &str, paragraph: &str, run: &str) -> String {
    format!(
        "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/>\
         <w:basedOn w:val=\"Normal\"/><w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
    )
}

/// A clause: citation, facts, text, then each other version with its own citation.
fn entry(extract: &Extract) -> String {
    let Extract { clause, facts, link, others } = extract;
    let mut out = paragraph("Heading1", &run(&clause.citation, &clause.language));
    for fact in facts {
        out.push_str(&paragraph("Facts", &run(fact, &clause.language)));
    }
    if let Some(link) = link {
        out.push_str(&paragraph("Facts", &linked(link)));
    }
    if others.is_empty() {
        out.push_str(&quotation(clause));
        return out;
    }
    // The versions beside one another, each in a column.
    let columns = others.len() + 1;
    let width = 9_638 / columns;
    let cells: String =
        std::iter::once(clause).chain(others).map(|quoted| cell(quoted, width)).collect();
    let grid = format!("<w:gridCol w:w=\"{width}\"/>").repeat(columns);
    let border = |edge: &str| {
        format!("<w:{edge} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"C9CCD1\"/>")
    };
    let borders: String = ["top", "bottom", "insideV"].map(border).concat();
    out.push_str(&format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"9638\" w:type=\"dxa\"/><w:tblBorders>{borders}</w:tblBorders>\
         <w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid><w:tr>{cells}</w:tr>\
         </w:tbl>{}",
        // Two tables without a paragraph between them would be one.
        paragraph("Normal", "")
    ));
    out
}

/// A version in a column of this width.
fn cell(quoted: &Quoted, width: usize) -> String {
    format!(
        "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr>{}{}</w:tc>",
        paragraph("Facts", &run(&quoted.citation, &quoted.language)),
        quotation(quoted)
    )
}

fn quotation(quoted: &Quoted) -> String {
    let line = |line: &str| paragraph("Normal", &run(line, &quoted.language));
    quoted.text.lines().map(line).collect()
}

fn paragraph(style: &str, runs: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>{runs}</w:p>")
}

/// A text in its language, so that its characters are drawn in the forms of its region.
fn run(text: &str, language: &str) -> String {
    let (font, language) = (font(language), office_language(language));
    format!(
        "<w:r><w:rPr><w:rFonts w:ascii=\"{font}\" w:hAnsi=\"{font}\" w:eastAsia=\"{font}\" \
         w:hint=\"eastAsia\"/><w:lang w:eastAsia=\"{language}\"/></w:rPr>\
         <w:t xml:space=\"preserve\">{}</w:t></w:r>",
        escape(text)
    )
}

/// An address that leads there.
fn linked(address: &str) -> String {
    let quoted = escape(&address.replace(['"', '\\'], ""));
    format!(
        "<w:fldSimple w:instr=\" HYPERLINK &quot;{quoted}&quot; \"><w:r><w:t>{quoted}</w:t></w:r></w:fldSimple>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::office::tests::part;

    #[test]
    fn clauses_stand_beside_their_versions_in_their_languages() {
        let quoted = |citation: &str, text: &str, language: &str| Quoted {
            citation: citation.to_owned(),
            text: text.to_owned(),
            language: language.to_owned(),
        };
        let all = [
            Extract {
                clause: quoted("《甲》一", "合作<試行>。\n第二行。", "zh-Hant-HK"),
                facts: vec!["2017-11-18".to_owned()],
                link: Some("https://example.org/clauses/a.part_1".to_owned()),
                others: vec![quoted("《甲》一", "合作<试行>。", "zh-Hans-CN")],
            },
            Extract {
                clause: quoted("《乙》二", "交流。", "zh-Hant-HK"), ..Extract::default()
            },
        ];
        let bytes = extracts("摘錄", &all).unwrap();
        let document = part(&bytes, "word/document.xml");
        assert_eq!(document.matches("<w:tbl>").count(), 1);
        assert_eq!(document.matches("<w:tc>").count(), 2);
        for text in
            ["合作&lt;試行&gt;。<", "第二行。<", "合作&lt;试行&gt;。<", "2017-11-18", "《乙》二"]
        {
            assert!(document.contains(text), "{text}");
        }
        assert!(
            document.contains("w:eastAsia=\"zh-HK\"") && document.contains("w:eastAsia=\"zh-CN\"")
        );
        assert!(document.contains("HYPERLINK &quot;https://example.org/clauses/a.part_1&quot;"));
        assert_eq!(bytes, extracts("摘錄", &all).unwrap());
    }
}
