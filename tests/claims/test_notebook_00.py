"""What notebook 00 says of the bundled models; each docstring names the cell that says it."""

import pytest

from encoder_lab import classify, fill_mask, load


@pytest.fixture(scope="module")
def ck():
    return load("fill-mask", "bundled")


def first(ck, text):
    return fill_mask(ck, text).choices[0][0]


def test_where_one_sign_fits_it_gets_more_than_the_best_of_many_words(ck):
    """00-09: hardly anything but one sign fits; 00-11: the probability is spread over many words."""
    sure, unsure = first(ck, "Hello, Mr. Bert! How is it going [MASK]"), first(ck, "Say [MASK]!")
    assert sure.string == "?" and sure.probability > 0.9 and unsure.probability < 0.2


def test_another_place_makes_another_word_win(ck):
    """00-11: which word wins when you write "in the city" for "by the sea"?"""
    text = "My grandmother lives in a small [MASK] {}."
    assert first(ck, text.format("by the sea")).string != first(ck, text.format("in the city")).string


def test_a_head_on_the_base_of_another_task_says_the_same_of_every_text():
    """00-18: trained heads cannot be swapped between tasks."""
    emotions, questions = load("text-classification", "bundled"), load("question-answering", "bundled")
    texts = "Thank you so much!", "I am so angry with you.", "This is sad news.", "Ha ha, what a joke.", "I love it."

    def labels():
        return [classify(emotions, text, top_k=1).ranked[0].label for text in texts]

    assert len({*labels()}) >= 4
    emotions.model.base_model.load_state_dict(questions.model.base_model.state_dict())
    assert len({*labels()}) == 1


def test_the_originals_labels_are_27_emotions_and_neutral():
    """00-18 and 00-22: 28 labels, 27 emotions and neutral."""
    labels = {*load("text-classification", "bundled").model.config.id2label.values()}
    assert len(labels) == 28 and "neutral" in labels
