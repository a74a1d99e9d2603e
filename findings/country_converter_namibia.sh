#!/bin/sh
# country_converter 1.3.2 (GPL-3.0, https://github.com/IndEcol/country_converter) beside pandas 3.1: no converter can
# be made, because of Namibia.
#
# Seen: pandas 3.1.0 and 3.1.1 read the text NA as missing even in a column that `converters` hands to `str`; 3.0.6 and
# all before leave such a column alone. The two-letter code of Namibia is NA, so country_converter's own table, read
# that way, has a hole, and building the object every use of it begins with ends in a TypeError from `re`. The newest
# releases of both install together without a word (it asks for pandas>=1.0). Users' own readers that guard "NA" with
# `converters={"iso2": str}` lose Namibia in silence in the same way; `dtype=str` does not help, `keep_default_na=False`
# does.
#
# This script fails if the pair works, or if pandas 3.0.6 no longer does.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
pip() { "$folder/venv/bin/pip" install --quiet --disable-pip-version-check "$@"; }
cat > "$folder/try.py" <<'PYTHON'
import io
import logging

import country_converter
import pandas as pd

logging.disable(logging.CRITICAL)
TABLE = "iso2,name\nNA,Namibia\nJP,Japan\n"
for said, how in {
    "converters": {"converters": {"iso2": str}},
    "dtype": {"dtype": str},
    "keep_default_na": {"keep_default_na": False},
}.items():
    code = pd.read_csv(io.StringIO(TABLE), **how)["iso2"][0]
    print(pd.__version__, said, "missing" if pd.isna(code) else code)
try:
    print(pd.__version__, "Namibia is", country_converter.CountryConverter().convert("Namibia", to="ISO2"))
except TypeError as error:
    print(pd.__version__, "TypeError:", error)
PYTHON
pip "country_converter==1.3.2" "pandas==3.0.6"
"$folder/venv/bin/python" "$folder/try.py" > "$folder/seen"
pip "pandas==3.1.1"
"$folder/venv/bin/python" "$folder/try.py" >> "$folder/seen"
cat "$folder/seen"
cat > "$folder/expected" <<'TEXT'
3.0.6 converters NA
3.0.6 dtype missing
3.0.6 keep_default_na NA
3.0.6 Namibia is NA
3.1.1 converters missing
3.1.1 dtype missing
3.1.1 keep_default_na NA
3.1.1 TypeError: first argument must be string or compiled pattern
TEXT
cmp "$folder/expected" "$folder/seen" || { echo "changed"; exit 1; }
