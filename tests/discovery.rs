//! How browsers, feed readers and robots find what is served.

use std::time::SystemTime;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use crate::served::{Got, Served};
use crate::util::{Workspace, bundled, ids, until};

const PUBLIC: &str = "https://example.org/clauses";

/// An element of an XML file with its attributes, its text, and the names of its parents.
#[derive(Debug, Clone, Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    around: Vec<String>,
}

impl Element {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// All elements of an XML answer, in the order in which they end.
fn elements(got: &Got, kind: &str) -> Vec<Element> {
    assert_eq!(got.status, 200, "{}", got.text());
    assert_eq!(got.header("content-type").as_deref(), Some(kind));
    let text = got.text();
    let mut reader = Reader::from_str(&text);
    let (mut open, mut all): (Vec<Element>, Vec<Element>) = (Vec::new(), Vec::new());
    let begun = |tag: &quick_xml::events::BytesStart<'_>, open: &[Element]| Element {
        name: String::from_utf8(tag.name().0.to_vec()).unwrap(),
        attributes: tag
            .attributes()
            .map(|attribute| {
                let attribute = attribute.unwrap();
                let name = String::from_utf8(attribute.key.0.to_vec()).unwrap();
                (name, attribute.unescape_value().unwrap().into_owned())
            })
            .collect(),
        text: String::new(),
        around: open.iter().map(|element| element.name.clone()).collect(),
    };
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                let element = begun(&tag, &open);
                open.push(element);
            }
            Event::Empty(tag) => all.push(begun(&tag, &open)),
            Event::End(_) => all.push(open.pop().unwrap()),
            Event::Text(text) => {
                if let Some(last) = open.last_mut() {
                    last.text.push_str(&text.decode().unwrap());
                }
            }
            Event::GeneralRef(named) => {
                let own = match named.resolve_char_ref().unwrap() {
                    Some(c) => c.to_string(),
                    None => {
                        let name = named.decode().unwrap();
                        quick_xml::escape::resolve_predefined_entity(&name).unwrap().to_owned()
                    }
                };
                if let Some(last) = open.last_mut() {
                    last.text.push_str(&own);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty());
    all
}

fn texts<'e>(all: &'e [Element], path: &[&str]) -> Vec<&'e str> {
    let (name, around) = path.split_last().unwrap();
    let own = all.iter().filter(|element| element.name == **name && element.around == around);
    own.map(|element| element.text.as_str()).collect()
}

/// The path of an absolute address of the server.
fn path(address: &str) -> String {
    address.strip_prefix("https://example.org").unwrap_or_else(|| panic!("{address}")).to_owned()
}

fn atom(served: &Served, query: &[(&str, &str)]) -> Vec<Element> {
    elements(&served.ask("/feed", query, &[]), "application/atom+xml; charset=utf-8")
}

#[test]
fn a_browser_can_add_the_search() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &["--public-url", PUBLIC]);
    for (accept, name) in [("zh-HK", "條文"), ("zh-CN", "条文"), ("en", "Tiaowen")] {
        let page = served.ask("/clauses/", &[], &[("accept-language", accept)]).text();
        let link = page.split("<link rel=\"search\"").nth(1).unwrap().split('>').next().unwrap();
        assert!(link.contains("type=\"application/opensearchdescription+xml\""), "{link}");
        let address = link.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
        let got = served.get(&address.replace("&amp;", "&"));
        let all = elements(&got, "application/opensearchdescription+xml");
        assert_eq!(texts(&all, &["OpenSearchDescription", "ShortName"]), [name]);
        assert!(name.chars().count() <= 16);
        let urls: Vec<(&str, &str)> = all
            .iter()
            .filter(|element| element.name == "Url")
            .map(|url| (url.attribute("type").unwrap(), url.attribute("template").unwrap()))
            .collect();
        let template = |kind: &str| urls.iter().find(|(own, _)| *own == kind).unwrap().1;
        assert_eq!(template("text/html"), format!("{PUBLIC}/?q={{searchTerms}}"));
        for terms in ["知識產權", "知识产权"] {
            let terms: String = terms.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let fill = |kind: &str| path(&template(kind).replace("{searchTerms}", &terms));
            assert!(served.get(&fill("text/html")).text().contains("<mark>"));
            let typed = served.get(&fill("application/x-suggestions+json")).json();
            let goes_on = typed[1].as_array().unwrap();
            assert!(!goes_on.is_empty() && goes_on.iter().all(Value::is_string), "{typed}");
            let feed = served.get(&fill("application/atom+xml"));
            assert!(
                !texts(
                    &elements(&feed, "application/atom+xml; charset=utf-8"),
                    &["feed", "entry", "id"]
                )
                .is_empty()
            );
        }
    }
    // Without a public address, links use the one of the request.
    let served = Served::start(&bench, &[]);
    let text = served.get("/opensearch.xml").text();
    assert!(text.contains(&format!("http://{}/?q={{searchTerms}}", served.address)), "{text}");
    assert_eq!(served.get("/opensearch.xml?ui=fr").status, 400);
}

