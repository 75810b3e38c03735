"""Answers as JSON: what goes over comes back the same, and what nobody vouches for is refused."""

import json

import numpy as np
import pytest
import torch

from encoder_lab.exercises.grading.inside.wire import Other, pack, unpack


def there_and_back(value: object) -> object:
    return unpack(json.loads(json.dumps(pack(value))))


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, 2.5, "é\ud800", ..., [1, [2, "x"]], (1, ()), {1, "b"}, frozenset({2}),
        {"a": (1, ...), 2: [None]},
    ],
)  # fmt: skip
def test_plain_values(value):
    back = there_and_back(value)
    assert back == value and type(back) is type(value)


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(6).reshape(2, 3), torch.tensor(2.5), torch.zeros(0, 4), torch.tensor([True, False]),
        torch.ones(2, 3).T, torch.tensor([1.5, 2.0], dtype=torch.float64), torch.ones(2, requires_grad=True),
        torch.tensor([3], dtype=torch.int8),
    ],
)  # fmt: skip
def test_tensors_and_arrays(tensor):
    back = there_and_back(tensor)
    assert back.dtype == tensor.dtype and torch.equal(back, tensor)
    array = tensor.detach().numpy()
    assert np.array_equal(there_and_back(array), array) and there_and_back(array).dtype == array.dtype


def test_values_without_a_form_of_their_own():
    assert there_and_back(np.float32(0.5)) == 0.5
    assert there_and_back(torch.tensor([0.5], dtype=torch.bfloat16)).dtype == torch.float32
    assert isinstance(there_and_back(np.array(["a"])), Other)
    assert repr(there_and_back(object())) == "an object of the type object"
    assert isinstance(there_and_back(len), Other)


@pytest.mark.parametrize(
    "forged",
    [
        {}, {"a": 1, "b": 2}, [1], {"pickle": "x"}, {"tensor": ["<f4", [3], "AAAA"]},
        {"tensor": ["O", [1], "AAAAAAAAAAA="]},
        {"array": ["<f4", [-1, -1], ""]}, {"array": 3}, {"dict": [[{"list": []}, 1]]}, {"set": [{"list": []}]},
        {"function": 0}, {"list": 3}, {"array": ["<f8", [10**12], ""]}, {"array": ["<f8", [0] * 40, ""]},
        {"set": [number * (2**61 - 1) for number in range(20_000)]},  # all of one hash: minutes to put together
    ],
)  # fmt: skip
def test_forged_values_are_refused(forged):
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        unpack(forged)
