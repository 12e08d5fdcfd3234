// Model files: one safetensors file with a model's parameters, its configuration and its SentencePiece models. A matrix
// that serves several purposes is stored once, under the first of its names.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "model/transformer.h"
#include "tensor/safetensors.h"

namespace rotor {

/// The serialised SentencePiece models of a translation model; equal when the vocabulary is joined.
struct VocabularyBytes {
  std::string source, target;
};

/// The version of the format that this program writes, and the newest it reads.
inline constexpr int kModelVersion = 1;

/// Adds a model to a file being written. The model and the bytes must live until it is.
void add_model(SafeTensorsWriter& writer, const Transformer& model, const VocabularyBytes& vocabulary);

/// The configuration of a model file; an Error if it is no Rotor model, or of a newer version.
TransformerOptions read_model_options(const SafeTensors& file);

/// Fills the parameters from the file. Missing tensors and wrong shapes are an Error that names them.
void read_parameters(const SafeTensors& file, const Transformer& model);

VocabularyBytes read_vocabulary(const SafeTensors& file);

/// A model read whole.
std::unique_ptr<Transformer> load_model(const SafeTensors& file);

}  // namespace rotor
