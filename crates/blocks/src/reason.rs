//! Why text was left out.
//!
//! A reason is a value, so that it can be compared, stored and translated: its English sentence is
//! written here, and catalogues have the sentences of other languages by its key. The key and the
//! parameters are those of its serialized form: `"struck"`, or `{"attached": {"name": "a.pdf"}}`.

use serde::{Deserialize, Serialize};

/// Why text was left out.
///
/// ```
/// use tiaowen_blocks::LeftOutReason;
/// let reason = LeftOutReason::Attached { name: "a.pdf".to_owned() };
/// assert_eq!(reason.to_string(), "a file attached to the mail: a.pdf");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the message explains a variant")]
pub enum LeftOutReason {
    // Of several formats.
    #[error("it is struck out")]
    Struck,
    #[error("a tracked change deletes it")]
    TrackedDeletion,
    #[error("it isn't printed")]
    NotPrinted,
    #[error("it isn't shown")]
    NotShown,
    #[error("a reading printed above a character")]
    Ruby,
    #[error("a comment beside the text")]
    Comment,
    #[error("it is the head or foot of the pages")]
    HeadOrFoot,
    #[error("a picture; what is written in it isn't read")]
    Picture,
    #[error("the table of contents")]
    TableOfContents,
    #[error("a sign of a symbol font that isn't known")]
    UnknownSymbol,
    #[error("byte {at} (line {line}), 0x{byte}, is no character of the file's encoding")]
    InvalidByte { at: usize, line: usize, byte: String },

    // Word processors and spreadsheets.
    #[error("Word doesn't print it")]
    NotPrintedByWord,
    #[error("a chart, diagram or file embedded in the document; its text isn't read")]
    EmbeddedDiagram,
    #[error("a chart, formula or file embedded in the document; its text isn't read")]
    EmbeddedFormula,
    #[error("a file embedded in the document; its text isn't read")]
    EmbeddedFile,
    #[error("another file that Word imports here when it opens the document (altChunk)")]
    ImportedFile,
    #[error("a head, foot or comment of the document is damaged")]
    DamagedHeadOrComment,
    #[error("the table of contents, or an index")]
    ContentsOrIndex,
    #[error("a byte that is no character of its font's set")]
    InvalidByteOfFont,
    #[error("the file is cut short here")]
    CutHere,
    #[error("what is behind the end of the document")]
    BehindEnd,
    #[error("a row or column that isn't shown")]
    HiddenRowOrColumn,
    #[error("a sheet that isn't shown")]
    HiddenSheet,
    #[error("a picture or chart; its text isn't read")]
    PictureOrChart,
    #[error("a comment or drawing of the sheet is damaged")]
    DamagedDrawing,

    // Web pages, books and mail.
    #[error("the page hides it from its readers")]
    HiddenByPage,
    #[error("it belongs to the site, not to the text")]
    SiteFurniture,
    #[error("a frame that shows another page; save that page, too")]
    Frame,
    #[error("a file that is embedded in the page; save that file, too")]
    EmbeddedInPage,
    #[error("the page strikes it out")]
    StruckByPage,
    #[error("a part of the book that is no page; what is written in it isn't read")]
    OtherPartOfBook,
    #[error("lines of the mail's head that say how it was sent")]
    TechnicalHead,
    #[error("the same text in another form")]
    OtherForm,
    #[error("a file attached to the mail: {name}")]
    Attached { name: String },
    #[error("a picture or other file of the page; what is written in it isn't read")]
    SavedFile,
    #[error("an encrypted part of the mail")]
    EncryptedPart,
    #[error("a signature of the mail, which isn't verified")]
    MailSignature,
    #[error("bytes that are no character of the mail's encoding")]
    InvalidBytesOfMail,
    #[error("the mail has more parts, or deeper ones, than are read")]
    TooManyPartsOfMail,

    // Laws in XML.
    #[error("passages that the law marks as deleted: {count}")]
    MarkedDeleted { count: usize },

    // OFD and PDF.
    #[error("a template that several pages are printed on")]
    Template,
    #[error("a stamp across the page")]
    Stamp,
    #[error("an annotation on the page")]
    Annotation,
    #[error("a file attached to the document, which isn't read")]
    AttachedFile,
    #[error("a seal or signature, which isn't verified")]
    Seal,
    #[error("a part of the page is damaged")]
    DamagedPartOfPage,
    #[error("it is stamped across the page")]
    StampedAcross,
    #[error("it stands in one place of many pages")]
    SamePlaceOfPages,
    #[error("it is a line above notes")]
    RuleAboveNotes,
    #[error("the number of a line in the margin")]
    LineNumber,
    #[error("hardly recognised: no text, or a damaged one")]
    HardlyRecognised,
    #[error("the page is a picture; install Tesseract or run text recognition (OCR) over the file")]
    PageIsPicture,
    #[error("the page is a picture; run text recognition (OCR) over the file")]
    PageNeedsRecognition,
    #[error("{count} of its characters are unknown to their fonts")]
    UnknownCharacters { count: usize },

    // Text recognition.
    #[error("recognising the page took more than {seconds} seconds and was stopped")]
    RecognitionSlow { seconds: u64 },
    #[error("the page was not recognised: others before it took too long")]
    RecognitionGivenUp,
    #[error("Tesseract's answer can't be read")]
    TesseractGarbled,
    #[error("Tesseract can't read the picture: {says}")]
    TesseractFailed { says: String },
    #[error("Tesseract can't read the picture: it is damaged")]
    TesseractDamaged,
    #[error("pdftoppm can't draw the page")]
    PageNotDrawn,
    #[error("its image is not in the file")]
    ImageNotInFile,
    #[error("it is no image")]
    NoImage,
    #[error("its program is gone")]
    ProgramGone,
    /// What another program or the system says, in its language.
    #[error("{says}")]
    Says { says: String },

    // Splitting into documents and clauses.
    #[error("figures that count up from page to page")]
    PageNumber,
    #[error("it recurs at the edges of pages")]
    RunningHead,
    #[error("an entry of a table of contents")]
    ContentsEntry,
    #[error("it is beside the articles of the page")]
    BesideArticles,
    #[error("it is printed beside the title")]
    BesideTitle,
    #[error("it is in no clause, title or heading")]
    InNoClause,
    #[error("a cell beyond those that the head of its table has")]
    CellBeyondHead,
    #[error("characters of private use, which no character set explains: {codes}")]
    PrivateUse { codes: String },

    // Comparing versions.
    #[error("the other version prints no notes")]
    NotesOfOneVersion,
}
