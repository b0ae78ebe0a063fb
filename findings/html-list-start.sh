#!/usr/bin/env bash
# Resiliparse 2.0.1 and inscriptis 2.7.6: numbered lists of web pages.
# Both print the numbers of <ol>, and both count from 1 whatever `start` says: items 3 and 4 of an
# agreement are 1 and 2 in the text. html2text 2025.4.15 counts from 3.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check Resiliparse==2.0.1 inscriptis==2.7.6 html2text==2025.4.15
PYTHONWARNINGS=ignore env/bin/python - >seen 2>errors <<'CODE' || { cat errors >&2; exit 1; }
import html2text
import inscriptis
from resiliparse.extract.html2text import extract_plain_text

page = '<html><body><ol start="3"><li>甲方負責。</li><li>乙方負責。</li></ol></body></html>'
for name, read in [
    ("resiliparse", extract_plain_text),
    ("inscriptis", inscriptis.get_text),
    ("html2text", html2text.html2text),
]:
    print(name, read(page).split())
CODE
cat >expected <<'SEEN'
resiliparse ['1.', '甲方負責。', '2.', '乙方負責。']
inscriptis ['1.', '甲方負責。', '2.', '乙方負責。']
html2text ['3.', '甲方負責。', '4.', '乙方負責。']
SEEN
diff expected seen
echo "as stated"
