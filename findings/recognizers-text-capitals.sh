#!/usr/bin/env bash
# recognizers-text-number 1.0.2a2 (Chinese): numbers of a text.
# Of the capitals that guard amounts against forgery it knows 叁 but not the Traditional 參, so that
# 壹佰貳拾參 (123) is 120 and the amount of a Hong Kong contract is another; 廿五 is 5.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check recognizers-text-number==1.0.2a2 "emoji==1.7.0" setuptools==70.0.0
PYTHONWARNINGS=ignore env/bin/python - >seen 2>errors <<'CODE' || { cat errors >&2; exit 1; }
from recognizers_number import recognize_number

for text in ["壹佰贰拾叁", "壹佰貳拾參", "廿五"]:
    print(text, [(found.text, found.resolution["value"]) for found in recognize_number(text, "zh-cn")])
CODE
cat >expected <<'SEEN'
壹佰贰拾叁 [('壹佰贰拾叁', '123')]
壹佰貳拾參 [('壹佰貳拾', '120')]
廿五 [('五', '5')]
SEEN
diff expected seen
echo "as stated"
