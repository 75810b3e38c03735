"""Checks of notebook 08: a head's columns, how far a patch goes, when a lens has settled, gradients summed by steps."""

import torch

from encoder_lab.exercises.compare import Wrong, as_numbers
from encoder_lab.exercises.exercise import Exercise, Quiz


def _without_head(output: object, exercise: Exercise) -> str:
    """Compare with the projection of the vectors in which only the other head is left."""
    given = exercise.run_given()
    mixed, weight, bias = given["mixed"], given["weight"], given["bias"]
    kept, other = mixed.clone(), mixed.clone()
    kept[:, 2:], other[:, :2] = 0, 0
    rows = weight.clone()
    rows[2:] = 0
    wanted = kept @ weight.T + bias
    slips = {
        "still_on": mixed @ weight.T + bias,
        "other_head": other @ weight.T + bias,
        "no_bias": kept @ weight.T,
        "rows_emptied": mixed @ rows.T + bias,
        "not_turned": kept @ weight + bias,
        "not_projected": kept,
    }
    exercise.same(output, wanted, slips)
    return exercise.say("right")


def _patch_shares(shares: object, exercise: Exercise) -> str:
    """Compare with the way from the text's number to the other's."""
    given = exercise.run_given()
    text, other, patched = given["text_value"], given["other_value"], given["patched_values"]
    change = patched - text
    wanted = change / (other - text)
    slips = {
        "changes": (change, change.abs()),
        "other_way_round": (patched - other) / (text - other),
        "other_sign": change / (text - other),
        "against_one_logit": (patched / other, patched / text, change / other, change / text),
        "no_sign": (wanted.abs(), wanted.clamp(0, 1)),
    }
    exercise.same(shares, wanted, slips)
    return exercise.say("right")


def _settled_from(state: object, exercise: Exercise) -> str:
    """Compare with the first hidden state after which the reading never changes."""
    readings = exercise.run_given()["readings"]
    wanted = next(at for at in range(len(readings)) if set(readings[at:]) == {readings[-1]})
    number = as_numbers(state)
    if number.numel() != 1 or number.item() not in range(len(readings)):
        raise Wrong(exercise.say("one_number", last=len(readings) - 1))
    at = int(number.item())
    if readings[at] != readings[-1]:
        raise Wrong(exercise.say("reads_another", state=at, word=readings[at]))
    if at != wanted:
        raise Wrong(exercise.say("loses_it" if at < wanted else "kept_before"))
    return exercise.say("right")


def _by_steps(parts: object, exercise: Exercise) -> str:
    """Compare with the mean gradient of two middles times the way."""
    given = exercise.run_given()
    slope, start, end = given["slope"], given["start"], given["end"]
    way = end - start

    def mean(shares: tuple[float, ...]) -> torch.Tensor:
        return torch.stack([slope(start + share * way) for share in shares]).mean(dim=0)

    gradient = mean((0.25, 0.75))
    wanted = gradient * way
    slips = {
        "ends_of_stretches": (mean((0.5, 1.0)) * way, mean((0.0, 0.5)) * way, mean((0.0, 1.0)) * way),
        "mean_gradient": gradient,
        "sums": 2 * wanted,
        "times_the_end": gradient * end,
        "gradient_x_input": (slope(end) * end, slope(end) * way),
        "from_0": torch.stack([slope(share * end) for share in (0.25, 0.75)]).mean(dim=0) * end,
        "one_sum": wanted.sum(),
    }
    exercise.same(parts, wanted, slips)
    gained = (end[0] ** 2 * end[1] - start[0] ** 2 * start[1]).item()
    return exercise.say("right", sum=wanted.sum(), gained=gained)


EXERCISES = (
    Exercise("notebook_08", _without_head, 4),
    Exercise("notebook_08", _patch_shares, 4, decimals=2),
    Exercise("notebook_08", _settled_from, 2),
    Exercise("notebook_08", _by_steps, 5, decimals=2),
    Quiz("notebook_08", "quiz_no_effect", right="b"),
    Quiz("notebook_08", "quiz_two_baselines", right="d"),
)
