use encoding_rs::{BIG5, GB18030};

use tiaowen_blocks::{BlockKind, DroppedKind, Layout, LeftOutReason, SourceText};

use super::{rtf, within};
use crate::ExtractError;
use crate::compose::shown;

fn read(body: &str) -> SourceText<'static> {
    let text = format!(r"{{\rtf1\ansi\ansicpg936\deff0\uc1 {body}}}");
    rtf(text.as_bytes()).unwrap()
}

fn paragraphs(body: &str) -> Vec<String> {
    shown(&read(body)).trim_end().split("\n\n").map(str::to_owned).collect()
}

/// A text as `\'xx`.
fn hex(text: &str, encoding: &'static encoding_rs::Encoding) -> String {
    encoding.encode(text).0.iter().map(|byte| format!("\\'{byte:02x}")).collect()
}

fn left_out(source: &SourceText<'_>) -> Vec<(DroppedKind, String)> {
    let text = |left: &tiaowen_blocks::LeftOut| source.text[left.span.clone()].to_owned();
    source.left_out.iter().map(|left| (left.kind, text(left))).collect()
}

#[test]
fn what_is_behind_the_end_is_listed() {
    let one = r"{\rtf1 \u31532?\u19968?\u26465?\par}";
    let whys = |text: &str| -> Vec<String> {
        let source = rtf(text.as_bytes()).unwrap();
        assert_eq!(source.text.trim(), "第一条");
        source.left_out.iter().map(|left| left.why.to_string()).collect()
    };
    assert_eq!(whys(&format!("{one}\r\n\0\u{1A}")), [""; 0]);
    assert_eq!(whys(&format!("{one}\r\n{one}")), ["what is behind the end of the document"]);
}

#[test]
fn bytes_are_characters_of_their_font_or_code_page() {
    let (hans, hant) = ("第一条　双方同意，付款。", "第一條　雙方同意，付款功。");
    let fonts = r"{\fonttbl{\f0\fnil\fcharset0 Times;}{\f1\fnil\fcharset134 SimSun;}{\f2\fnil\fcharset136 MingLiU;}{\f3\fcharset2 Wingdings;}}";
    let body = format!(
        r"{fonts}{}\par\f1 {}\par\f2 {}\par\plain\loch\f0\hich\af0\dbch\af2 {}\par",
        hex(hans, GB18030),
        hex(hans, GB18030),
        hex(hant, BIG5),
        hex(hant, BIG5),
    );
    assert_eq!(paragraphs(&body), [hans, hans, hant, hant]);
    // A trail byte in plain form: 功 ends in a backslash in Big5, 一 in @.
    assert_eq!(paragraphs(&format!(r"{fonts}\f2 \'a4@\'a5\\\par")), ["一功"]);
    // A Western document with Chinese in its fonts.
    let western = format!(
        r"{{\rtf1\ansi\ansicpg1252{fonts}\f0 caf\'e9\par\dbch\af1\loch\f0 {}\par}}",
        hex("条", GB18030)
    );
    let source = rtf(western.as_bytes()).unwrap();
    assert_eq!(source.text.lines().collect::<Vec<_>>(), ["café", "条"]);
    assert_eq!(paragraphs(&format!(r"{fonts}\f3 \'fe\f1 A\f3\u-3842?\par")), ["☑A☑"]);
}

#[test]
fn numbers_of_characters_in_every_form() {
    for (body, text) in [
        (r"\u31532?\u19968\'d2\u26465?\par", "第一条"),
        // Signed, as in Word; unsigned, as in LibreOffice.
        (r"\u-30684?\u34852?\par", "蠤蠤"),
        // A surrogate pair, signed and unsigned, and a full code point: 𠮷.
        (r"\u-10174?\u-8265?\u55362?\u57271?\u134071?\par", "𠮷𠮷𠮷"),
        // The replacement may have several bytes, or none.
        (r"\uc2\u31532\'b5\'da\uc0\u19968 \uc1\u26465 ?\par", "第一条"),
        (r"{\uc0\u31532 }\u19968?\par", "第一"),
        (r"\u31532{}\u19968?\par", "第一"),
    ] {
        assert_eq!(paragraphs(body), [text], "{body}");
    }
    let alone = read(r"\u-10174?\u19968?\par");
    assert_eq!(shown(&alone).trim_end(), "一");
    assert_eq!(alone.left_out.len(), 1);
}

