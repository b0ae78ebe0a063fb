use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::html;
use crate::ExtractError;

fn read(page: &str) -> String {
    html(page).unwrap()
}

#[test]
fn government_notice() {
    let page = r#"<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">
<title>关于印发《数据管理办法》的通知_政策文件_某某市人民政府</title>
<style>.nav{color:red}</style><script>var a = "</div><p>脚本</p>";</script></head>
<body class="page-sidebar"><div class="header"><h1 class="logo">某某市人民政府</h1>
<div class="mainNav"><ul><li><a href="/">首页</a></li><li><a href="/zw">政务公开</a></li></ul></div>
<form class="search"><input name="q"><button>搜索</button></form></div>
<div class="bread-crumb">首页 &gt; 政务公开</div><div class="con"><div class="weizhi">您现在的位置：<a>首页</a>&gt;文件</div>
<div class="tit">关于印发《数据管理办法》<br>的通知</div><div class="tools">【字体：<a>大</a> <a>中</a> <a>小</a>】</div>
<div id="zoom"><p>　　各区人民政府，各委、办、局：</p><p style="text-indent:2em">&nbsp;&nbsp;现将《数据管理办法》印发给你们，
    请认真<b>贯彻</b>执行。</p><p>　　第一条　为了规范数据管理，制定本办法。</p><p>　　（一）公开透明；</p></div>
<p class="print">【打印本页】</p></div>
<div class="footer"><p>主办：某某市人民政府办公室 版权所有，未经许可不得转载</p></div></body></html>"#;
    assert_eq!(
        read(page),
        "# 关于印发《数据管理办法》的通知\n\n各区人民政府，各委、办、局：\n\n\
         现将《数据管理办法》印发给你们，请认真贯彻执行。\n\n\
         第一条　为了规范数据管理，制定本办法。\n\n（一）公开透明；\n"
    );
}

#[test]
fn press_page() {
    let page = r#"<html><head><title>兩地簽署合作備忘錄 - 香港某報</title>
<meta property="og:title" content="兩地簽署合作備忘錄"></head><body>
<header><a>香港某報</a><nav><a>要聞</a><a>港聞</a></nav></header>
<main><article><header><h1>兩地簽署合作<br>備忘錄</h1><time>2021-09-06</time></header>
<div class="share-buttons"><a>Facebook</a><span>分享給朋友</span></div>
<figure><img src=a.jpg><figcaption>簽署儀式。</figcaption></figure>
<p>香港某報訊（記者 陳大文）雙方昨日簽署備忘錄，
內容包括兩<span>項</span>：</p><h2>合作範圍</h2><ul><li>金融科技</li><li>（二）醫療</li></ul>
<blockquote>「這是新一步。」</blockquote><p style="DISPLAY: none">隱藏</p>
<section class="relatedNews"><h3>相關新聞</h3><ul><li><a>其他新聞</a></li></ul></section></article></main>
<aside>熱門</aside><footer>版權所有</footer></body></html>"#;
    assert_eq!(
        read(page),
        "# 兩地簽署合作備忘錄\n\n2021-09-06\n\n簽署儀式。\n\n\
         香港某報訊（記者 陳大文）雙方昨日簽署備忘錄，內容包括兩項：\n\n## 合作範圍\n\n\
         ■ 金融科技\n\n（二）醫療\n\n「這是新一步。」\n"
    );
}

#[test]
fn paragraphs_by_line_breaks_in_a_layout_table() {
    let page = "<TITLE>協議書</TITLE><table><tr><td width=20%><a>首頁</a><br><a>法規</a><td>
        <FONT size=2>　　甲、乙雙方協議如下：<BR>　　第一條　甲方應於簽約後十日內付款。<br/>
        　　第二條　本協議一式兩份，雙方各執一份。<br><br>　　2003年6月29日</FONT></table>";
    assert_eq!(
        read(page),
        "# 協議書\n\n甲、乙雙方協議如下：\n\n第一條　甲方應於簽約後十日內付款。\n\n\
         第二條　本協議一式兩份，雙方各執一份。\n\n2003年6月29日\n"
    );
}

