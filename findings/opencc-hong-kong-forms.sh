#!/usr/bin/env bash
# OpenCC 1.4.2: Hong Kong's 衞 in `t2s`.
# Hong Kong's government writes 衞生署. `t2s`, which most programs call for "Traditional to Simplified", leaves it
# as it is (衛生署 becomes 卫生署), so a conversion of Hong Kong's texts by `t2s` holds words that no
# Simplified query finds; `hk2s` knows it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check OpenCC==1.4.2
PYTHONWARNINGS=ignore env/bin/python - >seen 2>errors <<'CODE' || { cat errors >&2; exit 1; }
import opencc

for config in ["t2s", "hk2s"]:
    convert = opencc.OpenCC(config).convert
    print(config, convert("衞生署"), convert("衛生署"))
CODE
cat >expected <<'SEEN'
t2s 衞生署 卫生署
hk2s 卫生署 卫生署
SEEN
diff expected seen
echo "as stated"
