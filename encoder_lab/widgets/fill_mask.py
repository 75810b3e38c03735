"""The fill-mask explorer: a sentence, any token masked at a click, and what each position would say."""

from collections.abc import Callable

from traitlets import Float, Int, Unicode

from encoder_lab.records.record import table
from encoder_lab.texts import say
from encoder_lab.widgets.head_switches import HeadSwitches
from encoder_lab.widgets.still import bar_chart, still_form


class FillMaskExplorer(HeadSwitches):
    """Type a sentence, click a token to mask it, and see the distribution at any position."""

    NAME = "fill_mask"
    INPUTS = ("text", "position", "temperature", "top_k", "off")

    text = Unicode().tag(sync=True)
    position = Int(-1).tag(sync=True)  # -1: the first mask, or the first word if there is none
    temperature = Float(1.0).tag(sync=True)  # above 0
    top_k = Int(8).tag(sync=True)  # bars

    def __init__(self, look: Callable[[str, int, float, int, list], dict], **state) -> None:
        """Show a first text.

        Args:
            look: (text, position, temperature, top_k, off) -> what there is to see, as `explore/fill_mask.py` gives
                it; a position that does not exist is taken as -1.
            state: `text`, `heads`, and whatever else differs from the start values.
        """
        self._look = look
        super().__init__(**state)

    def work_out(self, text: str, position: int, temperature: float, top_k: int, off: list) -> dict:
        """Look at the text from one position, with some heads off."""
        seen = self._look(text, position, temperature, top_k, off)
        return {"answer": seen, "notes": seen["notes"]}

    def still(self) -> str:
        """Draw the bars at the position, and write down each layer's own best word."""
        seen = self.answer
        position, token = seen["position"], seen["tokens"][seen["position"]]
        words, probabilities, _ = zip(*seen["choices"], strict=True)
        title = say("explorers.fill_mask.still_title", position=position, token=token)
        picture = bar_chart(title, words, probabilities, [f"{p:.3f}" for p in probabilities])
        said = ", ".join(f"{w} {p:.3f}" for w, p, _ in seen["choices"])
        layers = [[self._depth(i), best, f"{p:.3f}"] for i, (best, p) in enumerate(seen["layers"])]
        columns = ["head_applied", "likeliest_word", "probability"]
        return still_form(
            f"{self.title}: {seen['text']}",
            picture,
            say("explorers.fill_mask.still_description", position=position, token=token, words=said),
            self.still_notes(),
            self.still_switches(),
            table([self.phrases[column] for column in columns], layers),
        )

    def _depth(self, layers: int) -> str:
        """Say after how many layers a hidden state is."""
        return say("explorers.fill_mask.still_layer", layer=layers) if layers else say("explorers.fill_mask.embeddings")
