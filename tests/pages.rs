//! The pages of `tiaowen serve` as a browser without a script sees them.

use crate::served::{Got, Served};
use crate::util::{Workspace, bundled};

/// A server with its index, which is removed with it.
struct Server {
    served: Served,
    _bench: Workspace,
}

/// An answer of the server.
struct Page {
    status: u16,
    got: Got,
    body: String,
}

impl Page {
    fn header(&self, name: &str) -> Option<String> {
        self.got.header(name)
    }

    /// The parts of the body between two marks.
    fn between(&self, open: &str, close: &str) -> Vec<&str> {
        let parts = self.body.split(open).skip(1);
        parts.map(|rest| rest.split(close).next().unwrap()).collect()
    }

    /// The text without tags.
    fn text(&self) -> String {
        let parts =
            self.body.split('<').map(|part| part.split_once('>').map_or(part, |(_, after)| after));
        parts.collect()
    }

    /// The links of the results, without the parameters that are kept.
    fn hits(&self) -> Vec<String> {
        let links = self.between("<a class=\"open\" href=\"", "\"");
        let place = |link: &str| {
            let (path, rest) = link.split_once('?').unwrap_or((link, ""));
            format!("{path}#{}", rest.rsplit('#').next().unwrap())
        };
        let mut places: Vec<String> = links.into_iter().map(place).collect();
        places.sort();
        places
    }

    /// The first link that contains a text, as an address.
    fn link(&self, holds: &str) -> String {
        let links = self.between("href=\"", "\"");
        let link = links.into_iter().find(|link| link.contains(holds));
        let link = link.unwrap_or_else(|| panic!("no link holds {holds}"));
        link.replace("&amp;", "&").replace("&#38;", "&").split('#').next().unwrap().to_owned()
    }
}

impl Server {
    fn on(bench: Workspace, more: &[&str]) -> Self {
        Server { served: Served::start(&bench, more), _bench: bench }
    }

    fn get_as(&self, path: &str, language: &str) -> Page {
        let got = self.served.ask(path, &[], &[("accept-language", language)]);
        Page { status: got.status, body: got.text(), got }
    }

    fn get(&self, path: &str) -> Page {
        self.get_as(path, "zh-HK")
    }
}

/// Encodes a value of a query string.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Checks that a page has nothing that its security policy forbids, nothing from elsewhere, and its
/// parts in order.
fn is_sound(page: &Page, what: &str) {
    let body = &page.body;
    assert_eq!(page.header("content-type").as_deref(), Some("text/html; charset=utf-8"), "{what}");
    assert!(body.starts_with("<!DOCTYPE html>"), "{what}");
    for tag in body.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap();
        assert!(!tag.contains(" style="), "{what}: {tag}");
        assert!(!tag.starts_with("style"), "{what}: {tag}");
        let is_data = tag == "script type=\"application/ld+json\"";
        assert!(!tag.starts_with("script") || tag.contains(" src=") || is_data, "{what}: {tag}");
        let handler =
            tag.split(' ').skip(1).any(|part| part.starts_with("on") && part.contains('='));
        // Words of a title or placeholder may begin so, but aren't attributes.
        assert!(!handler || tag.contains('"'), "{what}: {tag}");
        for loads in ["src=\"http", "src=\"//", "href=\"http", "href=\"//"] {
            assert!(!tag.contains(loads), "{what}: {tag}");
        }
    }
    assert_eq!(body.matches("<main ").count(), 1, "{what}");
    assert_eq!(body.matches("<h1").count(), 1, "{what}");
    let mut ids: Vec<&str> = page.between(" id=\"", "\"");
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "{what}: an id stands twice");
    assert!(!body.contains("{{") && !body.contains("{%"), "{what}");
}

