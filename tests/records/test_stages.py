"""Records of the stages: layers worked out on demand, short prints."""

import pytest
import torch

from encoder_lab.records import Layers, SpanHead, Trace


def test_layers_are_worked_out_when_asked_for_and_only_the_last_two_are_kept():
    asked = []
    layers = Layers(3, lambda i: asked.append(i) or f"layer {i}")
    assert asked == [] and len(layers) == 3
    assert layers[0] == "layer 0" and layers[-1] == "layer 2" and layers[0] == "layer 0"
    assert asked == [0, 2]
    assert layers[1] == "layer 1" and layers[2] == "layer 2"  # 1 pushed 2 out, as 0 was used after it
    assert asked == [0, 2, 1, 2]
    assert list(layers) == ["layer 0", "layer 1", "layer 2"]


@pytest.mark.parametrize("index", [3, -4])
def test_a_layer_that_is_not_there(index):
    with pytest.raises(IndexError, match=f"there is no layer {index}; this model has layers 0 to 2"):
        Layers(3, str)[index]


def test_a_record_prints_shapes_and_not_numbers():
    head = SpanHead(torch.zeros(2, 7), torch.zeros(2, 7))
    assert repr(head) == "SpanHead\n  start  (2, 7)\n  end    (2, 7)"


def test_a_nested_record_prints_as_its_name():
    trace = Trace(SpanHead(None, None), None, (torch.zeros(1, 2, 3),) * 4, Layers(3, str))
    assert "  tokens         SpanHead\n" in repr(trace)
    assert "  hidden_states  4 of (1, 2, 3)\n" in repr(trace)
    assert "3 layers, each worked out when asked for" in repr(trace)


def test_a_record_cannot_be_changed():
    with pytest.raises(AttributeError):
        SpanHead(None, None).start = 1
