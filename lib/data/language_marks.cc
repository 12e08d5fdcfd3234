#include "data/language_marks.h"

#include <fmt/ranges.h>

#include "base/option_text.h"
#include "text/mapped_vocabulary.h"

namespace rotor {
namespace {

/// A few names, close to the one that is not among them first.
std::string some_of(const std::map<std::string, int32_t>& languages, const std::string& missing) {
  constexpr size_t kMost = 8, kSame = 2;
  std::vector<std::string> close, names;
  for (const auto& [name, id] : languages) {
    (name.starts_with(missing.substr(0, kSame)) ? close : names).push_back(name);
  }
  close.insert(close.end(), names.begin(), names.end());
  const size_t more = close.size() - std::min(close.size(), kMost);
  close.resize(close.size() - more);
  return fmt::format("{}{}", fmt::join(close, ", "), more > 0 ? fmt::format(" and {} more", more) : "");
}

int32_t mark(const char* option, const std::string& name, const Vocabulary& vocabulary, const std::string& origin) {
  const auto& languages = vocabulary.languages();
  const auto found = languages.find(name);
  require(found != languages.end(), "{} knows {} languages and needs {} as one of them, got '{}'; choose one of: {}",
          origin, languages.size(), option, name, some_of(languages, name));
  return found->second;
}

}  // namespace

LanguageMarks language_marks(const std::string& source, const std::string& target, const Vocabularies& vocabularies,
                             const std::string& origin) {
  if (vocabularies.source.languages().empty()) {
    require(
        source.empty() && target.empty(),
        "{} has no tokens of languages, it translates between those that it was trained on: leave out --source-lang "
        "and --target-lang",
        origin);
    return {};
  }
  return {mark("--source-lang", source, vocabularies.source, origin),
          mark("--target-lang", target, vocabularies.target, origin), has_language_last(vocabularies.source.bytes())};
}

}  // namespace rotor
