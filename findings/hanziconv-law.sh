#!/usr/bin/env bash
# hanziconv 0.3.2, `toTraditional`: words of every law.
# One character for one, without words: 制定 (to enact) becomes 製定 (to manufacture), 批准 (to approve) 批準,
# 出租 (to let) 齣租, 皇后 皇後. Back, 乾隆 becomes 干隆.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check hanziconv==0.3.2
PYTHONWARNINGS=ignore env/bin/python - >seen 2>errors <<'CODE' || { cat errors >&2; exit 1; }
from hanziconv import HanziConv

for text in ["制定", "批准", "出租", "皇后"]:
    print(text, HanziConv.toTraditional(text))
print("乾隆", HanziConv.toSimplified("乾隆"))
CODE
cat >expected <<'SEEN'
制定 製定
批准 批準
出租 齣租
皇后 皇後
乾隆 干隆
SEEN
diff expected seen
echo "as stated"
