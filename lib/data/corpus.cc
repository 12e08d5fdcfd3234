#include "data/corpus.h"

#include <charconv>

#include "base/check.h"
#include "text/vocabulary.h"

namespace rotor {

namespace {

int64_t parse_size(const SafeTensors& file, const std::string& key) {
  const std::string& text = file.metadata(key);
  int64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  ROTOR_CHECK(error == std::errc() && end == text.data() + text.size() && size > 0 && size <= INT32_MAX,
              "{}: expected a number in the metadata's \"{}\", got \"{}\"; run rotor-preprocess again",
              file.path().string(), key, text);
  return size;
}

}  // namespace

Corpus::Corpus(const std::filesystem::path& path) : file_(path) {
  const auto format = file_.metadata().find("format");
  ROTOR_CHECK(format != file_.metadata().end() && format->second == kCorpusFormat,
              "{}: expected a corpus made by rotor-preprocess, got another kind of safetensors file", path.string());
  ROTOR_CHECK(file_.metadata("version") == kCorpusVersion,
              "{}: expected a corpus of version {}, got {}; run rotor-preprocess again", path.string(), kCorpusVersion,
              file_.metadata("version"));
  source_ = open("source");
  target_ = open("target");
  ROTOR_CHECK(source_.offsets.size() == target_.offsets.size(),
              "{}: expected as many source as target sentences, got {} and {}; run rotor-preprocess again",
              path.string(), source_.offsets.size() - 1, target_.offsets.size() - 1);
  ROTOR_CHECK(source_.text_offsets.empty() == target_.text_offsets.empty(),
              "{}: expected the text of both sides or of none, got one; run rotor-preprocess again", path.string());
  size_ = static_cast<int64_t>(source_.offsets.size()) - 1;
  ROTOR_CHECK(size_ <= INT32_MAX, "{}: expected at most {} pairs, got {}; split the corpus", path.string(), INT32_MAX,
              size_);
}

Corpus::Side Corpus::open(const std::string& name) const {
  Side side;
  side.info = {file_.metadata(name + "_language"), file_.metadata(name + "_vocabulary_sha256"),
               parse_size(file_, name + "_vocabulary_size")};
  if (file_.at(name).type == DataType::kU16) {
    side.short_ids = file_.elements<uint16_t>(name);
  } else {
    side.long_ids = file_.elements<uint32_t>(name);
  }
  side.offsets = offsets_of(name);
  if (const std::string text = name + "_text"; file_.contains(text)) {
    side.text = file_.elements<uint8_t>(text);
    side.text_offsets = offsets_of(text);
    ROTOR_CHECK(side.text_offsets.size() == side.offsets.size(),
                "{}: expected as many lines in {} as {} has sentences, got {} and {}; run rotor-preprocess again",
                path().string(), text, name, side.text_offsets.size() - 1, side.offsets.size() - 1);
  }
  return side;
}

std::span<const uint64_t> Corpus::offsets_of(const std::string& name) const {
  const auto offsets = file_.elements<uint64_t>(name + "_offsets");
  const auto elements = static_cast<uint64_t>(file_.at(name).elements());
  bool valid = !offsets.empty() && offsets.front() == 0 && offsets.back() == elements;
  for (size_t i = 1; valid && i < offsets.size(); ++i) {
    valid = offsets[i - 1] <= offsets[i] && offsets[i] - offsets[i - 1] < INT32_MAX;
  }
  ROTOR_CHECK(valid,
              "{}: expected {}_offsets to rise from 0 to {}, the number of elements; the file is corrupted, run "
              "rotor-preprocess again",
              path().string(), name, elements);
  return offsets;
}

std::vector<int32_t> Corpus::Side::sentence(const Corpus& corpus, int64_t i) const {
  ROTOR_CHECK(i >= 0 && i < corpus.size_, "expected a sentence below {}, got {}", corpus.size_, i);
  const size_t begin = offsets[i], size = offsets[i + 1] - begin;
  std::vector<int32_t> ids(size);
  for (size_t j = 0; j < size; ++j) {
    const uint32_t id = short_ids.empty() ? long_ids[begin + j] : short_ids[begin + j];
    ROTOR_CHECK(id < info.vocabulary_size,
                "{}: expected ids below {}, the vocabulary's size, got {} in pair {}; the file is corrupted, run "
                "rotor-preprocess "
                "again",
                corpus.path().string(), info.vocabulary_size, id, i);
    ids[j] = static_cast<int32_t>(id);
  }
  return ids;
}

void Corpus::check_vocabulary(const Vocabulary& source, const Vocabulary& target) const {
  const auto check = [&](const CorpusSide& side, const Vocabulary& vocabulary, const char* name) {
    ROTOR_CHECK(
        side.vocabulary_sha256 == vocabulary.sha256() && side.vocabulary_size == vocabulary.size(),
        "{}: expected its {} ({}) to be encoded with the vocabulary at hand ({} pieces, SHA-256 {}…), got another "
        "one ({} "
        "pieces, SHA-256 {}…); preprocess it with that vocabulary as --srcdict and --tgtdict",
        path().string(), name, side.language, vocabulary.size(), vocabulary.sha256().substr(0, 12),
        side.vocabulary_size, side.vocabulary_sha256.substr(0, 12));
  };
  check(source_.info, source, "source");
  check(target_.info, target, "target");
}

}  // namespace rotor
