"""Checks of notebook 07: a vector for a sentence, centroids and the nearest of them, and the spread over seeds."""

import torch

from encoder_lab.exercises.compare import Wrong, as_numbers, refuse_slips, same_numbers, short
from encoder_lab.exercises.exercise import Exercise, Quiz, run_given
from encoder_lab.few_shot import centroids, nearest_centroid, pool

TWO_TEXTS = """\
states = torch.tensor([[[2.0, 0.0], [4.0, 6.0], [9.0, 9.0]],   # two tokens and one of padding
                       [[1.0, 3.0], [3.0, 0.0], [2.0, 6.0]]])  # (B, T, D)
mask = torch.tensor([[1, 1, 0],
                     [1, 1, 1]])                               # (B, T)"""
FOUR_EXAMPLES = """\
examples = torch.tensor([[3.0, 4.0],    # a recipe
                         [10.0, 0.0],   # a recipe
                         [0.0, 1.0],    # a hotel
                         [-8.0, 6.0]])  # a hotel; (N, D)"""
THREE_MEANS = """\
three_topics = ["a hotel", "a recipe", "a flight"]
three_means = torch.tensor([[0.0, 1.0], [9.0, 3.0], [-0.6, 0.8]])  # (C, D) of any length
four_queries = torch.tensor([[1.2, 0.8], [0.1, 0.9], [-8.0, 12.0], [1.0, 8.0]])  # (M, D)"""
THREE_SEEDS = """\
right = torch.tensor([[1, 0, 0, 0, 1, 0, 1, 0, 0, 1],   # seed 0: was each of ten texts right?
                      [1, 1, 1, 1, 1, 0, 1, 1, 1, 1],   # seed 1
                      [1, 1, 0, 1, 1, 0, 1, 1, 0, 1]])  # seed 2; (seeds, texts)"""


def sentence_vector(vectors: object) -> None:
    """Compare with the package's mean over real tokens."""
    given = run_given(TWO_TEXTS)
    states, mask = given["states"], given["mask"]
    real = states * mask[..., None]
    refuse_slips(
        as_numbers(vectors),
        {
            "The padding is in your mean; look at the mask.": (states.mean(dim=1),),
            "The padding is left out of the sum and counted all the same: divide by the number of real tokens.": (
                real.mean(dim=1),
            ),
            "These are sums; the mean divides them by the number of real tokens.": (real.sum(dim=1),),
            "This is the first token's vector; the mean over all real tokens is asked for.": (states[:, 0],),
            "This is a mean over the texts; each text has a vector of its own.": (states.mean(dim=0),),
            "This is a mean over the numbers of each token; it goes over the tokens.": (states.mean(dim=2),),
        },
    )
    same_numbers(vectors, pool(states, mask, "mean"), tell=False)


def two_centroids(middles: object) -> str:
    """Compare with the package's centroids."""
    examples = run_given(FOUR_EXAMPLES)["examples"]
    wanted = centroids(examples, ["a recipe", "a recipe", "b hotel", "b hotel"])  # in the order of the examples
    unit = torch.nn.functional.normalize(examples, dim=-1)
    pairs, raw = unit.view(2, 2, 2), examples.view(2, 2, 2)
    refuse_slips(
        as_numbers(middles),
        {
            "These are means of directions; a centroid has the length 1 again.": (pairs.mean(dim=1),),
            "These are sums of directions; a centroid has the length 1.": (pairs.sum(dim=1),),
            "These are means of the vectors as they are: a long one outweighs a short one. Take directions first.": (
                raw.mean(dim=1),
            ),
            "A long vector has outweighed a short one: each has to have the length 1 before the mean is taken.": (
                torch.nn.functional.normalize(raw.mean(dim=1), dim=-1),
            ),
            "Here a recipe is mixed with a hotel; the first two examples belong together.": (
                torch.nn.functional.normalize(pairs.mean(dim=0), dim=-1),
                pairs.mean(dim=0),
            ),
            "The hotels come second; the rows have changed places.": (wanted.flip(0),),
            "These are the examples' directions; the mean of two is still to be taken.": (unit,),
        },
    )
    same_numbers(middles, wanted, tell=False)
    return "Each lies half-way between its two directions, however long the vectors were."


def nearest_names(answers: object) -> str:
    """Compare with the package's nearest centroid, name by name."""
    given = run_given(THREE_MEANS)
    names, means, queries = given["three_topics"], given["three_means"], given["four_queries"]
    wanted = nearest_centroid(means, names, queries).tolist()
    if isinstance(answers, str) or not isinstance(answers, list | tuple) or len(answers) != len(wanted):
        raise Wrong(f"A list of {len(wanted)} names is needed, one for each query.")
    for place, (answer, right) in enumerate(zip(answers, wanted, strict=True)):
        if answer not in names:
            raise Wrong(f"{short(answer)} is none of the names; they are {', '.join(names)}.")
        if answer != right:
            mine = torch.cosine_similarity(queries[place], means[names.index(answer)], dim=0)
            raise Wrong(f"Query {place} has a cosine of {mine:.2f} with {answer}; another centroid has more.")
    return "Only directions count: the long mean of the recipes wins nothing by its length."


