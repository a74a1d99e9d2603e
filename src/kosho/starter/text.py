"""The files of a new case, as a person would write them: comments say what each part is for."""

from __future__ import annotations

from datetime import date

from kosho.codes import blocs, country_name
from kosho.starter.plan import Plan, Subject

__all__ = ["files", "guide"]

OWN = "{id: own, title: Assumption to be replaced, publisher: the author, kind: own}"


def files(plan: Plan) -> dict[str, str]:
    """Text by file name; `record.yaml` only says who talks."""
    return {
        "case.yaml": _case(plan),
        "measures.yaml": _measures(plan),
        "table.yaml": _table(plan),
        "products.yaml": _products(plan),
        "record.yaml": _record(plan),
    }


def guide(name: str) -> tuple[str, ...]:
    """What to do next, a line each."""
    return (
        f"kosho brief {name}        # runs as it is; so do simulate and bargain",
        f"kosho simulate {name} --scenario deal",
        f"kosho bargain {name} --draws 20",
        "Edit next:",
        "1. measures.yaml  what a deal changes in the law: cut, bind, tariff, quota, standard ...",
        "2. case.yaml      the scenarios that compare these changes, and the trade to watch",
        "3. table.yaml     issues, options, red lines, the deadline",
        "4. record.yaml    what was said (`kosho read TEXT --out drafts.yaml` drafts it)",
        "5. products.yaml  goods that no sector tells apart, with their duty and share of trade",
        "What says `source: [own]` is an assumption of this starter. Replace it, and name your source.",
    )


def _choices(subject: Subject) -> tuple[tuple[str, str], ...]:
    """Two concessions on a subject: id and title."""
    if subject.duty is None:
        return (("sooner", "Released a day sooner"), ("soonest", "Released two days sooner"))
    return (("half", "Duty halved"), ("free", "Duty free"))


def _case(plan: Plan) -> str:
    parties = "\n".join(f"  - {{economy: {code}, title: {country_name(code)}}}" for code in plan.parties)
    flows = "\n".join(
        f"  - {{id: {one.id}, title: {_sold(one)}, exporter: {one.main_seller}, importer: {one.importer}, "
        f"sector: {one.sector}}}"
        for one in plan.subjects
    )
    first, second = (", ".join(f"{one.id}-{_choices(one)[n][0]}" for one in plan.subjects) for n in range(2))
    return f"""\
# {plan.title}: who talks, which states of the law are compared, which trade to watch.
# Every key: `kosho schema case`. Codes of economies, sectors and product groups: `kosho codes WORDS`.

title: {plan.title}
summary: >-
  Say in two or three sentences what is negotiated and why now.
as_of: {plan.as_of}  # the day the case is about: questions without a date are asked on it

parties:  # economies or blocs; a bloc is one economy here
{parties}

scenarios:
  - id: status-quo
    title: What is in force
    role: status-quo
    description: Everything in force on the day.
    status: fact
    source: [own]
  - id: no-deal
    title: No deal, everything stays as it is
    role: no-deal  # what deals are measured against; name a threat of measures.yaml under overlays
    description: The talks fail, and nothing changes.
    status: assumption
    source: [own]
  - id: deal
    title: A first step by every side
    role: deal
    description: Each side gives the first of the concessions in measures.yaml.
    overlays: [{first}]
    status: assumption
    source: [own]
  - id: deal-far
    title: The whole way by every side
    role: deal
    description: Each side gives the second of the concessions in measures.yaml.
    overlays: [{second}]
    status: assumption
    source: [own]

flows:  # trade that is shown in every result; `part` names a product group, `quantity` counts it
{flows}

calendar:
  - {{date: {plan.deadline}, title: End of the talks as this starter assumes it, source: [own]}}

# not_yet_priced:  # on the table, and in no number
#   - {{id: visas, title: Visas for engineers, by: {plan.parties[0]}, why: No model prices them, source: [own]}}
"""


def _sold(subject: Subject) -> str:
    seller, buyer = country_name(subject.main_seller), country_name(subject.importer)
    return f'"{subject.goods} from {seller} to {buyer}"'


def _measures(plan: Plan) -> str:
    return f"""\
# What scenarios and options change in the law in force. The register that ships is the law; nothing of it is
# repeated here. Kinds: `cut` (percent off the ordinary duty; 100 is free), `bind` (at most), both `staged` over
# years if you like; `tariff` (on top), `floor`, `quota`, `tariff_quota`, `standard`, `customs`, `purchase` ...
# Every key: `kosho schema measures`.

title: Changes on the table between {plan.title}
sources:
  - {OWN}

# lists:  # headings that several measures speak of
#   my-list: {{title: Headings of an annex, edition: HS 2022, prefixes: ["2208.30"], source: [own]}}

overlays:
{"".join(_overlays(one, plan) for one in plan.subjects).rstrip()}
"""


def _overlays(subject: Subject, plan: Plan) -> str:
    """Both concessions of a subject, under what is known of the duty."""
    buyer = country_name(subject.importer)
    known = "No duty that could be cut is known here: this starter negotiates days at the border."
    if subject.duty is not None:
        known = f"{buyer} levies {subject.duty:.1f} % on it in the table's year, on average."
    both = "\n".join(_overlay(subject, plan.as_of, n) for n in range(2))
    return f"  # {subject.goods}: {known}\n{both}\n"


