//! Where documents and clauses are found for good.

/// Links that stay: they name ids, which survive moving a file and editing its text, below the
/// address that a server is known by outside. Where none is known there are no links.
///
/// ```
/// use tiaowen_wire::Permalinks;
/// let links = Permalinks::below("https://example.org/clauses");
/// let clause = links.clause("mi7gg7hcdq.part_4");
/// assert_eq!(clause.as_deref(), Some("https://example.org/clauses/clauses/mi7gg7hcdq.part_4"));
/// assert_eq!(Permalinks::none().document("mi7gg7hcdq"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permalinks {
    base: Option<String>,
}

impl Permalinks {
    /// No links: no server is known.
    pub const fn none() -> Self {
        Permalinks { base: None }
    }

    /// Links below an address with scheme and host, without a slash at its end.
    pub fn below(address: &str) -> Self {
        Permalinks { base: Some(address.to_owned()) }
    }

    /// Where a document is read.
    pub fn document(&self, id: &str) -> Option<String> {
        self.base.as_ref().map(|base| format!("{base}/documents/{id}"))
    }

    /// Where a clause is read in its document.
    pub fn clause(&self, id: &str) -> Option<String> {
        self.base.as_ref().map(|base| format!("{base}/clauses/{id}"))
    }
}
