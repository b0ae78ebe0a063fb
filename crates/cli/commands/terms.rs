use std::fmt::Display;
use std::io::Write;
use std::path::Path;

use tiaowen_compare::export::LanguageTags;
use tiaowen_compare::{Proposal, export, matching, mine};
use tiaowen_corpus::{DocumentText, Relation};
use tiaowen_index::IndexReader;
use tiaowen_terms::{Degree, Direction, Entry, TermTable, check, tbx, tbx_languages};

use crate::args::{Format, Mine, Terms, TermsAction, TermsFormat};
use crate::failure::{Failure, Outcome};
use crate::language::words;
use crate::output::Output;
use crate::terminal::{BOLD, DIM, safe, wrapped_line};
use crate::wording;
use tiaowen_wire::{EntryJson, ProposalJson, entries_holding, write};
use tiaowen_words::{degree, fill, name, region};

pub(crate) fn run(args: &Terms, out: &Output) -> Result<Outcome, Failure> {
    let table = super::terms(args.terms.as_deref())?;
    match &args.action {
        TermsAction::List { term, format } => list(&table, term.as_deref(), *format, out),
        TermsAction::Check => checked(&table, out),
        TermsAction::Export { format, tag } => {
            let mut data = out.data();
            match format {
                TermsFormat::Tbx => data.write_all(in_tbx(&table, tag)?.as_bytes())?,
                TermsFormat::Csv => write::entries_csv(table.entries(), &mut data)?,
            }
            data.flush()?;
            Ok(Outcome::Done)
        }
        TermsAction::Mine(mine) => mined(mine, &table, out),
    }
}

/// The table in TBX, with language tags replaced.
fn in_tbx(table: &TermTable, tags: &[String]) -> Result<String, Failure> {
    let tags = LanguageTags::read(tags).unwrap_or_default();
    let languages: Vec<&str> = tbx_languages().collect();
    if let Some(unknown) = tags.replaced().find(|tag| !languages.contains(tag)) {
        let known = languages.join(&words().notes.comma);
        let values: [(&str, &dyn Display); 2] = [("tag", &safe(unknown)), ("known", &known)];
        return Err(Failure::Input(fill(&words().terminal.no_tag, &values)));
    }
    Ok(tbx(table, |language| tags.of(language).to_owned()))
}

fn list(
    table: &TermTable,
    term: Option<&str>,
    format: Format,
    out: &Output,
) -> Result<Outcome, Failure> {
    let entries = entries_holding(table, term);
    match format {
        Format::Text => {
            let columns = out.columns();
            let mut to = out.text();
            for entry in &entries {
                writeln!(to, "{}", wrapped_line(&named(entry), columns, ""))?;
                writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&about(entry), columns, "    "))?;
            }
            let total = words().counted.entries.of(entries.len() as u64);
            writeln!(to, "{DIM}{total}{DIM:#}")?;
        }
        Format::Json => {
            let all: Vec<EntryJson<'_>> = entries.iter().map(|entry| (*entry).into()).collect();
            out.json(&all)?;
        }
        Format::Jsonl => {
            let entries = entries.iter().map(|entry| EntryJson::from(*entry));
            write::jsonl(entries, &mut out.data())?;
        }
        Format::Csv => write::entries_csv(entries.iter().copied(), &mut out.data())?,
    }
    Ok(if entries.is_empty() { Outcome::Nothing } else { Outcome::Done })
}

/// The terms of an entry, with the region of each side.
pub(super) fn named(entry: &Entry) -> String {
    let arrow = match (&entry.degree, entry.direction) {
        (Degree::Nearest, _) => " ≈ ",
        (_, Direction::Both) => " ⇄ ",
        (_, Direction::FromHongKong) => " → ",
        (_, Direction::FromMainland) => " ← ",
    };
    let w = &words().terms;
    let english =
        (!entry.english.is_empty()).then(|| format!("{} {}", w.english, entry.english.join("·")));
    let sides = entry.sides().into_iter().filter(|(_, terms)| !terms.is_empty());
    let sides = sides.map(|(of, terms)| format!("{} {}", region(words(), of), terms.join("·")));
    english.into_iter().chain(sides).collect::<Vec<_>>().join(arrow)
}

/// The degree, the field, and the sources of an entry.
pub(super) fn about(entry: &Entry) -> String {
    let w = words();
    let degree = degree(w, &entry.degree);
    let source = entry.attested.as_deref().unwrap_or(&w.terminal.known);
    format!("{degree} · {} · {source}", name(&w.fields, &entry.domain))
}

