use crate::DamageReason;

/// Why no text can be extracted from a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// The file is empty or contains only white space.
    #[error("the file is empty: there is no text in it")]
    Empty,
    /// A web page without text, which a script would fill in.
    #[error(
        "there is no text in the page: a script fills it in a browser; print it to PDF from there"
    )]
    Scripted,
    /// A web page that only shows others in frames.
    #[error("there is no text in the page: its frames show other pages; save those")]
    Frames,
    /// A document that imports its text from files inside its package.
    #[error(
        "there is no text in the document: Word imports other files (altChunk) when it opens it; save it again in Word"
    )]
    Imported,
    /// A document that contains only pictures.
    #[error(
        "there is no text in the document, only pictures; run text recognition (OCR) over them first"
    )]
    Pictures,
    /// The file contains bytes that don't occur in text.
    #[error("this is no text: a NUL byte stands at byte {at}")]
    Binary {
        /// Offset in the file, from 0.
        at: usize,
    },
    /// Bytes that are invalid in the file's encoding.
    #[error(
        "byte {at} (line {line}), 0x{byte:02X}, is no character of {encoding}; save the file as UTF-8"
    )]
    Undecodable {
        /// The encoding that fits best.
        encoding: &'static str,
        /// Offset in the file, from 0.
        at: usize,
        /// Line number, from 1.
        line: usize,
        /// The invalid byte.
        byte: u8,
    },
    /// The file is damaged, or not in the format of its name.
    #[error("this is no {format} that can be read: {reason}")]
    Damaged {
        /// The format.
        format: &'static str,
        /// The problem.
        reason: DamageReason,
    },
    /// The file name has an unsupported extension.
    #[error(
        "files ending in .{end} are not read; .txt, .md, .html, .docx, .odt, .rtf, .pdf, .ofd, .xlsx, .epub, .eml, .mht, .xml, .doc, .jsonl, .png, .jpg and .tiff are"
    )]
    Kind {
        /// The extension.
        end: String,
    },
    /// The lock file that Word creates next to an open document.
    #[error(
        "this is no document: Word keeps in it who has the document open, and removes it when that is closed"
    )]
    Owner,
    /// A PDF without text: images of pages.
    #[error(
        "it has no text layer: its pages are pictures; run text recognition (OCR) over it first"
    )]
    Scan,
    /// A picture, or pages that are pictures, in which no text was recognised.
    #[error("no text was recognised in it")]
    Unrecognised,
    /// The program that reads such files isn't installed.
    #[error(
        "this {format} can be read by {program} at most, which is not installed; install {package} (the built-in reader says: {reason})"
    )]
    Reader {
        /// The format.
        format: &'static str,
        /// Why it can't be read without the program.
        reason: DamageReason,
        /// The program that can read it.
        program: &'static str,
        /// The package that contains the program.
        package: &'static str,
    },
    /// Reading took too long.
    #[error("reading it took more than {seconds} seconds and was stopped")]
    Slow {
        /// The limit in seconds.
        seconds: u64,
    },
    /// A page has too many elements.
    #[error("it has more than {most} elements; split it, or index its text")]
    Tags {
        /// The limit.
        most: usize,
    },
    /// The file would unpack to too much.
    #[error("it unpacks to more than {most} bytes; split it, or index its text")]
    TooLarge {
        /// The limit in bytes.
        most: u64,
    },
}
