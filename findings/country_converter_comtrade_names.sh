#!/bin/sh
# country_converter 1.3.2 (GPL-3.0, https://github.com/IndEcol/country_converter) on the names of UN Comtrade and of
# CEPII's BACI: the United States are left out of their own name, and a customs union becomes one member.
#
# Seen: Comtrade's reporter 842 is called "USA, Puerto Rico and US Virgin Islands" in its lists and in those of BACI.
# Asked for its ISO code the converter answers ['PRI', 'VIR']: the two territories match, the country that has nearly
# all of the trade does not; a log line says that more than one matched, none that one is missing. "USA" and "United
# States" alone are USA. Of the other joint
# reporters 757 "Switzerland, Liechtenstein" and 251 "France, Monaco" come back as lists of two (a column of objects
# where one of codes was meant), 579 "Norway, Svalbard and Jan Mayen" as NOR alone, and 711 "Southern African Customs
# Union", five countries until 2000, as ZAF; 490 "Other Asia, nes", which stands for Taiwan, is not found. Join on the
# numbers of the source, with a table of one's own, and not on names.
#
# This script fails if one of these answers changes. (pandas is held at 3.0.6: beside 3.1 no converter can be made.)
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "country_converter==1.3.2" "pandas==3.0.6"
"$folder/venv/bin/python" - > "$folder/seen" 2>&1 <<'PYTHON'
import logging

import country_converter

logging.disable(logging.CRITICAL)
converter = country_converter.CountryConverter()
for name in (
    "USA, Puerto Rico and US Virgin Islands",
    "United States",
    "USA",
    "Switzerland, Liechtenstein",
    "France, Monaco",
    "Norway, Svalbard and Jan Mayen",
    "Southern African Customs Union",
):
    print(f"{name}: {converter.convert(name, to='ISO3')}")
PYTHON
cat "$folder/seen"
cat > "$folder/expected" <<'TEXT'
USA, Puerto Rico and US Virgin Islands: ['PRI', 'VIR']
United States: USA
USA: USA
Switzerland, Liechtenstein: ['LIE', 'CHE']
France, Monaco: ['FRA', 'MCO']
Norway, Svalbard and Jan Mayen: NOR
Southern African Customs Union: ZAF
TEXT
cmp "$folder/expected" "$folder/seen" || { echo "changed"; exit 1; }
