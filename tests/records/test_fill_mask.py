"""The record of a masked text: short prints, an escaped table, the pipeline's form."""

from encoder_lab.records import Choice, FillMask


def test_the_table_of_choices_is_escaped():
    choice = Choice(5, "<script>", 1.0, 0.5, "a <script> & more")
    html = FillMask("x", None, (1,), ((choice,),), None)._repr_html_()
    assert "<script>" not in html and "a &lt;script&gt; &amp; more" in html


def test_an_answer_prints_in_a_few_digits():
    choice = Choice(5, "cat", 1.23456, 0.512345, "a cat")
    assert repr(choice) == "Choice('cat', probability 0.5123, logit 1.23, id 5)"
    found = FillMask("a [MASK]", None, (1,), ((choice, choice),), None)
    assert repr(found) == "FillMask('a [MASK]')\n  position 1: cat 0.5123, cat 0.5123"


def test_one_mask_gives_a_list_and_several_a_list_of_lists():
    choice = Choice(5, "cat", 1.0, 0.5, "a cat")
    row = {"score": 0.5, "token": 5, "token_str": "cat", "sequence": "a cat"}
    assert FillMask("x", None, (1,), ((choice,),), None).as_pipeline() == [row]
    assert FillMask("x", None, (1, 2), ((choice,), (choice,)), None).as_pipeline() == [[row], [row]]
