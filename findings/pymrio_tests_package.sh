#!/bin/sh
# pymrio 0.7.0 (LGPL-3.0, https://github.com/IndEcol/pymrio): its wheel installs a top-level package called `tests`.
#
# Seen: after `pip install pymrio==0.7.0`, `import tests` in an empty folder finds pymrio's own tests in
# site-packages. A project whose tests are a namespace package (a folder `tests` without __init__.py, imported as
# `from tests.helpers import ...`) imports pymrio's in their place as soon as pymrio is in its environment: a
# regular package in site-packages wins over a namespace package earlier on the path (PEP 420). The project's own
# test runs then fail with "No module named 'tests.helpers'". An __init__.py in the project's folder mends it.
#
# This script fails if the wheel no longer does so, or if the project's package is found nevertheless.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "pymrio==0.7.0"
mkdir -p "$folder/project/tests"
echo "ANSWER = 42" > "$folder/project/tests/helpers.py"
cd "$folder/project"
echo "version: $("$folder/venv/bin/python" -c 'from importlib.metadata import version; print(version("pymrio"))')"
found=$("$folder/venv/bin/python" -c 'import tests; print(tests.__file__ or "namespace")')
case "$found" in
  "$folder"/venv/*/site-packages/tests/__init__.py) echo "seen: tests is site-packages/tests/__init__.py" ;;
  *) echo "changed: tests is $found"; exit 1 ;;
esac
if "$folder/venv/bin/python" -c 'import tests.helpers' 2> "$folder/error"; then
  echo "changed: the project's own tests.helpers is found"; exit 1
fi
tail -n 1 "$folder/error"
touch tests/__init__.py
"$folder/venv/bin/python" -c 'import tests.helpers; print("with __init__.py:", tests.helpers.ANSWER)'
