//! Pictures by themselves: how many pages one has, and each page in shades of grey.
//!
//! What is rare among scans (a progressive JPEG in CMYK, a TIFF by fax of group 3) isn't decoded here,
//! and Tesseract reads it as it is.

use std::io::Cursor;
use std::sync::{Mutex, PoisonError};

use png::{InterlaceInfo, Transformations};
use tiff::ColorType;
use tiff::decoder::{ChunkType, DecodingResult};
use tiff::tags::Tag;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::raster::{PAPER, Raster};
use crate::pdf::guarded;

use crate::DamageReason;

/// Pages of a picture that are read.
const MOST_PAGES: usize = 2_000;
/// Pixels of a page that is decoded here: A3 at 600 dots an inch has 70 million.
const MOST_PIXELS: usize = 80_000_000;
/// Bytes that a decoder may use besides its result.
const MOST_MEMORY: usize = 128 << 20;
/// Compression of a TIFF: JPEG.
const JPEG: u16 = 7;

/// How many pages a picture has.
///
/// # Errors
/// When it is no picture that is read.
pub(super) fn pages(bytes: &[u8]) -> Result<usize, DamageReason> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, ..] => Ok(1),
        [b'I', b'I', 42, 0, ..] => directories(bytes, u16::from_le_bytes, u32::from_le_bytes),
        [b'M', b'M', 0, 42, ..] => directories(bytes, u16::from_be_bytes, u32::from_be_bytes),
        _ => Err(DamageReason::NoPicture),
    }
}

/// The directories of a TIFF, one for each page, each of which says where the next one is.
fn directories(
    bytes: &[u8],
    short: impl Fn([u8; 2]) -> u16,
    long: impl Fn([u8; 4]) -> u32,
) -> Result<usize, DamageReason> {
    const BROKEN: DamageReason = DamageReason::DamagedOrCut;
    let long_at = |at: usize| -> Option<usize> {
        let bytes = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        usize::try_from(long(bytes)).ok()
    };
    let mut next = long_at(4).ok_or(BROKEN)?;
    let mut pages = 0;
    while next != 0 {
        let entries = bytes.get(next..next + 2).and_then(|bytes| bytes.try_into().ok());
        let entries = usize::from(short(entries.ok_or(BROKEN)?));
        pages += 1;
        // A chain that leads back has no end.
        if pages > MOST_PAGES {
            return Err(DamageReason::TooManyPictures);
        }
        // The last one of a file that is cut behind it is still whole.
        next = long_at(next + 2 + entries * 12).unwrap_or(0);
    }
    if pages == 0 { Err(BROKEN) } else { Ok(pages) }
}

/// A page of a picture, from 0, as it is meant to be seen; `None` where it is beyond this crate.
pub(super) fn raster(bytes: &[u8], page: usize) -> Option<Raster> {
    // A page takes far less time to decode than to recognise, but much memory if it is large.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let decoded = guarded(|| match bytes {
        [0x89, ..] => png(bytes),
        [0xFF, ..] => jpeg(bytes),
        _ => tiff(bytes, page),
    });
    let (raster, orientation) = decoded.ok().flatten()?;
    Some(raster.upright(orientation))
}

/// Width and height, if so many pixels are decoded.
fn bounded(width: usize, height: usize) -> Option<(usize, usize)> {
    let pixels = width.checked_mul(height)?;
    (1..=MOST_PIXELS).contains(&pixels).then_some((width, height))
}

/// The shade of a colour.
fn luma(r: u8, g: u8, b: u8) -> u8 {
    ((77 * u32::from(r) + 150 * u32::from(g) + 29 * u32::from(b)) >> 8) as u8
}

/// A shade on paper, which shows through what is transparent.
fn over(shade: u8, alpha: u8) -> u8 {
    let (shade, alpha) = (u32::from(shade), u32::from(alpha));
    ((shade * alpha + u32::from(PAPER) * (255 - alpha)) / 255) as u8
}

/// The shade of a pixel of grey, grey and alpha, colours, or colours and alpha.
fn shade(pixel: &[u8]) -> u8 {
    match *pixel {
        [shade] => shade,
        [shade, alpha] => over(shade, alpha),
        [r, g, b] => luma(r, g, b),
        [r, g, b, alpha, ..] => over(luma(r, g, b), alpha),
        [] => PAPER,
    }
}

