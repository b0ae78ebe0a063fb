//! Export as an office document: a table of the rows with marked differences.
//!
//! The markup is written by hand and packed with the `zip` crate. Crates that write office
//! documents bring a tree of parsers and image codecs, and most can't set the language of East
//! Asian text; without it, one script is drawn with the other's character forms.

use tiaowen_corpus::Document;
use tiaowen_text::{Budget, Spent};

use crate::{Comparison, DifferenceKind, Row, Status};

use super::ExportError;
use super::markup::escape;
use super::office::{font, office_language, pack};
use super::side::{
    Mark, Piece, Side, changes, count, heading_marks, marked, pieces, place, text_marks,
};
use super::words::{self, ReportLanguage};

const NAMESPACE: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// Column widths in twentieths of a point: A4 landscape without margins.
const WIDTHS: [u32; 3] = [1_838, 6_650, 6_650];

/// A comparison as an office document (OOXML), A4 landscape.
///
/// It contains every row; unchanged rows are grey. Each kind of difference has a character style,
/// listed in a legend at the top, so that a reader can change its look. Labels are in `language`.
///
/// # Errors
/// If the document can't be packed; [`ExportError::Spent`] if the budget ends first.
pub fn docx(
    comparison: &Comparison,
    language: ReportLanguage,
    budget: &Budget,
) -> Result<Vec<u8>, ExportError> {
    let parts = [
        ("[Content_Types].xml", CONTENT_TYPES.to_owned()),
        ("_rels/.rels", RELATIONS.to_owned()),
        ("docProps/core.xml", core(comparison, language)),
        ("word/_rels/document.xml.rels", DOCUMENT_RELATIONS.to_owned()),
        ("word/document.xml", document(comparison, language, budget)?),
        ("word/styles.xml", styles(comparison)),
        ("word/settings.xml", settings(comparison)),
        ("word/footer1.xml", footer(comparison, language)),
    ];
    pack(&parts)
}

const CONTENT_TYPES: &str = concat!(
    r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#,
    r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#,
    r#"<Default Extension="xml" ContentType="application/xml"/>"#,
    r#"<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>"#,
    r#"<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>"#,
    r#"<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>"#,
    r#"<Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>"#,
    r#"<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>"#,
    "</Types>"
);

const RELATIONS: &str = concat!(
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>"#,
    r#"<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>"#,
    "</Relationships>"
);

const DOCUMENT_RELATIONS: &str = concat!(
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>"#,
    r#"<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/settings" Target="settings.xml"/>"#,
    r#"<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/>"#,
    "</Relationships>"
);

fn core(comparison: &Comparison, language: ReportLanguage) -> String {
    format!(
        "<cp:coreProperties \
         xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
         <dc:title>{}</dc:title><dc:creator>tiaowen</dc:creator>\
         <dc:language>{}</dc:language></cp:coreProperties>",
        escape(&name(comparison, language)),
        escape(&comparison.left.language)
    )
}

fn settings(comparison: &Comparison) -> String {
    format!(
        "<w:settings xmlns:w=\"{NAMESPACE}\"><w:compat><w:compatSetting \
         w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" \
         w:val=\"15\"/></w:compat><w:themeFontLang w:val=\"en-US\" w:eastAsia=\"{}\"/>\
         </w:settings>",
        office_language(&comparison.left.language)
    )
}

fn footer(comparison: &Comparison, language: ReportLanguage) -> String {
    let field = |name: &str| {
        format!("<w:fldSimple w:instr=\"{name}\"><w:r><w:t>1</w:t></w:r></w:fldSimple>")
    };
    format!(
        "<w:ftr xmlns:w=\"{NAMESPACE}\">{}</w:ftr>",
        paragraph(
            "Footer",
            &format!(
                "{}<w:r><w:tab/></w:r>{}{}{}",
                run(None, &name(comparison, language)),
                field("PAGE"),
                run(None, " / "),
                field("NUMPAGES")
            )
        )
    )
}

