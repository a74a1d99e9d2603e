"""The files of a new case, as a person would write them: comments say what each part is for."""

from __future__ import annotations

import json
from datetime import date

from kosho import formatting
from kosho.codes import blocs, country_name
from kosho.language import N_, _
from kosho.starter.plan import Plan, Subject

__all__ = ["files", "guide"]

WORDS = {
    "a-first-step-by": N_("A first step by every side"),
    "as-now": N_("As now"),
    "duties": N_("duties"),
    "each-side-gives-the": N_("Each side gives the first of the concessions in measures.yaml."),
    "each-side-gives-the-2": N_("Each side gives the second of the concessions in measures.yaml."),
    "economies-or-blocs-a": N_("economies or blocs; a bloc is one economy here"),
    "end-of-the-talks": N_("End of the talks as this starter assumes it"),
    "everything-in-force-on": N_("Everything in force on the day."),
    "everything-stays-as-it": N_("Everything stays as it is"),
    "headings-that-several-measures": N_("headings that several measures speak of"),
    "no-deal-everything-stays": N_("No deal, everything stays as it is"),
    "no-free-trade-in": N_("No free trade in this sector"),
    "no-model-prices-them": N_("No model prices them"),
    "none-a-concession-on": N_("none; a concession on the table"),
    "of-the-sector-s": N_("of the sector's imports from these exporters"),
    "on-the-table-and": N_("on the table, and in no number"),
    "one-option-of-each": N_("one option of each is its fallback: what holds if the talks fail"),
    "or-groups-or-goods": N_("or groups: [...], or goods: true"),
    "payoff-may-weigh-sectors": N_("`payoff` may weigh sectors more than others (weights)"),
    "product-groups-of-this": N_("Product groups of this case"),
    "say-in-two-or": N_("Say in two or three sentences what is negotiated and why now."),
    "say-what-each-side": N_("Say what each side could concede."),
    "the-day-the-case": N_("the day the case is about, where simulate, bargain and brief name none"),
    "the-exact-words-at": N_("the exact words, at most 400 characters"),
    "the-talks-end-and": N_("The talks end, and everything stays as it is."),
    "the-talks-fail-and": N_("The talks fail, and nothing changes."),
    "the-whole-way-by": N_("The whole way by every side"),
    "trade-that-is-shown": N_(
        "trade that is shown in every result; `part` names a product group, `quantity` counts it"
    ),
    "visas-for-engineers": N_("Visas for engineers"),
    "what-a-side-will": N_("what a side will not sign"),
    "what-deals-are-measured": N_(
        "what deals are measured against; name a threat of measures.yaml under overlays"
    ),
    "what-is-in-force": N_("What is in force"),
    "what-third-countries-face": N_(
        "what third countries face, the same in every package; packages are found under the first"
    ),
    "whisky": N_("Whisky"),
    "worth-something-priced-by": N_("worth something, priced by nobody: shown beside the result as a range"),
}
"""What files say to people, by key: within a text of a file no catalogue would find it."""


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
        _("kosho brief {name}        # runs as it is; so do simulate and bargain", name=name),
        f"kosho simulate {name} --scenario deal",
        f"kosho bargain {name} --draws 20",
        _("Edit next:"),
        _("1. measures.yaml  what a deal changes in the law: cut, bind, tariff, quota, standard ..."),
        _("2. case.yaml      the scenarios that compare these changes, and the trade to watch"),
        _("3. table.yaml     issues, options, red lines, the deadline"),
        _("4. record.yaml    what was said (`kosho read TEXT --out drafts.yaml` drafts it)"),
        _("5. products.yaml  goods that no sector tells apart, with their duty and share of trade"),
        _("What says `source: [own]` is an assumption of this starter. Replace it, and name your source."),
    )


def _choices(subject: Subject) -> tuple[tuple[str, str], ...]:
    """Two concessions on a subject: id and title."""
    if subject.duty is None:
        return (("sooner", _("Released a day sooner")), ("soonest", _("Released two days sooner")))
    return (("half", _("Duty halved")), ("free", _("Duty free")))


def _quoted(text: str) -> str:
    """A text as YAML takes it, whatever is in it."""
    return json.dumps(text, ensure_ascii=False)


def _word(key: str) -> str:
    return _(WORDS[key])


def _title(key: str) -> str:
    return _quoted(_word(key))


def _comment(text: str) -> str:
    return "\n".join(f"# {line}" for line in text.splitlines())


def _own() -> str:
    title, author = _quoted(_("Assumption to be replaced")), _quoted(_("the author"))
    return f"{{id: own, title: {title}, publisher: {author}, kind: own}}"


def _into(subject: Subject) -> str:
    """What an issue is about."""
    return _("{goods} into {country}", goods=subject.goods, country=formatting.the_country(subject.importer))


