//! Comparisons as files for people and programs: a report in HTML, a table in DOCX, a
//! spreadsheet in CSV, a translation memory in TMX.
