"""Checks of notebook 08: a head's columns, how far a patch goes, when a lens has settled, gradients summed by steps."""

import torch

from encoder_lab.exercises.compare import Wrong, as_numbers, same_numbers
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
    exercise.refuse_slips(output, slips)
    same_numbers(output, wanted, tell=False)
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
    exercise.refuse_slips(shares, slips)
    same_numbers(shares, wanted, tell=False)
    return exercise.say("right")


def _settled_from(state: object, exercise: Exercise) -> str:
    """Compare with the first hidden state after which the reading never changes."""
    readings = exercise.run_given()["readings"]
    wanted = next(at for at in range(len(readings)) if set(readings[at:]) == {readings[-1]})
    if as_numbers(state).numel() != 1:
        raise Wrong(exercise.say("one_number"))
    slips = {
        "read_first": readings.index(readings[-1]),
        "last": len(readings) - 1,
        "counted_from_1": wanted + 1,
        "how_many": len(readings) - wanted,
    }
    exercise.refuse_slips(state, slips)
    same_numbers(state, torch.tensor(wanted), tell=False)
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
    exercise.refuse_slips(parts, slips)
    same_numbers(parts, wanted, tell=False)
    gained = (end[0] ** 2 * end[1] - start[0] ** 2 * start[1]).item()
    return exercise.say("right", sum=wanted.sum(), gained=gained)


EXERCISES = (
    Exercise("notebook_08", _without_head),
    Exercise("notebook_08", _patch_shares),
    Exercise("notebook_08", _settled_from),
    Exercise("notebook_08", _by_steps),
    Quiz("notebook_08", "quiz_no_effect", right="b"),
    Quiz("notebook_08", "quiz_two_baselines", right="d"),
)
