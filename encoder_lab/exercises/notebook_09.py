"""Checks of notebook 09: a batch's loss, a rate that warms up, when to stop, and where an answer's tokens are."""

import torch

from encoder_lab.exercises.compare import Wrong, as_numbers, refuse_slips, same_numbers
from encoder_lab.exercises.exercise import Exercise, Quiz, run_given
from encoder_lab.grow.loop import best_epoch, patience_is_over
from encoder_lab.grow.schedule import rate_at
from encoder_lab.tokens import tokens_of

THREE_TEXTS = """\
logits = torch.tensor([[2.0, 0.5, -1.0, 0.0],   # three texts, four labels
                       [0.0, 0.0, 3.0, 1.0],
                       [1.0, 2.5, 0.0, -2.0]])  # (B, C)
right = torch.tensor([0, 3, 1])                 # (B,) the number of each text's label"""
FIVE_STEPS = """\
highest, warmup = 0.002, 8  # the rate after warm-up, and over how many steps it climbs"""
TEN_LOSSES = """\
losses = [2.08, 1.31, 0.74, 0.52, 0.55, 0.49, 0.53, 0.49, 0.61, 0.40]  # validation; epoch 0 first
patience = 3"""
A_CONTEXT = """\
context = "The lamp is in the greenhouse."
before = 8                                                      # tokens of the question stand first
spans = torch.tensor([[0, 3], [3, 8], [8, 11], [11, 14], [14, 18],
                      [18, 24], [24, 29], [29, 30]])            # (N, 2) characters of each token
start, end = 19, 29                                             # "greenhouse" """.rstrip()


def batch_loss(loss: object) -> str:
    """Compare with torch's mean cross-entropy."""
    given = run_given(THREE_TEXTS)
    logits, right = given["logits"], given["right"]
    losses = torch.nn.functional.cross_entropy(logits, right, reduction="none")
    chances = logits.softmax(dim=-1)
    numbers = as_numbers(loss)
    across = logits.log_softmax(dim=0)[range(3), right]
    refuse_slips(
        numbers,
        {
            "This is one loss a text; their mean is asked for.": (losses,),
            "This is the sum over the texts; the mean is asked for.": (losses.sum(),),
            "This is the mean probability of the right labels; the loss takes minus the logarithm of each.": (
                chances[range(3), right].mean(),
            ),
            "The mean was taken before the logarithm; take the logarithm of each text's probability first.": (
                -chances[range(3), right].mean().log(),
            ),
            "This is the logarithm itself, which is below 0; the loss is minus that.": (-losses.mean(),),
            "This is for the label with the highest logit; the loss looks at the right label, whatever was chosen.": (
                -chances.max(dim=-1).values.log().mean(),
            ),
            "This is minus the mean logit of the right labels; a softmax comes before the logarithm.": (
                -logits[range(3), right].mean(),
            ),
            "This is a logarithm to the base 10 or 2; nats need the natural one, .log().": (
                losses.mean() / torch.tensor(10.0).log(),
                losses.mean() / torch.tensor(2.0).log(),
            ),
            "The softmax went over the texts; it goes over each text's labels.": (-across.mean(),),
        },
    )
    same_numbers(loss, losses.mean(), tell=False)
    return "Most of it comes from the second text, whose right label the head finds unlikely."


def warm_up(rates: object) -> None:
    """Compare with the loop's own factors."""
    given = run_given(FIVE_STEPS)
    highest, warmup = given["highest"], given["warmup"]
    wanted = highest * torch.tensor([rate_at(step, 20, warmup, decay=0) for step in (0, 1, 7, 8, 19)])
    places = torch.tensor([0.0, 1, 7, 8, 19])
    refuse_slips(as_numbers(rates), {
        "These are shares of the highest rate; multiply them by it.": (wanted / highest,),
        "Step 0 would learn nothing: its rate is one part of the climb already, (step + 1) / warmup.": (
            highest * (places / warmup).clamp(max=1),
        ),
        "The rate climbs on after the warm-up; from there on it is the highest.": (
            highest * (places + 1) / warmup, highest * places / warmup,
        ),
        "This falls; the rate starts low and climbs.": (wanted.flip(0),),
        "The rate is the highest from the start; it has to climb over the first steps.": (
            torch.full_like(wanted, highest),
        ),
        "This climbs over all 20 steps; the warm-up is shorter.": (highest * (places + 1) / 20,),
    })  # fmt: skip
    same_numbers(1000 * as_numbers(rates), 1000 * wanted, tell=False, what="a thousand times your answer")


def when_to_stop(epochs: object) -> str:
    """Compare with the loop's own rule."""
    given = run_given(TEN_LOSSES)
    losses, patience = given["losses"], given["patience"]
    last = next(e for e in range(len(losses)) if patience_is_over(losses[: e + 1], patience))
    best = best_epoch(losses[: last + 1])
    numbers = as_numbers(epochs)
    if numbers.shape != (2,):
        raise Wrong("Two whole numbers are needed, in this order: the epoch that is kept, the last epoch that is run.")
    refuse_slips(
        numbers,
        {
            "The last loss is the lowest of all, but the training has ended before: nobody could know of it.": (
                torch.tensor([losses.index(min(losses)), len(losses) - 1]),
                torch.tensor([losses.index(min(losses)), last]),
            ),
            "A single worse epoch does not end it; three in a row do, counted from the best.": (
                torch.tensor([3, 4]),
                torch.tensor([3, 6]),
            ),
            "As low as before is not lower: of two equal epochs the first is kept.": (
                torch.tensor([7, 8]),
                torch.tensor([7, 9]),
                torch.tensor([7, last]),
            ),
            "Turn them round: first the epoch that is kept.": (torch.tensor([last, best]),),
            "Epoch 0 is the fresh head, so the list begins with it: you have counted from 1.": (
                torch.tensor([best + 1, last + 1]),
            ),
            "The weights that are kept are the best epoch's, not the last one's.": (torch.tensor([last, last]),),
        },
    )
    for name, mine, its in zip(("the epoch that is kept", "the last epoch"), numbers, (best, last), strict=True):
        same_numbers(mine, torch.tensor(its), tell=False, what=name)
    return "It missed the lowest loss, one epoch later: that is the price of not waiting."


