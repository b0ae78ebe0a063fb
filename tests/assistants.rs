//! `tiaowen mcp` with the client of the official SDK: the same answers as the API, with citations.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::Stdio;

use rmcp::model::{CallToolRequestParams, CallToolResult};
use rmcp::service::RunningService;
use rmcp::{RoleClient, ServiceError, ServiceExt};
use serde_json::{Value, json};

use crate::served::Served;
use crate::util::{Workspace, bundled, ids, real, until};

/// The client, and the program that it started.
pub(crate) struct Assistant {
    runtime: tokio::runtime::Runtime,
    client: RunningService<RoleClient, ()>,
    // Killed when it is dropped.
    _child: tokio::process::Child,
}

impl Assistant {
    pub(crate) fn start(bench: &Workspace, more: &[&str]) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let args: Vec<&str> = ["mcp"].into_iter().chain(more.iter().copied()).collect();
        let mut command = tokio::process::Command::from(bench.command(&args));
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let (client, child) = runtime.block_on(async {
            let mut child = command.spawn().unwrap();
            let pipes = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
            (().serve(pipes).await.unwrap(), child)
        });
        Assistant { runtime, client, _child: child }
    }

    fn ask(&self, tool: &str, arguments: Value) -> Result<CallToolResult, ServiceError> {
        let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
        let call = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        self.runtime.block_on(self.client.call_tool(call))
    }

    /// Calls a tool that must succeed.
    pub(crate) fn call(&self, tool: &str, arguments: Value) -> Value {
        let result = self.ask(tool, arguments.clone()).unwrap();
        assert_ne!(result.is_error, Some(true), "{tool} {arguments}: {result:?}");
        // In one form: what is sent twice is read twice.
        assert!(result.structured_content.is_none() && result.content.len() == 1, "{tool}");
        serde_json::from_str(&result.content[0].as_text().unwrap().text).unwrap()
    }

    /// The error of a call that must fail.
    fn refusal(&self, tool: &str, arguments: Value) -> String {
        let result = self.ask(tool, arguments.clone()).unwrap();
        assert_eq!(result.is_error, Some(true), "{tool} {arguments}");
        result.content[0].as_text().unwrap().text.clone()
    }
}

/// The real documents, or else the bundled ones.
fn documents() -> PathBuf {
    real().unwrap_or_else(bundled)
}

/// The texts of an answer, however deep they are, with the ids beside them.
fn texts(answer: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    match answer {
        Value::Object(fields) => {
            if let (Some(Value::String(id)), Some(Value::String(text))) =
                (fields.get("id"), fields.get("text"))
            {
                found.push((id.clone(), text.clone()));
            }
            found.extend(fields.values().flat_map(texts));
        }
        Value::Array(all) => found.extend(all.iter().flat_map(texts)),
        _ => {}
    }
    found
}

const PUBLIC: &str = "https://example.org/clauses";

