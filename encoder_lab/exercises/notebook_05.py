"""Checks of notebook 05: from the first token's vector to logits, to probabilities, and to labels above a threshold."""

import torch

from encoder_lab import sequence_head, softmax
from encoder_lab.exercises.compare import Wrong, as_numbers, refuse_slips, same_numbers, short
from encoder_lab.exercises.exercise import Exercise, Quiz, checkpoint, run_given
from encoder_lab.metrics import label_scores, tune_thresholds

TASK = "text-classification"
HEAD_PIECES = """\
states = classify(ck, "What a lovely surprise, thank you all.").trace.hidden_states[-1]  # (1, T, D)
dense, out_proj = ck.model.classifier.dense, ck.model.classifier.out_proj  # each has a .weight and a .bias"""
FOUR_LABELS = """\
four_labels = ["gratitude", "amusement", "joy", "neutral"]  # all that this small model knows
by_sigmoid = torch.tensor([0.95, 0.80, 0.20, 0.05])         # (C,) each label's probability by itself"""
TEN_COMMENTS = """\
of_joy = [0.91, 0.84, 0.77, 0.62, 0.55, 0.40, 0.31, 0.22, 0.13, 0.05]        # what the model says
has_joy = [True, True, False, True, False, True, False, True, False, False]  # what people say
lowest = 0.40  # the threshold"""
FOURTEEN_COMMENTS = """\
of_curiosity = torch.tensor(
    [0.94, 0.83, 0.71, 0.64, 0.52, 0.46, 0.38, 0.29, 0.21, 0.17, 0.12, 0.08, 0.05, 0.02]
)  # sorted
has_curiosity = torch.tensor([1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0], dtype=torch.bool)"""


@torch.inference_mode()
def head_by_hand(logits: object) -> None:
    """Compare with the package's head on the same hidden states."""
    model, states = checkpoint(TASK).model, run_given(HEAD_PIECES, TASK)["states"]
    wanted = sequence_head(states, model).logits[0]
    slips = {
        "These are probabilities; the head ends with the logits.": (wanted.sigmoid(), softmax(wanted)),
        "This comes from the mean over all tokens; the head reads the first token's vector alone.": (
            sequence_head(states.mean(dim=1, keepdim=True), model).logits[0],
        ),
    }
    refuse_slips(as_numbers(logits).squeeze(), slips)
    same_numbers(logits, wanted)


def softmax_from_sigmoid(by_softmax: object) -> str:
    """Compare with softmax over the logits that the sigmoid came from."""
    by_sigmoid = run_given(FOUR_LABELS)["by_sigmoid"]
    shares = by_sigmoid / by_sigmoid.sum()
    refuse_slips(
        as_numbers(by_softmax).squeeze(),
        {
            "Dividing by the sum is no softmax: it was made of probabilities, where softmax is made of logits.": (
                shares,
            ),
            "This is a softmax over probabilities; softmax takes logits.": (softmax(by_sigmoid),),
            "These are the logits; their softmax is still to be taken.": (by_sigmoid.logit(),),
        },
    )
    numbers = as_numbers(by_softmax)
    if numbers.shape == by_sigmoid.shape and not abs(numbers.sum() - 1) < 1e-3:
        raise Wrong(f"Your numbers sum to {short(numbers.sum().item())}; softmax shares out 1.")
    same_numbers(by_softmax, softmax(by_sigmoid.logit()), tell=False)
    return "Amusement is as probable as it was, 0.8 by itself; its share is 0.17 because gratitude takes nearly all."


def scores_by_hand(scores: object) -> None:
    """Compare with the package's precision, recall and F1."""
    given = run_given(TEN_COMMENTS)
    predicted = torch.tensor(given["of_joy"], dtype=torch.float64) >= given["lowest"]
    right = label_scores(predicted[:, None].numpy(), torch.tensor(given["has_joy"])[:, None].numpy())
    wanted = torch.tensor([right.precision[0], right.recall[0], right.f1[0]])
    numbers = as_numbers(scores)
    if numbers.shape != wanted.shape:
        raise Wrong("Three numbers are needed, in this order: precision, recall, F1.")
    if torch.allclose(numbers[:2], wanted[:2].flip(0), rtol=1e-3):
        raise Wrong("Precision and recall have changed places.")
    for name, mine, its in zip(("precision", "recall", "F1"), numbers, wanted, strict=True):
        same_numbers(mine, its, tell=False, what=f"the {name}")