def answer_tokens(places: object) -> str:
    """Compare with the package's tokens of a stretch of text."""
    given = run_given(A_CONTEXT)
    before, spans, start, end = (given[name] for name in ("before", "spans", "start", "end"))
    first, last = tokens_of(spans, start, end)
    wanted = torch.tensor([before + first, before + last])
    numbers = as_numbers(places)
    if numbers.shape != (2,):
        raise Wrong("Two whole numbers are needed: the place of the answer's first token, and of its last.")
    refuse_slips(
        numbers,
        {
            "These are places in the context; the question's tokens stand before it and count too.": (wanted - before,),
            "These are characters; the head chooses among tokens.": (
                torch.tensor([start, end]),
                torch.tensor([before + start, before + end]),
            ),
            "The last token belongs to the answer: this is the place after it.": (wanted + torch.tensor([0, 1]),),
            "The first token begins with the space before the word, and still is the answer's first.": (
                wanted + torch.tensor([1, 0]),
            ),
            "The answer has two tokens; this is one of them.": (wanted[[0, 0]], wanted[[1, 1]]),
            "Turn them round: the first token comes first.": (wanted.flip(0),),
            "Places are counted from 0, as in the list of spans.": (wanted + 1,),
        },
    )
    same_numbers(places, wanted, tell=False)
    return "Two choices among the row's tokens: one for the start, one for the end."


EXERCISES = (
    Exercise(
        name="batch_loss",
        task=(
            "A head's logits for three texts, and the number of each text's right label. Work out the batch's loss: "
            "the mean cross-entropy, in nats."
        ),
        given=THREE_TEXTS,
        cell="loss = ...",
        answer="loss",
        compare=batch_loss,
        hints=(
            "A text's loss is minus the natural logarithm of its right label's probability.",
            "logits.softmax(dim=-1)[range(3), right] has the three probabilities.",
        ),
    ),
    Exercise(
        name="warm_up",
        task=(
            "The learning rate climbs in equal parts over the first 8 steps, and step 7 is the first with the highest "
            "rate. Give the rate of the steps 0, 1, 7, 8 and 19 as five numbers."
        ),
        given=FIVE_STEPS,
        cell="rates = ...  # for steps 0, 1, 7, 8 and 19",
        answer="rates",
        compare=warm_up,
        hints=(
            "Step 0 has one eighth of the highest rate, step 1 two eighths.",
            "min(1, (step + 1) / warmup) is the share; multiply it by the highest rate.",
        ),
    ),
    Exercise(
        name="when_to_stop",
        task=(
            "The validation loss of ten epochs, had they all been run. But the training stops when three epochs in a "
            "row have brought no loss lower than the best so far. Give two numbers: the epoch whose weights are kept, "
            "and the last epoch that is run."
        ),
        given=TEN_LOSSES,
        cell="kept_and_last = ...  # (kept, last)",
        answer="kept_and_last",
        compare=when_to_stop,
        hints=(
            "Go through the list with a finger on the lowest so far; an equal loss does not move the finger.",
            "The finger rests on epoch 3, until epoch 5 turns out lower; then count three epochs on.",
        ),
    ),
    Exercise(
        name="answer_tokens",
        task=(
            "A question's tokens, then a context's. The answer is the context's characters 19 to 29, the last not "
            "included. Give the places, counted in the whole row from 0, of the first and the last token that hold a "
            "character of it."
        ),
        given=A_CONTEXT,
        cell="first_and_last = ...  # (first, last)",
        answer="first_and_last",
        compare=answer_tokens,
        hints=(
            "A token holds a character of the answer if it begins before 29 and ends after 19.",
            "In the context those are tokens 5 and 6, counted from 0; the question's tokens come before.",
        ),
    ),
    Quiz(
        name="quiz_read_once",
        question="With a frozen base, each text's hidden states are worked out once and used in every epoch. Why not "
        "do that too when the base is trained along?",
        options=(
            "it would need too much memory",
            "after the first step the base is another one, and would give other hidden states",
            "the head has to see each text at least once",
            "it could be done: the numbers stay nearly the same",
        ),
        right="b",
        remarks=(
            "The memory is the same in both cases; whether the numbers are still true is not.",
            "And there is a second reason: no gradient would reach a base that was not run.",
            "It sees them in either case, as hidden states.",
            "Then nothing would have been learned by the base: it is what changes them that is wanted.",
        ),
    ),
    Quiz(
        name="quiz_chosen_on",
        question="You train a head with 30 different settings and keep the one with the highest validation accuracy, "
        "0.95. What do you expect on texts that none of this has seen?",
        options=(
            "0.95: validation texts were not trained on",
            "1.0: the best of 30",
            "probably a little less, which a test set, used once, would show",
            "0.95, if it is run again with another seed",
        ),
        right="c",
        remarks=(
            "They were chosen by. The best of 30 is also the luckiest of 30, on these very texts.",
            "No setting had that even on the texts it was chosen by.",
            "Choosing is a kind of learning, too. So the test texts are kept for the very end.",
            "Another seed tells how much chance there is in a run, not how much luck in the choice.",
        ),
    ),
)
