#!/usr/bin/env bash
# recognizers-text-date-time 1.0.2a2 (Chinese): dates of a text.
# What it can't read before a date it leaves out, and answers with another date: 廿五日 is the fifth,
# 元月一日 is a first without a month, of 民國一百零六年十一月十八日 the year is lost, and 二○一七年 (with U+25CB, as
# Hong Kong's government prints it) is the year 17. (It needs emoji below 2 to be imported at all.)
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check recognizers-text-date-time==1.0.2a2 "emoji==1.7.0" setuptools==70.0.0
PYTHONWARNINGS=ignore env/bin/python - >seen 2>errors <<'CODE' || { cat errors >&2; exit 1; }
from recognizers_date_time import recognize_datetime

for text in ["二〇一七年十一月十八日", "廿五日", "元月一日", "民國一百零六年十一月十八日", "二○一七年七月一日"]:
    for found in recognize_datetime(text, "zh-cn"):
        print(text, "→", found.text, found.resolution["values"][0]["timex"])
CODE
cat >expected <<'SEEN'
二〇一七年十一月十八日 → 二〇一七年十一月十八日 2017-11-18
廿五日 → 五日 XXXX-XX-05
元月一日 → 一日 XXXX-XX-01
民國一百零六年十一月十八日 → 零六年十一月十八日 XXXX-11-18
二○一七年七月一日 → 一七年七月一日 0017-07-01
SEEN
diff expected seen
echo "as stated"
