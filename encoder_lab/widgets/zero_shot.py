"""The zero-shot explorer: labels as hypotheses, the three logits of each pair, and two templates side by side."""

from collections.abc import Callable

from traitlets import Bool, List, Unicode

from encoder_lab.records.record import table
from encoder_lab.texts import say
from encoder_lab.widgets.head_switches import HeadSwitches
from encoder_lab.widgets.still import bar_chart, still_form


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

    def __init__(self, look: Callable[[str, list[str], str, list], dict], **state) -> None:
        """Show a first text.

        Args:
            look: (text, labels, template, off) -> what there is to see, as `explore/zero_shot.py` gives it; `off` are
                heads of the encoder.
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
            seen[key] = self._seen[key] if key in self._seen else self._look(text, list(labels), key[-1], off)
        self._seen = seen
        first, *second = [seen[key] for key in wanted]
        notes = dict.fromkeys(note for view in (first, *second) for note in view["notes"])
        return {"answer": {"first": first, "second": second[0] if second else None}, "notes": list(notes)}

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
            self.still_notes(),
            self.still_switches(),
            table(columns, rows),
        )
