"""rotor-convert: models of other programs to Rotor's, and back.

formats.py is the table of formats: a row is a direction, and the module of its name has convert(IN, OUT). What these share
is beside them: files of tensors, Rotor's model files, vocabularies, Hugging Face's folders.
"""
