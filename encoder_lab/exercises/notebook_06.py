"""Checks of notebook 06: from three logits a label to probabilities, what the decoder reads, and what labels cost."""

import torch
from torch import Tensor

from encoder_lab.exercises.compare import Wrong, as_numbers, refuse_slips, same_numbers, short
from encoder_lab.exercises.exercise import Exercise, Quiz, checkpoint, run_given
from encoder_lab.forward.trace import shift_right
from encoder_lab.probabilities import label_probabilities, softmax

TASK = "zero-shot-classification"
OTHER_ORDER = """\
names = ["contradiction", "entailment", "neutral"]  # another model, another order
logits = torch.tensor([[-0.5, 1.5, 0.2],            # a garden
                       [1.0, 0.5, -0.4],            # the weather
                       [2.0, -1.0, 3.0],            # a bill
                       [-0.2, 0.8, 1.9]])           # (C, 3) a row a label"""
ONE_PAIR = """\
tokens = tokenize(ck.tokenizer, "We fly on Monday.", "This example is travel.")
ids = tokens.ids[0]                             # (T,) what the encoder reads
start = ck.model.config.decoder_start_token_id  # what the decoder reads first"""
FOURTH_TEXT = """\
names = ["entailment", "neutral", "contradiction"]  # and yet another order
logits = torch.tensor([[2.0, 3.0, 0.5],             # a garden
                       [1.0, -0.5, 1.8],            # the weather
                       [-1.5, 0.4, 2.5],            # a bill
                       [0.6, 0.9, -0.4]])           # (C, 3)"""
SURVEY = """\
text_count = 60     # each gets one of the labels, and is asked about each label by itself as well
label_count = 12
template_count = 3  # tried one after the other
batch = 16          # pairs that are read together"""


def one_label(shares: object) -> str:
    """Compare with the package's softmax over the labels' entailment logits."""
    logits, entailment, contradiction = _logits_and_places(OTHER_ORDER)
    if as_numbers(shares).shape != logits[:, 0].shape:
        same_numbers(shares, logits[:, 0])
    refuse_slips(
        as_numbers(shares).squeeze(),
        {
            "This compares entailment with the other logits of its own label; "
            "here the labels compete with one another.": (
                softmax(logits)[:, entailment],
                label_probabilities(logits[None], entailment, contradiction, True)[0],
            ),
            "Each of these comes from one label alone; here the labels share 1.": (logits[:, entailment].sigmoid(),),
            "Entailment has another place in this model: look at names.": (
                softmax(logits[:, 2]),
                softmax(logits[:, contradiction]),
            ),
            "These logits have two softmaxes on them; one is enough.": (
                softmax(softmax(logits)[:, entailment]),
                softmax(softmax(logits[:, entailment])),
            ),
            "Dividing by the sum is no softmax; e to the power of each logit comes first.": (
                logits[:, entailment] / logits[:, entailment].sum(),
            ),
        },
    )
    same_numbers(shares, softmax(logits[:, entailment]), tell=False)
    return "Neutral and contradiction had no say: the bill's large neutral logit changes nothing."


def many_labels(each: object) -> str:
    """Compare with the package's entailment against contradiction."""
    logits, entailment, contradiction = _logits_and_places(FOURTH_TEXT)
    if as_numbers(each).shape != logits[:, 0].shape:
        same_numbers(each, logits[:, 0])
    right = label_probabilities(logits[None], entailment, contradiction, True)[0]
    refuse_slips(
        as_numbers(each).squeeze(),
        {
            "These are the probabilities of contradiction; look at names.": (1 - right,),
            "Neutral takes a share here; it is left out, and entailment stands against contradiction alone.": (
                softmax(logits)[:, entailment],
            ),
            "Contradiction has no say in this; entailment stands against it.": (logits[:, entailment].sigmoid(),),
            "This sets entailment against neutral; it stands against contradiction.": (
                softmax(logits[:, [1, entailment]])[:, 1],
            ),
            "Here the labels compete with one another; each should be judged by itself.": (
                softmax(logits[:, entailment]),
            ),
        },
    )
    same_numbers(each, right, tell=False)
    return f"They sum to {right.sum():.2f}: with each label by itself, nothing is shared."


def decoder_reads(decoder_ids: object) -> str:
    """Compare with the shift that the journey makes."""
    given = run_given(ONE_PAIR, TASK)
    ids, start = given["ids"], given["start"]
    numbers = as_numbers(decoder_ids)
    if numbers.squeeze().shape == (len(ids) + 1,):
        raise Wrong(f"You have {len(ids) + 1} ids; the decoder reads {len(ids)}, as the encoder does: one drops out.")
    if numbers.squeeze().shape == (len(ids) - 1,):
        raise Wrong(f"You have {len(ids) - 1} ids; the decoder reads {len(ids)}, as the encoder does.")
    refuse_slips(
        as_numbers(decoder_ids).squeeze(),
        {
            "This is what the encoder reads; the decoder reads it shifted right by one.": (ids,),
            "This is shifted to the left.": (torch.cat([ids[1:], torch.tensor([start])]), ids.roll(-1)),
        },
    )
    same_numbers(decoder_ids, shift_right(ids[None].cpu(), start)[0], tell=False)
    last = checkpoint(TASK).tokenizer.convert_ids_to_tokens(int(ids[-2]))
    return f"At the last position, where the head reads, the decoder is given {readable_piece(last)}."


