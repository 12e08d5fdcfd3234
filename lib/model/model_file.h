// Model files: one safetensors file with a model's parameters, its configuration and its SentencePiece models. A matrix
// that serves several purposes is stored once, under the first of its names. Matrices of products may be in bfloat16,
// or in 8 bits with a scale for each row beside them.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "format/safetensors_writer.h"
#include "model/model.h"

namespace rotor {

/// The serialised SentencePiece models of a translation model; equal when the vocabulary is joined.
struct VocabularyBytes {
  std::string source, target;
};

/// The version of the format that this program writes, and the newest it reads.
inline constexpr int kModelVersion = 1;

/// Adds a model to a file being written. The model and the bytes must live until the file is written.
void add_model(SafeTensorsWriter& writer, const Model& model, const VocabularyBytes& vocabulary);
void add_model(SafeTensorsWriter& writer, const Model& model, VocabularyBytes&& vocabulary) = delete;

/// The checksums that are compared with a file's contents before it is used; a file without any passes.
enum class Verification {
  kNone,   ///< --no-verify
  kModel,  ///< those of the header, the parameters and the vocabularies
  kAll,    ///< also those of the state of training
};

/// The verification that a command makes under --no-verify.
inline Verification verification(bool no_verify, Verification usual = Verification::kModel) {
  return no_verify ? Verification::kNone : usual;
}

/// Opens a model or checkpoint. What does not match its checksum is a DamagedFile that names it.
SafeTensors open_model(const std::filesystem::path& path, Verification verification = Verification::kModel);

/// Whether a tensor belongs to the model, not to the state of its training.
bool is_model_tensor(const std::string& name);

/// Whether a tensor is a parameter: not a vocabulary, nor the steps of a matrix in 8 bits.
bool is_parameter(const std::string& name);

/// The languages that a model translates between, as its corpus calls them; empty where the file does not say.
struct Languages {
  std::string source, target;
};
void add_languages(SafeTensorsWriter& writer, const Languages& languages);
Languages read_languages(const SafeTensors& file);

/// The length of the longest sample that the model was trained on, in tokens; 0 where the file does not say.
void add_trained_length(SafeTensorsWriter& writer, int64_t tokens);
int64_t read_trained_length(const SafeTensors& file);

/// The configuration of a model file; a file that is no Rotor model or has a newer version is an Error.
TransformerOptions read_model_options(const SafeTensors& file);

/// Whether a parameter is a matrix of products, which may be stored in fewer bits: matrices of linear layers and of
/// token embeddings are, those of positions are not.
bool is_product_matrix(const std::string& name, int rank);

/// Adds a parameter in 8 bits: `name` as I8 [out, in] and `name`.scales as F32 [out]. The matrix must live until the
/// file is written.
void add_quantized(SafeTensorsWriter& writer, const std::string& name, const QuantizedMatrix& matrix);

/// The number type of the file's matrices of products.
WeightType weight_type_of(const SafeTensors& file);
/// The type that --quantize names by "none", "bf16" or "int8".
WeightType weight_type_named(const std::string& name);

/// Fills the parameters from the file; rounded numbers are converted to floats. Missing tensors and wrong shapes are an
/// Error that names them.
void read_parameters(const SafeTensors& file, Module& model);

VocabularyBytes read_vocabulary(const SafeTensors& file);

/// Refuses a model of another task than `task`, as an Error.
void check_task(const SafeTensors& file, const std::string& task);

/// Fills the parameters that the file has, but none whose name begins with `fresh`, if that is not empty, and returns
/// the names of the others. Wrong shapes are an Error, but those of position encodings count as not there.
std::vector<std::string> read_known_parameters(const SafeTensors& file, Module& model, std::string_view fresh);

/// Reads a whole model.
std::unique_ptr<Model> load_model(const SafeTensors& file);

/// Reads a model that can only decode, with weights prepacked in that type or in the file's. Each matrix is packed
/// straight from the mapped file and never all floats, and tokens are looked up there as long as the model lives: a
/// file that others replace meanwhile must be renamed into its place, not written over. `words`, if given, are for
/// OutputLayer::limit(). `scaling` takes the place of the file's own, and if it states no original length, that is
/// what the file's own states, or else the trained length; a model without rope is a UsageError then.
std::unique_ptr<Model> load_for_decoding(const SafeTensors& file, std::optional<WeightType> type,
                                         std::optional<std::vector<int32_t>> words = {},
                                         const std::optional<RopeScalingOptions>& scaling = {});

/// A model of the class M; one of another task is an Error.
template <typename M>
std::unique_ptr<M> load(const SafeTensors& file) {
  check_task(file, M::kTask);
  return std::unique_ptr<M>(static_cast<M*>(load_model(file).release()));
}
template <typename M>
std::unique_ptr<M> load_prepared(const SafeTensors& file, std::optional<WeightType> type,
                                 std::optional<std::vector<int32_t>> words = {},
                                 const std::optional<RopeScalingOptions>& scaling = {}) {
  check_task(file, M::kTask);
  return std::unique_ptr<M>(static_cast<M*>(load_for_decoding(file, type, std::move(words), scaling).release()));
}

}  // namespace rotor
