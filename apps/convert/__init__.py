"""rotor-convert: models of other programs to Rotor's, and back.

A row of the table in formats.py is a format: what IN is, and the function that converts it. Each direction is a file of
its own; what they share is below it: files of tensors, Rotor's model files, vocabularies.
"""
