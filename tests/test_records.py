"""Records: layers worked out on demand, short prints, escaped tables."""

import pytest
import torch

from encoder_lab.records import Choice, FillMask, Layers, SpanHead, Trace


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


def test_the_table_of_choices_is_escaped():
    choice = Choice(5, "<script>", 1.0, 0.5, "a <script> & more")
    html = FillMask("x", None, (1,), ((choice,),), lambda: None)._repr_html_()
    assert "<script>" not in html and "a &lt;script&gt; &amp; more" in html


def test_an_answer_prints_in_a_few_digits():
    choice = Choice(5, "cat", 1.23456, 0.512345, "a cat")
    assert repr(choice) == "Choice('cat', probability 0.5123, logit 1.23, id 5)"
    found = FillMask("a [MASK]", None, (1,), ((choice, choice),), lambda: None)
    assert repr(found) == "FillMask('a [MASK]')\n  position 1: cat 0.5123, cat 0.5123"


def test_one_mask_gives_a_list_and_several_a_list_of_lists():
    choice = Choice(5, "cat", 1.0, 0.5, "a cat")
    row = {"score": 0.5, "token": 5, "token_str": "cat", "sequence": "a cat"}
    assert FillMask("x", None, (1,), ((choice,),), lambda: None).as_pipeline() == [row]
    assert FillMask("x", None, (1, 2), ((choice,), (choice,)), lambda: None).as_pipeline() == [[row], [row]]
