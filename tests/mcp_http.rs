//! Assistants over Streamable HTTP, asked as the protocol writes it, without a client.

use serde_json::{Value, json};

use crate::assistants::Assistant;
use crate::served::{Got, Served};
use crate::util::{Workspace, bundled, ids};

const ACCEPT: (&str, &str) = ("accept", "application/json, text/event-stream");

fn sent(served: &Served, message: &Value, headers: &[(&str, &str)]) -> Got {
    let headers: Vec<(&str, &str)> = [ACCEPT].iter().chain(headers).copied().collect();
    served.post_with("/mcp", &message.to_string(), &headers)
}

fn call(id: u64, tool: &str, arguments: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call",
        "params": {"name": tool, "arguments": arguments}})
}

fn hello(version: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": version, "capabilities": {},
        "clientInfo": {"name": "raw", "version": "1"}}})
}

#[test]
fn the_tools_are_those_of_standard_input_and_output() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    for version in ["2025-03-26", "2025-06-18", "2025-11-25"] {
        let got = sent(&served, &hello(version), &[]);
        assert_eq!(got.status, 200, "{}", got.text());
        assert_eq!(got.header("content-type").as_deref(), Some("application/json"));
        let answer = got.json();
        assert_eq!(answer["id"], 1);
        assert_eq!(answer["result"]["protocolVersion"], version);
        assert_eq!(answer["result"]["serverInfo"]["name"], "tiaowen");
        assert!(got.header("mcp-session-id").is_none(), "nothing is kept");
        let spoken = [("mcp-protocol-version", version)];
        let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        assert_eq!(sent(&served, &ready, &spoken).status, 202);
        let list = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list"});
        let tools = sent(&served, &list, &spoken).json()["result"]["tools"].clone();
        let names: Vec<&str> =
            tools.as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["search", "documents", "read", "compare", "terms", "verify", "history"]);
    }
    let assistant = Assistant::start(&bench, &[]);
    for (tool, arguments) in [
        ("search", json!({"q": "知识产权", "limit": 3.0})),
        ("documents", json!({"limit": 5})),
        ("terms", json!({"q": "質素"})),
        ("verify", json!({"text": "《某某協議》第一條"})),
        ("history", json!({"q": "《粵港保護知識產權合作協議》第一條", "as_of": "2016"})),
    ] {
        let answer = sent(&served, &call(7, tool, arguments.clone()), &[]).json();
        assert_eq!(answer["id"], 7, "{answer}");
        let text = answer["result"]["content"][0]["text"].as_str().unwrap();
        let answer: Value = serde_json::from_str(text).unwrap();
        assert_eq!(answer, assistant.call(tool, arguments), "{tool}");
    }
    let answer = sent(&served, &call(8, "search", json!({"q": "a", "limit": 500})), &[]).json();
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    let metrics = served.get("/metrics").text();
    assert!(metrics.contains("route=\"/mcp\""), "{metrics}");
}

#[test]
fn the_newest_version_is_spoken_without_a_greeting() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let version = "2026-07-28";
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let ask = |method: &str, mut params: Value| {
        params["_meta"] = meta.clone();
        let message = json!({"jsonrpc": "2.0", "id": 3, "method": method, "params": params});
        let name = params["name"].as_str().unwrap_or_default();
        let mut headers = vec![("mcp-protocol-version", version), ("mcp-method", method)];
        if !name.is_empty() {
            headers.push(("mcp-name", name));
        }
        let got = sent(&served, &message, &headers);
        assert_eq!(got.status, 200, "{method}: {}", got.text());
        got.json()["result"].clone()
    };
    let known = ask("server/discover", json!({}));
    let versions = known["supportedVersions"].as_array().unwrap();
    assert!(versions.contains(&version.into()), "{known}");
    assert_eq!(ask("tools/list", json!({}))["tools"].as_array().unwrap().len(), 7);
    let found = ask("tools/call", json!({"name": "search", "arguments": {"q": "培訓"}}));
    let text = found["content"][0]["text"].as_str().unwrap();
    assert!(!ids(&serde_json::from_str(text).unwrap()).is_empty());
}

#[test]
fn hosts_origins_and_sizes_are_checked() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let own = format!("http://{}", served.address);
    assert_eq!(sent(&served, &hello("2025-06-18"), &[("origin", &own)]).status, 200);
    for origin in ["https://evil.example", "null", "http://localhost.evil.example"] {
        let got = sent(&served, &hello("2025-06-18"), &[("origin", origin)]);
        assert_eq!(got.status, 403, "{origin}");
        assert_eq!(got.header("content-type").as_deref(), Some("application/problem+json"));
    }
    let raw = |head: &str, body: &str| {
        let length = match body.len() {
            0 => String::new(),
            length => format!("content-length: {length}\r\n"),
        };
        let request = format!("{head}{length}connection: close\r\n\r\n{body}");
        served.raw(request.as_bytes(), std::time::Duration::from_secs(10))
    };
    let head = "POST /mcp HTTP/1.1\r\nhost: evil.example\r\ncontent-type: application/json\r\n\
                accept: application/json, text/event-stream\r\n";
    let got = raw(head, &hello("2025-06-18").to_string());
    assert!(got.starts_with("HTTP/1.1 421"), "{got}");
    let head = "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                accept: application/json, text/event-stream\r\ncontent-length: 9999999\r\n";
    let got = raw(head, "");
    assert!(got.starts_with("HTTP/1.1 413"), "{got}");
    for method in ["GET", "DELETE"] {
        let head =
            format!("{method} /mcp HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n");
        let got = raw(&head, "");
        assert!(got.starts_with("HTTP/1.1 405"), "{got}");
        assert!(got.contains("use POST"), "{got}");
    }
}

#[test]
fn keys_apply_to_assistants() {
    let bench = Workspace::indexed(&bundled());
    let make = |name: &str, rights: &str| {
        let args = ["key", name, "--rights", rights, "--add-to", "keys", "--format", "json"];
        format!("Bearer {}", bench.json(&args)["key"].as_str().unwrap())
    };
    let (reader, editor) = (make("reader", "read"), make("editor", "read,upload"));
    let more = ["--api-keys", "keys", "--query-log", "queries.log", "--audit-log", "audit.log"];
    let served = Served::start(&bench, &more);
    let search = call(1, "search", json!({"q": "知識產權"}));
    let got = sent(&served, &search, &[]);
    assert_eq!(got.status, 401, "{}", got.text());
    let got = sent(&served, &search, &[("authorization", &reader)]);
    assert_eq!(got.status, 200, "{}", got.text());
    let verify = call(2, "verify", json!({"text": "《某某協議》第一條"}));
    let refused = sent(&served, &verify, &[("authorization", &reader)]).json();
    assert_eq!(refused["result"]["isError"], true, "{refused}");
    let told = refused["result"]["content"][0]["text"].as_str().unwrap();
    assert_eq!(told, "verify: the key 'reader' lacks the right 'upload'");
    let checked = sent(&served, &verify, &[("authorization", &editor)]).json();
    assert_ne!(checked["result"]["isError"], true, "{checked}");
    let read = |name: &str| std::fs::read_to_string(bench.path(name)).unwrap();
    assert!(read("queries.log").contains("知識產權"), "{}", read("queries.log"));
    assert!(read("audit.log").contains("\"route\":\"/mcp\""), "{}", read("audit.log"));
}
