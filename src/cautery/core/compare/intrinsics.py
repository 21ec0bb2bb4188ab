"""Four machine instructions Numba has no name for, written as LLVM so that every processor gets its own best form."""

# ruff: noqa: ARG001 (Numba reads the arguments' types from their names)
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 32
"""How many 16-bit words `near` compares at once: what one AVX-512 register holds, and half a cache line pair elsewhere."""


def machine(describe: Callable[..., Any]) -> Any:
    """What `describe` gives as LLVM, to be called in compiled code; its types are Numba's, not Python's."""
    return intrinsic(describe)


@machine
def popcount(_context: Any, value: Any) -> Any:
    """How many of 64 bits are set."""

    def code(_ctx: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.ctpop(args[0])

    return types.uint64(types.uint64), code


@machine
def trailing_zeros(_context: Any, value: Any) -> Any:
    """The place of the lowest of 64 bits that is set."""

    def code(_ctx: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), code


@machine
def prefetch(_context: Any, array: Any, row: Any, place: Any) -> Any:
    """Ask for the cache line of `array[row, place]` without waiting for it."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        spot = _spot(context, builder, signature, *args[:3])
        bytes_ = builder.bitcast(spot, cgutils.voidptr_t)
        line = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, line, line, line])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")  # type: ignore[no-untyped-call]
        builder.call(function, [bytes_, line(0), line(3), line(1)])
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp), code


@machine
def near(_context: Any, array: Any, row: Any, place: Any, wanted: Any, limit: Any) -> Any:
    """Which of the 32 uint16 from `array[row, place]` differ from `wanted` in at most `limit` bits: a mask, lowest bit first.

    Reads 64 bytes whatever is there: the array must go on that far.
    """

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        vector = ir.VectorType(ir.IntType(16), LANES)
        spot = builder.bitcast(_spot(context, builder, signature, *args[:3]), vector.as_pointer())
        loaded = builder.load(spot)
        loaded.align = 2
        count = cgutils.get_or_insert_function(builder.module, ir.FunctionType(vector, [vector]), "llvm.ctpop.v32i16")  # type: ignore[no-untyped-call]
        bits = builder.call(count, [builder.xor(loaded, _spread(builder, vector, args[3]))])
        mask = builder.icmp_unsigned("<=", bits, _spread(builder, vector, args[4]))
        return builder.zext(builder.bitcast(mask, ir.IntType(LANES)), ir.IntType(64))

    return types.uint64(array, types.intp, types.intp, types.uint16, types.uint16), code


def _spot(context: Any, builder: Any, signature: Any, array: Any, row: Any, place: Any) -> Any:
    """The address of array[row, place]; the array is contiguous."""
    view = context.make_array(signature.args[0])(context, builder, array)
    _, columns = cgutils.unpack_tuple(builder, view.shape, 2)  # type: ignore[no-untyped-call]
    return builder.gep(view.data, [builder.add(builder.mul(row, columns), place)])


def _spread(builder: Any, vector: Any, value: Any) -> Any:
    """The same value in every lane."""
    empty = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(empty, value, ir.IntType(32)(0))
    return builder.shuffle_vector(first, empty, ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES))
