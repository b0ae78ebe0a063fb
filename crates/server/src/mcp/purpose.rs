//! The purposes of the tools, for an assistant that has to choose one.

pub(super) const SEARCH: &str = "\
    Find clauses of Chinese agreements, ranked. Type the query in Traditional or in Simplified \
    Chinese: both find the same. Give words rather than a question: 知識產權 保護. Also read: \
    \"phrase\", OR, -word, ( ), CEP*, title: number: kind: party: place: unit: script: \
    date:2015..2017 label:第十二條, and citations (《粵港醫療交流合作備忘錄》三（二）1). Each \
    hit has the clause's text, its citation, its id (for the tool read) and the ids of its other \
    versions (counterparts); documents has the document of each, by the part of the id before \
    the full stop. clause_link, where there is one, is the permanent address with {id} for the \
    id. notes say what was done to the query; expand=false searches what was typed only, \
    phonetic=true reads pinyin and jyutping, meaning=true also finds clauses near in meaning \
    where an embedding server is set. total is exact where total_is says so; count=true counts \
    all hits, facets=true divides them. Filters take lists, any value of which is enough; \
    undated=true selects what has no date, beside year these too; added_since gives what came \
    into the index since a day, as_of the state of a day. Cite what you use by citation and id \
    or link.";

pub(super) const DOCUMENTS: &str = "\
    List the documents of the index with their ids, titles, dates, parties and number of \
    clauses, narrowed by title, party, place, number, kind, script, year, from, to, undated or \
    added_since. Use it to see what there is, and for questions about documents rather than \
    clauses. total counts all; limit and offset give parts.";

pub(super) const READ: &str = "\
    Read a clause with the one before and the one after it, or a document with its clauses in \
    order, by the id that search gives. A document is given in parts: total says how many \
    clauses it has, offset gives the next ones. Each clause has its citation and id; clause_link \
    is as in search.";

pub(super) const COMPARE: &str = "\
    Lay two documents (by their ids) beside one another, clause by clause, and tell what truly \
    differs, script aside: regional terms, figures and dates, wording; also clauses of one side \
    only, clauses moved, and responsible units of one side only. summary counts; rows have both \
    clauses with citation and id and each difference as kind: left → right. Of a row that is the \
    same the text stands once. changed=true gives only rows that differ, script=true differences \
    of script and punctuation too; total says how many rows there are, offset gives the next \
    ones. Versions of a document are found by search: the counterparts of its clauses begin with \
    their ids.";

pub(super) const TERMS: &str = "\
    What Hong Kong, the mainland and Taiwan call one thing (資訊 信息, 質素 素质), from the \
    table that searches are widened by. q is a term or a part of one, in either script. attested \
    names where both stand for the same.";

pub(super) const VERIFY: &str = "\
    Check your own answer, or any text, before you give it: each citation (《…》第十二條) and \
    quotation of it is looked up, in either script. Put quoted words in quotation marks beside \
    their citation. Verdicts: verbatim; same (only script or marks differ); differs (see \
    differences, each by its kind); misattributed (the words are another clause's: see clause); \
    no_such_provision; not_in_force (with as_of); newer_differs; not_in_index, which doesn't \
    mean wrong. Mend what is wrong and check again.";

pub(super) const HISTORY: &str = "\
    The versions of a provision over time, the oldest first. q is a citation in either script: \
    《…》第十二條, or a title or document number alone for whole documents. Use it for what a \
    provision said before, what changed and when. Each version has its document (document_id, \
    described under documents) and its clause, unless that version lacks the provision; \
    differences are those from the version at index previous (from 0), as kind: left → right. \
    repealed_by is the document that repeals it, repealed_from when. Versions are found by the \
    titles of documents (by), so check what you rely on. as_of leaves out versions that begin \
    after a day. No versions: the index has no such document.";
