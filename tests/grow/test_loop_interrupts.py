"""Stop a training at any moment: what comes back is a whole epoch's weights, and nothing given has changed."""

import signal
import sys
import threading

import pytest
import torch

from encoder_lab.grow import interrupts, measure
from encoder_lab.grow import loop as head_loop
from encoder_lab.grow.interrupts import noted_interrupts
from encoder_lab.grow.loop import train_head
from tests.grow.heads import examples, same, weights

OPTIONS = {"frozen": False, "epochs": 3, "rate": 0.02, "patience": 3}


@pytest.fixture(autouse=True)
def interrupts_are_heard():
    """Ctrl-C breaks in, also where a shell started these tests in its background, with interrupts ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(head_loop, "BATCH_TOKENS", 24)
    monkeypatch.setattr(measure, "BATCH_TOKENS", 24)


def falling(seen=None):
    """A measure that finds each epoch better than the last, so that each is copied; keeps the weights it has seen."""
    seen = [] if seen is None else seen

    def measure(checkpoint, *_):
        seen.append(weights(checkpoint))
        return 10.0 - len(seen), 0.5

    return measure


@pytest.fixture
def whole(head, monkeypatch):
    """An unbroken run: its history, and the weights after each epoch."""
    after = []
    monkeypatch.setattr(head_loop, "evaluate", falling(after))
    run = train_head(head, *examples(head), **OPTIONS)
    monkeypatch.setattr(head_loop, "evaluate", falling())
    assert run.history.best == 3 and len(after) == 4
    return run.history, after


def check_stopped(run, head, before, whole):
    """The result is a whole epoch's, the history a beginning of the unbroken one's, and what was given is as it was."""
    history, after = whole
    done = len(run.history.loss["validation"])
    assert run.history.loss["validation"] == history.loss["validation"][:done]
    assert same(weights(run.checkpoint), after[run.history.best] if done else before)
    assert same(weights(head), before)
    assert not any(weight.requires_grad for weight in run.checkpoint.model.parameters())
    return done


class Nth:
    """Stands in for a function; at its n-th call something happens first."""

    def __init__(self, function, count, happens):
        self.function, self.count, self.happens = function, count, happens

    def __call__(self, *given, **more):
        self.count -= 1
        if self.count == 0:
            self.happens()
        return self.function(*given, **more)


def raise_interrupt():
    raise KeyboardInterrupt


def send_signal():
    signal.raise_signal(signal.SIGINT)


PLACES = [
    (head_loop, "score", (1, 2, 3, 5, 8, 9)),
    (head_loop, "evaluate", (1, 2, 3, 4)),
    (head_loop, "one_epoch", (1, 2, 3)),
    (head_loop, "_longer", (1, 2, 3, 4)),
    (head_loop, "_copy", (2, 3, 4)),  # the first copy is made before anything can be lost
    (torch.nn.utils, "clip_grad_norm_", (1, 4)),
    (torch.nn.functional, "cross_entropy", (1, 2, 6)),
]


@pytest.mark.parametrize("happens", [raise_interrupt, send_signal])
@pytest.mark.parametrize("owner, name, count", [(owner, name, n) for owner, name, ns in PLACES for n in ns])
def test_a_stop_at_any_call_keeps_the_best_so_far(head, whole, monkeypatch, capsys, owner, name, count, happens):
    before = weights(head)
    happened = []
    stop = Nth(getattr(owner, name), count, lambda: happened.append(1) or happens())
    monkeypatch.setattr(owner, name, stop)
    run = train_head(head, *examples(head), **OPTIONS)
    assert happened
    done = check_stopped(run, head, before, whole)
    said = capsys.readouterr().out.splitlines()
    if run.ended == "all 3 epochs are done":  # asked for in the last epoch, after its last step
        assert done == 4 and happens is send_signal and said == []
    else:
        assert run.ended == f"stopped by hand after {max(0, done - 1)} whole epochs" and said == [repr(run)]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("frozen", [True, False])
@pytest.mark.parametrize("epoch", [0, 1, 2])
def test_a_stop_while_the_picture_is_drawn(head, capsys, frozen, epoch):
    def stop(history):
        if len(history.loss["training"]) == epoch + 1:
            raise KeyboardInterrupt

    run = train_head(head, *examples(head), **OPTIONS | {"frozen": frozen}, watch=stop)
    assert len(run.history.loss["validation"]) == epoch + 1 and run.ended.startswith("stopped by hand")
    assert len(capsys.readouterr().out.splitlines()) == 1


@pytest.mark.parametrize("happens", [raise_interrupt, send_signal])
@pytest.mark.parametrize("count", [1, 7, 40])
def test_a_stop_halfway_through_copying_the_best_weights(head, whole, monkeypatch, count, happens):
    before, happened = weights(head), []

    def arm(history):
        if len(history.loss["training"]) == 2:  # the next copy is that of epoch 2; it copies itself part by part
            stop = Nth(torch.nn.Parameter.__deepcopy__, count, lambda: happened.append(1) or happens())
            monkeypatch.setattr(torch.nn.Parameter, "__deepcopy__", lambda weight, memo: stop(weight, memo))

    run = train_head(head, *examples(head), **OPTIONS, watch=arm)
    assert happened and check_stopped(run, head, before, whole) == (2 if happens is raise_interrupt else 3)


def test_a_stop_while_a_frozen_base_is_read(head, monkeypatch):
    monkeypatch.setattr(head_loop, "read_once", Nth(head_loop.read_once, 2, raise_interrupt))
    run = train_head(head, *examples(head), epochs=2)
    assert run.checkpoint is head and "nothing was measured yet" in repr(run)


def lines_of(*modules):
    return {module.__file__ for module in modules}


def run_with_signal_at(place, occurrence, files, work):
    """Do some work with Ctrl-C pressed as one line is about to run for the n-th time; None counts the lines."""
    counts = {}

    def trace(frame, event, argument):
        if frame.f_code.co_filename not in files:
            return None
        if event == "line":
            here = (frame.f_code.co_filename, frame.f_lineno)
            counts[here] = counts.get(here, 0) + 1
            if here == place and counts[here] == occurrence:
                send_signal()
        return trace

    old = sys.gettrace()
    sys.settrace(trace)
    try:
        return work(), counts
    finally:
        sys.settrace(old)


@pytest.mark.more
def test_a_stop_at_any_line_keeps_the_best_so_far(head, whole, monkeypatch):
    """Ctrl-C as each line of the loop is about to run, the first and the last time that it does."""
    made, before = examples(head), weights(head)
    files = lines_of(head_loop)

    def work():
        monkeypatch.setattr(head_loop, "evaluate", falling())
        return train_head(head, *made, **OPTIONS)

    _, counts = run_with_signal_at(None, 0, files, work)
    inside = protected_lines(counts)
    assert len(inside) >= 35  # lines of the loop, which is that long
    for place in inside:
        for occurrence in {1, counts[place]}:
            run, _ = run_with_signal_at(place, occurrence, files, work)
            check_stopped(run, head, before, whole)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def protected_lines(counts):
    """The lines that ran, without those before the first thing that could be lost."""
    with open(head_loop.__file__, encoding="utf-8") as file:
        lines = file.read().splitlines()
    first = next(n for n, line in enumerate(lines, 1) if "with noted_interrupts()" in line)
    early = set(range(1, first + 1)) | lines_in(lines, "_check") | lines_in(lines, "_make_trainable")
    for name in ("_copy", "_parts_of_base"):
        early |= lines_in(lines, name)  # its first call is before; see PLACES for the others
    return [place for place in counts if place[1] not in early]


def lines_in(lines, name):
    """The numbers of a function's lines."""
    start = next(n for n, line in enumerate(lines, 1) if line.startswith(f"def {name}("))
    after = (n for n, line in enumerate(lines, 1) if n > start and line and line[0] not in " )")
    return set(range(start, next(after, len(lines) + 1)))


def test_an_interrupt_before_anything_was_done_breaks_in(head, monkeypatch):
    before = weights(head)
    monkeypatch.setattr(head_loop, "_copy", Nth(head_loop._copy, 1, send_signal))
    with pytest.raises(KeyboardInterrupt):
        train_head(head, *examples(head), **OPTIONS)
    assert same(weights(head), before)


def test_interrupts_are_noted_and_then_break_in_again():
    with noted_interrupts() as asked:
        send_signal()
        send_signal()
        assert len(asked) == 2
    with pytest.raises(KeyboardInterrupt):
        send_signal()


def test_an_error_puts_the_old_handler_back():
    with pytest.raises(ZeroDivisionError), noted_interrupts():
        raise ZeroDivisionError
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_another_thread_hears_no_interrupts_and_works_all_the_same(head):
    found = []
    thread = threading.Thread(target=lambda: found.append(train_head(head, *examples(head), epochs=1)))
    thread.start()
    thread.join()
    assert found[0].ended == "all 1 epochs are done"
    assert interrupts.signal is signal
