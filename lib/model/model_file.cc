#include "model/model_file.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "base/option_text.h"
#include "format/checksums.h"
#include "model/position_choices.h"
#include "tensor/allocation_limit.h"

namespace rotor {
namespace {

constexpr const char* kSourceLanguage = "source_language";
constexpr const char* kTargetLanguage = "target_language";
constexpr const char* kTrainedLength = "trained_length";

/// The version of a file's format; files without a version have the first one. 0 if the version is not a number.
int64_t version_of(const SafeTensors& file) {
  const auto version = file.metadata().find("version");
  if (version == file.metadata().end()) return 1;
  int64_t number = 0;
  const char* end = version->second.data() + version->second.size();
  return std::from_chars(version->second.data(), end, number).ptr == end ? number : 0;
}

std::string bytes_of(const SafeTensors& file, const std::string& name) {
  const auto bytes = file.elements<uint8_t>(name);
  return {bytes.begin(), bytes.end()};
}

/// A model of parameters that the file can hold.
std::unique_ptr<Model> make_within(const SafeTensors& file, const TransformerOptions& options) {
  constexpr int64_t kTimes = 4, kMore = int64_t{64} << 20;  // smaller types in the file, and tables made from options
  try {
    const AllocationLimit limit(kTimes * static_cast<int64_t>(file.size()) + kMore);
    return make_model(options);
  } catch (const Error& error) {
    fail("{}: {}; its configuration does not belong to its {} bytes", file.path().string(), error.what(), file.size());
  }
}

bool has_shape(const StoredTensor& stored, const Shape& shape) {
  return std::equal(stored.shape.begin(), stored.shape.end(), shape.begin(), shape.end());
}

void check_parameter(const SafeTensors& file, const std::string& name, const Shape& shape) {
  const StoredTensor& stored = file.at(name);
  const bool rounded =
      (stored.type == DataType::kI8 || stored.type == DataType::kBF16) && is_product_matrix(name, shape.rank());
  ROTOR_CHECK((stored.type == DataType::kF32 || rounded) && has_shape(stored, shape),
              "{}: expected {} as F32 {}, got {} [{}]", file.path().string(), name, shape.str(),
              rotor::name(stored.type), fmt::join(stored.shape, ", "));
}

/// A matrix as it lies in the file, whose memory is released with the last copy of the view.
WeightRows rows_of(const SafeTensors& file, const std::string& name, const Shape& shape) {
  check_parameter(file, name, shape);
  const StoredTensor& tensor = file.at(name);
  StoredWeights stored{WeightType::kFloat32, tensor.bytes.data(), nullptr, file.hold(name)};
  if (tensor.type == DataType::kBF16) stored.type = WeightType::kBfloat16;
  if (tensor.type == DataType::kI8) {
    const auto scales = file.elements<float>(name + ".scales");
    ROTOR_CHECK(std::ssize(scales) == shape[0], "{}: expected {} numbers in {}.scales, got {}", file.path().string(),
                shape[0], name, scales.size());
    stored.type = WeightType::kInt8;
    stored.scales = scales.data();
  }
  return {shape[0], shape[1], std::move(stored)};
}

/// A parameter's numbers, as floats.
Tensor read_parameter(const SafeTensors& file, const std::string& name, const Shape& shape) {
  if (is_product_matrix(name, shape.rank())) return rows_of(file, name, shape).floats();
  check_parameter(file, name, shape);
  return file.tensor(name);
}

/// The options of a file's model, with another scaling of rope if there is one.
TransformerOptions options_with(const SafeTensors& file, const std::optional<RopeScalingOptions>& scaling) {
  TransformerOptions options = read_model_options(file);
  if (!scaling) return options;
  const auto stacks = options.stacks();
  const auto turns = [&](const StackOptions* stack) { return options.position_encoding(*stack) == "rope"; };
  require(std::any_of(stacks.begin(), stacks.end(), turns),
          "--rope-scaling {} is for models with the position encoding rope, and {} has {}", scaling->kind,
          file.path().string(), options.position_encoding(*stacks[0]));
  RopeScalingOptions& own = options.position.rope_scaling;
  const bool states = own.scales() && own.original_length > 0;
  const int64_t original = states ? own.original_length : read_trained_length(file);
  own = *scaling;
  if (own.original_length == 0) own.original_length = original;
  options.check();
  return options;
}

/// An empty model for the tensors of a file.
std::unique_ptr<Model> model_for(const SafeTensors& file, const std::optional<RopeScalingOptions>& scaling = {}) {
  const TransformerOptions options = options_with(file, scaling);
  int64_t layers = 0;
  for (const StackOptions* stack : options.stacks()) layers += stack->layers;
  ROTOR_CHECK(layers <= static_cast<int64_t>(file.tensors().size()),
              "{}: expected the tensors of {} layers, got {} tensors; the file is damaged", file.path().string(),
              layers, file.tensors().size());
  return make_within(file, options);
}

bool is_model(const SafeTensors& file) {
  const auto format = file.metadata().find("format");
  return format != file.metadata().end() && format->second == "rotor" && file.metadata().contains("config");
}

void check_version(const SafeTensors& file) {
  const std::string path = file.path().string();
  const int64_t version = version_of(file);
  ROTOR_CHECK(version <= kModelVersion,
              "{}: expected a model of format version {} or older, got version {}; use a newer Rotor", path,
              kModelVersion, version);
  ROTOR_CHECK(version > 0, "{}: expected a number as the format's version, got '{}'; the file is damaged", path,
              file.metadata("version"));
}

}  // namespace

void add_model(SafeTensorsWriter& writer, const Model& model, const VocabularyBytes& vocabulary) {
  for (const auto& [name, value] : model.values()) writer.add(name, value);
  auto add_bytes = [&](const std::string& name, const std::string& bytes) {
    writer.add(name, DataType::kU8, {static_cast<int64_t>(bytes.size())}, bytes);
  };
  if (vocabulary.source == vocabulary.target) {
    add_bytes("vocabulary", vocabulary.source);
  } else {
    add_bytes("vocabulary.source", vocabulary.source);
    add_bytes("vocabulary.target", vocabulary.target);
  }
  writer.set("format", "rotor");
  writer.set("version", std::to_string(kModelVersion));
  writer.set("config", model.options().to_config());
  writer.add_checksums();
}

SafeTensors open_model(const std::filesystem::path& path, Verification verification) {
  SafeTensors file(path);
  if (is_model(file)) check_version(file);  // before the checksums, which a newer format may define anew
  if (verification == Verification::kModel) check_undamaged(file, is_model_tensor);
  if (verification == Verification::kAll) check_undamaged(file);
  return file;
}

bool is_model_tensor(const std::string& name) {
  return !name.starts_with("optimizer.");
}

bool is_parameter(const std::string& name) {
  return is_model_tensor(name) && !name.starts_with("vocabulary") && !name.ends_with(".scales");
}

void add_languages(SafeTensorsWriter& writer, const Languages& languages) {
  if (!languages.source.empty()) writer.set(kSourceLanguage, languages.source);
  if (!languages.target.empty()) writer.set(kTargetLanguage, languages.target);
}

Languages read_languages(const SafeTensors& file) {
  const auto language = [&](const char* key) {
    const auto found = file.metadata().find(key);
    return found == file.metadata().end() ? "" : found->second;
  };
  return {language(kSourceLanguage), language(kTargetLanguage)};
}

void add_trained_length(SafeTensorsWriter& writer, int64_t tokens) {
  if (tokens > 0) writer.set(kTrainedLength, std::to_string(tokens));
}

int64_t read_trained_length(const SafeTensors& file) {
  const auto stored = file.metadata().find(kTrainedLength);
  if (stored == file.metadata().end()) return 0;
  int64_t tokens = 0;
  ROTOR_CHECK(read_value({stored->second}, tokens) && tokens > 0,
              "{}: expected a number above 0 as {}, got '{}'; the file is damaged", file.path().string(),
              kTrainedLength, stored->second);
  return tokens;
}

TransformerOptions read_model_options(const SafeTensors& file) {
  const std::string path = file.path().string();
  ROTOR_CHECK(
      is_model(file),
      "{}: expected a Rotor model, got another safetensors file; give a file that rotor-train or rotor-average wrote",
      path);
  check_version(file);
  return TransformerOptions::from_config(file.metadata("config"), path);
}

bool is_product_matrix(const std::string& name, int rank) {
  return rank == 2 && name.ends_with(".weight") && name.find("position") == std::string::npos;
}

void add_quantized(SafeTensorsWriter& writer, const std::string& name, const QuantizedMatrix& matrix) {
  writer.add(name, DataType::kI8, {matrix.rows, matrix.width},
             {reinterpret_cast<const char*>(matrix.values.data()), matrix.values.size()});
  writer.add(name + ".scales", Tensor::of({matrix.rows}, matrix.scales));
}

WeightType weight_type_of(const SafeTensors& file) {
  for (const auto& [name, tensor] : file.tensors()) {
    if (tensor.type == DataType::kI8) return WeightType::kInt8;
    if (tensor.type == DataType::kBF16) return WeightType::kBfloat16;
  }
  return WeightType::kFloat32;
}

WeightType weight_type_named(const std::string& name) {
  if (name == "int8") return WeightType::kInt8;
  return name == "bf16" ? WeightType::kBfloat16 : WeightType::kFloat32;
}

void read_parameters(const SafeTensors& file, Module& model) {
  for (const auto& parameter : model.parameters()) {
    parameter.variable.value().copy_from(read_parameter(file, parameter.name, parameter.variable.shape()));
  }
}

std::vector<std::string> read_known_parameters(const SafeTensors& file, Module& model, std::string_view fresh) {
  std::vector<std::string> others;
  for (const auto& [name, variable, initialiser] : model.parameters()) {
    const bool wanted = file.contains(name) && (fresh.empty() || !name.starts_with(fresh));
    const bool fits = wanted && (!is_position_parameter(name) || has_shape(file.at(name), variable.shape()));
    if (fits) {
      variable.value().copy_from(read_parameter(file, name, variable.shape()));
    } else {
      others.push_back(name);
    }
  }
  return others;
}

VocabularyBytes read_vocabulary(const SafeTensors& file) {
  if (file.contains("vocabulary")) {
    std::string bytes = bytes_of(file, "vocabulary");
    return {bytes, bytes};
  }
  return {bytes_of(file, "vocabulary.source"), bytes_of(file, "vocabulary.target")};
}

void check_task(const SafeTensors& file, const std::string& task) {
  const TransformerOptions options = read_model_options(file);
  ROTOR_CHECK(options.task == task, "{}: expected a model of the task {}, got one of the task {}; give a model of {}",
              file.path().string(), task, options.task, task);
}

std::unique_ptr<Model> load_model(const SafeTensors& file) {
  auto model = model_for(file);
  read_parameters(file, *model);
  return model;
}

std::unique_ptr<Model> load_for_decoding(const SafeTensors& file, std::optional<WeightType> type,
                                         std::optional<std::vector<int32_t>> words,
                                         const std::optional<RopeScalingOptions>& scaling) {
  const Module::Hollow hollow;
  auto model = model_for(file, scaling);
  if (words) model->output().limit(std::move(*words));
  std::map<const float*, std::string> matrices;  // by where their numbers would be
  for (auto& [name, variable, initialiser] : model->parameters()) {
    if (is_product_matrix(name, variable.rank())) {
      matrices[variable.value().data()] = name;
    } else {
      variable.set_value(read_parameter(file, name, variable.shape()));
      file.forget(name);
    }
  }
  model->prepare(type.value_or(weight_type_of(file)), [&](const Tensor& matrix) {
    const auto found = matrices.find(matrix.data());
    return found == matrices.end() ? WeightRows(matrix) : rows_of(file, found->second, matrix.shape());
  });
  return model;
}

}  // namespace rotor
