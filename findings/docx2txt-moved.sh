#!/usr/bin/env bash
# docx2txt 0.9: text of a Word document with tracked changes.
# Text that was moved (w:moveFrom, w:moveTo) is given twice, at its old place as well, though deleted text
# (w:del) is left out; a non-breaking hyphen (w:noBreakHyphen) is dropped, so that 12-3 becomes 123.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check docx2txt==0.9
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


import docx2txt

AUTHOR = 'w:author="a" w:date="2026-01-01T00:00:00Z"'
docx(
    "a.docx",
    p(f'<w:moveFrom w:id="1" {AUTHOR}>{r("乙方不得轉租。")}</w:moveFrom>', r("甲方交屋。"))
    + p(f'<w:moveTo w:id="2" {AUTHOR}>{r("乙方不得轉租。")}</w:moveTo>')
    + p(r("雙方"), f'<w:del w:id="3" {AUTHOR}><w:r><w:delText>不得</w:delText></w:r></w:del>', r("可以續約。"))
    + p(r("編號12"), "<w:r><w:noBreakHyphen/></w:r>", r("3")),
)
for line in docx2txt.process("a.docx").split("\n"):
    if line:
        print(line)
CODE
cat >expected <<'SEEN'
乙方不得轉租。甲方交屋。
乙方不得轉租。
雙方可以續約。
編號123
SEEN
diff expected seen
echo "as stated"
