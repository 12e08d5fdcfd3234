// The samples that fairseq makes of some streams (tests/golden/fairseq_blocks.json).
#pragma once

#include <fmt/format.h>

#include <fstream>
#include <string>

#include "base/json.h"
#include "base/scratch.h"
#include "data/corpora.h"

namespace rotor {

class FairseqBlocks {
 public:
  FairseqBlocks() : golden_(nlohmann::json::parse(std::ifstream(ROTOR_GOLDEN "/fairseq_blocks.json"))) {}

  /// Objects with stream, sample_break_mode, tokens_per_sample, context_window and blocks.
  const nlohmann::json& cases() const { return golden_["cases"]; }

  /// The stream of a case as a corpus, whose empty lines end documents.
  Corpus corpus(const nlohmann::json& of) const {
    std::vector<Ids> lines = golden_["streams"][of["stream"].get<std::string>()].get<std::vector<Ids>>();
    for (Ids& line : lines) line.pop_back();  // </s>
    return text_corpus(folder_ / "stream.safetensors", lines);
  }

  static std::string name(const nlohmann::json& of) {
    return fmt::format("{} {} {} {}", of["stream"].get<std::string>(), of["sample_break_mode"].get<std::string>(),
                       of["tokens_per_sample"].get<int64_t>(), of["context_window"].get<int64_t>());
  }

 private:
  nlohmann::json golden_;
  ScratchFolder folder_;
};

}  // namespace rotor
