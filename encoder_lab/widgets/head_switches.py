"""What explorers with switches for heads share: which heads are off, and how many there are."""

from traitlets import Bool, Int, List

from encoder_lab.shown import html
from encoder_lab.texts import say
from encoder_lab.widgets.explorer import Explorer


class HeadSwitches(Explorer):
    """An explorer whose model can be asked with some heads off; its page shows them as switches."""

    SHARED = ("every", "head_switches")

    heads = List([1, 1]).tag(sync=True)  # layers, and heads in each
    shared_layers = Bool(False).tag(sync=True)  # whether a head that is off is off in other layers too
    off = List(List(Int(), minlen=2, maxlen=2)).tag(sync=True)  # [layer, head] of each head that is off

    def still_switches(self) -> str:
        """Write down for the still form which heads were off for the answer: escaped HTML, nothing if none was."""
        off = self._seen_with["off"]
        if not off:
            return ""
        listed = [say("explorers.head_switches.one_head_off", layer=layer, head=head) for layer, head in off]
        said = say("explorers.head_switches.heads_off", heads=", ".join(listed))
        if self.shared_layers:
            said = f"{said} {self.phrases['shared']}"
        return f"<p>{html(said)}</p>"
