//! Protection against hostile PDFs: limits on unpacked size before reading, and on time while
//! reading.

use std::any::Any;
use std::cell::Cell;
use std::collections::HashSet;
use std::io::Read;
use std::panic;
use std::sync::{Mutex, Once};
use std::time::{Duration, Instant};

use flate2::read::{DeflateDecoder, ZlibDecoder};
use hayro_syntax::Filter;
use hayro_syntax::object::{Dict, Object, ObjectIdentifier, Stream};
use memchr::memmem;

use crate::DamageReason;

/// Maximum total size of unpacked streams: more than any contract with pictures needs.
const MOST_UNPACKED: usize = 256 * 1024 * 1024;
/// Maximum length of a filter's name, with each byte escaped as `#xx`.
const LONGEST_NAME: usize = 48;

/// Why the reader in this crate refuses a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal(pub(super) &'static DamageReason);

/// The file is password-protected.
pub(super) const ENCRYPTED: Refusal = Refusal(&DamageReason::Password);
/// Flate expands a byte to at most this many.
const MOST_SPREAD: usize = 1032;

/// Refuses a file whose streams unpack to more than [`MOST_UNPACKED`], or whose unpacked size can't
/// be determined.
///
/// The reader unpacks a stream as a whole, so it must never begin with one that is too large. This
/// function scans bytes instead of objects, because objects themselves may be inside streams. The
/// only expanding filter allowed is a single layer of Flate, bare or in ASCII; others are rare.
///
/// In an encrypted file only the streams with objects are limited here, by their packed length;
/// [`unpacked_length`] limits the others when they are read.
pub(super) fn weigh(bytes: &[u8]) -> Result<(), Refusal> {
    let is_encrypted = memmem::find(bytes, b"/Encrypt").is_some();
    let mut left = MOST_UNPACKED;
    let mut packing = Packing::None;
    let (mut holds_objects, mut is_table) = (false, false);
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'/' => {
                let (name, end) = name(bytes, at + 1);
                at = end;
                if name == b"Filter" || name == b"F" {
                    packing = Packing::after(bytes, end, name.len() > 1)?.unwrap_or(packing);
                }
                holds_objects |= name == b"First";
                is_table |= name == b"XRef";
            }
            // An attached file has an /F too.
            b'e' if packing == Packing::Unknown && bytes[at..].starts_with(b"endobj") => {
                packing = Packing::None;
                at += 1;
            }
            b's' if bytes[at..].starts_with(b"stream") => {
                let is_end = bytes[..at].ends_with(b"end");
                at += b"stream".len();
                let eol = match &bytes[at..] {
                    _ if is_end => continue,
                    [b'\r', b'\n', ..] => 2,
                    [b'\r' | b'\n', ..] => 1,
                    _ => continue,
                };
                at += eol;
                if !is_encrypted || is_table {
                    left = packing.unpacked(&bytes[at..], left)?;
                } else if holds_objects {
                    let packed = memmem::find(&bytes[at..], b"endstream");
                    let most = packed.unwrap_or(bytes.len() - at) * MOST_SPREAD;
                    left =
                        left.checked_sub(most).ok_or(Refusal(&DamageReason::UnpacksToTooMuch))?;
                }
                packing = Packing::None;
                (holds_objects, is_table) = (false, false);
            }
            _ => at += 1,
        }
    }
    Ok(())
}

/// The packing of the next stream's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    None,
    /// Specified elsewhere.
    Unknown,
    Flate,
    FlateIn85,
}