#[test]
fn assistants_get_the_answers_of_the_api() {
    let bench = Workspace::indexed(&documents());
    let served = Served::start(&bench, &["--public-url", PUBLIC]);
    let assistant = Assistant::start(&bench, &["--public-url", PUBLIC]);
    let api = |path: &str, query: &[(&str, &str)]| served.json(&format!("/api/v1/{path}"), query);

    for (hant, hans) in [("知識產權", "知识产权"), ("專業人士 培訓", "专业人士 培训")]
    {
        let told = [hant, hans].map(|query| {
            let answer = assistant.call("search", json!({"q": query, "limit": 100}));
            let whole = api("search", &[("q", query), ("limit", "100")]);
            assert_eq!(texts(&answer), texts(&whole), "{query}");
            assert_eq!(
                (&answer["total"], &answer["total_is"]),
                (&whole["total"], &whole["total_is"])
            );
            assert!(!ids(&answer).is_empty(), "{query}");
            answer
        });
        let found = |answer: &Value| {
            let versions = answer["hits"].as_array().unwrap().iter().flat_map(|hit| {
                let others = hit["counterparts"].as_array().cloned().unwrap_or_default();
                others.into_iter().chain([hit["clause"]["id"].clone()])
            });
            versions.map(|id| id.as_str().unwrap().to_owned()).collect::<BTreeSet<String>>()
        };
        assert_eq!(found(&told[0]), found(&told[1]), "both scripts find the same");
        assert_eq!(told[0]["total"], told[1]["total"]);
    }
    // Clients that keep all numbers as doubles write whole ones so.
    let narrow = json!({"q": "合作", "limit": 3.0, "offset": 1, "sort": "date", "script": "hant",
        "kind": ["agreement", "memorandum"], "display": "hans", "group": false});
    let query = "limit=3&offset=1&sort=date&script=hant&kind=agreement&kind=memorandum\
                 &display=hans&group=false&q=%E5%90%88%E4%BD%9C";
    let got = served.get(&format!("/api/v1/search?{query}")).json();
    assert_eq!(texts(&assistant.call("search", narrow)), texts(&got));

    let answer = assistant.call("search", json!({"q": "知識產權"}));
    let first = answer["hits"][0]["clause"].clone();
    let clause = first["id"].as_str().unwrap();
    let document = clause.split('.').next().unwrap();
    let read = assistant.call("read", json!({"id": clause}));
    assert_eq!(texts(&read), texts(&api(&format!("clauses/{clause}"), &[])));
    assert_eq!(read["clause"]["citation"], first["citation"]);
    let read = assistant.call("read", json!({"id": document, "limit": 4, "offset": 2}));
    let part = [("limit", "4"), ("offset", "2")];
    let same = api(&format!("documents/{document}"), &part);
    assert_eq!(texts(&read["clauses"]), texts(&same["clauses"]));
    assert_eq!(read["clauses"].as_array().unwrap().len(), 4);
    let whole = api(&format!("documents/{document}"), &[]);
    assert_eq!(read["total"], whole["clauses"].as_array().unwrap().len());
    // Nobody reads hundreds of clauses at once without asking for them.
    let usual = assistant.call("read", json!({"id": document}));
    assert_eq!(
        usual["clauses"].as_array().unwrap().len(),
        whole["clauses"].as_array().unwrap().len().min(50)
    );
    // What a document is stands once.
    let listed = assistant.call("documents", json!({"limit": 100}));
    let all = api("documents", &[("limit", "100")]);
    assert_eq!(listed["total"], all["total"]);
    let own = listed["documents"].as_array().unwrap().iter().find(|one| one["id"] == *document);
    let title = &first_title(&whole);
    assert_eq!(own.unwrap()["title"], *title);
    assert_eq!(answer["documents"][document]["title"], *title);

    let pairs = bench.json(&["pairs", "--format", "json"]);
    let side = |side: &str| pairs["pairs"][0][side]["id"].as_str().unwrap().to_owned();
    let (left, right) = (side("left"), side("right"));
    let ask = json!({"left": left, "right": right, "limit": 100, "script": true});
    let compared = assistant.call("compare", ask);
    let whole = api("compare", &[("left", &*left), ("right", &*right), ("limit", "100")]);
    assert_eq!(texts(&compared), texts(&whole));
    assert_eq!((&compared["summary"], &compared["total"]), (&whole["summary"], &whole["total"]));
    let differing =
        assistant.call("compare", json!({"left": left, "right": right, "changed": true}));
    let differs = |row: &&Value| row["status"] != "same" || row["moved"] == true;
    let expected = whole["rows"].as_array().unwrap().iter().filter(differs).count();
    assert_eq!(differing["total"], expected);
    assert!(expected > 0 && differing["rows"].as_array().unwrap().iter().all(|r| differs(&r)));
    assert_eq!(differing["summary"], whole["summary"], "of the whole");
    // Differences of script are given to who asks for them.
    let lines = |answer: &Value| answer["rows"].to_string();
    assert!(
        lines(&compared).contains("\"script: ") || lines(&compared).contains("\"punctuation: ")
    );
    assert!(!lines(&differing).contains("\"script: "));

    for term in ["質素", "质素"] {
        let terms = assistant.call("terms", json!({"q": term}));
        assert_eq!(terms["entries"], api("terms", &[("q", term)]));
        assert!(!terms["entries"].as_array().unwrap().is_empty());
    }
}

