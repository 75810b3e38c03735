"""Checks of notebook 08: a head's columns, how far a patch goes, when a lens has settled, gradients summed by steps."""

import torch

from encoder_lab.exercises.compare import Wrong, as_numbers, refuse_slips, same_numbers
from encoder_lab.exercises.exercise import Exercise, Quiz, run_given

TWO_HEADS = """\
mixed = torch.tensor([[1.0, 2.0, 3.0, -1.0],    # two tokens; head 0 has mixed the first two numbers,
                      [0.0, 1.0, -2.0, 4.0]])   # head 1 the last two; (T, D)
weight = torch.tensor([[1.0, 0.0, 2.0, 1.0],
                       [0.0, 1.0, 1.0, 0.0],
                       [3.0, 1.0, 0.0, 2.0],
                       [1.0, 1.0, 4.0, 1.0]])   # of the output projection, a torch.nn.Linear; (D, D)
bias = torch.tensor([0.5, 0.0, -0.5, 1.0])      # (D,)"""
FOUR_PATCHES = """\
text_value, other_value = 2.0, -3.0                    # the watched logit of either text
patched_values = torch.tensor([2.0, -0.5, -3.0, 3.0])  # with one vector patched, four times"""
SEVEN_READINGS = """\
# at [MASK], in hidden states 0 to 6
readings = ["not", "the", "garden", "park", "garden", "garden", "garden"]"""
CURVED = """\
def slope(point):
    x, y = point                                 # of the function x * x * y
    return torch.stack([2 * x * y, x * x])       # its gradient, (2,)

start, end = torch.tensor([1.0, 0.0]), torch.tensor([3.0, 2.0])  # from the baseline to the text
halves = torch.tensor([0.25, 0.75])              # the middles of two equal stretches of the way"""


def without_head(output: object) -> str:
    """Compare with the projection of the vectors in which only the other head is left."""
    given = run_given(TWO_HEADS)
    mixed, weight, bias = given["mixed"], given["weight"], given["bias"]
    kept, other = mixed.clone(), mixed.clone()
    kept[:, 2:], other[:, :2] = 0, 0
    rows = weight.clone()
    rows[2:] = 0
    refuse_slips(
        as_numbers(output),
        {
            "Head 1 is still on; this is the whole projection.": (mixed @ weight.T + bias,),
            "This switches head 0 off; head 1 is the second of the two.": (other @ weight.T + bias,),
            "The bias is missing; it belongs to no head and stays.": (kept @ weight.T,),
            "You have emptied rows of the weight. A row makes one number of the output; a head is read by columns.": (
                mixed @ rows.T + bias,
            ),
            "A torch.nn.Linear multiplies by weight.T: x @ weight.T + bias.": (kept @ weight + bias,),
            "This is what the heads have mixed; it has still to go through the output projection.": (kept,),
        },
    )
    same_numbers(output, kept @ weight.T + bias, tell=False)
    return "An empty slice of what was mixed, or empty columns of the weight: the same output."


def patch_shares(shares: object) -> str:
    """Compare with the way from the text's number to the other's."""
    given = run_given(FOUR_PATCHES)
    text, other, patched = given["text_value"], given["other_value"], given["patched_values"]
    refuse_slips(
        as_numbers(shares),
        {
            "These are changes of the logit; divide them by the whole way from the text to the other text.": (
                patched - text,
                (patched - text).abs(),
            ),
            "0 has to be the text as it is and 1 the other text; yours is the other way round.": (
                (patched - other) / (text - other),
            ),
            "The sign is wrong: the way goes from the text's number to the other text's.": (
                (patched - text) / (text - other),
            ),
            "A change is measured against the way between the two texts, not against one of their logits.": (
                patched / other,
                patched / text,
                (patched - text) / other,
                (patched - text) / text,
            ),
            "A share may be below 0: that patch moved the logit away from the other text. Keep its sign.": (
                ((patched - text) / (other - text)).abs(),
                ((patched - text) / (other - text)).clamp(0, 1),
            ),
        },
    )
    same_numbers(shares, (patched - text) / (other - text), tell=False)
    return "The last one is below 0: its patch has moved the logit away from the other text."


def settled_from(state: object) -> str:
    """Compare with the first hidden state after which the reading never changes."""
    readings = run_given(SEVEN_READINGS)["readings"]
    wanted = next(at for at in range(len(readings)) if set(readings[at:]) == {readings[-1]})
    numbers = as_numbers(state)
    if numbers.numel() != 1:
        raise Wrong("One number is needed, that of a hidden state.")
    slips = {
        readings.index(readings[-1]): "There it reads the answer for the first time, and loses it again.",
        len(readings) - 1: "That is the last one; some before it read the answer already, and kept it.",
        wanted + 1: "Hidden states are counted from 0.",
        len(readings) - wanted: "That is how many of them agree; the number of the first one is asked for.",
    }
    if (guess := numbers.item()) != wanted and guess in slips:
        raise Wrong(slips[guess])
    same_numbers(state, torch.tensor(wanted), tell=False)
    return "What the lens reads before that is not the answer in the making: the head was never trained on it."


