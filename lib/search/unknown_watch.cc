#include "search/unknown_watch.h"

#include <algorithm>

#include "base/log.h"

namespace rotor {

bool is_mostly_unknown(const TokenIds& source, const SpecialTokens& specials) {
  const auto unknown = std::count(source.begin(), source.end(), specials.unk);
  const auto pieces = std::ssize(source) - std::count(source.begin(), source.end(), specials.eos);
  return unknown > 0 && static_cast<double>(unknown) >= kUnknownShare * static_cast<double>(pieces);
}

void UnknownWatch::add(const Request& request) {
  ++sources_;
  if (!is_mostly_unknown(request.source, specials_) || ++unknown_ > 1) return;
  log::warn(
      "line {}: {} of {} pieces are unknown to the model's vocabulary, so that its translation is mostly invented; is "
      "it in the language of the model?",
      request.number + 1, std::count(request.source.begin(), request.source.end(), specials_.unk),
      std::ssize(request.source) - 1);
}

void UnknownWatch::finish() const {
  if (unknown_ < 2) return;
  log::warn("{} of {} sentences have at least {:.0f} % of their pieces unknown to the model's vocabulary", unknown_,
            sources_, 100 * kUnknownShare);
}

}  // namespace rotor
