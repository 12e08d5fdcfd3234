#include "data/masking.h"

#include "base/check.h"
#include "base/option_text.h"
#include "text/task.h"

namespace rotor {

void MaskOptions::describe(Options& options) {
  options.group("Masking");
  options.add("mask-prob", &prob, "probability with which a token is chosen to be predicted").above(0).at_most(1);
  options.add("leave-unmasked-prob", &leave_unmasked, "share of the chosen tokens that stay").at_least(0).at_most(1);
  options.add("random-token-prob", &random_token, "share of the chosen tokens that another one replaces")
      .at_least(0)
      .at_most(1);
  options.add("mask-whole-words", &whole_words, "choose words with all their pieces");
}

void MaskOptions::check() const {
  require(leave_unmasked + random_token <= 1,
          "expected --leave-unmasked-prob and --random-token-prob that add up to at most 1, got {} and {}",
          leave_unmasked, random_token);
}

Masking::Masking(const MaskOptions& options, const SpecialTokens& specials, int64_t size,
                 const std::optional<Vocabulary>& vocabulary, const std::string& origin)
    : options_(options), specials_(specials), size_(size) {
  options.check();
  ROTOR_CHECK(specials.mask >= 0,
              "{}: expected a vocabulary with <mask>, got one without; make it by rotor-preprocess --task {}", origin,
              kMaskedLm);
  if (!options.whole_words) return;
  ROTOR_CHECK(vocabulary->cuts_words(),
              "{}: expected a vocabulary that cuts words into pieces for --mask-whole-words, got another; leave it out",
              origin);
  for (int32_t id = 0; id < size; ++id) begins_word_.push_back(vocabulary->begins_word(id));
}

bool Masking::begins_word(const std::vector<int32_t>& ids, size_t i) const {
  return begins_word_.empty() || i == 0 || specials_.contains(ids[i - 1]) || begins_word_.at(ids[i]);
}

int32_t Masking::other_token(Random& random) const {
  for (;;) {
    const auto id = static_cast<int32_t>(random.below(static_cast<uint64_t>(size_)));
    if (!specials_.contains(id)) return id;
  }
}

std::vector<int32_t> Masking::operator()(std::vector<int32_t>& ids, Random random) const {
  enum class Fate { kUnchosen, kMasked, kReplaced, kLeft };
  const auto draw = [&] {
    if (random.uniform() >= options_.prob) return Fate::kUnchosen;
    const double share = random.uniform();
    if (share < options_.leave_unmasked) return Fate::kLeft;
    return share < options_.leave_unmasked + options_.random_token ? Fate::kReplaced : Fate::kMasked;
  };
  std::vector<int32_t> places;
  const std::vector<int32_t> text = ids;
  Fate fate = Fate::kUnchosen;
  for (size_t i = 0; i < text.size(); ++i) {
    if (specials_.contains(text[i]) && text[i] != specials_.unk) continue;
    if (begins_word(text, i)) fate = draw();
    if (fate == Fate::kUnchosen) continue;
    places.push_back(static_cast<int32_t>(i));
    if (fate == Fate::kMasked) ids[i] = specials_.mask;
    if (fate == Fate::kReplaced) ids[i] = other_token(random);
  }
  return places;
}

}  // namespace rotor
