"""The zero-shot explorer: labels as hypotheses, the three logits of each pair, and two templates side by side."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from traitlets import Bool, List, Unicode

from encoder_lab.records.record import table
from encoder_lab.texts import say
from encoder_lab.widgets.head_switches import HeadSwitches
from encoder_lab.widgets.still import bar_chart, still_form


@dataclass(frozen=True, slots=True)
class HypothesesView:
    """What the zero-shot explorer shows of one text under one template."""

    text: str  # as typed
    template: str  # with {} where the label goes
    labels: Sequence[str]  # (C) in the order they were given
    hypotheses: Sequence[str]  # (C) the template with each label put in
    names: Sequence[str]  # (3) what the model calls its logits
    entailment: int  # which of the three stands for entailment
    contradiction: int  # which for contradiction
    logits: Sequence[Sequence[float]]  # (C, 3)
    exclusive: Sequence[float]  # (C) probabilities if one label is true; they sum to 1
    independent: Sequence[float]  # (C) probabilities if each label is judged by itself
    notes: Sequence[str]  # what the reader would not expect, such as a text that was cut
    without: str  # what it says with all heads on; "" if they are


class ZeroShotExplorer(HeadSwitches):
    """Add and remove labels, edit the template, and see what the model makes of every pair."""

    NAME = "zero_shot"
    INPUTS = ("text", "labels", "template", "second_template", "off")
    LOOKS = ("multi_label",)

    text = Unicode().tag(sync=True)
    labels = List(Unicode()).tag(sync=True)
    template = Unicode().tag(sync=True)
    second_template = Unicode(None, allow_none=True).tag(sync=True)  # None: only one is shown
    multi_label = Bool(False).tag(sync=True)

    def __init__(self, look: Callable[[str, list[str], str, list], HypothesesView], **state) -> None:
        """Show a first text.

        Args:
            look: (text, labels, template, off) -> what there is to see; `off` are heads of the encoder.
            state: `text`, `labels`, `template`, `heads`, and whatever else differs from the start values.
        """
        self._look = look
        self._seen = {}  # what stands on the page: a change to one template leaves the other's passes out
        super().__init__(**state)

    def work_out(self, text: str, labels: list[str], template: str, second_template: str | None, off: list) -> dict:
        """Look at the text under one template or two, with some heads off."""
        turned = tuple(map(tuple, off))
        wanted = [(turned, text, *labels, each) for each in (template, second_template) if each is not None]
        seen = {}
        for key in wanted:
            seen[key] = self._seen[key] if key in self._seen else asdict(self._look(text, list(labels), key[-1], off))
        self._seen = seen
        first, *second = [seen[key] for key in wanted]
        return {"answer": {"first": first, "second": second[0] if second else None}}

    def still(self) -> str:
        """Draw the ranking under the first template, and write down the three logits of every pair."""
        mode = "independent" if self.multi_label else "exclusive"
        first = self.answer["first"]
        best = sorted(range(len(first["labels"])), key=lambda i: -first[mode][i])
        names, values = [first["labels"][i] for i in best], [first[mode][i] for i in best]
        asked = "explorers.zero_shot.still_many" if self.multi_label else "explorers.zero_shot.still_one"
        title = say(asked, template=first["template"])
        said = ", ".join(f"{name} {value:.3f}" for name, value in zip(names, values, strict=True))
        columns = [self.phrases["hypothesis"], self.phrases["probability"]]
        columns += [say("explorers.zero_shot.logit", name=name) for name in first["names"]]
        rows = [
            [view["hypotheses"][i], f"{view[mode][i]:.3f}", *(f"{logit:.2f}" for logit in view["logits"][i])]
            for view in (first, self.answer["second"])
            if view
            for i in best
        ]
        return still_form(
            f"{self.title}: {first['text']}",
            bar_chart(title, names, values, [f"{value:.3f}" for value in values]),
            say("explorers.zero_shot.still_description", title=title, labels=said),
            self.still_switches(),
            table(columns, rows),
        )
