#!/bin/sh
# SudachiPy 0.7.0 with SudachiDict-core 20261015 (both Apache-2.0, https://github.com/WorksApplications/SudachiPy): a
# comma in the wrong place before a Japanese unit is dropped, and the number is ten times what was meant.
#
# Seen: the dictionary joins numerals and gives their value as the normalised form. Alone, "3,5" is taken for no
# number: 3, a comma, 5. Before a unit of ten thousand or more it is: "3,5億ドル", as texts translated from European
# languages write 3.5 hundred million, has the normalised form 3500000000, where "3.5億ドル" has 350000000. "1,23万"
# is 1230000, where "1.23万" is 12300; "2兆1,23億" is taken too. "0,5億" alone is cut at the comma, and leaves 5億.
# Whoever reads amounts from the normalised form should check the grouping of digits in the surface form first.
#
# This script fails if one of these forms changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "sudachipy==0.7.0" "sudachidict_core==20261015"
PYTHONIOENCODING=utf-8 "$folder/venv/bin/python" -W ignore - > "$folder/seen" <<'PYTHON'
from sudachipy import Dictionary

tokens = Dictionary().create()
for text in ("3,5", "3.5億ドル", "3,5億ドル", "1.23万", "1,23万", "2兆1,23億", "0,5億", "1億5,000万"):
    print(text, "->", *(f"{token.surface()}={token.normalized_form()}" for token in tokens.tokenize(text)))
PYTHON
cat "$folder/seen"
cat > "$folder/expected" <<'TEXT'
3,5 -> 3=3 ,=, 5=5
3.5億ドル -> 3.5億=350000000 ドル=ドル
3,5億ドル -> 3,5億=3500000000 ドル=ドル
1.23万 -> 1.23万=12300
1,23万 -> 1,23万=1230000
2兆1,23億 -> 2兆1,23億=2012300000000
0,5億 -> 0=0 ,=, 5億=500000000
1億5,000万 -> 1億5,000万=150000000
TEXT
cmp "$folder/expected" "$folder/seen" || { echo "changed"; exit 1; }
