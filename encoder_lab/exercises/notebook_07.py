"""Checks of notebook 07: a vector for a sentence, centroids and the nearest of them, and the spread over seeds."""

import torch
from torch.nn.functional import normalize

from encoder_lab.exercises.compare import Wrong, as_numbers, short
from encoder_lab.exercises.exercise import Exercise, Quiz
from encoder_lab.few_shot import centroids, nearest_centroid, pool


def _sentence_vector(vectors: object, exercise: Exercise) -> None:
    """Compare with the package's mean over real tokens."""
    given = exercise.run_given()
    states, mask = given["states"], given["mask"]
    real = states * mask[..., None]
    slips = {
        "with_padding": states.mean(dim=1),
        "padding_counted": real.mean(dim=1),
        "sums": real.sum(dim=1),
        "first_token": states[:, 0],
        "over_texts": states.mean(dim=0),
        "over_numbers": states.mean(dim=2),
    }
    exercise.same(vectors, pool(states, mask, "mean"), slips)


def _two_centroids(middles: object, exercise: Exercise) -> str:
    """Compare with the package's centroids."""
    examples = exercise.run_given()["examples"]
    wanted = centroids(examples, ["a recipe", "a recipe", "b hotel", "b hotel"])  # in the order of the examples
    unit = normalize(examples, dim=-1)
    pairs, raw = unit.view(2, 2, 2), examples.view(2, 2, 2)
    mixed = pairs.mean(dim=0)
    slips = {
        "means_of_directions": pairs.mean(dim=1),
        "sums_of_directions": pairs.sum(dim=1),
        "means_of_vectors": raw.mean(dim=1),
        "long_outweighs_short": normalize(raw.mean(dim=1), dim=-1),
        "topics_mixed": (normalize(mixed, dim=-1), mixed),
        "rows_swapped": wanted.flip(0),
        "directions": unit,
    }
    exercise.same(middles, wanted, slips)
    return exercise.say("right")


def _nearest_names(answers: object, exercise: Exercise) -> str:
    """Compare with the package's nearest centroid, name by name."""
    given = exercise.run_given()
    names, means, queries = given["three_topics"], given["three_means"], given["four_queries"]
    wanted = nearest_centroid(means, names, queries).tolist()
    if isinstance(answers, str) or not isinstance(answers, list | tuple) or len(answers) != len(wanted):
        raise Wrong(exercise.say("no_list", count=len(wanted)))
    for place, (answer, right) in enumerate(zip(answers, wanted, strict=True)):
        if answer not in names:
            raise Wrong(exercise.say("unknown_name", answer=short(answer), names=", ".join(names)))
        if answer != right:
            cosine = torch.cosine_similarity(queries[place], means[names.index(answer)], dim=0)
            raise Wrong(exercise.say("not_nearest", place=place, cosine=cosine, answer=answer))
    return exercise.say("right")


def _seed_spread(summary: object, exercise: Exercise) -> str:
    """Compare the mean, the lowest and the highest accuracy over seeds."""
    right = exercise.run_given()["right"].float()
    accuracy, by_text = right.mean(dim=1), right.mean(dim=0)
    wanted = torch.stack([accuracy.mean(), accuracy.min(), accuracy.max()])
    if as_numbers(summary).shape != wanted.shape:
        raise Wrong(exercise.say("three_numbers"))
    slips = {
        "over_texts": torch.stack([by_text.mean(), by_text.min(), by_text.max()]),
        "accuracies": accuracy,
        "counts": 10 * wanted,
        "turned_round": wanted[[0, 2, 1]],
        "median": torch.stack([accuracy.median(), accuracy.min(), accuracy.max()]),
    }
    exercise.same(summary, wanted, slips)
    return exercise.say("right")


EXERCISES = (
    Exercise("notebook_07", _sentence_vector, 4, decimals=2),
    Exercise("notebook_07", _two_centroids, 5, decimals=2),
    Exercise("notebook_07", _nearest_names, 3),
    Exercise("notebook_07", _seed_spread, 3, decimals=2),
    Quiz("notebook_07", "quiz_in_the_prompt", right="c"),
    Quiz("notebook_07", "quiz_one_draw", right="b"),
)
