#!/usr/bin/env bash
# opencc-purepy 1.5.0, opencc-pyo3 0.12.0, beside OpenCC 1.4.2: `s2hk` of 里面 and 着手.
# Hong Kong's standard of character forms (常用字字形表) has 裏 and 着, and OpenCC's `s2hk` writes them. Both
# ports, whose configurations have the same names, write Taiwan's 裡面 and 著手, so that words of Hong Kong's
# texts made by a port are others than those made by OpenCC.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check OpenCC==1.4.2 opencc-purepy==1.5.0 opencc-pyo3==0.12.0
PYTHONWARNINGS=ignore env/bin/python - >seen 2>errors <<'CODE' || { cat errors >&2; exit 1; }
import opencc
import opencc_purepy
import opencc_pyo3

for name, package in (("OpenCC", opencc), ("opencc-purepy", opencc_purepy), ("opencc-pyo3", opencc_pyo3)):
    convert = package.OpenCC("s2hk").convert
    print(name, *map(convert, ("里面", "着手", "卫生署")))
CODE
cat >expected <<'SEEN'
OpenCC 裏面 着手 衞生署
opencc-purepy 裡面 著手 衞生署
opencc-pyo3 裡面 著手 衞生署
SEEN
diff expected seen
echo "as stated"
