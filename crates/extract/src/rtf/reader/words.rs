//! The effect of control words.

use tiaowen_blocks::{DroppedKind, LeftOutReason};

use super::{Ends, Font, Holder, MOST_KNOWN, MOST_NAME, Reader, To};
use crate::compose::{PICTURE, Tag};
use crate::rtf::characters::{Charset, of_code_page};

/// Minimum distance in half points for characters to count as raised and not merely shifted.
const LIFTED: i64 = 5;

const COMMENT: Tag = (DroppedKind::Hidden, &LeftOutReason::Comment);
const HEAD: Tag = (DroppedKind::RunningHead, &LeftOutReason::HeadOrFoot);
const OBJECT: Tag = (DroppedKind::Unreadable, &LeftOutReason::EmbeddedFile);

impl Reader<'_> {
    pub(super) fn sign(&mut self, sign: u8) {
        match sign {
            b'*' => self.group.is_optional = true,
            b'~' => self.character('\u{A0}', None),
            b'_' => self.character('-', None),
            b'\r' | b'\n' => self.word(b"par", None),
            b'\t' => self.character('\t', None),
            _ => {}
        }
    }

    pub(super) fn word(&mut self, word: &[u8], number: Option<i64>) {
        let is_optional = std::mem::take(&mut self.group.is_optional);
        if self.destination(word, is_optional) {
            return;
        }
        match self.group.to {
            To::Fonts => return self.of_font(word, number),
            To::Styles => return self.of_style(word, number),
            To::Field | To::Choice => match word {
                b"ffres" => self.value = number,
                b"ffdefres" => self.default = number,
                _ => {}
            },
            To::Nowhere => {}
            To::Text | To::Label => {
                if self.of_character(word, number) || self.group.to == To::Label {
                    return;
                }
                if !self.of_paragraph(word, number) {
                    self.of_table(word);
                }
            }
        }
        match (word, number) {
            (b"ansicpg", Some(page)) => {
                self.document = of_code_page(page).unwrap_or(self.document);
            }
            (b"mac", _) => self.document = encoding_rs::MACINTOSH,
            (b"deff", Some(font)) => {
                self.default_font = font;
                self.group.font = font;
            }
            (b"uc", Some(bytes)) => {
                self.group.instead = usize::try_from(bytes).unwrap_or(0).min(16);
            }
            _ => {}
        }
    }

    /// Handles a control word that gives its group a destination; returns whether it does.
    fn destination(&mut self, word: &[u8], is_optional: bool) -> bool {
        let is_inner = self.group.to != To::Text;
        let (to, ends) = match word {
            b"ud" => {
                // The Unicode form of the text transcribed before.
                let outer = self.groups.iter().rev().nth(1);
                (outer.map_or(To::Text, |outer| outer.to), None)
            }
            b"fonttbl" => (To::Fonts, None),
            b"stylesheet" => (To::Styles, None),
            b"listtext" | b"pntext" if !is_inner => {
                self.name.clear();
                (To::Label, Some(Ends::Label))
            }
            b"fldinst" if !is_inner => {
                self.field.clear();
                self.choices.clear();
                (self.value, self.default) = (None, None);
                (To::Field, Some(Ends::Field))
            }
            b"ffl" if self.group.to == To::Field => {
                self.name.clear();
                (To::Choice, Some(Ends::Choice))
            }
            b"formfield" if self.group.to == To::Field => (To::Field, None),
            b"ffname" | b"ffdeftext" | b"ffformat" | b"ffhelptext" | b"ffstattext"
            | b"ffentrymcr" | b"ffexitmcr" | b"datafield"
                if self.group.to == To::Field =>
            {
                (To::Nowhere, None)
            }
            b"footnote" if !is_inner => {
                self.begin_note();
                (To::Text, Some(Ends::Note))
            }
            b"annotation" if !is_inner => self.beside(Ends::Aside(COMMENT)),
            b"shptxt" | b"dptxbxtext" if !is_inner => self.beside(Ends::TextBox),
            word if is_head_or_foot(word) && !is_inner => self.beside(Ends::Aside(HEAD)),
            b"pict" | b"object" if !is_inner => {
                self.leave_out(if word == b"pict" { PICTURE } else { OBJECT });
                (To::Nowhere, None)
            }
            word if is_for_other_programs(word) => (To::Nowhere, None),
            word if is_read_in_place(word) => return false,
            _ if is_optional => (To::Nowhere, None),
            _ => return false,
        };
        self.group.to = to;
        self.group.ends = ends;
        // Text outside the main text begins with default settings.
        if matches!(ends, Some(Ends::Note | Ends::Aside(_) | Ends::TextBox)) {
            self.group.is_raised = false;
            (self.group.is_in_table, self.group.depth) = (false, None);
            (self.group.style, self.group.outline) = (0, None);
        }
        true
    }

    /// Begins a text beside the main one.
    fn beside(&mut self, ends: Ends) -> (To, Option<Ends>) {
        self.holders.push(Holder::default());
        (To::Text, Some(ends))
    }

    fn of_font(&mut self, word: &[u8], number: Option<i64>) {
        match (word, number) {
            (b"f", Some(font)) => {
                self.defined = font;
                self.group.ends = Some(Ends::Font);
                if self.fonts.len() < MOST_KNOWN {
                    self.fonts.insert(font, Font::default());
                }
            }
            (b"fcharset", Some(charset)) => {
                if let Some(font) = self.fonts.get_mut(&self.defined) {
                    font.charset = Some(Charset::of_number(charset));
                }
            }
            (b"cpg", Some(page)) => {
                if let (Some(font), Some(encoding)) =
                    (self.fonts.get_mut(&self.defined), of_code_page(page))
                {
                    font.charset = Some(Charset::Of(encoding));
                }
            }
            _ => {}
        }
    }

    fn of_style(&mut self, word: &[u8], number: Option<i64>) {
        match (word, number) {
            (b"s", Some(style)) => {
                self.defined = style;
                self.defined_outline = None;
                self.name.clear();
                self.group.ends = Some(Ends::Style);
            }
            (b"outlinelevel", Some(level)) => self.defined_outline = u8::try_from(level).ok(),
            _ => {}
        }
    }

    /// Handles a control word for characters; returns whether it is one.
    fn of_character(&mut self, word: &[u8], number: Option<i64>) -> bool {
        if let Some(c) = character_of(word) {
            self.character(c, None);
            return true;
        }
        let is_on = number != Some(0);
        let group = &mut self.group;
        match word {
            b"plain" => {
                (group.is_hidden, group.is_struck, group.is_raised) = (false, false, false);
                (group.is_deleted, group.is_far, group.far_font) = (false, false, None);
                group.font = self.default_font;
            }
            b"f" => {
                group.font = number.unwrap_or(0);
                if group.is_far {
                    group.far_font = number;
                }
            }
            b"af" if group.is_far => group.far_font = number,
            b"dbch" => group.is_far = true,
            b"loch" | b"hich" => group.is_far = false,
            b"v" => group.is_hidden = is_on,
            b"deleted" => group.is_deleted = is_on,
            b"strike" | b"striked" => group.is_struck = is_on,
            b"super" => group.is_raised = is_on,
            // LibreOffice writes the height of superscripts, in half points.
            b"up" => group.is_raised = number.unwrap_or(6) >= LIFTED,
            b"nosupersub" | b"sub" | b"dn" => group.is_raised = false,
            b"msup" => group.is_raised = true,
            _ => return false,
        }
        true
    }

    /// Handles a control word for paragraphs; returns whether it is one.
    fn of_paragraph(&mut self, word: &[u8], number: Option<i64>) -> bool {
        let group = &mut self.group;
        match word {
            b"par" | b"sect" => self.end_paragraph(),
            b"pard" => {
                (group.style, group.outline) = (0, None);
                (group.is_in_table, group.depth) = (false, None);
            }
            b"s" => group.style = number.unwrap_or(0),
            b"outlinelevel" => group.outline = number.and_then(|level| u8::try_from(level).ok()),
            b"intbl" => group.is_in_table = number != Some(0),
            b"itap" => group.depth = number.and_then(|depth| usize::try_from(depth).ok()),
            b"chftn" => self.holder().is_numbered = true,
            b"ftnalt" => self.holder().is_endnote = true,
            _ => return false,
        }
        true
    }

    fn of_table(&mut self, word: &[u8]) {
        match word {
            b"trowd" => {
                self.merges.clear();
                self.is_merged = false;
            }
            b"clmrg" => self.is_merged = true,
            b"cellx" => {
                // A row has some dozens.
                if self.merges.len() < MOST_NAME {
                    self.merges.push(self.is_merged);
                }
                self.is_merged = false;
            }
            b"cell" => self.end_cell(1),
            b"row" => self.end_row(1),
            b"nestcell" => self.end_cell(self.depth().max(2)),
            b"nestrow" => self.end_row(self.depth().max(2)),
            _ => {}
        }
    }
}

