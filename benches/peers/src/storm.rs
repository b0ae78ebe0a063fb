//! SeekStorm with its Chinese word segmentation, as its documentation shows.

use std::collections::HashSet;
use std::hint::black_box;
use std::path::Path;

use seekstorm::commit::Commit;
use seekstorm::index::{
    AccessType, Close, Clustering, Document, DocumentCompression, FileType, FrequentwordType,
    IndexDocument, IndexMetaObject, LexicalSimilarity, NgramSet, StemmerType, StopwordType,
    TokenizerType, create_index, open_index,
};
use seekstorm::search::{QueryRewriting, QueryType, ResultType, Search as _, SearchMode};
use seekstorm::vector::Inference;
use tokio::runtime::{Builder, Runtime};

use crate::Outcome;
use crate::engine::{Search, lines};

const TEXT: &str = "text";

/// What drives its promises here; it works on threads of its own.
fn runtime() -> Outcome<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

pub fn index(folder: &Path, clauses: &Path) -> Outcome<u64> {
    let schema = serde_json::from_value(serde_json::json!([
        { "field": TEXT, "field_type": "Text", "store": true, "index_lexical": true }
    ]))?;
    let meta = IndexMetaObject {
        id: 0,
        name: "clauses".to_owned(),
        lexical_similarity: LexicalSimilarity::Bm25f,
        tokenizer: TokenizerType::UnicodeAlphanumericZH,
        stemmer: StemmerType::None,
        stop_words: StopwordType::None,
        // Pairs with frequent words are for English ones.
        frequent_words: FrequentwordType::None,
        ngram_indexing: NgramSet::SingleTerm as u8,
        document_compression: DocumentCompression::Snappy,
        access_type: AccessType::Mmap,
        spelling_correction: None,
        query_completion: None,
        clustering: Clustering::None,
        inference: Inference::None,
        segment_number_bits: 11,
    };
    std::fs::create_dir(folder)?;
    runtime()?.block_on(async {
        let index = create_index(folder, meta, &schema, &Vec::new(), false, None).await?;
        let mut count = 0;
        for clause in lines(clauses)? {
            let document = Document::from_iter([(TEXT.to_owned(), clause?)]);
            index.index_document(document, FileType::None).await;
            count += 1;
        }
        index.commit().await;
        index.close().await;
        Ok(count)
    })
}

pub fn search(folder: &Path) -> Outcome<Search> {
    let runtime = runtime()?;
    let index = runtime.block_on(open_index(folder))?;
    Ok(Box::new(move |typed| {
        runtime.block_on(async {
            let found = index
                .search(
                    typed.to_owned(),
                    None,
                    QueryType::Intersection,
                    SearchMode::Lexical,
                    false,
                    0,
                    10,
                    ResultType::Topk,
                    false,
                    Vec::new(),
                    Vec::new(),
                    Vec::new(),
                    Vec::new(),
                    QueryRewriting::SearchOnly,
                )
                .await;
            let (index, all_fields) = (index.read().await, HashSet::new());
            for hit in &found.results {
                let clause = index.get_document(hit.doc_id, false, &None, &all_fields, &[]);
                black_box(clause.await?.get(TEXT).ok_or("no text")?);
            }
            Ok(found.results.len())
        })
    }))
}