impl Packing {
    /// The value of `/Filter`; `None` if `/F` has another meaning.
    fn after(bytes: &[u8], at: usize, is_filter: bool) -> Result<Option<Self>, Refusal> {
        let unknown = Refusal(&DamageReason::UnclearPacking);
        let is_number = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let mut at = space(bytes, at);
        let mut names = Vec::new();
        match bytes.get(at) {
            Some(b'/') => names.push(name(bytes, at + 1).0),
            Some(b'[') => loop {
                at = space(bytes, at + 1);
                match bytes.get(at) {
                    Some(b'/') => {
                        let (name, end) = name(bytes, at + 1);
                        names.push(name);
                        at = end - 1;
                    }
                    Some(b']') => break,
                    // Picture data may look like `/F[`.
                    _ if !is_filter && names.is_empty() && !is_number(at) => return Ok(None),
                    _ => return Err(unknown),
                }
            },
            // Elsewhere `/F` is a file or flags, but a reference may hide a filter.
            Some(b'0'..=b'9') if !is_filter => {
                let end = behind_number(bytes, behind_number(bytes, at));
                let refers = bytes.get(end) == Some(&b'R');
                return Ok(refers.then_some(Packing::Unknown));
            }
            _ if !is_filter => return Ok(None),
            _ => return Err(unknown),
        }
        let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
        Ok(Some(match &names[..] {
            names if !names.iter().any(|name| expands(name)) => Packing::None,
            [b"FlateDecode" | b"Fl", rest @ ..] if !rest.iter().any(|name| expands(name)) => {
                Packing::Flate
            }
            [b"ASCII85Decode" | b"A85", b"FlateDecode" | b"Fl"] => Packing::FlateIn85,
            _ => return Err(Refusal(&DamageReason::RarePacking)),
        }))
    }

    /// The remaining allowance after unpacking a stream.
    fn unpacked(self, data: &[u8], left: usize) -> Result<usize, Refusal> {
        if self == Packing::Unknown {
            return Err(Refusal(&DamageReason::UnclearPacking));
        }
        let plain = if self == Packing::FlateIn85 { ascii85(data) } else { Vec::new() };
        let too_large = Refusal(&DamageReason::UnpacksToTooMuch);
        let left = left.checked_sub(plain.len()).ok_or(too_large)?;
        let data = if self == Packing::FlateIn85 { &plain } else { data };
        let (mut length, whole) = length(&mut ZlibDecoder::new(data), left);
        if !whole && self != Packing::None {
            return Err(Refusal(&DamageReason::DamagedOrCut));
        }
        if !whole {
            // It isn't declared as packed here, but the declaration may have been overlooked.
            length = length.max(self::length(&mut DeflateDecoder::new(data), left).0);
        }
        left.checked_sub(length).ok_or(too_large)
    }
}

/// Whether a filter expands its data.
fn expands(filter: &[u8]) -> bool {
    let known = ["FlateDecode", "Fl", "LZWDecode", "LZW", "RunLengthDecode", "RL"];
    known.iter().any(|known| known.as_bytes() == filter)
}

/// The size of a stream unpacked with Flate, up to about `most`; 0 if it isn't packed that way.
pub(super) fn unpacked_length(data: &[u8], most: usize) -> usize {
    length(&mut ZlibDecoder::new(data), most).0.max(length(&mut DeflateDecoder::new(data), most).0)
}

/// The amount of output, and whether it was complete; at most one buffer beyond `most`.
fn length(from: &mut dyn Read, most: usize) -> (usize, bool) {
    let mut piece = vec![0; 32 * 1024];
    let mut length = 0;
    while length <= most {
        match from.read(&mut piece) {
            Ok(0) => return (length, true),
            Ok(read) => length += read,
            Err(_) => return (length, false),
        }
    }
    (length, true)
}

/// A name with its escapes decoded, and its end.
fn name(bytes: &[u8], start: usize) -> (Vec<u8>, usize) {
    let regular = |b: &&u8| !b.is_ascii_whitespace() && **b != 0 && !b"()<>[]{}/%".contains(b);
    let length = bytes[start..].iter().take(LONGEST_NAME).take_while(regular).count();
    let raw = &bytes[start..start + length];
    let mut name = Vec::with_capacity(length);
    let mut at = 0;
    while at < raw.len() {
        let digit = |at: usize| raw.get(at).and_then(|b| char::from(*b).to_digit(16));
        match (raw[at], digit(at + 1), digit(at + 2)) {
            (b'#', Some(high), Some(low)) => {
                name.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                name.push(byte);
                at += 1;
            }
        }
    }
    (name, start + length)
}

/// The first byte outside white space and comments.
fn space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'%' => {
                at += bytes[at..].iter().take_while(|b| !matches!(b, b'\r' | b'\n')).count();
            }
            0 | b' ' | b'\t' | b'\n' | b'\r' | 0xC => at += 1,
            _ => break,
        }
    }
    at
}

/// The place behind the digits at a place, and behind the white space that follows.
fn behind_number(bytes: &[u8], at: usize) -> usize {
    let digits = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
    space(bytes, at + digits)
}