#[test]
fn paragraphs_headings_and_labels() {
    let body = r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\s2\sbasedon0 Title;}{\*\cs3 Other;}}
\pard\s2 Agreement\par\pard\s1 Scope\par
\pard{\listtext\pard\plain\f0 1.\tab}\ls1 First\line second\par
{\listtext\'b7\tab}point\par\pard\outlinelevel1 Parties\par\pard\s0 a\~b\_c\emdash d\\\{\}\
next\par
{\*\unknown gone}{\info{\title gone}}";
    assert_eq!(
        paragraphs(body),
        [
            "# Agreement",
            "## Scope",
            "1. First",
            "second",
            "■ point",
            "### Parties",
            "a b-c—d\\{}",
            "next"
        ]
    );
    let source = read(body);
    let Layout::Blocks(blocks) = &source.layout else { panic!("{source:?}") };
    assert_eq!(blocks[2].kind, BlockKind::Item);
}

#[test]
fn tables_nested_ones_and_merged_cells() {
    let body = r"before\par\trowd\clmgf\cellx1000\clmrg\cellx2000\pard\intbl all\cell\cell\row
\trowd\cellx1000\cellx2000\pard\intbl a\par b\cell c\cell\row\pard after\par
\pard\intbl x\cell \pard\intbl\itap2 in\nestcell side\nestcell{\*\nesttableprops\trowd\cellx1\cellx2\nestrow}{\nonesttables\par}\pard\intbl\itap1 y\cell\row\pard end\par";
    let source = read(body);
    let Layout::Blocks(blocks) = &source.layout else { panic!("{source:?}") };
    let kinds: Vec<bool> =
        blocks.iter().map(|block| matches!(block.kind, BlockKind::Table { .. })).collect();
    assert_eq!(kinds, [false, true, false, true, false]);
    let BlockKind::Table { rows } = &blocks[1].kind else { panic!("{blocks:?}") };
    assert_eq!(rows[0].iter().map(|cell| cell.columns).collect::<Vec<_>>(), [2]);
    assert_eq!(rows[1].iter().map(|cell| cell.blocks.len()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(paragraphs(body), ["before", "all", "a b\tc", "after", "x\tin\tside y", "end"]);
}

#[test]
fn notes_hang_on_their_marks_and_raised_text_is_raised() {
    let body = r"800{\super 2}m, 10{\up8\fs14 3}\up2 m\up0 , days{\super\chftn{\footnote\pard\plain{\super\chftn} not holidays}} later{\*\footnote\ftnalt\chftn  end}.\par\pard second\super *\nosupersub{\footnote * own}\par";
    let source = read(body);
    assert_eq!(
        paragraphs(body),
        ["800²m, 10³m, days later.", "second*", "1 not holidays", "[1] end", "* own"]
    );
    let Layout::Blocks(blocks) = &source.layout else { panic!("{source:?}") };
    let notes: Vec<&str> = blocks
        .iter()
        .filter_map(|block| match block.kind {
            BlockKind::Note { at } => source.text[..at].split_whitespace().last(),
            _ => None,
        })
        .collect();
    assert_eq!(notes, ["days", "later", "second"]);
}

#[test]
fn left_out_content_is_listed() {
    let body = r"a{\v hidden}b{\deleted gone}c{\strike struck}d{\*\annotation\pard comment}{\pict\pngblip 89504e47}{\object{\*\objdata 00}{\result x}}e\par{\header top\par}{\footer\pard foot}
{\field{\*\fldinst HYPERLINK x}{\fldrslt link}}{\field{\*\fldinst FORMCHECKBOX{\*\formfield{\fftype1\ffres25\ffdefres1}}}{\fldrslt}}\par
{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt box\par}}{\shprslt{\*\do box}}}{\upr{ansi}{\*\ud{unicode}}}\par";
    let source = read(body);
    let read: Vec<String> = shown(&source).trim_end().split("\n\n").map(str::to_owned).collect();
    assert_eq!(read, ["abcde", "link☑", "unicode", "box"]);
    let mut left = left_out(&source);
    left.sort();
    let mut expected: Vec<(DroppedKind, String)> = [
        (DroppedKind::RunningHead, "top"),
        (DroppedKind::RunningHead, "foot"),
        (DroppedKind::Hidden, "hidden"),
        (DroppedKind::Hidden, "comment"),
        (DroppedKind::Deleted, "gone"),
        (DroppedKind::Deleted, "struck"),
        (DroppedKind::Unreadable, ""),
        (DroppedKind::Unreadable, ""),
    ]
    .map(|(kind, text)| (kind, text.to_owned()))
    .into();
    expected.sort();
    assert_eq!(left, expected);
}