fn png(bytes: &[u8]) -> Option<(Raster, u16)> {
    let limits = png::Limits { bytes: MOST_MEMORY };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info().ok()?;
    let (width, height) = reader.info().size();
    let (width, height) = bounded(width as usize, height as usize)?;
    let samples = reader.output_color_type().0.samples();
    let mut pixels = vec![PAPER; width * height];
    let (mut shades, mut line) = (Vec::with_capacity(width), 0);
    while let Some(row) = reader.next_interlaced_row().ok()? {
        shades.clear();
        shades.extend(row.data().chunks_exact(samples).map(shade));
        match row.interlace() {
            InterlaceInfo::Null(_) => {
                pixels.get_mut(line..line + width)?.copy_from_slice(shades.get(..width)?);
                line += width;
            }
            InterlaceInfo::Adam7(info) => {
                png::expand_interlaced_row(&mut pixels, width, &shades, info, 8);
            }
        }
    }
    let orientation = reader.info().exif_metadata.as_deref().and_then(orientation);
    Some((Raster { width, height, pixels }, orientation.unwrap_or(1)))
}

fn jpeg(bytes: &[u8]) -> Option<(Raster, u16)> {
    const LONGEST: usize = u16::MAX as usize;
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(ColorSpace::Luma)
        .set_max_width(LONGEST)
        .set_max_height(LONGEST);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().ok()?;
    let (width, height) = decoder.dimensions()?;
    let (width, height) = bounded(width, height)?;
    let pixels = decoder.decode().ok()?;
    let orientation = decoder.exif().and_then(|exif| orientation(exif));
    let raster = Raster { width, height, pixels };
    (raster.pixels.len() == width * height).then_some((raster, orientation.unwrap_or(1)))
}