#[test]
fn pages_speak_the_reader_s_language() {
    let server = Server::on(Workspace::indexed(&bundled()), &[]);
    for (accept, tag, word) in [
        ("zh-HK,zh;q=0.8", "zh-Hant-HK", "檢索"),
        ("zh-CN,zh;q=0.8", "zh-Hans-CN", "检索"),
        ("en-GB", "en", "Search"),
    ] {
        for path in ["/", "/?q=CEPA", "/documents", "/compare", "/help", "/nowhere"] {
            let page = server.get_as(path, accept);
            is_sound(&page, path);
            assert!(page.body.contains(&format!("<html lang=\"{tag}\">")), "{path} {accept}");
            assert!(page.body.contains(&format!(">{word}</button>")), "{path} {accept}");
            assert_eq!(page.header("content-language").as_deref(), Some(tag));
            let status = if path == "/nowhere" { 404 } else { 200 };
            assert_eq!(page.status, status, "{path}");
        }
    }
    // A choice on the page takes precedence, and is kept.
    let page = server.get_as("/documents?ui=en", "zh-HK");
    assert!(page.body.contains("<html lang=\"en\">"));
    assert!(page.link("/help").contains("ui=en"));
    assert!(page.link("ui=hans").starts_with("/documents?"));
}

#[test]
fn both_scripts_find_the_same() {
    let server = Server::on(Workspace::indexed(&bundled()), &[]);
    for (hant, hans) in [("知識產權", "知识产权"), ("質素", "质素"), ("培訓 交流", "培训 交流")]
    {
        let page = server.get(&format!("/?q={}&limit=50", encoded(hant)));
        let other = server.get(&format!("/?q={}&limit=50&group=false", encoded(hans)));
        let same = server.get(&format!("/?q={}&limit=50&group=false", encoded(hant)));
        assert!(!page.hits().is_empty(), "{hant}");
        assert_eq!(same.hits(), other.hits(), "{hant}");
        assert!(page.body.contains("<mark>"), "{hant}");
    }
}

#[test]
fn a_search_leads_to_reading_and_comparing_without_a_script() {
    let server = Server::on(Workspace::indexed(&bundled()), &[]);
    let start = server.get("/");
    let example = start.link("/?q=");
    let found = server.get(&example);
    assert!(!found.hits().is_empty(), "an example finds something: {example}");

    let found = server.get(&format!("/?q={}", encoded("知識產權")));
    is_sound(&found, "results");
    assert!(found.body.contains("class=\"beside\""), "the other version stands on the card");
    assert!(
        found.body.contains("lang=\"zh-Hant-HK\"") && found.body.contains("lang=\"zh-Hans-CN\"")
    );
    // Narrowed by a facet, and widened again.
    let narrowed = server.get(&found.link("kind=agreement"));
    assert!(narrowed.hits().len() <= found.hits().len());
    assert!(narrowed.body.contains("class=\"inuse\""));
    // Read.
    let reading = found.link("/documents/");
    let read = server.get(&reading);
    is_sound(&read, "reading");
    assert!(read.body.contains("<mark>") && read.body.contains("class=\"drawn outline\""));
    let permalink = read.link("/clauses/");
    let moved = server.get(&permalink);
    assert_eq!(moved.status, 303, "{permalink}");
    let to = moved.header("location").unwrap();
    let (path, anchor) = to.split_once('#').unwrap();
    let page = server.get(path);
    assert!(page.body.contains(&format!(" id=\"{anchor}\"")), "{to}");
    // Compare.
    let compared = server.get(&found.link("/compare?left="));
    is_sound(&compared, "comparing");
    assert!(compared.body.contains("<mark class=\"wording"));
    assert!(!compared.body.contains("<mark class=\"script"), "marked on demand");
    let only = server.get(&compared.link("show=changed"));
    assert!(!only.body.contains("quiet"), "rows that changed");
    let hidden = server.get(&compared.link("hide=wording"));
    assert!(!hidden.body.contains("<mark class=\"wording"));
    let shown = server.get(&compared.link("display=hans"));
    assert!(shown.body.matches("lang=\"zh-Hans-CN\"").count() > 10);
}

