#!/usr/bin/env bash
# langdetect 1.0.9: the language of Traditional Chinese.
# Of ten short texts as titles and clauses have them (seed 0, so that it answers the same each time) all ten
# in Traditional are Korean. Who routes documents by it sends Hong Kong's to the wrong analyzer.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check langdetect==1.0.9 setuptools==70.0.0
PYTHONWARNINGS=ignore env/bin/python - >seen 2>errors <<'CODE' || { cat errors >&2; exit 1; }
import langdetect

langdetect.DetectorFactory.seed = 0
texts = [
    "合作協議", "行政長官", "知識產權", "環境保護", "香港特別行政區", "電子商務", "食物安全中心",
    "第一條 雙方加強合作。", "本協議自簽署之日起生效。", "雙方同意就食品安全事宜加強交流及合作。",
]
print([langdetect.detect(text) for text in texts])
CODE
cat >expected <<'SEEN'
['ko', 'ko', 'ko', 'ko', 'ko', 'ko', 'ko', 'ko', 'ko', 'ko']
SEEN
diff expected seen
echo "as stated"
