"""How many bytes a record keeps alive: its tensors, strings and numbers, and what its functions hold on to."""

import sys
from dataclasses import fields, is_dataclass
from types import FunctionType, ModuleType

from torch import Tensor, nn
from transformers import PreTrainedTokenizerBase

from encoder_lab.checkpoints import Checkpoint

NOT_THE_RECORD_S = (type, ModuleType, nn.Module, PreTrainedTokenizerBase, Checkpoint)


def kept_bytes(record: object, *given: object) -> int:
    """Add up all that can be reached from a record, each thing once.

    Args:
        record: what a journey returned.
        given: what is not counted, because the caller had it before: the texts. Nor are models and tokenizers.

    Returns:
        Bytes; of a tensor that is a view, those of all it is a view of.
    """
    seen, storages, total, waiting = {id(each) for each in given}, {}, 0, [record]
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, NOT_THE_RECORD_S):
            continue
        seen.add(id(each))
        if isinstance(each, Tensor):
            storages[each.untyped_storage().data_ptr()] = each.untyped_storage().nbytes()
            continue
        total += sys.getsizeof(each)
        if isinstance(each, FunctionType):
            waiting += [cell.cell_contents for cell in each.__closure__ or ()]
        elif is_dataclass(each):
            waiting += [getattr(each, field.name) for field in fields(each)]
        elif isinstance(each, dict):
            waiting += [*each, *each.values()]
        elif isinstance(each, tuple | list | set):
            waiting += each
    return total + sum(storages.values())