/// Whether a word begins a running head or foot of some of the pages.
fn is_head_or_foot(word: &[u8]) -> bool {
    let place = word.strip_prefix(b"header").or_else(|| word.strip_prefix(b"footer"));
    matches!(place, Some(b"" | b"l" | b"r" | b"f"))
}

/// Whether a word begins a form of a shape, picture or text for other programs, or what is no text.
fn is_for_other_programs(word: &[u8]) -> bool {
    match word {
        b"shprslt" | b"nonshppict" | b"nonesttables" | b"upr" | b"sp" | b"info" | b"colortbl"
        | b"xe" | b"tc" | b"tcn" | b"rxe" | b"ftnsep" | b"ftnsepc" | b"ftncn" | b"aftnsep"
        | b"aftnsepc" | b"aftncn" | b"pn" | b"mmathPict" => true,
        word => word.starts_with(b"m") && word.ends_with(b"Pr"),
    }
}

/// Whether the text of a group with this word is read where it is, even if the group is optional.
fn is_read_in_place(word: &[u8]) -> bool {
    matches!(
        word,
        b"shpinst"
            | b"shppict"
            | b"do"
            | b"nesttableprops"
            | b"moMath"
            | b"moMathPara"
            | b"cs"
            | b"ds"
            | b"ts"
    )
}

/// The character that a control word stands for.
fn character_of(word: &[u8]) -> Option<char> {
    Some(match word {
        b"mden" => '/',
        b"mrad" => '√',
        b"tab" => '\t',
        b"line" | b"lbr" => '\n',
        b"emdash" => '—',
        b"endash" => '–',
        b"lquote" => '‘',
        b"rquote" => '’',
        b"ldblquote" => '“',
        b"rdblquote" => '”',
        b"bullet" => '•',
        b"emspace" => '\u{3000}',
        b"enspace" | b"qmspace" => ' ',
        _ => return None,
    })
}
