// What pages gain with a script: search as you type, completions, keys, copying, jumps.
// Without it they work all the same.

const root = document.documentElement;
root.classList.add("scripted");
const byId = (id) => document.getElementById(id);
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const status = byId("status");

const say = (text) => {
  status.textContent = "";
  // A change is read out, the same words again are not.
  requestAnimationFrame(() => { status.textContent = text; });
};

const openDrawers = () => {
  if (!matchMedia("(min-width: 62rem)").matches) return;
  document.querySelectorAll("details[data-drawer]").forEach((drawer) => { drawer.open = true; });
};
openDrawers();

const parsed = async (url, signal) => {
  const answer = await fetch(url, { signal, headers: { accept: "text/html" } });
  return new DOMParser().parseFromString(await answer.text(), "text/html");
};

// Parts of this page are replaced by those of another; what stands around them is kept.
const replace = (id, fresh) => {
  const [mine, theirs] = [byId(id), fresh.getElementById(id)];
  if (!mine || !theirs) return;
  const place = (link) => link.pathname + link.hash;
  const focused = mine.contains(document.activeElement) && place(document.activeElement);
  mine.replaceWith(document.adoptNode(theirs));
  if (focused) [...theirs.querySelectorAll("a[href]")].find((link) => place(link) === focused)?.focus({ preventScroll: true });
};

/* Search as you type */

const form = byId("search");
const input = byId("q");
const results = () => byId("results");
const meaning = form.elements.namedItem("meaning");
let composing = false;
let timer = 0;
let running = null;
let shown = input.value.trim();
let place = location.search;

const address = () => {
  const asked = new URLSearchParams();
  for (const [key, value] of new FormData(form)) {
    const text = key === "q" ? value.trim() : value;
    if (text) asked.append(key, text);
  }
  const query = asked.toString();
  return form.action + (query ? "?" + query : "");
};

const show = async (url, keep) => {
  running?.abort();
  const own = running = new AbortController();
  results().setAttribute("aria-busy", "true");
  try {
    const fresh = await parsed(url, own.signal);
    const region = fresh.getElementById("results");
    if (region) {
      replace("results", fresh);
    } else {
      // The page of a problem stands in for the results.
      results().replaceChildren(...[...fresh.querySelector("main").children].map((node) => document.adoptNode(node)));
    }
    replace("languages", fresh);
    document.title = fresh.title;
    history[keep ? "pushState" : "replaceState"]({ typed: true }, "", url);
    place = location.search;
    openDrawers();
    showButtons();
    showTicked();
    const answer = results().querySelector("[data-count]");
    if (answer) say(answer.dataset.count);
  } catch (error) {
    if (error.name !== "AbortError" && keep) location.href = url;
  } finally {
    if (running === own) {
      running = null;
      results().removeAttribute("aria-busy");
    }
  }
};

const typed = () => {
  clearTimeout(timer);
  if (composing) return;
  timer = setTimeout(() => {
    const now = input.value.trim();
    if (now === shown) return;
    shown = now;
    complete(input.value);
    // Each search by meaning asks another server, so it waits for the whole query.
    if (results() && !meaning?.checked) show(address(), false);
  }, 120);
};

input.addEventListener("compositionstart", () => { composing = true; });
input.addEventListener("compositionend", () => { composing = false; typed(); });
input.addEventListener("input", (event) => { if (!event.isComposing) typed(); });

form.addEventListener("submit", (event) => {
  close();
  if (!results()) return;
  event.preventDefault();
  clearTimeout(timer);
  shown = input.value.trim();
  show(address(), true);
});

meaning?.addEventListener("change", () => {
  if (input.value.trim() && results()) show(address(), true);
});

addEventListener("popstate", () => {
  // A link within the page asks for nothing else.
  if (!results() || location.search === place) return;
  input.value = new URLSearchParams(location.search).get("q") ?? "";
  shown = input.value.trim();
  location.reload();
});

/* Completions: a listbox below the field */

const list = document.createElement("ul");
list.id = "completions";
list.className = "completions";
list.hidden = true;
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", input.dataset.label);
input.parentElement.append(list);
for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
  input.setAttribute(name, value);
}
let chosen = -1;
let asking = null;

