// A column of a corpus: a sentence of token ids for each row, in tensors of a safetensors file that is mapped into
// memory. Of a column `source`, the tensor `source` (U16, or U32 for vocabularies over 65,536 pieces) holds all ids end
// to end, without </s>; sentence i is source[source_offsets[i] … source_offsets[i + 1]) (U64, size + 1 of them). The
// column may hold the lines of text too, as bytes of UTF-8, in `source_text` (U8) with `source_text_offsets`: ids
// cannot give back characters that the vocabulary lacks or normalises. The metadata says `source_language`, the
// vocabulary's `source_vocabulary_size` and `source_vocabulary_sha256`, and where they are not fairseq's the special
// tokens' ids.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "format/safetensors_writer.h"
#include "text/special_tokens.h"

namespace rotor {

class Vocabulary;

/// The record that a corpus keeps of a column.
struct ColumnInfo {
  std::string name;
  std::string language;  ///< may be empty, which says nothing
  std::string vocabulary_sha256;
  int64_t vocabulary_size = 0;
  SpecialTokens specials = {};
};

/// The record of a column that is encoded with a vocabulary.
ColumnInfo describe_column(const std::string& name, const std::string& language, const Vocabulary& vocabulary);

/// The size of a text of which each line ends in one line feed, also where the file's last one has none.
struct TextSize {
  int64_t characters = 0;  ///< Unicode's code points
  int64_t bytes = 0;       ///< of UTF-8

  /// Counts a line, given without its line feed. In text that is not UTF-8, each byte that continues none is one.
  void add_line(std::string_view line);

  friend bool operator==(const TextSize&, const TextSize&) = default;
};

class CorpusColumn {
 public:
  /// Opens the column of a file; a part that is missing or contradicts another is an Error that names the file.
  CorpusColumn(const SafeTensors& file, const std::string& name);

  const ColumnInfo& info() const { return info_; }
  int64_t size() const { return static_cast<int64_t>(offsets_.size()) - 1; }  ///< number of sentences

  /// The ids of sentence i, 0 ≤ i < size(), without </s>.
  std::vector<int32_t> ids(int64_t i) const;
  /// The length of sentence i in tokens, </s> counted.
  int64_t length(int64_t i) const { return static_cast<int64_t>(offsets_[i + 1] - offsets_[i]) + 1; }
  /// The number of tokens before sentence i, 0 ≤ i ≤ size(), a </s> for each sentence counted.
  int64_t begin(int64_t i) const { return static_cast<int64_t>(offsets_[i]) + i; }
  /// The number of tokens, </s> counted.
  int64_t tokens() const { return begin(size()); }

  /// Whether the column holds the lines of text beside their ids: those that rotor-preprocess makes do, but in `train`.
  bool has_text() const { return !text_offsets_.empty(); }
  /// The line that sentence i is of, as the file had it; of a column that has_text().
  std::string_view text(int64_t i) const;
  /// Sentence i as a line: its text, or if there is none its ids decoded, with what the vocabulary did to them.
  std::string line(int64_t i, const Vocabulary& vocabulary) const;
  /// The size of the text that the sentences are of, if the corpus records it: those of language models do.
  const std::optional<TextSize>& text_size() const { return text_size_; }

  /// Throws an Error that names the file and the column, unless it was encoded with this vocabulary.
  void check_vocabulary(const Vocabulary& vocabulary) const;

 private:
  /// The offsets of a tensor's sequences, which lie end to end; an Error unless they do.
  std::span<const uint64_t> offsets_of(const std::string& name) const;

  SafeTensors file_;
  ColumnInfo info_;
  std::span<const uint64_t> offsets_;
  std::span<const uint16_t> short_ids_;  ///< one of the two is empty
  std::span<const uint32_t> long_ids_;
  std::span<const uint8_t> text_;
  std::span<const uint64_t> text_offsets_;  ///< none if there is no text
  std::optional<TextSize> text_size_;
};

/// Adds what a file's metadata says of a column.
void write_column_info(SafeTensorsWriter& writer, const ColumnInfo& info);
void write_text_size(SafeTensorsWriter& writer, const std::string& column, const TextSize& size);

}  // namespace rotor
