#!/usr/bin/env bash
# pandoc 3.9 (pypandoc-binary 1.17): an OpenDocument text without styles.xml.
# A package needs content.xml or styles.xml, not both (OpenDocument 1.3, part 2, 2.2.1), and programs that
# generate documents leave the latter out. LibreOffice opens such a text; pandoc ends with "Could not find
# styles.xml" and exit status 64, and gives no text.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check pypandoc-binary==1.17
env/bin/python - >seen <<'CODE'
import zipfile

import pypandoc

CONTENT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3"><office:body><office:text>
<text:p>雙方每年會面。</text:p></office:text></office:body></office:document-content>"""
MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
 manifest:version="1.3"><manifest:file-entry manifest:full-path="/"
 manifest:media-type="application/vnd.oasis.opendocument.text"/><manifest:file-entry
 manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"""
with zipfile.ZipFile("a.odt", "w") as package:
    package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    package.writestr("content.xml", CONTENT)
    package.writestr("META-INF/manifest.xml", MANIFEST)
print("pandoc", pypandoc.get_pandoc_version())
try:
    print(pypandoc.convert_file("a.odt", "plain"))
except RuntimeError as error:
    print(error)
CODE
cat >expected <<'SEEN'
pandoc 3.9
Pandoc died with exitcode "64" during conversion: Could not find styles.xml

SEEN
diff expected seen
echo "as stated"
