#!/bin/sh
# gegravity 0.3 (MIT, https://github.com/peter-herman/gegravity; general equilibrium gravity of Larch and Yotov): an
# equilibrium that was not found is told as one that was.
#
# Seen: where the solver gives up on the full model, simulate() warns in the solver's words and fills every table of
# results from where it stopped, as if it had arrived. No row or column says so; `success` in `solver_diagnostics`
# does, for whoever looks. Four economies, an agreement between two of them: whichever the reference importer and the
# rescaling, the question has one answer where the solver arrives (Peru's GDP +0.6 %). With `omr_rescale=0.2` both kinds
# of multilateral resistance converge and the full model does not: Peru, Japan and the United States lose, and Viet
# Nam's exports fall by more than 100 %. Other rescalings end in an error, with the advice to try another factor; the
# first that "works" can be such a table.
#
# This script fails if the tables are no longer filled, or the diagnostics are another.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "gegravity==0.3" "gme==1.3.1" "numpy==2.4.6" \
    "pandas==3.1.1" "scipy==1.17.1"
"$folder/venv/bin/python" - > "$folder/seen" <<'PYTHON'
import itertools
import warnings

import gegravity
import pandas as pd

warnings.simplefilter("ignore")
OUTPUT = {"JPN": 50.0, "PER": 5.0, "USA": 200.0, "VNM": 8.0}
EXPENDITURE = {"JPN": 49.0, "PER": 5.5, "USA": 201.0, "VNM": 7.5}
FAR = {"JPN PER": 9.6, "JPN USA": 9.2, "JPN VNM": 8.2, "PER USA": 8.7, "PER VNM": 9.8, "USA VNM": 9.5}
FLOWS = pd.DataFrame(
    {
        "exporter": one,
        "importer": other,
        "year": "2020",
        "trade": 1.0,
        "Y": OUTPUT[one],
        "E": EXPENDITURE[other],
        "agreement": 0,
        "distance": FAR.get(" ".join(sorted((one, other))), 0.0),
        "abroad": int(one != other),
    }
    for one, other in itertools.product(OUTPUT, OUTPUT)
)
COSTS = pd.DataFrame({"var": ["distance", "agreement", "abroad"], "coeff": [-0.4, 0.5, -0.5], "ste": [0.1] * 3})


def told(rescale: float, reference: str) -> None:
    model = gegravity.OneSectorGE(
        baseline=gegravity.BaselineData(
            FLOWS,
            imp_var_name="importer",
            exp_var_name="exporter",
            year_var_name="year",
            trade_var_name="trade",
            expend_var_name="E",
            output_var_name="Y",
        ),
        year="2020",
        reference_importer=reference,
        expend_var_name="E",
        output_var_name="Y",
        sigma=5.0,
        cost_variables=list(COSTS["var"]),
        cost_coeff_values=gegravity.CostCoeffs(COSTS, identifier_col="var", coeff_col="coeff", stderr_col="ste"),
        quiet=True,
    )
    try:
        model.build_baseline(omr_rescale=rescale)
    except ValueError as error:
        print(rescale, reference, "ValueError:", str(error)[:31])
        return
    agreed = model.baseline_data.copy()
    pair = {"JPN", "PER"}
    both = agreed["exporter"].isin(pair) & agreed["importer"].isin(pair) & (agreed["abroad"] == 1)
    agreed.loc[both, "agreement"] = 1
    model.define_experiment(agreed)
    model.simulate()
    solved = {name: one["success"] for name, one in model.solver_diagnostics.items()}
    results = model.country_results
    gdp = results["GDP change (percent)"].round(1) + 0.0
    below = results.index[results["foreign exports change (percent)"] < -100].tolist()
    print(rescale, reference, *solved.values(), "GDP", gdp.to_dict(), "exports below -100 %:", *below)


for rescale, reference in ((10, "USA"), (10, "JPN"), (1, "JPN"), (0.2, "JPN"), (0.2, "USA")):
    told(rescale, reference)
PYTHON
cat "$folder/seen"
cat > "$folder/expected" <<'TEXT'
10 USA True True True GDP {'JPN': 0.1, 'PER': 0.6, 'USA': 0.0, 'VNM': 0.0} exports below -100 %:
10 JPN True True True GDP {'JPN': 0.1, 'PER': 0.6, 'USA': 0.0, 'VNM': 0.0} exports below -100 %:
1 JPN True True True GDP {'JPN': 0.1, 'PER': 0.6, 'USA': 0.0, 'VNM': 0.0} exports below -100 %:
0.2 JPN True True False GDP {'JPN': -0.4, 'PER': -0.1, 'USA': -0.1, 'VNM': nan} exports below -100 %: VNM
0.2 USA ValueError: IMR or OMR values problematic f
TEXT
cmp "$folder/expected" "$folder/seen" || { echo "changed"; exit 1; }
