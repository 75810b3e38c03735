"""What records share: items worked out on demand, short prints."""

import numpy as np
import pytest
import torch

from encoder_lab.records import OnDemand, SpanHead, Trace


class Squares(OnDemand):
    """0, 1, 4, each worked out when asked for."""

    kind, owner = "square", "this list"

    def __len__(self):
        return 3

    def make(self, index):
        return index**2


def test_items_on_demand_are_asked_for_by_number_or_by_slice():
    squares = Squares()
    assert (squares[2], squares[-1], squares[np.int64(1)], list(squares)) == (4, 4, 1, [0, 1, 4])
    assert squares[0:2] == [0, 1] and squares[::-1] == [4, 1, 0] and squares[5:] == []


@pytest.mark.parametrize("index", [3, -4])
def test_an_item_that_is_not_there(index):
    with pytest.raises(IndexError, match=f"there is no square {index}; this list has squares 0 to 2"):
        Squares()[index]


@pytest.mark.parametrize("index", [1.0, "1", True, None])
def test_an_item_has_a_whole_number(index):
    with pytest.raises(TypeError, match="the number of a square must be a whole number; this is"):
        Squares()[index]


def test_a_record_prints_shapes_and_not_numbers():
    head = SpanHead(torch.zeros(2, 7), torch.zeros(2, 7))
    assert repr(head) == "SpanHead\n  start  (2, 7)\n  end    (2, 7)"


def test_a_nested_record_prints_as_its_name():
    trace = Trace(SpanHead(None, None), None, (torch.zeros(1, 2, 3),) * 4, Squares())
    assert "  tokens         SpanHead\n" in repr(trace)
    assert repr(trace).endswith(
        "  hidden_states  4 of (1, 2, 3)\n  layers         3 squares, each worked out when asked for"
    )


def test_a_record_cannot_be_changed():
    with pytest.raises(AttributeError):
        SpanHead(None, None).start = 1
