#!/usr/bin/env bash
# openpyxl 3.1.5, xlsx2csv 0.8.6, python-calamine 0.9.1: dates of Chinese spreadsheets.
# A Chinese Excel offers 2017年11月18日 and 2017年11月 as built-in formats 31 and 57 (ISO/IEC 29500-1,
# 18.8.30, zh-tw and zh-cn). openpyxl and xlsx2csv know no formats of that range as dates and give the
# number of days, 43057, so a table's dates of signing become figures; calamine gives the dates. A format
# that spells the same out, yyyy"年"m"月"d"日", is a date for all three, but xlsx2csv prints the quotation
# marks of the format into the value.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --disable-pip-version-check openpyxl==3.1.5 xlsx2csv==0.8.6 python-calamine==0.9.1
env/bin/python - >seen <<'CODE'
import csv
import io
import subprocess
import zipfile

import openpyxl
import python_calamine
from openpyxl.styles.numbers import BUILTIN_FORMATS

# openpyxl can't write a format that it doesn't know: its own stand in, and are replaced in the package.
book = openpyxl.Workbook()
sheet = book.active
spelt = 'yyyy"年"m"月"d"日"'
for cell, code in (("A1", "0.00%"), ("B1", "0.00E+00"), ("C1", spelt)):
    sheet[cell] = 43057
    sheet[cell].number_format = code
book.save("written.xlsx")
with zipfile.ZipFile("written.xlsx") as before, zipfile.ZipFile("dates.xlsx", "w") as after:
    for name in before.namelist():
        data = before.read(name)
        if name == "xl/styles.xml":
            for own, chinese in ((10, 31), (11, 57)):
                assert BUILTIN_FORMATS[own] in ("0.00%", "0.00E+00")
                data = data.replace(b'numFmtId="%d"' % own, b'applyNumberFormat="1" numFmtId="%d"' % chinese)
        after.writestr(name, data)
row = [cell.value for cell in openpyxl.load_workbook("dates.xlsx").active[1]]
print("openpyxl", *[str(value)[:10] for value in row])
row = python_calamine.CalamineWorkbook.from_path("dates.xlsx").get_sheet_by_index(0).to_python()[0]
print("calamine", *[str(value)[:10] for value in row])
printed = subprocess.run(["env/bin/xlsx2csv", "dates.xlsx"], capture_output=True, text=True).stdout
print("xlsx2csv", *next(csv.reader(io.StringIO(printed))))
CODE
cat >expected <<'SEEN'
openpyxl 43057 43057 2017-11-18
calamine 2017-11-18 2017-11-18 2017-11-18
xlsx2csv 43057 43057 2017"年"11"月"18"日"
SEEN
diff expected seen
echo "as stated"
