//! Reads queries: operators and fields, words, citations, numbers, and the plan that they form.
//! Nothing here knows an engine, so a query means the same for a folder and a cluster.

pub(crate) mod analysis;
pub(crate) mod citation;
pub(crate) mod english;
pub(crate) mod highlight;
pub(crate) mod note;
pub(crate) mod number_forms;
pub(crate) mod numbers;
pub(crate) mod plan;
pub(crate) mod question;
pub(crate) mod reference;
pub(crate) mod syntax;