#[test]
fn damaged_and_hostile_files_are_bounded() {
    // A truncated file is read as far as it goes, and the cut is reported.
    let cut = rtf(br"{\rtf1 first\par {\b sec").unwrap();
    assert_eq!(cut.text.lines().take(2).collect::<Vec<_>>(), ["first", "sec"]);
    assert_eq!(cut.left_out[0].why, LeftOutReason::CutHere, "{cut:?}");
    // Invalid bytes between valid ones.
    let odd = read(r"a\'ff\'ffb\par");
    assert_eq!(shown(&odd).trim_end(), "ab");
    assert!(!odd.left_out.is_empty());
    let deep = ["{\\rtf1 ", &"{".repeat(20_000)].concat();
    let error = rtf(deep.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("too deep"), "{error}");
    assert_eq!(within(br"{\rtf1 some text\par}", 8), Err(ExtractError::TooLarge { most: 8 }));
    for (bytes, error) in [
        (&b""[..], ExtractError::Empty),
        (br"{\rtf1 \par}", ExtractError::Empty),
        (br"{\rtf1{\pict 00}\par}", ExtractError::Pictures),
    ] {
        assert_eq!(rtf(bytes), Err(error));
    }
    assert!(rtf(b"plain").unwrap_err().to_string().contains("doesn't begin as one"));
    // Numbers, binaries and brackets without an end.
    for bytes in [
        &br"{\rtf1\bin99999999999 x"[..],
        br"{\rtf1\u99999999999999\u-1\'\'z\",
        br"{\rtf1}}}}x",
        br"{\rtf1\cell\row\nestcell\nestrow\cellx\itap99\intbl\cell}",
        br"{\rtf1{\fonttbl{\f1{\f2{\f3",
    ] {
        let _ = rtf(bytes);
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]
    /// Whatever the tokens, each letter is read or listed.
    #[test]
    fn each_letter_is_in_a_block_or_listed(picks in proptest::collection::vec(0..PIECES.len(), 0..60)) {
        let body: String = picks.iter().map(|pick| PIECES[*pick]).collect();
        let text = format!(r"{{\rtf1\ansi\ansicpg936 {body}z\par}}");
        let source = rtf(text.as_bytes()).unwrap();
        let blocks = match &source.layout { Layout::Blocks(blocks) => blocks, _ => unreachable!() };
        let mut spans: Vec<_> = blocks.iter().map(|block| block.span.clone()).collect();
        spans.extend(source.left_out.iter().map(|left| left.span.clone()));
        for (at, c) in source.text.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
            proptest::prop_assert!(spans.iter().any(|span| span.contains(&at)), "{c} at {at}: {source:?}");
        }
        // Every q is in the text, whatever is around it.
        let written = picks.iter().filter(|pick| PIECES[**pick] == "q").count();
        proptest::prop_assert_eq!(source.text.matches('q').count(), written);
    }
}

/// Pieces of documents; each closes its groups.
const PIECES: &[&str] = &[
    "q",
    r"\par ",
    r"\cell ",
    r"\row ",
    r"\pard ",
    r"\intbl ",
    r"\itap2 ",
    r"\nestcell ",
    r"{\*\nesttableprops\nestrow}",
    r"{\v w}",
    r"{\super 2}",
    r"{\footnote a\par b}",
    r"\u19968?",
    r"\'b5\'da",
    r"{\header h\par}",
    r"{\pict 00}",
    r"\trowd\clmrg\cellx9 ",
    r"\line ",
    r"\tab ",
    r"{\listtext 1.\tab}",
    r"{\shptxt box\par}",
    r"\s1 ",
    r"{\deleted d}",
];