#[test]
fn nothing_found_helps() {
    let server = Server::on(Workspace::indexed(&bundled()), &[]);
    let page = server.get(&format!("/?q={}&kind=law", encoded("知織產權")));
    is_sound(&page, "nothing");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("class=\"nothing\""));
    let free = format!("/?q={}", encoded("知織產權"));
    assert!(page.between("href=\"", "\"").contains(&free.as_str()), "without the filter");
    assert!(server.get(&free).body.contains("class=\"meant\""), "what was meant is told");
    for (path, status) in [
        ("/?q=a&limit=x", 400),
        ("/?q=a&limit=9999", 400),
        ("/?q=a&from=20x", 400),
        ("/documents?kind=nothing", 400),
        ("/documents/none", 404),
        ("/documents/..%2Fx", 404),
        ("/clauses/none.art_1", 404),
        ("/compare?left=none&right=none", 404),
        ("/assets/none.css", 404),
    ] {
        assert_eq!(server.get(path).status, status, "{path}");
    }
    let long = format!("/?q={}", encoded(&"條".repeat(1001)));
    assert_eq!(server.get(&long).status, 400);
}

#[test]
fn what_was_done_to_a_query_is_told_in_the_reader_s_language() {
    let server = Server::on(Workspace::indexed(&bundled()), &[]);
    for (accept, widened, unread, wrong) in [
        (
            "zh-HK",
            "「質素」同時檢索",
            "第 4 字的左括號沒有右括號；其餘部分照常檢索",
            "「script」不接受「hanz」；可用：hant, hans, any",
        ),
        (
            "zh-CN",
            "“質素”同时检索",
            "第 4 字的左括号没有右括号；其余部分照常检索",
            "“script”不接受“hanz”；可用：hant, hans, any",
        ),
        (
            "en",
            "“質素” was also searched as",
            "The opening bracket at character 4 has no closing bracket; the rest was searched",
            "“script” can’t be “hanz”; allowed: hant, hans, any",
        ),
    ] {
        let path = format!("/?q={}", encoded("質素 (教育"));
        let page = server.get_as(&path, accept);
        is_sound(&page, accept);
        assert!(page.text().contains(widened), "{accept}: {}", page.body);
        assert!(page.text().contains(unread), "{accept}");
        let off = page.between("<div class=\"notes\">", "</div>")[0];
        assert!(off.contains("expand=false"), "{accept}: {off}");
        let plain = server.get_as(&page.link("expand=false"), accept);
        assert!(!plain.text().contains(widened), "{accept}: switched off");
        let error = server.get_as("/?q=a&script=hanz", accept);
        assert_eq!(error.status, 400);
        assert!(error.text().contains(wrong), "{accept}: {}", error.body);
        assert!(!error.body.contains("class=\"detail\" lang"), "{accept}");
    }
}

