/// Why no text comes out of a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// Nothing in it, or nothing but white space.
    #[error("the file is empty: there is no text in it")]
    Empty,
    /// A web page without text, which a script would fill.
    #[error(
        "there is no text in the page: a script fills it in a browser; print it to PDF from there"
    )]
    Scripted,
    /// A web page that shows others.
    #[error("there is no text in the page: its frames show other pages; save those")]
    Frames,
    /// A document that imports its text from files inside its package.
    #[error(
        "there is no text in the document: Word imports other files (altChunk) when it opens it; save it again in Word"
    )]
    Imported,
    /// A document of pictures alone.
    #[error(
        "there is no text in the document, only pictures; run text recognition (OCR) over them first"
    )]
    Pictures,
    /// It holds bytes that no text does.
    #[error("this is no text: a NUL byte stands at byte {at}")]
    Binary {
        /// Byte of the file, from 0.
        at: usize,
    },
    /// Bytes that the encoding it is in doesn't know.
    #[error(
        "byte {at} (line {line}), 0x{byte:02X}, is no character of {encoding}; save the file as UTF-8"
    )]
    Undecodable {
        /// The encoding that fits the rest best.
        encoding: &'static str,
        /// Byte of the file, from 0.
        at: usize,
        /// Line of the file, from 1.
        line: usize,
        /// The byte that stands there.
        byte: u8,
    },
    /// It is damaged, or no file of its format.
    #[error("this is no {format} that can be read: {reason}")]
    Damaged {
        /// The format that its name says.
        format: &'static str,
        /// What is wrong, in plain words.
        reason: String,
    },
    /// The file's name ends in something that isn't read.
    #[error(
        "files ending in .{end} are not read; .txt, .md, .html, .docx, .odt, .rtf, .pdf, .ofd, .xlsx, .epub, .eml, .mht, .xml, .doc, .jsonl, .png, .jpg and .tiff are"
    )]
    Kind {
        /// What the name ends in.
        end: String,
    },
    /// What Word keeps beside a document that somebody has open.
    #[error(
        "this is no document: Word keeps in it who has the document open, and removes it when that is closed"
    )]
    Owner,
    /// A PDF without text: pictures of pages.
    #[error(
        "it has no text layer: its pages are pictures; run text recognition (OCR) over it first"
    )]
    Scan,
    /// A picture, or pages that are pictures, in which no text was recognised.
    #[error("no text was recognised in it")]
    Unrecognised,
    /// What reads such files isn't installed.
    #[error(
        "this {format} can be read by {program} at most, which is not installed; install {package} (the built-in reader says: {reason})"
    )]
    Reader {
        /// The format.
        format: &'static str,
        /// Why it isn't read without the program, in plain words.
        reason: &'static str,
        /// The program that would read it.
        program: &'static str,
        /// The package that holds it.
        package: &'static str,
    },
    /// What reads the format took too long.
    #[error("reading it took more than {seconds} seconds and was stopped")]
    Slow {
        /// The limit.
        seconds: u64,
    },
    /// A page has more elements than are read of one.
    #[error("it has more than {most} elements; split it, or index its text")]
    Tags {
        /// What is read at most.
        most: usize,
    },
    /// It would unpack to more than is read of one file.
    #[error("it unpacks to more than {most} bytes; split it, or index its text")]
    TooLarge {
        /// What is read at most.
        most: u64,
    },
}
