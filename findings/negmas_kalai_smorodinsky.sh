#!/bin/sh
# NegMAS 0.16.0 (BSD-3-Clause, https://github.com/yasserfarouk/negmas): ks_points, "the Kalai-Smorodinsky solution",
# takes the most equal deal of a finite frontier, not the one with the largest smallest share.
#
# Seen: where deals are a list, no deal gives both sides the same share of their best, and the solution is read as the
# deal whose smaller share is largest: so says the function's own docstring ("maximizes minimum advantage ratio").
# What it minimises is the difference between the larger and the smaller share. With bests of 10 and 10, nothing
# without a deal, and two deals between, (9, 5) and (4, 5.1), it names (4, 5.1): one side gives up 5 of 9 so that the
# other gains 0.1, and the smaller share falls from 0.5 to 0.4. kalai_points, the egalitarian solution, names (9, 5),
# whose smaller gain is the larger. Deals that others name are best compared with a rule that is written out.
#
# This script fails if ks_points names another deal, or kalai_points does.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "negmas==0.16.0" "numpy==2.4.6"
"$folder/venv/bin/python" - > "$folder/seen" <<'PYTHON'
from importlib.metadata import version

from negmas import make_issue, make_os
from negmas.preferences import MappingUtilityFunction
from negmas.preferences.ops import kalai_points, ks_points, pareto_frontier

WORTH = {"ours": (10, 0), "broad": (9, 5), "level": (4, 5.1), "theirs": (0, 10), "no deal": (0, 0)}
space = make_os([make_issue(list(WORTH), "deal")])
deals = list(space.enumerate())
sides = [
    MappingUtilityFunction({(name,): both[side] for name, both in WORTH.items()}, outcome_space=space, reserved_value=0)
    for side in (0, 1)
]
frontier, places = pareto_frontier(sides, outcomes=deals)
print("negmas", version("negmas"))
print("frontier:", *sorted(deals[place][0] for place in places))
for rule in (ks_points, kalai_points):
    named = [deals[places[index]][0] for _, index in rule(sides, frontier, outcome_space=space)]
    print(f"{rule.__name__}:", *(f"{name} {WORTH[name]}, smaller share {min(WORTH[name]) / 10}" for name in named))
PYTHON
cat "$folder/seen"
cat > "$folder/expected" <<'TEXT'
negmas 0.16.0
frontier: broad level ours theirs
ks_points: level (4, 5.1), smaller share 0.4
kalai_points: broad (9, 5), smaller share 0.5
TEXT
cmp "$folder/expected" "$folder/seen" || { echo "changed"; exit 1; }