const close = () => {
  asking?.abort();
  list.hidden = true;
  chosen = -1;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
};

const choose = (to) => {
  const options = [...list.children];
  chosen = to < -1 ? options.length - 1 : to >= options.length ? -1 : to;
  options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
  if (chosen < 0) {
    input.removeAttribute("aria-activedescendant");
  } else {
    input.setAttribute("aria-activedescendant", options[chosen].id);
  }
};

const take = (text) => {
  input.value = text;
  close();
  input.focus();
  form.requestSubmit();
};

const complete = async (text) => {
  close();
  if (!text.trim()) return;
  const own = asking = new AbortController();
  try {
    const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(text)}&limit=6`, { signal: own.signal });
    if (!answer.ok) return;
    const found = await answer.json();
    const all = (Array.isArray(found) ? found : found.completions ?? []).filter(({ text: word }) => word !== text.trim()).slice(0, 6);
    if (own.signal.aborted || document.activeElement !== input || all.length === 0) return;
    list.replaceChildren(...all.map(({ text: word, clauses }, at) => {
      const option = document.createElement("li");
      option.id = `completion-${at}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const [name, count] = [document.createElement("span"), document.createElement("small")];
      name.textContent = word;
      name.lang = "zh";
      count.textContent = clauses;
      option.append(name, count);
      option.addEventListener("pointerdown", (event) => { event.preventDefault(); take(word); });
      return option;
    }));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    say(input.dataset.count.replace("{n}", all.length));
  } catch {
    // Typing goes on without completions.
  }
};

input.addEventListener("blur", close);
input.addEventListener("keydown", (event) => {
  // 229: a key that an input method takes, also right after it is done.
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key === "Escape") {
    // Browsers empty a search field on Escape, and with it the search.
    event.preventDefault();
    close();
  } else if (!list.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key === "Enter" && chosen >= 0) {
    event.preventDefault();
    take(list.children[chosen].firstChild.textContent);
  }
});

/* Copying a citation, a link, or a clause with its citation */

const copied = async (text) => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Without HTTPS there is only the old way, over a selection.
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done ? undefined : Promise.reject(new Error("not copied"));
};

// Texts that are cut on a card are quoted whole.
const quotation = (button) => {
  const around = button.closest(".clause, .hit");
  const text = around.querySelector(".full .text") ?? around.querySelector(".own .text, .text");
  const [open, end] = text.closest("[lang]").lang.startsWith("zh-Hans") ? "“”" : "「」";
  return `${open}${text.textContent.trim()}${end}（${button.dataset.quote}）`;
};

const showButtons = () => document.querySelectorAll("button.copy").forEach((button) => { button.hidden = false; });
showButtons();
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button.copy");
  if (!button) return;
  const name = button.textContent;
  let told = button.dataset.copied;
  try {
    await copied(button.dataset.copy ?? quotation(button));
    button.focus();
  } catch {
    told = button.dataset.failed;
  }
  button.textContent = told;
  say(told);
  setTimeout(() => { button.textContent = name; }, 1600);
});

/* Ticked clauses, kept from search to search as long as the window is open */

const gathered = (ids) => {
  try {
    if (ids) sessionStorage.setItem("gathered", JSON.stringify(ids));
    return JSON.parse(sessionStorage.getItem("gathered") ?? "[]");
  } catch {
    return ids ?? [];
  }
};
const boxes = () => [...document.querySelectorAll("input[form=gather]")];
const showTicked = () => {
  const gather = byId("gather");
  if (!gather) return;
  const ids = gathered();
  // The form sends all of them in the order of ticking, so that the boxes send nothing themselves.
  boxes().forEach((box) => {
    box.checked = ids.includes(box.value);
    box.removeAttribute("name");
  });
  byId("ticked").textContent = ids.length ? gather.dataset.ticked.replace("{n}", ids.length) : "";
  gather.querySelectorAll("input[name=id]").forEach((old) => old.remove());
  gather.prepend(...ids.map((id) => {
    const field = document.createElement("input");
    [field.type, field.name, field.value] = ["hidden", "id", id];
    return field;
  }));
};
document.addEventListener("change", ({ target }) => {
  if (!target.matches("input[form=gather]")) return;
  const others = gathered().filter((id) => id !== target.value);
  gathered(target.checked ? [...others, target.value] : others);
  showTicked();
});
// The report says what is ticked now, as its links take clauses out.
if (byId("gathered")) gathered([...document.querySelectorAll("#gathered .hit")].map((one) => one.dataset.id));
showTicked();

