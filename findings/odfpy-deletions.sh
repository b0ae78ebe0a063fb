#!/usr/bin/env bash
# odfpy 1.4.1: the text of an OpenDocument file with a tracked deletion, a pronunciation and a note.
# A deletion is kept aside from the text, in text:tracked-changes (OpenDocument 1.3, part 3, 5.5). The usual
# way to a document's paragraphs, getElementsByType(text.P), gives it as the first paragraph, and
# teletype.extractText() prints it with its author and date. The readings of text:ruby and the body of a
# footnote are printed inside the word that they stand at.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check odfpy==1.4.1
env/bin/python - >seen <<'CODE'
import zipfile

from odf import opendocument, teletype, text

NAMES = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "dc": "http://purl.org/dc/elements/1.1/",
    }.items()
)
CHANGE = (
    "<office:change-info><dc:creator>office</dc:creator>"
    "<dc:date>2017-11-18T00:00:00</dc:date></office:change-info>"
)
CONTENT = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-content {NAMES} office:version="1.3"><office:body><office:text>
<text:tracked-changes><text:changed-region text:id="c1"><text:deletion>{CHANGE}<text:p>不</text:p>
</text:deletion></text:changed-region></text:tracked-changes>
<text:p>雙方<text:change text:change-id="c1"/>得轉讓本協議。</text:p>
<text:p><text:ruby><text:ruby-base>粵</text:ruby-base><text:ruby-text>jyut6</text:ruby-text></text:ruby>港\
合<text:note text:id="n1" text:note-class="footnote"><text:note-citation>1</text:note-citation>\
<text:note-body><text:p>見附件。</text:p></text:note-body></text:note>作</text:p>
</office:text></office:body></office:document-content>"""
MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
 manifest:version="1.3"><manifest:file-entry manifest:full-path="/"
 manifest:media-type="application/vnd.oasis.opendocument.text"/><manifest:file-entry
 manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"""
with zipfile.ZipFile("a.odt", "w") as package:
    package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    package.writestr("content.xml", CONTENT)
    package.writestr("META-INF/manifest.xml", MANIFEST)
document = opendocument.load("a.odt")
for paragraph in document.getElementsByType(text.P):
    print("paragraph:", teletype.extractText(paragraph))
whole = teletype.extractText(document.text)
print("whole:", " ".join(whole.split()))
CODE
cat >expected <<'SEEN'
paragraph: 不
paragraph: 雙方得轉讓本協議。
paragraph: 粵jyut6港合1見附件。作
paragraph: 見附件。
whole: office2017-11-18T00:00:00不 雙方得轉讓本協議。 粵jyut6港合1見附件。作
SEEN
diff expected seen
echo "as stated"
