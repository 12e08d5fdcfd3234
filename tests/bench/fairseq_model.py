"""A sinusoidal Rotor model as fairseq's TransformerModel: load(path) -> model, dictionary, SentencePiece processor."""

import json
from argparse import Namespace
from types import SimpleNamespace

import sentencepiece
import torch
from fairseq.data import Dictionary
from fairseq.models.transformer import TransformerModel, base_architecture
from safetensors import safe_open


def load(path):
    with safe_open(path, "pt") as file:
        config = json.loads(file.metadata()["config"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    pieces = sentencepiece.SentencePieceProcessor(model_proto=tensors["vocabulary"].numpy().tobytes())
    dictionary = Dictionary()
    for i in range(len(dictionary), pieces.get_piece_size()):
        dictionary.add_symbol(pieces.id_to_piece(i))
    args = Namespace(**{key: value for key, value in config.items() if key not in ("arch", "attention", "max_positions")})
    args.max_source_positions = args.max_target_positions = 1024
    base_architecture(args)
    model = TransformerModel.build_model(args, SimpleNamespace(source_dictionary=dictionary, target_dictionary=dictionary))
    state = {name: tensor for name, tensor in tensors.items() if not name.startswith(("vocabulary", "optimizer."))}
    for stack in ("encoder", "decoder"):
        state[f"{stack}.version"] = torch.tensor([3.0])  # an older one drops the final norm
    state["decoder.embed_tokens.weight"] = state["decoder.output_projection.weight"] = state["encoder.embed_tokens.weight"]
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert not unexpected and all("_float_tensor" in name for name in missing), (missing, unexpected)
    return model.eval(), dictionary, pieces
