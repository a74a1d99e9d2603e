"""Who is named in Japanese sentences: states by name, by one character and together, people with posts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kosho.record.reading.japanese.words import Word, is_family, words
from kosho.record.reading.tables import rows, table

__all__ = ["Named", "find_named", "is_state", "places"]

HOME = "JPN"


@dataclass(frozen=True, slots=True)
class Named:
    """A party, both sides, or somebody with a post."""

    start: int
    end: int
    codes: tuple[str, ...]
    kind: str
    """`party`, `joint` or `person`."""
    name: str | None = None
    role: str | None = None
    org: str | None = None


@cache
def _known() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Names, single characters and capitals, with the codes they stand for."""
    names: dict[str, str] = {}
    short: dict[str, str] = {}
    capitals: dict[str, str] = {}
    for row in rows("ja_parties"):
        names |= dict.fromkeys(filter(None, row["names"].split("|")), row["code"])
        short |= dict.fromkeys(filter(None, row["short"].split("|")), row["code"])
        capitals |= dict.fromkeys(filter(None, row["capitals"].split("|")), row["code"])
    return names, short, capitals


def places() -> tuple[str, ...]:
    """Capitals by their Japanese names."""
    return tuple(_known()[2])


def is_state(name: str) -> bool:
    """Whether a name is that of a state, whole or by one sign."""
    names, short, _ = _known()
    return name in names or name in short


_BODY = r"(?:側|政府|当局|政権|大統領府|代表団|産業界|企業|[一-龥]{1,8}(?:省|庁|委員会|院|部))"


@cache
def _long() -> tuple[str, ...]:
    """Names of states, the longest first."""
    return tuple(sorted(_known()[0], key=len, reverse=True))


@cache
def _states() -> tuple[str, str]:
    """Alternatives of a pattern: names of states, and single characters that stand for one."""
    return "|".join(map(re.escape, _long())), "".join(_known()[1])


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    long, one = _states()
    party = re.compile(
        rf"(?P<name>{long})(?!人|語|車|酒|海|円)(?P<body>{_BODY})?|(?P<short>[{one}])(?P<body2>側|政府|政権|国|当局|商務省|財務省)"
    )
    together = re.compile(
        rf"(?<![一-龥])(?P<members>[{one}](?:・?(?:EU|ASEAN|[{one}](?![本国側産製系語人])|(?<=・)(?:{long}))){{1,3}}|(?:{long})(?:と|、|・)(?:{long}))(?:の)?(?:両国?|3カ?国)?(?:政府|首脳|外相|閣僚)?"
    )
    joint = re.compile(
        r"双方|両(?:国|者|政府|首脳|大臣|外相|氏|閣僚|次官|副大臣|代表)(?!間)|(?<![一-龥])(?:首脳|閣僚|参加国|各国)(?=は|が|ら)|日米首脳(?=は)"
    )
    posts = re.compile(
        rf"(?:{table('japanese')['posts']})(?=[はがとのをにらへも、。:：(（」/\s]|から|及び|ほか|$)"
    )
    return party, together, joint, posts


def find_named(text: str, start: int, end: int) -> list[Named]:
    """Parties and people of `text[start:end]`, in order; nobody twice.

    Raises:
        InputError: SudachiPy is not installed.
    """
    party, together, joint, _ = _patterns()
    names, short, _ = _known()
    found: list[Named] = []
    people = _people(text, start, end)
    taken = [(one.start, one.end) for one in people]

    def free(a: int, b: int) -> bool:
        return not any(x < b and a < y for x, y in taken)

    for match in together.finditer(text, start, end):
        codes = tuple(dict.fromkeys(_members(match["members"])))
        if len(codes) > 1 and free(*match.span()):
            found.append(Named(*match.span(), codes, "joint"))
            taken.append(match.span())
    for match in party.finditer(text, start, end):
        if free(*match.span()):
            code = names[match["name"]] if match["name"] else short[match["short"]]
            found.append(Named(*match.span(), (code,), "party"))
            taken.append(match.span())
    found += [Named(*m.span(), (), "joint") for m in joint.finditer(text, start, end) if free(*m.span())]
    return sorted([*found, *people], key=lambda one: one.start)


