//! Citations that a text makes of its own provisions: 本協議第三條.
//!
//! They need no index: the clauses of the text itself are the provisions. Only a text with several
//! labelled provisions is judged; a letter or an article that mentions 第三條 has none to compare
//! with.

use tiaowen_corpus::DocumentText;
use tiaowen_query::{Pointers, bare_title};
use tiaowen_text::numeral::is_numeral;
use tiaowen_text::{fold, is_han};

use crate::find::Mention;
use crate::plain::PlainText;

/// The provisions of the documents of a text.
pub(crate) struct OwnProvisions<'a> {
    documents: &'a [DocumentText],
    /// For each document, its clauses by address, and their element ids.
    addresses: Vec<(Pointers, Vec<String>)>,
}

impl<'a> OwnProvisions<'a> {
    pub(crate) fn new(documents: &'a [DocumentText]) -> Self {
        let addresses = documents.iter().map(|document| {
            let mut pointers = Pointers::default();
            let eids: Vec<String> =
                document.clauses.iter().map(|clause| clause.eid.clone()).collect();
            eids.iter().enumerate().for_each(|(at, eid)| pointers.add(at, eid));
            (pointers, eids)
        });
        OwnProvisions { documents, addresses: addresses.collect() }
    }

    pub(crate) fn has_articles(&self) -> bool {
        self.addresses.iter().any(|(_, eids)| eids.iter().any(|eid| eid.contains("art_")))
    }

    /// Whether the document that contains a citation has the provision cited. `None` if the
    /// citation can't be judged: the document has no provisions, or 本… means another document.
    pub(crate) fn resolves(&self, mention: &Mention, plain: &PlainText) -> Option<bool> {
        let byte = plain.source_byte(mention.span.start);
        let at = self.documents.iter().position(|document| {
            document.clauses.iter().any(|clause| clause.bytes.contains(&byte))
        })?;
        // 本法 in a text that is not a law refers to a law that the text quotes.
        let title = fold(bare_title(self.documents[at].document.title.as_deref()?));
        let kind = named_kind(&plain.text[mention.span.clone()]);
        if kind.is_some_and(|kind| !title.ends_with(&kind)) {
            return None;
        }
        let (pointers, eids) = &self.addresses[at];
        let labelled = eids.iter().filter(|eid| eid.contains('_')).count();
        let mut citation = mention.citation.clone()?;
        // 本協議第三條 may refer to a provision that is printed as 三、.
        citation.title.get_or_insert_default();
        if labelled <= 1 {
            return None;
        }
        if !pointers.all_pointed(&citation, eids).is_empty() {
            return Some(true);
        }
        // 本協議第一項第四款: labels don't say how many paragraphs a provision has.
        citation.steps.truncate(1);
        let is_below = citation.steps.iter().all(|step| step.level.is_none());
        Some(is_below && !pointers.all_pointed(&citation, eids).is_empty())
    }
}

/// What a citation calls the text that it is in, folded: 协议 for 本協議第三條.
fn named_kind(citation: &str) -> Option<String> {
    let folded = fold(citation);
    let rest = folded.strip_prefix('本')?;
    let is_name = |c: &char| !matches!(c, '第' | '的') && is_han(*c) && !is_numeral(*c);
    Some(rest.chars().take_while(is_name).collect())
}
