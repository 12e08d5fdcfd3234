#include "model/model_file.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace rotor {
namespace {

std::string bytes_of(const SafeTensors& file, const std::string& name) {
  const auto bytes = file.elements<uint8_t>(name);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

void add_model(SafeTensorsWriter& writer, const Transformer& model, const VocabularyBytes& vocabulary) {
  for (const auto& parameter : model.parameters()) writer.add(parameter.name, parameter.variable.value());
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

TransformerOptions read_model_options(const SafeTensors& file) {
  const std::string path = file.path().string();
  const auto& metadata = file.metadata();
  const auto format = metadata.find("format");
  CHECK(format != metadata.end() && format->second == "rotor" && metadata.contains("config"),
        "{}: expected a Rotor model, got another safetensors file; give a file that rotor-train or rotor-average wrote",
        path);
  const std::string& version = file.metadata("version");
  CHECK(version == std::to_string(kModelVersion),
        "{}: expected a model of format version {}, got version {}; use a newer Rotor", path, kModelVersion, version);
  return TransformerOptions::from_config(file.metadata("config"), path);
}

void read_parameters(const SafeTensors& file, const Transformer& model) {
  for (const auto& [name, variable, initialiser] : model.parameters()) {
    const StoredTensor& stored = file.at(name);
    const Shape& shape = variable.shape();
    CHECK(stored.type == DataType::kF32 &&
              std::equal(stored.shape.begin(), stored.shape.end(), shape.begin(), shape.end()),
          "{}: expected {} as F32 {}, got {} [{}]", file.path().string(), name, shape.str(), rotor::name(stored.type),
          fmt::join(stored.shape, ", "));
    variable.value().copy_from(file.tensor(name));
  }
}

VocabularyBytes read_vocabulary(const SafeTensors& file) {
  if (file.contains("vocabulary")) {
    std::string bytes = bytes_of(file, "vocabulary");
    return {bytes, bytes};
  }
  return {bytes_of(file, "vocabulary.source"), bytes_of(file, "vocabulary.target")};
}

std::unique_ptr<Transformer> load_model(const SafeTensors& file) {
  auto model = std::make_unique<Transformer>(read_model_options(file));
  read_parameters(file, *model);
  return model;
}

}  // namespace rotor
