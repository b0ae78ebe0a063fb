use std::time::{Duration, Instant};

use proptest::prelude::*;

use tiaowen_blocks::DroppedKind;

use super::html;
use crate::ExtractError;
use crate::compose::shown;

fn read(page: &str) -> String {
    shown(&html(page).unwrap())
}

/// The left-out content of a page: kinds and texts.
fn left_out(page: &str) -> Vec<(DroppedKind, String)> {
    let found = html(page).unwrap();
    let texts =
        found.left_out.iter().map(|left| (left.kind, found.text[left.span.clone()].to_owned()));
    texts.collect()
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
    // A heading outside the article is put before it, but not the site's name.
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
        "# 甲\n\n#乙\n\n+++\n\n<!-- 丙\n\n丁\n\n戊\n"
    );
    let big = "&amp;".repeat(100_000);
    assert_eq!(read(&big).trim_end().len(), 100_000);
    for empty in ["", " \n", "<!-- a -->", "<nav>甲</nav>", "<p hidden>甲", "<title>甲</title>"]
    {
        assert_eq!(html(empty), Err(ExtractError::Empty), "{empty}");
    }
    // An element that is never closed hides nothing but itself.
    assert_eq!(read("<svg><p>甲</p><button>乙<p>丙"), "甲\n\n乙\n\n丙\n");
}

#[test]
fn provisions_in_containers_of_their_own_stay_together() {
    let title = "<title>代理協議</title><h1>代理協議</h1>";
    let long = "爭議提交仲裁機構解決，費用由敗訴方負擔，仲裁裁決對雙方均有約束力。";
    for page in [
        format!(
            "<div>{title}</div><div><div><p>第一條 甲方委託。</p></div></div><div><div><p>第二條 乙方答覆。</p></div></div><div><p>第三條 {long}</div>"
        ),
        format!(
            "{title}<table><tr><td>第一條 甲方委託。</table><table><tr><td>第二條 乙方答覆。</table><table><tr><td>第三條 {long}</table>"
        ),
        format!(
            "{title}<div><p>第一條 甲方委託。</div><div><p>第二條 乙方答覆。<ul><li><a href=1>附件一</a><li><a href=2>附件二</a></ul></div><div><p>第三條 {long}</div>"
        ),
    ] {
        let found = read(&page);
        for text in ["第一條 甲方委託。", "第二條 乙方答覆。", "第三條 爭議"] {
            assert!(found.contains(text), "{found}");
        }
    }
    assert!(read("<h1>協議</h1><div><p>第一条 甲。<ul><li><a href=1>附件一</a></ul></div><div><p>第二条 乙。</div>").contains("附件一"));
}

#[test]
fn linked_provisions_are_no_menu() {
    let cited = |n: &str| {
        format!("<p>第{n}條 依照<a href=/l>《港口經營與貨物運輸代理管理條例》第一條</a>辦理。</p>")
    };
    let page = format!("<h1>協議</h1>{}{}{}", cited("一"), cited("二"), cited("三"));
    assert_eq!(read(&page).matches("辦理。").count(), 3);
    let anchors = "<h1>协议</h1><p><a name=1>第一条 甲方应当办理订舱。</a></p><p><a name=2>第二条 乙方付款。</a></p>";
    assert!(read(anchors).contains("第二条 乙方付款。"));
}

#[test]
fn raised_and_deleted_text() {
    let page = "<h1>協議</h1><p>第一條 面積800<sup>2</sup>米，10<sup>-6</sup>，甲<sup>註</sup>。</p>
        <p>第二條 雙方<del>不得</del><ins>可以</ins><s>舊</s>合作<span style='text-decoration: line-through'>廢</span>。</p>
        <p>第三條 <ruby>瑩<rp>(</rp><rt>jing4</rt><rp>)</rp></ruby>女士<span hidden>內部</span>出席。</p>";
    let found = read(page);
    assert!(found.contains("面積800²米，10⁻⁶，甲^註。"), "{found}");
    assert!(found.contains("第二條 雙方可以合作。"), "{found}");
    assert!(found.contains("第三條 瑩女士出席。"), "{found}");
    let all = left_out(page);
    let of = |kind: DroppedKind| -> Vec<&str> {
        all.iter().filter(|(found, _)| *found == kind).map(|(_, text)| text.as_str()).collect()
    };
    assert_eq!(of(DroppedKind::Deleted), ["不得", "舊", "廢"]);
    assert_eq!(of(DroppedKind::Hidden), ["內部"]);
    assert_eq!(of(DroppedKind::Other), ["(jing4)"]);
}