/* Marks of a document, differences of a comparison */

// A short move is shown, so that the eye can follow; a long one would only keep the reader waiting.
const go = (target, block = "center") => {
  const { top, bottom } = target.getBoundingClientRect();
  const isShort = bottom > -innerHeight / 2 && top < innerHeight * 1.5;
  target.scrollIntoView({ block, behavior: isShort && !calm.matches ? "smooth" : "instant" });
};

// The focus goes along with keys, so that reading aloud and Tab go on from there; a button that is
// pressed keeps it. `what` puts a stop in words.
const jumper = (stops, mark, what, at) => {
  let current = null;
  return (step, withFocus) => {
    const all = stops();
    if (all.length === 0) return null;
    let to = all.indexOf(current);
    if (to >= 0) {
      to = (to + step + all.length) % all.length;
    } else {
      // From where the reader is, not from the top.
      const below = all.findIndex((stop) => stop.getBoundingClientRect().top > 90);
      to = step > 0 ? Math.max(below, 0) : (below <= 0 ? all.length : below) - 1;
    }
    document.querySelectorAll(".current").forEach((old) => old.classList.remove("current"));
    current = all[to];
    mark(current);
    if (withFocus) {
      current.tabIndex = -1;
      current.focus({ preventScroll: true });
    }
    go(current);
    const words = { n: to + 1, total: all.length, what: what(current) };
    say(at().replace(/\{(\w+)\}/g, (_, key) => words[key]));
    return [to + 1, all.length];
  };
};

const jumpMark = jumper(
  () => [...document.querySelectorAll(".document mark")],
  (mark) => mark.classList.add("current"),
  (mark) => [mark.closest(".clause")?.querySelector("h2, h3, h4, h5, h6")?.textContent, mark.textContent].filter(Boolean).join(" · "),
  () => document.querySelector(".marks .jump").dataset.at,
);
if (byId("first-mark")) {
  byId("first-mark").hidden = true;
  for (const [id, step] of [["next-mark", 1], ["previous-mark", -1]]) {
    byId(id).hidden = false;
    byId(id).addEventListener("click", () => jumpMark(step));
  }
}

const comparison = () => byId("comparison");
const pairOf = (mark) => [...mark.closest("tr").querySelectorAll(`mark[data-d="${mark.dataset.d}"]`)];
const differences = () => {
  const seen = new Set();
  // Of files, kinds are switched by boxes, which leave the marks in the page.
  const kinds = ["regional", "number", "wording"].filter((kind) => byId(`show-${kind}`)?.checked ?? true);
  const wanted = ["tr.left_only", "tr.right_only", ...kinds.map((kind) => `mark.${kind}`)].join();
  return [...comparison().querySelectorAll(`tbody :is(${wanted})`)].filter((found) => {
    if (found.closest(".unsigned")) return false;
    if (found.matches("tr")) return true;
    const key = `${found.closest("tr").id} ${found.dataset.d}`;
    return !seen.has(key) && seen.add(key);
  });
};
const jumpDifference = jumper(
  differences,
  (found) => (found.matches("tr") ? [found] : pairOf(found)).forEach((part) => part.classList.add("current")),
  (found) => (found.matches("tr") ? [".status", ".place a"].map((part) => found.querySelector(part)?.textContent).join(" · ") : found.title),
  () => byId("jump").dataset.at,
);
const jump = (step, withFocus) => {
  const at = jumpDifference(step, withFocus);
  byId("at").textContent = at ? at.join(" / ") : "0 / 0";
};
const readyComparison = () => {
  byId("jump").hidden = false;
  byId("next").addEventListener("click", () => jump(1));
  byId("previous").addEventListener("click", () => jump(-1));
  const count = () => { byId("at").textContent = `– / ${differences().length}`; };
  document.querySelectorAll(".controls input").forEach((box) => box.addEventListener("change", count));
  count();
};
if (comparison()) {
  readyComparison();
  // Both sides of a difference light up.
  document.addEventListener("pointerover", (event) => {
    document.querySelectorAll("mark.pair").forEach((old) => old.classList.remove("pair"));
    const mark = event.target.closest?.("mark[data-d]:not(.script)");
    if (mark) pairOf(mark).forEach((part) => part.classList.add("pair"));
  });
  // Switches show the page anew where it stands.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-live]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const place = [...document.querySelectorAll("a[data-live]")].indexOf(link);
    try {
      replace("comparison", await parsed(link.href));
      history.replaceState(null, "", link.href);
      readyComparison();
      document.querySelectorAll("a[data-live]")[place]?.focus();
    } catch {
      location.href = link.href;
    }
  });
}

