"""The classification explorer: a sentence, how likely each label is, and what a changed word does to it."""

from collections.abc import Callable

from traitlets import Enum, Float, Unicode

from encoder_lab.records.record import table
from encoder_lab.texts import say
from encoder_lab.widgets.explorer import Explorer
from encoder_lab.widgets.still import bar_chart, still_form

STILL = 8  # labels in the still form, the likeliest


class ClassificationExplorer(Explorer):
    """Type a sentence, see every label's logit and probability, and what changed since the sentence before."""

    NAME = "classify"
    INPUTS = ("text", "before")
    LOOKS = ("function", "threshold")

    text = Unicode().tag(sync=True)
    before = Unicode().tag(sync=True)  # the sentence it is compared with; "" for none
    function = Enum(("sigmoid", "softmax"), "sigmoid").tag(sync=True)  # what turns logits into probabilities
    threshold = Float(0.5).tag(sync=True)  # 0 to 1; a label at or above it passes

    def __init__(self, look: Callable[[str], dict], **state) -> None:
        """Show a first text.

        Args:
            look: a text -> what there is to see, as `explore/classify.py` gives it.
            state: `text`, and whatever else differs from the start values.
        """
        self._look = look
        super().__init__(**state)

    def work_out(self, text: str, before: str) -> dict:
        """Look at the text, and at the one it is compared with."""
        now = self._look(text)
        return {"answer": {"now": now, "before": self._look(before) if before else None}, "notes": now["notes"]}

    def still(self) -> str:
        """Draw the likeliest labels, and write down their logits and what changed."""
        now, before = self.answer["now"], self.answer["before"]
        values = now[self.function]
        best = sorted(range(len(values)), key=lambda i: -values[i])[:STILL]
        names, shown = [now["labels"][i] for i in best], [values[i] for i in best]
        title = say("explorers.classify.still_title", count=len(best), all=len(values), function=self.function)
        rows = [[now["labels"][i], f"{values[i]:.3f}", f"{now['logits'][i]:.2f}"] for i in best]
        columns = [self.phrases[name] for name in ("label", "probability", "logit")]
        if before:
            columns.append(say("explorers.classify.change_since", text=before["text"]))
            for row, i in zip(rows, best, strict=True):
                row.append(_signed(values[i] - before[self.function][i]))
        passing = ""
        if self.function == "sigmoid":
            above = sum(value >= self.threshold for value in values)
            passing = say("explorers.classify.still_passing", count=above, threshold=f"{self.threshold:.2f}")
        said = ", ".join(f"{name} {value:.3f}" for name, value in zip(names, shown, strict=True))
        return still_form(
            f"{self.title}: {now['text']}",
            bar_chart(title + passing, names, shown, [f"{value:.3f}" for value in shown]),
            say("explorers.classify.still_description", title=title, labels=said),
            self.still_notes(),
            table(columns, rows),
        )


def _signed(value: float) -> str:
    """Write a difference with its sign, to two digits; what rounds to nothing has none."""
    return "0.00" if abs(value) < 0.005 else f"{value:+.2f}"
