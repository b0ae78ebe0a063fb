#!/usr/bin/env bash
# translate-toolkit 3.20.4, TBX: an entry with two terms in one language.
# Of 質素 with 素质 and 质量 on the other side only the first is given, and saved again the file has all
# three: a tool that lists the entries never shows the second.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check translate-toolkit==3.20.4
PYTHONWARNINGS=ignore env/bin/python - >seen 2>errors <<'CODE' || { cat errors >&2; exit 1; }
from translate.storage import tbx

entry = """<?xml version="1.0" encoding="UTF-8"?><martif type="TBX" xml:lang="zh-Hant"><martifHeader>
<fileDesc><sourceDesc><p>terms</p></sourceDesc></fileDesc></martifHeader><text><body><termEntry id="1">
<langSet xml:lang="zh-Hant-HK"><tig><term>質素</term></tig></langSet>
<langSet xml:lang="zh-Hans-CN"><tig><term>素质</term></tig><tig><term>质量</term></tig></langSet>
</termEntry></body></text></martif>"""
store = tbx.tbxfile.parsestring(entry.encode())
print([(str(unit.source), str(unit.target)) for unit in store.units])
print("质量" in bytes(store).decode())
CODE
cat >expected <<'SEEN'
[('質素', '素质')]
True
SEEN
diff expected seen
echo "as stated"
