#include "model/average.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <list>

#include "base/files.h"
#include "base/json.h"
#include "kernel/bfloat16.h"

namespace rotor {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr const char* kAveraged = "averaged";

/// A file that is averaged, in the metadata of the average.
Json averaged_entry(const SafeTensors& file) {
  Json entry{{"file", file.path().filename().string()}};
  const auto trainer = file.metadata().find("trainer");
  if (trainer == file.metadata().end()) return entry;
  const Json state = parse_json(trainer->second);
  for (const char* key : {"updates", "best_loss", "best_bleu"}) {
    if (state.is_object() && state.contains(key) && state[key].is_number()) entry[key] = state[key];
  }
  return entry;
}

/// The metadata of an average: those of the first file, the longest length trained on, and the list of its files.
void set_metadata(SafeTensorsWriter& writer, const std::list<SafeTensors>& files) {
  const SafeTensors& first = files.front();
  for (const char* key : {"format", "version", "config"}) {
    if (first.metadata().contains(key)) writer.set(key, first.metadata(key));
  }
  add_languages(writer, read_languages(first));
  int64_t longest = 0;
  for (const SafeTensors& file : files) longest = std::max(longest, read_trained_length(file));
  add_trained_length(writer, longest);
  Json averaged = files.size() == 1 ? averaged_files(first) : Json::array();  // an average that is only rounded
  if (averaged.empty()) {
    for (const SafeTensors& file : files) averaged.push_back(averaged_entry(file));
  }
  writer.set(kAveraged, averaged.dump());
}

void check_same_config(const SafeTensors& file, const SafeTensors& first) {
  if (file.metadata("config") == first.metadata("config")) return;
  // Both are objects: read_model_options() has read them.
  const auto config = parse_json(file.metadata("config"));
  const auto expected = parse_json(first.metadata("config"));
  for (const auto& [key, value] : expected.items()) {
    const std::string got = config.contains(key) ? config[key].dump() : "none";
    ROTOR_CHECK(got == value.dump(), "{}: expected {} {} as in {}, got {}; average checkpoints of one training run",
                file.path().string(), key, value.dump(), first.path().string(), got);
  }
  for (const auto& [key, value] : config.items()) {
    ROTOR_CHECK(expected.contains(key), "{}: expected no option {}, as in {}; average checkpoints of one training run",
                file.path().string(), key, first.path().string());
  }
}

/// Refuses a file whose model tensors are not those of the first.
void check_same_tensors(const SafeTensors& file, const SafeTensors& first) {
  for (const auto& [name, tensor] : first.tensors()) {
    if (!is_model_tensor(name)) continue;
    ROTOR_CHECK(file.contains(name),
                "{}: expected a tensor {} as in {}, found none; average checkpoints of one training run",
                file.path().string(), name, first.path().string());
    const StoredTensor& other = file.at(name);
    ROTOR_CHECK(other.type == tensor.type && other.shape == tensor.shape,
                "{}: expected {} as {} [{}] as in {}, got {} [{}]; average checkpoints of one training run",
                file.path().string(), name, rotor::name(tensor.type), fmt::join(tensor.shape, ", "),
                first.path().string(), rotor::name(other.type), fmt::join(other.shape, ", "));
    ROTOR_CHECK(tensor.type == DataType::kF32 || other.bytes == tensor.bytes,
                "{}: its {} is another than that of {}; average checkpoints of one training run", file.path().string(),
                name, first.path().string());
  }
  for (const auto& [name, tensor] : file.tensors()) {
    ROTOR_CHECK(!is_model_tensor(name) || first.contains(name),
                "{}: expected no tensor {}, as in {}; average checkpoints of one training run", file.path().string(),
                name, first.path().string());
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

/// Whether a file is a checkpoint, with the state of its training.
bool holds_training(const fs::path& path) {
  try {
    return SafeTensors(path).metadata().contains("trainer");
  } catch (const DamagedFile&) {
    return false;
  }
}

/// Refuses to replace a file that is averaged, or the state of a training, which an average has not.
void check_output(const fs::path& output, const std::vector<fs::path>& files) {
  refuse_to_replace("--output", output, files);
  if (!fs::is_regular_file(output) || !holds_training(output)) return;
  throw UsageError(
      fmt::format("--output {} would replace a checkpoint, and with it the state of its training, which an "
                  "average does not hold; give another name",
                  output.string()));
}

}  // namespace

void average_models(const std::vector<fs::path>& files, const fs::path& output, WeightType type,
                    Verification verification) {
  ROTOR_CHECK(!files.empty(), "expected models to average, got none");
  check_output(output, files);
  std::list<SafeTensors> opened;
  for (const fs::path& path : files) {
    opened.push_back(open_model(path, verification));
    read_model_options(opened.back());
    check_same_config(opened.back(), opened.front());
    check_same_tensors(opened.back(), opened.front());
  }
  const SafeTensors& first = opened.front();
  const WeightType given = weight_type_of(first);
  ROTOR_CHECK(type == given || type == WeightType::kFloat32 || given == WeightType::kFloat32,
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
  set_metadata(writer, opened);
  writer.add_checksums();
  writer.write(output);
}

Json averaged_files(const SafeTensors& file) {
  const auto found = file.metadata().find(kAveraged);
  if (found == file.metadata().end()) return Json::array();
  Json averaged = parse_json(found->second);
  ROTOR_CHECK(averaged.is_array(),
              "{}: expected a list of the files averaged in the metadata '{}'; the file is damaged",
              file.path().string(), kAveraged);
  return averaged;
}

}  // namespace rotor