/// The orientation that Exif has: that of the first directory of a TIFF without pages.
fn orientation(exif: &[u8]) -> Option<u16> {
    const ORIENTATION: u16 = 0x0112;
    let is_little = exif.starts_with(b"II");
    let number = |at: usize| -> Option<u16> {
        let two = exif.get(at..at + 2)?.try_into().ok()?;
        Some(if is_little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
    };
    let (one, other) = (usize::from(number(4)?), usize::from(number(6)?));
    let start = if is_little { one | other << 16 } else { one << 16 | other };
    let entries = (0..usize::from(number(start)?)).map(|nth| start + 2 + 12 * nth);
    let entry =
        entries.take_while(|at| *at < exif.len()).find(|at| number(*at) == Some(ORIENTATION));
    number(entry? + 8)
}

type TiffDecoder<'b> = tiff::decoder::Decoder<Cursor<&'b [u8]>>;

/// How the pixels of a TIFF are stored.
#[derive(Clone, Copy)]
struct Storage {
    /// Of a sample.
    bits: usize,
    /// Of a pixel.
    samples: usize,
    /// The shade of a pixel with samples of 8 bits.
    shade: fn(&[u8]) -> u8,
}

impl Storage {
    fn of(color: ColorType) -> Option<Self> {
        let luma: fn(&[u8]) -> u8 = |pixel| pixel.first().copied().unwrap_or(PAPER);
        let (bits, samples, shade) = match color {
            ColorType::Gray(bits @ (1 | 2 | 4 | 8)) => (usize::from(bits), 1, luma),
            ColorType::YCbCr(8) => (8, 3, luma),
            ColorType::RGB(8) => (8, 3, shade as fn(&[u8]) -> u8),
            ColorType::RGBA(8) => (8, 4, shade as fn(&[u8]) -> u8),
            _ => return None,
        };
        Some(Storage { bits, samples, shade })
    }

    /// Writes the shades of a row.
    fn unpack(self, row: &[u8], shades: &mut [u8]) {
        if self.bits == 8 {
            let pixels = row.chunks_exact(self.samples);
            shades.iter_mut().zip(pixels).for_each(|(to, pixel)| *to = (self.shade)(pixel));
            return;
        }
        let (in_byte, most) = (8 / self.bits, (1_u16 << self.bits) - 1);
        for (nth, to) in shades.iter_mut().enumerate() {
            let byte = u16::from(row.get(nth / in_byte).copied().unwrap_or_default());
            let sample = byte >> (8 - self.bits * (nth % in_byte + 1)) & most;
            *to = (sample * 255 / most) as u8;
        }
    }
}

fn tiff(bytes: &[u8], page: usize) -> Option<(Raster, u16)> {
    let mut limits = tiff::decoder::Limits::default();
    limits.decoding_buffer_size = MOST_MEMORY;
    let mut decoder = TiffDecoder::new(Cursor::new(bytes)).ok()?.with_limits(limits);
    decoder.seek_to_image(page).ok()?;
    let (width, height) = decoder.dimensions().ok()?;
    let (width, height) = bounded(width as usize, height as usize)?;
    let storage = Storage::of(decoder.colortype().ok()?)?;
    let is_planar = number(&mut decoder, Tag::PlanarConfiguration) == Some(2);
    let is_jpeg = number(&mut decoder, Tag::Compression) == Some(JPEG);
    if is_planar && storage.samples > 1 || is_jpeg && !are_jpegs_bounded(bytes, &mut decoder) {
        return None;
    }
    let orientation = number(&mut decoder, Tag::Orientation).unwrap_or(1);
    let (chunk_width, chunk_height) = decoder.chunk_dimensions();
    let (chunk_width, chunk_height) = (chunk_width as usize, (chunk_height as usize).min(height));
    let across = width.div_ceil(chunk_width.max(1));
    let mut pixels = vec![PAPER; width * height];
    for nth in 0..across * height.div_ceil(chunk_height.max(1)) {
        let index = u32::try_from(nth).ok()?;
        let (columns, rows) = decoder.chunk_data_dimensions(index);
        let (columns, rows) = (columns as usize, rows as usize);
        let DecodingResult::U8(chunk) = decoder.read_chunk(index).ok()? else { return None };
        let row_bytes = (columns * storage.samples * storage.bits).div_ceil(8).max(1);
        for (nth_row, row) in chunk.chunks_exact(row_bytes).take(rows).enumerate() {
            let at = (nth / across * chunk_height + nth_row) * width + nth % across * chunk_width;
            storage.unpack(row, pixels.get_mut(at..at + columns)?);
        }
    }
    Some((Raster { width, height, pixels }, orientation))
}

/// A number in the directory of the page.
fn number(decoder: &mut TiffDecoder<'_>, tag: Tag) -> Option<u16> {
    decoder.find_tag_unsigned(tag).ok().flatten()
}

/// Whether the JPEGs in a TIFF are no larger than their places on its page: the decoder makes room for
/// what they say.
fn are_jpegs_bounded(bytes: &[u8], decoder: &mut TiffDecoder<'_>) -> bool {
    let (at, length) = match decoder.get_chunk_type() {
        ChunkType::Strip => (Tag::StripOffsets, Tag::StripByteCounts),
        ChunkType::Tile => (Tag::TileOffsets, Tag::TileByteCounts),
    };
    let (Ok(at), Ok(length)) = (decoder.get_tag_u64_vec(at), decoder.get_tag_u64_vec(length))
    else {
        return false;
    };
    let (width, height) = decoder.chunk_dimensions();
    let options =
        DecoderOptions::default().set_max_width(width as usize).set_max_height(height as usize);
    at.iter().zip(length).all(|(at, length)| {
        let end = at.saturating_add(length);
        let part = usize::try_from(*at).ok().zip(usize::try_from(end).ok());
        let jpeg = part.and_then(|(at, end)| bytes.get(at..end));
        jpeg.is_some_and(|jpeg| {
            JpegDecoder::new_with_options(ZCursor::new(jpeg), options).decode_headers().is_ok()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_a_tiff_are_counted_by_its_directories() {
        let directory = |next: u32| [&[0, 0][..], &next.to_le_bytes()].concat();
        let two = [&b"II\x2A\0"[..], &8_u32.to_le_bytes(), &directory(14), &directory(0)].concat();
        assert_eq!(pages(&two), Ok(2));
        let endless = [&b"II\x2A\0"[..], &8_u32.to_le_bytes(), &directory(8)].concat();
        assert!(pages(&endless).is_err());
        let big = [&b"MM\0\x2A"[..], &8_u32.to_be_bytes(), &[0, 0, 0, 0, 0, 0]].concat();
        assert_eq!(pages(&big), Ok(1));
        for (bytes, count) in [
            (&b"\x89PNG\r\n"[..], Ok(1)),
            (b"\xFF\xD8\xFF\xE0", Ok(1)),
            (b"II\x2A\0\xFF\xFF\xFF\xFF", Err(DamageReason::DamagedOrCut)),
            (b"II\x2A\0", Err(DamageReason::DamagedOrCut)),
            (b"GIF89a", Err(DamageReason::NoPicture)),
        ] {
            assert_eq!(pages(bytes), count, "{}", bytes.escape_ascii());
        }
    }

    /// A page of 3 by 2 pixels, the first of which is dark.
    const PIXELS: [u8; 6] = [0, 255, 255, 255, 255, 255];

    fn png_of(color: png::ColorType, depth: png::BitDepth, data: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 3, 2);
        encoder.set_color(color);
        encoder.set_depth(depth);
        encoder.write_header().unwrap().write_image_data(data).unwrap();
        bytes
    }

    #[test]
    fn pngs_of_every_kind_have_their_shades() {
        use png::{BitDepth, ColorType};
        let spread =
            |pixel: fn(u8) -> Vec<u8>| PIXELS.iter().flat_map(|p| pixel(*p)).collect::<Vec<u8>>();
        for (color, depth, data) in [
            (ColorType::Grayscale, BitDepth::Eight, PIXELS.to_vec()),
            (ColorType::Grayscale, BitDepth::One, vec![0b0110_0000, 0b1110_0000]),
            (ColorType::Grayscale, BitDepth::Sixteen, spread(|p| vec![p, p])),
            (ColorType::Rgb, BitDepth::Eight, spread(|p| vec![p, p, p])),
            // Paper that is transparent.
            (ColorType::Rgba, BitDepth::Eight, spread(|p| vec![0, 0, 0, 255 - p])),
            (ColorType::GrayscaleAlpha, BitDepth::Eight, spread(|p| vec![0, 255 - p])),
        ] {
            let page = raster(&png_of(color, depth, &data), 0).unwrap();
            assert_eq!((page.width, page.height), (3, 2));
            assert_eq!(page.pixels, PIXELS, "{color:?} {depth:?}");
        }
        let whole = png_of(ColorType::Grayscale, BitDepth::Eight, &PIXELS);
        assert_eq!(raster(&whole[..whole.len() - 20], 0), None);
    }

    #[test]
    fn pages_of_a_tiff_are_decoded_each_as_it_is_meant_to_be_seen() {
        use tiff::encoder::{TiffEncoder, colortype::Gray8};
        let mut bytes = Cursor::new(Vec::new());
        let mut encoder = TiffEncoder::new(&mut bytes).unwrap();
        for orientation in [1_u16, 6] {
            let mut image = encoder.new_image::<Gray8>(3, 2).unwrap();
            image.encoder().write_tag(Tag::Orientation, orientation).unwrap();
            image.write_data(&PIXELS).unwrap();
        }
        let bytes = bytes.into_inner();
        assert_eq!(pages(&bytes), Ok(2));
        assert_eq!(raster(&bytes, 0).unwrap().pixels, PIXELS);
        let second = raster(&bytes, 1).unwrap();
        assert_eq!((second.width, second.height), (2, 3));
        assert_eq!(second.pixels, [255, 0, 255, 255, 255, 255]);
        assert_eq!(raster(&bytes, 2), None);
    }

    #[test]
    fn faxes_and_pages_of_bits_are_unpacked() {
        let page = |storage: Storage, row: &[u8]| {
            let mut shades = [7; 5];
            storage.unpack(row, &mut shades);
            shades
        };
        let of = |color| Storage::of(color).unwrap();
        assert_eq!(page(of(ColorType::Gray(1)), &[0b1010_1000]), [255, 0, 255, 0, 255]);
        assert_eq!(page(of(ColorType::Gray(4)), &[0x0F, 0x80, 0xF0]), [0, 255, 136, 0, 255]);
        assert_eq!(page(of(ColorType::YCbCr(8)), &[9, 1, 1, 8, 1, 1]), [9, 8, 7, 7, 7]);
        assert!(Storage::of(ColorType::CMYK(8)).is_none());
    }

    #[test]
    fn the_orientation_of_a_photograph_is_read() {
        let little = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
        let big = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0";
        assert_eq!((orientation(little), orientation(big)), (Some(6), Some(8)));
        for broken in [&b""[..], b"II*\0", b"II*\0\xFF\xFF\xFF\xFF", &little[..18]] {
            assert_eq!(orientation(broken), None);
        }
    }

    #[test]
    fn pictures_beyond_the_limit_or_broken_are_left_to_tesseract() {
        assert_eq!(bounded(10_000, 8_000), Some((10_000, 8_000)));
        assert_eq!(
            (bounded(10_000, 8_001), bounded(0, 5), bounded(usize::MAX, 2)),
            (None, None, None)
        );
        for broken in [&b"\x89PNG\r\n\x1a\n"[..], b"\xFF\xD8\xFF\xE0", b"II\x2A\0\x08\0\0\0", b""] {
            assert_eq!(raster(broken, 0), None);
        }
    }
}
