#!/usr/bin/env bash
# jieba 0.42.1, `ChineseAnalyzer` for Whoosh: tokens of a text.
# A token of one character is dropped unless it lies in U+4E00–9FD5, so that the figure of 第3条 is in no
# index and 第3条 and 第5条 are the same query; so is 𨋢 (U+282E2), Hong Kong's word for a lift.
# 第12条 keeps its figure.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check jieba==0.42.1 Whoosh==2.7.4 setuptools==70.0.0
PYTHONWARNINGS=ignore env/bin/python - >seen 2>errors <<'CODE' || { cat errors >&2; exit 1; }
import jieba
from jieba.analyse import ChineseAnalyzer

jieba.setLogLevel(60)
analyzer = ChineseAnalyzer()
for text in ["第3条", "第5条", "第12条", "乘坐𨋢"]:
    print(text, [token.text for token in analyzer(text)])
CODE
cat >expected <<'SEEN'
第3条 ['第', '条']
第5条 ['第', '条']
第12条 ['第', '12', '条']
乘坐𨋢 ['乘坐']
SEEN
diff expected seen
echo "as stated"