#[test]
fn notes_hang_on_their_marks() {
    let page = "<h1>協議</h1><p>第一條 五個工作日<sup><a href='#fn1'>1</a></sup>內提交。</p><p>第二條 完。</p>
        <ol><li id=fn1>工作日不含假日。</li></ol>";
    let source = html(page).unwrap();
    let tiaowen_blocks::Layout::Blocks(blocks) = &source.layout else { panic!() };
    let note = blocks.last().unwrap();
    assert_eq!(&source.text[note.span.clone()], "1. 工作日不含假日。");
    let tiaowen_blocks::BlockKind::Note { at } = note.kind else { panic!("{note:?}") };
    assert!(source.text[..at].ends_with("五個工作日") && source.text[at..].starts_with("內提交"));
}

#[test]
fn controls_are_read_as_they_are_seen() {
    let page = "<h1>合同</h1><p>第一条 租金<input value=8000>元，<input type=checkbox checked>含税<input type=checkbox>不含税。</p>
        <p>第二条 付款<select><option>现金<option selected>转账</select>，币种<select><option>人民币<option>港币</select>。</p>
        <p>第三条 备注：<textarea>按季支付</textarea>。<input type=hidden value=x><input type=submit value=提交></p>";
    let found = read(page);
    assert!(found.contains("租金8000元，☑含税☐不含税。"), "{found}");
    assert!(found.contains("付款转账，币种人民币。"), "{found}");
    assert!(found.contains("备注：按季支付。"), "{found}");
    assert!(!found.contains("提交"));
}

#[test]
fn cells_keep_their_paragraphs_and_columns() {
    let page = "<h1>協議</h1><table><tr><td colspan=2>第一章 總則<tr><td>第一條 甲方負責。<td>第二條 乙方不負責。
        <tr><td><p>（一）甲</p><p>（二）乙</p><td>無</table>";
    let source = html(page).unwrap();
    let tiaowen_blocks::Layout::Blocks(blocks) = &source.layout else { panic!() };
    let rows = blocks.iter().find_map(|block| match &block.kind {
        tiaowen_blocks::BlockKind::Table { rows } => Some(rows),
        _ => None,
    });
    let rows = rows.unwrap();
    assert_eq!(rows[0][0].columns, 2);
    assert_eq!(rows[2][0].blocks.len(), 2);
}

#[test]
fn columns_in_two_scripts_are_streams() {
    let row = |hant: &str, hans: &str| format!("<tr><td><p>{hant}<td><p>{hans}");
    let page = format!(
        "<table>{}{}{}</table>",
        row("青年交流合作協議", "青年交流合作协议"),
        row("第一條 雙方每年舉辦一次營地活動。", "第一条 双方每年举办一次营地活动。"),
        row("第二條 經費由主辦方負擔。", "第二条 经费由主办方负担。")
    );
    let found = read(&page);
    let order: Vec<usize> =
        ["第二條 經費", "青年交流合作协议"].iter().map(|text| found.find(text).unwrap()).collect();
    assert!(order[0] < order[1], "{found}");
    let source = html(&page).unwrap();
    let tiaowen_blocks::Layout::Blocks(blocks) = &source.layout else { panic!() };
    assert_eq!(blocks.iter().map(|block| block.stream).max(), Some(1));
}

#[test]
fn the_way_to_a_page_and_its_imprint_are_left_out() {
    let page = "<title>代理协议</title><div><a href=/>首页</a> &gt; <a href=/p>政策</a> &gt; 协议</div>
        <div>发布时间：2024-05-06 来源：港航局</div><h2 align=center>代理协议</h2><p>第一条 甲方委托乙方。</p>
        <p>第二条 乙方答复。</p><div><a href=1>上一篇</a> <a href=2>下一篇</a></div>";
    assert_eq!(read(page), "# 代理协议\n\n第一条 甲方委托乙方。\n\n第二条 乙方答复。\n");
    assert_eq!(left_out(page).len(), 3);
    assert!(left_out(page).iter().all(|(kind, _)| *kind == DroppedKind::Menu));
}

