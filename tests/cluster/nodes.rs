//! Three nodes of OpenSearch, three processes on loopback. All tests that only need an index share
//! one cluster and run at the same time, each with index names that no other test uses; a test
//! that kills nodes starts a cluster that no other test sees. Nodes end with the test process,
//! however that ends: their standard input closes.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// How long a cluster may take to be whole.
const START: Duration = Duration::from_secs(180);

pub(crate) struct Nodes {
    folder: TempDir,
    nodes: Vec<Node>,
}

struct Node {
    http: u16,
    transport: u16,
    /// The script that holds the node.
    holder: Option<Child>,
    /// The node itself.
    process: String,
}

/// The cluster that tests share; `None` with a word where it can't be had.
///
/// A test asks for what it needs and for no more: other tests write to the cluster meanwhile, so
/// that the cluster as a whole may be yellow while each index that was asked for is green.
pub(crate) fn nodes() -> Option<&'static Nodes> {
    static NODES: OnceLock<Option<Nodes>> = OnceLock::new();
    NODES.get_or_init(|| separate(in_memory())).as_ref()
}

/// A cluster that no other test sees, with its files in a folder; it ends when it is dropped.
pub(crate) fn separate(folder: TempDir) -> Option<Nodes> {
    if !fetched() {
        // Not by what the tests' output is kept from being seen by.
        let _ =
            writeln!(std::io::stderr(), "SKIPPED: no cluster; install Java 11 or later and Maven");
        return None;
    }
    let nodes = Nodes::start(folder);
    nodes.wait_for("green");
    Some(nodes)
}

/// A folder in memory, or on disk where memory has no gigabyte for it.
///
/// A node syncs its files at each change of an index or of the cluster's state, and tests would wait
/// for the disk more than for anything else. They kill processes, never the machine: what a killed
/// node finds again is the same in both.
pub(crate) fn in_memory() -> TempDir {
    let memory = Path::new("/dev/shm");
    let asked = Command::new("df").args(["--output=avail", "--block-size=1M"]).arg(memory).output();
    let listed = asked.map(|asked| String::from_utf8_lossy(&asked.stdout).into_owned());
    let free = listed.unwrap_or_default().lines().nth(1).and_then(|free| free.trim().parse().ok());
    match tempfile::tempdir_in(memory) {
        Ok(folder) if free > Some(1024_u64) => folder,
        _ => tempfile::tempdir().unwrap(),
    }
}

/// Whether there is something to run nodes with.
fn fetched() -> bool {
    static FETCHED: OnceLock<bool> = OnceLock::new();
    *FETCHED.get_or_init(|| {
        let fetched = Command::new(script()).arg("fetch").status().unwrap();
        match fetched.code() {
            Some(0) => true,
            Some(3) => false,
            code => panic!("scripts/cluster fetch: {code:?}"),
        }
    })
}

fn script() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/cluster")
}

impl Nodes {
    fn start(folder: TempDir) -> Self {
        /// Ports below this are taken by clusters of this process, which may not listen yet.
        static NEXT: Mutex<u16> = Mutex::new(9201);
        let mut nodes = Vec::new();
        let mut next = NEXT.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..3 {
            let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
            let http = (*next..9300).find(free).expect("a port is free");
            *next = http + 1;
            // Held until all are known, so that no two are one.
            let held = TcpListener::bind(("127.0.0.1", 0)).unwrap();
            let transport = held.local_addr().unwrap().port();
            nodes.push((held, Node { http, transport, holder: None, process: String::new() }));
        }
        drop(next);
        let nodes = nodes.into_iter().map(|(_, node)| node).collect();
        let mut all = Nodes { folder, nodes };
        for at in 0..3 {
            all.write_settings(at);
            all.start_node(at);
        }
        all
    }