// The bar and the outline tell where one reads. They are not announced: the text is being read.
const clauses = [...document.querySelectorAll(".document .clause")];
const nowAt = (id) => {
  const nth = clauses.findIndex((clause) => clause.id === id);
  if (nth < 0 || !byId("now-at")) return;
  const { nth: words, before, all } = byId("now-nth").dataset;
  byId("now-at").textContent = clauses[nth].dataset.cite.slice(clauses[nth].dataset.cite.indexOf("》") + 1);
  byId("now-nth").textContent = words.replace("{n}", Number(before) + nth + 1).replace("{total}", all);
};
const lines = new Map([...document.querySelectorAll(".outline a")].map((line) => [line.hash.slice(1), line]));
if (lines.size > 0) {
  const inSight = new Set();
  const seen = new IntersectionObserver((entries) => {
    entries.forEach(({ target, isIntersecting }) => inSight[isIntersecting ? "add" : "delete"](target.id));
    const first = [...lines.keys()].find((id) => inSight.has(id));
    if (first) lines.forEach((line, id) => line.classList.toggle("here", id === first));
    const clause = clauses.find(({ id }) => inSight.has(id));
    if (clause) nowAt(clause.id);
  }, { rootMargin: "-16px 0px -70% 0px" });
  document.querySelectorAll(".document .clause, .document .part").forEach((part) => seen.observe(part));
}

/* Files that are dropped on a form which takes them */

document.querySelectorAll("form[data-drop]").forEach((target) => {
  const fields = [...target.querySelectorAll("input[type=file]")];
  target.addEventListener("dragover", (event) => event.preventDefault());
  target.addEventListener("drop", (event) => {
    const files = [...event.dataTransfer.files].slice(0, fields.length);
    // A field takes a single file by itself.
    if (files.length === 0 || (files.length === 1 && event.target.matches("input[type=file]"))) return;
    event.preventDefault();
    const empty = fields.filter((field) => field.files.length === 0);
    const takers = files.length > empty.length ? fields : empty;
    files.forEach((file, at) => {
      const one = new DataTransfer();
      one.items.add(file);
      takers[at].files = one.files;
    });
  });
});

/* Keys */

const keys = byId("keys-help");
const keysOn = byId("keys-on");
const store = (value) => {
  try {
    return value === undefined ? localStorage.getItem("keys") : localStorage.setItem("keys", value);
  } catch {
    return null;
  }
};
keysOn.checked = store() !== "off";
keysOn.addEventListener("change", () => store(keysOn.checked ? "on" : "off"));
byId("keys-link").addEventListener("click", (event) => {
  event.preventDefault();
  keys.showModal();
});

const step = (by) => {
  if (comparison()) return jump(by, true);
  const all = [...document.querySelectorAll(".hit .open, .list > li > h2 a")];
  if (all.length === 0) return undefined;
  const now = all.findIndex((link) => link === document.activeElement || link.closest("li").contains(document.activeElement));
  const to = Math.min(Math.max(now + by, 0), all.length - 1);
  all[to].focus({ preventScroll: true });
  go(all[to].closest("li"), "nearest");
  return undefined;
};

const pressed = {
  "/": () => { input.focus(); input.select(); },
  "?": () => keys.showModal(),
  j: () => step(1),
  k: () => step(-1),
  n: () => jumpMark(1, true),
  p: () => jumpMark(-1, true),
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]") || !keysOn.checked) return;
  const action = pressed[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});
