"""Wrong answers to notebook 07's exercises, and what is said about them."""

import torch
from torch.nn.functional import normalize

from encoder_lab.exercises import check
from encoder_lab.exercises.outcome import RIGHT
from tests.exercises.answers import given_to, reference, refuse


def test_sentence_vector():
    given = given_to("sentence_vector")
    states, mask = given["states"], given["mask"]
    real = states * mask[..., None]
    refuse("sentence_vector", states.mean(1), "padding is in your mean")
    refuse("sentence_vector", real.mean(1), "counted all the same")
    refuse("sentence_vector", real.sum(1), "These are sums")
    refuse("sentence_vector", states[:, 0], "first token's vector")
    refuse("sentence_vector", states.mean(0), "over the texts")
    refuse("sentence_vector", states.mean(2), "over the numbers")
    refuse("sentence_vector", normalize(reference("sentence_vector"), dim=-1), "too small")
    refuse("sentence_vector", reference("sentence_vector")[0], "one of shape (2, 2)")
    assert check.sentence_vector([[3.0, 3.0], [2.0, 3.0]]).status == RIGHT


def test_two_centroids():
    examples = given_to("two_centroids")["examples"]
    unit = normalize(examples, dim=-1)
    pairs, raw = unit.view(2, 2, 2), examples.view(2, 2, 2)
    refuse("two_centroids", pairs.mean(1), "means of directions")
    refuse("two_centroids", pairs.sum(1), "sums of directions")
    refuse("two_centroids", raw.mean(1), "Take directions first")
    refuse("two_centroids", normalize(raw.mean(1), dim=-1), "outweighed")
    refuse("two_centroids", pairs.mean(0), "mixed")
    refuse("two_centroids", normalize(pairs.mean(0), dim=-1), "mixed")
    refuse("two_centroids", reference("two_centroids").flip(0), "changed places")
    refuse("two_centroids", unit, "still to be taken")
    refuse("two_centroids", raw.sum(1), "too large")
    refuse("two_centroids", unit.mean(0), "one of shape (2, 2)")
    assert check.two_centroids((reference("two_centroids")).numpy()).status == RIGHT


def test_nearest_names():
    given = given_to("nearest_names")
    names, means, queries = given["three_topics"], given["three_means"], given["four_queries"]
    cosines = normalize(queries, dim=-1) @ normalize(means, dim=-1).T

    def named(places):
        return [names[place] for place in places]

    right = reference("nearest_names")
    assert len(set(right)) == 3
    refuse("nearest_names", named((queries @ means.T).argmax(1)), "another centroid has more")  # lengths left in
    refuse("nearest_names", named(torch.cdist(queries, means).argmin(1)), "another centroid has more")  # distance
    refuse("nearest_names", named(cosines.argmin(1)), "another centroid has more")
    refuse("nearest_names", right[::-1], "another centroid has more")
    refuse("nearest_names", named([0, 1, 2]), "A list of 4 names")  # one for each topic
    refuse("nearest_names", cosines.argmax(1).tolist(), "none of the names")
    refuse("nearest_names", right[0], "A list of 4 names")
    assert right[0] not in refuse("nearest_names", ["a flight"] * 4)
    assert check.nearest_names(tuple(right)).status == RIGHT


def test_seed_spread():
    right = given_to("seed_spread")["right"].float()
    accuracy, by_text = right.mean(1), right.mean(0)
    mean, low, high = reference("seed_spread")
    refuse("seed_spread", (by_text.mean(), by_text.min(), by_text.max()), "summarises the texts")
    refuse("seed_spread", accuracy, "three accuracies themselves")
    refuse("seed_spread", (10 * mean, 10 * low, 10 * high), "counts")
    refuse("seed_spread", (mean, high, low), "turn them round")
    refuse("seed_spread", (accuracy.median(), low, high), "median")
    refuse("seed_spread", (mean, mean - accuracy.std(), mean + accuracy.std()), "at [1]")
    refuse("seed_spread", (1 - mean, low, high), "at [0]")
    refuse("seed_spread", (mean, low, high - low), "at [2]")
    refuse("seed_spread", mean, "Three numbers")
    assert check.seed_spread([round(number, 2) for number in (mean, low, high)]).status == RIGHT
