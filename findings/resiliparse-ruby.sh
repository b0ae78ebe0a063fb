#!/usr/bin/env bash
# Resiliparse 2.0.1, `extract_plain_text(html, main_content=True)`: a character with its reading.
# Of <ruby>埔<rt>pu</rt></ruby> the main content keeps the reading and drops the character: 大埔區 is "大pu區".
# Without `main_content` it is "大埔pu區".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check Resiliparse==2.0.1
PYTHONWARNINGS=ignore env/bin/python - >seen 2>errors <<'CODE' || { cat errors >&2; exit 1; }
from resiliparse.extract.html2text import extract_plain_text

page = "<html><body><main><p>第一條　大<ruby>埔<rt>pu</rt></ruby>區適用本協議。</p></main></body></html>"
print(extract_plain_text(page, main_content=True))
print(extract_plain_text(page))
CODE
cat >expected <<'SEEN'
第一條　大pu區適用本協議。
第一條　大埔pu區適用本協議。
SEEN
diff expected seen
echo "as stated"
