//! The words of errors and notes in the chosen language. Libraries have them in English. In
//! Chinese, they are looked up by variant, so the compiler finds one without words.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, ErrorKind};

use serde::Serialize;
use tiaowen_cluster::{ClusterError, ClusterReason};
use tiaowen_compare::export::ExportError;
use tiaowen_corpus::{Rule, SourceError, SourceReason};
use tiaowen_extract::ExtractError;
use tiaowen_index::{IndexError, Stamp, StampDifference, StampPart};
use tiaowen_indexer::{ReadError, RunError, SourceProblem, Unread, Wrong};
use tiaowen_meaning::{EndpointError, EndpointReason, FillError, MeaningFault, StoreError};
use tiaowen_query::{Note, QueryError};
use tiaowen_server::{KeyProblem, KeysError, LinksError, ProxiesError, RateError, ServeError};
use tiaowen_terms::TermError;
use tiaowen_text::{ConvertError, Segmenter};
use tiaowen_words::{Chinese, fill};

use crate::failure::Failure;
use crate::language::{chinese, words};

/// Why a command failed.
pub(crate) fn failure(error: &Failure) -> String {
    let Some(c) = chinese() else { return error.to_string() };
    match error {
        Failure::Index(error) => index(error),
        Failure::Query(error) => query(error, c),
        Failure::Run(error) => run(error),
        Failure::Serve(error) => serve(error, c),
        Failure::Convert(error) => convert(error, c),
        Failure::Fill(error) => fill_error(error, c),
        Failure::Write(error) => fill(&c.other.write, &[("reason", &system(error))]),
        Failure::Export(error) => match error {
            ExportError::Packing(error) => fill(&c.other.packing, &[("reason", error)]),
            ExportError::Part(error) => fill(&c.other.part, &[("reason", &system(error))]),
            ExportError::OneLanguage { language } => {
                fill(&c.other.one_language, &[("language", language)])
            }
            ExportError::NoTag { tag, left, right } => {
                let values: [(&str, &dyn Display); 3] =
                    [("tag", tag), ("left", left), ("right", right)];
                fill(&c.other.no_tag, &values)
            }
            ExportError::Spent(_) => c.query.spent.clone(),
        },
        Failure::Unforeseen(reason) => fill(&c.other.unforeseen, &[("reason", reason)]),
        Failure::Input(message) => message.clone(),
    }
}

