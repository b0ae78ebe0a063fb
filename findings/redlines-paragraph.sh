#!/usr/bin/env bash
# redlines 0.6.2, lxml 6.1.3 (lxml.html.diff): one character that changed in a Chinese paragraph.
# Both compare words, and take for a word what stands between blanks. A Chinese paragraph has none, so the
# change of one character (每年 to 每季, yearly to quarterly) strikes the whole paragraph out and writes it
# anew: a reader of the comparison has to find the difference again. With blanks between the words the same
# change is a word or two.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check redlines==0.6.2 typing_extensions==4.15.0 lxml==6.1.3
env/bin/python - >seen <<'CODE'
import re

from lxml.html.diff import htmldiff
from redlines import Redlines

before = "雙方同意每年會面一次，由市政府負責，並通報結果。"
after = before.replace("年", "季")


def struck(html, tag):
    return "".join(re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", html))


def by_redlines(one, other):
    html = Redlines(one, other).output_markdown
    gone = "".join(re.findall(r"line-through;'>(.*?)</span>", html))
    return gone.strip()


def by_lxml(one, other):
    return struck(htmldiff(f"<p>{one}</p>", f"<p>{other}</p>"), "del").strip()


spaced = ("雙方 同意 每年 會面", "雙方 同意 每季 會面")
for name, compare in (("redlines", by_redlines), ("lxml", by_lxml)):
    print(name, "strikes", len(compare(before, after)), "of", len(before), "characters;")
    print(name, "strikes", compare(*spaced), "where words are spaced")
CODE
cat >expected <<'SEEN'
redlines strikes 24 of 24 characters;
redlines strikes 每年 where words are spaced
lxml strikes 24 of 24 characters;
lxml strikes 每年 會面 where words are spaced
SEEN
diff expected seen
echo "as stated"
