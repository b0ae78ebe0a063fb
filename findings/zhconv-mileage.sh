#!/usr/bin/env bash
# zhconv 1.4.3, `convert(text, "zh-hk")` and "zh-hant": 里程 (mileage) and 里程碑 (milestone).
# The character of distance (里) becomes that of "inside" (裏), so that a contract of carriage says 裏程.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check zhconv==1.4.3 setuptools==70.0.0
PYTHONWARNINGS=ignore env/bin/python - >seen 2>errors <<'CODE' || { cat errors >&2; exit 1; }
import zhconv

for text in ["里程", "里程碑", "公里", "这里"]:
    print(text, zhconv.convert(text, "zh-hk"), zhconv.convert(text, "zh-hant"))
CODE
cat >expected <<'SEEN'
里程 裏程 裏程
里程碑 裏程碑 裏程碑
公里 公裏 公裏
这里 這裏 這裡
SEEN
diff expected seen
echo "as stated"
