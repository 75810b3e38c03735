"""The command that measures the full learning curve, on two topics and few texts."""

import numpy as np

from encoder_lab.few_shot import METHODS, __main__, curve, full_learning_curve
from encoder_lab.samples import topics


def test_the_command_writes_a_curve_that_can_be_read(tmp_path, monkeypatch, capsys):
    few = [x for x in topics() if x.label in ("a recipe", "lost luggage")]
    few = [x for x in few if x.part == "test"][::10] + [x for x in few if x.part == "pool"][::20]
    monkeypatch.setattr(__main__, "topics", lambda: few)
    monkeypatch.setattr(curve, "fine_tune", lambda *given, **_: lambda texts: np.array(["a recipe"] * len(texts)))
    __main__.main(["--out", str(tmp_path / "curve.json"), "--examples", "0", "1", "2", "--seeds", "2"])
    monkeypatch.setattr(curve, "FULL", tmp_path / "curve.json")
    found = full_learning_curve()
    assert (found.examples, found.seeds, list(found.accuracy)) == ((1, 2), (0, 1), list(METHODS))
    assert found.accuracy["fine-tuning"].tolist() == [[0.4, 0.4], [0.4, 0.4]]  # 2 of the 5 test texts
    assert 0.5 < found.zero_shot <= 1
    assert capsys.readouterr().out.startswith("LearningCurve: mean accuracy")
    __main__.main(["--out", str(tmp_path / "curve.json"), "--examples", "1", "--seeds", "1"])
    assert full_learning_curve().zero_shot is None
