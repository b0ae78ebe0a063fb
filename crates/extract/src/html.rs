//! Web pages: the article without the menus.
//!
//! Pages mark menus in no reliable way, so several signs are combined: element names, words in
//! classes and ids, the share of text inside links, and the words of tool lines. Too much is better
//! than too little here: anything left out is listed, but a missing article of an agreement would
//! go unnoticed. The steps are: reduce the markup to the tags that matter (`tame`), build the list
//! of elements and choose the article (`page`), write its paragraphs (`write`), then remove tool
//! lines and add the title (this module).

use scraper::Html;
use tiaowen_blocks::SourceText;
use tiaowen_text::is_han;

use crate::ExtractError;
use crate::compose::{Part, Rich, Role, compose};

mod formula;
mod page;
mod tame;
#[cfg(test)]
mod tests;
mod write;

use page::Page;
use write::Written;

/// Number of paragraphs from the top in which a title is searched.
const TOP: usize = 8;
/// Maximum number of titles in the head of a page, and of parts of a title. Each is searched in the
/// whole page.
const MOST_TITLES: usize = 8;
const MOST_PARTS: usize = 32;

/// Reads the article of a web page with its blocks.
///
/// Menus, breadcrumbs, sidebars, share buttons, footers and hidden text are listed as left out. The
/// article is the page's only `<article>` or `<main>`; otherwise the element with the most text
/// outside links, together with all provisions in elements beside it. List items get their numbers,
/// or `■ ` if the text prints no label. Form controls appear as a reader sees them. `<br>` ends a
/// paragraph. The title comes first; if no heading of the first level has it, it is taken from
/// `<title>`.
///
/// Raised text becomes superscripts; if it links to a note in the page, the note belongs there.
/// Deleted text and ruby annotations (`<rt>`) are left out.
///
/// Elements nest at most 256 deep; deeper ones are read as lines.
///
/// ```
/// use tiaowen_extract::{ExtractError, html};
/// let page = "<title>通知_某某市</title><div class=nav><a href=/>首页</a></div>
///     <h1>通知</h1><p>　　各区：<br>　　第一条&emsp;面积为800<sup>2</sup>米，
///     <del>暂行</del>施行。</p>";
/// let found = html(page).unwrap();
/// assert!(found.text.contains("第一条 面积为800²米，"));
/// assert_eq!(found.left_out.len(), 2);
/// assert_eq!(html("<p> </p>"), Err(ExtractError::Empty));
/// ```
///
/// # Errors
/// [`ExtractError::Empty`] if there is no text; [`ExtractError::Scripted`] or
/// [`ExtractError::Frames`] if a script or frames would show some.
pub fn html(page: &str) -> Result<SourceText<'static>, ExtractError> {
    let tamed = tame::tame(page);
    let parsed = Html::parse_document(&tamed);
    let parsed = Page::of(&parsed);
    let article = parsed.article();
    let mut written = write::parts(&parsed, article);
    leave_out_tools(&mut written);
    let mut parts: Vec<Part> = written.into_iter().map(|written| written.part).collect();
    // A heading alone is no text if a script should fill in the page.
    let is_text =
        |part: &Part| part.is_read() && !matches!(part, Part::Paragraph(Role::Heading(_), _));
    if !parts.iter().any(is_text)
        && let Some(error) = why_empty(page)
    {
        return Err(error);
    }
    if !parts.iter().any(Part::is_read) {
        return Err(ExtractError::Empty);
    }
    let is_title = |part: &Part| matches!(part, Part::Paragraph(Role::Heading(1), _));
    let mut above = None;
    if !parts.iter().any(is_title) {
        above = title(&parsed, article);
        above.iter().for_each(|title| put_title(&mut parts, title.clone()));
    }
    leave_out_around(&parsed, article, above.as_deref(), &mut parts);
    Ok(compose(parts))
}

/// The complete content of a page that has no menus, in a mail or book.
pub(crate) fn whole(page: &str) -> Vec<Part> {
    let tamed = tame::tame(page);
    let parsed = Html::parse_document(&tamed);
    let parsed = Page::of(&parsed);
    let body = parsed.items.iter().position(|item| item.name == "body").unwrap_or(0);
    write::parts(&parsed, body).into_iter().map(|written| written.part).collect()
}

/// Why a page contains no text although a browser shows some.
fn why_empty(page: &str) -> Option<ExtractError> {
    if has_tag(page, "frame") || has_tag(page, "iframe") {
        Some(ExtractError::Frames)
    } else if has_tag(page, "script") {
        Some(ExtractError::Scripted)
    } else {
        None
    }
}

