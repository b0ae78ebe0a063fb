#!/usr/bin/env bash
# OpenCC 1.4.2, `s2hk`: Simplified to Hong Kong's Traditional.
# Words are matched from the left, longest first, across the borders that a reader sees: 被发明 (was
# invented) holds 被发 … and becomes 被髮明 (hair), 展示了如何 (showed how) becomes 展示瞭如何, and the surname 余 is 餘.
# 发明 and 了解 by themselves are right.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check OpenCC==1.4.2
PYTHONWARNINGS=ignore env/bin/python - >seen 2>errors <<'CODE' || { cat errors >&2; exit 1; }
import opencc

convert = opencc.OpenCC("s2hk").convert
for text in ["发明", "被发明", "展示了如何", "余先生"]:
    print(text, convert(text))
CODE
cat >expected <<'SEEN'
发明 發明
被发明 被髮明
展示了如何 展示瞭如何
余先生 餘先生
SEEN
diff expected seen
echo "as stated"
