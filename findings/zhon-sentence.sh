#!/usr/bin/env bash
# zhon 2.1.1, `hanzi.sentence`: a pattern for a Chinese sentence.
# It allows Han characters and Chinese marks only, so a sentence with a figure begins behind the figure: of
# 费用为3.5万元。 there is left 万元。 — a list of an agreement's sentences lacks every amount that is written
# in digits, and what stands before it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check zhon==2.1.1
PYTHONWARNINGS=ignore env/bin/python - >seen 2>errors <<'CODE' || { cat errors >&2; exit 1; }
import re

from zhon import hanzi

print(re.findall(hanzi.sentence, "双方加强合作。费用为3.5万元。第2期另议。"))
CODE
cat >expected <<'SEEN'
['双方加强合作。', '万元。', '期另议。']
SEEN
diff expected seen
echo "as stated"
