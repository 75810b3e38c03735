"""A masked text, and what a masked-language model would put there."""

from dataclasses import dataclass

from encoder_lab.records.record import Record, table
from encoder_lab.records.stages import MaskedLMHead, Trace
from encoder_lab.shown import Shown


@dataclass(frozen=True, slots=True, repr=False)
class Choice(Shown):
    """One word a masked-language model puts in a mask's place."""

    token_id: int
    string: str  # the token as text
    logit: float  # what the head gave it; no unit
    probability: float  # 0 to 1, over the whole vocabulary
    sequence: str  # the whole text with the choice put in

    def _text(self) -> str:
        numbers = f"probability {self.probability:.4f}, logit {self.logit:.2f}, id {self.token_id}"
        return f"Choice({self.string!r}, {numbers})"


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class FillMask(Record):
    """A masked text and what the model would put there."""

    text: str
    trace: Trace
    positions: tuple[int, ...]  # token positions of the masks
    choices: tuple[tuple[Choice, ...], ...]  # for each mask, likeliest first
    reader: object  # works the head out again; see `Record.on`

    @property
    def head(self) -> MaskedLMHead:
        """Work the head out at every position: (1, T, D) and (1, T, V); done anew each time it is asked for."""
        return self.reader.head(self.trace.hidden_states[-1])

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what to know about reading this text with this vocabulary."""
        return self.trace.notes

    def _text(self) -> str:
        lines = [f"FillMask({self.text!r})"]
        for position, row in zip(self.positions, self.choices, strict=True):
            lines.append(f"  position {position}: " + ", ".join(f"{c.string} {c.probability:.4f}" for c in row))
        return "\n".join(lines)

    def as_pipeline(self) -> list:
        """Give what `transformers`' `FillMaskPipeline` gives: a list of dictionaries, or one such list per mask."""
        rows = [
            [{"score": c.probability, "token": c.token_id, "token_str": c.string, "sequence": c.sequence} for c in row]
            for row in self.choices
        ]
        return rows[0] if len(rows) == 1 else rows

    def _rich(self) -> str:
        return "".join(
            table(
                [f"mask at position {position}", "probability", "logit", "sequence"],
                [[c.string, f"{c.probability:.4f}", f"{c.logit:.2f}", c.sequence] for c in row],
            )
            for position, row in zip(self.positions, self.choices, strict=True)
        )