/// Two agreements of the corpus are versions of one another, of 2015 and 2017, each in both scripts.
#[test]
fn a_provision_has_the_history_of_the_api() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &["--public-url", PUBLIC]);
    let assistant = Assistant::start(&bench, &["--public-url", PUBLIC]);
    for (cited, as_of, versions) in [
        ("《粵港保護知識產權合作協議》第一條", "", 4),
        ("《粤港保护知识产权合作协议》第一条", "", 4),
        ("《粤港保护知识产权合作协议》第一条", "2016-12-31", 2),
        ("《某某協議》第一條", "", 0),
    ] {
        let answer = assistant.call("history", json!({"q": cited, "as_of": as_of}));
        let asked = [("q", cited), ("as_of", as_of)];
        let asked = if as_of.is_empty() { &asked[..1] } else { &asked };
        let whole = served.json("/api/v1/history", asked);
        assert_eq!(whole["versions"].as_array().unwrap().len(), versions, "{cited}");
        assert_eq!(texts(&answer), texts(&whole), "{cited}");
        assert_eq!(answer["citation"], cited);
        let answered = answer["versions"].as_array().into_iter().flatten();
        for (version, full) in answered.zip(whole["versions"].as_array().unwrap()) {
            let id = version["document_id"].as_str().unwrap();
            assert_eq!(id, full["document"]["id"]);
            assert_eq!(answer["documents"][id]["date"], full["document"]["date"]);
            assert_eq!(version["previous"], full["previous"], "{cited} {id}");
            let differences = full["differences"].as_array().unwrap();
            assert_eq!(
                version["differences"].as_array().map_or(0, Vec::len),
                differences.len(),
                "{cited} {id}"
            );
            if let (Some(short), Some(first)) = (version["differences"].get(0), differences.first())
            {
                let line = format!("{}: ", first["kind"].as_str().unwrap());
                assert!(short.as_str().unwrap().starts_with(&line), "{short} {first}");
            }
        }
    }
}

/// The title of a document as the API gives it with its clauses.
fn first_title(document: &Value) -> Value {
    match &document["document"] {
        Value::Null => document["title"].clone(),
        known => known["title"].clone(),
    }
}

/// Assistants read with little room: an answer is about twice as long as the texts that it quotes, at
/// most.
#[test]
fn answers_are_little_longer_than_what_they_quote() {
    let bench = Workspace::indexed(&documents());
    let assistant = Assistant::start(&bench, &["--public-url", PUBLIC]);
    let pairs = bench.json(&["pairs", "--format", "json"]);
    let (left, right) = (&pairs["pairs"][0]["left"]["id"], &pairs["pairs"][0]["right"]["id"]);
    for (tool, asked) in [
        ("search", json!({"q": "知識產權"})),
        ("search", json!({"q": "合作", "limit": 50})),
        ("search", json!({"q": "合作", "parallel": true})),
        ("read", json!({"id": left})),
        ("compare", json!({"left": left, "right": right})),
        ("compare", json!({"left": left, "right": right, "changed": true})),
    ] {
        let result = assistant.ask(tool, asked.clone()).unwrap();
        let sent = serde_json::to_string(&result).unwrap().len();
        let answer = assistant.call(tool, asked.clone());
        let quoted: usize = texts(&answer).iter().map(|(_, text)| text.len()).sum();
        // Where two versions are the same, the text of one stands for both.
        let rows = answer["rows"].as_array().into_iter().flatten();
        let same = rows.filter(|row| row["right"].is_object() && row["right"]["text"].is_null());
        let same = same.filter_map(|row| row["left"]["text"].as_str()).map(str::len);
        // Differences quote both.
        let rows = answer["rows"].as_array().into_iter().flatten();
        let differences = rows.flat_map(|row| [&row["differences"], &row["unit_differences"]]);
        let differences = differences.filter_map(Value::as_array).flatten();
        let differences = differences.filter_map(Value::as_str).map(str::len);
        let quoted = quoted + same.sum::<usize>() + differences.sum::<usize>();
        assert!(
            sent * 100 <= 201 * quoted,
            "{tool} {asked}: {sent} bytes for {quoted} of text: {answer}"
        );
    }
}

