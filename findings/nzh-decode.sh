#!/usr/bin/env bash
# nzh 1.0.14, `decodeS` and `decodeB`: Chinese numerals to numbers.
# Characters that it doesn't know are skipped without a word, so the value is another: 两百五十 (250) is 50,
# 二〇一七 (2017) is 217, 廿五 (25) is 5, and capitals read as small numerals (伍拾万, 500,000) are 0. Nothing is thrown.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-fund --no-audit --prefix . nzh@1.0.14 >/dev/null
cat >run.mjs <<'CODE'
import Nzh from "nzh";

for (const text of ["二百五十", "两百五十", "二〇一七", "廿五", "伍拾万"]) console.log(text, Nzh.cn.decodeS(text));
console.log("伍拾万", Nzh.cn.decodeB("伍拾万"));
CODE
node run.mjs >seen
cat >expected <<'SEEN'
二百五十 250
两百五十 50
二〇一七 217
廿五 5
伍拾万 0
伍拾万 500000
SEEN
diff expected seen
echo "as stated"