/// Waits until the next commit has a later time, since commits have whole seconds.
fn a_second_after_the_commit(bench: &Workspace) {
    let last = bench.json(&["status", "--format", "json"])["last_run"]["at"].as_u64().unwrap();
    until("another second", || {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        now.as_secs() > last
    });
}

#[test]
fn a_search_is_followed_as_a_feed() {
    let bench = Workspace::new();
    bench.write(
        "a/1.txt",
        "粵港交流合作協議\n\n一、雙方舉辦龍舟競渡 & <交流>。\n\n二、雙方開展培訓。\n",
    );
    assert_eq!(bench.run(&["index", "a"]).code, 0);
    let served = Served::start(&bench, &["--public-url", PUBLIC]);
    let first = atom(&served, &[("q", "龍舟")]);
    // What RFC 4287 requires of a feed and of each entry, once each.
    for name in ["id", "title", "updated", "author"] {
        assert_eq!(texts(&first, &["feed", name]).len(), 1, "{name}");
    }
    let links: Vec<_> = first.iter().filter(|e| e.name == "link" && e.around == ["feed"]).collect();
    let own = links.iter().find(|link| link.attribute("rel") == Some("self")).unwrap();
    assert_eq!(served.get(&path(own.attribute("href").unwrap())).status, 200);
    let entry = |all: &[Element], name: &str| -> Vec<String> {
        texts(all, &["feed", "entry", name]).iter().map(|text| (*text).to_owned()).collect()
    };
    assert_eq!(entry(&first, "title"), ["《粵港交流合作協議》一"]);
    assert_eq!(entry(&first, "content"), ["雙方舉辦龍舟競渡 & <交流>。"]);
    assert!(entry(&first, "id")[0].starts_with("urn:uuid:"));
    let came = entry(&first, "updated")[0].clone();
    assert!(came.len() == 20 && came.ends_with('Z') && came.as_bytes()[10] == b'T', "{came}");
    assert_eq!(texts(&first, &["feed", "updated"]), [came.as_str()]);
    let leads = first.iter().find(|e| e.name == "link" && e.around == ["feed", "entry"]).unwrap();
    assert_eq!(served.get(&path(leads.attribute("href").unwrap())).status, 303);

    // Both scripts are the same search with the same entries, in different feeds.
    let other = atom(&served, &[("q", "龙舟")]);
    assert_eq!(entry(&other, "id"), entry(&first, "id"));
    assert_ne!(texts(&other, &["feed", "id"]), texts(&first, &["feed", "id"]));
    // A feed has the same id on any server and with any limit.
    let elsewhere = Served::start(&bench, &[]);
    let again = atom(&elsewhere, &[("q", "龍舟"), ("limit", "1")]);
    assert_eq!(texts(&again, &["feed", "id"]), texts(&first, &["feed", "id"]));
    assert_eq!(entry(&again, "id"), entry(&first, "id"));

    // Later matches come first. Earlier ones stay as they were after a rebuild or move.
    bench.write("a/2.txt", "粤港龙舟合作协议\n\n一、双方互派龙舟队。\n\n二、双方开展交流。\n");
    a_second_after_the_commit(&bench);
    assert_eq!(bench.run(&["index", "a"]).code, 0);
    a_second_after_the_commit(&bench);
    assert_eq!(bench.run(&["index", "--rebuild"]).code, 0);
    std::fs::rename(bench.path("a/1.txt"), bench.path("a/3.txt")).unwrap();
    assert_eq!(bench.run(&["index", "a", "--prune"]).code, 0);
    let second = Served::start(&bench, &["--public-url", PUBLIC]);
    let later = atom(&second, &[("q", "龍舟")]);
    let entries = entry(&later, "id");
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[1], entry(&first, "id")[0]);
    let times = entry(&later, "updated");
    assert!(times[0] > times[1] && times[1] == came, "{times:?} {came}");
    assert_eq!(texts(&later, &["feed", "updated"]), [times[0].as_str()]);
    let since = atom(&second, &[("q", "龍舟"), ("since", &times[0][..10])]);
    assert_eq!(entry(&since, "id").len(), 2, "both came today");
    let since = atom(&second, &[("q", "龍舟"), ("since", "2200-01")]);
    assert!(entry(&since, "id").is_empty());

    // A reader that has the feed is told so, and unreadable parameters are rejected.
    let got = second.get("/feed?q=%E9%BE%8D%E8%88%9F");
    let tag = got.header("etag").unwrap();
    let known = second.ask("/feed?q=%E9%BE%8D%E8%88%9F", &[], &[("if-none-match", &tag)]);
    assert_eq!(known.status, 304);
    for wrong in
        ["/feed", "/feed?q=", "/feed?q=a&since=soon", "/feed?q=a&format=csv", "/feed?q=a&x=1"]
    {
        assert_eq!(second.get(wrong).status, 400, "{wrong}");
    }
    // A page of results links to its feed.
    let page = second.get("/clauses/?q=%E9%BE%8D%E8%88%9F&kind=agreement&sort=date").text();
    let link = page.split("type=\"application/atom+xml\"").nth(1).unwrap();
    let address = link.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
    let address = address.replace("&#38;", "&").replace("&amp;", "&");
    assert_eq!(second.get(&address).status, 200, "{address}");
    assert!(address.contains("kind=agreement") && !address.contains("sort"), "{address}");
}

