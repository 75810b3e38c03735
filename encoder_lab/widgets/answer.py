"""The question-answering explorer: start and end under each word, the spans they make, and when to stay silent."""

from collections.abc import Callable

from traitlets import Float, Int, Unicode

from encoder_lab.records.record import table
from encoder_lab.shown import html
from encoder_lab.texts import say
from encoder_lab.widgets.head_switches import HeadSwitches
from encoder_lab.widgets.still import still_form, text_picture


class AnswerExplorer(HeadSwitches):
    """Ask a text: see each token as a start and as an end, the spans, the windows, and whether to answer at all."""

    NAME = "answer"
    INPUTS = ("question", "context", "max_answer_len", "window", "off")
    LOOKS = ("threshold",)

    question = Unicode().tag(sync=True)
    context = Unicode().tag(sync=True)
    max_answer_len = Int(15).tag(sync=True)  # tokens
    window = Int(-1).tag(sync=True)  # -1: the one with the best answer
    threshold = Float(0.0).tag(sync=True)  # on the null margin, no unit; above it nothing is answered

    def __init__(self, look: Callable[[str, str, int, int, list], dict], **state) -> None:
        """Show a first question.

        Args:
            look: (question, context, max_answer_len, window, off) -> what there is to see, as `explore/answer.py` gives
                it; a window that does not exist is taken as -1.
            state: `question`, `context`, `heads`, and whatever else differs from the start values.
        """
        self._look = look
        super().__init__(**state)

    def work_out(self, question: str, context: str, max_answer_len: int, window: int, off: list) -> dict:
        """Look for the answer, and at one window, with some heads off."""
        seen = self._look(question, context, max_answer_len, window, off)
        return {"answer": seen, "notes": seen["notes"]}

    def still(self) -> str:
        """Draw the text around the best answer with both probabilities, and write down the ranked answers."""
        seen = self.answer
        best = seen["spans"][0] if seen["spans"] else None
        many = len(seen["windows"]) > 1
        rows = [
            [each["text"], f"{each['score']:.3f}", _place(each), each["window"]][: 3 + many] for each in seen["spans"]
        ]
        where = ""
        if many:
            where = say("explorers.answer.still_window", window=seen["window"], last=len(seen["windows"]) - 1)
        columns = ["column_answer", "column_score", "column_characters", "column_window"][: 3 + many]
        named = ", ".join(f"{row[0]} {row[1]}" for row in rows)
        return still_form(
            f"{self.title}: {seen['question']}",
            text_picture(
                say("explorers.answer.still_picture", where=where), seen["shown"], best and (best["start"], best["end"])
            ),
            say("explorers.answer.still_description", where=where, answers=named),
            f"<p>{html(self._verdict(best))}</p>",
            self.still_notes(),
            self.still_switches(),
            table([self.phrases[column] for column in columns], rows),
        )

    def _verdict(self, best: dict | None) -> str:
        """Say whether the threshold lets the best answer through."""
        margin = self.answer["null_margin"]
        written, threshold = f"{margin:.2f}", f"{self.threshold:.2f}"
        if best is None or margin > self.threshold:
            return say("explorers.answer.still_silent", margin=written, threshold=threshold)
        return say("explorers.answer.still_answers", text=best["text"], margin=written, threshold=threshold)


def _place(span: dict) -> str:
    """Write a span's characters, and what the model pointed at where whole words took in more."""
    place = f"{span['start']}–{span['end']}"
    if span["pointed"] == span["text"]:
        return place
    return place + say("explorers.answer.pointed_at", pointed=span["pointed"])