/// Whether a start tag begins with a name.
fn has_tag(page: &str, name: &str) -> bool {
    let page = page.as_bytes();
    memchr::memchr_iter(b'<', page).any(|at| {
        page.get(at + 1..at + 1 + name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
    })
}

/// Leaves out lines that are tools of the site, judging by their words and by the links before the
/// text and behind it.
fn leave_out_tools(written: &mut [Written]) {
    let first = written.iter().position(begins_text).unwrap_or(0);
    let is_last = |written: &Written| {
        begins_text(written) || written.part.text().contains(['。', '；', '，'])
    };
    let last = written.iter().rposition(is_last).unwrap_or(written.len());
    for (at, written) in written.iter_mut().enumerate() {
        let Part::Paragraph(role, _) = &written.part else { continue };
        let is_line = !matches!(role, Role::Heading(_));
        let text = written.part.text();
        let is_short = text.chars().count() <= 80;
        let is_menu = is_line && written.is_linked && is_short && (at < first || at > last);
        let is_imprint = at < first && is_short && is_imprint(&text);
        if is_tool_line(&text) || is_menu || is_imprint {
            written.part = Part::LeftOut(write::MENU, written.part.whole_text());
        }
    }
}

/// Whether text begins at a part: a heading, a table or a label.
fn begins_text(written: &Written) -> bool {
    matches!(written.part, Part::Paragraph(Role::Heading(_), _) | Part::Table(_))
        || page::is_label(written.part.text().trim_start())
}

/// A line with date and source of publication: 發布時間：2024-05-06 來源：某局.
fn is_imprint(text: &str) -> bool {
    ["发布", "發布", "發佈", "发文", "更新", "来源", "來源", "发稿", "發稿"].iter().any(|word| {
        text.strip_prefix(word).is_some_and(|rest| {
            let rest = ["时间", "時間", "日期"]
                .iter()
                .find_map(|word| rest.strip_prefix(word))
                .unwrap_or(rest);
            rest.starts_with(['：', ':'])
        })
    })
}

/// Lists the text around the article, except the title found there.
fn leave_out_around(page: &Page<'_>, article: usize, title: Option<&str>, parts: &mut Vec<Part>) {
    let body = page.items.iter().position(|item| item.name == "body").unwrap_or(0);
    let mut before = text_between(page, body..article);
    if let Some(title) = title {
        before = before.replacen(title, "", 1).trim().to_owned();
    }
    let after = text_between(page, page.items[article].end..page.items.len());
    if !before.is_empty() {
        parts.insert(0, Part::LeftOut(write::MENU, before));
    }
    if !after.is_empty() {
        parts.push(Part::LeftOut(write::MENU, after));
    }
    // A frame beside the article may show part of it.
    let around = page
        .items
        .iter()
        .enumerate()
        .filter(|(at, item)| !item.dropped && !(article..page.items[article].end).contains(at));
    let frames = around.filter(|(_, item)| item.meaning() == Some("frame"));
    parts.extend(frames.map(|_| Part::LeftOut(write::FRAME, String::new())));
}

/// The text of a range of items, as one line.
fn text_between(page: &Page<'_>, range: std::ops::Range<usize>) -> String {
    let texts = page.items.get(range).unwrap_or_default().iter().map(|item| item.text);
    write::line(&texts.collect::<Vec<_>>().join("\n"))
}

/// Whether a line shows the position in the site, or offers tools. Many pages mark such lines with
/// no class, so the words decide.
fn is_tool_line(text: &str) -> bool {
    let length = text.chars().count();
    let bare = text.trim_start_matches(['【', '[', '［', '■', ' ']);
    let place = [
        "当前位置",
        "當前位置",
        "您的位置",
        "你的位置",
        "您现在的位置",
        "您所在的位置",
        "現在位置",
        "目前位置",
    ];
    let tool = [
        "打印",
        "列印",
        "关闭",
        "關閉",
        "字体：",
        "字體：",
        "字号：",
        "字號：",
        "字体:",
        "分享到",
        "分享至",
        "返回顶部",
        "返回頂部",
    ];
    length <= 80 && place.iter().any(|word| bare.starts_with(word))
        || length <= 24
            && !text.ends_with(['。', '；'])
            && tool.iter().any(|word| {
                bare.strip_prefix(word).is_some_and(|rest| {
                    word.ends_with(['：', ':'])
                        || rest.is_empty()
                        || rest.starts_with([
                            '：', ':', '】', ']', '］', ' ', '本', '页', '頁', '窗', '\u{3000}',
                        ])
                })
            })
}

/// The title outside the article: its heading, otherwise the title in the head of the page.
fn title(page: &Page<'_>, article: usize) -> Option<String> {
    let declared = declared_title(page);
    let headings = (0..page.items.len()).filter(|&at| page.items[at].name == "h1");
    let mut in_header = None;
    for at in headings {
        let text = text_of(page, at);
        if text.is_empty() {
            continue;
        }
        if !page.items[at].dropped {
            let logo = std::iter::once(at).chain(page.ancestors(at)).take(3).any(|up| {
                let names = [page.items[up].attribute("class"), page.items[up].attribute("id")];
                names.iter().flatten().any(|names| names.to_lowercase().contains("logo"))
            });
            if !logo && at < article {
                return Some(text);
            }
        } else if let Some(declared) = &declared
            && squeezed(&text) == squeezed(declared)
        {
            in_header = Some(text);
        }
    }
    in_header.or(declared).or_else(|| classed_title(page, article))
}

/// The nearest text before the article that a class or id marks as the title.
fn classed_title(page: &Page<'_>, article: usize) -> Option<String> {
    let is_title =
        |item: &page::Item<'_>| !item.dropped && item.end <= article && is_classed_title(item);
    let nearest = page.items[..article].iter().rposition(is_title)?;
    Some(text_of(page, nearest)).filter(|text| (1..=100).contains(&text.chars().count()))
}

fn is_classed_title(item: &page::Item<'_>) -> bool {
    let names = [item.attribute("class"), item.attribute("id")];
    let is_title = |word: &str| matches!(word, "title" | "tit");
    names.into_iter().flatten().any(|names| page::has_word(names, is_title))
}

/// The longest part of a title, of equals the first.
fn longest<'p>(parts: impl DoubleEndedIterator<Item = &'p &'p str>) -> Option<&'p str> {
    parts.rev().max_by_key(|part| part.chars().count()).copied()
}

/// The title in the head of the page, without the site's name.
fn declared_title(page: &Page<'_>) -> Option<String> {
    let named =
        |name: &'static str| (0..page.items.len()).filter(move |&at| page.items[at].name == name);
    let metas = named("meta").map(|at| &page.items[at]).filter(|item| {
        let kind = item.attribute("property").or_else(|| item.attribute("name")).unwrap_or("");
        // Government sites in China use the second name.
        kind.eq_ignore_ascii_case("og:title") || kind.eq_ignore_ascii_case("ArticleTitle")
    });
    let given = metas
        .filter_map(|item| item.attribute("content").map(str::to_owned))
        .chain(named("title").take(1).map(|at| text_of(page, at)));
    let body = named("body").next().unwrap_or(0);
    let read = page.items[body..].iter().filter(|item| !item.dropped);
    let printed = squeezed(&read.map(|item| item.text).collect::<String>());
    for given in given.take(MOST_TITLES) {
        let given = write::line(&given);
        if !given.is_empty() && printed.contains(&squeezed(&given)) {
            return Some(given);
        }
        let parts: Vec<&str> = parts(&given);
        // A part that the page prints too is more likely the article's title than the site's name.
        let printed_too = parts.iter().filter(|part| printed.contains(&squeezed(part)));
        if let Some(part) = longest(printed_too).or_else(|| longest(parts.iter())) {
            return Some(part.to_owned());
        }
    }
    None
}

/// The parts of a page's title: article, column, site.
fn parts(title: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, c) in title.char_indices() {
        let after = at + c.len_utf8();
        let splits = match c {
            '|' | '_' | '»' | '｜' => true,
            // Dashes occur inside titles too: 2021-2025年.
            '-' | '–' | '—' => {
                let before = title[..at].chars().next_back();
                let behind = title[after..].chars().next();
                [before, behind]
                    .iter()
                    .flatten()
                    .all(|c| is_han(*c) || c.is_whitespace() || "》）」”".contains(*c))
            }
            _ => false,
        };
        if splits {
            parts.push(title[from..at].trim());
            from = after;
        }
    }
    parts.push(title[from..].trim());
    parts.retain(|part| !part.is_empty());
    parts.truncate(MOST_PARTS);
    parts
}

/// Puts the title first. A paragraph near the top with the same words becomes the title.
fn put_title(parts: &mut Vec<Part>, title: String) {
    let wanted = squeezed(&title);
    let heading = |text: String| Part::paragraph(Role::Heading(1), Rich::of(&text));
    for from in 0..parts.len().min(TOP) {
        if !parts[from].is_read() {
            continue;
        }
        let mut read = String::new();
        // Long titles span several lines.
        for to in from..parts.len().min(from + 4) {
            read.push_str(&squeezed(&parts[to].text()));
            if read == wanted {
                parts.splice(from..=to, [heading(title)]);
                return;
            }
            if !wanted.starts_with(&read) {
                break;
            }
        }
    }
    parts.insert(0, heading(title));
}

/// The text of an element, dropped or not, as one line.
fn text_of(page: &Page<'_>, at: usize) -> String {
    let texts = page.items[at..page.items[at].end].iter();
    write::line(
        &texts.map(|item| if item.name == "br" { "\n" } else { item.text }).collect::<String>(),
    )
}

/// A text without white space and invisible characters, for comparison.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !write::is_invisible(*c)).collect()
}
