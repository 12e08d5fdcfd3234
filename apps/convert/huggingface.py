"""A Rotor model to a folder that Hugging Face's transformers loads without code of ours: of an encoder by encoder_export.py, of a
translation model by translation_export.py, of a language model by language_model_export.py."""

from .encoder_export import encoder_files
from .folder import write_folder
from .language_model_export import language_model_files
from .model_file import read_model
from .translation_export import translation_files

EXPORTERS = {"translation": translation_files, "language_modeling": language_model_files}


def convert(path, folder):
    model = read_model(path)
    files = EXPORTERS.get(model.config.get("task", "translation"), encoder_files)(path, model)
    write_folder(folder, files)
    return model