#[test]
fn every_clause_is_cited_with_a_link_that_leads_to_it() {
    let bench = Workspace::indexed(&documents());
    let served = Served::start(&bench, &["--public-url", PUBLIC]);
    let assistant = Assistant::start(&bench, &["--public-url", PUBLIC]);
    let mut cited = 0;
    for query in ["培訓", "培训"] {
        let answer = assistant.call("search", json!({"q": query}));
        let link = answer["clause_link"].as_str().unwrap();
        assert_eq!(link, format!("{PUBLIC}/clauses/{{id}}"));
        for hit in answer["hits"].as_array().unwrap() {
            let id = hit["clause"]["id"].as_str().unwrap();
            let document = &answer["documents"][id.split('.').next().unwrap()];
            assert!(!hit["clause"]["citation"].as_str().unwrap().is_empty(), "{id}");
            assert!(document["script"].is_string(), "{id}");
            let link = link.replace("{id}", id);
            let moved = served.get(link.strip_prefix("https://example.org").unwrap());
            assert_eq!(moved.status, 303, "{link}");
            let to = moved.header("location").unwrap();
            let to = to.split('#').next().unwrap().to_owned();
            assert_eq!(served.get(&to).status, 200, "{to}");
            cited += 1;
        }
    }
    assert!(cited >= 2);
    // Without a public address there are no links, and the id identifies the clause.
    let assistant = Assistant::start(&bench, &[]);
    let answer = assistant.call("search", json!({"q": "培訓"}));
    assert_eq!(answer["clause_link"], Value::Null);
    assert!(answer["hits"][0]["clause"]["id"].is_string());
}

#[test]
fn tools_say_what_they_are_for_and_what_they_take() {
    let bench = Workspace::indexed(&bundled());
    let assistant = Assistant::start(&bench, &[]);
    let tools = assistant.runtime.block_on(assistant.client.list_all_tools()).unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| &*tool.name).collect();
    assert_eq!(names, ["search", "documents", "read", "compare", "terms", "verify", "history"]);
    for tool in &tools {
        let tool = serde_json::to_value(tool).unwrap();
        let name = tool["name"].as_str().unwrap();
        assert!(tool["description"].as_str().unwrap().len() > 100, "{name}");
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{name}");
        let takes = &tool["inputSchema"];
        assert_eq!(takes["additionalProperties"], false, "{name}");
        for (argument, schema) in takes["properties"].as_object().unwrap() {
            assert!(schema["description"].is_string(), "{name} {argument}");
            assert!(!schema["type"].is_null(), "{name} {argument}");
        }
        for needed in takes["required"].as_array().unwrap() {
            assert!(takes["properties"].get(needed.as_str().unwrap()).is_some(), "{name}");
        }
        assert_eq!(tool["outputSchema"], Value::Null, "{name}: answers are text");
    }
    let takes = |name: &str| {
        let tool = tools.iter().find(|tool| tool.name == *name).unwrap();
        tool.schema_as_json_value()
    };
    assert_eq!(takes("search")["required"], json!(["q"]));
    assert_eq!(takes("search")["properties"]["limit"]["maximum"], 100);
    assert_eq!(takes("search")["properties"]["sort"]["enum"], json!(["score", "date"]));
    assert_eq!(takes("compare")["required"], json!(["left", "right"]));
    let info = assistant.client.peer_info().unwrap();
    assert_eq!(info.server_info.as_ref().map(|own| own.name.as_str()), Some("tiaowen"));
}

