// A binarised parallel corpus: one split in one safetensors file, memory-mapped, so that it may be larger than memory.
// Tensors `source` and `target` (U16, or U32 for vocabularies over 65,536 pieces) hold all sentences' ids end to end,
// without </s>; sentence i of the source is source[source_offsets[i] … source_offsets[i + 1]) (U64, size + 1 of them),
// and the target is stored in the same way. A corpus may hold the lines of text too, as bytes of UTF-8, in the tensors
// `source_text` and `target_text` (U8) with `source_text_offsets` and `target_text_offsets`: ids cannot give back
// characters that the vocabulary lacks or normalises, and references are the text itself. The metadata names format,
// version, languages, and each vocabulary's size and SHA-256.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "format/safetensors.h"

namespace rotor {

class Vocabulary;

/// The metadata's `format` and `version`.
inline constexpr const char* kCorpusFormat = "rotor-corpus";
inline constexpr const char* kCorpusVersion = "1";

/// A corpus's record of one of its two sides.
struct CorpusSide {
  std::string language;
  std::string vocabulary_sha256;
  int64_t vocabulary_size = 0;
};

class Corpus {
 public:
  /// Opens a file; a truncated, foreign or corrupted file is an Error that names it.
  explicit Corpus(const std::filesystem::path& path);

  int64_t size() const { return size_; }  ///< number of sentence pairs
  const std::filesystem::path& path() const { return file_.path(); }

  /// The ids of sentence i, 0 ≤ i < size(), without </s>.
  std::vector<int32_t> source(int64_t i) const { return source_.sentence(*this, i); }
  std::vector<int32_t> target(int64_t i) const { return target_.sentence(*this, i); }

  /// Whether the corpus holds the lines of text beside their ids: those that rotor-preprocess makes do, but `train`.
  bool has_text() const { return !source_.text_offsets.empty(); }
  /// The lines that sentence i is of, as the files had them; of a corpus that has_text().
  std::string_view source_text(int64_t i) const { return source_.line(i); }
  std::string_view target_text(int64_t i) const { return target_.line(i); }

  /// The length of sentence i in tokens, </s> counted.
  int64_t source_length(int64_t i) const { return source_.length(i); }
  int64_t target_length(int64_t i) const { return target_.length(i); }

  /// The number of source tokens, </s> counted.
  int64_t source_tokens() const { return static_cast<int64_t>(source_.offsets.back()) + size_; }
  int64_t target_tokens() const { return static_cast<int64_t>(target_.offsets.back()) + size_; }

  const CorpusSide& source_side() const { return source_.info; }
  const CorpusSide& target_side() const { return target_.info; }

  /// Throws an Error that names this file and the side that disagrees, unless it was made with these vocabularies.
  void check_vocabulary(const Vocabulary& source, const Vocabulary& target) const;

 private:
  struct Side {
    CorpusSide info;
    std::span<const uint64_t> offsets;
    std::span<const uint16_t> short_ids;  ///< one of the two is empty
    std::span<const uint32_t> long_ids;
    std::span<const uint8_t> text;
    std::span<const uint64_t> text_offsets;  ///< none if there is no text

    int64_t length(int64_t i) const { return static_cast<int64_t>(offsets[i + 1] - offsets[i]) + 1; }
    std::string_view line(int64_t i) const {
      return {reinterpret_cast<const char*>(text.data()) + text_offsets[i], text_offsets[i + 1] - text_offsets[i]};
    }
    std::vector<int32_t> sentence(const Corpus& corpus, int64_t i) const;
  };
  Side open(const std::string& name) const;
  /// The offsets of a tensor's sequences, which lie end to end; an Error unless they do.
  std::span<const uint64_t> offsets_of(const std::string& name) const;

  SafeTensors file_;
  Side source_, target_;
  int64_t size_ = 0;
};

}  // namespace rotor
