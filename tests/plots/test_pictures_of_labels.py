"""Every picture of labels, from one label to the most it holds, with any text."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from encoder_lab.plots.axis_labels import readable
from tests.plots.pictures import ODD, overlaps, png, words
from tests.plots.pictures_of_labels import LABELLED, all_texts, every_labelled_picture


@every_labelled_picture
@pytest.mark.parametrize("size", [1, 2, 5, None])
def test_a_picture_fits_the_notebook_and_no_text_covers_another(name, size):
    most, draw = LABELLED[name]
    labels = words(size or most)
    figure = draw(labels).figure
    data = png(figure)
    width, height = Image.open(io.BytesIO(data)).size
    assert len(data) < 100_000
    assert width <= 900 and height <= 920
    texts = all_texts(figure)
    assert overlaps(texts) == []
    written = "\n".join(text.get_text() for text in texts)
    assert all(readable(label, 20) in written for label in labels)  # none is left out


@every_labelled_picture
def test_any_text_is_drawn_as_text(name):
    most, draw = LABELLED[name]
    for labels in (ODD[:most], ODD[-most:]):
        assert overlaps(all_texts(draw(labels).figure)) == []


@every_labelled_picture
def test_labels_may_be_any_sequence_of_strings(name):
    LABELLED[name][1](np.array(words(5)).tolist())
    LABELLED[name][1](tuple(words(5)))


@every_labelled_picture
def test_labels_that_cannot_label(name):
    most, draw = LABELLED[name]
    for labels, message in [
        ("hello", "the one string 'hello'; give a list"),
        ([], "are empty"),
        (["a", 5], r"\[1\] is 5, a int; give str"),
        (words(most + 1), f"are {most + 1}; at most {most} can be read in one picture, so draw some of them"),
    ]:
        with pytest.raises(ValueError, match=message):
            draw(labels)
    assert plt.get_fignums() == []  # refused before a figure was opened
