"""What notebook 03 says of the bundled model's answers; each docstring names the cell that says it."""

import pytest

from encoder_lab import fill_mask, load, masked_lm_head, readable, trace


@pytest.fixture(scope="module")
def ck():
    return load("fill-mask", "bundled")


def answers(ck, text, top_k=5):
    return [[choice.string for choice in choices] for choices in fill_mask(ck, text, top_k=top_k).choices]


def after_each_layer(ck, text):
    way = trace(ck, text)
    at = way.tokens.strings[0].index("[MASK]")
    heads = [masked_lm_head(state[0, at], ck.model).logits for state in way.hidden_states]
    return [readable(ck.tokenizer, logits.argmax()[None])[0] for logits in heads]


def test_a_wrong_word_that_is_visible_is_put_right(ck):
    """03-12: a word of "He have three sister." is wrong, and nothing is hidden."""
    way = trace(ck, "He have three sister.")
    at = way.tokens.strings[0].index("have")
    best = masked_lm_head(way.hidden_states[-1][0, at], ck.model).logits.argmax()
    assert readable(ck.tokenizer, best[None])[0] == "has"


def test_the_first_gap_filled_changes_the_second(ck):
    """03-34: is the second gap's first choice still the same?"""
    text = "The [MASK] played the [MASK] in the concert."
    [first, second] = answers(ck, text)
    assert answers(ck, text.replace("[MASK]", first[0], 1))[0][0] != second[0]


def test_the_product_depends_on_which_gap_is_filled_first(ck):
    """03-35: the exercise's remark that the product would be another from right to left."""
    text = "The [MASK] stopped at the [MASK]."
    left, right = (choices[0] for choices in fill_mask(ck, text).choices)
    before, after = text.rsplit("[MASK]", 1)
    last = fill_mask(ck, text.replace("[MASK]", left.string, 1)).choices[0][0]
    [again] = fill_mask(ck, before + right.string + after, targets=[left.string]).choices[0]
    assert last.string == right.string and last.probability > 2 * right.probability
    assert abs(left.probability * last.probability / (right.probability * again.probability) - 1) > 0.1


def test_a_small_word_comes_early_and_a_fact_late_or_never(ck):
    """03-explorer: `of` after two layers; `capital` leads after the last only; France's capital, not Italy's."""
    assert set(after_each_layer(ck, "Paris is the capital [MASK] France.")[2:]) == {"of"}
    assert after_each_layer(ck, "Paris is the [MASK] of France.")[-2:] == ["city", "capital"]
    assert answers(ck, "The capital of France is [MASK].")[0][0] == "paris"
    assert "rome" not in answers(ck, "The capital of Italy is [MASK].")[0]


def test_which_capitals_the_model_knows(ck):
    """03-explorer: this small model knows some facts and not others; its card names the same ones."""
    known = {"Paris": "France", "Berlin": "Germany", "Madrid": "Spain", "Tokyo": "Japan", "Beijing": "China"}
    for city, country in known.items():
        assert answers(ck, f"{city} is the capital of [MASK].")[0][0] == country.lower()
    assert answers(ck, "Rome is the capital of [MASK].")[0][0] == "rome"
    asked = {
        country: answers(ck, f"The capital of {country} is [MASK].")[0][0] for country in [*known.values(), "Italy"]
    }
    assert (asked.pop("France"), asked.pop("Japan")) == ("paris", "tokyo")
    assert all(answer == country.lower() for country, answer in asked.items())


def test_coffee_stays_ahead_of_green_tea(ck):
    """03-50: does "coffee" stay ahead in "He drank a cup of green [MASK]."?"""
    assert answers(ck, "He drank a cup of green [MASK].", top_k=2) == [["coffee", "tea"]]
