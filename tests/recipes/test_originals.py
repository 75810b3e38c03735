"""What the model card says about the bundled answers is what the bundled checkpoint answers."""

import re

import pytest

from encoder_lab import fill_mask
from encoder_lab.checkpoints import BUNDLED, Checkpoint
from recipes.originals import FILL_MASK, beside_original


def cells(line: str) -> list[list[tuple[str, float]]]:
    """Read the choices of each cell of one table row."""
    found = [re.findall(r"`(\S+)` ([\d.e-]+)", cell) for cell in line.strip(" |").split(" | ")[1:]]
    return [[(word, float(p)) for word, p in cell] for cell in found]


def test_the_card_shows_the_answers_of_today(fill_mask_checkpoint):
    card = (BUNDLED / "fill-mask" / "README.md").read_text(encoding="utf-8").splitlines()
    for line in beside_original(fill_mask_checkpoint).splitlines()[2:]:
        printed = next(row for row in card if row.startswith(line.split(" | ")[0]))
        for mine, card_has in zip(cells(line), cells(printed), strict=True):
            assert [word for word, _ in mine] == [word for word, _ in card_has]
            assert all(abs(a - b) <= max(1e-6, 0.01 * b) for (_, a), (_, b) in zip(mine, card_has, strict=True))


def test_a_task_without_an_original_is_refused_in_a_sentence():
    unknown = Checkpoint("token-classification", "in hand", None, None, None)
    with pytest.raises(ValueError, match="beside_original knows no task 'token-classification'; it knows fill-mask, "):
        beside_original(unknown)


def test_the_original_s_first_choice_comes_where_the_card_says(fill_mask_checkpoint):
    """First in the first sentence, fourth in the second."""
    places = []
    for text, printed in FILL_MASK.items():
        places.append(
            [choice.string for choice in fill_mask(fill_mask_checkpoint, text).choices[0]].index(printed[0][0]) + 1
        )
    assert places == [1, 4]
