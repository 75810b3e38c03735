"""A question with its context, and the spans of the context that may answer it."""

from dataclasses import dataclass

from torch import Tensor

from encoder_lab.probabilities import span_grid
from encoder_lab.records.record import OnDemand, Record, table
from encoder_lab.records.stages import Trace, characters
from encoder_lab.shown import Shown, html


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Window(Record):
    """As much of a context as fits into the model behind the question."""

    ids: Tensor  # (T,) numbers in the vocabulary
    mask: Tensor  # (T,) 1: a window by itself has no padding
    spans: Tensor  # (T, 2) start and end character, in the question or in the context; 0, 0 if added
    in_context: Tensor  # (T,) bool; True for the tokens of the context
    roles: tuple[str, ...]  # (T) "no answer" for the first token, "question", "separator" or "context"
    strings: tuple[str, ...]  # (T) readable tokens
    start: int  # the first character of the context that this window shows
    end: int  # the character after the last one

    def _rich(self) -> str:
        rows = zip(self.strings, self.ids.tolist(), self.roles, self.spans, strict=True)
        return table(
            ["position", "token", "id", "role", "characters"],
            [[at, string, i, role, characters(span)] for at, (string, i, role, span) in enumerate(rows)],
        )


@dataclass(frozen=True, slots=True, repr=False)
class Span(Shown):
    """One stretch of the context as an answer."""

    text: str  # context[start:end]
    start: int  # character of the context as typed
    end: int  # the character after the last one
    score: float  # 0 to 1: the start's probability times the end's, within its window
    window: int  # the window it was found in
    first: int  # token of the window where it starts
    last: int  # token where it ends
    pointed: str  # what the model pointed at; less than `text` where word alignment took in more

    @property
    def moved(self) -> bool:
        """Say whether word alignment took in more than the model pointed at."""
        return self.text != self.pointed

    def _text(self) -> str:
        return f"Span({self.text!r}, score {self.score:.4f}, characters {self.start}–{self.end}, window {self.window})"


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Answer(Record):
    """A question, what the model makes of each token of its context, and the spans it would answer with."""

    question: str  # as typed
    context: str  # as typed
    windows: OnDemand  # (W) of `Window`
    start_logits: Tensor  # (W, T) 0 for padding
    end_logits: Tensor  # (W, T)
    allowed: Tensor  # (W, T) bool; the context's tokens and the first, which stands for no answer
    start_probabilities: Tensor  # (W, T) over the tokens that are allowed
    end_probabilities: Tensor  # (W, T)
    null_scores: Tensor  # (W,) start times end probability of the first token
    null_margins: Tensor  # (W,) the first token's logit sum minus the best span's
    null_score: float  # the least over the windows, as in the pipeline
    null_margin: float  # the least null logit sum of any window minus the best span's of any
    spans: tuple[Span, ...]  # ranked; of spans at the same place the likeliest
    candidates: tuple[Span, ...]  # the best of each window, in the windows' order: what the pipeline merges
    top_k: int  # how many answers were asked for
    handle_impossible_answer: bool  # whether "no answer" is one of them
    notes: tuple[str, ...]  # what to know about this reading
    max_answer_len: int  # tokens of the longest answer
    reader: object  # reads a window again; see `Record.on`

    def grid(self, window: int = 0) -> Tensor:
        """Give the probability of each span of one window, (T, T): row = start token, column = end token.

        Raises:
            IndexError: there is no such window.
        """
        at = self.windows.place(window)
        start, end = (each[at, : self.windows.size(at)] for each in (self.start_probabilities, self.end_probabilities))
        return span_grid(start, end, self.max_answer_len)

    def trace(self, window: int = 0) -> Trace:
        """Read one window again and keep its hidden states.

        Raises:
            IndexError: there is no such window.
        """
        return self.reader.trace(self.windows.tokens(self.windows.place(window)))

    def as_pipeline(self, merge_equal: bool = True) -> dict | list[dict]:
        """Give what `QuestionAnsweringPipeline` of `transformers` 4.57.6 gives.

        Args:
            merge_equal: whether the scores of equal texts (letter case ignored) are summed over places and windows,
                as the pipeline does. A sum can pass 1, and it depends on `top_k`, because more candidates are
                summed. Without it each place stands for itself.

        Returns:
            A dictionary with score, start, end and answer, or a list of several.

        Source: `QuestionAnsweringPipeline.postprocess` in `transformers` 4.57.6, but for three of its faults. Where
        the context has fewer answers than asked for, it goes on with spans of probability 0 that are too long or begin
        at the first token; they are left out here. A `<s>` typed into the question may begin or end an answer there,
        and its place in the question is taken for one in the context; here answers lie in the context. And it fails
        where a window's token count squared is exactly the number of spans it ranks.
        """
        answers: dict[object, dict] = {}
        for span in self.candidates if merge_equal else self.spans:
            key = span.text.lower() if merge_equal else (span.start, span.end)
            found = answers.setdefault(
                key, {"score": 0.0, "start": span.start, "end": span.end, "answer": span.text}
            )  # the first one's characters stay
            found["score"] += span.score
        ranked = list(answers.values())
        if self.handle_impossible_answer:
            ranked.append({"score": self.null_score, "start": 0, "end": 0, "answer": ""})
        ranked = sorted(ranked, key=lambda answer: answer["score"], reverse=True)[: self.top_k]
        return ranked[0] if len(ranked) == 1 else ranked

    def _text(self) -> str:
        lines = [f"Answer({self.question!r}, {len(self.windows)} window{'s' * (len(self.windows) > 1)})"]
        lines += [f"  {span.score:.4f}  {span.text!r}  characters {span.start}–{span.end}" for span in self.spans]
        lines.append(f"  null_score {self.null_score:.4f}, null_margin {self.null_margin:.2f}")
        return "\n".join(lines)

    def _rich(self) -> str:
        rows = [
            [s.text, f"{s.score:.4f}", f"{s.start}–{s.end}", s.window, f"from {s.pointed}" if s.moved else ""]
            for s in self.spans
        ]
        margin = f"null_score {self.null_score:.4f}, null_margin {self.null_margin:.2f}"
        return (
            f"<p>{html(self.question)}</p>"
            + table(["answer", "score", "characters", "window", "moved to whole words"], rows)
            + f"<p>{html(margin)}</p>"
        )
