use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use tiaowen_blocks::LeftOutReason;

use super::*;
use crate::program::WorkFolder;

/// A fake Tesseract. The image names its script, and the model of the other script answers with less
/// certainty. It counts its calls.
const FAKE: &str = r#"#!/bin/sh
case "$1" in
--version) echo "tesseract 0.0-test"; exit 0 ;;
--list-langs) printf 'List of available languages in "/nowhere/" (3):\nchi_sim\nchi_tra\neng\n'; exit 0 ;;
esac
here=$(dirname "$0")
picture=$(cat)
echo "$*" >> "$here/calls"
case "$picture" in
*broken*) echo "Error in pixReadMem: no pix returned" >&2; exit 1 ;;
*slow*) exec sleep 600 ;;
esac
conf=40
case "$picture $*" in
*Hant*chi_tra*|*Hans*chi_sim*) conf=95 ;;
esac
text="每年會面一次"
case "$*" in *chi_sim*) text="每年会面一次" ;; esac
printf 'level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n'
printf '1\t1\t0\t0\t0\t0\t0\t0\t2480\t3508\t-1\t\n'
printf '4\t1\t1\t1\t1\t0\t300\t300\t300\t50\t-1\t\n'
printf '5\t1\t1\t1\t1\t1\t300\t300\t300\t50\t%s\t%s\n' "$conf" "$text$text$text$text"
"#;

struct Fake {
    folder: WorkFolder,
}

impl Fake {
    fn new(script: &str) -> Self {
        let folder = WorkFolder::new("fake-test").unwrap();
        let program = folder.path().join("tesseract");
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Fake { folder }
    }

    fn program(&self) -> PathBuf {
        self.folder.path().join("tesseract")
    }

    fn engine(&self) -> Result<Engine, tesseract::Missing> {
        Engine::of(self.program().into())
    }

    fn calls(&self) -> usize {
        let calls = fs::read_to_string(self.folder.path().join("calls")).unwrap_or_default();
        calls.lines().count()
    }

    fn cache(&self) -> Cache {
        Cache::at(&self.folder.path().join("cache"))
    }
}

/// Reads an image with the fake Tesseract.
fn read(fake: &Fake, picture: &str) -> Result<SourceText<'static>, ExtractError> {
    let engine = fake.engine().unwrap();
    let source = Source::Picture(picture.as_bytes().to_owned());
    let hash = blake3::hash(picture.as_bytes());
    let reading = ReadOptions::default();
    let run = Run::new(&engine, &source, hash, Some(fake.cache()), &reading, "picture");
    laid_out(run.pages(&[WantedPage { number: 0, extent: None }])?, "picture")
}

#[test]
fn the_script_is_that_of_the_more_certain_model() {
    let fake = Fake::new(FAKE);
    for (script, text) in [("Hant", "每年會面一次"), ("Hans", "每年会面一次")] {
        let read = read(&fake, script).unwrap();
        assert_eq!(read.text.trim(), text.repeat(4), "{script}");
        assert_eq!(read.recognised.len(), 1);
        assert_eq!(read.recognised[0].confidence, 95);
        assert_eq!(&read.text[read.recognised[0].span.clone()], text.repeat(4));
    }
}

#[test]
fn nothing_is_recognised_twice() {
    let fake = Fake::new(FAKE);
    let first = read(&fake, "Hant").unwrap();
    assert_eq!(fake.calls(), 2, "one for each model");
    assert_eq!(read(&fake, "Hant").unwrap(), first);
    assert_eq!(fake.calls(), 2);
    // Another file and another version of Tesseract are recognised again.
    read(&fake, "Hant again").unwrap();
    assert_eq!(fake.calls(), 4);
    fs::write(fake.program(), FAKE.replace("0.0-test", "0.1-test")).unwrap();
    assert_eq!(read(&fake, "Hant").unwrap(), first);
    assert_eq!(fake.calls(), 6);
}

