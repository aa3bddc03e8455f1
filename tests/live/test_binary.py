"""The binary message: what is packed is unpacked."""

import numpy as np
import pytest

from sim.live.binary import finite, packed, unpacked


def test_head_and_columns_come_back_as_they_were_packed():
    columns = {"a": np.array([1, 2, 255], "u1"), "b": np.array([-1.5, 2.0**52], "f8"), "c": np.zeros(0, "i2")}
    head, back = unpacked(packed({"month": 3, "words": ["ü"]}, columns))
    assert head == {"month": 3, "words": ["ü"]}
    assert {name: column.tolist() for name, column in back.items()} == {"a": [1, 2, 255], "b": [-1.5, 2.0**52], "c": []}


def test_columns_begin_at_multiples_of_eight_so_that_a_browser_reads_them_in_place():
    message = packed({"x": "y"}, {"a": np.array([1], "u1"), "b": np.array([7.0], "f8")})
    end = 8 + int.from_bytes(message[4:8], "little")
    assert end % 8 == 0
    assert np.frombuffer(message, "<f8", 1, end + 8).item() == 7.0


def test_what_is_not_finite_becomes_null():
    assert finite({"a": [float("nan"), 1.0], "b": np.float64("inf")}) == {"a": [None, 1.0], "b": None}


def test_other_types_and_other_messages_are_refused():
    with pytest.raises(ValueError, match="column x"):
        packed({}, {"x": np.array([1], "i8")})
    with pytest.raises(ValueError, match="not a message"):
        unpacked(b"hello, world")