#[test]
fn what_can_t_be_answered_is_told_with_its_cure() {
    let bench = Workspace::indexed(&bundled());
    let assistant = Assistant::start(&bench, &[]);
    let article = assistant.call("search", json!({"q": "培訓"}))["hits"][0]["clause"].clone();
    let clause = article["id"].as_str().unwrap();
    let document = clause.split('.').next().unwrap();
    for (tool, arguments, told) in [
        ("search", json!({"q": "a", "limit": 500}), "search: limit is 500; at most 100 per"),
        ("search", json!({"q": "a", "offset": 10001}), "offset is 10001; at most 10000"),
        (
            "search",
            json!({"q": "a", "limit": "ten"}),
            "limit is a text; it is to be a whole number",
        ),
        ("search", json!({"q": "a", "kind": 1}), "kind is a number; it is to be a list of texts"),
        ("search", json!({"q": "a", "kind": "leaw"}), "kind is 'leaw'; allowed: agreement,"),
        ("search", json!({"q": "a", "kind": ["leaw"]}), "kind is 'leaw'; allowed: agreement,"),
        ("search", json!({"q": "a", "script": "hanz"}), "allowed: hant, hans, any"),
        (
            "search",
            json!({"query": "a"}),
            "there is no argument 'query'; there are added_since, as_of, count,",
        ),
        ("search", json!({}), "q is missing: The query, in either script"),
        ("search", json!({"q": "條".repeat(1001)}), "1001 characters"),
        ("search", json!({"q": "a", "format": "csv"}), "there is no argument 'format'"),
        ("read", json!({"id": "none"}), "no document has the id 'none'; searches and lists give"),
        ("read", json!({"id": "none.art_1"}), "no clause has the id 'none.art_1'"),
        ("read", json!({"id": clause, "at": "第九十九款"}), "the clause has no part '第九十九款'"),
        ("read", json!({"id": document, "at": "第二款"}), "name the article's id"),
        ("read", json!({"id": clause, "limit": 3}), "limit and offset are for documents"),
        ("compare", json!({"left": document}), "right is missing: The id of its other version"),
        ("compare", json!({"left": document, "right": "none"}), "no document has the id 'none'"),
        ("terms", json!({}), "q is missing"),
        ("history", json!({"as_of": "2016"}), "q is missing: A citation"),
        ("history", json!({"q": "《甲》第一條", "as_of": "soon"}), "as_of is 'soon'; allowed:"),
        (
            "search",
            json!({"q": "a", "undated": true, "from": "2016"}),
            "leave out undated, or from, to and date:",
        ),
        ("documents", json!({"undated": true, "to": "2016"}), "leave out undated"),
        ("search", json!({"q": "a", "limit": 2.5}), "it is to be a whole number"),
        ("documents", json!({"added_since": "lately"}), "added_since is 'lately'"),
        ("terms", json!({"q": "條".repeat(201)}), "201 characters; at most 200"),
    ] {
        let refusal = assistant.refusal(tool, arguments.clone());
        assert!(refusal.starts_with(&format!("{tool}: ")), "{refusal}");
        assert!(refusal.contains(told), "{tool} {arguments}: {refusal}");
    }
    let unknown = assistant.ask("write", json!({})).unwrap_err().to_string();
    assert!(
        unknown.contains("there is no tool 'write'; there are search, documents,"),
        "{unknown}"
    );
    // The server continues.
    assert!(!ids(&assistant.call("search", json!({"q": "培訓", "place": null}))).is_empty());
}

#[test]
fn a_commit_that_comes_answers() {
    let bench = Workspace::indexed(&bundled());
    let assistant = Assistant::start(&bench, &[]);
    let total = || assistant.call("search", json!({"q": "\"龍舟競渡\""}))["total"].clone();
    assert_eq!(total(), 0);
    bench.write("new/a.txt", "粵港龍舟合作協議\n\n一、雙方每年合辦龍舟競渡。\n\n二、雙方交流。\n");
    assert_eq!(bench.run(&["index", "new"]).code, 0);
    until("an answer from the new commit", || total() == 1);
}

