use super::*;

/// More than may be unpacked of a file.
const MUCH: usize = 300 * 1024 * 1024;

fn bomb() -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    let piece = vec![b' '; 1024 * 1024];
    for _ in 0..MUCH / piece.len() {
        packed.write_all(&piece).unwrap();
    }
    packed.finish().unwrap()
}

fn pages(kids: &str) -> Vec<u8> {
    format!("<</Type/Pages/Count 1/Kids[{kids}]>>").into_bytes()
}

#[test]
fn page_trees_with_loops() {
    let page = OnePage::of(&at(70, 700, "協議"));
    let bytes = String::from_utf8(page.bytes()).unwrap();
    let looped = bytes.replace("/Count 1/Kids[3 0 R]", "/Kids[2 0 R 3 0 R ]");
    assert_eq!(read(looped.as_bytes()).unwrap(), "協議\n\u{c}");
    let catalog = b"<</Type/Catalog/Pages 2 0 R>>".to_vec();
    assert_eq!(refused(&file(&[catalog.clone(), pages("2 0 R")], "")), "it has no pages");
    let ring = [catalog, pages("3 0 R"), pages("2 0 R 3 0 R")];
    assert_eq!(refused(&file(&ring, "")), "it has no pages");
}

#[test]
fn streams_that_unpack_to_too_much() {
    let bomb = bomb();
    let ways = [
        stream("/Filter/FlateDecode", &bomb),
        stream("/Filter[/FlateDecode]", &bomb),
        stream("/Fi#6cter/FlateDecode", &bomb),
        stream("/F/Fl", &bomb),
        stream("/Filter[/ASCII85Decode/FlateDecode]", ascii85(&bomb).as_bytes()),
        // Not declared here, but possibly elsewhere.
        stream("", &bomb),
        stream("", &bomb[2..]),
    ];
    for content in ways {
        let page = OnePage { content, ..OnePage::of("") };
        assert_eq!(refused(&page.bytes()), "it unpacks to too much");
    }
    let twice = flate(&bomb);
    for filter in ["[/FlateDecode/FlateDecode]", "[/FlateDecode/RL]", "/LZWDecode", "/#4cZW"] {
        let content = stream(&format!("/Filter {filter}"), &twice);
        let page = OnePage { content, ..OnePage::of("") };
        assert_eq!(refused(&page.bytes()), "its streams are packed in a rare way", "{filter}");
    }
    for filter in ["/Filter 5 0 R", "/Filter[5 0 R]", "/Filter[/FlateDecode 5 0 R]", "/F 5 0 R"] {
        let page = OnePage { content: stream(filter, &twice), ..OnePage::of("") };
        let plainly = "it doesn't say plainly how its streams are packed";
        assert_eq!(refused(&page.bytes()), plainly, "{filter}");
    }
    // Objects in streams, and parts of fonts.
    for dict in ["/Type/ObjStm/N 1/First 5/Filter/FlateDecode", "/Filter/FlateDecode"] {
        let font = FONT.replace("5 0 R", "7 0 R");
        let more = vec![stream(dict, &bomb)];
        let page = OnePage { font: &font, more, ..OnePage::of(&at(70, 700, "協議")) };
        assert_eq!(refused(&page.bytes()), "it unpacks to too much");
    }
}

#[test]
fn contents_used_again_and_again() {
    let content = stream("/Filter/FlateDecode", &flate(&vec![b' '; 16 * 1024 * 1024]));
    let contents = format!("/Contents[{}]", "4 0 R ".repeat(1000));
    let page = OnePage { page: &contents, content, ..OnePage::of("") };
    let bytes = String::from_utf8_lossy(&page.bytes()).into_owned();
    assert!(bytes.contains("/Contents 4 0 R"));
    let mut bytes = page.bytes();
    // The last of equal keys counts, so the first is removed.
    let at = bytes.windows(16).position(|at| at == b"/Contents 4 0 R/").unwrap();
    bytes[at..at + 9].copy_from_slice(b"/Xontents");
    assert_eq!(refused(&bytes), "a page is too large");
}