def _members(words_: str) -> list[str]:
    names, short, _ = _known()
    found: list[str] = []
    position = 0
    while position < len(words_):
        name = next((one for one in _long() if words_.startswith(one, position)), None)
        if name:
            found.append(names[name])
            position += len(name)
            continue
        if words_[position] in short:
            found.append(short[words_[position]])
        position += 1
    return found


WIDEST_POST = 30
"""Characters of a state, a name and a post."""
_KANJI = re.compile("[一-龥]+")
_KATAKANA = re.compile(r"[ァ-ヶー]+")
_TITLE = re.compile(r"(?:氏|様|閣下)$")


_OFFICIAL = r"(?:(?:連邦|民主|人民|社会主義|イスラム|アラブ|協同)?共和国|合衆国|王国|首長国連邦|連邦)"
"""What the full names of states end in."""


@cache
def _formal() -> tuple[tuple[re.Pattern[str], bool], ...]:
    """Forms, and whether a name in them may be of Japan by its post alone.

    `X・ブラジル連邦共和国外務大臣`, `金賢洙(キム・ヒョンス)産業通商相`, `農林水産省 局長 三宅 伸一`.
    """
    long, _ = _states()
    post = table("japanese")["posts"]
    kana = "[ァ-ヶー]{2,}(?:[・＝=][ァ-ヶー]{2,})*"
    parts = _parts_of_posts()
    whole = rf"(?:{parts})*(?:{post})(?![一-龥])"
    family = re.compile(
        rf"(?<![一-龥ァ-ヶー])(?!{whole})(?P<name>[{_FAMILIES}](?!{whole})[一-龥]{{1,2}}?)"
        rf"(?P<post>(?:{parts})*(?:{post}))(?![一-龥])"
    )
    forms = (
        re.compile(
            rf"(?P<name>{kana}?)・(?P<state>{long}){_OFFICIAL}?・?(?P<post>[一-龥・]{{0,12}}?(?:{post}))(?![一-龥])"
        ),
        family,
        re.compile(
            rf"(?P<name>[一-龥]{{2,4}})\([ァ-ヶー・]{{3,20}}\)(?P<post>[一-龥・]{{0,12}}?(?:{post}))(?![一-龥])"
        ),
        re.compile(
            rf"(?:(?P<org>[一-龥・]{{2,16}}(?:省|庁|府|部|局"
            rf"|委員会))[\s　]+)?(?P<post>(?<![一-龥])[一-龥・]{{0,14}}(?:{post}))[\s　]+"
            rf"(?P<name>[一-龥]{{1,3}}[\s　][一-龥]{{1,3}}|{kana})(?=[\s　]+(?:ほか|他)|[\s　]*$|、|\))",
            re.MULTILINE,
        ),
        re.compile(
            rf"(?<=[\s　：:])(?P<name>[一-龥]{{1,3}}[\s　][一-龥]{{1,3}}|{kana})[\s　]+"
            rf"(?P<org>[一-龥]{{2,10}}(?:省|庁|府|委員会))?(?P<post>[一-龥・]{{0,14}}(?:{post}))"
            r"(?=[\s　]|$|、|\))",
            re.MULTILINE,
        ),
    )
    return tuple((form, form is not family) for form in forms)


