"""Checks of notebook 00: what a head is, and how little of the model it is."""

from collections.abc import Mapping

import torch

from encoder_lab import fill_mask
from encoder_lab.exercises.compare import Wrong, same_names, same_numbers, short
from encoder_lab.exercises.exercise import Exercise, Quiz, checkpoint, run_given

SIZES = "tokens, vocabulary, emotions, candidates = 12, 13400, 28, 4  # of the text, and of what the heads tell apart"
CLASSIFIER = "classifier = BertForSequenceClassification(ck.model.config)  # random weights; only the names matter here"


def head_shapes(shapes: object) -> None:
    """Compare the shape of each head's logits."""
    size = run_given(SIZES)
    wanted = {
        "fill-mask": (size["tokens"], size["vocabulary"]),
        "question-answering": (size["tokens"], 2),
        "text-classification": (size["emotions"],),
        "zero-shot-classification": (size["candidates"], 3),
    }
    if not isinstance(shapes, Mapping) or set(shapes) != set(wanted):
        raise Wrong(f"A dictionary with the four tasks {', '.join(wanted)} is needed.")
    for task, shape in wanted.items():
        got = shapes[task]
        got = (got,) if isinstance(got, int) else got
        if not isinstance(got, tuple | list) or not all(isinstance(axis, int) for axis in got):
            raise Wrong(f"For {task} you have {short(got)}; a tuple of whole numbers is needed.")
        if len(got) != len(shape):
            raise Wrong(f"For {task} you have {tuple(got)}, {_axes(len(got))}; its logits have {_axes(len(shape))}.")
        if tuple(got) != shape:
            wrong = next(axis for axis in range(len(shape)) if got[axis] != shape[axis])
            raise Wrong(f"For {task} you have {tuple(got)}; {got[wrong]} is not the size of its axis {wrong}.")


def newly_initialised(fresh: object) -> str:
    """Compare the names a fill-mask checkpoint has nothing for."""
    model = checkpoint().model  # before the next line, which it could not be loaded under
    with torch.device("meta"):  # names without weights: quick, and the student's random numbers stay as they are
        classifier = run_given(CLASSIFIER)["classifier"]
    wanted = set(classifier.state_dict()) - set(model.state_dict())
    same_names(fresh, wanted)
    return "The pooler is among them: fill-mask reads every position, so its checkpoint never had one."


def share_of_head(share: object) -> None:
    """Compare the fraction of parameters that belongs to the head alone."""
    model = checkpoint().model
    total, base = model.num_parameters(), model.base_model.num_parameters()
    same_numbers(share, torch.tensor((total - base) / total), tell=False)


def own_sentence(sentence: object) -> str:
    """Look whether the model is sure of its first choice."""
    if isinstance(sentence, str) and len(sentence) > 1000:
        raise Wrong(f"It has {len(sentence)} characters; one sentence is needed, of at most 1000.")
    try:
        result = fill_mask(checkpoint(), sentence, top_k=1)
    except (TypeError, ValueError) as error:
        raise Wrong(f"It cannot be asked: {error}.") from error
    if not isinstance(sentence, str) or len(result.positions) != 1:
        raise Wrong("One string with one [MASK] is needed; there is more than one here.")
    best = result.choices[0][0]
    said = f"The model's first choice is {best.string!r} with a probability of {best.probability:.4f}"
    if best.probability <= 0.5:
        raise Wrong(f"{said}; more than 0.5 is needed.")
    return f"{said}."


def _axes(count: int) -> str:
    """Count axes in words."""
    return "one axis" if count == 1 else f"{count} axes"


EXERCISES = (
    Exercise(
        name="head_shapes",
        task=(
            "A text of 12 tokens goes through each of the four models. What is the shape of the logits each head gives "
            "for it? Write one tuple a task, axes in reading order. For zero-shot, every candidate label makes one row."
        ),
        given=SIZES,
        cell=(
            'shapes = {\n    "fill-mask": ...,\n    "question-answering": ...,\n    "text-classification": ...,\n'
            '    "zero-shot-classification": ...,\n}'
        ),
        answer="shapes",
        compare=head_shapes,
        hints=(
            "Two of the heads answer once for every token, the other two once for a whole text (or pair of texts).",
            "Masked words choose from the vocabulary; a span has two ends; a pair is contradiction, neutral or "
            "entailment.",
        ),
    ),
    Exercise(
        name="newly_initialised",
        task=(
            "`classifier` has the same base and a head for two classes. If it were filled from the fill-mask "
            "checkpoint, "
            'which of its tensors would find nothing there and be "newly initialised"? Give the set of their names, as '
            "`state_dict()` spells them."
        ),
        given=CLASSIFIER,
        cell="fresh = ...",
        answer="fresh",
        compare=newly_initialised,
        hints=(
            "A set of names minus another set of names leaves those only the first one has; mind which comes first.",
            "Compare classifier.state_dict() with ck.model.state_dict(), and leave nothing out because of its prefix.",
        ),
    ),
    Exercise(
        name="share_of_head",
        task=(
            "Which share of the fill-mask model's parameters belongs to the head alone? Count every tensor once: the "
            "decoder borrows the base's word embeddings. Give a fraction between 0 and 1."
        ),
        given="",
        cell="share = ...",
        answer="share",
        compare=share_of_head,
        hints=(
            "parameters() of a whole model lists a shared tensor once; the base alone is ck.model.bert.",
            "Divide by the parameters of the whole model, base and head; the head's own are the whole minus the base.",
        ),
    ),
    Exercise(
        name="own_sentence",
        task=(
            "Write a sentence with one `[MASK]` for which the model's first choice has a probability of more than one "
            "half."
        ),
        given="",
        cell="sentence = ...",
        answer="sentence",
        compare=own_sentence,
        hints=(
            "Leave the model little to choose from: a saying, a fixed phrase, a fact everybody writes about.",
            "Punctuation is easy to guess: let [MASK] stand where only one sign can, as at the end of a question.",
        ),
    ),
    Quiz(
        name="quiz_new_task",
        question="You have a base with a fill-mask head and want it to tell praise from complaint. What must be "
        "trained from nothing?",
        options=(
            "the base and a new head",
            "a new head; the base keeps what it knows",
            "nothing: the fill-mask head can name the classes as it is",
            "the tokenizer and a new head",
        ),
        right="b",
        remarks=(
            "The base already turns text into useful vectors; starting it again would throw that away.",
            "Fine-tuning may move the base a little, but it starts from what pretraining left there.",
            "That head gives a logit for each word of the vocabulary; praise and complaint are not among its outputs.",
            "The ids must go on meaning what they meant to the base, so the tokenizer stays exactly as it is.",
        ),
    ),
    Quiz(
        name="quiz_zero_shot",
        question="A model was never trained on your topics. You give it a text and the names of three topics, and it "
        "ranks them. What is this called?",
        options=("few-shot classification", "fine-tuning", "zero-shot classification", "masked language modelling"),
        right="c",
        remarks=(
            "Few-shot gives at least a handful of labelled examples; here there is none.",
            "Fine-tuning changes the weights with labelled examples; here nothing is trained.",
            "The topics are only described, by their names, and never shown by examples.",
            "That is how the base was pretrained; it guesses hidden words, it ranks no topics.",
        ),
    ),
)