def _case(plan: Plan) -> str:
    parties = "\n".join(
        f"  - {{economy: {code}, title: {_quoted(country_name(code))}}}" for code in plan.parties
    )
    flows = "\n".join(
        f"  - {{id: {one.id}, title: {_sold(one)}, exporter: {one.main_seller}, importer: {one.importer}, "
        f"sector: {one.sector}}}"
        for one in plan.subjects
    )
    first, second = (", ".join(f"{one.id}-{_choices(one)[n][0]}" for one in plan.subjects) for n in range(2))
    head = _(
        "{title}: who talks, which states of the law are compared, which trade to watch.\n"
        "Every key: `kosho schema case`. Codes of economies, sectors and groups: `kosho codes WORDS`.",
        title=plan.title,
    )
    visas, unpriced = _title("visas-for-engineers"), _title("no-model-prices-them")
    return f"""\
{_comment(head)}

title: {_quoted(plan.title)}
summary: >-
  {_word("say-in-two-or")}
as_of: {plan.as_of}  # {_word("the-day-the-case")}

parties:  # {_word("economies-or-blocs-a")}
{parties}

scenarios:
  - id: status-quo
    title: {_title("what-is-in-force")}
    role: status-quo
    description: {_title("everything-in-force-on")}
    status: fact
    source: [own]
  - id: no-deal
    title: {_title("no-deal-everything-stays")}
    role: no-deal  # {_word("what-deals-are-measured")}
    description: {_title("the-talks-fail-and")}
    status: assumption
    source: [own]
  - id: deal
    title: {_title("a-first-step-by")}
    role: deal
    description: {_title("each-side-gives-the")}
    overlays: [{first}]
    status: assumption
    source: [own]
  - id: deal-far
    title: {_title("the-whole-way-by")}
    role: deal
    description: {_title("each-side-gives-the-2")}
    overlays: [{second}]
    status: assumption
    source: [own]

flows:  # {_word("trade-that-is-shown")}
{flows}

calendar:
  - {{date: {plan.deadline}, title: {_title("end-of-the-talks")}, source: [own]}}

# not_yet_priced:  # {_word("on-the-table-and")}
#   - {{id: visas, title: {visas}, by: {plan.parties[0]}, why: {unpriced}, source: [own]}}
"""


def _sold(subject: Subject) -> str:
    return _quoted(
        _(
            "{goods} from {seller} to {buyer}",
            goods=subject.goods,
            seller=formatting.the_country(subject.main_seller),
            buyer=formatting.the_country(subject.importer),
        )
    )


def _measures(plan: Plan) -> str:
    head = _(
        "What scenarios and options change in the law in force. The register that ships is the law;\n"
        "nothing of it is repeated here. Kinds: `cut` (percent off the ordinary duty; 100 is free),\n"
        "`bind` (at most), both `staged` over years if you like; `tariff` (on top), `floor`, `quota`,\n"
        "`tariff_quota`, `standard`, `customs`, `purchase` ... Every key: `kosho schema measures`."
    )
    annex = _quoted(_("Headings of an annex"))
    title = _quoted(_("Changes on the table: {title}", title=plan.title))
    return f"""\
{_comment(head)}

title: {title}
sources:
  - {_own()}

# lists:  # {_word("headings-that-several-measures")}
#   my-list: {{title: {annex}, edition: HS 2022, prefixes: ["2208.30"], source: [own]}}

overlays:
{"".join(_overlays(one, plan) for one in plan.subjects).rstrip()}
"""


def _overlays(subject: Subject, plan: Plan) -> str:
    """Both concessions of a subject, under what is known of the duty."""
    known = _("No duty that could be cut is known here: this starter negotiates days at the border.")
    if subject.duty is not None:
        known = _(
            "{country} levies {duty} % on it in the table's year, on average.",
            country=formatting.the_country(subject.importer, starts=True),
            duty=formatting.decimals(subject.duty, 1),
        )
    both = "\n".join(_overlay(subject, plan.as_of, n) for n in range(2))
    return f"  # {subject.goods}: {known}\n{both}\n"


def _overlay(subject: Subject, on: date, n: int) -> str:
    choice, title = _choices(subject)[n]
    name = f"{subject.id}-{choice}"
    return f"""\
  {name}:
    title: {_quoted(_("{issue}: {option}", issue=_into(subject), option=title))}
    add:
      - id: {name}
        title: {_quoted(_("{issue}: {option}", issue=_into(subject), option=title))}
        imposer: {subject.importer}
        authority: {subject.id}
        partners: {{include: [{", ".join(subject.sellers)}]}}
        scope: {{sectors: [{subject.sector}]}}  # {_word("or-groups-or-goods")}
{_concession(subject, n)}\
        stage: offered
        legal_from: {on}
        known_from: {on}
        legal_basis: {_title("none-a-concession-on")}
        source: [own]
        status: assumption
"""


