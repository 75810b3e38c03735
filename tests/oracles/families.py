"""What `QuestionAnsweringPipeline` of `transformers` 4.57.6 answers with every family and every kind of tokenizer.

`make oracle` runs this in its own environment; it knows nothing of `encoder_lab`. Each tiny random model is built from
the same integers on both sides, and the tokenizers are files. All is in float64, so that near-ties cannot flip, but for
ModernBERT, which rounds to 32 bits by itself.
"""

import json

import torch
import transformers
from transformers import PreTrainedTokenizerFast

from tests.oracles.bundled import HERE
from tests.oracles.question_cases import PASSAGES

FIXTURE, VOCABULARIES = HERE / "families.json", HERE / "vocabularies"
KINDS = ("wordpiece", "byte_bpe", "unigram", "sentencepiece_bpe")
SIZES = {"hidden_size": 18, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 23,
         "max_position_embeddings": 160}  # fmt: skip
SIDES = {"d_model": 18, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 3, "encoder_ffn_dim": 23,
         "decoder_attention_heads": 3, "decoder_ffn_dim": 23, "max_position_embeddings": 160}  # fmt: skip
DISTANCES = {"relative_attention": True, "pos_att_type": ["p2c", "c2p"], "position_buckets": 8}
FAMILIES = {
    "Bert": SIZES,
    "Roberta": SIZES,
    "Camembert": SIZES,
    "XLMRoberta": SIZES,
    "DistilBert": {"dim": 18, "n_layers": 2, "n_heads": 3, "hidden_dim": 23, "max_position_embeddings": 160},
    "Electra": SIZES | {"embedding_size": 14},
    "Albert": SIZES | {"embedding_size": 14},
    "MPNet": SIZES,
    "DebertaV2": SIZES | DISTANCES | {"norm_rel_ebd": "layer_norm", "conv_kernel_size": 3},
    "ModernBert": SIZES | {"local_attention": 16, "global_attn_every_n_layers": 2, "reference_compile": False},
    "Bart": SIDES,
    "MBart": SIDES,
}
TYPED = ("Bert", "Electra", "Albert")  # they tell the two texts of a pair apart
ROUNDS = ("ModernBert",)
OPTIONS = (
    {"top_k": 3},
    {"top_k": 4, "max_seq_len": 90, "doc_stride": 12, "handle_impossible_answer": True},
    {"top_k": 2, "max_answer_len": 4, "align_to_words": False},
)


def tokenizer_of(kind: str, family: str) -> PreTrainedTokenizerFast:
    """Read a tokenizer, for a family that tells the texts of a pair apart or not."""
    if kind == "wordpiece":
        special = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]"}
    else:
        special = {"cls_token": "<s>", "sep_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    names = ["input_ids", *(["token_type_ids"] if family in TYPED else []), "attention_mask"]
    return PreTrainedTokenizerFast(
        tokenizer_file=str(VOCABULARIES / f"{kind}.json"), model_max_length=150, model_input_names=names, **special
    )


def model_of(family: str, tokenizer: PreTrainedTokenizerFast) -> torch.nn.Module:
    """Build a random model from integers: they are the same on every system."""
    ids = {"pad_token_id": tokenizer.pad_token_id, "eos_token_id": tokenizer.sep_token_id, "bos_token_id": None}
    config = getattr(transformers, f"{family}Config")(
        **FAMILIES[family], **ids, vocab_size=len(tokenizer), num_labels=2, attn_implementation="eager"
    )
    model = getattr(transformers, f"{family}ForQuestionAnswering")(config).eval().requires_grad_(False)
    generator = torch.Generator().manual_seed(20)
    for name, parameter in sorted(model.named_parameters()):
        parameter.copy_(torch.randint(-512, 513, parameter.shape, generator=generator) / 1024)
        if "norm" in name.lower() and name.endswith("weight"):
            parameter.add_(1)
        if name.startswith(("qa_outputs", "classifier")):
            parameter.mul_(6)  # a few spans stand out, as in a trained model
    return model.float() if family in ROUNDS else model.double()


def questions() -> list[tuple[str, str, dict]]:
    """Questions, contexts and options."""
    return [(asked[at], text, options) for at, options in enumerate(OPTIONS) for text, asked in PASSAGES[:2]]


def main() -> None:
    """Write the fixture."""
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    answers = {}
    for family in FAMILIES:
        for kind in KINDS:
            tokenizer = tokenizer_of(kind, family)
            pipeline = transformers.QuestionAnsweringPipeline(
                model=model_of(family, tokenizer), tokenizer=tokenizer, device="cpu"
            )
            found = [pipeline(question=q, context=c, **options) for q, c, options in questions()]
            answers[f"{family} {kind}"] = [
                [[each["start"], each["end"], float(f"{each['score']:.13g}")] for each in of_one] for of_one in found
            ]
    written = {"versions": {"transformers": transformers.__version__}, "answers": answers}
    FIXTURE.write_text(json.dumps(written, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{FIXTURE.name}: {len(answers)} models, {len(questions())} questions each")


if __name__ == "__main__":
    main()