def seed_spread(summary: object) -> str:
    """Compare the mean, the lowest and the highest accuracy over seeds."""
    right = run_given(THREE_SEEDS)["right"].float()
    accuracy, by_text = right.mean(dim=1), right.mean(dim=0)
    wanted = torch.stack([accuracy.mean(), accuracy.min(), accuracy.max()])
    numbers = as_numbers(summary)
    if numbers.shape != wanted.shape:
        raise Wrong("Three numbers are needed, in this order: mean, lowest, highest.")
    refuse_slips(
        as_numbers(summary),
        {
            "This summarises the texts; an accuracy is one seed's share of right texts.": (
                torch.stack([by_text.mean(), by_text.min(), by_text.max()]),
            ),
            "These are the three accuracies themselves; their mean, lowest and highest are asked for.": (accuracy,),
            "These are counts; an accuracy is a share, from 0 to 1.": (10 * wanted,),
            "The second is the highest and the third the lowest; turn them round.": (wanted[[0, 2, 1]],),
            "The first is the middle one of the three, the median; the mean is asked for.": (
                torch.stack([accuracy.median(), accuracy.min(), accuracy.max()]),
            ),
        },
    )
    for name, mine, its in zip(("mean", "lowest", "highest"), numbers, wanted, strict=True):
        same_numbers(mine, its, tell=False, what=f"the {name}")
    return "The same method, the same texts: only the examples differ, and the accuracy with them."


EXERCISES = (
    Exercise(
        name="sentence_vector",
        task=(
            "Two texts in a batch, two numbers a token, and a mask that is 0 where there is only padding. Give each "
            "text its vector: the mean over its real tokens."
        ),
        given=TWO_TEXTS,
        cell="vectors = ...  # (B, D)",
        answer="vectors",
        compare=sentence_vector,
        hints=(
            "Multiply the states by the mask (with an axis more) before you add them up over the tokens.",
            "The first text has two tokens, the second three: mask.sum(dim=1) counts them.",
        ),
    ),
    Exercise(
        name="two_centroids",
        task=(
            "Four examples, two a topic. Work out the two centroids: the mean of each topic's *directions*, brought to "
            "the length 1. Recipes in the first row, hotels in the second."
        ),
        given=FOUR_EXAMPLES,
        cell="middles = ...  # (C, D)",
        answer="middles",
        compare=two_centroids,
        hints=(
            "The length of [3, 4] is 5 and its direction [0.6, 0.8]; do so with all four before you take any mean.",
            "The mean of two directions is shorter than 1; divide it by its own length.",
        ),
    ),
    Exercise(
        name="nearest_names",
        task=(
            "The means of three topics, and four queries. Which topic does each query get, by the largest cosine? Give "
            "a list of four names."
        ),
        given=THREE_MEANS,
        cell="topics_found = ...  # [..., ..., ..., ...]",
        answer="topics_found",
        compare=nearest_names,
        hints=(
            "A cosine is the dot product of two directions: bring the means to the length 1 first.",
            "three_means / three_means.norm(dim=1, keepdim=True) has the directions; four_queries @ those.T is (M, C).",
        ),
    ),
    Exercise(
        name="seed_spread",
        task=(
            "The same method with three draws of examples, measured on the same ten texts. Give the mean, the lowest "
            "and the highest accuracy as three numbers in this order."
        ),
        given=THREE_SEEDS,
        cell="summary = ...  # (mean, lowest, highest)",
        answer="summary",
        compare=seed_spread,
        hints=(
            "First one accuracy for each seed: the share of ones in its row.",
            "right.float().mean(dim=1) has three numbers; what is asked for is their mean, min and max.",
        ),
    ),
    Quiz(
        name="quiz_in_the_prompt",
        question="A large language model is shown three labelled examples in its prompt, and answers a fourth. Which "
        "of its weights have changed?",
        options=(
            "those of its last layer",
            "all of them, a little",
            "none: the examples are text that it reads",
            "those of the words in the examples",
        ),
        right="c",
        remarks=(
            "That would be a linear probe, for which somebody has to run a training.",
            "That would be fine-tuning, which needs a loss and steps.",
            "Close the conversation and they are gone. In this notebook examples make centroids or change weights.",
            "Reading changes no embedding; only training does.",
        ),
    ),
    Quiz(
        name="quiz_one_draw",
        question="With 4 examples a class, drawn once for each, method A gets 0.86 of the texts right and method B "
        "0.83. What should you do before you prefer A?",
        options=(
            "nothing: 0.86 is more than 0.83",
            "draw examples several times, give both methods the same draws, and see how often A is ahead",
            "draw more examples for B until it is as good",
            "measure on fewer texts, to see the difference better",
        ),
        right="b",
        remarks=(
            "Another draw may turn it round: with few examples, which ones you happen to have matters as much.",
            "A method that wins in nearly every draw is better; one that wins in half of them is not.",
            "Then you would no longer compare methods.",
            "Fewer texts add more chance of their own.",
        ),
    ),
)
