#!/usr/bin/env bash
# docx2python 3.7.1: a Word document that declares only the namespaces it uses.
# A document without links or pictures uses no `r:`, and XML needs no declaration of a prefix that isn't
# used; docx2python looks the prefix up in the root's declarations and raises KeyError('r').
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check docx2python==3.7.1
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


from docx2python import docx2python

for namespaces in [W + " " + R, W]:
    docx("a.docx", p(r("雙方加強合作。")), namespaces)
    try:
        print(docx2python("a.docx").text)
    except KeyError as error:
        print(repr(error))
CODE
cat >expected <<'SEEN'
雙方加強合作。
KeyError('r')
SEEN
diff expected seen
echo "as stated"