#[test]
fn what_cannot_be_read_says_why() {
    let fake = Fake::new(FAKE);
    let error = read(&fake, "broken").unwrap_err().to_string();
    assert!(error.contains("Error in pixReadMem"), "{error}");
    let silent = Fake::new(&FAKE.replace("printf '5", "true '5"));
    assert_eq!(read(&silent, "Hant"), Err(ExtractError::Unrecognised));
    let garbled = Fake::new(&FAKE.replace("printf '1\\t1", "true '1"));
    assert!(matches!(read(&garbled, "Hant"), Err(ExtractError::Damaged { .. })));
}

#[test]
fn what_is_missing_is_named() {
    let missing = |error: tesseract::Missing| error.reading("PDF").to_string();
    let none = Engine::of("tiaowen-no-such-program".into()).unwrap_err();
    assert!(missing(none).contains("install tesseract-ocr, tesseract-ocr-chi-tra"), "{none:?}");
    let fake = Fake::new(&FAKE.replace("chi_sim\\nchi_tra\\n", ""));
    let error = fake.engine().unwrap_err();
    assert!(missing(error).contains("models of Chinese"), "{error:?}");
    let one = Fake::new(&FAKE.replace("chi_sim\\nchi_tra\\n", "chi_sim\\n"));
    assert_eq!(read(&one, "Hant").unwrap().text.trim(), "每年会面一次".repeat(4));
    assert_eq!(one.calls(), 1, "one model needs no comparison");
}

#[test]
fn columns_are_read_by_the_model_of_columns() {
    // As columns, each character below the one before it.
    let stacked = r#"conf=20
case "$*" in *_vert*) conf=96 ;; esac
printf 'level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n'
printf '1\t1\t0\t0\t0\t0\t0\t0\t2480\t3508\t-1\t\n4\t1\t1\t1\t1\t0\t2000\t300\t50\t900\t-1\t\n'
top=300
for c in 每 年 會 面 一 次 就 旅 遊 事 項 互 相 通 報 並 共 同 推 廣; do
printf '5\t1\t1\t1\t1\t1\t2000\t%s\t48\t48\t%s\t%s\n' "$top" "$conf" "$c"
top=$((top + 50))
done
exit
"#;
    let script = FAKE.replace("chi_tra\\neng", "chi_tra\\nchi_tra_vert").replace(
        "conf=40
", stacked,
    );
    let fake = Fake::new(&script);
    let read = read(&fake, "columns").unwrap();
    assert_eq!(read.text.trim(), "每年會面一次就旅遊事項互相通報並共同推廣");
    assert!(read.recognised.iter().all(|word| word.confidence == 96), "{:?}", read.recognised);
    // Both models of lines, then that of columns.
    assert_eq!(fake.calls(), 3);
}

#[test]
fn pages_are_read_side_by_side_and_told() {
    let fake = Fake::new(FAKE);
    let engine = fake.engine().unwrap();
    let source = Source::Picture(b"Hans".to_vec());
    let told = Mutex::new(Vec::new());
    let tell = |pages: Recognising| told.lock().unwrap().push((pages.done, pages.pages));
    let reading = ReadOptions { ocr: Ocr::Auto, tell: &tell };
    let run = Run::new(&engine, &source, blake3::hash(b"Hans"), None, &reading, "picture");
    let wanted: Vec<WantedPage> =
        (0..5).map(|number| WantedPage { number, extent: None }).collect();
    let read = run.pages(&wanted).unwrap();
    assert!(read.iter().flatten().all(|page| page.text == "每年会面一次".repeat(4)));
    assert_eq!(read.iter().flatten().count(), 5);
    let mut told = told.into_inner().unwrap();
    told.sort_unstable();
    assert_eq!(told, (1..=5).map(|done| (done, 5)).collect::<Vec<_>>());
    let calls = fs::read_to_string(fake.folder.path().join("calls")).unwrap();
    assert!(calls.contains("tessedit_page_number=4"), "{calls}");
}

