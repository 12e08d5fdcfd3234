#include "data/corpus_column.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/check.h"
#include "base/json.h"
#include "text/vocabulary.h"

namespace rotor {

namespace {

using Json = nlohmann::ordered_json;

int64_t read_number(const SafeTensors& file, const std::string& key, int64_t least, int64_t most) {
  const std::string& text = file.metadata(key);
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  ROTOR_CHECK(error == std::errc() && end == text.data() + text.size() && number >= least && number <= most,
              "{}: expected a number in the metadata's \"{}\", got \"{}\"; run rotor-preprocess again",
              file.path().string(), key, text);
  return number;
}

/// The names under which metadata hold the special tokens' ids.
template <typename Tokens, typename Visit>
void each_special(Tokens& tokens, const Visit& visit) {
  visit("bos", tokens.bos);
  visit("pad", tokens.pad);
  visit("eos", tokens.eos);
  visit("unk", tokens.unk);
  visit("mask", tokens.mask);
  visit("start", tokens.start);
}

SpecialTokens read_specials(const SafeTensors& file, const std::string& key, int64_t vocabulary_size) {
  SpecialTokens specials;
  const auto found = file.metadata().find(key);
  if (found == file.metadata().end()) return specials;
  const Json json = parse_json(found->second);
  each_special(specials, [&](const char* name, int32_t& id) {
    const bool valid = json.is_object() && json.contains(name) && json[name].is_number_integer() && json[name] >= -1 &&
                       json[name] < vocabulary_size;
    ROTOR_CHECK(valid,
                "{}: expected a token's id or -1 as \"{}\" of the metadata's \"{}\", got {}; run rotor-preprocess "
                "again",
                file.path().string(), name, key, found->second);
    id = json[name].get<int32_t>();
  });
  return specials;
}

std::optional<TextSize> read_text_size(const SafeTensors& file, const std::string& column) {
  if (!file.metadata().contains(column + "_characters")) return std::nullopt;
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  return TextSize{read_number(file, column + "_characters", 0, kMost), read_number(file, column + "_bytes", 0, kMost)};
}

}  // namespace

ColumnInfo describe_column(const std::string& name, const std::string& language, const Vocabulary& vocabulary) {
  return {name, language, vocabulary.sha256(), vocabulary.size(), vocabulary.specials()};
}

void TextSize::add_line(std::string_view line) {
  constexpr unsigned kContinues = 0x80, kMask = 0xc0;
  bytes += std::ssize(line) + 1;
  characters += 1 + std::count_if(line.begin(), line.end(),
                                  [](char byte) { return (static_cast<unsigned char>(byte) & kMask) != kContinues; });
}

CorpusColumn::CorpusColumn(const SafeTensors& file, const std::string& name)
    : file_(file),
      info_{name, file.metadata(name + "_language"), file.metadata(name + "_vocabulary_sha256"),
            read_number(file, name + "_vocabulary_size", 1, INT32_MAX)} {
  info_.specials = read_specials(file, name + "_special_tokens", info_.vocabulary_size);
  if (file.at(name).type == DataType::kU16) {
    short_ids_ = file.elements<uint16_t>(name);
  } else {
    long_ids_ = file.elements<uint32_t>(name);
  }
  offsets_ = offsets_of(name);
  text_size_ = read_text_size(file, name);
  const std::string text = name + "_text";
  if (!file.contains(text)) return;
  text_ = file.elements<uint8_t>(text);
  text_offsets_ = offsets_of(text);
  ROTOR_CHECK(text_offsets_.size() == offsets_.size(),
              "{}: expected as many lines in {} as {} has sentences, got {} and {}; run rotor-preprocess again",
              file.path().string(), text, name, text_offsets_.size() - 1, offsets_.size() - 1);
}

std::span<const uint64_t> CorpusColumn::offsets_of(const std::string& name) const {
  const auto offsets = file_.elements<uint64_t>(name + "_offsets");
  const auto elements = static_cast<uint64_t>(file_.at(name).elements());
  bool valid = !offsets.empty() && offsets.front() == 0 && offsets.back() == elements;
  for (size_t i = 1; valid && i < offsets.size(); ++i) {
    valid = offsets[i - 1] <= offsets[i] && offsets[i] - offsets[i - 1] < INT32_MAX;
  }
  ROTOR_CHECK(valid,
              "{}: expected {}_offsets to rise from 0 to {}, the number of elements; the file is corrupted, run "
              "rotor-preprocess again",
              file_.path().string(), name, elements);
  return offsets;
}

std::vector<int32_t> CorpusColumn::ids(int64_t i) const {
  ROTOR_CHECK(i >= 0 && i < size(), "expected a sentence below {}, got {}", size(), i);
  const size_t begin = offsets_[i], count = offsets_[i + 1] - begin;
  std::vector<int32_t> ids(count);
  for (size_t j = 0; j < count; ++j) {
    const uint32_t id = short_ids_.empty() ? long_ids_[begin + j] : short_ids_[begin + j];
    ROTOR_CHECK(id < info_.vocabulary_size,
                "{}: expected ids below {}, the vocabulary's size, got {} in {} {}; the file is corrupted, run "
                "rotor-preprocess again",
                file_.path().string(), info_.vocabulary_size, id, info_.name, i);
    ids[j] = static_cast<int32_t>(id);
  }
  return ids;
}

std::string_view CorpusColumn::text(int64_t i) const {
  return {reinterpret_cast<const char*>(text_.data()) + text_offsets_[i], text_offsets_[i + 1] - text_offsets_[i]};
}

std::string CorpusColumn::line(int64_t i, const Vocabulary& vocabulary) const {
  return has_text() ? std::string(text(i)) : vocabulary.decode(ids(i));
}

void CorpusColumn::check_vocabulary(const Vocabulary& vocabulary) const {
  const std::string language = info_.language.empty() ? "" : fmt::format(" ({})", info_.language);
  ROTOR_CHECK(info_.vocabulary_sha256 == vocabulary.sha256() && info_.vocabulary_size == vocabulary.size(),
              "{}: expected its {}{} to be encoded with the vocabulary at hand ({} pieces, SHA-256 {}…), got another "
              "one ({} pieces, SHA-256 {}…); preprocess it with that vocabulary as --srcdict and --tgtdict",
              file_.path().string(), info_.name, language, vocabulary.size(), vocabulary.sha256().substr(0, 12),
              info_.vocabulary_size, info_.vocabulary_sha256.substr(0, 12));
}

void write_column_info(SafeTensorsWriter& writer, const ColumnInfo& info) {
  writer.set(info.name + "_language", info.language);
  writer.set(info.name + "_vocabulary_sha256", info.vocabulary_sha256);
  writer.set(info.name + "_vocabulary_size", std::to_string(info.vocabulary_size));
  if (info.specials == SpecialTokens()) return;
  Json specials;
  each_special(info.specials, [&](const char* name, int32_t id) { specials[name] = id; });
  writer.set(info.name + "_special_tokens", specials.dump());
}

void write_text_size(SafeTensorsWriter& writer, const std::string& column, const TextSize& size) {
  writer.set(column + "_characters", std::to_string(size.characters));
  writer.set(column + "_bytes", std::to_string(size.bytes));
}

}  // namespace rotor