fn ascii85(data: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut group = Vec::with_capacity(5);
    for byte in data {
        match byte {
            b'!'..=b'u' => group.push(byte - b'!'),
            b'z' if group.is_empty() => group.extend([0; 5]),
            b'~' => break,
            _ => continue,
        }
        if group.len() == 5 {
            decode_group(&mut group, &mut plain);
        }
    }
    if !group.is_empty() {
        decode_group(&mut group, &mut plain);
    }
    plain
}

/// Decodes a group of up to five digits and clears it.
fn decode_group(group: &mut Vec<u8>, plain: &mut Vec<u8>) {
    let bytes = group.len().saturating_sub(1);
    group.resize(5, 84);
    let number = group.iter().fold(0_u32, |n, d| n.wrapping_mul(85).wrapping_add((*d).into()));
    plain.extend_from_slice(&number.to_be_bytes()[..bytes]);
    group.clear();
}

/// The bytes of a file with a time limit for reading it.
///
/// The reader requests the bytes whenever it follows a reference, so the limit also ends its
/// endless loops.
pub(super) struct Clocked {
    bytes: Vec<u8>,
    until: Instant,
    is_encrypted: bool,
    /// The limited streams of an encrypted file, and their total unpacked size.
    weighed: Mutex<(HashSet<ObjectIdentifier>, usize)>,
}

impl Clocked {
    pub(super) fn new(bytes: &[u8], time: Duration) -> Self {
        let is_encrypted = memmem::find(bytes, b"/Encrypt").is_some();
        let (until, weighed) = (Instant::now() + time, Mutex::default());
        Self { bytes: bytes.to_vec(), until, is_encrypted, weighed }
    }

    /// Aborts [`guarded`] work if the streams of an encrypted file unpack to too much; the function
    /// [`weigh`] sees them only packed.
    pub(super) fn weigh(&self, stream: &Stream<'_>) {
        if !self.is_encrypted {
            return;
        }
        let Ok(mut weighed) = self.weighed.lock() else { return };
        if !weighed.0.insert(stream.obj_id()) {
            return;
        }
        match stream.filters()[..] {
            [] => {}
            [Filter::FlateDecode] => {
                weighed.1 += unpacked_length(&stream.raw_data(), MOST_UNPACKED);
            }
            _ => refuse(&DamageReason::RarePacking),
        }
        if weighed.1 > MOST_UNPACKED {
            refuse(&DamageReason::UnpacksToTooMuch);
        }
    }

    /// Like [`weigh`](Self::weigh), for all streams that a dictionary leads to.
    pub(super) fn weigh_all(&self, dict: &Dict<'_>, depth: usize) {
        if !self.is_encrypted || depth > 4 {
            return;
        }
        for key in dict.keys() {
            match dict.get::<Object<'_>>(&*key) {
                Some(Object::Stream(stream)) => self.weigh(&stream),
                Some(Object::Dict(inner)) => self.weigh_all(&inner, depth + 1),
                Some(Object::Array(inner)) => {
                    for inner in inner.iter::<Dict<'_>>() {
                        self.weigh_all(&inner, depth + 1);
                    }
                }
                _ => {}
            }
        }
    }

    /// Aborts [`guarded`] work when the time is over.
    pub(super) fn check(&self) {
        if Instant::now() > self.until {
            refuse(&DamageReason::TooLong);
        }
    }
}

impl AsRef<[u8]> for Clocked {
    fn as_ref(&self) -> &[u8] {
        self.check();
        &self.bytes
    }
}

/// Aborts [`guarded`] work at once, from any depth inside the reader.
pub(super) fn refuse(why: &'static DamageReason) -> ! {
    panic::resume_unwind(Box::new(Refusal(why)))
}

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs work that may panic. A panic of the reader becomes a refusal and prints nothing.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Refusal> {
    static QUIET: Once = Once::new();
    // One hook prints the panics of all threads. This one suppresses those that are caught below,
    // on this thread and while it reads; others go to the previous hook.
    QUIET.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                hook(info);
            }
        }));
    });
    GUARDED.set(true);
    // Nothing that `work` modifies is used after a panic.
    let done = panic::catch_unwind(panic::AssertUnwindSafe(work));
    GUARDED.set(false);
    done.map_err(|panic: Box<dyn Any + Send>| match panic.downcast_ref() {
        Some(refusal) => *refusal,
        None => Refusal(&DamageReason::Unforeseen),
    })
}
