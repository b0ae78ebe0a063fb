#!/usr/bin/env bash
# striprtf 0.0.35: text of a file in RTF.
# A character beyond U+FFFF as Word writes it (\\u with the two halves as signed numbers; 𨋢, the lift
# of Hong Kong's buildings ordinances) becomes two lone surrogates, and the text can't be encoded any
# more. Footnotes are dropped, while text marked as deleted (\\deleted) and hidden (\\v) is kept.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check striprtf==0.0.35
PYTHONWARNINGS=ignore env/bin/python - >seen 2>errors <<'CODE' || { cat errors >&2; exit 1; }
from striprtf.striprtf import rtf_to_text

lift = rtf_to_text(r"{\rtf1\ansi\uc1 \u-10144?\u-8478?}")
print(ascii(lift))
try:
    lift.encode("utf-8")
except UnicodeEncodeError as error:
    print(error.reason)
print(rtf_to_text(r"{\rtf1\ansi\uc1 800{\footnote tax included}{\deleted not} {\v draft}due}"))
CODE
cat >expected <<'SEEN'
'\ud860\udee2'
surrogates not allowed
800not draftdue
SEEN
diff expected seen
echo "as stated"