#[test]
fn tables_and_lists() {
    let page = "<article><h1>附件</h1><table><caption>收費表</caption><thead><tr><th>項目<th>金額（元）</thead>
        <tr><td><p>登記費</p><p>每宗</p><td>100<tr><td><td>只有一格</table>
        <ol start=3 type=a><li>甲方<li value=6>第六條 乙方<ol type=I><li>分項</ol><li>丙方</ol>
        <ol style='list-style-type: none'><li>無號</ol><dl><dt>定義<dd>「工作日」指公眾假期以外的日子。</dl>
        <pre>第一行\n第二行</pre></article>";
    assert_eq!(
        read(page),
        "# 附件\n\n收費表\n\n項目\t金額（元）\n\n登記費 每宗\t100\n\n只有一格\n\nc. 甲方\n\n\
         第六條 乙方\n\nI. 分項\n\ng. 丙方\n\n無號\n\n定義\n\n「工作日」指公眾假期以外的日子。\n\n\
         第一行\n\n第二行\n"
    );
}

#[test]
fn chapters_in_elements_of_their_own_stay_together() {
    let text = "本章的规定，适用于双方在本协议有效期内的一切往来。".repeat(12);
    let chapter =
        |number: &str| format!("<div><div><div><p>第{number}章</p><p>{text}</p></div></div></div>");
    let page = format!(
        "<body><div class=top-menu><a>首页</a></div><div>{}{}{}</div><div><ul><li><a>链接</a></ul></div></body>",
        chapter("一"),
        chapter("二"),
        chapter("三").repeat(3)
    );
    let found = read(&page);
    assert!(found.starts_with("第一章\n\n本章"), "{found}");
    assert_eq!(found.matches('章').count() - found.matches("本章").count(), 5);
    assert!(!found.contains("链接") && !found.contains("首页"));
}

#[test]
fn class_words_are_whole_and_never_take_most_of_the_page() {
    let page = "<div class='content-navigation'>目录</div><div class=commentary>評述如下。</div>
        <div class=shareholders>股東名冊。</div><div id=mainMenuBox>選單</div>";
    assert_eq!(read(page), "評述如下。\n\n股東名冊。\n");
    assert_eq!(
        read("<div class=comment><p>全文在此，別無他處。</p></div><p>尾</p>"),
        "全文在此，別無他處。\n"
    );
}

#[test]
fn titles() {
    let title = |title: &str, body: &str| read(&format!("<title>{title}</title>{body}"));
    assert_eq!(title("甲市 - 关于开放的意见", "<p>正文。</p>"), "# 关于开放的意见\n\n正文。\n");
    assert_eq!(
        title("2021-2025年规划_网", "<h3>2021-2025年规划</h3><p>正文。</p>"),
        "# 2021-2025年规划\n\n正文。\n"
    );
    assert_eq!(title("甲乙丙丁戊己网|简章", "<p>简章</p><p>正文。</p>"), "# 简章\n\n正文。\n");
    let text = "<p>第一条，双方合作。</p>".repeat(3);
    let page =
        format!("<div><div class=artTitle>合作协议</div><i>来源：网</i><div>{text}</div></div>");
    assert!(read(&page).starts_with("# 合作协议\n\n第一条"));
    // A heading outside the article goes before it, but not the site's name.
    let page = "<div class=top><h1>某某网</h1></div><h1>章程</h1><article><p>正文。</p></article>";
    assert_eq!(read(&page.replace("top", "logo")), "# 章程\n\n正文。\n");
}

#[test]
fn fragments_and_characters() {
    assert_eq!(
        read("第&#x4e00;&#26465;&nbsp;A&amp;B&lt;C&hellip;&#x2014;\u{ad}\u{200b}完"),
        "第一条 A&B<C…—完\n"
    );
    assert_eq!(read("<p>a\nb 甲\n乙，\nc</p>1 < 2 <3"), "a b 甲乙，c\n\n1 < 2 <3\n");
    assert_eq!(
        read("<p># 甲<p>#乙<p>+++<p>&lt;!-- 丙<p>丁&#x2028;戊"),
        "\\# 甲\n\n#乙\n\n\\+++\n\n\\<!-- 丙\n\n丁\n\n戊\n"
    );
    let big = "&amp;".repeat(100_000);
    assert_eq!(read(&big).trim_end().len(), 100_000);
    for empty in [
        "",
        " \n",
        "<!-- a -->",
        "<nav>甲</nav>",
        "<p hidden>甲",
        "<script>甲",
        "<title>甲</title>",
    ] {
        assert_eq!(html(empty), Err(ExtractError::Empty), "{empty}");
    }
    // What is never ended hides nothing but itself.
    assert_eq!(read("<svg><p>甲</p><button>乙<p>丙"), "甲\n\n乙\n\n丙\n");
}