/// Lines as older assistants send them. Nothing but the protocol is printed.
#[test]
fn the_protocol_alone_stands_on_standard_output() {
    let bench = Workspace::indexed(&bundled());
    let mut command = bench.command(&["mcp"]);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2024-11-05", "capabilities": {},
        "clientInfo": {"name": "older", "version": "1"}}});
    let search = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {
        "name": "search", "arguments": {"q": "知识产权", "limit": 1}}});
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let mut next = |id: u64| {
        let answer: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(answer["id"], id, "{answer}");
        answer["result"].clone()
    };
    writeln!(input, "{hello}").unwrap();
    let told = next(1);
    assert_eq!(told["protocolVersion"], "2024-11-05");
    assert!(told["instructions"].as_str().unwrap().contains("citation"));
    writeln!(input, "{ready}\n{search}").unwrap();
    let found = next(2)["content"][0]["text"].as_str().unwrap().to_owned();
    assert_eq!(ids(&serde_json::from_str(&found).unwrap()).len(), 1);
    drop(input);
    assert!(lines.next().is_none(), "nothing more");
    let mut complaints = String::new();
    child.stderr.take().unwrap().read_to_string(&mut complaints).unwrap();
    assert_eq!((child.wait().unwrap().code(), complaints.as_str()), (Some(0), ""));

    let ran = bench.run(&["mcp"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "nobody asks: {}", ran.err);
    let ran = bench.run(&["mcp", "--index", "nowhere"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("nowhere") && ran.err.contains("tiaowen index"), "{}", ran.err);
}

/// Speaks lines to `tiaowen mcp`, and reads as many answers.
struct Spoken {
    child: std::process::Child,
    input: std::process::ChildStdin,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Spoken {
    fn start(bench: &Workspace, version: &str) -> Self {
        let mut command = bench.command(&["mcp"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut spoken = Spoken { child, input, lines };
        let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": version, "capabilities": {},
            "clientInfo": {"name": "raw", "version": "1"}}});
        assert_eq!(spoken.ask(hello.to_string().as_bytes())["id"], 1);
        spoken.say(br#"{"jsonrpc": "2.0", "method": "notifications/initialized"}"#);
        spoken
    }

    fn say(&mut self, line: &[u8]) {
        self.input.write_all(line).unwrap();
        self.input.write_all(b"\n").unwrap();
    }

    fn ask(&mut self, line: &[u8]) -> Value {
        self.say(line);
        serde_json::from_str(&self.lines.next().unwrap().unwrap()).unwrap()
    }

    /// Ends the input, and returns what is still answered.
    fn rest(self) -> Vec<String> {
        let Spoken { mut child, input, lines } = self;
        drop(input);
        let rest = lines.map(Result::unwrap).collect();
        assert!(child.wait().unwrap().success());
        rest
    }
}

#[test]
fn a_line_that_can_t_be_read_is_answered() {
    let bench = Workspace::indexed(&bundled());
    let mut spoken = Spoken::start(&bench, "2025-06-18");
    let lone = br#"{"jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": {"name": "search", "arguments": {"q": "\ud83d"}}}"#;
    for line in [&b"nonsense"[..], b"{\"jsonrpc\": ", lone, b"\xff\xfe"] {
        let answer = spoken.ask(line);
        assert_eq!(answer["error"]["code"], -32700, "{answer}");
        assert_eq!(answer.get("id"), Some(&Value::Null), "{answer}");
    }
    for (line, code, id) in [
        (&b"3"[..], -32600, Value::Null),
        (br#"{"id": 6}"#, -32600, 6.into()),
        (br#"{"jsonrpc": "1.0", "id": "x", "method": "ping"}"#, -32600, "x".into()),
        (br#"{"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {}}"#, -32602, 7.into()),
        (br#"{"jsonrpc": "2.0", "id": 8, "method": "tools/none"}"#, -32601, 8.into()),
        // Batches are gone since this version.
        (br#"[{"jsonrpc": "2.0", "id": 9, "method": "ping"}]"#, -32600, Value::Null),
    ] {
        let answer = spoken.ask(line);
        assert_eq!(answer["error"]["code"], code, "{answer}");
        assert_eq!(answer.get("id"), Some(&id), "{answer}");
    }
    // Blank lines and notifications of others are passed over.
    spoken.say(b"");
    spoken.say(br#"{"method": "$/setTrace", "params": {"value": "off"}}"#);
    let whole = "\u{feff}{\"jsonrpc\": \"2.0\", \"id\": 10, \"method\": \"ping\"}\r";
    assert_eq!(spoken.ask(whole.as_bytes())["id"], 10);
    // A line beyond all measure is passed over to its end.
    let long = vec![b'a'; 5 * 1024 * 1024];
    let answer = spoken.ask(&long);
    assert_eq!(answer["error"]["code"], -32700, "{answer}");
    assert_eq!(spoken.ask(br#"{"jsonrpc": "2.0", "id": 11, "method": "ping"}"#)["id"], 11);
    assert!(spoken.rest().is_empty());
}

#[test]
fn a_batch_is_answered_by_one_where_the_version_has_batches() {
    let bench = Workspace::indexed(&bundled());
    let mut spoken = Spoken::start(&bench, "2025-03-26");
    let call = |id: u64, q: &str| {
        json!({"jsonrpc": "2.0", "id": id, "method": "tools/call",
            "params": {"name": "search", "arguments": {"q": q, "limit": 1}}})
    };
    let batch = json!([
        call(2, "知識產權"), {"jsonrpc": "2.0", "method": "notifications/initialized"},
        call(3, "培訓"), 4, {"jsonrpc": "2.0", "id": 5, "method": "ping"},
    ]);
    let answers = spoken.ask(batch.to_string().as_bytes());
    let mut known: Vec<String> =
        answers.as_array().unwrap().iter().map(|one| one["id"].to_string()).collect();
    known.sort();
    assert_eq!(known, ["2", "3", "5", "null"], "{answers}");
    let found = answers.as_array().unwrap().iter().find(|one| one["id"] == 2).unwrap();
    let text = found["result"]["content"][0]["text"].as_str().unwrap();
    assert_eq!(ids(&serde_json::from_str(text).unwrap()).len(), 1);
    let answer = spoken.ask(b"[]");
    assert_eq!((&answer["id"], &answer["error"]["code"]), (&Value::Null, &(-32600).into()));
    // Nothing is answered where nothing is asked.
    spoken.say(br#"[{"jsonrpc": "2.0", "method": "notifications/initialized"}]"#);
    assert_eq!(spoken.ask(br#"{"jsonrpc": "2.0", "id": 6, "method": "ping"}"#)["id"], 6);
    assert!(spoken.rest().is_empty());
}

/// Each call waits for those before it. None is rejected because there are many.
#[test]
fn calls_that_are_sent_at_once_are_all_answered() {
    let bench = Workspace::indexed(&bundled());
    let assistant = Assistant::start(&bench, &[]);
    let peer = assistant.client.peer().clone();
    let answered = assistant.runtime.block_on(async {
        let calls = (0..300).map(|nth| {
            let q = ["知識產權", "知识产权"][nth % 2];
            let arguments = json!({"q": q, "limit": 1});
            let arguments = arguments.as_object().unwrap().clone();
            let call = CallToolRequestParams::new("search").with_arguments(arguments);
            let peer = peer.clone();
            tokio::spawn(async move { peer.call_tool(call).await.unwrap() })
        });
        let calls: Vec<_> = calls.collect();
        let mut answered = 0;
        for call in calls {
            let result = call.await.unwrap();
            assert_ne!(result.is_error, Some(true), "{result:?}");
            answered += 1;
        }
        answered
    });
    assert_eq!(answered, 300);
}
