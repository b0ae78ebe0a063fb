//! Permanent addresses of documents and clauses.

/// Makes permanent addresses. They contain ids, which survive moving a file and editing its text,
/// below the public address of a server. Without such an address, there are none.
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
    /// Makes no addresses.
    pub const fn none() -> Self {
        Permalinks { base: None }
    }

    /// Makes addresses below one with scheme and host, without a trailing slash.
    pub fn below(address: &str) -> Self {
        Permalinks { base: Some(address.to_owned()) }
    }

    /// The address of a document.
    pub fn document(&self, id: &str) -> Option<String> {
        self.base.as_ref().map(|base| format!("{base}/documents/{id}"))
    }

    /// The address of a clause in its document.
    pub fn clause(&self, id: &str) -> Option<String> {
        self.base.as_ref().map(|base| format!("{base}/clauses/{id}"))
    }
}
