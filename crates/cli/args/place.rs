//! The flags that name an index, a folder or an address on a search cluster, and its embedding server.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args as ClapArgs;
use tiaowen_cluster::{Address, Cluster, Login};
use tiaowen_index::IndexError;
use tiaowen_meaning::{Endpoint, Meaning};
use tiaowen_query::{Searchable, Searcher};
use tiaowen_words::fill;

use crate::failure::Failure;
use crate::language::words;
use crate::output::tell;
use crate::terminal::safe;
use crate::wording;

#[derive(Debug, ClapArgs)]
pub(crate) struct IndexPlace {
    /// The folder of the index, or the URL of an index on a search cluster
    /// (https://search.example:9200/clauses).
    #[arg(long, value_name = "DIR|URL", default_value = "index", value_parser = at)]
    pub(crate) index: At,
}

/// The place of an index.
#[derive(Debug, Clone)]
pub(crate) enum At {
    Folder(PathBuf),
    Cluster(Address),
}

impl IndexPlace {
    /// The index for reading and writing.
    pub(crate) fn place(&self) -> Result<Box<dyn Searchable>, Failure> {
        self.place_in(3, 1)
    }

    /// The index. If it is created on a cluster, it gets so many shards and replicas.
    pub(crate) fn place_in(
        &self,
        shards: u32,
        copies: u32,
    ) -> Result<Box<dyn Searchable>, Failure> {
        Ok(match &self.index {
            At::Folder(folder) => Box::new(folder.clone()),
            At::Cluster(address) => {
                let login = Login::from_environment().map_err(IndexError::from)?;
                if let Some(file) = login.open_file() {
                    let file = safe(&file.display().to_string());
                    tell(&fill(&words().terminal.open_login, &[("file", &file)]));
                }
                Box::new(Cluster::new(address.clone(), login).with_parts(shards, copies))
            }
        })
    }

    /// A searcher of the index.
    pub(crate) fn searcher(&self) -> Result<Searcher, Failure> {
        Ok(self.place()?.searcher()?)
    }
}

/// The embedding server for searches by meaning.
#[derive(Debug, ClapArgs)]
pub(crate) struct MeaningServer {
    /// Search by meaning too: the URL of an embedding server of your own (http://127.0.0.1:8000/v1).
    #[arg(long, value_name = "URL", value_parser = endpoint)]
    pub(crate) meaning: Option<Endpoint>,
}

impl MeaningServer {
    /// The vectors of an index with this server.
    pub(crate) fn of(&self, place: &dyn Searchable) -> Arc<Meaning> {
        Arc::new(Meaning::new(self.meaning.clone(), place.folder()))
    }
}

/// The variable with the key of the embedding server.
const MEANING_KEY: &str = "TIAOWEN_MEANING_KEY";

pub(super) fn endpoint(text: &str) -> Result<Endpoint, String> {
    let key = std::env::var(MEANING_KEY).ok().filter(|key| !key.is_empty());
    Endpoint::new(text, key).map_err(|error| wording::endpoint(&error))
}

fn at(text: &str) -> Result<At, String> {
    if Address::is_one(text) {
        return Address::parse(text)
            .map(At::Cluster)
            .map_err(|error| wording::index(&IndexError::from(error)));
    }
    if text.is_empty() {
        return Err(wording::index(&IndexError::Unnamed));
    }
    Ok(At::Folder(text.into()))
}
