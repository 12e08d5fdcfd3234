"""Hugging Face's RoFormer (Su et al. 2021): a folder to a Rotor model.

Its tables of sines and cosines are those that Rotor computes: pairs (2i, 2i+1), base 10000.
"""

from .encoder_import import import_encoder
from .model_file import write_model


def convert(folder, out, quantize="none"):
    def options(config):
        values = {"rotary_value": True} if config.choice("rotary_value", (True, False), False) else {}
        return {"position_encoding": "rope", "rope_layout": "interleaved", "rope_base": 10000.0, "classifier_head": "roformer", **values}

    model = import_encoder(folder, "roformer", options)
    write_model(out, model, quantize)
    return model