def _by_form(text: str, start: int, end: int) -> list[Named]:
    """People in the forms in which lists and releases of ministries name them."""
    found: list[Named] = []
    for words_, home in _formal():
        for match in words_.finditer(text, start, end):
            if any(one.start < match.end() and match.start() < one.end for one in found):
                continue
            told = match.groupdict()
            if not home and _is_family(text, *match.span("name")):
                continue
            begin, codes, org = _affiliation(text, start, match.start(), match["post"], home=home)
            if told.get("state"):
                codes = (_known()[0][match["state"]],)
            if not codes:
                side = re.match(rf"[\s　]*(?P<state>{_states()[0]}|[{_states()[1]}])側[：:]", text[start:end])
                known = {**_known()[1], **_known()[0]}
                codes = (known[side["state"]],) if side else ()
            name = re.sub(r"[\s　]", "", match["name"])
            found.append(
                Named(begin, match.end(), codes, "person", name, match["post"], told.get("org") or org)
            )
    return found


def _is_family(text: str, start: int, end: int) -> bool:
    """Whether a name is a family of Japan by the dictionary: `安倍`, which begins with a sign of others."""
    (first, *_) = words(text, start, end)
    return first.end == end and "姓" in first.kind


def _people(text: str, start: int, end: int) -> list[Named]:
    formal = _by_form(text, start, end)
    spans = [(one.start, one.end) for one in formal]
    rest = [
        one for one in _by_words(text, start, end) if not any(a < one.end and one.start < b for a, b in spans)
    ]
    return [*formal, *rest]


def _by_words(text: str, start: int, end: int) -> list[Named]:
    """People by the words of the dictionary before a post."""
    heads = list(_patterns()[3].finditer(text, start, end))
    if not heads:
        return []
    tokens = words(text, start, end)
    found: list[Named] = []
    for head in heads:
        name, role_start = _name_before(tokens, head)
        if name is None:
            named = _short_name().search(text, max(start, head.start() - WIDEST_POST), head.end())
            kana = (named["kana"] or "") if named else ""
            if (
                named is None
                or named.end() != head.end()
                or kana in table("japanese")["post_words"]
                or kana in _no_names()
            ):
                continue
            name, role_start = (
                named.span(next(key for key in ("sign", "family", "kana") if named[key])),
                named.start("post"),
            )
        first, last = name
        last, role_start, behind = _without_state(text, first, last, role_start)
        begin, codes, org = _affiliation(text, start, first, text[role_start : head.end()])
        codes = codes or behind
        role = text[role_start : head.end()]
        codes, role = _of_state(codes, role)
        found.append(Named(begin, head.end(), codes, "person", text[first:last], role, org))
    return found


_FAMILIES = "王李張劉陳楊黄趙呉周徐孫馬朱胡郭何林鄭梁謝宋唐許韓馮鄧曹彭商金朴崔尹姜申柳具魯安洪兪文"
"""Names of families of one sign, of China and Korea."""


def _parts_of_posts() -> str:
    """Alternatives of a pattern: words of which posts are made, the longest first."""
    return "|".join(sorted(map(re.escape, table("japanese")["post_words"]), key=len, reverse=True))


@cache
def _short_name() -> re.Pattern[str]:
    """`韓国の具産業通商相`, `ラトニック米商務長官`: a name of one sign, or in katakana, right before a post."""
    long, one = _states()
    parts = _parts_of_posts()
    return re.compile(
        rf"(?:(?:{long})[一-龥]{{0,6}}?の(?P<sign>[一-龥])|(?<=[側、はとのら])(?P<family>[{_FAMILIES}])|(?<![ァ-ヶー・＝=])(?P<kana>[ァ-ヶー]{{2,}}(?:[・＝=][ァ-ヶー]{{2,}})*))"
        rf"・?(?P<post>(?:[{one}])?(?:(?:(?:{parts})・?)*|[一-龥]{{2,8}}?)(?:{table('japanese')['posts']}))"
    )


_PARTS_IN_KANA = ("エネルギー", "デジタル", "ビジネス", "サービス", "インフラ")
"""Words of which posts are made."""