#[test]
fn documents_say_what_they_are_to_programs() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &["--public-url", PUBLIC]);
    let documents = served.json("/api/v1/documents", &[("limit", "100")]);
    let mut sorts = std::collections::BTreeSet::new();
    for document in documents["documents"].as_array().unwrap() {
        let id = document["id"].as_str().unwrap();
        let got = served.get(&format!("/clauses/documents/{id}?q=CEPA&ui=en"));
        let canonical = format!("<{PUBLIC}/documents/{id}>; rel=\"canonical\"");
        assert_eq!(got.header("link"), Some(canonical));
        let page = got.text();
        let block = page.split("<script type=\"application/ld+json\">").nth(1).unwrap();
        let told: Value = serde_json::from_str(block.split("</script>").next().unwrap()).unwrap();
        assert_eq!(told["@context"], "https://schema.org");
        assert_eq!(told["@id"], document["link"]);
        assert_eq!(told["name"], document["title"]);
        assert_eq!(told["inLanguage"], document["language"]);
        let sort = told["@type"].as_str().unwrap().to_owned();
        if sort == "Legislation" {
            assert_eq!(told["legislationDate"], document["date"]);
            let bodies = told["legislationPassedBy"].as_array().unwrap();
            let names: Vec<&Value> = bodies.iter().map(|body| &body["name"]).collect();
            let parties: Vec<&Value> = document["parties"].as_array().unwrap().iter().collect();
            assert_eq!(names, parties);
        }
        sorts.insert(sort);
    }
    assert!(sorts.contains("Legislation") && sorts.contains("Report"), "{sorts:?}");
}

#[test]
fn robots_are_told_what_to_read() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &["--public-url", PUBLIC]);
    let robots = served.get("/robots.txt");
    assert_eq!(robots.header("content-type").as_deref(), Some("text/plain; charset=utf-8"));
    let robots = robots.text();
    assert!(robots.contains("Disallow: /clauses/api/\n"), "{robots}");
    let listed = robots.lines().find_map(|line| line.strip_prefix("Sitemap: ")).unwrap();
    let all = elements(&served.get(&path(listed)), "application/xml");
    let addresses = texts(&all, &["urlset", "url", "loc"]);
    let documents = served.json("/api/v1/documents", &[("limit", "100")]);
    let documents = documents["documents"].as_array().unwrap();
    assert_eq!(addresses.len(), documents.len() + 4);
    for document in documents {
        assert!(addresses.contains(&document["link"].as_str().unwrap()));
    }
    for address in &addresses {
        let path = path(address);
        assert_eq!(served.get(&path).status, 200, "{address}");
        for refused in robots.lines().filter_map(|line| line.strip_prefix("Disallow: ")) {
            assert!(!path.starts_with(refused), "{path} is listed and refused by {refused}");
        }
    }
    for day in texts(&all, &["urlset", "url", "lastmod"]) {
        assert!(day.len() == 10 && day.starts_with("20"), "{day}");
    }
    assert_eq!(served.get("/sitemaps/1.xml").status, 200);
    assert_eq!(served.get("/sitemaps/2.xml").status, 404);
    assert!(!ids(&served.json("/api/v1/search", &[("q", "合作")])).is_empty());
}