def by_steps(parts: object) -> str:
    """Compare with the mean gradient of two middles times the way."""
    given = run_given(CURVED)
    slope, start, end = given["slope"], given["start"], given["end"]
    way = end - start

    def mean(shares: tuple[float, ...]) -> torch.Tensor:
        return torch.stack([slope(start + share * way) for share in shares]).mean(dim=0)

    wanted = mean((0.25, 0.75)) * way
    refuse_slips(
        as_numbers(parts),
        {
            "These are ends of the stretches, or beginnings; take their middles, which `halves` has.": (
                mean((0.5, 1.0)) * way,
                mean((0.0, 0.5)) * way,
                mean((0.0, 1.0)) * way,
            ),
            "This is the mean gradient; multiply it by the way from start to end.": (mean((0.25, 0.75)),),
            "These are sums of two gradients times the way; take their mean.": (2 * wanted,),
            "The way is end - start; you have multiplied by the end itself.": (mean((0.25, 0.75)) * end,),
            "This is gradient x input: one gradient, at the end.": (slope(end) * end, slope(end) * way),
            "You have gone from 0 to the end; this baseline is not 0.": (
                torch.stack([slope(share * end) for share in (0.25, 0.75)]).mean(dim=0) * end,
            ),
            "One number for each of x and y is asked for; this is their sum.": (wanted.sum(),),
        },
    )
    same_numbers(parts, wanted, tell=False)
    gained = (end[0] ** 2 * end[1] - start[0] ** 2 * start[1]).item()
    return f"They sum to {wanted.sum():g} and the function gains {gained:g}; more steps would close that gap."


EXERCISES = (
    Exercise(
        name="without_head",
        task=(
            "Two tokens, a width of 4, two heads. Switch head 1 off and leave everything else: what does the output "
            "projection give for each token?"
        ),
        given=TWO_HEADS,
        cell="output = ...  # (T, D)",
        answer="output",
        compare=without_head,
        hints=(
            "Head 1 has mixed the numbers at 2 and 3 of each token; begin with zeros there, in a copy.",
            "A torch.nn.Linear gives x @ weight.T + bias.",
        ),
    ),
    Exercise(
        name="patch_shares",
        task=(
            "Four patches, four logits. Say of each how far it goes from the text (0) to the other text (1), as a "
            "share of the way."
        ),
        given=FOUR_PATCHES,
        cell="shares = ...  # (4,)",
        answer="shares",
        compare=patch_shares,
        hints=(
            "A patch that changes nothing has the share 0, one that gives the other text's logit the share 1.",
            "The change that each patch makes, divided by the change from text_value to other_value.",
        ),
    ),
    Exercise(
        name="settled_from",
        task=(
            "What a lens reads at a mask, hidden state by hidden state. From which hidden state on does it read the "
            "model's answer and keep to it?"
        ),
        given=SEVEN_READINGS,
        cell="settled = ...",
        answer="settled",
        compare=settled_from,
        hints=(
            "The model's answer is the last reading. Go back from there.",
            "It is the hidden state after the last other word.",
        ),
    ),
    Exercise(
        name="by_steps",
        task=(
            "The function is $x^2y$; it goes straight from `start` to `end`. Share out what it gains among x and y, by "
            "integrated gradients with two steps."
        ),
        given=CURVED,
        cell="parts = ...  # (2,)",
        answer="parts",
        compare=by_steps,
        hints=(
            "The points to look at are start + share * (end - start), for both shares in `halves`.",
            "The mean of the two gradients, times (end - start).",
        ),
    ),
    Quiz(
        name="quiz_no_effect",
        question="You switch a head off, and a watched logit changes by 0.00. What have you shown?",
        options=(
            "that the head does nothing",
            "that the model can do without it for this number of this text, with all the others on",
            "that the head looks at no token of importance",
            "that it can be left out of the model for good",
        ),
        right="b",
        remarks=(
            "It may do much for other texts: head 4.10 changes nothing in a sentence about Paris.",
            "One text, one number, one head at a time: another head may have stood in for it.",
            "Where a head looks and what comes of it are two things; neither follows from the other.",
            "For that you would have to measure many texts, and heads left out together.",
        ),
    ),
    Quiz(
        name="quiz_two_baselines",
        question="Integrated gradients from masks give a word the share -0.5, and from zeros +0.8. Both are complete. "
        "Which is right?",
        options=(
            "the one from masks, because the model knows masks",
            "the one from zeros, because zeros say nothing",
            "neither: they should agree",
            "both: each compares the text with another one",
        ),
        right="d",
        remarks=(
            "It knows masks, but a text of nothing but masks it has never seen.",
            "To the model a vector of zeros is a vector like others, and one that no word has.",
            "They need not: completeness says what the shares sum to, not how they are shared out.",
            "A share answers: compared with what? Say the baseline whenever you show one.",
        ),
    ),
)