/// Why an index can't be used.
pub(crate) fn index(error: &IndexError) -> String {
    let Some(c) = chinese() else { return error.to_string() };
    let w = &c.index;
    match error {
        IndexError::Missing { folder } => fill(&w.missing, &[("place", &folder.display())]),
        IndexError::Foreign { folder, reason: why } => {
            fill(&w.foreign, &[("place", &folder.display()), ("reason", &reason(why))])
        }
        IndexError::Damaged { folder, reason: why } => {
            fill(&w.damaged, &[("place", &folder.display()), ("reason", &reason(why))])
        }
        IndexError::Unmerged { folder, parts } => {
            fill(&w.unmerged, &[("place", &folder.display()), ("parts", parts)])
        }
        IndexError::Stamp { folder, made, current } => {
            let differs = differs(made, current, c);
            fill(&w.stamp, &[("place", &folder.display()), ("differs", &differs)])
        }
        IndexError::Locked { folder, holder: None } => {
            fill(&w.locked, &[("place", &folder.display())])
        }
        IndexError::Locked { folder, holder: Some(holder) } => {
            fill(&w.locked_by, &[("place", &folder.display()), ("holder", holder)])
        }
        IndexError::Unlockable { folder, source } => {
            let values: [(&str, &dyn Display); 2] =
                [("place", &folder.display()), ("reason", &system(source))];
            fill(&w.unlockable, &values)
        }
        IndexError::Occupied { folder } => fill(&w.occupied, &[("place", &folder.display())]),
        IndexError::Nested { folder, index } => {
            fill(&w.nested, &[("place", &folder.display()), ("index", &index.display())])
        }
        IndexError::Unnamed => w.unnamed.clone(),
        IndexError::Io { path, source } => at_place(&path.display(), &system(source)),
        IndexError::Denied { path, owned, owner, user } => {
            let values: [(&str, &dyn Display); 4] = [
                ("place", &path.display()),
                ("owned", &owned.display()),
                ("owner", owner),
                ("user", user),
            ];
            fill(&w.denied, &values)
        }
        IndexError::Engine { folder, source } => at_place(&folder.display(), source),
        // Clusters are the only places that aren't folders.
        IndexError::Elsewhere(error) => {
            let error: &(dyn Error + 'static) = error.as_ref();
            match error.downcast_ref::<ClusterError>() {
                Some(error) => cluster(error, c),
                None => error.to_string(),
            }
        }
    }
}

/// The part of the stamp in which an index differs from this program.
pub(crate) fn stamp_difference(made: &Stamp) -> String {
    let current = Stamp::current(Segmenter::shared());
    match chinese() {
        Some(c) => differs(made, &current, c),
        None => made.describe_difference(&current),
    }
}

/// The same in Chinese.
fn differs(made: &Stamp, current: &Stamp, c: &Chinese) -> String {
    let w = &c.index;
    let Some(StampDifference { part, value: made, other: current }) = made.difference(current)
    else {
        return w.some_part.clone();
    };
    let part = match part {
        StampPart::Format => &w.format,
        StampPart::Folding => &w.folding,
        StampPart::OpenCc => &w.opencc,
        StampPart::Jieba => &w.jieba,
        StampPart::Dictionary => &w.dictionary,
    };
    fill(&w.differs, &[("part", part), ("made", &made), ("current", &current)])
}

fn cluster(error: &ClusterError, c: &Chinese) -> String {
    let w = &c.cluster;
    let at = |words: &str, place: &String| fill(words, &[("place", place)]);
    let worded = |words: &str, place: &dyn Display, why: &ClusterReason| {
        fill(words, &[("place", place), ("reason", &reason(why))])
    };
    match error {
        ClusterError::Address { text, reason } => worded(&w.address, text, reason),
        ClusterError::Login { place, reason } => worded(&w.login, place, reason),
        ClusterError::Unreachable { place, reason } => worded(&w.unreachable, place, reason),
        ClusterError::Untrusted { place, reason } => worded(&w.untrusted, place, reason),
        ClusterError::Unauthorized { place } => at(&w.unauthorized, place),
        ClusterError::Forbidden { place, reason } => worded(&w.forbidden, place, reason),
        ClusterError::NoEngine { place, reason } => worded(&w.no_engine, place, reason),
        ClusterError::Engine { place, found } => {
            fill(&w.engine, &[("place", place), ("found", found)])
        }
        ClusterError::Missing { place } => at(&w.missing, place),
        ClusterError::Unfinished { place } => at(&w.unfinished, place),
        ClusterError::Foreign { place, reason } => worded(&w.foreign, place, reason),
        ClusterError::Stamp { place, made, current } => {
            fill(&w.stamp, &[("place", place), ("differs", &differs(made, current, c))])
        }
        ClusterError::ReadOnly { place, index, reason: why } => fill(
            &w.read_only,
            &[
                ("place", place),
                ("index", index),
                ("reason", &reason(why)),
                ("settings", &r#"{"index.blocks.read_only_allow_delete": null}"#),
            ],
        ),
        ClusterError::Partial { place, failed, all, reason: why } => fill(
            &w.partial,
            &[("place", place), ("failed", failed), ("all", all), ("reason", &reason(why))],
        ),
        ClusterError::Replaced { place } => at(&w.replaced, place),
        ClusterError::Refused { place, doing, reason: why } => fill(
            &w.refused,
            &[("place", place), ("doing", &reason(doing)), ("reason", &reason(why))],
        ),
        ClusterError::Answer { place, reason } => worded(&w.answer, place, reason),
    }
}

/// Why a run failed.
pub(crate) fn run(error: &RunError) -> String {
    let Some(c) = chinese() else { return error.to_string() };
    match error {
        RunError::Index(error) => index(error),
        RunError::Nothing => c.run.nothing.clone(),
        RunError::Unknown { name } => fill(&c.run.unknown, &[("name", name)]),
        RunError::Unseen { place, sources } => {
            fill(&c.run.unseen, &[("place", place), ("sources", sources)])
        }
        RunError::Shrunk { documents, before, .. } => {
            fill(&c.run.shrunk, &[("documents", documents), ("before", before)])
        }
        RunError::Threads(error) => fill(&c.run.threads, &[("reason", error)]),
        RunError::Watch(error) => fill(&c.run.watch, &[("reason", error)]),
    }
}

fn query(error: &QueryError, c: &Chinese) -> String {
    match error {
        QueryError::Index(error) => index(error),
        QueryError::Engine(error) => fill(&c.query.engine, &[("reason", error)]),
        QueryError::Damaged => c.query.damaged.clone(),
        QueryError::TooLong { characters, most } => {
            fill(&c.query.too_long, &[("characters", characters), ("most", most)])
        }
        QueryError::Spent(_) => c.query.spent.clone(),
        QueryError::Date { text } => fill(&c.query.date, &[("text", text)]),
        QueryError::UndatedInRange => c.query.undated_in_range.clone(),
    }
}

fn serve(error: &ServeError, c: &Chinese) -> String {
    match error {
        ServeError::Index(error) => query(error, c),
        ServeError::Convert(error) => convert(error, c),
        ServeError::Unguarded { address } => fill(&c.serve.unguarded, &[("address", address)]),
        ServeError::Keys(error) => keys(error, c),
        ServeError::Listen { address, source } => {
            fill(&c.serve.listen, &[("address", address), ("reason", &system(source))])
        }
        ServeError::Protocol(reason) => fill(&c.serve.protocol, &[("reason", reason)]),
        ServeError::Io(error) => fill(&c.serve.io, &[("reason", &system(error))]),
    }
}

/// Why keys can't be read.
fn keys(error: &KeysError, c: &Chinese) -> String {
    match error {
        KeysError::File { file, source } => at_place(&file.display(), &system(source)),
        KeysError::Line { file, line, problem } => {
            let values: [(&str, &dyn Display); 2] =
                [("line", line), ("reason", &key_problem(problem, c))];
            at_place(&file.display(), &fill(&c.other.line, &values))
        }
        KeysError::Empty { file } => at_place(&file.display(), &c.serve.no_keys),
    }
}

/// What is wrong with a key, its rights or its rate.
fn key_problem(problem: &KeyProblem, c: &Chinese) -> String {
    match problem {
        KeyProblem::Columns => c.serve.key_columns.clone(),
        KeyProblem::Name { given } => fill(&c.serve.key_name, &[("given", given)]),
        KeyProblem::Hash => c.serve.key_hash.clone(),
        KeyProblem::Right { given } => fill(&c.serve.key_right, &[("given", given)]),
        KeyProblem::Rate(RateError { given }) => fill(&c.serve.rate, &[("given", given)]),
        KeyProblem::Twice { given } => fill(&c.serve.key_twice, &[("given", given)]),
    }
}

/// Why an embedding server can't be used.
pub(crate) fn endpoint(error: &EndpointError) -> String {
    let Some(c) = chinese() else { return error.to_string() };
    let w = &c.meaning;
    let worded = |words: &str, place: &dyn Display, why: &EndpointReason| {
        fill(words, &[("place", place), ("reason", &reason(why))])
    };
    match error {
        EndpointError::Address { text, reason } => worded(&w.address, text, reason),
        EndpointError::Away { place, reason } => worded(&w.away, place, reason),
        EndpointError::Slow { place, seconds } => {
            fill(&w.slow, &[("place", place), ("seconds", seconds)])
        }
        EndpointError::Refused { place, status, reason: why } => {
            let values: [(&str, &dyn Display); 3] =
                [("place", place), ("status", status), ("reason", &reason(why))];
            fill(&w.refused, &values)
        }
        EndpointError::Junk { place, reason } => worded(&w.junk, place, reason),
    }
}

/// Why vectors were not made.
fn fill_error(error: &FillError, c: &Chinese) -> String {
    let w = &c.meaning;
    match error {
        FillError::Endpoint(error) => endpoint(error),
        FillError::Store(StoreError::Io { path, source }) => {
            at_place(&path.display(), &system(source))
        }
        FillError::Store(StoreError::Damaged { folder, reason: why }) => {
            fill(&w.damaged, &[("place", &folder.display()), ("reason", &reason(why))])
        }
        FillError::Store(StoreError::Locked { folder }) => {
            fill(&w.locked, &[("place", &folder.display())])
        }
        FillError::Store(StoreError::Spent(_)) => c.query.spent.clone(),
        FillError::Dimension { place, answered, stored } => {
            let values: [(&str, &dyn Display); 3] =
                [("place", place), ("answered", answered), ("stored", stored)];
            fill(&w.dimension, &values)
        }
        FillError::NoModel { place } => fill(&w.no_model, &[("place", place)]),
    }
}

fn convert(error: &ConvertError, c: &Chinese) -> String {
    match error {
        ConvertError::NoCache { tried } => fill(&c.other.no_cache, &[("tried", tried)]),
        ConvertError::OpenCc(error) => fill(&c.other.opencc, &[("reason", error)]),
    }
}

/// Why a source could not be read, or was skipped.
pub(crate) fn unread(error: &Unread) -> String {
    let Some(c) = chinese() else { return error.to_string() };
    let w = &c.source;
    match error {
        Unread::Read(error) => read(error),
        Unread::System { kind, says } => of_system(*kind).map_or(says.clone(), str::to_owned),
        Unread::Problem(problem) => source_problem(problem, c),
        Unread::Rejected { clause, reason: why } => {
            fill(&w.rejected, &[("clause", clause), ("reason", &reason(why))])
        }
    }
}

/// Why a file, or an entry of an archive, is not read.
fn source_problem(problem: &SourceProblem, c: &Chinese) -> String {
    let w = &c.source;
    match problem {
        SourceProblem::Many { most } => fill(&w.many, &[("most", most)]),
        SourceProblem::Large { megabytes } => fill(&w.large, &[("megabytes", megabytes)]),
        SourceProblem::Unpacked { megabytes } => fill(&w.unpacked, &[("megabytes", megabytes)]),
        SourceProblem::Password => w.password.clone(),
        SourceProblem::Special => w.special.clone(),
        SourceProblem::Outside => w.outside.clone(),
        SourceProblem::Again => w.again.clone(),
        SourceProblem::Replaced => w.replaced.clone(),
        SourceProblem::Deferred { minutes } => fill(&w.deferred, &[("minutes", minutes)]),
        SourceProblem::EntryName => w.entry_name.clone(),
        SourceProblem::EntryLink => w.entry_link.clone(),
        SourceProblem::SideSpecial => w.side_special.clone(),
        SourceProblem::SideLarge { kilobytes } => fill(&w.side_large, &[("kilobytes", kilobytes)]),
        SourceProblem::SideLink => w.side_link.clone(),
        SourceProblem::NoFile => w.no_files.clone(),
        SourceProblem::Unlisted => w.unlisted.clone(),
        SourceProblem::Damaged { reason } => fill(&w.no_archive, &[("reason", reason)]),
    }
}

/// Why no documents can be read from a source.
pub(crate) fn read(error: &ReadError) -> String {
    let Some(c) = chinese() else { return error.to_string() };
    let w = &c.source;
    let at_line = |words: &str, line: &usize, why: &SourceReason| {
        fill(words, &[("line", line), ("reason", &reason(why))])
    };
    let error = match error {
        ReadError::Extract(error) => error,
        ReadError::Source(error) => {
            return match error {
                SourceError::SideFile { name, line, reason: why } => {
                    fill(&w.side_file, &[("name", name), ("line", line), ("reason", &reason(why))])
                }
                SourceError::FrontMatter { line, reason } => at_line(&w.front_matter, line, reason),
                SourceError::ClauseLine { line, reason } => at_line(&w.clause_line, line, reason),
                SourceError::Lines { line, most } => {
                    fill(&w.lines, &[("line", line), ("most", most)])
                }
            };
        }
    };
    match error {
        ExtractError::Empty => w.empty.clone(),
        ExtractError::Binary { at } => fill(&w.binary, &[("at", at)]),
        ExtractError::Undecodable { encoding, at, line, byte } => {
            let byte = format!("{byte:02X}");
            let values: [(&str, &dyn Display); 4] =
                [("encoding", encoding), ("at", at), ("line", line), ("byte", &byte)];
            fill(&w.undecodable, &values)
        }
        ExtractError::Damaged { format, reason: why } => {
            fill(&w.damaged, &[("format", format), ("reason", &reason(why))])
        }
        ExtractError::Kind { end } => fill(&w.kind, &[("end", end)]),
        ExtractError::Scripted => w.scripted.clone(),
        ExtractError::Frames => w.frames.clone(),
        ExtractError::Imported => w.imported.clone(),
        ExtractError::Pictures => w.pictures.clone(),
        ExtractError::Owner => w.owner.clone(),
        ExtractError::Scan => w.scan.clone(),
        ExtractError::Unrecognised => w.unrecognised.clone(),
        ExtractError::Reader { format, reason: why, program, package } => {
            let why = reason(why);
            let values: [(&str, &dyn Display); 4] =
                [("format", format), ("reason", &why), ("program", program), ("package", package)];
            fill(&w.reader, &values)
        }
        ExtractError::Slow { seconds } => fill(&w.slow, &[("seconds", seconds)]),
        ExtractError::Tags { most } => fill(&w.tags, &[("most", most)]),
        ExtractError::TooLarge { most } => fill(&w.too_large, &[("most", most)]),
    }
}

/// What is wrong with an index.
pub(crate) fn wrong(wrong: &Wrong) -> String {
    let Some(c) = chinese() else { return wrong.to_string() };
    let w = &c.check;
    match wrong {
        Wrong::Unusable(IndexError::Damaged { reason: why, .. }) => reason(why),
        Wrong::Unusable(error) => index(error),
        Wrong::Stamp => w.stamp.clone(),
        Wrong::Damaged(why) => reason(why),
        Wrong::Count { indexed, listed } => {
            fill(&w.count, &[("indexed", indexed), ("listed", listed)])
        }
        Wrong::Gone => w.gone.clone(),
        Wrong::Changed => w.changed.clone(),
        Wrong::Unread(error) => unread(error),
        Wrong::Missing(document) => fill(&w.missing, &[("document", document)]),
        Wrong::Differs(clause) => fill(&w.differs, &[("clause", clause)]),
        Wrong::Lacks(document) => fill(&w.lacks, &[("document", document)]),
        Wrong::LeftOut(document) => fill(&w.left_out, &[("document", document)]),
        Wrong::LacksDocuments => w.lacks_documents.clone(),
        Wrong::Unlike(part) => fill(&w.unlike, &[("part", part)]),
    }
}

/// What is wrong with a term table.
pub(crate) fn term_table(error: &TermError) -> String {
    match chinese() {
        Some(c) => {
            fill(&c.other.line, &[("line", &error.line), ("reason", &reason(&error.reason))])
        }
        None => error.to_string(),
    }
}

/// What to look at in a term table.
pub(crate) fn term_problem(problem: &tiaowen_terms::TermProblem) -> String {
    use tiaowen_terms::TermProblem;
    let Some(c) = chinese() else { return problem.to_string() };
    let list = |all: &[String]| all.join(&words().notes.comma);
    match problem {
        TermProblem::Joined { hong_kong, mainland } => {
            fill(&c.terms.joined, &[("hong_kong", hong_kong), ("mainland", mainland)])
        }
        TermProblem::Repeated { term, others } => {
            fill(&c.terms.repeated, &[("term", term), ("others", &list(others))])
        }
        TermProblem::Chain { terms } => fill(&c.terms.chain, &[("terms", &terms.join(" → "))]),
        TermProblem::SameEnglish { one, other } => {
            fill(&c.terms.same_english, &[("one", one), ("other", other)])
        }
        TermProblem::OneToMany { term, others } => {
            fill(&c.terms.one_to_many, &[("term", term), ("others", &list(others))])
        }
    }
}

/// The rule that drew a clause.
pub(crate) fn rule(rule: Rule) -> &'static str {
    let Some(c) = chinese() else { return rule.explain() };
    let w = &c.rules;
    match rule {
        Rule::Stored => &w.stored,
        Rule::Label => &w.label,
        Rule::LeadIn => &w.lead_in,
        Rule::TitledLabel => &w.titled_label,
        Rule::WholeArticle => &w.whole_article,
        Rule::UnderChapter => &w.under_chapter,
        Rule::BeforeLabels => &w.before_labels,
        Rule::FirstParagraph => &w.first_paragraph,
        Rule::ClosingWords => &w.closing_words,
        Rule::SignatureLines => &w.signature_lines,
        Rule::Point => &w.point,
        Rule::PressParagraph => &w.press_paragraph,
        Rule::Caption => &w.caption,
        Rule::Credits => &w.credits,
        Rule::Speech => &w.speech,
        Rule::ReadyMade => &w.ready_made,
    }
}

/// A note on a query, with the flag that switches it off.
pub(crate) fn note(note: &Note) -> String {
    let Some(c) = chinese() else { return in_english(note) };
    let w = words();
    let Some(text) = tiaowen_words::note(w, note) else {
        let Note::Meant { queries } = note else { return note.to_string() };
        return fill(&w.terminal.meant, &[("queries", &queries.join(&w.notes.comma))]);
    };
    let how = match note {
        Note::Heard { .. } => &c.how.heard,
        Note::Cited { .. } => &c.how.cited,
        Note::Widened { .. } | Note::English { .. } | Note::Everyday { .. } => &c.how.widened,
        Note::NoMeaning(MeaningFault::NoVectors)
        | Note::HalfMeaning { .. }
        | Note::OldMeaning { .. } => &c.how.embed,
        Note::NoMeaning(_) => &c.how.no_meaning,
        Note::Incomplete { reason: why, .. } => {
            return fill(&c.query.incomplete, &[("note", &text), ("reason", &reason(why))]);
        }
        Note::Unread(_)
        | Note::Unheard
        | Note::Nearest { .. }
        | Note::Limited { .. }
        | Note::Nothing
        | Note::FilteredOut { .. }
        | Note::AsOf { .. }
        | Note::Undated { .. }
        | Note::Meant { .. }
        | Note::Relaxed
        | Note::Part
        | Note::Joined { .. } => return text,
    };
    fill(&w.terminal.and_note, &[("note", &text), ("how", how)])
}

/// A note in English, with the flag.
fn in_english(note: &Note) -> String {
    let how = match note {
        Note::Heard { .. } => "leave out --phonetic to search it as typed",
        Note::Cited { .. } => "put it in quotation marks to search it as text",
        Note::Widened { .. } | Note::English { .. } | Note::Everyday { .. } => {
            "use --no-expand to search only what was typed"
        }
        Note::NoMeaning(MeaningFault::NoVectors)
        | Note::HalfMeaning { .. }
        | Note::OldMeaning { .. } => "tiaowen embed makes what is missing",
        Note::NoMeaning(_) => "use --no-meaning to search by words only",
        _ => return note.to_string(),
    };
    format!("{note}; {how}")
}

/// Why a value of a flag is invalid.
pub(crate) fn flag(error: &(dyn Error + 'static)) -> String {
    let Some(c) = chinese() else { return error.to_string() };
    if let Some(error) = error.downcast_ref::<LinksError>() {
        return fill(&c.serve.links, &[("reason", &reason(error.reason()))]);
    }
    if let Some(ProxiesError { given }) = error.downcast_ref() {
        return fill(&c.serve.proxies, &[("given", given)]);
    }
    if let Some(RateError { given }) = error.downcast_ref() {
        return fill(&c.serve.rate, &[("given", given)]);
    }
    if let Some(problem) = error.downcast_ref::<KeyProblem>() {
        return key_problem(problem, c);
    }
    error.to_string()
}

/// The message of the system.
pub(crate) fn system(error: &io::Error) -> String {
    of_system(error.kind()).map_or_else(|| error.to_string(), str::to_owned)
}

/// The message of the system, for kinds of errors that have words.
fn of_system(kind: ErrorKind) -> Option<&'static str> {
    let w = &chinese()?.system;
    Some(match kind {
        ErrorKind::NotFound => &w.not_found,
        ErrorKind::PermissionDenied => &w.denied,
        ErrorKind::AlreadyExists => &w.exists,
        ErrorKind::StorageFull => &w.full,
        ErrorKind::QuotaExceeded => &w.quota,
        ErrorKind::AddrInUse => &w.in_use,
        ErrorKind::AddrNotAvailable => &w.no_address,
        ErrorKind::ConnectionRefused => &w.refused,
        ErrorKind::TimedOut => &w.timed_out,
        ErrorKind::IsADirectory => &w.is_folder,
        ErrorKind::NotADirectory => &w.not_folder,
        ErrorKind::ReadOnlyFilesystem => &w.read_only,
        ErrorKind::Interrupted => &w.interrupted,
        _ => return None,
    })
}

/// A place with what is wrong there.
pub(crate) fn at_place(place: &dyn Display, wrong: &dyn Display) -> String {
    fill(&words().terminal.at_place, &[("place", place), ("reason", wrong)])
}

/// A reason that a library gives, in the chosen language.
pub(crate) fn reason(reason: &(impl Serialize + Display)) -> String {
    chinese().map_or_else(|| reason.to_string(), |c| c.reason(reason))
}
