#include "model/average.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <list>

#include "base/json.h"
#include "model/model_file.h"
#include "tensor/bfloat16.h"

namespace rotor {

namespace fs = std::filesystem;

namespace {

bool is_model_tensor(const std::string& name) {
  return !name.starts_with("optimizer.");
}

void check_same_config(const SafeTensors& file, const SafeTensors& first) {
  if (file.metadata("config") == first.metadata("config")) return;
  // Both are objects: read_model_options() has read them.
  const auto config = nlohmann::json::parse(file.metadata("config"));
  const auto expected = nlohmann::json::parse(first.metadata("config"));
  for (const auto& [key, value] : expected.items()) {
    const std::string got = config.contains(key) ? config[key].dump() : "none";
    CHECK(got == value.dump(), "{}: expected {} {} as in {}, got {}; average checkpoints of one training run",
          file.path().string(), key, value.dump(), first.path().string(), got);
  }
  for (const auto& [key, value] : config.items()) {
    CHECK(expected.contains(key), "{}: expected no option {}, as in {}; average checkpoints of one training run",
          file.path().string(), key, first.path().string());
  }
}

/// Refuses a file whose model tensors are not those of the first.
void check_same_tensors(const SafeTensors& file, const SafeTensors& first) {
  for (const auto& [name, tensor] : first.tensors()) {
    if (!is_model_tensor(name)) continue;
    CHECK(file.contains(name), "{}: expected a tensor {} as in {}, found none; average checkpoints of one training run",
          file.path().string(), name, first.path().string());
    const StoredTensor& other = file.at(name);
    CHECK(other.type == tensor.type && other.shape == tensor.shape,
          "{}: expected {} as {} [{}] as in {}, got {} [{}]; average checkpoints of one training run",
          file.path().string(), name, rotor::name(tensor.type), fmt::join(tensor.shape, ", "), first.path().string(),
          rotor::name(other.type), fmt::join(other.shape, ", "));
    CHECK(tensor.type == DataType::kF32 || other.bytes == tensor.bytes,
          "{}: its {} is another than that of {}; average checkpoints of one training run", file.path().string(), name,
          first.path().string());
  }
  for (const auto& [name, tensor] : file.tensors()) {
    CHECK(!is_model_tensor(name) || first.contains(name),
          "{}: expected no tensor {}, as in {}; average checkpoints of one training run", file.path().string(), name,
          first.path().string());
  }
}

Tensor mean(const std::list<SafeTensors>& files, const std::string& name) {
  std::vector<double> sums;
  for (const SafeTensors& file : files) {
    const auto values = file.elements<float>(name);
    sums.resize(values.size());
    for (size_t i = 0; i < values.size(); ++i) sums[i] += values[i];
  }
  Tensor result = files.front().tensor(name);
  const auto count = static_cast<double>(files.size());
  for (size_t i = 0; i < sums.size(); ++i) result.data()[i] = static_cast<float>(sums[i] / count);
  return result;
}

}  // namespace

void average_models(const std::vector<fs::path>& files, const fs::path& output, WeightType type) {
  CHECK(!files.empty(), "expected models to average, got none");
  std::list<SafeTensors> opened;
  for (const fs::path& path : files) {
    opened.emplace_back(path);
    read_model_options(opened.back());
    check_same_config(opened.back(), opened.front());
    check_same_tensors(opened.back(), opened.front());
  }
  const SafeTensors& first = opened.front();
  const WeightType given = weight_type_of(first);
  CHECK(type == given || type == WeightType::kFloat32 || given == WeightType::kFloat32,
        "{}: expected matrices of floats to round, got rounded ones; give the model that they were made of",
        first.path().string());
  std::list<QuantizedMatrix> in_8_bits;  // until they are written
  std::list<std::vector<uint16_t>> in_bfloat16;
  SafeTensorsWriter writer;
  for (const auto& [name, tensor] : first.tensors()) {
    if (!is_model_tensor(name)) continue;
    if (tensor.type == DataType::kF32) {
      const Tensor parameter = mean(opened, name);
      if (type == WeightType::kInt8 && is_product_matrix(name, parameter.rank())) {
        add_quantized(writer, name, in_8_bits.emplace_back(quantize(parameter)));
      } else if (type == WeightType::kBfloat16 && is_product_matrix(name, parameter.rank())) {
        auto& halves = in_bfloat16.emplace_back(parameter.elements());
        std::transform(parameter.data(), parameter.data() + parameter.elements(), halves.begin(), to_bfloat16);
        writer.add(name, DataType::kBF16, tensor.shape,
                   {reinterpret_cast<const char*>(halves.data()), halves.size() * sizeof(uint16_t)});
      } else {
        writer.add(name, parameter);
      }
    } else {
      writer.add(name, tensor.type, tensor.shape, tensor.bytes);
    }
  }
  for (const char* key : {"format", "version", "config"}) writer.set(key, first.metadata(key));
  writer.add_checksums();
  writer.write(output);
}

}  // namespace rotor
