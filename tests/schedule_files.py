"""Schedules as governments publish them, cut to what matters."""

# ruff: noqa: E501 - exports and pages are quoted as they are

from __future__ import annotations

import csv
import json

# As the USITC exports it: a chapter's rows, rates on 8-digit lines, statistical lines below them blank.
HTS = """\
HTS Number,Indent,Description,Unit of Quantity,General Rate of Duty,Special Rate of Duty,Column 2 Rate of Duty,\
Quota Quantity,Additional Duties
0101,0,"Live horses, asses, mules and hinnies:",,,,,,
"",1,Horses:,,,,,,
0101.21.00,2,Purebred breeding animals,,Free,,Free,,
0101.21.00.10,3,Males,"[""No.""]",,,,,
0101.21.00.20,3,Females,"[""No.""]",,,,,
0101.29.00,2,Other,,Free 1/,,20%,,
0101.29.00.10,3,Imported for immediate slaughter,"[""No.""]",,,,,
0101.30.00.00,1,Asses,"[""No.""]",6.8%,"Free (A+,AU,BH,CL,CO,D,E,IL,JO,KR,MA,OM,P,PA,PE,S,SG) 3.4% (JP)",15%,,
8703,0,"Motor cars <i>and</i> other
motor vehicles",,,,,,
8703.23.01,1,Of a cylinder capacity over 1.5 l,,2.5%,"Free (A+,AU,B,BH,CL,CO,D,E,IL,JO,KR,MA,OM,P,PA,PE,S,SG)",10%,,
8703.23.01.90,2,Other,"[""No.""]",,,,,
8703.80.00,1,Electric,,,,,,
8703.80.00.10,2,New,"[""No.""]",,,,,
"""

JSON_HEADINGS = ("htsno", "indent", "description", "units", "general", "special", "other")


def as_json(text: str) -> str:
    rows = list(csv.DictReader(text.splitlines(keepends=True)))
    objects = [
        dict(zip(JSON_HEADINGS, list(row.values())[:7], strict=True))
        | {"units": json.loads(row["Unit of Quantity"] or "[]"), "superior": None, "footnotes": []}
        for row in rows
    ]
    return "[\n" + ",\n".join(json.dumps(one) for one in objects) + "\n]\n"


JAPANESE = """\
stat_code,sub,desc,基本,暫定,WTO協定,特恵,EPA_CPTPP,EPA_RCEP_中国,EPA_日米貿易協定
0201.10,000,牛の肉 > 枝肉,(50%),38.5%,(50%),,20.8%,,20.8%
8703.80,,自動車 > 電動機のみ,無税,,(無税),,,,
8703.80,010,自動車 > 電動機のみ > − 中古のもの,,,,,無税,無税,
8703.80,090,自動車 > 電動機のみ > − その他のもの,,,,,無税,無税,
1006.30,,米 > 精米,(402円/kg),,,,,,
1006.30,090,米 > 精米 > − その他のもの,,49円/kg,*(341円/kg),,49円/kg,,
0307.21,,スキャロップ,10%,,,,,,
0307.21,290,スキャロップ > − その他のもの,,,7%,,"（カナダ及びチリに対する待遇）\u30003%
（他の締約国に対する待遇）\u30001.2%",,
0805.10,000,オレンジ > 1 毎年6月1日から同年11月30日までに輸入されるもの,20%,,16%,,無税,,
0805.10,000,オレンジ > 2 毎年12月1日から翌年5月31日までに輸入されるもの,40%,,32%,,無税,,
1602.41,011,豚肉,基準輸入価格と課税価格との差額,,,,,,
"""

PAGE = """\
<html><head><meta charset="utf-8"></head><body><table>
<tr><th colspan="2">Statistical code</th><th rowspan="2">Description</th><th colspan="3">Tariff rate</th>
<th colspan="2">Tariff rate (EPA)</th><th rowspan="2">JP-US Trade Agreement **1</th></tr>
<tr><th>H.S. code</th><th></th><th>General</th><th>Temporary</th><th>WTO</th><th>Viet Nam</th><th>TPP11 (CPTPP)</th></tr>
<tr><td>87.03</td><td></td><td>Motor cars</td><td></td><td></td><td></td><td></td><td></td><td></td></tr>
<tr><td>8703.80</td><td></td><td>Electric only</td><td>Free</td><td></td><td>(Free)</td><td></td><td></td><td></td></tr>
<tr><td>8703.80</td><td>010</td><td>- Used</td><td></td><td></td><td></td><td>Free</td><td>Free</td><td></td></tr>
<tr><td>0703.10</td><td>011</td><td>(1)Not more than 67 yen/kg</td><td>10%</td><td></td><td>(8.5%)</td><td>--</td>
<td>5% or (73.70 yen - the value for customs duty)/kg,<br>whichever is the less</td><td>Free</td></tr>
</table></body></html>
"""
