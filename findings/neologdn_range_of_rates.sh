#!/bin/sh
# neologdn 0.5.6 (Apache-2.0, https://github.com/ikegami-yukino/neologdn), the usual first step before Japanese text is cut
# into words: a range of duties becomes one duty of a hundred times as much.
#
# Seen: the tilde that Japanese writes between the ends of a range (U+301C, and U+FF5E on Windows) is removed, since in
# posts it stretches vowels. "10〜15%の関税" (duties of 10 to 15 %) is "1015%の関税", "2025年4月〜7月" "2025年4月7月", a day;
# "HS8701〜8705" one code of eight digits that may well exist. A range with a hyphen or a minus sign stays one. Full-width
# figures, percent signs and commas are made half-width as one would wish, so the step looks right on all else.
# `tilde="normalize"` keeps the sign.
#
# This script fails if one of these answers changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "neologdn==0.5.6"
PYTHONIOENCODING=utf-8 "$folder/venv/bin/python" - > "$folder/seen" <<'PYTHON'
import neologdn

for text in ("10〜15%の関税", "１０～１５％の関税", "2025年4月〜7月", "HS8701〜8705", "10-15%の関税", "10−15%の関税", "３．５％、１，２００トン"):
    print(text, "->", neologdn.normalize(text), "|", neologdn.normalize(text, tilde="normalize"))
PYTHON
cat "$folder/seen"
cat > "$folder/expected" <<'TEXT'
10〜15%の関税 -> 1015%の関税 | 10~15%の関税
１０～１５％の関税 -> 1015%の関税 | 10~15%の関税
2025年4月〜7月 -> 2025年4月7月 | 2025年4月~7月
HS8701〜8705 -> HS87018705 | HS8701~8705
10-15%の関税 -> 10-15%の関税 | 10-15%の関税
10−15%の関税 -> 10-15%の関税 | 10-15%の関税
３．５％、１，２００トン -> 3.5%、1,200トン | 3.5%、1,200トン
TEXT
cmp "$folder/expected" "$folder/seen" || { echo "changed"; exit 1; }
