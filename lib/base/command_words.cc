#include "base/command_words.h"

#include <algorithm>
#include <boost/make_shared.hpp>
#include <boost/program_options.hpp>

#include "base/foreign_options.h"

namespace rotor {

namespace po = boost::program_options;

namespace {

/// A word that begins with a dash: "--name=value" is the name and "=value".
struct Spelled {
  std::string name, value;
};

Spelled split_value(const std::string& word) {
  const size_t equals = word.starts_with("--") ? std::min(word.find('='), word.size()) : word.size();
  return {word.substr(0, equals), word.substr(equals)};
}

/// Turns words into those that Boost knows: each option as --name, each flag with its value.
class Normalizer {
 public:
  /// Adds the options of other tools that it leaves out to `foreign`.
  Normalizer(const std::string& command, const Texts& words, const std::deque<Option>& options,
             std::map<std::string, std::string>& foreign)
      : command_(command), words_(words), options_(options), foreign_(foreign) {}

  Texts run() {
    for (; next_ < words_.size() && words_[next_] != "--"; ++next_) {
      const std::string& word = words_[next_];
      const auto [name, value] = split_value(word);
      if (const Option* option = find(name)) {
        take(*option, value);
      } else if (const Option* flag = value.empty() ? find_negated(name) : nullptr) {
        out_.push_back("--" + flag->name + "=false");
      } else if (!leave_out(name, value) && !take_adjacent(word)) {
        out_.push_back(word);
      }
    }
    out_.insert(out_.end(), words_.begin() + static_cast<std::ptrdiff_t>(next_), words_.end());
    return std::move(out_);
  }

 private:
  const Option* find(const std::string& name) const {
    const auto found = std::find_if(options_.begin(), options_.end(), [&](const Option& o) {
      return (o.named && "--" + o.name == name) || std::count(o.spellings.begin(), o.spellings.end(), name) > 0;
    });
    return found == options_.end() ? nullptr : &*found;
  }

  const Option* find_negated(const std::string& name) const {
    const Option* option = name.starts_with("--no-") ? find("--" + name.substr(5)) : nullptr;
    return option != nullptr && option->can_be_negated() ? option : nullptr;
  }

  /// Boost knows no value that may be left out without swallowing a positional argument: a flag gets its value here.
  void take(const Option& option, const std::string& value) {
    const std::string following = next_ + 1 < words_.size() ? words_[next_ + 1] : "";
    const bool spelt_out = option.is_flag() && value.empty() && (following == "true" || following == "false");
    if (spelt_out) ++next_;
    if (!option.is_flag() && value.empty() && following.starts_with("--") && find(split_value(following).name)) {
      refuse("--{} expects a value, got the option {}", option.name, following);
    }
    out_.push_back("--" + option.name +
                   (!option.is_flag() || !value.empty() ? value
                    : spelt_out                         ? "=" + following
                                                        : "=true"));
  }

  /// Whether the word is another tool's option, and asks for nothing else than the command does.
  bool leave_out(const std::string& name, const std::string& value) {
    const ForeignOption* foreign = foreign_option(command_, name);
    if (foreign == nullptr) return false;
    const auto is_same = [&](const std::string& text) {
      return std::count(foreign->same.begin(), foreign->same.end(), text) > 0;
    };
    const bool follows = value.empty() && next_ + 1 < words_.size() && !words_[next_ + 1].starts_with('-');
    const bool takes = follows && (foreign->value == ForeignValue::kOne ||
                                   (foreign->value == ForeignValue::kOptional && is_same(words_[next_ + 1])));
    const std::string text = takes ? words_[++next_] : value.empty() ? "" : value.substr(1);
    if (!is_same(text) && !foreign->answer.empty()) refuse("there is no {}{} here: {}", name, value, foreign->answer);
    foreign_[name] = text;
    return true;
  }

  /// Takes "-w4" as "-w 4".
  bool take_adjacent(const std::string& word) {
    if (word.size() < 3 || word[0] != '-' || word[1] == '-') return false;
    const Option* option = find(word.substr(0, 2));
    if (option == nullptr || option->is_flag()) return false;
    out_.push_back("--" + option->name);
    out_.push_back(word.substr(2));
    return true;
  }

  const std::string& command_;
  const Texts& words_;
  const std::deque<Option>& options_;
  std::map<std::string, std::string>& foreign_;
  size_t next_ = 0;
  Texts out_;
};

po::options_description described(const std::deque<Option>& options) {
  po::options_description all;
  all.add_options()("config", po::value<std::string>());
  for (const Option& option : options) {
    if (!option.named && option.spellings.empty()) continue;
    all.add(boost::make_shared<po::option_description>(
        option.name.c_str(), option.is_list() ? static_cast<po::value_semantic*>(po::value<Texts>()->multitoken())
                                              : po::value<std::string>()));
  }
  return all;
}

[[noreturn]] void refuse_unknown(const std::string& word, const std::deque<Option>& options) {
  Texts names;
  for (const Option& option : options) {
    if (option.named) names.push_back(option.name);
  }
  std::string bare = word.substr(std::min(word.find_first_not_of('-'), word.size()));
  bare = bare.substr(0, bare.find('='));
  std::string hint = did_you_mean(bare, names, "--");
  if (hint.empty() && bare.starts_with("no-")) hint = did_you_mean(bare.substr(3), names, "--no-");
  refuse("unknown option {}{}; --help-all lists them all", word, hint);
}

/// Whether all values given for the option count, not the last one alone.
bool adds_up(const std::deque<Option>& options, const std::string& name) {
  return name == "config" ||
         std::any_of(options.begin(), options.end(), [&](const Option& o) { return o.name == name && o.is_list(); });
}

void add_values(Texts& values, const Texts& given, bool all) {
  if (!all) values.clear();
  values.insert(values.end(), given.begin(), given.end());
}

}  // namespace

CommandWords sort_words(const std::string& command, const Texts& words, const std::deque<Option>& options) {
  namespace style = po::command_line_style;
  constexpr int kStyle = style::allow_long | style::long_allow_adjacent | style::long_allow_next | style::allow_short |
                         style::allow_dash_for_short | style::short_allow_adjacent;
  CommandWords sorted;
  const Texts normal = Normalizer(command, words, options, sorted.foreign).run();
  const po::options_description known = described(options);
  try {
    const auto parsed = po::command_line_parser(normal).options(known).style(kStyle).allow_unregistered().run();
    for (const po::option& given : parsed.options) {
      if (given.unregistered) refuse_unknown(given.original_tokens.at(0), options);
      if (given.string_key.empty()) {
        sorted.positionals.insert(sorted.positionals.end(), given.value.begin(), given.value.end());
      } else {
        add_values(sorted.values[given.string_key], given.value, adds_up(options, given.string_key));
      }
    }
  } catch (const po::error& error) {
    refuse("{}; --help shows how it is used", error.what());
  }
  return sorted;
}

}  // namespace rotor