    fn write_settings(&self, at: usize) {
        let node = &self.nodes[at];
        let all: Vec<String> =
            self.nodes.iter().map(|node| format!("\"127.0.0.1:{}\"", node.transport)).collect();
        let all = all.join(", ");
        let mut settings = String::new();
        for (name, value) in [
            ("cluster.name", "tiaowen".to_owned()),
            ("node.name", format!("node-{at}")),
            ("network.host", "127.0.0.1".to_owned()),
            ("transport.port", node.transport.to_string()),
            ("discovery.seed_hosts", format!("[{all}]")),
            ("cluster.initial_cluster_manager_nodes", format!("[{all}]")),
            // The disk of who runs the tests is theirs.
            ("cluster.routing.allocation.disk.threshold_enabled", "false".to_owned()),
            // A copy of a node that is gone is made elsewhere, and soon.
            ("cluster.fault_detection.leader_check.interval", "500ms".to_owned()),
            ("cluster.fault_detection.follower_check.interval", "500ms".to_owned()),
        ] {
            writeln!(settings, "{name}: {value}").unwrap();
        }
        let folder = self.folder.path().join(format!("node-{at}/config"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("opensearch.yml"), settings).unwrap();
    }

    /// Starts a node, anew with what it had where it was killed.
    pub(crate) fn start_node(&mut self, at: usize) {
        let folder = self.folder.path().join(format!("node-{at}"));
        let node = &mut self.nodes[at];
        let mut holder = Command::new(script())
            .args(["node", folder.to_str().unwrap(), &node.http.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut process = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut process).unwrap();
        node.process = process.trim().to_owned();
        node.holder = Some(holder);
    }

    /// Kills a node as a machine dies.
    pub(crate) fn kill_node(&mut self, at: usize) {
        let node = &mut self.nodes[at];
        let killed = Command::new("kill").args(["-9", &node.process]).status().unwrap();
        assert!(killed.success());
        let mut holder = node.holder.take().unwrap();
        drop(holder.stdin.take());
        holder.wait().unwrap();
    }

    /// The address of an index, asked of one node.
    pub(crate) fn url(&self, index: &str) -> String {
        format!("http://127.0.0.1:{}/{index}", self.nodes[0].http)
    }

    /// The port of the node that is asked.
    pub(crate) fn port(&self) -> u16 {
        self.nodes[0].http
    }

    /// Waits until the cluster has all its nodes and is `green`, or as good as asked for.
    pub(crate) fn wait_for(&self, state: &str) {
        let began = Instant::now();
        let alive = self.nodes.iter().filter(|node| node.holder.is_some()).count();
        let path =
            format!("_cluster/health?wait_for_status={state}&wait_for_nodes={alive}&timeout=5s");
        loop {
            let health = self.ask("GET", &path, None);
            if health.as_ref().is_some_and(|health| health["timed_out"] == false) {
                return;
            }
            if began.elapsed() > START {
                let log = |at: usize| {
                    let file = self.folder.path().join(format!("node-{at}/log"));
                    let log = std::fs::read_to_string(file).unwrap_or_default();
                    let lines: Vec<&str> = log.lines().rev().take(5).collect();
                    lines.join("\n")
                };
                panic!("the cluster isn't {state}: {health:?}\n{}\n{}\n{}", log(0), log(1), log(2));
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Which nodes hold a part of an index.
    pub(crate) fn holders_of(&self, index: &str) -> Vec<usize> {
        let list = |path: &str| self.ask("GET", path, None).unwrap().as_array().unwrap().clone();
        let nodes = list("_cat/nodes?format=json&full_id=true&h=id,port");
        let shards = list(&format!("_cat/shards/{index}?format=json&h=id"));
        let port = |id: &Value| {
            let node = nodes.iter().find(|node| node["id"] == *id).unwrap();
            node["port"].as_str().unwrap().to_owned()
        };
        let ports: Vec<String> = shards.iter().map(|shard| port(&shard["id"])).collect();
        let is_one = |at: &usize| ports.contains(&self.nodes[*at].transport.to_string());
        (0..3).filter(is_one).collect()
    }

    /// What the cluster answers, if it does.
    pub(crate) fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Option<Value> {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://127.0.0.1:{}/{path}", self.nodes[0].http))
            .header("content-type", "application/json")
            .body(body.map(Value::to_string).unwrap_or_default())
            .unwrap();
        let agent: ureq::Agent = config.into();
        let answer = agent.run(request).ok()?.body_mut().read_to_string().ok()?;
        serde_json::from_str(&answer).ok()
    }
}

/// The cluster that tests share ends with their process instead; what is made here leaves nothing.
impl Drop for Nodes {
    fn drop(&mut self) {
        // All at once: the script of each waits a moment before it ends.
        for node in &mut self.nodes {
            if let Some(holder) = &mut node.holder {
                drop(holder.stdin.take());
            }
        }
        for node in &mut self.nodes {
            let _ = node.holder.take().map(|mut holder| holder.wait());
        }
    }
}
