// Shortlists: for each piece of the source the few target pieces that probably translate it, so that a model scores
// those alone (Jean et al. 2015), as Marian's --shortlist does. A file has one of two forms:
//
//   - text, which may be compressed: a line "target source probability" for each pair of pieces, with blanks or tabs
//     between them, as Marian and fast_align's tools write it. A piece is spelt as the vocabulary does; NULL is none.
//   - Marian's binary form: 64-bit integers, little-endian, magic number, checksum, numbers of first and of best
//     pieces, of offsets, and of list elements; the offsets, one for each source piece and the end; the lists, one
//     after the other, of 32-bit target ids. The vocabulary's ids are those of the model's file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "data/corpus_folder.h"
#include "search/search_input.h"

namespace rotor {

class Shortlist {
 public:
  /// Reads a file. Of text, `first` pieces of the target's vocabulary are always in the list, and each source piece
  /// has its `best` likeliest translations; a binary file has both numbers. What is neither form, damaged, not for
  /// these vocabularies or without any piece is an Error; pieces of a text that they lack are left out, with a warning.
  Shortlist(const std::filesystem::path& path, const Vocabularies& vocabularies, int64_t first, int64_t best);

  /// Whether a file begins as the binary form does; false if there is none.
  static bool is_binary(const std::filesystem::path& path);

  /// The tokens that may be in a translation, in rising order: </s> and <unk>, the first pieces, the best ones of each
  /// piece of the source, that piece itself if the vocabulary is joined, and the input's prefix and phrases.
  std::vector<int32_t> tokens(const SearchInput& input) const;

 private:
  void read_text(const std::filesystem::path& path, const Vocabularies& vocabularies, int64_t best);
  /// Returns the number of first pieces.
  int64_t read_binary(const std::string& bytes, const std::string& name, const Vocabularies& vocabularies);

  std::vector<int32_t> always_;
  std::vector<int64_t> offsets_;  ///< of the list of each source piece, and the end of the last
  std::vector<int32_t> lists_;
  bool joined_;
};

}  // namespace rotor
