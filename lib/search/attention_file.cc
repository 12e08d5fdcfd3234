#include "search/attention_file.h"

#include <fmt/format.h>

namespace rotor {
namespace {

std::string pieces(const Vocabulary& vocabulary, const TokenIds& ids) {
  std::string text;
  for (int32_t id : ids) text += (text.empty() ? "" : " ") + vocabulary.piece(id);
  return text;
}

}  // namespace

AttentionFile::AttentionFile(std::filesystem::path path)
    : path_(std::move(path)), numbers_(path_.string() + ".numbers.tmp") {
  writer_.set("format", "rotor-attention");
}

void AttentionFile::add(const Request& request, std::span<const Hypothesis> hypotheses,
                        const Vocabularies& vocabularies) {
  if (hypotheses.empty()) return;
  writer_.set(fmt::format("source.{}", request.number), pieces(vocabularies.source, request.source));
  for (size_t rank = 0; rank < hypotheses.size(); ++rank) {
    const TokenIds& tokens = hypotheses[rank].tokens;
    const std::vector<float>& attention = hypotheses[rank].attention;
    const std::string name = fmt::format("{}.{}", request.number, rank);
    writer_.set("target." + name, pieces(vocabularies.target, tokens));
    numbers_.append(attention.data(), attention.size() * sizeof(float));
    entries_.push_back({name, std::ssize(tokens), std::ssize(request.source)});
  }
}

void AttentionFile::finish() {
  std::string_view numbers = numbers_.map();
  for (const auto& [name, rows, columns] : entries_) {
    const auto bytes = static_cast<size_t>(rows * columns) * sizeof(float);
    writer_.add(name, DataType::kF32, {rows, columns}, numbers.substr(0, bytes));
    numbers.remove_prefix(bytes);
  }
  writer_.write(path_);
}

}  // namespace rotor