fn checked(table: &TermTable, out: &Output) -> Result<Outcome, Failure> {
    let problems = check(table);
    let errors = problems.iter().filter(|problem| problem.is_error()).count();
    let (w, counted) = (&words().terminal, &words().counted);
    let mut to = out.text();
    for problem in &problems {
        let sort = if problem.is_error() { &w.error_of } else { &w.note_of };
        let line = fill(sort, &[("problem", &wording::term_problem(problem))]);
        writeln!(to, "{}", wrapped_line(&line, out.columns(), ""))?;
    }
    let counts = [
        counted.entries.of(table.entries().len() as u64),
        counted.errors.of(errors as u64),
        counted.notes.of((problems.len() - errors) as u64),
    ];
    writeln!(to, "{}", counts.join(&w.comma))?;
    Ok(if errors > 0 { Outcome::Nothing } else { Outcome::Done })
}

/// The documents of a file. The error names the file.
fn documents_of(file: &Path) -> Result<Vec<DocumentText>, Failure> {
    super::clauses::read(file).map_err(|reason| Failure::of_file(file, &reason))
}

fn mined(args: &Mine, table: &TermTable, out: &Output) -> Result<Outcome, Failure> {
    let pairs = pairs(args)?;
    let proposals: Vec<Proposal> = mine(pairs.iter().map(|(l, r)| (l, r)), table)
        .into_iter()
        .filter(|proposal| proposal.count >= args.least && (args.all || !proposal.known))
        .collect();
    let json = proposals.iter().map(ProposalJson::from);
    match args.format {
        Format::Text => print_proposals(&proposals, pairs.len(), out)?,
        Format::Json => out.json(&json.collect::<Vec<_>>())?,
        Format::Jsonl => write::jsonl(json, &mut out.data())?,
        Format::Csv => proposals_csv(&proposals, &mut out.data())?,
    }
    Ok(if proposals.is_empty() { Outcome::Nothing } else { Outcome::Done })
}

/// The pairs to mine: the two files given, or those of the index.
fn pairs(args: &Mine) -> Result<Vec<(DocumentText, DocumentText)>, Failure> {
    let (Some(left), Some(right)) = (&args.left, &args.right) else {
        return of_index(&*args.folder.place()?.open()?);
    };
    let (mut lefts, mut rights) = (documents_of(left)?, documents_of(right)?);
    let (l, r) =
        matching(&lefts, &rights).map_err(|_| Failure::Input(words().terminal.no_match.clone()))?;
    Ok(vec![(lefts.swap_remove(l), rights.swap_remove(r))])
}

/// Prints each proposal with its contexts, and how many there are from how many pairs.
fn print_proposals(proposals: &[Proposal], pairs: usize, out: &Output) -> Result<(), Failure> {
    let (w, counted) = (&words().terminal, &words().counted);
    let columns = out.columns();
    let mut to = out.text();
    for proposal in proposals {
        let count = match proposal.known {
            true => fill(&w.times_known, &[("n", &proposal.count)]),
            false => format!("×{}", proposal.count),
        };
        let line = format!("{} ⇄ {}", proposal.hant, proposal.hans);
        writeln!(to, "{BOLD}{line}{BOLD:#} {DIM}{count}{DIM:#}")?;
        for context in &proposal.contexts {
            let line = format!("{}: {} / {}", context.place, context.hant, context.hans);
            writeln!(to, "{DIM}{}{DIM:#}", wrapped_line(&line, columns, "    "))?;
        }
    }
    let proposals = counted.proposals.of(proposals.len() as u64);
    let pairs = counted.pairs.of(pairs as u64);
    let total = fill(&w.from_pairs, &[("proposals", &proposals), ("pairs", &pairs)]);
    writeln!(to, "{DIM}{total}{DIM:#}")?;
    Ok(())
}

/// Proposals as a table, each with its first context.
fn proposals_csv(proposals: &[Proposal], to: &mut impl Write) -> std::io::Result<()> {
    let columns = ["hant", "hans", "count", "known", "place", "around_hant", "around_hans"];
    let rows = proposals.iter().map(|proposal| {
        let first = proposal.contexts.first();
        vec![
            proposal.hant.clone(),
            proposal.hans.clone(),
            proposal.count.to_string(),
            proposal.known.to_string(),
            first.map(|context| context.place.clone()).unwrap_or_default(),
            first.map(|context| context.hant.clone()).unwrap_or_default(),
            first.map(|context| context.hans.clone()).unwrap_or_default(),
        ]
    });
    export::table(&columns, rows, to)
}

/// The pairs of an index in two scripts that are the best match of each other.
fn of_index(index: &dyn IndexReader) -> Result<Vec<(DocumentText, DocumentText)>, Failure> {
    let versions = index.versions()?;
    let mut pairs = Vec::new();
    for pair in &versions.pairs {
        if pair.relation != Relation::OtherScript || pair.clauses.is_empty() {
            continue;
        }
        let (left, right) = (index.document(&pair.left)?, index.document(&pair.right)?);
        pairs.extend(left.zip(right));
    }
    Ok(pairs)
}
