#!/usr/bin/env bash
# chrono-node 2.10.3, `zh.hant` and `zh.hans`: dates in Chinese text.
# The two locales of one library disagree on one sentence: `zh.hant` doesn't know 〇 (U+3007) as a zero, so
# the year 2017 becomes the year 17, and is called certain. In both, the year of the Republic 106 (2017)
# is the year 106, 二千零一十七年 is 1107, and ○ (U+25CB, as Hong Kong's government prints its years) makes 17.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-fund --no-audit --prefix . chrono-node@2.10.3 >/dev/null
cat >run.mjs <<'CODE'
import * as chrono from "chrono-node";

for (const text of ["二〇一七年十一月十八日", "二○一七年七月一日", "民國106年11月18日", "二千零一十七年七月一日"]) {
  const year = (locale) => locale.parse(text).map((r) => [r.start.get("year"), r.start.isCertain("year")]);
  console.log(text, "hant", JSON.stringify(year(chrono.zh.hant)), "hans", JSON.stringify(year(chrono.zh.hans)));
}
CODE
node run.mjs >seen
cat >expected <<'SEEN'
二〇一七年十一月十八日 hant [[17,true]] hans [[2017,true]]
二○一七年七月一日 hant [[17,true]] hans [[17,true]]
民國106年11月18日 hant [[106,true]] hans [[106,true]]
二千零一十七年七月一日 hant [[1107,true]] hans [[1107,true]]
SEEN
diff expected seen
echo "as stated"
