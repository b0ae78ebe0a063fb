//! Legacy form fields (`w:ffData`): check boxes and drop-down lists.

use super::xml::Attributes;

/// The data of a field.
#[derive(Debug, Default)]
pub(super) struct Field {
    is_box: bool,
    is_checked: Option<bool>,
    is_checked_first: bool,
    /// The entries of a list, and the index of the selected one.
    entries: Vec<String>,
    chosen: usize,
}

impl Field {
    /// Handles an element of the data.
    pub(super) fn property(&mut self, local: &[u8], attributes: &Attributes<'_>) {
        match local {
            b"checkBox" => self.is_box = true,
            b"checked" => self.is_checked = Some(attributes.is_on()),
            b"default" if self.is_box => self.is_checked_first = attributes.is_on(),
            b"result" => self.chosen = attributes.number().unwrap_or(0) as usize,
            b"listEntry" => {
                let plain = |c: char| if c.is_control() { ' ' } else { c };
                let entry = attributes.get("val");
                self.entries
                    .extend(entry.map(|entry| entry.chars().map(plain).collect::<String>()));
            }
            _ => {}
        }
    }

    /// The visible value. Empty for a text field, whose text is in the document.
    pub(super) fn value(&self) -> String {
        match self.is_box {
            true if self.is_checked.unwrap_or(self.is_checked_first) => "☑".to_owned(),
            true => "☐".to_owned(),
            false => self.entries.get(self.chosen).cloned().unwrap_or_default(),
        }
    }
}
