// Blocks of a stream of tokens, as fairseq's TokenBlockDataset cuts them. The stream is the sentences of a column end
// to end, each ended by </s>; a line without tokens is </s> alone.
//
// Blocks end (--sample-break-mode)
//   none          after so many tokens, anywhere,
//   complete      after a sentence: as many sentences as fit, at least one,
//   complete_doc  likewise, and at the end of a document; lines without tokens belong to no block,
//   eos           after each sentence.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/corpus.h"

namespace rotor {

enum class BreakMode { kNone, kComplete, kCompleteDoc, kEos };

/// "none", "complete", "complete_doc", "eos".
std::vector<std::string> break_mode_names();
/// The mode of a name; an unknown one is an Error.
BreakMode break_mode(const std::string& name);

/// The tokens begin … end − 1 of a stream.
struct TokenBlock {
  int64_t begin = 0, end = 0;

  int64_t size() const { return end - begin; }
  bool operator==(const TokenBlock&) const = default;
};

/// The blocks of a corpus's column, in the order of the stream. With `complete` and `complete_doc` a sentence longer
/// than `tokens` is a block of its own, longer too; `eos` does not look at `tokens`.
std::vector<TokenBlock> cut_blocks(const Corpus& corpus, const CorpusColumn& column, BreakMode mode, int64_t tokens);

/// The ids of a block, </s> at the ends of sentences.
std::vector<int32_t> read_block(const CorpusColumn& column, TokenBlock block);

/// For each token of a block the one before it in the stream; before the first of all, the start token, </s>.
std::vector<int32_t> read_inputs(const CorpusColumn& column, TokenBlock block);

}  // namespace rotor