#[test]
fn hostile_pages() {
    let pages = [
        format!("{}甲", "<div>".repeat(10_000)),
        (0..10_000).map(|n| format!("<div><p>{n}甲")).collect(),
        "<b>".repeat(350_000) + "甲",
        "<b><p>甲".repeat(120_000),
        (0..40_000).map(|n| format!("<font color={n}><p>甲")).collect(),
        "<table><tr><td>甲".repeat(60_000),
        "<table>甲<b>".repeat(60_000),
        "<a><div>甲</a>".repeat(70_000),
        "<li><dd><h1>甲".repeat(60_000),
        "<span>甲</p></div>".repeat(60_000),
        format!("甲<p {}>", (0..150_000).map(|n| format!("a{n} ")).collect::<String>()),
        "<!---->甲".repeat(100_000),
        "<!--甲".repeat(150_000) + "-->乙",
        "甲<script></scrip>".repeat(50_000),
        "<svg>甲".repeat(100_000),
        "<header><h2>甲".repeat(60_000) + "</h2>",
        format!("<table>{}</table>", "<tr><td>甲<td>乙".repeat(50_000)),
        format!("<p>甲{}", "<".repeat(1_000_000)),
        format!("甲{}", "<x a='".repeat(150_000)),
        "<h1>".to_owned() + &"甲<br>".repeat(200_000),
        "<title>甲-乙_".repeat(60_000) + "</title><p>丙",
        "<p>甲</p><ol>".repeat(60_000),
        format!("甲<!--a{}", "-".repeat(1_000_000)),
        format!("<title>{}</title><p>{}", "甲_".repeat(100_000), "乙".repeat(200_000)),
        "<meta name=ArticleTitle content='|_'>".repeat(15_000) + &"甲|".repeat(100_000),
    ];
    for page in pages {
        let start = Instant::now();
        let _ = html(&page);
        let took = start.elapsed();
        let name: String = page.chars().take(40).collect();
        // What takes the square of its length takes minutes; a busy machine takes seconds.
        assert!(took < Duration::from_secs(20), "{name}: {took:?}");
    }
}

fn soup() -> impl Strategy<Value = String> {
    let names = "a b p br div span li ul ol dl dd dt table caption tr td th tbody colgroup col select option svg math \
        mi template form button body html head title frameset h1 h2 pre font nobr script style noscript \
        textarea header footer nav article main iframe plaintext image input hr object marquee ruby rt";
    let name = prop::sample::select(names.split_whitespace().collect::<Vec<_>>());
    let tag = (name, 0..6).prop_map(|(name, kind)| match kind {
        0 | 1 => format!("</{name}>"),
        2 => format!("<{name} class='menu nav' id=\"a'b\" hidden>"),
        _ => format!("<{name}>"),
    });
    let text = prop::sample::select(vec![
        "甲乙",
        "第一條 ",
        "\n",
        "　",
        "<",
        "&",
        "<!--",
        "-->",
        "a",
        "\0",
    ]);
    prop::collection::vec(prop_oneof![3 => tag, 2 => text.prop_map(str::to_owned)], 0..60)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_text(page in any::<String>()) {
        let _ = html(&page);
    }

    #[test]
    fn paragraphs_of_an_article_come_out(
        texts in prop::collection::vec("[甲乙丙丁第一二條款約，。；A-Za-z0-9()（）]{1,30}", 1..8),
        menu in "[甲乙丙丁]{1,6}",
        around in prop::sample::select(vec!["", "<div class=content>", "<section>", "<div><div>"]),
    ) {
        let inside: String = texts.iter().map(|text| format!("<p>{text}</p>\n")).collect();
        let page = format!(
            "<!DOCTYPE html><title></title><nav><a>{menu}</a></nav>\
             <article>{around}{inside}</article><footer>{menu}</footer>"
        );
        prop_assert_eq!(html(&page), Ok(texts.join("\n\n") + "\n"));
    }

    #[test]
    fn any_tags(page in soup()) {
        if let Ok(found) = html(&page) {
            prop_assert!(found.ends_with('\n') && !found.trim().is_empty());
        }
    }
}