/// The title of the comparison.
fn name(comparison: &Comparison, language: ReportLanguage) -> String {
    format!(
        "{}{}{} ⇄ {}",
        words::COMPARISON.of(language),
        words::COLON.of(language),
        title_of(&comparison.left, language),
        title_of(&comparison.right, language)
    )
}

fn title_of(document: &Document, language: ReportLanguage) -> &str {
    document.title.as_deref().unwrap_or_else(|| words::UNTITLED.of(language))
}

/// Font and language properties of a document's text.
fn fonts(document: &Document) -> (String, String) {
    let language = office_language(&document.language);
    let font = font(&document.language);
    // The hint makes “” and … use the font of the Han characters around them.
    (
        format!(
            "<w:rFonts w:ascii=\"{font}\" w:hAnsi=\"{font}\" w:eastAsia=\"{font}\" \
             w:hint=\"eastAsia\"/>"
        ),
        format!("<w:lang w:val=\"en-US\" w:eastAsia=\"{language}\"/>"),
    )
}

/// Style of each kind of difference: id, colour, background, underline, struck through. Ids of
/// one-sided words include the side.
const MARKS: [(&str, &str, &str, &str, bool); 8] = [
    ("wording", "A3241B", "FBEAE8", "single", false),
    ("wordingleft", "A3241B", "FBEAE8", "", true),
    ("wordingright", "1B6637", "E5F3E9", "double", false),
    ("number", "7A4B00", "FDF1D8", "thick", false),
    ("regional", "1D5596", "E8F0FA", "wave", false),
    ("units", "4F5459", "ECEDEF", "dotDash", false),
    ("punctuation", "4F5459", "", "dash", false),
    ("variant", "4F5459", "", "dotted", false),
];

fn styles(comparison: &Comparison) -> String {
    let (left_fonts, left_language) = fonts(&comparison.left);
    let mut out = format!(
        "<w:styles xmlns:w=\"{NAMESPACE}\"><w:docDefaults><w:rPrDefault><w:rPr>{left_fonts}\
         <w:sz w:val=\"19\"/><w:szCs w:val=\"19\"/>{left_language}</w:rPr></w:rPrDefault>\
         <w:pPrDefault><w:pPr><w:spacing w:before=\"20\" w:after=\"40\" w:line=\"276\" \
         w:lineRule=\"auto\"/></w:pPr></w:pPrDefault></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\">\
         <w:name w:val=\"Normal\"/></w:style>\
         <w:style w:type=\"paragraph\" w:styleId=\"Title\"><w:name w:val=\"Title\"/>\
         <w:basedOn w:val=\"Normal\"/><w:pPr><w:spacing w:after=\"160\"/></w:pPr>\
         <w:rPr><w:b/><w:sz w:val=\"32\"/><w:szCs w:val=\"32\"/></w:rPr></w:style>\
         <w:style w:type=\"paragraph\" w:styleId=\"Heading1\"><w:name w:val=\"heading 1\"/>\
         <w:basedOn w:val=\"Normal\"/><w:pPr><w:keepNext/><w:spacing w:before=\"200\" \
         w:after=\"60\"/><w:outlineLvl w:val=\"0\"/></w:pPr><w:rPr><w:b/><w:sz w:val=\"23\"/>\
         <w:szCs w:val=\"23\"/></w:rPr></w:style>\
         <w:style w:type=\"paragraph\" w:customStyle=\"1\" w:styleId=\"Legend\">\
         <w:name w:val=\"tiaowen legend\"/><w:basedOn w:val=\"Normal\"/><w:pPr>\
         <w:spacing w:after=\"160\"/></w:pPr></w:style>\
         <w:style w:type=\"paragraph\" w:styleId=\"Footer\"><w:name w:val=\"footer\"/>\
         <w:basedOn w:val=\"Normal\"/><w:pPr><w:tabs><w:tab w:val=\"right\" w:pos=\"{}\"/>\
         </w:tabs></w:pPr><w:rPr><w:color w:val=\"6B6B6B\"/><w:sz w:val=\"15\"/>\
         <w:szCs w:val=\"15\"/></w:rPr></w:style>",
        WIDTHS.iter().sum::<u32>()
    );
    for side in Side::BOTH {
        let (fonts, language) = fonts(side.document(comparison));
        out.push_str(&format!(
            "<w:style w:type=\"paragraph\" w:customStyle=\"1\" w:styleId=\"{0}\">\
             <w:name w:val=\"tiaowen {0}\"/><w:basedOn w:val=\"Normal\"/>\
             <w:rPr>{fonts}{language}</w:rPr></w:style>",
            side.as_str()
        ));
    }
    out.push_str(&character_style("strong", "<w:b/>"));
    out.push_str(&character_style("muted", "<w:color w:val=\"6B6B6B\"/>"));
    out.push_str(&character_style(
        "small",
        "<w:color w:val=\"6B6B6B\"/><w:sz w:val=\"16\"/><w:szCs w:val=\"16\"/>",
    ));
    out.push_str(&mark_styles());
    out.push_str("</w:styles>");
    out
}

