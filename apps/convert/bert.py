"""Hugging Face's BERT (Devlin et al. 2019), and models of its shape such as MiniLM: a folder to a Rotor model."""

from .encoder_import import import_encoder
from .model_file import write_model


def convert(folder, out, quantize="none"):
    def options(_):
        return {"position_encoding": "learned", "classifier_head": "bert"}

    model = import_encoder(folder, "bert", options)
    write_model(out, model, quantize)
    return model