#[test]
fn pages_that_are_filled_elsewhere_are_refused() {
    let script = "<title>协议</title><h1>协议</h1><div id=c></div><script>fill()</script>";
    assert_eq!(html(script), Err(ExtractError::Scripted));
    let frames = "<frameset cols='20%,80%'><frame src=a.html><frame src=b.html></frameset>";
    assert_eq!(html(frames), Err(ExtractError::Frames));
    assert!(html("<h1>協議</h1><p>第一條 甲。</p><script>count()</script>").is_ok());
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
        // Quadratic work takes minutes; a busy machine takes seconds.
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
        prop_assert_eq!(read(&page), texts.join("\n\n") + "\n");
    }

    #[test]
    fn any_tags(page in soup()) {
        if let Ok(found) = html(&page) {
            prop_assert!(found.text.ends_with('\n') && !found.text.trim().is_empty());
        }
    }
}

#[test]
fn frames_pictures_and_embedded_files_are_reported() {
    let page = |inside: &str| {
        format!("<h1>供貨協議</h1><p>第一條 甲方交貨。</p>{inside}<p>第二條 完。</p>")
    };
    for (inside, reported) in [
        ("<iframe src=annex.html width=600 height=400></iframe>", true),
        ("<iframe src=annex.html></iframe>", true),
        ("<iframe src=count.html width=1 height=1></iframe>", false),
        ("<iframe src=count.html style='display:none'></iframe>", false),
        ("<object data=annex.pdf></object>", true),
        ("<embed src=annex.pdf>", true),
        ("<p><img src=scan.png></p>", true),
        ("<img src=icon.png width=16 height=16>", false),
        ("<svg><text>八百元</text></svg>", true),
        ("<svg><path d=M0></svg>", false),
    ] {
        let found = left_out(&page(inside));
        let unread = found.iter().filter(|(kind, _)| *kind == DroppedKind::Unreadable).count();
        assert_eq!(unread, usize::from(reported), "{inside}");
        assert!(read(&page(inside)).ends_with("第一條 甲方交貨。\n\n第二條 完。\n"), "{inside}");
    }
    let beside = "<body><article><h1>協議</h1><p>第一條 甲方交貨，乙方付款。</p></article><iframe src=a></iframe></body>";
    assert!(left_out(beside).iter().any(|(kind, _)| *kind == DroppedKind::Unreadable));
}

#[test]
fn buttons_that_open_a_provision_are_text_and_others_are_listed() {
    for (label, unit) in [("第一條", "第二條"), ("第一条", "第二条")] {
        let page = format!(
            "<h1>協議</h1><button>{label} 定義</button><div>貨物指物品。</div><h2><button>{unit} 價款</button></h2>
             <div>總價8000元。</div><button>列印</button>"
        );
        let found = read(&page);
        assert!(
            found.contains(&format!("{label} 定義")) && found.contains(&format!("{unit} 價款")),
            "{found}"
        );
        assert!(!found.contains("列印"), "{found}");
        assert_eq!(left_out(&page), [(DroppedKind::Menu, "列印".to_owned())]);
    }
}

#[test]
fn formulas_and_lists_numbered_by_style_are_read() {
    let page = "<h1>協議</h1><p>面積<math><msup><mn>10</mn><mn>3</mn></msup></math>平方米。</p>
        <ol style='list-style-type: cjk-ideographic'><li>甲方交貨。<li>乙方付款。</ol>";
    let found = read(page);
    assert!(found.contains("面積10³平方米。"), "{found}");
    assert!(found.contains("一、甲方交貨。\n\n二、乙方付款。"), "{found}");
}

#[test]
fn lines_below_a_forced_break_are_of_one_paragraph() {
    let begins = |page: &str| -> Vec<bool> {
        let found = html(page).unwrap();
        let tiaowen_blocks::Layout::Blocks(blocks) = found.layout else { panic!() };
        blocks.iter().map(|block| block.begins).collect()
    };
    assert_eq!(begins("<pre>第一條 甲方停\n放車輛。\n\n第二條 完。</pre>"), [true, false, true]);
    assert_eq!(begins("<p>第一條 甲方停<br>放車輛。<br><br>第二條 完。</p>"), [true, false, true]);
    assert_eq!(begins("<p>甲</p><p>乙</p>"), [true, true]);
}

#[test]
fn a_title_beside_the_article_is_not_listed_as_left_out() {
    let page = "<h1>辦法</h1><ol><li value=3>甲方交貨。<li>乙方付款，並負責運輸。</ol>";
    assert_eq!(read(page), "# 辦法\n\n3. 甲方交貨。\n\n4. 乙方付款，並負責運輸。\n");
    assert_eq!(left_out(page), []);
}