fn character_style(id: &str, properties: &str) -> String {
    format!(
        "<w:style w:type=\"character\" w:customStyle=\"1\" w:styleId=\"{id}\">\
         <w:name w:val=\"tiaowen {id}\"/><w:rPr>{properties}</w:rPr></w:style>"
    )
}

/// The styles of [`MARKS`].
fn mark_styles() -> String {
    let mut out = String::new();
    for (id, colour, background, underline, struck) in MARKS {
        let mut properties = String::new();
        if struck {
            properties.push_str("<w:strike/>");
        }
        properties.push_str(&format!("<w:color w:val=\"{colour}\"/>"));
        if !underline.is_empty() {
            properties.push_str(&format!("<w:u w:val=\"{underline}\" w:color=\"{colour}\"/>"));
        }
        if !background.is_empty() {
            properties.push_str(&format!(
                "<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"{background}\"/>"
            ));
        }
        out.push_str(&character_style(id, &properties));
    }
    out
}

fn document(
    comparison: &Comparison,
    language: ReportLanguage,
    budget: &Budget,
) -> Result<String, Spent> {
    let mut body = paragraph("Title", &run(None, &name(comparison, language)));
    for (side, name) in [(Side::Left, words::LEFT), (Side::Right, words::RIGHT)] {
        let label = run(Some("strong"), &(name.of(language).to_owned() + "　"));
        let known = run(None, &known(side.document(comparison), language));
        body.push_str(&paragraph(side.as_str(), &(label + &known)));
    }

    body.push_str(&paragraph("Heading1", &run(None, words::CLAUSES.of(language))));
    let summary = comparison.summary;
    let counts = [
        (words::status(Status::Same), summary.same),
        (words::OF_SAME_UNITS, summary.units),
        (words::status(Status::Changed), summary.changed),
        (words::ONLY_LEFT, summary.left_only),
        (words::ONLY_RIGHT, summary.right_only),
        (words::MOVED, summary.moved),
    ]
    .map(|(name, count)| format!("{} {count}", name.of(language)));
    body.push_str(&paragraph("Normal", &run(None, &counts.join("　·　"))));
    body.push_str(&paragraph("Normal", &run(None, &origin(comparison, language))));

    let legend = format!("{} · {}", words::DIFFERENCES.of(language), words::LEGEND.of(language));
    body.push_str(&paragraph("Heading1", &run(None, &legend)));
    body.push_str(&paragraph("Legend", &legend_runs(comparison, language)));

    body.push_str(&table(comparison, language, budget)?);
    // A document must not end with a table.
    body.push_str(&paragraph("Normal", ""));
    Ok(format!(
        "<w:document xmlns:w=\"{NAMESPACE}\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
         <w:body>{body}<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId3\"/>\
         <w:pgSz w:w=\"16838\" w:h=\"11906\" w:orient=\"landscape\"/>\
         <w:pgMar w:top=\"850\" w:right=\"850\" w:bottom=\"850\" w:left=\"850\" \
         w:header=\"425\" w:footer=\"425\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>"
    ))
}