@cache
def _no_names() -> frozenset[str]:
    """Words in katakana that stand before posts and are nobody's name: states, regions."""
    return frozenset([*_known()[0], *_known()[2], "アジア", "ヨーロッパ", "アフリカ", *_PARTS_IN_KANA])


@cache
def _state_behind() -> re.Pattern[str]:
    """A state behind a name, with the words in katakana that begin the post."""
    parts = "|".join(_PARTS_IN_KANA)
    return re.compile(rf"・(?P<state>{_states()[0]}){_OFFICIAL}?・?(?P<post>(?:{parts})*)$")


def _without_state(text: str, first: int, last: int, role: int) -> tuple[int, int, tuple[str, ...]]:
    """Where a name ends without the state behind it, `ケラー・スイス`, where its post begins, and whose."""
    found = _state_behind().search(text, first, last)
    if found is None:
        return last, role, ()
    official = re.compile(_OFFICIAL).match(text, role)
    begins = found.start("post") if found["post"] else official.end() if official else role
    return found.start(), begins, (_known()[0][found["state"]],)


def _of_state(codes: tuple[str, ...], role: str) -> tuple[tuple[str, ...], str]:
    """For whom a post acts whose name begins with a state, and the post without it: `米大統領`."""
    names, short, _ = _known()
    known = {**short, **names}
    if role.startswith("欧州"):
        return codes, role
    for state in (*_long(), *short):
        rest = role.removeprefix(state)
        if rest != role and re.search(rf"(?:{table('japanese')['posts']})$", rest):
            return (known[state],), rest
    return codes, role


def _name_before(tokens: list[Word], head: re.Match[str]) -> tuple[tuple[int, int] | None, int]:
    """The name that stands before a post: names of people, or words in katakana; None where there is none."""
    index = next((i for i, one in enumerate(tokens) if one.end >= head.end()), len(tokens) - 1)
    role = head.start()
    if _is_one_word(tokens, index, role):
        return (tokens[index].start, role), role
    while index >= 0 and tokens[index].end > head.start():
        role = tokens[index].start
        index -= 1
    posts = set(table("japanese")["post_words"]) | set(_known()[0])
    while (
        index >= 0
        and tokens[index].end == role
        and (
            tokens[index].surface in posts or (not _may_be_name(tokens, index) and _is_katakana(tokens[index]))
        )
        and "数詞" not in tokens[index].kind
        and not _is_later_part(tokens, index)
    ):
        role = tokens[index].start
        index -= 1
    index, role = _before_body(tokens, index, role)
    if index > 0 and tokens[index].surface == "・" and _may_be_name(tokens, index - 1):
        index -= 1
    given = index
    while (
        given > 0
        and len(tokens[given].surface) <= 2
        and tokens[given].kind[0] == "名詞"
        and not tokens[given].is_name
        and _KANJI.fullmatch(tokens[given].surface)
    ):
        given -= 1
    if given < index and tokens[given].is_name:
        return (tokens[given].start, tokens[index].end), role
    named = index >= 0 and (_may_be_name(tokens, index) or _is_later_part(tokens, index))
    if not named or role - tokens[index].end > 1:
        return None, role
    return (_first_of(tokens, index), tokens[index].end), role


def _is_later_part(tokens: list[Word], index: int) -> bool:
    """Whether a word is the later part of a name that `・` divides, whatever it means alone: `ルイス・パス`."""
    word = tokens[index]
    divided = index > 1 and tokens[index - 1].surface in "・＝=" and _is_katakana(tokens[index - 2])
    is_state = "国" in word.kind or word.surface in _no_names()
    return divided and _is_katakana(word) and not is_state


def _first_of(tokens: list[Word], index: int) -> int:
    """Where the name begins whose last word is `tokens[index]`."""
    first = tokens[index].start
    while index > 0:
        before = tokens[index - 1]
        chained = before.surface in "・＝=" and index > 1 and _is_katakana(tokens[index - 2])
        named = before.is_name or ("固有名詞" in before.kind and "人名" in before.kind)
        if chained:
            index -= 2
        elif named and before.end == first:
            index -= 1
        else:
            break
        first = tokens[index].start
    return first