#[test]
fn forms_within_forms() {
    let form = |content: &str, form: usize| {
        let dict = format!("/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {form} 0 R>>>>");
        stream(&dict, content.as_bytes())
    };
    let resources = "/XObject<</X 7 0 R>>";
    // Twenty of twenty of twenty …
    let more = (8..24).map(|next| form(&"/X Do ".repeat(20), next)).collect();
    let page = OnePage { resources, more, ..OnePage::of("/X Do") };
    let started = Instant::now();
    let refusal = reader::read(&page.bytes(), Duration::from_millis(300));
    assert_eq!(refusal.err(), Some(Refusal(&DamageReason::TooLong)));
    assert!(started.elapsed() < Duration::from_secs(5));
    let more = (8..100).map(|next| form("/X Do ", next)).collect();
    let page = OnePage { resources, more, ..OnePage::of("/X Do") };
    assert_eq!(refused(&page.bytes()), "its forms are nested too deeply");
    // A form that contains itself is left out.
    let more = vec![form("/X Do /X Do", 8), form("/X Do /X Do", 7)];
    let page = OnePage { resources, more, ..OnePage::of(&(at(70, 700, "協議") + "/X Do")) };
    assert_eq!(page.text(), "協議\n\u{c}");
}

#[test]
fn a_million_brackets() {
    let breaks = "what it draws breaks off";
    assert_eq!(refused(&OnePage::of(&"[".repeat(1_000_000)).bytes()), breaks);
    assert_eq!(refused(&OnePage::of(&"<</A".repeat(1_000_000)).bytes()), breaks);
    for (open, close) in [("[", "]"), ("<</A", ">>")] {
        let nested = format!("/X {}{}", open.repeat(1_000_000), close.repeat(1_000_000));
        let page = OnePage { page: &nested, ..OnePage::of("") };
        assert!(read(&page.bytes()).is_err());
    }
    let nested = "its drawing is nested too deeply";
    for op in ["q ", "/A BMC "] {
        assert_eq!(refused(&OnePage::of(&op.repeat(100_000)).bytes()), nested);
    }
}

#[test]
fn widths_of_all_numbers() {
    for widths in ["0 4294967295 500".to_owned(), "0 65535 500 ".repeat(1000)] {
        let font = FONT.replace("/DW 1000", &format!("/W[{widths}]"));
        let page = OnePage { font: &font, ..OnePage::of(&at(70, 700, "協議")) };
        assert_eq!(refused(&page.bytes()), "a font tells too many widths");
    }
}

#[test]
fn cut_and_damaged() {
    for bytes in [WRITER, BROWSER] {
        for part in 1..20 {
            let cut = &bytes[..bytes.len() * part / 20];
            assert!(read(cut).is_err(), "{part}");
        }
        // Any result is fine, but there must be one.
        for seed in 0..200_usize {
            let mut bytes = bytes.to_vec();
            for step in 0..20 {
                let at = (seed * 7919 + step * 104_729) % bytes.len();
                bytes[at] ^= (seed + step) as u8;
            }
            let _ = read(&bytes);
        }
    }
    let plain = OnePage::of(&(at(70, 700, "第一條") + &at(70, 680, "第二條"))).bytes();
    for at in 0..plain.len() {
        for byte in [b'<', b'[', b'(', b'/', b'9', b' ', 0] {
            let mut bytes = plain.clone();
            bytes[at] = byte;
            let _ = read(&bytes);
        }
    }
}

#[test]
fn panics_are_refusals() {
    assert_eq!(guarded(|| 1), Ok(1));
    let unforeseen = Err(Refusal(&DamageReason::Unforeseen));
    assert_eq!(guarded(|| panic!("not printed")), unforeseen);
    // Other panics are unaffected.
    assert!(panic::catch_unwind(|| panic!("printed")).is_err());
}