/// The metadata of a document in one line.
fn known(document: &Document, language: ReportLanguage) -> String {
    let title = match &document.title {
        Some(title) => format!("《{title}》"),
        None => words::UNTITLED.of(language).to_owned(),
    };
    let mut known = vec![title];
    known
        .extend([&document.number, &document.date, &document.place].into_iter().flatten().cloned());
    if !document.parties.is_empty() {
        known.push(document.parties.join("、"));
    }
    known.push(format!("{}#{}", document.source, document.ordinal));
    known.push(document.language.clone());
    known.join("　·　")
}

fn origin(comparison: &Comparison, language: ReportLanguage) -> String {
    let derivation = &comparison.derivation;
    let mut sentence = words::verdict(derivation.verdict).of(language).to_owned();
    if let Some(score) = derivation.score {
        sentence.push_str(&format!("　{score:.2} {}", words::SCORE.of(language)));
    }
    if !derivation.traces.is_empty() {
        let usual = words::USUAL.of(language);
        let traces: Vec<String> = derivation
            .traces
            .iter()
            .map(|trace| format!("{}（{usual} {}）× {}", trace.printed, trace.usual, trace.count))
            .collect();
        sentence.push_str(&format!(
            "　{}{}{}",
            words::TRACES.of(language),
            words::COLON.of(language),
            traces.join("；")
        ));
    }
    if let Some(recognised) = words::recognised(comparison) {
        sentence.push('　');
        sentence.push_str(recognised.of(language));
    }
    sentence
}

fn legend_runs(comparison: &Comparison, language: ReportLanguage) -> String {
    let mut entries = Vec::new();
    let counted = |style: &str, kind: DifferenceKind| {
        let count = run(None, &format!(" {}", count(comparison, kind)));
        run(Some(style), words::kind(kind).of(language)) + &count
    };
    entries.push(counted("wording", DifferenceKind::Wording));
    entries.push(run(Some("wordingleft"), words::ONLY_LEFT.of(language)));
    entries.push(run(Some("wordingright"), words::ONLY_RIGHT.of(language)));
    for kind in DifferenceKind::ALL.into_iter().rev().skip(1) {
        if kind != DifferenceKind::Script {
            entries.push(counted(kind.as_str(), kind));
        }
    }
    let scripts = count(comparison, DifferenceKind::Script);
    if scripts > 0 {
        entries.push(run(
            Some("muted"),
            &format!(
                "{} {scripts} · {}",
                words::kind(DifferenceKind::Script).of(language),
                words::SCRIPT_UNMARKED.of(language)
            ),
        ));
    }
    entries.join(&run(None, "　·　"))
}

fn table(
    comparison: &Comparison,
    language: ReportLanguage,
    budget: &Budget,
) -> Result<String, Spent> {
    let borders: String = ["top", "left", "bottom", "right", "insideH", "insideV"]
        .map(|edge| {
            format!("<w:{edge} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"C9CCD1\"/>")
        })
        .concat();
    let grid = WIDTHS.map(|width| format!("<w:gridCol w:w=\"{width}\"/>")).concat();
    let mut out = format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"{}\" w:type=\"dxa\"/><w:tblBorders>{borders}\
         </w:tblBorders><w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:top w:w=\"40\" \
         w:type=\"dxa\"/><w:left w:w=\"100\" w:type=\"dxa\"/><w:bottom w:w=\"40\" \
         w:type=\"dxa\"/><w:right w:w=\"100\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr>\
         <w:tblGrid>{grid}</w:tblGrid>",
        WIDTHS.iter().sum::<u32>()
    );
    let names = [words::CLAUSE, words::LEFT, words::RIGHT];
    let mut header = String::new();
    for (at, name) in names.into_iter().enumerate() {
        let mut title = run(Some("strong"), name.of(language));
        let mut style = "Normal";
        if let Some(&side) = at.checked_sub(1).and_then(|side| Side::BOTH.get(side)) {
            style = side.as_str();
            if let Some(found) = &side.document(comparison).title {
                title.push_str(&run(None, &format!("　{found}")));
            }
        }
        header.push_str(&cell(at, Some("EEF0F3"), &paragraph(style, &title)));
    }
    out.push_str(&format!("<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{header}</w:tr>"));
    for (number, row) in comparison.rows.iter().enumerate() {
        budget.check()?;
        out.push_str(&table_row(comparison, row, number + 1, language));
    }
    out.push_str("</w:tbl>");
    Ok(out)
}

