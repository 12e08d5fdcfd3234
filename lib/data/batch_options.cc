#include "data/batch_options.h"

#include "data/token_blocks.h"
#include "data/truncation.h"

namespace rotor {

void BatchOptions::describe(Options& options) {
  options.group("Batches");
  options
      .add("max-tokens", &max_tokens, "largest batch in tokens: sentences × the longest source or target, </s> counted")
      .at_least(1)
      .common();
  options.add("batch-size", &batch_size, "largest batch in sentences; 0 sets no limit")
      .also("--max-sentences")
      .at_least(0)
      .common();
  options
      .add("required-batch-size-multiple", &required_batch_size_multiple,
           "the number of sentences in a batch is a multiple of this, if there are enough")
      .at_least(1);
  options
      .add("bpe-dropout", &bpe_dropout,
           "probability with which training leaves out each BPE merge, so that it sees words split differently each "
           "time; batches become somewhat larger than --max-tokens")
      .at_least(0)
      .below(1);
  options
      .add("tokens-per-sample", &tokens_per_sample,
           "of a language model, masked or not: tokens in a sample, a block of the text")
      .at_least(1)
      .at_most(kMostTokensPerSample);
  options.add("sample-break-mode", sample_break_mode,
              "of a language model, where samples end: none, after --tokens-per-sample tokens; complete, after a line, "
              "with as many lines as fit; complete_doc, after a document too; eos, after each line",
              break_mode_names());
  options.add(
      "truncate", truncate,
      "of whole sentences, how a row longer than --max-source-positions is cut: none, it is left out; longest, "
      "tokens go from the end of the longer text; first, second, from the end of that text; head-and-tail, from "
      "the middle of the longer text, three quarters of which is its end",
      truncation_names());
  mask.describe(options);
}

}  // namespace rotor
