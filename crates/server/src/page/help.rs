//! The help page: the query language, the keys, and the API.

use askama::Template;
use axum::response::Response;
use tiaowen_words::Words;

use super::address::Pairs;
use super::rendered;
use super::shell::{Here, Shell, Visitor};
use crate::App;
use crate::live::Snapshot;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage {
    shell: Shell,
    /// The notation, an example with its link, and the meaning.
    rows: Vec<(&'static str, String, &'static str)>,
}

pub(super) fn page(app: &App, snapshot: &Snapshot, visitor: &Visitor) -> Result<Response, Problem> {
    let w = &Words::of(visitor.ui).help;
    let shell = Shell::new(app, Some(snapshot), visitor, Here::Help, &w.title);
    let rows: [(&'static str, &'static str); 16] = [
        ("知識產權 保護", &w.words),
        ("「知識產權保護」", &w.phrase),
        ("\"知識產權 保護\"~5", &w.near),
        ("教育 OR 培訓", &w.either),
        ("教育 -培訓", &w.without),
        ("(教育 OR 培訓) 交流", &w.group),
        ("CEP*", &w.prefix),
        ("第三條第二款", &w.citation),
        ("title:合作", &w.field_title),
        ("number:38", &w.field_number),
        ("party:教育局", &w.field_party),
        ("place:香港", &w.field_place),
        ("unit:公安廳", &w.field_unit),
        ("date:2015..2017", &w.field_date),
        ("label:第十二條", &w.field_label),
        ("exact:質素", &w.field_exact),
    ];
    let link = |query: &str| visitor.to(app, "/", Pairs::default().with("q", query));
    let rows = rows.map(|(written, means)| (written, link(written), means)).into();
    rendered(visitor, &HelpPage { shell, rows })
}
