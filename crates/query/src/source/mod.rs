//! Where clauses come from that no folder holds.

pub(crate) mod remote;