#[test]
fn hostile_documents_are_harmless() {
    let bench = Workspace::new();
    bench.write(
        "hostile/a.md",
        "+++\ntitle = '<script>alert(1)</script>\u{202e}協議\u{2066}'\n\
         parties = ['<img src=x onerror=alert(2)>']\nplace = '\"><b>x9'\ndate = '2017-01-02'\n\
         number = '\u{202d}<i>38'\nkind = 'agreement'\nlanguage = 'zh-Hant-HK'\n+++\n\n\
         # 一、標題<script>\n\n雙方 <script>alert(3)</script> 合作\u{202e}，& \"交流\"。\n\n\
         二、雙方每年合作。\n",
    );
    let ran = bench.run(&["index", "hostile"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let id = bench.search("合作", &[])["hits"][0]["clause"]["document"]["id"].clone();
    let id = id.as_str().unwrap().to_owned();
    let server = Server::on(bench, &[]);
    let query = encoded("合作<script>alert(4)</script>\u{202e}\" onfocus=\"x");
    for path in [
        "/".to_owned(),
        format!("/?q={}", encoded("合作")),
        format!("/?q={query}"),
        format!("/?q={}&party=%3Cscript%3E&place={query}", encoded("合作")),
        format!("/?q={}&explain=true&display=hans", encoded("合作")),
        "/documents".to_owned(),
        format!("/documents?title={query}"),
        format!("/documents/{id}?q={query}"),
        format!("/documents/{id}?display=hans"),
        format!("/compare?left={id}&right={id}&hide=none"),
        "/documents/%3Cscript%3E".to_owned(),
        "/%3Cscript%3E".to_owned(),
        format!("/?q=a&kind={query}"),
    ] {
        let page = server.get(&path);
        let body = &page.body;
        let data = body.matches("<script type=\"application/ld+json\">").count();
        assert_eq!(data, usize::from(path.starts_with("/documents/") && page.status == 200));
        assert_eq!(body.matches("<script").count(), 1 + data, "{path}: only the page's own");
        assert_eq!(body.matches("</script").count(), 1 + data, "{path}: nothing ends the block");
        assert!(!body.contains("<img src=x") && !body.contains("\"><b>x9"), "{path}");
        assert!(!body.contains("\" onfocus=\"x"), "{path}");
        let tricks = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        // The field shows what was typed; everything else is escaped.
        let field = "name=\"q\" type=\"search\" value=\"";
        let rest = body.split_once(field).map_or(body.as_str(), |(before, after)| {
            assert!(!before.contains(tricks), "{path}");
            after.split_once('"').unwrap().1
        });
        let values: String = rest
            .split("<input")
            .map(|part| part.split_once('>').map_or(part, |(_, after)| after))
            .collect();
        assert!(!values.contains(tricks), "{path}");
    }
    let read = server.get(&format!("/documents/{id}"));
    assert!(
        read.body.contains("&#60;script&#62;alert(1)")
            || read.body.contains("&lt;script&gt;alert(1)")
    );
    assert!(read.body.contains("[U+202E]"), "tricks are shown");
}

#[test]
fn a_base_path_is_in_every_link() {
    let bench = Workspace::indexed(&bundled());
    let server = Server::on(bench, &["--public-url", "https://example.org/laws"]);
    for path in ["/laws/", "/laws/?q=CEPA", "/laws/documents", "/laws/compare", "/laws/help", "/"] {
        let page = server.get(path);
        assert_eq!(page.status, 200, "{path}");
        for link in page.between("href=\"", "\"").into_iter().chain(page.between("action=\"", "\""))
        {
            assert!(link.starts_with("/laws/") || link.starts_with('#'), "{path}: {link}");
        }
    }
    let found = server.get("/laws/?q=CEPA");
    let read = server.get(&found.link("/laws/documents/"));
    assert!(read.body.contains("https://example.org/laws/clauses/"), "the whole address");
    let moved = server.get(&read.link("/laws/clauses/"));
    assert!(moved.header("location").unwrap().starts_with("/laws/documents/"));
    let style = server.get(&found.link("page.css"));
    assert_eq!(style.status, 200);
    assert!(style.header("cache-control").unwrap().contains("immutable"));
}

#[test]
fn every_example_of_the_help_page_finds_something() {
    let server = Server::on(Workspace::indexed(&bundled()), &[]);
    let help = server.get("/help");
    let links = help.between("href=\"/?q=", "\"");
    assert!(links.len() >= 16, "{links:?}");
    for link in links {
        let page = server.get(&format!("/?q={}", link.replace("&#38;", "&").replace("&amp;", "&")));
        assert!(!page.hits().is_empty(), "{link}: {}", page.text());
    }
}

#[test]
fn filters_alone_list_what_they_leave() {
    let server = Server::on(Workspace::indexed(&bundled()), &[]);
    for (path, title) in [
        ("/?kind=memorandum", "檢索結果"),
        ("/?q=&party=%E6%95%99%E8%82%B2%E5%B1%80", "檢索結果"),
        ("/?q=kind%3Amemorandum", "kind:memorandum"),
    ] {
        let page = server.get(path);
        is_sound(&page, path);
        assert_eq!(page.hits().len(), 10, "{path}");
        assert!(page.between("<title>", "<")[0].starts_with(title), "{path}");
    }
    let none = server.get("/?kind=law");
    is_sound(&none, "/?kind=law");
    assert!(none.text().contains("沒有條文符合篩選條件"));
    let excluded = server.get(&format!("/?q={}&kind=law", encoded("合作")));
    assert!(excluded.text().contains("篩選條件排除了所有結果"), "{}", excluded.text());
    // A feed follows filters as it follows a query.
    assert_eq!(server.get("/feed?kind=memorandum").status, 200);
    assert_eq!(server.get("/feed").status, 400);
    // The start page is shown without a query.
    assert!(server.get("/?q=").hits().is_empty());
}

#[test]
fn a_document_has_a_bar_with_its_title_and_number_of_clauses() {
    let server = Server::on(Workspace::indexed(&bundled()), &[]);
    for (ui, back, results, count) in [
        ("hant", "文件", "返回", "項條款"),
        ("hans", "文件", "返回", "项条款"),
        ("en", "Documents", "Back", " clauses"),
    ] {
        let listed = server.get(&format!("/documents?ui={ui}"));
        let document = listed.link("/documents/");
        let bar = |page: &Page| page.between("<nav class=\"now\"", "</nav>")[0].to_owned();
        let plain = bar(&server.get(&document));
        assert!(plain.contains("<span class=\"name\"") && plain.contains(count), "{plain}");
        assert!(plain.contains(back) && plain.contains("href=\"/documents?"), "{plain}");
        let (path, _) = document.split_once('?').unwrap();
        let found = bar(&server.get(&format!("{path}?q=%E5%90%88%E4%BD%9C&ui={ui}")));
        assert!(found.contains(results) && found.contains("href=\"/?q="), "{found}");
    }
}

#[test]
fn the_older_version_is_on_the_left() {
    let bench = Workspace::new();
    let plan = |year: u32, more: &str| {
        let clauses: String = (1..=6)
            .map(|nth| format!("{nth}. 雙方加強第{nth}項合作，每年會面檢討。\n\n"))
            .collect();
        format!(
            "+++\ntitle = '《粵港合作框架協議》{year}年重點工作'\nkind = 'work_plan'\ndate = '{year}-03-01'\n\
             language = 'zh-Hant'\n+++\n\n{clauses}{more}"
        )
    };
    bench.write("docs/new.md", plan(2017, "7. 設立專責小組。\n"));
    bench.write("docs/old.md", plan(2015, ""));
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let listed = bench.json(&["list", "--sort", "date", "--format", "json"]);
    let id = |nth: usize| listed["documents"][nth]["id"].as_str().unwrap().to_owned();
    let (new, old) = (id(0), id(1));
    let server = Server::on(bench, &[]);
    let sides = format!("/compare?left={old}&#38;right={new}");
    let turned = format!("/compare?left={new}&#38;right={old}");
    for path in [
        format!("/documents/{new}"),
        format!("/documents/{old}"),
        format!("/compare?left={new}"),
        "/compare".to_owned(),
        "/documents".to_owned(),
    ] {
        let page = server.get(&path);
        assert!(page.body.contains(&sides), "{path}: {}", page.body);
        assert!(!page.body.contains(&turned), "{path}");
    }
    // What is asked for is given, and can be turned.
    let page = server.get(&format!("/compare?left={new}&right={old}"));
    assert!(page.body.contains(&sides), "{}", page.body);
}