#[test]
fn pictures_are_set_straight_before_they_are_read() {
    // Keeps what it is given.
    let fake = Fake::new(&FAKE.replace("picture=$(cat)", "cat > \"$here/given\"; picture=Hant"));
    let mut level = Raster { width: 600, height: 800, pixels: vec![255; 600 * 800] };
    for line in 0..12 {
        for x in (80..520).filter(|x| x % 25 < 20) {
            (80 + 50 * line..100 + 50 * line).for_each(|y| level.pixels[y * 600 + x] = 20);
        }
    }
    assert_eq!(straightened(level.clone()), level);
    let askew = straighten::turned(&level, -0.03);
    assert_ne!(straightened(askew.clone()), askew);
    let engine = fake.engine().unwrap();
    let (source, reading) = (Source::Picture(png(&askew)), ReadOptions::default());
    let run = Run::new(&engine, &source, blake3::hash(b""), None, &reading, "picture");
    run.pages(&[WantedPage { number: 0, extent: None }]).unwrap()[0].as_ref().unwrap();
    let given = fs::read(fake.folder.path().join("given")).unwrap();
    let given = Raster::of_pgm(given).unwrap();
    assert_eq!((given.width, given.height), (600, 800));
    assert_eq!(straightened(given.clone()), given);
}

/// A PNG of an image.
fn png(image: &Raster) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, image.width as u32, image.height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(&image.pixels).unwrap();
    bytes
}

#[test]
fn pages_on_their_side_or_upside_down_are_turned() {
    // Certain of a picture whose first pixel is black.
    let reads = r#"first=$(dd bs=1 skip=15 count=1 2>/dev/null | od -An -tu1 | tr -d ' ')
cat > /dev/null
[ "$first" = 0 ] && picture=Hant || picture=none"#;
    let directions = r#"case "$*" in *"-l osd"*) cat > /dev/null; echo "$*" >> "$here/calls"; printf 'Rotate: %s\nOrientation confidence: %s\n' DEGREES 9.5; exit ;; esac
"#;
    let mut upright = Raster { width: 600, height: 800, pixels: vec![255; 600 * 800] };
    (0..280).for_each(|y| upright.pixels[y * 600..y * 600 + 280].fill(0));
    for needed in [Rotation::None, Rotation::Quarter, Rotation::Half, Rotation::ThreeQuarters] {
        // Turned by the rest of a full turn.
        let lies = Rotation::of_degrees((360 - needed.degrees()) % 360).unwrap();
        let picture = png(&lies.turn(upright.clone()));
        for (is_installed, calls) in [(true, [3, 6]), (false, [6, 11])] {
            let (languages, ask) = match is_installed {
                true => ("chi_tra\\nosd", directions),
                false => ("chi_tra", ""),
            };
            let ask = ask.replace("DEGREES", &needed.degrees().to_string());
            let script = FAKE
                .replace("chi_tra\\neng", languages)
                .replace("picture=$(cat)", &format!("{ask}{reads}"));
            let fake = Fake::new(&script);
            let engine = fake.engine().unwrap();
            let (source, reading) = (Source::Picture(picture.clone()), ReadOptions::default());
            let run = Run::new(&engine, &source, blake3::hash(b""), None, &reading, "picture");
            let wanted = [WantedPage { number: 0, extent: None }];
            let (model, usual) = run.model(&wanted).unwrap();
            assert_eq!((model, usual), (Model::Hant, needed), "{is_installed}");
            assert_eq!(fake.calls(), calls[usize::from(needed != Rotation::None)]);
            let page = run.pages(&wanted).unwrap().remove(0).unwrap();
            assert!(page.glyphs.iter().all(|glyph| glyph.confidence == Some(95)), "{needed:?}");
        }
    }
}

