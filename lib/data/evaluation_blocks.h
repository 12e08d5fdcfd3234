// Blocks of a text for the evaluation of a language model, in the order of the text. With a context window of c each
// block sees up to c more tokens before it, which are not scored with it: every token of every block is scored once,
// and all but the first ones with at least c tokens before them, if --sample-break-mode is none. These are the blocks
// of fairseq's LMContextWindowDataset: they get shorter by c, and the context are the inputs of the blocks before, also
// those of other documents.
//
//   const EvaluationBlocks blocks(corpus, {.tokens_per_sample = 512, .context_window = 256});
//   for (int64_t k = 0; k < blocks.size(); ++k) score(blocks[k]);
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "data/batch.h"
#include "data/corpus.h"
#include "data/token_blocks.h"

namespace rotor {

struct EvaluationOptions {
  int64_t tokens_per_sample = 1024;  ///< most tokens of a row, its context among them
  std::string sample_break_mode = "none";
  int64_t context_window = 0;
  int64_t max_tokens = 4096;  ///< largest batch: rows × the longest; a longer row is a batch of its own
  int64_t batch_size = 0;     ///< largest number of rows; 0 sets no limit
  int64_t max_target_positions = std::numeric_limits<int64_t>::max();  ///< the model's
};

struct EvaluationBatch {
  /// A row has the targets of its context first, then those that are scored. The batch's tokens count both.
  Batch batch;
  std::vector<int64_t> context;  ///< [rows] number of leading targets that are not scored
  /// [rows] place of a row's first scored target in the text, in tokens from its beginning, a </s> a line counted; the
  /// others follow it one by one.
  std::vector<int64_t> places;
};

class EvaluationBlocks {
 public:
  /// A context window that leaves no token to a block, and blocks of more tokens than the model has positions for, are
  /// an Error. Lines longer than that, which are blocks of their own, are left out.
  EvaluationBlocks(Corpus corpus, const EvaluationOptions& options);
  EvaluationBlocks(const EvaluationBlocks&) = delete;
  EvaluationBlocks& operator=(const EvaluationBlocks&) = delete;

  int64_t size() const { return std::ssize(ends_); }  ///< number of batches
  EvaluationBatch operator[](int64_t k) const;

  int64_t blocks() const { return std::ssize(blocks_); }
  int64_t skipped() const { return skipped_; }  ///< number of blocks left out
  int64_t targets() const;                      ///< number of targets that are scored

  /// The number of the document, from 0, that holds a token, which is given by its place in the text.
  int64_t document(int64_t token) const;

 private:
  int64_t context_of(int64_t block, int64_t before) const;
  void cut_batches();
  /// Adds a row: the block after its context.
  void add(int64_t block, std::vector<std::vector<int32_t>>& inputs, std::vector<std::vector<int32_t>>& targets) const;

  const Corpus corpus_;
  const CorpusColumn& text_;
  EvaluationOptions options_;
  std::vector<TokenBlock> blocks_;
  std::vector<int64_t> context_;  ///< of each block
  std::vector<int64_t> ends_;     ///< batch k is of the blocks ends_[k - 1] … ends_[k] − 1
  int64_t skipped_ = 0;
};

}  // namespace rotor
