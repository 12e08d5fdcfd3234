#include "inspect/file_summary.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/check.h"
#include "base/files.h"
#include "data/row_labels.h"
#include "format/checksums.h"
#include "inspect/vocabulary_summary.h"
#include "model/average.h"
#include "model/model_file.h"

namespace rotor {

using Json = nlohmann::ordered_json;

namespace {

std::string kind_of(const SafeTensors& file) {
  const auto format = file.metadata().find("format");
  if (format == file.metadata().end()) return "other";
  if (format->second == kCorpusFormat) return "corpus";
  if (format->second != "rotor") return "other";
  return file.metadata().contains("trainer") ? "checkpoint" : "model";
}

/// "encoder.layers.0" of "encoder.layers.0.fc1.weight", "encoder.embed_tokens" of "encoder.embed_tokens.weight".
std::string module_of(const std::string& name) {
  size_t end = name.find('.');
  for (int dots = name.find(".layers.") == end ? 2 : 1; dots > 0 && end != name.npos; --dots) {
    end = name.find('.', end + 1);
  }
  return name.substr(0, end);
}

Json parameters_of(const SafeTensors& file) {
  int64_t total = 0;
  std::vector<std::pair<std::string, int64_t>> modules;
  for (const auto& [name, tensor] : file.tensors()) {
    if (!is_parameter(name)) continue;
    const std::string module = module_of(name);
    auto found = std::find_if(modules.begin(), modules.end(), [&](const auto& row) { return row.first == module; });
    if (found == modules.end()) found = modules.insert(modules.end(), {module, 0});
    found->second += tensor.elements();
    total += tensor.elements();
  }
  Json result{{"total", total}};
  for (const auto& [module, count] : modules) result[module] = count;
  return result;
}

void add_model(Json& summary, const SafeTensors& file) {
  const TransformerOptions options = read_model_options(file);
  if (const Languages languages = read_languages(file); !languages.source.empty() || !languages.target.empty()) {
    summary["languages"] = {{"source", languages.source}, {"target", languages.target}};
  }
  if (const int64_t longest = read_trained_length(file); longest > 0) summary["trained_length"] = longest;
  if (summary["kind"] == "checkpoint") {
    summary["trainer"] = parse_json(file.metadata("trainer"));
    ROTOR_CHECK(summary["trainer"].is_object(),
                "{}: expected the trainer's state as a JSON object; the checkpoint is damaged", file.path().string());
  }
  if (const Json averaged = averaged_files(file); !averaged.empty()) summary["averaged"] = averaged;
  summary["parameters"] = parameters_of(file);
  const VocabularyBytes vocabulary = read_vocabulary(file);
  if (vocabulary.source == vocabulary.target) {
    // A model with one stack has no other side.
    const int64_t size = std::max(options.source_vocabulary, options.target_vocabulary);
    summary["vocabulary"] = vocabulary_record(vocabulary.source, size);
  } else {
    summary["source_vocabulary"] = vocabulary_record(vocabulary.source, options.source_vocabulary);
    summary["target_vocabulary"] = vocabulary_record(vocabulary.target, options.target_vocabulary);
  }
  summary["options"] = parse_json(options.to_config());
}

void add_corpus(Json& summary, const SafeTensors& file) {
  const Corpus corpus(file.path());
  if (corpus.task().name != kTranslation) summary["task"] = corpus.task().name;
  summary[corpus.task().rows] = corpus.size();
  if (!corpus.document_ends().empty()) summary["documents"] = corpus.document_ends().size();
  if (!corpus.labels().empty()) summary["labels"] = tally_labels(corpus).record();
  for (const CorpusColumn& column : corpus.columns()) {
    const ColumnInfo& info = column.info();
    Json& record = summary[info.name];
    if (!info.language.empty()) record["language"] = info.language;
    record["tokens"] = column.tokens();
    if (const auto& size = column.text_size()) {
      record["characters"] = size->characters;
      record["bytes"] = size->bytes;
    }
    record["vocabulary_size"] = info.vocabulary_size;
    record["vocabulary_sha256"] = info.vocabulary_sha256;
  }
}

/// A value on one line: texts as they are unless they are empty or hold control characters.
std::string value_text(const Json& value) {
  if (!value.is_string()) return value.dump();
  const auto text = value.get<std::string>();
  const bool plain = !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  return plain ? text : value.dump();
}

/// The values of an object on one line: "file a.safetensors, updates 7".
std::string object_text(const Json& object) {
  std::string text;
  for (const auto& [key, value] : object.items()) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", key, value_text(value));
  }
  return text;
}

bool is_list_of_objects(const Json& value) {
  return value.is_array() && !value.empty() &&
         std::all_of(value.begin(), value.end(), [](const Json& element) { return element.is_object(); });
}

bool is_tensor(const Json& value) {
  return value.is_object() && value.size() == 2 && value.contains("type") && value.contains("shape");
}

void print(std::string& text, const Json& object, const std::string& indent) {
  size_t width = 0;
  for (const auto& [key, value] : object.items()) width = std::max(width, key.size());
  for (const auto& [key, value] : object.items()) {
    if (is_tensor(value)) {
      const auto shape = value["shape"].get<std::vector<int64_t>>();
      text += fmt::format("{}{:{}}  {} [{}]\n", indent, key, width, value["type"].get<std::string>(),
                          fmt::join(shape, ", "));
    } else if (value.is_object()) {
      text += fmt::format("{}{}\n", indent, key);
      print(text, value, indent + "  ");
    } else if (is_list_of_objects(value)) {
      text += fmt::format("{}{}\n", indent, key);
      for (const Json& element : value) text += fmt::format("{}  {}\n", indent, object_text(element));
    } else {
      text += fmt::format("{}{:{}}  {}\n", indent, key, width, value_text(value));
    }
  }
}

}  // namespace

Json summarise(const SafeTensors& file, bool tensors) {
  const auto& metadata = file.metadata();
  Json summary{{"file", file.path().string()}, {"bytes", file.size()}, {"kind", kind_of(file)}};
  for (const char* key : {"format", "version"}) {
    if (metadata.contains(key)) summary[key] = metadata.at(key);
  }
  summary["checksums"] = metadata.contains(kChecksums);
  if (summary["kind"] == "corpus") {
    add_corpus(summary, file);
  } else if (summary["kind"] != "other") {
    add_model(summary, file);
  } else {
    summary["tensor_count"] = file.tensors().size();
    summary["metadata"] = metadata;
  }
  if (!tensors) return summary;
  summary["tensors"] = Json::object();
  for (const auto& [name, tensor] : file.tensors()) {
    summary["tensors"][name] = {{"type", rotor::name(tensor.type)}, {"shape", tensor.shape}};
  }
  return summary;
}

std::string summary_text(const Json& summary) {
  std::string text;
  print(text, summary, "");
  return text;
}

}  // namespace rotor
