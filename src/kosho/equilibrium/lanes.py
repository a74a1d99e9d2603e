# ruff: noqa: ARG001, D103 - what Numba calls with its own arguments; the docstring of the module says what they do
"""Sixteen members side by side as one value of compiled code, so that a sum of them stays in registers.

Numba knows scalars and arrays; a loop over an array goes through memory at each operation. `Lanes` are vectors
of LLVM: `load` and `store` move them from and to an array laid flat, `+ - * /` and the functions here work on
all sixteen at once, and a compiler makes of each as many instructions as the machine needs: one with AVX-512,
two with AVX2. Members do not meet, so that what one of them comes to does not depend on the others.

    load(array, place), store(array, place, x), nothing(array)
    multiply(matrix, at, depth, columns, row, step, out, to, rows)   see there
    every(x, number)                the number in all lanes, in the precision of x
    narrower(x), wider(y, x)        in single precision; in the precision of y
    absolute(x), larger(x, y), smaller(x, y), or_one(x)   the last is one where x is not positive
    halves(x)                       exponent and significand, the latter in [sqrt 1/2, sqrt 2)
    power_of_two(x)                 2^n, of n + 1.5 times two to the bits of the mantissa

`exp` and `log` are `lanes_functions`. Numba keeps machine code by the file of the function that calls these.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, overload, register_model

__all__ = [
    "LANES",
    "absolute",
    "every",
    "halves",
    "larger",
    "load",
    "multiply",
    "narrower",
    "nothing",
    "or_one",
    "power_of_two",
    "smaller",
    "store",
    "wider",
]

LANES = 16
MANTISSA = {32: 23, 64: 52}
BIAS = {32: 127, 64: 1023}
ROOT_OF_HALF = {32: 0x3F3504F3, 64: 0x3FE6A09E667F3BCD}
"""The bits of the square root of one half."""
INTEGER = {32: 0x4B400000, 64: 0x4338000000000000}
"""The bits of 1.5 times two to the bits of the mantissa: a small integer added to it is in the last bits."""

Code = Callable[[Any, Any, Any, Any], Any]
"""What writes instructions: of Numba's context, a builder, the signature and the arguments."""


class LanesType(types.Type):
    """Of a precision."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        super().__init__(name=f"Lanes({dtype})")


@register_model(LanesType)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _vector(kind.dtype))


def _operation(function: Callable[..., tuple[Any, Code]]) -> Any:
    """What compiled code may call; `typing` is Numba's own, and no argument of callers."""
    made: Any = intrinsic(function)
    return made


def _operation_of_constants(function: Callable[..., tuple[Any, Code]]) -> Any:
    """The same, told the values of integers that are constants."""
    made: Any = intrinsic(prefer_literal=True)(function)
    return made


def _vector(dtype: Any) -> Any:
    return ir.VectorType(ir.FloatType() if dtype == types.float32 else ir.DoubleType(), LANES)


def _integers(dtype: Any) -> Any:
    return ir.VectorType(ir.IntType(dtype.bitwidth), LANES)


def _all(vector: Any, value: float) -> Any:
    return ir.Constant(vector, [value] * LANES)


def _spread(builder: Any, scalar: Any) -> Any:
    vector, whole = ir.VectorType(scalar.type, LANES), ir.IntType(32)
    nothing = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(nothing, scalar, ir.Constant(whole, 0))
    return builder.shuffle_vector(first, nothing, ir.Constant(ir.VectorType(whole, LANES), [0] * LANES))


def _called(builder: Any, name: str, arguments: Sequence[Any]) -> Any:
    """An operation that LLVM has for vectors."""
    vector = arguments[0].type
    kind = ir.FunctionType(vector, [vector] * len(arguments))
    suffix = f"v{LANES}f{32 if vector.element == ir.FloatType() else 64}"
    function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.{suffix}")
    return builder.call(function, arguments)


