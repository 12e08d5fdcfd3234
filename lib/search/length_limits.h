// LengthLimits: the most tokens of sentences and prompts, and the treatment of longer ones: they are shortened, with
// one warning, or they are an Error that names the line.
#pragma once

#include <cstdint>
#include <string>

#include "search/search_input.h"

namespace rotor {

struct LengthLimit {
  int64_t tokens = 1024;
  bool of_model = false;  ///< the positions of a model end there; else an option says so

  /// Lowers the limit to the positions of a model.
  void lower(int64_t positions);
};

/// A sentence's </s> counts. A target's limit is also that of a prompt with its continuation.
struct LengthLimits {
  LengthLimit source, target;
  bool refuse = false;  ///< whether longer ones are an Error
};

class Shortener {
 public:
  /// Shortens sentences of a side, "source" or "target": their end goes, and </s> stays.
  static Shortener of_sentences(const std::string& side, const LengthLimit& limit, bool refuse);
  /// Shortens prompts, whose beginning goes, so that a token and </s> have room after them.
  static Shortener of_prompts(const LengthLimit& target, bool refuse);

  /// Shortens `ids`; `place` says where they come from. The last `kept` tokens of a sentence stay: </s>, and what may
  /// come after it.
  void operator()(TokenIds& ids, const std::string& place, int64_t kept = 1);

 private:
  Shortener(std::string what, std::string option, std::string remedy, bool keeps_end, const LengthLimit& limit,
            bool refuse)
      : what_(std::move(what)),
        option_(std::move(option)),
        remedy_(std::move(remedy)),
        keeps_end_(keeps_end),
        limit_(limit),
        refuse_(refuse) {}

  std::string what_, option_, remedy_;
  bool keeps_end_;
  LengthLimit limit_;
  bool refuse_, warned_ = false;
};

}  // namespace rotor
