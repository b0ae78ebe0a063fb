#!/usr/bin/env bash
# python-docx 1.2.0, `Paragraph.text`: text of a document with tracked changes and form fields.
# Deleted text is left out, but so is inserted text (w:ins), and what stands in a content control
# (w:sdt): of 雙方[不得→可以]轉租 there is left 雙方轉租, which says neither, and of the currency chosen nothing.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check python-docx==1.2.0
PYTHONWARNINGS=ignore env/bin/python - >seen 2>errors <<'CODE' || { cat errors >&2; exit 1; }
import zipfile

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def docx(name, body, namespaces=W + " " + R, numbering=None):
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{MAIN}.document.main+xml"/>'
        + (f'<Override PartName="/word/numbering.xml" ContentType="{MAIN}.numbering+xml"/>' if numbering else "")
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {namespaces}><w:body>{body}<w:sectPr/></w:body></w:document>",
    }
    if numbering:
        parts["word/numbering.xml"] = f"<w:numbering {W}>{numbering}</w:numbering>"
        parts["word/_rels/document.xml.rels"] = (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{OFFICE}/numbering" Target="numbering.xml"/></Relationships>'
        )
    with zipfile.ZipFile(name, "w") as archive:
        for part, text in parts.items():
            archive.writestr(part, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + text)


def p(*runs):
    return "<w:p>" + "".join(runs) + "</w:p>"


def r(text):
    return f"<w:r><w:t>{text}</w:t></w:r>"


import docx as library

AUTHOR = 'w:author="a" w:date="2026-01-01T00:00:00Z"'
CHOSEN = '<w:sdt><w:sdtPr><w:dropDownList/></w:sdtPr><w:sdtContent>' + r("港幣") + "</w:sdtContent></w:sdt>"
docx(
    "a.docx",
    p(
        r("雙方"),
        f'<w:del w:id="1" {AUTHOR}><w:r><w:delText>不得</w:delText></w:r></w:del>',
        f'<w:ins w:id="2" {AUTHOR}>{r("可以")}</w:ins>',
        r("轉租。"),
    )
    + p(r("以"), CHOSEN, r("結算。")),
)
for paragraph in library.Document("a.docx").paragraphs:
    print(paragraph.text)
CODE
cat >expected <<'SEEN'
雙方轉租。
以結算。
SEEN
diff expected seen
echo "as stated"
