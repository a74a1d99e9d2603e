#!/bin/sh
# dateparser 1.5.0 (BSD-3-Clause, https://github.com/scrapinghub/dateparser), search_dates on Japanese: when a duty begins
# and when it is to go are years away from what the sentence says.
#
# Seen: a year alone, "2025年の輸入額" (imports of 2025), is taken for a length of time, 2025 years ago: the year 1. With month
# and day it is read as written. A length of time is always taken back, whatever follows it: "3年後に撤廃する" (will be
# abolished in three years) is three years ago, and so are "3年以内に" (within three years), "10年かけて" (over ten years) and
# "90日間停止する" (suspended for 90 days). parse() of the phrase alone knows 後 and gives the day in three years; the search
# cuts the phrase before it. Nothing in the answer tells a length of time from a day, so a deadline of three years comes
# out as one that has passed.
#
# This script fails if one of these answers changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "dateparser==1.5.0"
PYTHONIOENCODING=utf-8 "$folder/venv/bin/python" -W ignore - > "$folder/seen" <<'PYTHON'
from datetime import datetime

import dateparser
from dateparser.search import search_dates

TODAY = {"RELATIVE_BASE": datetime(2026, 6, 3)}
for text in (
    "2025年8月1日から課す",
    "2025年の輸入額",
    "3年後に撤廃する",
    "3年以内に撤廃する",
    "10年かけて撤廃する",
    "90日間停止する",
):
    found = search_dates(text, languages=["ja"], settings=TODAY)
    print(text, "->", *(f"{words} {day.date()}" for words, day in found))
for text in ("2025年", "3年後"):
    print("parse", text, "->", dateparser.parse(text, languages=["ja"], settings=TODAY).date())
PYTHON
cat "$folder/seen"
cat > "$folder/expected" <<'TEXT'
2025年8月1日から課す -> 2025年8月1 2025-08-01
2025年の輸入額 -> 2025年の 0001-06-03
3年後に撤廃する -> 3年 2023-06-03
3年以内に撤廃する -> 3年 2023-06-03
10年かけて撤廃する -> 10年 2016-06-03
90日間停止する -> 90日間 2026-03-05
parse 2025年 -> 0001-06-03
parse 3年後 -> 2029-06-03
TEXT
cmp "$folder/expected" "$folder/seen" || { echo "changed"; exit 1; }
