"""Reference answers of notebook 00."""

from torch import nn


def head_shapes(tokens: int, vocabulary: int, emotions: int, candidates: int) -> dict[str, tuple[int, ...]]:
    """Two heads answer at every token, two once for a text (or pair of texts)."""
    return {
        "fill-mask": (tokens, vocabulary),
        "question-answering": (tokens, 2),
        "text-classification": (emotions,),
        "zero-shot-classification": (candidates, 3),
    }


def newly_initialised(classifier: nn.Module, ck) -> set[str]:
    """What one model has and the other lacks."""
    return set(classifier.state_dict()) - set(ck.model.state_dict())


def share_of_head(ck) -> float:
    """Count the head's parameters that the base does not have too."""
    shared = {id(p) for p in ck.model.bert.parameters()}
    alone = sum(p.numel() for p in ck.model.cls.parameters() if id(p) not in shared)
    return alone / sum(p.numel() for p in ck.model.parameters())


def own_sentence() -> str:
    """Leave room for one small word only."""
    return "A cup [MASK] tea stood on the table."