def _is_one_word(tokens: list[Word], index: int, role: int) -> bool:
    """Whether name and post are one word of the dictionary: `トランプ大統領`."""
    return index >= 0 and tokens[index].start < role and tokens[index].is_name


_BODY_OF_POST = re.compile(r"[一-龥ァ-ヶー・]{1,16}(?:省|庁|府|局|部)")
"""A body between a name and a post: `X 農業・農産食品省次官補`."""


def _before_body(tokens: list[Word], index: int, role: int) -> tuple[int, int]:
    """The word before a body that belongs to a post, and where the post then begins; over spaces."""
    for first in range(1, index + 1):
        if not tokens[first - 1].surface.strip() and _BODY_OF_POST.fullmatch(_surface(tokens, first, index)):
            index, role = first - 1, tokens[first].start
            break
    while index >= 0 and not tokens[index].surface.strip():
        index -= 1
    return index, role


def _surface(tokens: list[Word], first: int, last: int) -> str:
    return "".join(one.surface for one in tokens[first : last + 1])


def _is_katakana(word: Word) -> bool:
    return _KATAKANA.fullmatch(word.surface) is not None


def _may_be_name(tokens: list[Word], index: int) -> bool:
    word = tokens[index]
    if word.is_name:
        return True
    if _KANJI.fullmatch(word.surface) and ("地名" in word.kind or is_family(word.surface)):
        before = tokens[index - 1] if index else None  # many families are called like places and things
        alone = before is None or before.kind[0] not in ("名詞", "接頭辞")
        return len(word.surface) in (2, 3) and alone and word.surface not in table("japanese")["regions"]
    if not _is_katakana(word) or len(word.surface) < 2 or word.surface in _no_names():
        return False
    if "地名" in word.kind:
        return False
    before = tokens[index - 1] if index else None
    return (
        not word.known
        or before is None
        or (
            before.surface in ("の", "、", "と", "は", "・", " ")
            and not (before.surface == "・" and index > 1 and tokens[index - 2].is_name)
        )
    )


def _affiliation(
    text: str, floor: int, first: int, role: str, *, home: bool = True
) -> tuple[int, tuple[str, ...], str | None]:
    """Where the naming of somebody begins, for whom he or she acts, and in which body.

    Args:
        text: The document.
        floor: Where the sentence begins.
        first: Where the name does.
        role: The post.
        home: Whether a name in Chinese signs before a post that neighbours have as well (外相) is of Japan.
    """
    names, short, _ = _known()
    long, one = _states()
    before = text[floor:first]
    led = re.search(
        rf"(?P<state>{long}|(?<![一-龥])[{one}])(?P<org>[一-龥]{{0,10}}(?:省|庁|部|委員会|府))?(?:の|側代表の|側の|代表の|側[：:]\s?|\s)?$",
        before,
    )
    if led:
        state = led["state"]
        org = led["org"]
        return floor + led.start(), (names.get(state) or short[state],), org
    side = re.search(rf"[（(](?P<state>{long}|[{one}])側[)）]", before)
    own = re.search(r"(?P<org>[一-龥]{2,10}(?:省|庁|府|部|局))[\s　]$", before)
    begin = floor + own.start("org") if own else first
    org = own["org"] if own else None
    if side:
        return begin, (names.get(side["state"]) or short[side["state"]],), org
    table_ = table("japanese")
    code = next((code for code, posts in table_["post_sides"].items() if re.search(posts, role)), None)
    if code is None and re.search(table_["japanese_posts"], role) and not _KATAKANA.match(text, first):
        code = HOME
    if code is None and home and _KANJI.match(text, first) and re.fullmatch(table_["home_posts"], role):
        code = HOME
    return begin, (code,) if code else (), org
