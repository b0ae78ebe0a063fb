//! What is wrong with a file that can't be read.

use serde::Serialize;
use tiaowen_blocks::LeftOutReason;

/// What is wrong with a file. As with [`LeftOutReason`], the key and parameters of its serialized
/// form find its sentence in other languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the message explains a variant")]
pub enum DamageReason {
    // Of several formats.
    #[error("it is damaged")]
    Damaged,
    #[error("it is damaged or cut off")]
    DamagedOrCut,
    #[error("it is cut short")]
    CutShort,
    #[error("it is protected by a password")]
    Password,
    #[error("it is protected by a password; save it without one")]
    SaveWithoutPassword,
    #[error("it is not {encoding}")]
    Encoding { encoding: &'static str },
    #[error("it doesn't begin as one")]
    OtherBeginning,
    #[error("it has more than {most} pages")]
    TooManyPages { most: usize },
    #[error("it has more than {most} characters; split it")]
    TooManyCharacters { most: usize },
    /// What a library or the system says, in its language.
    #[error("{says}")]
    Says { says: String },

    // Archives of parts.
    #[error("it is no zip archive, or one cut short")]
    NoZip,
    #[error("its zip archive can't be read: {says}")]
    Zip { says: String },
    #[error("it holds {parts} parts, more than {most}")]
    TooManyParts { parts: usize, most: usize },
    #[error("it holds no {part}")]
    NoPart { part: String },
    #[error("{part} can't be unpacked: {says}")]
    PackedPart { part: String, says: String },
    #[error("{part} is not {encoding}")]
    PartEncoding { part: String, encoding: &'static str },

    // XML.
    #[error("{part} is no sound XML: {says}")]
    Xml { part: String, says: String },
    #[error("{part} is no sound XML: its elements stand too deep in one another")]
    XmlDepth { part: String },
    #[error("{part} is no sound XML: it declares too many namespaces")]
    XmlNamespaces { part: String },
    #[error("{part} is no sound XML: it names a character that is not defined")]
    XmlCharacter { part: String },
    #[error("{part} is no sound XML: it has a document type declaration")]
    XmlDocumentType { part: String },
    #[error("{part} is no sound XML: it is cut short")]
    XmlCut { part: String },
    #[error("its elements stand too deep in one another")]
    ElementsTooDeep,
    #[error("<{name}> is no law whose clauses are marked: Akoma Ntoso, HKLM and Taiwan's are read")]
    NoLaw { name: String },

    // Word processors, spreadsheets, books and mail.
    #[error("{part} is no text of a word processor")]
    NoWordText { part: String },
    #[error("{part} is no sheet")]
    NoSheet { part: String },
    #[error("{part} names no book")]
    NoBook { part: String },
    #[error("it is protected against copying; its text can't be read")]
    CopyProtected,
    #[error("its groups stand too deep in one another")]
    GroupsTooDeep,
    #[error("an old .doc file; save it as .docx")]
    OldDocument,
    #[error("an RTF file; save it as .docx")]
    RichText,
    #[error("it is of no format that such files have")]
    NoOfficeFormat,
    #[error("it is in an old format of Office or WPS")]
    OldOfficeFormat,
    #[error(
        "LibreOffice can't read it: it is damaged or protected by a password, or {package} isn't installed"
    )]
    LibreOffice { package: &'static str },
    #[error("a temporary folder for LibreOffice can't be written: {says}")]
    LibreOfficeFolder { says: String },
    #[error("it has no head of lines such as 'Subject: …'")]
    NoMailHead,

    // Pictures and pages that are pictures.
    #[error("its pages are pictures")]
    PagesArePictures,
    #[error("a temporary folder for its pages can't be written: {says}")]
    PagesFolder { says: String },
    #[error("it begins as none of .png, .jpg and .tiff")]
    NoPicture,
    #[error("it has more than 2000 pages, or says so")]
    TooManyPictures,

    // PDF.
    #[error("it doesn't begin as a PDF")]
    NoPdf,
    #[error("it is damaged in an unforeseen way")]
    Unforeseen,
    #[error("it takes too long")]
    TooLong,
    #[error("it unpacks to too much")]
    UnpacksToTooMuch,
    #[error("it doesn't say plainly how its streams are packed")]
    UnclearPacking,
    #[error("its streams are packed in a rare way")]
    RarePacking,
    #[error("it has no pages")]
    NoPages,
    #[error("it holds too much text")]
    TooMuchText,
    #[error("a page is too large")]
    PageTooLarge,
    #[error("a font can't be read")]
    Font,
    #[error("a font doesn't tell what its characters are")]
    FontCodes,
    #[error("a font tells too many widths")]
    FontWidths,
    #[error("what it draws can't be unpacked")]
    PackedDrawing,
    #[error("what it draws breaks off")]
    CutDrawing,
    #[error("its forms are nested too deeply")]
    FormsTooDeep,
    #[error("its drawing is nested too deeply")]
    DrawingTooDeep,

    /// A page isn't recognised.
    #[error(transparent)]
    #[serde(untagged)]
    Page(LeftOutReason),
}

impl DamageReason {
    /// What a library or the system says.
    pub(crate) fn says(error: &impl std::fmt::Display) -> Self {
        DamageReason::Says { says: error.to_string() }
    }

    /// What the parser says of the XML of a part.
    pub(crate) fn xml(part: &str, error: &dyn std::fmt::Display) -> Self {
        DamageReason::Xml { part: part.to_owned(), says: error.to_string() }
    }
}
