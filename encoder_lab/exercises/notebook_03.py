"""Checks of notebook 03: from the last hidden state to words, and what pretraining asked for."""

import torch
from torch.nn.functional import cross_entropy

from encoder_lab import fill_mask, softmax
from encoder_lab.exercises.compare import same_numbers
from encoder_lab.exercises.exercise import Exercise, Quiz, checkpoint, run_given

HEAD_PIECES = """\
transformed = fill_mask(ck, "The children played in the [MASK].").head.transformed  # (1, T, D)
word_table = ck.model.get_input_embeddings().weight                                 # (V, D)
word_bias = ck.model.cls.predictions.bias                                           # (V,)"""
FOUR_LOGITS = "four_logits = torch.tensor([2.0, 1.0, 0.5, -1.0])"
TWO_BLANKS = 'two_blanks = "She opened the [MASK] and looked at the [MASK]."'
SIX_POSITIONS = """\
position_logits = torch.tensor([
    [2.0, 0.0, 1.0, -1.0],
    [0.5, 0.5, 0.0, 0.0],
    [0.0, 3.0, 1.0, 0.0],
    [1.0, 0.0, 0.0, 2.0],
    [0.0, -1.0, 0.0, 1.0],
    [1.5, 0.0, 0.5, 0.0],
])  # (T, V)
true_ids = torch.tensor([0, 3, 1, 2, 3, 0])  # the word that stood at each position
chosen = torch.tensor([False, True, False, True, True, False])"""


@torch.inference_mode()
def tied_decoder(logits: object) -> None:
    """Compare with the model's own decoder."""
    transformed = run_given(HEAD_PIECES)["transformed"]
    same_numbers(logits, checkpoint().model.cls.predictions.decoder(transformed))


def temperature(sharper: object) -> None:
    """Compare with the package's softmax at temperature 0.5."""
    same_numbers(sharper, softmax(run_given(FOUR_LOGITS)["four_logits"], temperature=0.5))


def two_masks(together: object) -> None:
    """Compare the probability of both words, the second asked for with the first in place."""
    ck, text = checkpoint(), run_given(TWO_BLANKS)["two_blanks"]
    first = fill_mask(ck, text, top_k=1).choices[0][0]
    second = fill_mask(ck, text.replace("[MASK]", first.string, 1), top_k=1).choices[0][0]
    same_numbers(together, torch.tensor(first.probability * second.probability), tell=False)


def masked_loss(loss: object) -> None:
    """Compare with torch's cross-entropy, told to leave the other positions out."""
    given = run_given(SIX_POSITIONS)
    labels = given["true_ids"].masked_fill(~given["chosen"], -100)
    same_numbers(loss, cross_entropy(given["position_logits"], labels, ignore_index=-100), tell=False)


EXERCISES = (
    Exercise(
        name="tied_decoder",
        task=(
            "Rebuild the logits at every position from `transformed` without calling the decoder: its matrix is the "
            "table of word embeddings, and it adds one number for each word."
        ),
        given=HEAD_PIECES,
        cell="logits = ...",
        answer="logits",
        compare=tied_decoder,
        hints=(
            "A word's logit is the dot product of a position's vector with that word's row of the table, plus its "
            "bias.",
            "The table is (V, D) and the vectors are (…, D): turn the table over with .T before you multiply.",
        ),
    ),
    Exercise(
        name="temperature",
        task="Four words, four logits. Give their probabilities at temperature 0.5, with softmax and arithmetic only.",
        given=FOUR_LOGITS,
        cell="sharper = ...",
        answer="sharper",
        compare=temperature,
        hints=(
            "Temperature acts on the logits, before the softmax, never on the probabilities.",
            "Divide by the temperature: below 1 the logits grow apart and the first word gains.",
        ),
    ),
    Exercise(
        name="two_masks",
        task=(
            "Asked once, the model fills each mask as if it could not see what it says at the other. Ask it twice "
            "instead: put the first choice for the first mask into the text, then ask again for the second. Give the "
            "probability of both words together: the first probability times the second."
        ),
        given=TWO_BLANKS,
        cell="together = ...",
        answer="together",
        compare=two_masks,
        hints=(
            "choices[0][0] is the first mask's first choice; .string goes into the text, .probability into the "
            "product.",
            'text.replace("[MASK]", word, 1) fills one mask only; ask fill_mask again, and its choices[0][0] is the '
            "second.",
        ),
    ),
    Exercise(
        name="masked_loss",
        task=(
            "What pretraining makes small: at the three chosen positions only, take the probability the model gives to "
            "the true word; the loss is the mean of their negative natural logarithms."
        ),
        given=SIX_POSITIONS,
        cell="loss = ...",
        answer="loss",
        compare=masked_loss,
        hints=(
            "Softmax each row, then pick one number a row: the one at that row's true id.",
            "Keep the rows where `chosen` is true, take -log of each, and divide their sum by three, not by six.",
        ),
    ),
    Quiz(
        name="quiz_every_position",
        question="The head gives a distribution at every position, not only at the mask. Where does the one at a "
        "visible word come from?",
        options=(
            "from the decoder copying its input",
            "from that position's last hidden state, which has seen the word itself, so it mostly names it again",
            "from the mask's hidden state, shifted",
            "from a second head for visible words",
        ),
        right="b",
        remarks=(
            "The decoder sees no ids, only a vector; it can name the word only if the vector still carries it.",
            "Same head, same arithmetic, another vector; that is why the arg-max there is mostly the word itself.",
            "Every position goes through the head alone; nothing is handed from one to another there.",
            "There is one head, and it does the same to every position.",
        ),
    ),
    Quiz(
        name="quiz_kept_words",
        question="Of the 15 % of tokens chosen in pretraining, one in ten stays as it is and is still asked for. Why?",
        options=(
            "to save computing time",
            "so that every word appears equally often",
            "because no task after pretraining has `[MASK]` in its text: the model must keep good vectors for visible "
            "words too",
            "so that the loss can never become zero",
        ),
        right="c",
        remarks=(
            "It costs the same: every token goes through every layer, masked or not.",
            "Which tokens are chosen has nothing to do with how often a word occurs.",
            "A vector that is good only under [MASK] would be of no use to the heads of notebooks 04 to 06.",
            "The loss has no such floor, and none is wanted; those positions are easy, and that is fine.",
        ),
    ),
)
