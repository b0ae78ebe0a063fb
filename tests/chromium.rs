//! Controls Chromium over a pipe with the DevTools protocol.
//!
//! JSON messages are exchanged over two file descriptors, each followed by NUL. This needs no port
//! and no library, and the browser ends with the pipe, even if a test is killed.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::exports::viewer;

/// The names that distributions use.
pub(crate) const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Without a window, and without contacting anything but the server under test. Root has no
/// sandbox.
pub(crate) const FLAGS: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// Longer than a busy machine takes. Anything that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running browser, which ends when it is dropped.
pub(crate) struct Browser {
    child: Child,
    /// The number of the last message, and where answers go.
    to: Mutex<(u64, Option<ChildStdin>)>,
    heard: Arc<Heard>,
    profile: tempfile::TempDir,
}

/// Messages read from the pipe.
#[derive(Default)]
struct Heard {
    all: Mutex<All>,
    more: Condvar,
}

#[derive(Default)]
struct All {
    /// By the number of the request that they answer.
    answers: HashMap<u64, Value>,
    /// By session.
    events: HashMap<String, Vec<Value>>,
    ended: bool,
}

impl Heard {
    fn all(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Browser {
    /// The browser of all tests that are running; `None`, with a message, if it isn't installed.
    pub(crate) fn shared() -> Option<Arc<Self>> {
        static SHARED: Mutex<Weak<Browser>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(browser) = shared.upgrade() {
            return Some(browser);
        }
        let browser = Arc::new(Browser::start(&viewer(&NAMES)?));
        *shared = Arc::downgrade(&browser);
        Some(browser)
    }

    fn start(program: &Path) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let said = File::create(profile.path().join("said")).unwrap();
        // The browser reads from descriptor 3 and writes to 4.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null"])
            .arg(program)
            .args(FLAGS)
            .args(["--remote-debugging-pipe", "--hide-scrollbars"])
            .arg(format!("--user-data-dir={}", profile.path().join("user").display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(said)
            .spawn()
            .unwrap();
        let from = BufReader::new(child.stdout.take().unwrap());
        let to = Mutex::new((0, child.stdin.take()));
        let heard = Arc::new(Heard::default());
        let hears = Arc::clone(&heard);
        std::thread::spawn(move || {
            for message in from.split(0).map_while(Result::ok) {
                let message: Value = serde_json::from_slice(&message).unwrap();
                let mut all = hears.all();
                if let Some(number) = message["id"].as_u64() {
                    all.answers.insert(number, message);
                } else {
                    let session = message["sessionId"].as_str().unwrap_or_default().to_owned();
                    all.events.entry(session).or_default().push(message);
                }
                hears.more.notify_all();
            }
            hears.all().ended = true;
            hears.more.notify_all();
        });
        Browser { child, to, heard, profile }
    }

    /// Sends a command, and returns its result or error.
    fn ask(&self, session: Option<&str>, method: &str, params: Value) -> Result<Value, String> {
        self.ask_for(PATIENCE, session, method, params)
    }

    fn ask_for(
        &self,
        patience: Duration,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Result<Value, String> {
        let number = {
            let mut to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
            to.0 += 1;
            let mut message = json!({ "id": to.0, "method": method, "params": params });
            if let Some(session) = session {
                message["sessionId"] = json!(session);
            }
            let mut bytes = message.to_string().into_bytes();
            bytes.push(0);
            let pipe = to.1.as_mut().unwrap();
            pipe.write_all(&bytes).and_then(|()| pipe.flush()).map_err(|error| self.gone(error))?;
            to.0
        };
        let waits = |all: &mut All| !all.ended && !all.answers.contains_key(&number);
        let wait = self.heard.more.wait_timeout_while(self.heard.all(), patience, waits);
        let mut all = wait.unwrap_or_else(PoisonError::into_inner).0;
        let Some(mut answer) = all.answers.remove(&number) else {
            return Err(if all.ended { self.gone(method) } else { format!("{method}: no answer") });
        };
        if let Some(error) = answer.get("error") {
            return Err(format!("{method}: {error}"));
        }
        Ok(answer["result"].take())
    }

    fn gone(&self, what: impl std::fmt::Display) -> String {
        let said = std::fs::read_to_string(self.profile.path().join("said"));
        format!("{what}: the browser is gone: {}", said.unwrap_or_default())
    }

    fn tell(&self, method: &str, params: Value) -> Value {
        self.ask(None, method, params).unwrap_or_else(|error| panic!("{error}"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The browser and its helpers end by themselves once the pipe is closed.
        self.to.get_mut().unwrap_or_else(PoisonError::into_inner).1 = None;
        let until = Instant::now() + PATIENCE;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The settings of a tab.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// The preferred languages, as browsers send them.
    pub(crate) accept: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Touch instead of a mouse.
    pub(crate) touch: bool,
    pub(crate) dark: bool,
    pub(crate) script: bool,
}

/// A tab that shares neither history nor storage with others.
pub(crate) struct Tab {
    browser: Arc<Browser>,
    context: String,
    session: String,
    origin: String,
    touch: bool,
}

/// A key as keyboards send it: its name, its code, its number, and the text it enters.
fn key(name: &str) -> (String, u32, Option<&str>) {
    match name {
        "/" => ("Slash".into(), 191, Some("/")),
        "?" => ("Slash".into(), 191, Some("?")),
        "Enter" => (name.into(), 13, Some("\r")),
        "Escape" => (name.into(), 27, None),
        "Backspace" => (name.into(), 8, None),
        "Tab" => (name.into(), 9, None),
        "ArrowUp" => (name.into(), 38, None),
        "ArrowDown" => (name.into(), 40, None),
        " " => ("Space".into(), 32, Some(" ")),
        _ => {
            let upper = name.to_ascii_uppercase();
            let number = u32::from(upper.as_bytes()[0]);
            (format!("Key{upper}"), number, Some(name))
        }
    }
}

impl Tab {
    /// Opens a tab for pages below `origin`.
    pub(crate) fn open(browser: &Arc<Browser>, origin: &str, look: Look) -> Self {
        let context = browser.tell("Target.createBrowserContext", json!({}));
        let context = context["browserContextId"].as_str().unwrap().to_owned();
        let blank = json!({ "url": "about:blank", "browserContextId": context });
        let target = browser.tell("Target.createTarget", blank)["targetId"].take();
        let attached = json!({ "targetId": target, "flatten": true });
        let session = browser.tell("Target.attachToTarget", attached)["sessionId"].take();
        let tab = Tab {
            browser: Arc::clone(browser),
            context,
            session: session.as_str().unwrap().to_owned(),
            origin: origin.to_owned(),
            touch: look.touch,
        };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            tab.tell(&format!("{domain}.enable"), json!({}));
        }
        let name = browser.tell("Browser.getVersion", json!({}))["userAgent"].take();
        tab.tell(
            "Emulation.setUserAgentOverride",
            json!({ "userAgent": name, "acceptLanguage": look.accept }),
        );
        tab.resize(look.width, look.height);
        tab.tell("Emulation.setTouchEmulationEnabled", json!({ "enabled": look.touch }));
        // Every tab behaves as if it were in front.
        tab.tell("Emulation.setFocusEmulationEnabled", json!({ "enabled": true }));
        tab.paint(look.dark);
        tab.tell("Emulation.setScriptExecutionDisabled", json!({ "value": !look.script }));
        tab
    }

    pub(crate) fn tell(&self, method: &str, params: Value) -> Value {
        let answer = self.browser.ask(Some(&self.session), method, params);
        answer.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Runs a script on each page that is opened from now on.
    pub(crate) fn bring(&self, script: &str) {
        self.tell("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }));
    }

    /// Grants permission to read the clipboard.
    pub(crate) fn allow_clipboard(&self) {
        let permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"];
        self.browser.tell(
            "Browser.grantPermissions",
            json!({ "permissions": permissions, "browserContextId": self.context }),
        );
    }

    /// Sets the size of the page in CSS pixels.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let scale = if self.touch { 2 } else { 1 };
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": self.touch }),
        );
    }

    /// Light or dark, and without animations, so that nothing is caught halfway.
    pub(crate) fn paint(&self, dark: bool) {
        let scheme = if dark { "dark" } else { "light" };
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.tell("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// With animations, as most readers see pages.
    pub(crate) fn allow_motion(&self) {
        let features = json!([{ "name": "prefers-reduced-motion", "value": "no-preference" }]);
        self.tell("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// The awaited value of an expression, or the error.
    fn try_value(&self, expression: &str, patience: Duration) -> Result<Value, String> {
        let params = json!({
            "expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true,
        });
        let session = Some(self.session.as_str());
        let mut answer = self.browser.ask_for(patience, session, "Runtime.evaluate", params)?;
        if let Some(thrown) = answer.get("exceptionDetails") {
            return Err(format!("{expression}: {}", thrown["exception"]["description"]));
        }
        Ok(answer["result"]["value"].take())
    }

    pub(crate) fn value(&self, expression: &str) -> Value {
        self.try_value(expression, PATIENCE).unwrap_or_else(|error| panic!("{error}"))
    }

    pub(crate) fn is(&self, expression: &str) -> bool {
        self.value(&format!("!!({expression})")) == true
    }

    /// A value that is a string.
    pub(crate) fn text(&self, expression: &str) -> String {
        let value = self.value(expression);
        value.as_str().unwrap_or_else(|| panic!("{expression}: {value}")).to_owned()
    }

    /// Waits until a condition holds on the page, and returns its value.
    #[track_caller]
    pub(crate) fn until(&self, condition: &str) -> Value {
        let end = Instant::now() + PATIENCE;
        let ready = format!("document.readyState === 'complete' && ({condition})");
        loop {
            // Between two pages there may be nothing to evaluate in, and a page in the back-forward
            // cache never answers.
            let last = self.try_value(&ready, Duration::from_secs(2));
            if let Ok(value) = &last
                && !matches!(value, Value::Null | Value::Bool(false))
                && *value != json!(0)
                && *value != json!("")
            {
                return value.clone();
            }
            assert!(Instant::now() < end, "never: {condition}; the last: {last:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Does something that leads to another page, and waits for it.
    #[track_caller]
    pub(crate) fn follow(&self, leads: impl FnOnce(&Self)) {
        self.value("window.left = true");
        leads(self);
        self.until("!window.left");
    }

    /// Opens the page at a path.
    #[track_caller]
    pub(crate) fn go(&self, path: &str) {
        self.follow(|tab| {
            let went = tab.tell("Page.navigate", json!({ "url": format!("{}{path}", tab.origin) }));
            assert!(went.get("errorText").is_none(), "{path}: {went}");
        });
    }

    /// Goes back in the history, until a condition holds.
    #[track_caller]
    pub(crate) fn back(&self, condition: &str) {
        self.value("history.back()");
        self.until(condition);
    }

    /// The position of an element that can be clicked: visible, still, and not covered.
    #[track_caller]
    fn place(&self, selector: &str) -> (f64, f64) {
        // Without waiting, which would never end where scripts are off.
        let look = format!(
            "(() => {{
                const found = document.querySelector({});
                if (!found) return null;
                found.scrollIntoView({{ block: 'center', behavior: 'instant' }});
                const [box] = found.getClientRects();
                if (!box) return null;
                const middle = [box.left + box.width / 2, box.top + box.height / 2];
                const over = document.elementFromPoint(...middle);
                return over && found.contains(over) && middle;
            }})()",
            json!(selector)
        );
        let mut last = self.until(&look);
        loop {
            let now = self.until(&look);
            if now == last {
                return (now[0].as_f64().unwrap(), now[1].as_f64().unwrap());
            }
            last = now;
        }
    }

    /// Clicks or taps the first element that matches.
    #[track_caller]
    pub(crate) fn click(&self, selector: &str) {
        let (x, y) = self.place(selector);
        if self.touch {
            let at = json!([{ "x": x, "y": y }]);
            self.tell(
                "Input.dispatchTouchEvent",
                json!({ "type": "touchStart", "touchPoints": at }),
            );
            self.tell("Input.dispatchTouchEvent", json!({ "type": "touchEnd", "touchPoints": [] }));
        } else {
            for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
                self.tell(
                    "Input.dispatchMouseEvent",
                    json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 }),
                );
            }
        }
    }

    /// Enters text as an input method does when it is finished, in one event.
    pub(crate) fn enter(&self, text: &str) {
        self.tell("Input.insertText", json!({ "text": text }));
    }

    /// Enters text that an input method hasn't finished.
    pub(crate) fn compose(&self, text: &str) {
        let end = text.chars().count();
        self.tell(
            "Input.imeSetComposition",
            json!({ "text": text, "selectionStart": end, "selectionEnd": end }),
        );
    }

    pub(crate) fn press(&self, name: &str) {
        self.press_with(name, 0);
    }

    /// Presses a key with Shift.
    pub(crate) fn press_shifted(&self, name: &str) {
        self.press_with(name, 8);
    }

    fn press_with(&self, name: &str, modifiers: u32) {
        let (code, number, text) = key(name);
        let mut event = json!({
            "key": name, "code": code, "windowsVirtualKeyCode": number, "modifiers": modifiers,
        });
        event["type"] = json!("keyUp");
        let up = event.clone();
        event["type"] = json!(if text.is_some() { "keyDown" } else { "rawKeyDown" });
        if let Some(text) = text {
            event["text"] = json!(text);
        }
        self.tell("Input.dispatchKeyEvent", event);
        self.tell("Input.dispatchKeyEvent", up);
    }

    /// A screenshot of the visible part, as PNG.
    pub(crate) fn picture(&self) -> Vec<u8> {
        let picture = self.tell("Page.captureScreenshot", json!({ "format": "png" }));
        decoded(picture["data"].as_str().unwrap())
    }

    /// The page as printed on A4.
    pub(crate) fn printed(&self) -> Vec<u8> {
        let paper = json!({ "preferCSSPageSize": true, "paperWidth": 8.27, "paperHeight": 11.69 });
        decoded(self.tell("Page.printToPDF", paper)["data"].as_str().unwrap())
    }

    /// The fonts in which the text of an element is drawn.
    pub(crate) fn fonts(&self, selector: &str) -> Vec<String> {
        self.tell("DOM.enable", json!({}));
        self.tell("CSS.enable", json!({}));
        let root = self.tell("DOM.getDocument", json!({}))["root"]["nodeId"].take();
        let named = json!({ "nodeId": root, "selector": selector });
        let node = self.tell("DOM.querySelector", named)["nodeId"].take();
        assert_ne!(node, 0, "no {selector}");
        let used = self.tell("CSS.getPlatformFontsForNode", json!({ "nodeId": node }));
        let fonts = used["fonts"].as_array().unwrap().iter();
        fonts.map(|font| font["familyName"].as_str().unwrap().to_owned()).collect()
    }

    /// What a page must not do: errors and warnings in the console, exceptions, violations of the
    /// security policy, and requests to other servers.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let all = self.browser.heard.all();
        let events = all.events.get(&self.session).map_or(&[][..], Vec::as_slice);
        let complaint = |event: &Value| {
            let params = &event["params"];
            match event["method"].as_str().unwrap_or_default() {
                "Runtime.exceptionThrown" => Some(params["exceptionDetails"].to_string()),
                "Runtime.consoleAPICalled" => Some(params["args"].to_string()),
                "Log.entryAdded" => {
                    // An error page has an error status.
                    let told = params["entry"]["text"].as_str().unwrap_or_default();
                    let expected = told.starts_with("Failed to load resource")
                        && !params["entry"]["url"].to_string().contains("/assets/");
                    (!expected).then(|| params["entry"].to_string())
                }
                "Network.requestWillBeSent" => {
                    let url = params["request"]["url"].as_str().unwrap_or_default();
                    (!url.starts_with(&self.origin) && !url.starts_with("data:"))
                        .then(|| format!("asks for {url}"))
                }
                "Page.javascriptDialogOpening" => Some(params.to_string()),
                _ => None,
            }
        };
        events.iter().filter_map(complaint).collect()
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let url = self.try_value("location.href", Duration::from_secs(2));
            println!("at {url:?}; complaints: {:#?}", self.complaints());
        }
        let context = json!({ "browserContextId": self.context });
        let _ = self.browser.ask(None, "Target.disposeBrowserContext", context);
        self.browser.heard.all().events.remove(&self.session);
    }
}

/// Encodes bytes in base 64.
fn decoded(text: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0u32, 0);
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        held = held << 6 | u32::from(value(byte));
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xff) as u8);
        }
    }
    bytes
}