def _place(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    return builder.gep(cgutils.create_struct_proxy(kind)(context, builder, array).data, [index])


@_operation
def load(typing: Any, array: Any, place: Any) -> tuple[Any, Code]:
    vector = _vector(array.dtype)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        at = _place(context, builder, array, *arguments)
        return builder.load(builder.bitcast(at, vector.as_pointer()), align=array.dtype.bitwidth // 8)

    return LanesType(array.dtype)(array, types.intp), code


@_operation
def store(typing: Any, array: Any, place: Any, value: Any) -> tuple[Any, Code]:
    vector = _vector(array.dtype)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        at, found = _place(context, builder, array, *arguments[:2]), arguments[2]
        if found.type != vector:
            narrower = vector.element == ir.FloatType()
            found = builder.fptrunc(found, vector) if narrower else builder.fpext(found, vector)
        builder.store(found, builder.bitcast(at, vector.as_pointer()), align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, value), code


@_operation
def wider(typing: Any, like: Any, value: Any) -> tuple[Any, Code]:
    """The value in the precision of another, which is no less."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wanted = _vector(like.dtype)
        return arguments[1] if value == like else builder.fpext(arguments[1], wanted)

    return like(like, value), code


@_operation
def narrower(typing: Any, value: Any) -> tuple[Any, Code]:
    """The value in single precision."""
    same = value.dtype == types.float32

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return arguments[0] if same else builder.fptrunc(arguments[0], _vector(types.float32))

    return LanesType(types.float32)(value), code


@_operation
def nothing(typing: Any, array: Any) -> tuple[Any, Code]:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _all(_vector(array.dtype), 0.0)

    return LanesType(array.dtype)(array), code


@_operation
def every(typing: Any, like: Any, number: Any) -> tuple[Any, Code]:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _spread(builder, context.cast(builder, arguments[1], number, like.dtype))

    return like(like, number), code


@_operation_of_constants
def multiply(  # noqa: PLR0913, PLR0917 - a loop for the registers, written out
    typing: Any,
    matrix: Any,
    at: Any,
    depth: Any,
    columns: Any,
    row: Any,
    step: Any,
    out: Any,
    to: Any,
    rows: Any,
) -> tuple[Any, Code]:
    """Some rows of a matrix times lanes of columns, one each `step` from `row` on; to `out` from `to` on.

    The matrix is laid flat, column after column, from `at` on. How many rows there are is constant: their
    sums stay in registers. Products and sums are rounded once where the machine can.
    """
    vector, height = _vector(columns.dtype), rows.literal_value
    whole = types.intp

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        start, count, first, stride, target = (arguments[k] for k in (1, 2, 4, 5, 7))
        sums = [cgutils.alloca_once_value(builder, _all(vector, 0.0)) for _row in range(height)]
        place, source = (cgutils.alloca_once_value(builder, one) for one in (start, first))
        for one, begin in ((place, start), (source, first)):
            builder.store(begin, one)
        for one in sums:
            builder.store(_all(vector, 0.0), one)
        tall = ir.Constant(start.type, height)
        with cgutils.for_range(builder, count):
            pointer = _place(context, builder, columns, arguments[3], builder.load(source))
            value = builder.load(
                builder.bitcast(pointer, vector.as_pointer()), align=columns.dtype.bitwidth // 8
            )
            corner = _place(context, builder, matrix, arguments[0], builder.load(place))
            for k, one in enumerate(sums):
                weight = builder.load(builder.gep(corner, [ir.Constant(start.type, k)]))
                total = _called(builder, "fmuladd", [_spread(builder, weight), value, builder.load(one)])
                builder.store(total, one)
            builder.store(builder.add(builder.load(place), tall), place)
            builder.store(builder.add(builder.load(source), stride), source)
        base = _place(context, builder, out, arguments[6], target)
        for k, one in enumerate(sums):
            pointer = builder.gep(base, [ir.Constant(start.type, k * LANES)])
            builder.store(
                builder.load(one),
                builder.bitcast(pointer, vector.as_pointer()),
                align=columns.dtype.bitwidth // 8,
            )
        return context.get_dummy_value()

    return types.void(matrix, whole, whole, columns, whole, whole, out, whole, rows), code


def _arithmetic(name: str) -> Any:
    @_operation
    def of_two(typing: Any, one: Any, other: Any) -> tuple[Any, Code]:
        lanes = one if isinstance(one, LanesType) else other

        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            each = [
                argument
                if isinstance(kind, LanesType)
                else _spread(builder, context.cast(builder, argument, kind, lanes.dtype))
                for argument, kind in zip(arguments, (one, other), strict=True)
            ]
            return getattr(builder, name)(*each, flags=("contract",))

        return lanes(one, other), code

    return of_two


def _told(sign: Any, of_two: Any) -> None:
    """Let Numba know what a sign does to lanes, and to lanes and a number."""

    @overload(sign, strict=False)
    def signed(one: Any, other: Any) -> Any:
        if isinstance(one, LanesType) or isinstance(other, LanesType):
            return lambda one, other: of_two(one, other)  # noqa: PLW0108 - Numba wants a function
        return None


for _sign, _name in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _told(_sign, _arithmetic(_name))


@_operation
def absolute(typing: Any, value: Any) -> tuple[Any, Code]:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _called(builder, "fabs", arguments)

    return value(value), code


def _chosen(sign: str) -> Any:
    @_operation
    def of_two(typing: Any, one: Any, other: Any) -> tuple[Any, Code]:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            first, second = arguments
            return builder.select(builder.fcmp_ordered(sign, second, first), second, first)

        return one(one, one), code

    return of_two


larger = _chosen(">")
smaller = _chosen("<")


@_operation
def or_one(typing: Any, value: Any) -> tuple[Any, Code]:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        (found,) = arguments
        empty = builder.fcmp_ordered("<=", found, _all(found.type, 0.0))
        return builder.select(empty, _all(found.type, 1.0), found)

    return value(value), code


@_operation
def power_of_two(typing: Any, value: Any) -> tuple[Any, Code]:
    width, integers = value.dtype.bitwidth, _integers(value.dtype)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        biased = builder.add(builder.bitcast(arguments[0], integers), _all(integers, BIAS[width]))
        return builder.bitcast(builder.shl(biased, _all(integers, MANTISSA[width])), arguments[0].type)

    return value(value), code


@_operation
def halves(typing: Any, value: Any) -> tuple[Any, Code]:
    width, integers, vector = value.dtype.bitwidth, _integers(value.dtype), _vector(value.dtype)
    mantissa = _all(integers, MANTISSA[width])
    # Few machines shift signed integers of 64 bits; shifted up by two, none is negative.
    up, far = _all(integers, 1 << (width - 2)), _all(integers, 1 << (width - 2 - MANTISSA[width]))

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        bits = builder.bitcast(arguments[0], integers)
        above = builder.add(builder.sub(bits, _all(integers, ROOT_OF_HALF[width])), up)
        exponent = builder.sub(builder.lshr(above, mantissa), far)
        significand = builder.bitcast(builder.sub(bits, builder.shl(exponent, mantissa)), vector)
        number = builder.bitcast(builder.add(exponent, _all(integers, INTEGER[width])), vector)
        shift = 1.5 * 2.0 ** MANTISSA[width]
        return context.make_tuple(
            builder, signature.return_type, [builder.fsub(number, _all(vector, shift)), significand]
        )

    return types.UniTuple(value, 2)(value), code