def best_threshold(threshold: object) -> str:
    """Compare the F1 reached with the best there is."""
    given = run_given(FOURTEEN_COMMENTS)
    probabilities, truth = given["of_curiosity"].double(), given["has_curiosity"][:, None].numpy()
    number = as_numbers(threshold)
    if number.numel() != 1 or not 0 <= number.item() <= 1:
        raise Wrong("One number from 0 to 1 is needed, the threshold itself.")

    def f1_from(lowest: float) -> float:
        predicted = probabilities >= lowest - 1e-6  # a number typed as 0.29 is a float32's 0.29
        return label_scores(predicted[:, None].numpy(), truth).f1[0]

    tuned = tune_thresholds(probabilities[:, None].numpy(), truth)[0]
    mine, best = f1_from(number.item()), f1_from(tuned)
    if mine < best - 1e-9:
        raise Wrong(f"From {short(number.item())} up, F1 is {short(mine)}; another threshold has more.")
    below = probabilities[probabilities < tuned - 1e-6].max().item()
    return f"F1 is {short(best)} there; any threshold above {below:.2f} and up to {tuned:.2f} says the same."


EXERCISES = (
    Exercise(
        name="head_by_hand",
        task=(
            "Do by hand what the head does: from the hidden states to the 28 logits, with `@`, `+` and `.tanh()` "
            "only. Do not call `dense` or `out_proj`; use their weights and biases."
        ),
        given=HEAD_PIECES,
        cell="logits = ...",
        answer="logits",
        compare=head_by_hand,
        hints=(
            "states[0, 0] is the first token's vector. Three steps in this order: dense, tanh, out_proj.",
            "A layer of this kind is weight @ vector + bias, and both layers have a bias.",
        ),
        checkpoint=TASK,
    ),
    Exercise(
        name="softmax_from_sigmoid",
        task=(
            "You are given four probabilities that a sigmoid made. What would softmax have made of the same four "
            "logits?"
        ),
        given=FOUR_LABELS,
        cell="by_softmax = ...",
        answer="by_softmax",
        compare=softmax_from_sigmoid,
        hints=(
            "Undo the sigmoid first: a probability p comes from the logit log(p / (1 - p)).",
            "e to the power of that logit is p / (1 - p), here 19, 4, 0.25 and 0.0526; divide each by their sum.",
        ),
        checkpoint=TASK,
    ),
    Exercise(
        name="scores_by_hand",
        task=(
            "Ten comments, the probability of joy in each, and whether there is joy in it. The label is predicted from "
            "the threshold up, the threshold included. Count, and give precision, recall and F1 as three numbers in "
            "this order."
        ),
        given=TEN_COMMENTS,
        cell="scores = ...  # (precision, recall, F1)",
        answer="scores",
        compare=scores_by_hand,
        hints=(
            "Six comments reach the threshold, the one with 0.40 among them; five comments have joy in truth.",
            "Both counts have the same numerator, the comments predicted and right; F1 is 2 · P · R / (P + R).",
        ),
        checkpoint=TASK,
    ),
    Exercise(
        name="best_threshold",
        task=(
            "Fourteen comments, the probability of curiosity in each, and the truth. From which threshold up must "
            "the label be predicted so that F1 is as high as it can be?"
        ),
        given=FOURTEEN_COMMENTS,
        cell="threshold = ...",
        answer="threshold",
        compare=best_threshold,
        hints=(
            "Only the fourteen probabilities themselves need trying: between two of them nothing changes.",
            "With the k highest predicted, F1 is 2 · hits / (k + 5), since five comments have the label. Try each k.",
        ),
        checkpoint=TASK,
    ),
    Quiz(
        name="quiz_first_token",
        question="Every text begins with the same `<s>`, and the head reads the vector of that token alone. How can it "
        "tell love from hate?",
        options=(
            "the word embedding of `<s>` is another one in each text",
            "the head adds up the vectors of all tokens before its dense layer",
            "in the layers of the encoder the first position gathers from all others, and training has made it "
            "gather what the labels need",
            "the 28 rows of out_proj look at the words",
        ),
        right="c",
        remarks=(
            "It has one id and one vector there; hidden state 0 at `<s>` was the same in both texts.",
            "It takes one row of the hidden states and leaves the others; that was your first exercise.",
            "So the thinking is done in the encoder; the head reads off what has been gathered.",
            "They see 384 numbers from the tanh and nothing else.",
        ),
    ),
    Quiz(
        name="quiz_lower_threshold",
        question="You lower the threshold of one label and measure again on the same comments. What cannot happen?",
        options=(
            "its precision rises",
            "its precision falls",
            "its F1 rises",
            "its recall falls",
        ),
        right="d",
        remarks=(
            "It can: if the comments that are let in are right ones. Curves of precision go up and down.",
            "It can, and mostly does: more is let in, and more of that is wrong.",
            "It can: if recall gains more than precision loses. That is what tuning looks for.",
            "Whatever was predicted stays predicted, so no hit is lost; recall rises or stays.",
        ),
    ),
)
