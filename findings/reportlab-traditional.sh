#!/usr/bin/env bash
# reportlab 5.1.0, `UnicodeCIDFont("MSung-Light")`: PDFs in Traditional Chinese.
# The font is of the collection Adobe-CNS1 (Traditional), and reportlab names the encoding of Adobe-GB1
# (Simplified) for it. Readers that look at the codes give the text (PDFium, pypdf); those that go by the
# collection, as ISO 32000 has it, give other characters: 合作協議 is 洎鋅湋琡 to pdfminer.six and MuPDF, without an
# error. STSong-Light is right. So text of such a PDF has to be doubted though all of it is Han.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check reportlab==5.1.0 pdfminer.six==20260107 pypdf==7.1.1
PYTHONWARNINGS=ignore env/bin/python - >seen 2>errors <<'CODE' || { cat errors >&2; exit 1; }
import re

import pypdf
from pdfminer.high_level import extract_text
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

for font, text in [("MSung-Light", "合作協議"), ("STSong-Light", "合作协议")]:
    pdfmetrics.registerFont(UnicodeCIDFont(font))
    page = canvas.Canvas("a.pdf", pageCompression=0)
    page.setFont(font, 12)
    page.drawString(72, 700, text)
    page.save()
    source = open("a.pdf", "rb").read().decode("latin-1")
    print(font, re.findall(r"/Encoding /Uni\S+|/Ordering \(\w+\)", source))
    print(extract_text("a.pdf").strip(), pypdf.PdfReader("a.pdf").pages[0].extract_text().strip())
CODE
cat >expected <<'SEEN'
MSung-Light ['/Ordering (CNS1)', '/Encoding /UniGB-UCS2-H']
洎鋅湋琡 合作協議
STSong-Light ['/Ordering (GB1)', '/Encoding /UniGB-UCS2-H']
合作协议 合作协议
SEEN
diff expected seen
echo "as stated"
