"""A text of the student's own, as an answer: whether the model can be asked it."""

from encoder_lab import Checkpoint, fill_mask
from encoder_lab.exercises.compare import Wrong
from encoder_lab.records import FillMask
from encoder_lab.texts import say


def one_mask(ck: Checkpoint, text: object) -> FillMask:
    """Ask a model for the one gap of a text.

    Raises:
        Wrong: it is no text, too long a one, or has no gap or several.
    """
    if isinstance(text, str) and len(text) > 1000:
        raise Wrong(say("checks.too_long", length=len(text)))
    try:
        result = fill_mask(ck, text, top_k=1)
    except (TypeError, ValueError) as error:
        raise Wrong(say("checks.cannot_be_asked", error=error)) from error
    if not isinstance(text, str) or len(result.positions) != 1:
        raise Wrong(say("checks.one_mask"))
    return result