fn table_row(
    comparison: &Comparison,
    row: &Row,
    number: usize,
    language: ReportLanguage,
) -> String {
    let [left, right] = Side::BOTH.map(|side| {
        let document = side.document(comparison);
        let places: Vec<String> = side.clauses(row).map(|clause| place(document, clause)).collect();
        places.join(" + ")
    });
    // 第一條 and 第一条 are shown once.
    let places = match (left.as_str(), right.as_str()) {
        (one, "") | ("", one) => one.to_owned(),
        (one, other) if tiaowen_text::fold(one) == tiaowen_text::fold(other) => one.to_owned(),
        (one, other) => format!("{one} ⇄ {other}"),
    };
    let mut lines =
        vec![run(Some("small"), &format!("{number}　")) + &run(Some("strong"), &places)];
    if row.counts() {
        lines.push(run(None, words::status(row.status).of(language)));
        if row.status == Status::Changed {
            lines.push(run(
                Some("small"),
                &format!("{:.0}% {}", row.similarity * 100.0, words::ALIKE.of(language)),
            ));
        }
        if row.moved {
            lines.push(run(None, words::MOVED.of(language)));
        }
    } else {
        lines.push(run(Some("small"), words::SIGNATURE.of(language)));
    }
    for (differ, name) in [
        (changes(&row.heading_differences), words::HEADING_DIFFERS),
        (row.units_differ(), words::UNITS_DIFFER),
    ] {
        if differ {
            lines.push(run(Some("small"), &format!("≠ {}", name.of(language))));
        }
    }
    let paragraphs: String = lines.iter().map(|line| paragraph("Normal", line)).collect();

    let mut cells = cell(0, None, &paragraphs);
    for (at, side) in Side::BOTH.into_iter().enumerate() {
        cells.push_str(&side_cell(comparison, row, side, at + 1, language));
    }
    format!("<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>")
}

fn side_cell(
    comparison: &Comparison,
    row: &Row,
    side: Side,
    at: usize,
    language: ReportLanguage,
) -> String {
    let document = side.document(comparison);
    let plain = (row.status == Status::Same || !row.counts()).then_some("muted");
    let mut out = String::new();
    let heading = side.heading(row);
    if !heading.is_empty() {
        let cut = pieces(heading, 0, &heading_marks(row), side);
        out.push_str(&paragraph(side.as_str(), &runs(&cut, Some("strong"), side)));
    }
    // Script has no style; it would mark most characters.
    let shown: Vec<Mark<'_>> = text_marks(row)
        .into_iter()
        .filter(|mark| mark.difference.kind != DifferenceKind::Script)
        .collect();
    let clauses = marked(row, side, &shown);
    let several = clauses.len() > 1;
    for (clause, cut) in clauses {
        let mut content = String::new();
        if several {
            content.push_str(&run(Some("small"), &(place(document, clause) + "　")));
        }
        content.push_str(&runs(&cut, plain, side));
        out.push_str(&paragraph(side.as_str(), &content));
    }
    if out.is_empty() {
        let absent = match side {
            Side::Left => words::ABSENT_LEFT,
            Side::Right => words::ABSENT_RIGHT,
        };
        let said = run(Some("small"), absent.of(language));
        return cell(at, Some("F4F5F7"), &paragraph("Normal", &said));
    }
    cell(at, None, &out)
}

fn cell(at: usize, fill: Option<&str>, content: &str) -> String {
    let shade = fill.map_or(String::new(), |fill| {
        format!("<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"{fill}\"/>")
    });
    format!(
        "<w:tc><w:tcPr><w:tcW w:w=\"{}\" w:type=\"dxa\"/>{shade}</w:tcPr>{content}</w:tc>",
        WIDTHS[at]
    )
}

fn paragraph(style: &str, runs: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>{runs}</w:p>")
}