def _overlay(subject: Subject, on: date, n: int) -> str:
    choice, title = _choices(subject)[n]
    name = f"{subject.id}-{choice}"
    return f"""\
  {name}:
    title: "{country_name(subject.importer)}: {subject.goods}, {title[0].lower()}{title[1:]}"
    add:
      - id: {name}
        title: "{title}: {subject.goods}"
        imposer: {subject.importer}
        authority: {subject.id}
        partners: {{include: [{", ".join(subject.sellers)}]}}
        scope: {{sectors: [{subject.sector}]}}  # or groups: [...], or goods: true
{_concession(subject, n)}\
        stage: offered
        legal_from: {on}
        known_from: {on}
        legal_basis: none; a concession on the table
        source: [own]
        status: assumption
"""


def _concession(subject: Subject, n: int) -> str:
    if subject.duty is not None:
        staged = "        # staged: {steps: 10, each: 01-01}  # in ten equal yearly steps\n" if n else ""
        return f"        kind: cut\n        value: {100 if n else 50}\n{staged}"
    days = "unit: days, status: assumption, source: own}"
    return (
        "        kind: customs\n"
        "        terms:\n"
        f"          before: {{value: 3, low: 2.5, high: 4, {days}\n"
        f"          after: {{value: {2 - n}, low: {1.5 - n}, high: {2.4 - n}, {days}\n"
    )


def _table(plan: Plan) -> str:
    worth = "{value: 0, low: -50, high: 50, unit: million USD, status: assumption, source: own}"
    parties = "\n".join(
        f"  - {{economy: {code}, title: {country_name(code)}, payoff: {{}}}}" for code in plan.parties
    )
    return f"""\
# What is on the table: `kosho bargain` prices every combination of options and names the deals that leave all
# better off. Every key: `kosho schema table`.

title: {plan.title}
summary: Say what each side could concede.
parties:  # `payoff` may weigh sectors more than others (weights)
{parties}

status_quo: {{scenario: status-quo, date: {plan.as_of}, status: fact, source: [own]}}

backgrounds:  # what third countries face, the same in every package; packages are found under the first
  - id: no-deal
    title: Everything stays as it is
    packages: status-quo
    disagreement: {{scenario: no-deal, date: {plan.deadline}, status: assumption, source: [own]}}

deadline:
  date: {plan.deadline}
  follows: The talks end, and everything stays as it is.
  proposes_first: {plan.parties[0]}
  discount: {{value: 5, low: 2, high: 10, unit: percent, status: assumption, source: own}}
  status: assumption
  source: [own]

issues:  # one option of each is its fallback: what holds if the talks fail
{"".join(_issue(one) for one in plan.subjects)}
# red_lines:  # what a side will not sign
#   - id: not-free
#     title: No free trade in this sector
#     party: {plan.subjects[0].importer}
#     forbids: {{{plan.subjects[0].id}: [{_choices(plan.subjects[0])[1][0]}]}}
#     status: assumption
#     source: [own]

# unpriced:  # worth something, priced by nobody: shown beside the result as a range
#   - id: visas
#     title: Visas for engineers
#     why: No model here prices them
#     worth: {{{plan.parties[0]}: {worth}}}
#     source: [own]

sources:
  - {OWN}
"""


def _issue(subject: Subject) -> str:
    options = "\n".join(
        f"      - {{id: {choice}, title: {title}, overlays: [{subject.id}-{choice}], "
        "status: assumption, source: [own]}"
        for choice, title in _choices(subject)
    )
    return f"""\
  - id: {subject.id}
    title: "{country_name(subject.importer)}: {subject.goods}"
    options:
      - {{id: as-now, title: As now, fallback: true, status: fact, source: [own]}}
{options}
"""


def _products(plan: Plan) -> str:
    importer = plan.subjects[0].importer
    return f"""\
# Goods that no sector tells apart, with the ordinary duty on them and their share of the sector's imports.
# Measures name them under scope: {{groups: [...]}}, flows under part. Every key: `kosho schema case-products`.

title: Product groups of this case
sources: []
groups: []
# groups:
#   - id: whisky
#     title: Whisky
#     sector: C10T12
#     hs: {{edition: HS 2022, prefixes: ["2208.30"]}}
#     mfn:
#       - {{importer: {importer}, rate: {{value: 150, unit: percent, status: fact, source: SOURCE}}}}
#     coverage:  # of the sector's imports from these exporters
#       - importer: {importer}
#         exporters: [{plan.subjects[0].main_seller}]
#         share: {{value: 0.4, low: 0.3, high: 0.5, unit: share, status: estimate, source: SOURCE}}
"""


def _record(plan: Plan) -> str:
    parties = "\n".join(f"  - {_party(code)}" for code in plan.parties)
    return f"""\
# What was said, with the exact words. Nothing is recorded yet: `kosho read TEXT --out drafts.yaml` proposes
# entries, `kosho read drafts.yaml --accept --record record.yaml` takes in those that you accept.
# Every key: `kosho schema record`.

title: {plan.title}
sources: []  # - {{id: statement, title: ..., publisher: ..., kind: primary, date: {plan.as_of}}}

parties:
{parties}

statements: []
# statements:
#   - id: first-ask
#     type: position
#     kind: ask
#     by: [{plan.parties[0].lower()}]
#     topic: duties
#     source: statement
#     quote: the exact words, at most 400 characters
#     recorded_at: {plan.as_of}
"""


def _party(code: str) -> str:
    kind = "bloc" if code in blocs() else "state"
    return f"{{id: {code.lower()}, name: {country_name(code)}, kind: {kind}, code: {code}}}"
