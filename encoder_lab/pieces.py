"""The pieces of a vocabulary as people read them, those that hold only part of a character too."""

import json
import re
import unicodedata
from collections.abc import Sequence
from functools import cache

import torch
from tokenizers.pre_tokenizers import ByteLevel
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from encoder_lab.shown import shorten, visible
from encoder_lab.texts import say

_SPACE = "·"  # the space that a piece keeps at the front of a word: "Ġ" in byte-level BPE, "▁" in SentencePiece

Piece = str | bytes  # bytes where the vocabulary is made of them: a piece may begin or end within a character


def readable(tokenizer: PreTrainedTokenizerBase, ids: Tensor) -> tuple[str, ...]:
    """Write token ids as people read them.

    WordPiece stays as it is ("##ing" goes on from the piece before). SentencePiece has "·" for the space before a word.
    Byte-level BPE is turned back into text, with "·" for a space. Where several tokens in a row hold the
    bytes of one character, each shows the character and which of its parts it is: "한(1/3)", "한(2/3)", "한(3/3)";
    bytes whose other parts are not among `ids` stand as "<0xED>". Hangul that was taken apart into letters is put
    together within a piece: "한". What cannot be seen is written as Python does, so that a mark that turns text round
    turns nothing round here.

    Args:
        tokenizer: a fast tokenizer.
        ids: (T,) token ids.

    Returns:
        T strings.

    >>> import torch
    >>> from encoder_lab import load, readable
    >>> tokenizer = load("question-answering").tokenizer
    >>> readable(tokenizer, torch.tensor(tokenizer("He sang")["input_ids"]))
    ('<s>', 'He', '·sang', '</s>')
    """
    return written(vocabulary_pieces(tokenizer, ids.tolist()))


def vocabulary_pieces(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int]) -> list[Piece]:
    """Give each id's piece of the vocabulary: text, or bytes where pieces are made of bytes.

    Source: `bytes_to_unicode` of Radford et al. 2019; byte fallback of SentencePiece, which spells a byte "<0xED>".
    """
    pieces = tokenizer.convert_ids_to_tokens(ids)
    backend = tokenizer.backend_tokenizer
    if all(backend.token_to_id(byte) is not None for byte in ("<0x00>", "<0xFF>")):  # and so all that lie between
        return [bytes([int(piece[3:5], 16)]) if re.fullmatch("<0x[0-9A-F]{2}>", piece) else piece for piece in pieces]
    decoder = json.loads(backend.decoder.__getstate__()) if backend.decoder else {}
    if "ByteLevel" not in {each["type"] for each in decoder.get("decoders", [decoder]) if each}:
        return pieces
    added, codes = tokenizer.added_tokens_decoder, _byte_codes()
    return [
        bytes(codes[sign] for sign in piece) if i not in added and codes.keys() >= set(piece) else piece
        for i, piece in zip(ids, pieces, strict=True)
    ]


def written(pieces: Sequence[Piece]) -> tuple[str, ...]:
    """Write pieces that stand in a row, see `readable`."""
    shown: list[str] = []
    row: list[bytes] = []  # pieces one after the other that are no text by themselves
    for piece in [*pieces, ""]:
        if _is_crumb(piece):
            row.append(piece)
            continue
        shown += _characters(row)
        row = []
        shown.append(_sign(piece).replace("▁", _SPACE) if isinstance(piece, str) else _spaced(piece.decode()))
    return tuple(shown[:-1])


def hardly_known(tokenizer: PreTrainedTokenizerBase, text: str, ids: Tensor, spans: Tensor) -> tuple[str, ...]:
    """Note that a vocabulary hardly knows a text's script: over half of its words are unknown or crumbs of bytes.

    A word is what stands between spaces and has more than punctuation; it counts where over half of its letters do.

    Args:
        tokenizer: a fast tokenizer.
        text: as typed.
        ids: (N,) the text's tokens; others may be among them.
        spans: (N, 2) the first character of each and the one after its last; 0, 0 for others.

    Returns:
        One note, or none.
    """
    every = ids.unique().tolist()
    pieces = zip(every, vocabulary_pieces(tokenizer, every), strict=True)
    unknown = [i for i, piece in pieces if i == tokenizer.unk_token_id or _is_crumb(piece)]
    if not unknown:
        return ()
    lost = {at for start, end in spans[torch.isin(ids, torch.tensor(unknown))].tolist() for at in range(start, end)}
    words = missing = 0
    for word in re.finditer(r"\S+", text):
        letters = [at for at in range(*word.span()) if unicodedata.category(text[at])[0] not in "PCZ"]
        words += bool(letters)
        missing += 2 * len(lost.intersection(letters)) > len(letters)
    if 2 * missing <= words:
        return ()
    text = shorten(text, 40)
    return (say("notes.hardly_known", text=text, unknown=tokenizer.unk_token, count=missing, words=words),)


def _is_crumb(piece: Piece) -> bool:
    """Say whether a piece holds only part of a character."""
    if isinstance(piece, str):
        return False
    try:
        piece.decode()
    except UnicodeDecodeError:
        return True
    return False


def _characters(row: Sequence[bytes]) -> list[str]:
    """Write pieces of which none is text by itself: a character that several share shows in each of them."""
    owner = [place for place, piece in enumerate(row) for _ in piece]  # of each byte
    shown = [""] * len(row)
    at = 0
    for character in b"".join(row).decode("utf-8", "surrogateescape"):
        size = len(character.encode("utf-8", "surrogateescape"))
        sharing = list(dict.fromkeys(owner[at : at + size]))
        at += size
        for part, place in enumerate(sharing, 1):
            if "\udc80" <= character <= "\udcff":  # a byte of no character
                shown[place] += f"<0x{ord(character) - 0xDC00:02X}>"
            else:
                shown[place] += _spaced(character) + (f"({part}/{len(sharing)})" if len(sharing) > 1 else "")
    return shown


def _spaced(text: str) -> str:
    """Write the text of bytes, with signs for space and line end."""
    return _sign(text).replace(" ", _SPACE).replace("\n", "⏎")


def _sign(text: str) -> str:
    """Write a piece so that all of it can be seen, its Hangul letters put together."""
    return visible(re.sub("[\u1100-\u11ff]+", lambda jamo: unicodedata.normalize("NFC", jamo[0]), text))


@cache
def _byte_codes() -> dict[str, int]:
    """Give the byte that each sign of byte-level BPE stands for: itself, or the next of those that have no shape."""
    signs = set(ByteLevel.alphabet())
    hidden = [byte for byte in range(256) if chr(byte) not in signs]
    return {chr(byte): byte for byte in range(256) if chr(byte) in signs} | {
        chr(256 + place): byte for place, byte in enumerate(hidden)
    }
