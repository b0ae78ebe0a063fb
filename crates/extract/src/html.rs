//! Web pages: the article, not the menus.

use scraper::Html;
use tiaowen_text::is_han;

use crate::ExtractError;

mod page;
mod tame;
#[cfg(test)]
mod tests;
mod write;

use page::Page;
use write::Paragraph;

/// How many paragraphs from the top a title is looked for among.
const TOP: usize = 8;
/// How many titles the head of a page may give, and how many parts one may have: each is looked
/// for in the whole page.
const MOST_TITLES: usize = 8;
const MOST_PARTS: usize = 32;

/// The article of a web page as Markdown.
///
/// Menus, breadcrumbs, sidebars, share buttons, forms, footers and what is hidden are left
/// out. What remains is the page's one `<article>` or `<main>`, else the element that holds
/// the most text outside links. Headings get `#` marks; items of lists their numbers, or `■ `
/// where the text prints no label; rows of tables are paragraphs, their cells apart by tabs.
/// `<br>` ends a paragraph. The title stands first, taken from the page's `<title>` where no
/// heading of the first level gives it.
///
/// Elements nest 256 deep at most; what is deeper is read as lines. A paragraph that would be
/// read as a heading, a comment or front matter gets a `\` before it.
///
/// ```
/// use tiaowen_extract::{ExtractError, html};
/// let page = "<title>通知_某某市</title><div class=nav><a href=/>首页</a></div>
///     <h1>通知</h1><p>　　各区：<br>　　第一条&emsp;为了便民，
///     制定本办法。</p>";
/// assert_eq!(html(page).unwrap(), "# 通知\n\n各区：\n\n第一条 为了便民，制定本办法。\n");
/// assert_eq!(html("<script>1</script>"), Err(ExtractError::Empty));
/// ```
///
/// # Errors
/// [`ExtractError::Empty`] when it holds no text to read.
pub fn html(page: &str) -> Result<String, ExtractError> {
    let tamed = tame::tame(page);
    let parsed = Html::parse_document(&tamed);
    let page = Page::of(&parsed);
    let article = page.article();
    let mut paragraphs = write::paragraphs(&page, article);
    paragraphs.retain(|(_, text)| !is_tool_line(text));
    if paragraphs.is_empty() {
        return Err(ExtractError::Empty);
    }
    if paragraphs.iter().all(|(level, _)| *level != 1)
        && let Some(title) = title(&page, article)
    {
        put_title(&mut paragraphs, title);
    }
    let mut markdown = paragraphs.iter().map(write::markdown).collect::<Vec<_>>().join("\n\n");
    markdown.push('\n');
    Ok(markdown)
}

/// Where the reader is on the site, and what the page can be made to do: no class tells
/// these on many pages, but their words do.
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

/// The title that stands outside the article: its heading, else what the head of the page
/// tells.
fn title(page: &Page<'_>, article: usize) -> Option<String> {
    let told = told_title(page);
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
        } else if let Some(told) = &told
            && squeezed(&text) == squeezed(told)
        {
            in_header = Some(text);
        }
    }
    in_header.or(told).or_else(|| classed_title(page, article))
}

/// What a class or an id calls the title, nearest before the article.
fn classed_title(page: &Page<'_>, article: usize) -> Option<String> {
    let is_title = |at: &usize| {
        let item = &page.items[*at];
        let names = [item.attribute("class"), item.attribute("id")];
        !item.dropped
            && item.end <= article
            && names
                .iter()
                .flatten()
                .any(|names| page::has_word(names, |word| matches!(word, "title" | "tit")))
    };
    let nearest = (0..article).rev().find(is_title)?;
    Some(text_of(page, nearest)).filter(|text| (1..=100).contains(&text.chars().count()))
}

/// What the head of the page gives as title, without the site's name.
fn told_title(page: &Page<'_>) -> Option<String> {
    let named =
        |name: &'static str| (0..page.items.len()).filter(move |&at| page.items[at].name == name);
    let metas = named("meta").map(|at| &page.items[at]).filter(|item| {
        let kind = item.attribute("property").or_else(|| item.attribute("name")).unwrap_or("");
        // The second is what government sites in China write.
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
        // What the page prints too is likelier the article's title than the site's name. Of
        // parts of one length the first is.
        let longest = |is_printed: bool| {
            let these = parts.iter().rev();
            these
                .filter(|part| !is_printed || printed.contains(&squeezed(part)))
                .max_by_key(|part| part.chars().count())
        };
        if let Some(part) = longest(true).or_else(|| longest(false)) {
            return Some((*part).to_owned());
        }
    }
    None
}

/// The parts of a page's title: the article's, the column's, the site's.
fn parts(title: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, c) in title.char_indices() {
        let after = at + c.len_utf8();
        let splits = match c {
            '|' | '_' | '»' | '｜' => true,
            // Dashes stand within titles too: 2021-2025年.
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

/// Puts the title first; a paragraph near the top that says the same becomes it.
fn put_title(paragraphs: &mut Vec<Paragraph>, title: String) {
    let wanted = squeezed(&title);
    for from in 0..paragraphs.len().min(TOP) {
        let mut read = String::new();
        // Long titles are printed on several lines.
        for to in from..paragraphs.len().min(from + 4) {
            read.push_str(&squeezed(&paragraphs[to].1));
            if read == wanted {
                paragraphs.splice(from..=to, [(1, title)]);
                return;
            }
            if !wanted.starts_with(&read) {
                break;
            }
        }
    }
    paragraphs.insert(0, (1, title));
}

/// The text of an element, dropped or not, as one line.
fn text_of(page: &Page<'_>, at: usize) -> String {
    let texts = page.items[at..page.items[at].end].iter();
    write::line(
        &texts.map(|item| if item.name == "br" { "\n" } else { item.text }).collect::<String>(),
    )
}

/// Without white space and what isn't seen, to compare by.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !write::is_invisible(*c)).collect()
}
