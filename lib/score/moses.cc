#include "score/moses.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/check.h"
#include "score/rewrite.h"
#include "score/whitespace.h"
#include "text/unicode.h"

namespace rotor {
namespace {

/// Stands for a period of an ellipsis, out of reach of all rules on periods.
constexpr char32_t kEllipsisDot = 0x110000;

/// Words that a period belongs to, whatever follows; before a number only. Those with a period inside need no entry.
struct Abbreviations {
  std::set<std::string, std::less<>> always, before_number;
};

void add_words(std::string_view words, std::set<std::string, std::less<>>& set) {
  for (std::string_view word : split_words(words)) set.emplace(word);
}

constexpr std::string_view kTitles =
    "Adj Adm Adv Asst Bart Bldg Brig Bros Capt Cmdr Col Comdr Con Corp Cpl DR Dr Ens Gen Gov Hon Hosp Insp Lt MM MR "
    "MRS MS Maj Messrs Mlle Mme Mr Mrs Ms Msgr Op Ord Pfc Ph Prof Pvt Rep Reps Res Rev Rt Sen Sens Sfc Sgt Sr St Supt "
    "Surg";
constexpr std::string_view kEnglish = "Apr Aug Dec Drs Feb Hr Jan Jul Jun Mar Nos Nov Nr Oct Rs Sep rev v vs";
constexpr std::string_view kGerman =
    "Art BSE Buchst Ca Chr Co Dkr Ltd Mio Mrd MwSt No Nos Nr SA Std Zt bzgl bzw ca dergl dgl etc evtl ff ggf jun pp "
    "sen "
    "sog sogen spp usf usw v vgl vs zzt";
constexpr std::string_view kRoman =
    "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX "
    "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx";
constexpr int kLastOrdinal = 99;  // "am 3. Mai"

const Abbreviations& abbreviations(const std::string& language) {
  static const Abbreviations english = [] {
    Abbreviations made;
    for (char c = 'A'; c <= 'Z'; ++c) made.always.emplace(1, c);
    add_words(kTitles, made.always);
    add_words(kEnglish, made.always);
    made.before_number = {"Art", "No", "pp"};
    return made;
  }();
  static const Abbreviations german = [] {
    Abbreviations made;
    for (char c = 'A'; c <= 'Z'; ++c) made.always.insert({std::string(1, c), std::string(1, c - 'A' + 'a')});
    for (int n = 1; n <= kLastOrdinal; ++n) made.always.insert(std::to_string(n));
    for (std::string_view words : {kTitles, kGerman, kRoman}) add_words(words, made.always);
    return made;
  }();
  return language == "en" ? english : german;
}

bool is_not_alphabetic(char32_t c) {
  return !is_alphabetic(c);
}

/// All but letters, digits and the marks with rules of their own stand apart.
std::u32string separate_marks(const std::u32string& text) {
  return set_apart(text, [](char32_t c) {
    return !is_alphanumeric(c) && !is_python_space(c) && std::u32string_view(U".'`,-").find(c) == std::u32string::npos;
  });
}

/// Runs of two and more periods become words of their own.
std::u32string separate_ellipses(const std::u32string& text) {
  std::u32string out;
  for (size_t i = 0; i < text.size();) {
    const size_t end = std::min(text.find_first_not_of(U'.', i), text.size());
    if (end - i >= 2) {
      out.append(1, U' ').append(end - i, kEllipsisDot).append(1, U' ');
      i = end;
    } else {
      out.push_back(text[i++]);
    }
  }
  return out;
}

/// Commas stand apart but between numbers.
std::u32string separate_commas(std::u32string text) {
  text = space_pairs(text, "1 2 ", [](char32_t a, char32_t b) { return b == ',' && !is_number(a); });
  text = space_pairs(text, " 1 2", [](char32_t a, char32_t b) { return a == ',' && !is_number(b); });
  if (text.ends_with(',')) text.insert(text.size() - 1, 1, U' ');
  return text;
}

using Is = bool (*)(char32_t);

/// Replaces every apostrophe between characters of the given kinds.
std::u32string replace_apostrophes(const std::u32string& text, Is before, Is after, std::u32string_view replacement) {
  std::u32string out;
  size_t i = 0;
  while (i + 2 < text.size()) {
    if (text[i + 1] == '\'' && before(text[i]) && after(text[i + 2])) {
      out.append(1, text[i]).append(replacement).append(1, text[i + 2]);
      i += 3;
    } else {
      out.push_back(text[i++]);
    }
  }
  return out.append(text, i);
}

/// "don't" → "don 't", and any other apostrophe stands alone.
std::u32string separate_english_apostrophes(std::u32string text) {
  const Is neither = [](char32_t c) { return !is_alphabetic(c) && !is_number(c); };
  text = replace_apostrophes(text, is_not_alphabetic, is_not_alphabetic, U" ' ");
  text = replace_apostrophes(text, neither, is_alphabetic, U" ' ");
  text = replace_apostrophes(text, is_alphabetic, is_not_alphabetic, U" ' ");
  text = replace_apostrophes(text, is_alphabetic, is_alphabetic, U" '");
  return replace_apostrophes(
      text, is_number, [](char32_t c) { return c == 's'; }, U" '");
}

std::vector<std::u32string> words_of(const std::u32string& text) {
  std::vector<std::u32string> words;
  for (size_t i = 0; i < text.size();) {
    const auto begin = std::find_if_not(text.begin() + static_cast<int64_t>(i), text.end(), is_python_space);
    const auto end = std::find_if(begin, text.end(), is_python_space);
    if (begin != end) words.emplace_back(begin, end);
    i = static_cast<size_t>(end - text.begin());
  }
  return words;
}

/// Whether the period at the end of a word belongs to it; `next` is the word that follows or empty.
bool keeps_period(const std::u32string& word, const std::u32string& next, const Abbreviations& known) {
  const auto prefix = std::u32string_view(word).substr(0, word.size() - 1);
  if (prefix.find('.') != prefix.npos && std::any_of(prefix.begin(), prefix.end(), is_alphabetic)) return true;
  const std::string name = to_utf8(prefix);
  if (known.always.contains(name)) return true;
  if (next.empty()) return false;
  return is_lowercase(next[0]) || (known.before_number.contains(name) && next[0] >= '0' && next[0] <= '9');
}

std::u32string separate_periods(const std::u32string& text, const Abbreviations& known) {
  const std::vector<std::u32string> words = words_of(text);
  std::u32string out;
  for (size_t i = 0; i < words.size(); ++i) {
    std::u32string word = words[i];
    const std::u32string next = i + 1 < words.size() ? words[i + 1] : U"";
    if (word.size() > 1 && word.ends_with('.') && !keeps_period(word, next, known)) {
      word.insert(word.size() - 1, 1, U' ');
    }
    if (!out.empty()) out.push_back(' ');
    out += word;
  }
  if (out.ends_with(U".'")) out.replace(out.size() - 2, 2, U" . '");
  return out;
}

std::string escaped(std::string text) {
  static const std::vector<std::pair<const char*, const char*>> escapes = {
      {"&", "&amp;"},  {"|", "&#124;"},  {"<", "&lt;"},  {">", "&gt;"},
      {"'", "&apos;"}, {"\"", "&quot;"}, {"[", "&#91;"}, {"]", "&#93;"},
  };
  for (const auto& [from, to] : escapes) replace_all(text, from, to);
  return text;
}

}  // namespace

const std::vector<std::string>& moses_languages() {
  static const std::vector<std::string> languages = {"en", "de"};
  return languages;
}

std::string tokenize_moses(std::string_view segment, const std::string& language) {
  const auto& languages = moses_languages();
  ROTOR_CHECK(std::find(languages.begin(), languages.end(), language) != languages.end(),
              "expected a language of Moses's tokeniser among {}, got \"{}\"", fmt::join(languages, ", "), language);
  std::u32string text = code_points(single_spaced(segment));
  std::erase_if(text, [](char32_t c) { return c < 0x20; });
  text = separate_commas(separate_ellipses(separate_marks(text)));
  text = language == "en" ? separate_english_apostrophes(std::move(text))
                          : set_apart(text, [](char32_t c) { return c == '\''; });
  text = separate_periods(text, abbreviations(language));
  std::replace(text.begin(), text.end(), kEllipsisDot, U'.');
  return escaped(single_spaced(to_utf8(text)));
}

std::string split_compounds(std::string_view tokens) {
  const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  std::string out;
  size_t i = 0;
  while (i + 2 < tokens.size()) {
    if (tokens[i + 1] == '-' && !is_space(tokens[i]) && !is_space(tokens[i + 2])) {
      out.append(1, tokens[i]).append(" ##AT##-##AT## ").append(1, tokens[i + 2]);
      i += 3;
    } else {
      out.push_back(tokens[i++]);
    }
  }
  return out.append(tokens.substr(i));
}

}  // namespace rotor