#[test]
fn a_page_that_is_read_better_as_it_lies_is_not_turned() {
    // The model of directions is wrong.
    let script = FAKE.replace("chi_tra\\neng", "chi_tra\\nosd").replace(
        "picture=$(cat)",
        r#"picture=none
cat > /dev/null
case "$*" in *"-l osd"*) printf 'Rotate: 180\nOrientation confidence: 9.5\n'; exit ;; esac"#,
    );
    let fake = Fake::new(&script);
    let engine = fake.engine().unwrap();
    let mut image = Raster { width: 600, height: 800, pixels: vec![255; 600 * 800] };
    image.pixels[..60_000].fill(0);
    let (source, reading) = (Source::Picture(png(&image)), ReadOptions::default());
    let run = Run::new(&engine, &source, blake3::hash(b""), None, &reading, "picture");
    let (_, usual) = run.model(&[WantedPage { number: 0, extent: None }]).unwrap();
    assert_eq!(usual, Rotation::None);
}

#[test]
fn a_page_that_fails_leaves_the_others() {
    let pages = vec![
        Ok(Drawn { noise: "門".to_owned(), ..Drawn::default() }),
        Err(RecogniseError::Slow),
        Err(RecogniseError::GivenUp),
    ];
    // None of them says anything.
    assert_eq!(laid_out(pages, "PDF"), Err(ExtractError::Unrecognised));
    let slow = vec![Err(RecogniseError::Slow), Err(RecogniseError::GivenUp)];
    assert!(matches!(laid_out(slow, "PDF"), Err(ExtractError::Slow { .. })));
    let page = ReadPage::parse(&answer("第一條 每年會面。")).unwrap();
    let pages = vec![Err(RecogniseError::Slow), Ok(drawn(&page, None))];
    let read = laid_out(pages, "PDF").unwrap();
    let left: Vec<(Option<u32>, &LeftOutReason)> =
        read.left_out.iter().map(|left| (left.page, &left.why)).collect();
    assert_eq!(left, [(Some(1), &LeftOutReason::RecognitionSlow { seconds: 120 })]);
}

/// An answer with a word.
fn answer(text: &str) -> Vec<u8> {
    let mut answer = ReadPage::blank(2480, 3508, Rotation::None);
    let word: String = text.split_whitespace().collect();
    answer.extend(format!("5\t1\t1\t1\t1\t1\t300\t300\t400\t50\t90\t{word}\n").into_bytes());
    answer
}

#[test]
fn answers_are_read_whatever_stands_in_them() {
    assert_eq!(ReadPage::parse(b""), None);
    assert_eq!(ReadPage::parse(b"no table"), None);
    let mut answer = ReadPage::blank(100, 100, Rotation::None);
    for row in [
        "5\t1\t1\t1\t1\t1\t1\t1\t0\t5\t90\t門",
        "5\t1\t1\t1\t1\t1\tNaN\t1\t5\t5\t90\t門",
        "5\t1\t1",
        "5\t1\t1\t1\t1\t1\t1\t1\t5\t5\t-7\t\u{202E}甲\u{200B}",
        "5\t1\t1\t1\t1\t2\t1\t1\t5\t5\t900\t乙\tand more",
    ] {
        answer.extend(format!("{row}\n").into_bytes());
    }
    let page = ReadPage::parse(&answer).unwrap();
    let words: Vec<(&str, f64)> =
        page.lines[0].words.iter().map(|word| (word.text.as_str(), word.confidence)).collect();
    assert_eq!(words, [("甲", 0.0), ("乙andmore", 100.0)]);
}

#[test]
fn without_recognition_a_picture_is_told() {
    assert_eq!(picture(b"\x89PNG\r\n", &ReadOptions::PLAIN), Err(ExtractError::Unrecognised));
    assert_eq!(picture(b"", &ReadOptions::default()), Err(ExtractError::Empty));
    assert_eq!(picture_refusal(Ocr::Never), Some(ExtractError::Unrecognised));
}
