//! Structured data of a document for programs: schema.org's Legislation as JSON-LD.

use serde_json::{Map, Value, json};
use tiaowen_corpus::{Document, DocumentKind};

use super::text::Html;
use crate::Links;

/// The data block for a document's page. `document` is as shown.
pub(super) fn linked(links: &Links, document: &Document) -> Html {
    let address = links.whole(&format!("/documents/{}", document.id));
    let sort = match document.kind {
        DocumentKind::Paper => "Report",
        DocumentKind::Press => "NewsArticle",
        DocumentKind::Other => "CreativeWork",
        _ => "Legislation",
    };
    let is_law = sort == "Legislation";
    let mut data = Map::new();
    let mut tell = |key: &str, value: Value| {
        data.insert(key.to_owned(), value);
    };
    tell("@context", "https://schema.org".into());
    tell("@type", sort.into());
    tell("@id", address.clone().into());
    tell("url", address.into());
    tell("inLanguage", document.language.as_str().into());
    if let Some(title) = &document.title {
        tell("name", title.as_str().into());
    }
    if let Some(number) = &document.number {
        tell(if is_law { "legislationIdentifier" } else { "identifier" }, number.as_str().into());
    }
    if let Some(date) = &document.date {
        tell(if is_law { "legislationDate" } else { "datePublished" }, date.as_str().into());
    }
    if is_law {
        tell("legislationType", document.kind.as_str().replace('_', " ").into());
    }
    if let Some(validity) = document.validity.as_ref().filter(|_| is_law) {
        if let Some(from) = &validity.from {
            tell("legislationDateOfApplicability", from.as_str().into());
        }
        // A document that is renewed automatically has no end yet.
        let to = validity.to.as_deref().filter(|_| !validity.renews).unwrap_or("..");
        let from = validity.from.as_deref().unwrap_or("..");
        tell("temporalCoverage", format!("{from}/{to}").into());
    }
    if !document.parties.is_empty() {
        let bodies = document.parties.iter();
        let bodies: Vec<Value> =
            bodies.map(|name| json!({"@type": "Organization", "name": name})).collect();
        tell(if is_law { "legislationPassedBy" } else { "author" }, bodies.into());
    }
    if let Some(place) = &document.place {
        tell("locationCreated", json!({"@type": "Place", "name": place}));
    }
    Html::data(&Value::Object(data))
}

#[cfg(test)]
mod tests {
    use tiaowen_corpus::read;

    use super::*;

    #[test]
    fn a_document_is_told_and_can_t_break_out() {
        let text = "+++\ntitle = '</script><script>alert(1)</script>&'\nnumber = '38'\n\
                    date = '2017-11'\nkind = 'agreement'\nlanguage = 'zh-Hant-HK'\n\
                    parties = ['香港海關']\nplace = '香港'\n+++\n\n一、合作。\n\n二、交流。\n";
        let document = read("a.md", text).unwrap().remove(0).document;
        let links = Links::below("https://example.org/laws").unwrap();
        let block = linked(&links, &document).to_string();
        assert!(!block.contains('<') && !block.contains('>') && !block.contains('&'), "{block}");
        let data: Value = serde_json::from_str(&block).unwrap();
        assert_eq!(data["@type"], "Legislation");
        assert_eq!(data["name"], "</script><script>alert(1)</script>&");
        assert_eq!(data["@id"], format!("https://example.org/laws/documents/{}", document.id));
        assert_eq!(data["legislationDate"], "2017-11");
        assert_eq!(data["legislationPassedBy"][0]["name"], "香港海關");
        assert_eq!(data["locationCreated"]["name"], "香港");
    }
}
