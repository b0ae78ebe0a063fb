#!/usr/bin/env bash
# turndown 7.2.5: web pages to Markdown.
# <del> and <s> are unknown to it and become plain text beside what replaced them, and <sup> joins the
# figure before it: 不得 that was struck out and 可以 that replaced it stand as 不得可以, 100² is 1002.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-fund --no-audit --prefix . turndown@7.2.5 >/dev/null
cat >run.mjs <<'CODE'
import TurndownService from "turndown";

const markdown = new TurndownService();
console.log(markdown.turndown("<p>雙方<del>不得</del><ins>可以</ins>轉租。</p>"));
console.log(markdown.turndown("<p>面積100<sup>2</sup>。</p>"));
CODE
node run.mjs >seen
cat >expected <<'SEEN'
雙方不得可以轉租。
面積1002。
SEEN
diff expected seen
echo "as stated"
