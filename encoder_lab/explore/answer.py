"""The question-answering explorer on a checkpoint: what each token is as a start and as an end, and what follows."""

from dataclasses import asdict
from functools import lru_cache

from torch import Tensor

from encoder_lab.checkpoints import Checkpoint
from encoder_lab.explore.switched import switched
from encoder_lab.forward.answer import answer_from_logits, span_logits
from encoder_lab.records import Answer, Window
from encoder_lab.shown import visible
from encoder_lab.texts import say
from encoder_lab.widgets.answer import AnswerExplorer
from encoder_lab.windows import Windows, cut_windows

QUESTION = "Who designed the new bridge?"
CONTEXT = (
    "The old wooden bridge over the Aller was built in 1820 by the carpenter Jonas Weber. It burned down in 1893. The "
    "new one, made of iron, was designed by his granddaughter Klara Weber and opened on 4 May 1896. Today only walkers "
    "and cyclists may use it, because cars cross the river on the motorway bridge two kilometres to the north."
)
ANSWERS = 5  # ranked answers shown
LIKELY = 10  # starts, and ends, that the grid shows of a longer window
LONGEST = 50_000  # characters of a context; some 30 windows, a few seconds a reading


def answer(
    checkpoint: Checkpoint,
    question: str = QUESTION,
    context: str = CONTEXT,
    presenter: bool = False,
    max_seq_len: int | None = None,
    doc_stride: int | None = None,
) -> AnswerExplorer:
    """Open the question-answering explorer.

    Args:
        checkpoint: from `load("question-answering")`.
        question: what it begins with.
        context: the text to look in, at first.
        presenter: large type and few controls, for a projector.
        max_seq_len: tokens of a window; None for 384, or what the model reads if that is less. A small number shows
            on a short text what happens to a long one.
        doc_stride: tokens of the context that neighbouring windows share; None for half of `max_seq_len`, at most 128.

    Raises:
        TypeError: a text is not a string, a length is not a whole number.
        ValueError: the checkpoint is for another task; a text is blank or too long, a length out of range.
    """
    checkpoint.check_task("question-answering", "explore.answer")

    changed, switches = switched(checkpoint)

    @lru_cache(maxsize=2)  # another window, or another longest answer, is no reason to read again
    def read(asked: str, text: str, off: tuple) -> tuple[Windows, Tensor, Tensor]:
        windows = cut_windows(checkpoint.tokenizer, asked, text, max_seq_len, doc_stride)
        ((start, end),) = span_logits(changed(off), [windows])
        return windows, start, end

    def all_on(asked: str, text: str, max_answer_len: int) -> str:
        """Say what the model answers with all its heads."""
        seen = answer_from_logits(checkpoint, *read(asked, text, ()), 1, max_answer_len)
        return f"{seen.spans[0].text} {seen.spans[0].score:.3f}" if seen.spans else say("explorers.answer.nothing")

    def look(asked: str, text: str, max_answer_len: int, window: int, off: list) -> dict:
        if len(text) > LONGEST:
            raise ValueError(
                f"the context has {len(text):,} characters; the explorer reads at most {LONGEST:,}: shorten it, or use "
                f"answer(checkpoint, question, context)"
            )
        windows, start, end = read(asked, text, tuple(map(tuple, off)))
        seen = answer_from_logits(checkpoint, windows, start, end, ANSWERS, max_answer_len)
        if not 0 <= window < len(windows):
            window = seen.spans[0].window if seen.spans else 0
        return {
            "question": asked,  # as typed
            "length": len(text),  # of the context in characters
            "spans": [asdict(span) for span in seen.spans],  # ranked
            "null_score": seen.null_score,  # probability of no answer, the least of the windows
            "null_margin": seen.null_margin,  # no unit; above the threshold nothing is answered
            # (W) first character, the one after the last, best span, score
            "windows": [(each.start, each.end, *_best(seen, at)) for at, each in enumerate(windows)],
            "window": window,  # the one looked at
            "max_answer_len": max_answer_len,  # tokens of the longest answer
            "shown": _window_view(seen, windows[window], window, max_answer_len),
            "notes": seen.windows.notes,  # what to know about this reading
            "without": all_on(asked, text, max_answer_len) if off else "",  # the answer with all heads on
        }

    threshold = checkpoint.thresholds.get("null_margin", 0.0)  # at 0 the logits themselves prefer no answer
    state = {"question": question, "context": context, "threshold": threshold, **switches}
    return AnswerExplorer(look, **state, presenter=presenter)


def _best(seen: Answer, window: int) -> tuple[str, float]:
    """Give the text and the score of one window's best span."""
    best = max((span for span in seen.candidates if span.window == window), key=lambda span: span.score, default=None)
    return (best.text, best.score) if best else ("", 0.0)


def _window_view(seen: Answer, window: Window, at: int, max_answer_len: int) -> dict:
    """Show the first token, which stands for no answer, and the context's, with the grid of likely starts and ends.

    Axes: N tokens, R rows, C columns of the grid.
    """
    places = [0, *window.in_context.nonzero().flatten().tolist()]
    spans = window.spans[places].tolist()
    texts, gaps = map(list, zip(*_pieces(seen.context, spans), strict=True))
    grid = seen.grid(at)[places][:, places]  # (N, N)
    starts, ends = _likely(grid.amax(dim=1)), _likely(grid.amax(dim=0))
    return {
        "positions": places,  # (N) in the window, where the question stands too
        # (N) each token's own characters; "" if another token has them
        "texts": [window.strings[0], *map(visible, texts[1:])],
        "gaps": [visible(gap) for gap in gaps],  # (N) what lies between the token before and this one
        "spans": spans,  # (N) characters of the context
        "start": _rounded(seen.start_probabilities[at, places], 6),  # (N) probability that the answer starts here
        "end": _rounded(seen.end_probabilities[at, places], 6),  # (N) probability that it ends here
        "start_logits": _rounded(seen.start_logits[at, places], 3),  # (N)
        "end_logits": _rounded(seen.end_logits[at, places], 3),  # (N)
        "rows": starts,  # (R) tokens, of these N, that the grid shows as starts
        "columns": ends,  # (C) tokens that it shows as ends
        "grid": [_rounded(grid[row, ends], 6) for row in starts],  # (R, C) probability of each span
    }


def _likely(best: Tensor) -> list[int]:
    """Choose the tokens with the likeliest spans, in the text's order; the first token is part of none."""
    return (best[1:].topk(min(LIKELY, len(best) - 1)).indices + 1).sort().values.tolist()


def _rounded(values: Tensor, digits: int) -> list[float]:
    """Keep a few digits: the state of a long window stays small in a saved notebook."""
    return [round(value, digits) for value in values.tolist()]


def _pieces(context: str, spans: list[list[int]]) -> list[tuple[str, str]]:
    """Cut a text into (token's own characters, what lies between it and the token before).

    Several tokens may share one character, of which each holds some bytes: the first one gets it.
    """
    pieces, reached = [], spans[1][0]
    for start, end in spans:
        begin = max(start, reached)
        pieces.append((context[begin:end], context[reached:begin] if end > 0 else ""))
        reached = max(reached, end)
    return pieces
