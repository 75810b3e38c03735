"""Wrong answers to notebook 08's exercises, and what is said about them."""

import torch

from encoder_lab.exercises import check
from encoder_lab.exercises.outcome import RIGHT
from tests.exercises.answers import given_to, reference, refuse


def test_without_head():
    given = given_to("without_head")
    mixed, weight, bias = given["mixed"], given["weight"], given["bias"]
    right = reference("without_head")
    columns = weight.clone()
    columns[:, 2:] = 0
    assert check.without_head(mixed @ columns.T + bias).status == RIGHT
    assert check.without_head(right.tolist()).status == RIGHT
    rows = weight.clone()
    rows[2:] = 0
    refuse("without_head", mixed @ weight.T + bias, "still on")
    refuse("without_head", mixed @ rows.T + bias, "emptied rows")
    refuse("without_head", right - bias, "The bias is missing")
    refuse("without_head", mixed * torch.tensor([0.0, 0, 1, 1]) @ weight.T + bias, "switches head 0 off")
    refuse("without_head", mixed * torch.tensor([1.0, 1, 0, 0]) @ weight + bias, "weight.T")
    refuse("without_head", mixed * torch.tensor([1.0, 1, 0, 0]), "has still to go through")
    refuse("without_head", right[0], "one of shape (2, 4)")
    assert "wanted" not in refuse("without_head", right + 1, "too large")


def test_patch_shares():
    given = given_to("patch_shares")
    text, other, patched = given["text_value"], given["other_value"], given["patched_values"]
    right = reference("patch_shares")
    torch.testing.assert_close(right, torch.tensor([0.0, 0.5, 1.0, -0.2]))
    refuse("patch_shares", patched - text, "changes of the logit")
    refuse("patch_shares", 1 - right, "the other way round")
    refuse("patch_shares", -right, "The sign is wrong")
    refuse("patch_shares", patched / other, "not against one of their logits")
    refuse("patch_shares", (patched - text) / text, "not against one of their logits")
    refuse("patch_shares", right.abs(), "Keep its sign")
    refuse("patch_shares", right.clamp(0, 1), "Keep its sign")
    refuse("patch_shares", 100 * right, "too large")
    refuse("patch_shares", right[:3], "one of shape (4,)")


def test_settled_from():
    assert reference("settled_from") == 4
    refuse("settled_from", 2, "loses it again")
    refuse("settled_from", 6, "reads the answer already")
    refuse("settled_from", 5, "reads the answer already")
    refuse("settled_from", 3, "it reads another word, 'park'")
    refuse("settled_from", 0, "it reads another word, 'not'")
    refuse("settled_from", [4, 5, 6], "One whole number from 0 to 6")
    refuse("settled_from", "garden", "string")


def test_by_steps():
    given = given_to("by_steps")
    slope, start, end = given["slope"], given["start"], given["end"]
    right = reference("by_steps")

    def parts(*shares):
        return torch.stack([slope(start + share * (end - start)) for share in shares]).mean(dim=0) * (end - start)

    torch.testing.assert_close(right, parts(0.25, 0.75))
    torch.testing.assert_close(parts(*(torch.arange(1000) + 0.5) / 1000).sum(), torch.tensor(18.0), rtol=1e-4, atol=0)
    refuse("by_steps", parts(0.5, 1.0), "take their middles")
    refuse("by_steps", parts(0.0, 0.5), "take their middles")
    refuse("by_steps", right / (end - start), "multiply it by the way")
    refuse("by_steps", 2 * right, "take their mean")
    refuse("by_steps", right / (end - start) * end, "multiplied by the end itself")
    refuse("by_steps", slope(end) * end, "gradient x input")
    refuse("by_steps", right.sum(), "this is their sum")
    from_zero = torch.stack([slope(share * end) for share in (0.25, 0.75)]).mean(dim=0) * end
    refuse("by_steps", from_zero, "this baseline is not 0")
    refuse("by_steps", right.flip(0), "too")


def test_quizzes():
    assert check.quiz_no_effect("b").status == check.quiz_two_baselines("d").status == RIGHT
    refuse_quiz = check.quiz_no_effect("a")
    assert refuse_quiz.status != RIGHT and "Paris" in repr(refuse_quiz)
