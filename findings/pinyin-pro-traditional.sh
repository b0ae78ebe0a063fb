#!/usr/bin/env bash
# pinyin-pro 3.29.4: readings of the same word in both scripts.
# Words are known in Simplified only; in Traditional each character gets its commonest reading, so the
# sound differs between the versions of one text: 重庆 chóng, 重慶 zhòng; 银行 háng, 銀行 xíng; 调解 tiáo, 調解 diào.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-fund --no-audit --prefix . pinyin-pro@3.29.4 >/dev/null
cat >run.mjs <<'CODE'
import { pinyin } from "pinyin-pro";

for (const [hans, hant] of [["重庆", "重慶"], ["银行", "銀行"], ["调解", "調解"], ["会计", "會計"], ["厦门", "廈門"]])
  console.log(hans, pinyin(hans), hant, pinyin(hant));
CODE
node run.mjs >seen
cat >expected <<'SEEN'
重庆 chóng qìng 重慶 zhòng qìng
银行 yín háng 銀行 yín xíng
调解 tiáo jiě 調解 diào jiě
会计 kuài jì 會計 huì jì
厦门 xià mén 廈門 shà mén
SEEN
diff expected seen
echo "as stated"
