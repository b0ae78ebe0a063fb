#!/usr/bin/env bash
# cn2an 0.5.23, `transform(text, "cn2an")`: figures of a sentence into digits.
# The years of official texts are written with 〇 (U+3007). `cn2an("二〇一七")` reads them as 2017, but
# `transform` finds numerals by a pattern without 〇 and leaves "2〇17". Approximate numbers become exact
# ones (两三天 → 23 days, 三五年 → 35 years), and names and words lose a character (四川, 统一).
# So it can't be run over an agreement to make figures comparable.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check cn2an==0.5.23
PYTHONWARNINGS=ignore env/bin/python - >seen 2>errors <<'CODE' || { cat errors >&2; exit 1; }
import cn2an

print(cn2an.cn2an("二〇一七", "smart"))
for text in ["二〇一七年十一月十八日", "两三天", "三五年", "四川", "统一", "第十二条第二款"]:
    print(text, cn2an.transform(text, "cn2an"))
CODE
cat >expected <<'SEEN'
2017
二〇一七年十一月十八日 2〇17年11月18日
两三天 23天
三五年 35年
四川 4川
统一 统1
第十二条第二款 第12条第2款
SEEN
diff expected seen
echo "as stated"