fn runs(pieces: &[Piece<'_>], plain: Option<&str>, side: Side) -> String {
    pieces
        .iter()
        .map(|piece| run(piece.mark.and_then(|mark| mark_style(mark, side)).or(plain), piece.text))
        .collect()
}

/// The style of a mark.
fn mark_style(mark: Mark<'_>, side: Side) -> Option<&'static str> {
    match mark.difference.kind {
        DifferenceKind::Script => None,
        DifferenceKind::Wording if mark.one_sided() => Some(match side {
            Side::Left => "wordingleft",
            Side::Right => "wordingright",
        }),
        kind => Some(kind.as_str()),
    }
}

fn run(style: Option<&str>, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let properties = style
        .map_or(String::new(), |style| format!("<w:rPr><w:rStyle w:val=\"{style}\"/></w:rPr>"));
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| format!("<w:t xml:space=\"preserve\">{}</w:t>", escape(line)))
        .collect();
    format!("<w:r>{properties}{}</w:r>", lines.join("<w:br/>"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::office::tests::part;
    use crate::export::sample;

    #[test]
    fn every_row_is_in_the_table_and_its_header_repeats() {
        let comparison = sample::comparison();
        let document = part(
            &docx(&comparison, ReportLanguage::Hant, &Budget::unlimited()).unwrap(),
            "word/document.xml",
        );
        assert_eq!(document.matches("<w:tr>").count(), comparison.rows.len() + 1);
        assert_eq!(document.matches("<w:tblHeader/>").count(), 1);
        assert!(document.contains("w:orient=\"landscape\""));
        assert!(document.contains("&lt;試行&gt; A&amp;B"));
    }

    #[test]
    fn differences_are_marked_by_sort_and_script_is_not() {
        let document = part(
            &docx(&sample::comparison(), ReportLanguage::Hant, &Budget::unlimited()).unwrap(),
            "word/document.xml",
        );
        for (style, text) in [
            ("number", "2007"),
            ("regional", "資訊"),
            ("wordingleft", "及時"),
            ("units", "、省广电局"),
        ] {
            let run = format!(
                "<w:rPr><w:rStyle w:val=\"{style}\"/></w:rPr><w:t xml:space=\"preserve\">{text}</w:t>"
            );
            assert!(document.contains(&run), "{style}: {text}");
        }
        assert!(!document.contains("w:val=\"script\""));
    }

    #[test]
    fn styles_are_defined_for_all_that_is_used() {
        let bytes =
            docx(&sample::comparison(), ReportLanguage::Hant, &Budget::unlimited()).unwrap();
        let (document, styles) =
            (part(&bytes, "word/document.xml"), part(&bytes, "word/styles.xml"));
        for tag in ["<w:rStyle w:val=\"", "<w:pStyle w:val=\""] {
            for used in document.split(tag).skip(1) {
                let id = used.split('"').next().unwrap();
                assert!(styles.contains(&format!("w:styleId=\"{id}\"")), "{id}");
            }
        }
        assert!(styles.contains("w:eastAsia=\"zh-HK\"") && styles.contains("w:eastAsia=\"zh-CN\""));
    }

    #[test]
    fn labels_are_in_one_language() {
        for (language, said, others) in [
            (ReportLanguage::Hant, "有差異", ["有差异", "Changed"]),
            (ReportLanguage::Hans, "有差异", ["有差異", "Changed"]),
            (ReportLanguage::En, "Changed", ["有差異", "有差异"]),
        ] {
            let bytes = docx(&sample::comparison(), language, &Budget::unlimited()).unwrap();
            let document = part(&bytes, "word/document.xml");
            assert!(document.contains(said), "{language:?}");
            assert!(others.iter().all(|other| !document.contains(other)), "{language:?}");
        }
    }

    #[test]
    fn the_same_comparison_gives_the_same_bytes() {
        let comparison = sample::comparison();
        assert_eq!(
            docx(&comparison, ReportLanguage::Hant, &Budget::unlimited()).unwrap(),
            docx(&comparison, ReportLanguage::Hant, &Budget::unlimited()).unwrap()
        );
    }
}