def _concession(subject: Subject, n: int) -> str:
    if subject.duty is not None:
        years = _("in ten equal yearly steps")
        staged = f"        # staged: {{steps: 10, each: 01-01}}  # {years}\n" if n else ""
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
        f"  - {{economy: {code}, title: {_quoted(country_name(code))}, payoff: {{}}}}" for code in plan.parties
    )
    head = _(
        "What is on the table: `kosho bargain` prices every combination of options and names the deals\n"
        "that leave all better off. Every key: `kosho schema table`."
    )
    return f"""\
{_comment(head)}

title: {_quoted(plan.title)}
summary: {_title("say-what-each-side")}
parties:  # {_word("payoff-may-weigh-sectors")}
{parties}

status_quo: {{scenario: status-quo, date: {plan.as_of}, status: fact, source: [own]}}

backgrounds:  # {_word("what-third-countries-face")}
  - id: no-deal
    title: {_title("everything-stays-as-it")}
    packages: status-quo
    disagreement: {{scenario: no-deal, date: {plan.deadline}, status: assumption, source: [own]}}

deadline:
  date: {plan.deadline}
  follows: {_title("the-talks-end-and")}
  proposes_first: {plan.parties[0]}
  discount: {{value: 5, low: 2, high: 10, unit: percent, status: assumption, source: own}}
  status: assumption
  source: [own]

issues:  # {_word("one-option-of-each")}
{"".join(_issue(one) for one in plan.subjects)}
# red_lines:  # {_word("what-a-side-will")}
#   - id: not-free
#     title: {_title("no-free-trade-in")}
#     party: {plan.subjects[0].importer}
#     forbids: {{{plan.subjects[0].id}: [{_choices(plan.subjects[0])[1][0]}]}}
#     status: assumption
#     source: [own]

# unpriced:  # {_word("worth-something-priced-by")}
#   - id: visas
#     title: {_title("visas-for-engineers")}
#     why: {_title("no-model-prices-them")}
#     worth: {{{plan.parties[0]}: {worth}}}
#     source: [own]

sources:
  - {_own()}
"""


def _issue(subject: Subject) -> str:
    options = "\n".join(
        f"      - {{id: {choice}, title: {_quoted(title)}, overlays: [{subject.id}-{choice}], "
        "status: assumption, source: [own]}"
        for choice, title in _choices(subject)
    )
    return f"""\
  - id: {subject.id}
    title: {_quoted(_into(subject))}
    options:
      - {{id: as-now, title: {_title("as-now")}, fallback: true, status: fact, source: [own]}}
{options}
"""


def _products(plan: Plan) -> str:
    importer = plan.subjects[0].importer
    head = _(
        "Goods that no sector tells apart, with the ordinary duty on them and their share of the sector's\n"
        "imports. Measures name them under scope: groups, flows under part.\n"
        "Every key: `kosho schema case-products`."
    )
    return f"""\
{_comment(head)}

title: {_title("product-groups-of-this")}
sources: []
groups: []
# groups:
#   - id: whisky
#     title: {_title("whisky")}
#     sector: C10T12
#     hs: {{edition: HS 2022, prefixes: ["2208.30"]}}
#     mfn:
#       - {{importer: {importer}, rate: {{value: 150, unit: percent, status: fact, source: SOURCE}}}}
#     coverage:  # {_word("of-the-sector-s")}
#       - importer: {importer}
#         exporters: [{plan.subjects[0].main_seller}]
#         share: {{value: 0.4, low: 0.3, high: 0.5, unit: share, status: estimate, source: SOURCE}}
"""


def _record(plan: Plan) -> str:
    parties = "\n".join(f"  - {_party(code)}" for code in plan.parties)
    head = _(
        "What was said, with the exact words. Nothing is recorded yet: `kosho read TEXT --out drafts.yaml`\n"
        "proposes entries, `kosho read drafts.yaml --accept --record record.yaml` takes in those that you\n"
        "accept. Every key: `kosho schema record`."
    )
    return f"""\
{_comment(head)}

title: {_quoted(plan.title)}
sources: []  # - {{id: statement, title: ..., publisher: ..., kind: primary, date: {plan.as_of}}}

parties:
{parties}

statements: []
# statements:
#   - id: first-ask
#     type: position
#     kind: ask
#     by: [{plan.parties[0].lower()}]
#     topic: {_title("duties")}
#     source: statement
#     quote: {_title("the-exact-words-at")}
#     recorded_at: {plan.as_of}
"""


def _party(code: str) -> str:
    kind = "bloc" if code in blocs() else "state"
    return f"{{id: {code.lower()}, name: {_quoted(country_name(code))}, kind: {kind}, code: {code}}}"
