#!/usr/bin/env bash
# pycantonese 5.0.0, `characters_to_jyutping`: Cantonese readings of Simplified text.
# Characters that are simplified have no reading (None), and what stands beside them goes with them: of
# 区与广东省签署 not even 广东省's 东, 省 or 署 is read, though 省 and 署 are the same in both scripts.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check pycantonese==5.0.0
PYTHONWARNINGS=ignore env/bin/python - >seen 2>errors <<'CODE' || { cat errors >&2; exit 1; }
import pycantonese

for text in ["特別行政區與廣東省簽署", "特别行政区与广东省签署"]:
    print(pycantonese.characters_to_jyutping(text))
CODE
cat >expected <<'SEEN'
[('特別', 'dak6 bit6'), ('行政', 'hang4 zing3'), ('區與', 'keoi1 jyu5'), ('廣東省', 'gwong2 dung1 saang2'), ('簽署', 'cim1 cyu5')]
[('特别', None), ('行政', 'hang4 zing3'), ('区与广东省签署', None)]
SEEN
diff expected seen
echo "as stated"
