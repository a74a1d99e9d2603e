"""Arrays of a GTAP data base from its files: by label in any order, once, and told where they cannot be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kosho.errors import InputError
from kosho.world.har import HeaderArray, har_bytes
from kosho.world.readers import gtap
from kosho.world.readers.gtap_files import Held, OtherLabelsError, held_in

AXES = (("a", "b", "c"), ("x", "y"))
HELD = Held(np.arange(6.0).reshape(3, 2), AXES)


@pytest.mark.parametrize(
    ("wanted", "spare", "found"),
    [
        (AXES, (), [[0, 1], [2, 3], [4, 5]]),
        ((("c", "a", "b"), ("y", "x")), (), [[5, 4], [1, 0], [3, 2]]),
        ((("c", "a"), ("y", "x")), ("b",), [[5, 4], [1, 0]]),
        ((("b",), ("x",)), ("a", "c", "y", "z"), [[2]]),
        ((("a", "b", "c", "d"), ("x", "y")), (), "one of them has no d"),
        ((("a", "b", "c"), ("x", "y", "z")), ("z",), "one of them has no z"),
        ((("c",), ("x", "y")), (), "one of them has a, others have not"),
        ((("c",), ("x", "y")), ("a",), "one of them has b, others have not"),
        ((("a", "b", "c"), ("x",)), ("a",), "one of them has y, others have not"),
    ],
)
def test_an_array_is_put_in_the_order_of_labels(
    wanted: tuple[tuple[str, ...], ...], spare: tuple[str, ...], found: list[list[float]] | str
) -> None:
    if not isinstance(found, str):
        assert HELD.ordered(*wanted, spare=spare).tolist() == found
        return
    with pytest.raises(OtherLabelsError) as caught:
        HELD.ordered(*wanted, spare=spare)
    assert str(caught.value) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("REG,COMM,Value\njpn,a,1\n\nusa,b,2.5\njpn, b ,3\n", [[1, 3], [0, 2.5]]),
        ("REG,value\njpn,1\nusa,-2\n", [1, -2]),
        (
            "REG,COMM,Value\njpn,a,1\nusa,2\njpn,a,1,2\njpn,b,x\njpn,c,inf\njpn,a,1\n",
            {3: "is no row", 4: "is no row", 5: "is no row", 6: "is no row", 7: "jpn, a stands twice"},
        ),
        ("Value\n1\n", {1: "ends with the column 'Value'"}),
        ("REG,COMM\njpn,a\n", {1: "ends with the column 'COMM'"}),
        ("REG,Value\n" + "jpn,x\n" * 19, dict.fromkeys(range(2, 21), "is no row")),
        ("REG,Value\n" + "jpn,x\n" * 30, dict.fromkeys(range(2, 22), "is no row")),
    ],
)
def test_an_array_in_csv_has_a_column_an_axis(
    text: str, found: list[list[float]] | dict[int, str], tmp_path: Path
) -> None:
    path = tmp_path / "vxsb.csv"
    path.write_text(text, encoding="utf-8")
    if isinstance(found, list):
        arrays, texts = held_in([path])
        assert ({name: one.values.tolist() for name, one in arrays.items()}, texts) == ({"VXSB": found}, {})
        return
    with pytest.raises(InputError) as caught:
        held_in([path])
    told = [(one.line, one.message) for one in caught.value.problems]
    assert [line for line, _ in told] == list(found)
    assert all(message.startswith(begin) for (_, message), begin in zip(told, found.values(), strict=True))


def one_of(name: str, *values: float) -> HeaderArray:
    return HeaderArray(name, np.array(values), (("S", ("a", "b")[: len(values)]),))


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (one_of("VST", 1.0), one_of("VST", 1.0), []),
        (one_of("VST", 1.0), one_of("VST", 2.0), ["VST is in two files with other values, the second b.prm"]),
        (one_of("VXMD", 1.0), one_of("VXMD", 1.0, 2.0), ["VXMD is in two files with other values"]),
        (one_of("VXSB", 1.0), one_of("VXSB", 2.0), ["VXSB is in two files with other values"]),
        (one_of("EVFB", 1.0), one_of("EVFB", 2.0), []),  # nothing is read of it
        (one_of("VST", 1.0), one_of("VTWR", 2.0), []),
    ],
)
def test_an_array_in_two_files_is_the_same_in_both(
    first: HeaderArray, second: HeaderArray, told: list[str], tmp_path: Path
) -> None:
    files = [tmp_path / "a.HAR", tmp_path / "b.prm"]
    for path, one in zip(files, (first, second), strict=True):
        path.write_bytes(har_bytes({one.name: one, "SET": HeaderArray("SET", (path.stem,))}))
    if not told:
        arrays, texts = held_in(files)
        assert arrays[second.name].values.tolist() == np.asarray(second.values).tolist()
        assert texts == {"SET": ("b",)}
        return
    with pytest.raises(InputError) as caught:
        held_in(files)
    assert all(one.message.startswith(begin) for one, begin in zip(caught.value.problems, told, strict=True))


def test_names_of_before_version_7_stand_where_no_new_one_does(tmp_path: Path) -> None:
    made = {name: one_of(name, float(k)) for k, name in enumerate(("VXMD", "VIWS", "VXSB"))}
    (tmp_path / "a.har").write_bytes(har_bytes(made))
    arrays, _ = held_in([tmp_path / "a.har"])
    assert {name: one.values.tolist() for name, one in arrays.items()} == {
        "VXMD": [0.0],
        "VIWS": [1.0],
        "VXSB": [2.0],
        "VCIF": [1.0],
    }
    for name in ("data.txt", "data"):
        with pytest.raises(InputError, match="is of no kind that is known"):
            held_in([tmp_path / name])


GOODS, REGIONS = ("wht", "otp"), ("jpn", "usa")


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (1, 2, 3, 0)])
def test_transport_is_by_service_wherever_its_axis_stands(order: tuple[int, ...]) -> None:
    sides = (("otp",), GOODS, REGIONS, REGIONS)
    values = np.arange(8.0).reshape(1, 2, 2, 2)
    held = {
        "VTWR": Held(values.transpose(order), tuple(sides[k] for k in order)),
        "VST": Held(np.array([[3.0, 1.0]]), (("otp",), REGIONS)),
    }
    cost, supply = gtap._margins(held, GOODS, REGIONS)
    assert cost.tolist() == [[[0, 0], [0, 0]], [[0 + 2, 1 + 3], [4 + 6, 5 + 7]]]
    assert supply.tolist() == [[0, 0], [0.75, 0.25]]
    without, none = gtap._margins({}, GOODS, REGIONS)
    assert not without.any()
    assert not none.any()
    with pytest.raises(OtherLabelsError, match="no axis of VTWR"):
        gtap._margins({"VTWR": held["VTWR"]}, GOODS, REGIONS)
    with pytest.raises(OtherLabelsError, match="has no otp"):
        gtap._margins(held, ("wht", "mvh"), REGIONS)


@pytest.mark.parametrize("number", [1, 20, 21])
def test_of_sales_that_miss_output_twenty_are_told(number: int) -> None:
    goods = tuple(f"g{k}" for k in range(25))
    flat, home = np.zeros((25, 25, 1)), np.zeros((25, 1))
    made = np.zeros((25, 25, 1))
    made[np.arange(number), np.arange(number), 0] = 5.0
    make = gtap.Base(("jpn",), goods, np.zeros((25, 1, 1)), flat, flat, home, home, flat, home, made)
    with pytest.raises(InputError) as caught:
        gtap._refuse_unbalanced(make)
    assert [one.message for one in caught.value.problems] == [
        f"jpn makes 5 of g{k} and sells 0" for k in range(min(number, 20))
    ]
    cif = np.zeros((25, 1, 1))
    cif[number:] = 1.0
    with pytest.raises(InputError) as caught:
        gtap._refuse_priceless(make, cif, np.ones((25, 1, 1)))
    assert len(caught.value.problems) == min(number, 20)


@pytest.mark.parametrize(
    ("cif", "landed", "sold", "fits"),
    [(0, 0, 0, True), (0, 1, 0, False), (0, 0, 1, False), (1, 0, 0, True), (-1, 0, 0, True), (-1, 1, 0, False)],
)
def test_what_is_traded_has_a_value_at_the_border(
    cif: float, landed: float, sold: float, *, fits: bool
) -> None:
    one, two = np.zeros((1, 1, 1)), np.zeros((1, 1))
    base = gtap.Base(("jpn",), ("wht",), one + sold, one, one, two, two, one, two, one)
    if fits:
        gtap._refuse_priceless(base, one + cif, one + landed)
        return
    with pytest.raises(InputError, match="VCIF of wht from jpn to jpn"):
        gtap._refuse_priceless(base, one + cif, one + landed)


def test_what_activities_use_is_what_is_sold_to_them_and_all_that_is_sold_is_counted() -> None:
    chance = np.random.default_rng(5)
    c, r = 2, 3

    def some(*shape: int) -> np.ndarray:
        return chance.uniform(1.0, 5.0, shape)

    suppliers = some(c, r)
    suppliers /= suppliers.sum(axis=1, keepdims=True)
    base = gtap.Base(
        ("jpn", "usa", "row"),
        GOODS,
        exports=some(c, r, r),
        domestic=some(c, c, r),
        imported=some(c, c, r),
        own=some(c, r),
        foreign=some(c, r),
        margins=some(c, c, r),
        suppliers=suppliers,
        make=some(c, c, r),
    )
    intermediate, final = gtap._sales(base)
    inputs = gtap._inputs(base)
    np.testing.assert_allclose(inputs.sum(axis=2), intermediate.sum(axis=1))
    share = base.imported.sum(axis=1) / (base.imported.sum(axis=1) + base.foreign)
    np.testing.assert_allclose(
        intermediate[1, 0, 0],
        share[0, 1] * base.exports[0, 0, 1] + (base.margins[0, :, 1] @ share[:, 1]) * suppliers[0, 0],
    )
    carried = np.einsum("mcd,mi->mi", base.margins, suppliers)
    sold = base.exports.sum(axis=2) + base.domestic.sum(axis=1) + base.own + carried
    np.testing.assert_allclose((intermediate + final).sum(axis=0), sold.T)
    # One activity makes one good: what it uses is domestic goods, its part of imports, and their transport.
    alone = replace(base, make=np.eye(c)[:, :, None] * np.ones((c, c, r)))
    part = base.imported / (base.imported.sum(axis=1) + base.foreign)[:, None, :]
    used = (
        base.domestic[1, 0, 2]
        + part[1, 0, 2] * base.exports[1, :, 2].sum()
        + base.margins[1, :, 2] @ part[:, 0, 2]
    )
    np.testing.assert_allclose(gtap._inputs(alone)[2, 1, 0], used)