def passes(count: object) -> str:
    """Compare with texts times labels times templates."""
    given = run_given(SURVEY)
    texts, labels, templates = (given[f"{name}_count"] for name in ("text", "label", "template"))
    wanted = texts * labels * templates
    number = as_numbers(count)
    slips = {
        "That is one template's worth; each template makes other hypotheses.": texts * labels,
        "The modes cost nothing: both are made of the same three logits.": 2 * wanted,
        "One pass reads a text with ONE label; the labels are missing from your count.": texts * templates,
        "The texts are missing from your count.": labels * templates,
        "These do not add up, they multiply: each text meets each label in each template.": texts + labels + templates,
        "That many batches are read, with several pairs in each; count the pairs.": wanted / given["batch"],
        "The three logits of a pair come out of one pass.": 3 * wanted,
    }
    for sentence, slipped in slips.items():
        if number.numel() == 1 and number.item() == slipped:
            raise Wrong(sentence)
    same_numbers(count, torch.tensor(wanted), tell=False)
    return f"A trained classifier, such as the one of notebook 05, would have read {texts}."


def readable_piece(piece: str) -> str:
    """Write a token in quotes, a leading space as a space."""
    return short(piece.replace("Ġ", " "))


def _logits_and_places(code: str) -> tuple[Tensor, int, int]:
    """Give an exercise's logits (C, 3) and the places of entailment and contradiction."""
    given = run_given(code)
    return given["logits"], given["names"].index("entailment"), given["names"].index("contradiction")


EXERCISES = (
    Exercise(
        name="one_label",
        task=(
            "Four labels have gone through another model; here are its logits. A text has exactly one of the labels: "
            "which probability does each get?"
        ),
        given=OTHER_ORDER,
        cell="shares = ...  # (C,)",
        answer="shares",
        compare=one_label,
        hints=(
            "Only one column takes part: the one that names calls entailment.",
            "A softmax down that column: e to the power of each of its four numbers, divided by the sum of the four.",
        ),
        checkpoint=TASK,
    ),
    Exercise(
        name="many_labels",
        task=(
            "Now a text may have several of the labels, or none. Which probability does each label get, judged by "
            "itself?"
        ),
        given=FOURTH_TEXT,
        cell="each = ...  # (C,)",
        answer="each",
        compare=many_labels,
        hints=(
            "Two columns take part, entailment and contradiction; neutral is left out before anything else is done.",
            "In each row a softmax over its two numbers, which is the sigmoid of entailment minus contradiction.",
        ),
        checkpoint=TASK,
    ),
    Exercise(
        name="decoder_reads",
        task=(
            "Here is what the encoder reads of a pair, as ids. Write down the ids that the decoder is given: the same, "
            "shifted right by one, with `start` in the first place."
        ),
        given=ONE_PAIR,
        cell="decoder_ids = ...  # (T,)",
        answer="decoder_ids",
        compare=decoder_reads,
        hints=(
            "Position 1 of the decoder reads what stands at position 0 of the encoder, and so on.",
            "[start, *ids[:-1].tolist()] has the right length, because the last id finds no place.",
        ),
        checkpoint=TASK,
    ),
    Exercise(
        name="passes",
        task=(
            "You want to sort some texts, try several templates on all of them, and look at both modes each time. How "
            "many pairs does the model read?"
        ),
        given=SURVEY,
        cell="count = ...",
        answer="count",
        compare=passes,
        hints=(
            "One pair is one text with one hypothesis, and a hypothesis is one label in one template.",
            "The modes differ in what is done with the logits afterwards, so they ask for no pass of their own.",
        ),
        checkpoint=TASK,
    ),
    Quiz(
        name="quiz_no_label_fits",
        question="You sort letters into *travel*, *cooking* and *dancing*, one label each. Of a letter about a broken "
        "window the model says *travel* with 0.6. What do you know?",
        options=(
            "six in ten such letters are about travel",
            "the letter entails *travel* more than it contradicts it",
            "of the three hypotheses, that of *travel* has the largest entailment logit; whether it fits, you do not "
            "know",
            "the template was a bad one",
        ),
        right="c",
        remarks=(
            "Nothing was counted. Only measuring on labelled letters could tell.",
            "That is what many-label mode would look at; here contradiction has no say.",
            "The labels share 1, and somebody must get it. Ask in many-label mode, or offer a label for the rest.",
            "It may be. But with the best of templates the three would still share 1.",
        ),
    ),
    Quiz(
        name="quiz_which_state",
        question="Which vector does this model's head read?",
        options=(
            "the encoder's at `<s>`, as in notebook 05",
            "the decoder's at its last position, after the decoder has looked at everything that the encoder made",
            "the mean of the encoder's vectors",
            "the decoder's at its first position, where the label would be written",
        ),
        right="b",
        remarks=(
            "That is RoBERTa's way. BART has a decoder, and its head sits on that.",
            "There the decoder has been given the pair from its beginning, and it can look at all of the encoder's "
            "vectors.",
            "Nothing is averaged; one position decides.",
            "It writes nothing here; and at its first position it has been given nothing but the start token.",
        ),
    ),
)
