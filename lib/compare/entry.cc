#include "compare/entry.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "attention/kernel.h"
#include "base/check.h"
#include "base/option_text.h"
#include "compare/compare_options.h"
#include "compare/start_models.h"
#include "position/table.h"

namespace rotor {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

/// The prefix of options that the tests alone have.
const std::string kTest = "test-";

bool has(const Texts& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

void check_name(const std::string& name, const char* what, const Texts& known, const std::string& label) {
  if (has(known, name)) return;
  refuse("--encodings: unknown {} '{}'{}{}; choose one of: {}", what, name,
         name == label ? "" : fmt::format(" in '{}'", label), did_you_mean(name, known), join(known, ", "));
}

bool is_number(const std::string& text) {
  double number = 0;
  return read_value({text}, number);
}

/// Whether the folder of a comparison holds a finished run of an entry.
bool has_finished_run(const fs::path& output, const std::string& label) {
  const fs::path runs = output / "runs" / folder_name(label);
  if (!fs::is_directory(runs)) return false;
  const fs::directory_iterator seeds(runs);
  return std::any_of(begin(seeds), end(seeds), [](const auto& run) { return fs::exists(run.path() / "result.json"); });
}

/// The entries of a list as texts.
Texts entry_texts(const std::string& list) {
  Texts texts;
  for (const std::string& part : split(list, ',')) {
    const std::string text = trimmed(part);
    const bool goes_on = !texts.empty() && texts.back().find('=') != std::string::npos;
    if (goes_on && is_number(text.substr(0, text.find(':')))) {
      texts.back() += "," + text;
    } else {
      texts.push_back(text);
    }
  }
  return texts;
}

/// Arguments, of which every second one is a value, as words: a list's are apart.
Texts with_lists_apart(const Texts& arguments, const Options& options) {
  Texts words;
  for (size_t i = 0; i + 1 < arguments.size(); i += 2) {
    words.push_back(arguments[i]);
    const Option* option = options.find(arguments[i].substr(2));
    const Texts values = option && option->is_list() ? split(arguments[i + 1], ',') : Texts{arguments[i + 1]};
    words.insert(words.end(), values.begin(), values.end());
  }
  return words;
}

/// Reads an entry's options. An empty text undoes what all entries have: rope:finetune-from-model= starts from nothing.
void read_words(const Texts& words, CommandLine& options) {
  options.take_empty_texts();
  std::vector<const char*> texts = {"rotor-compare"};
  for (const std::string& word : words) texts.push_back(word.c_str());
  options.read(static_cast<int>(texts.size()), texts.data());
}

void refuse_ignored(const Options& options) {
  if (const auto ignored = options.ignored(); !ignored.empty()) refuse("{}", ignored[0]);
}

/// Refuses options of tests that the commands would refuse for a model of a training.
void check_tests(const Texts& arguments, TransformerOptions model) {
  RopeScalingOptions scaling = RopeScalingOptions::as_in_model();
  CommandLine options("rotor-compare", "", "");
  options.group("Position");
  scaling.describe_override(options);
  read_words(arguments, options);
  options.apply();
  refuse_ignored(options);
  const auto stacks = model.stacks();
  require(std::any_of(stacks.begin(), stacks.end(),
                      [&](const StackOptions* stack) { return model.position_encoding(*stack) == "rope"; }),
          "--rope-scaling is for models with the position encoding rope");
  if (scaling.original_length == 0) scaling.original_length = 1024;  // the model will say which it is
  if (const auto replacement = scaling.replacement()) model.position.rope_scaling = *replacement;
  model.check();
}

}  // namespace

const Texts& decided_options() {
  static const Texts kDecided = {"seed", "save-dir", "no-save", "position-encoding"};
  return kDecided;
}

void check_decided(const std::string& option, const std::string& where) {
  for (const std::string& decided : decided_options()) {
    if (option == decided) {
      refuse("{}--{} is the comparison's to set (--encodings, --seeds, --output); leave it out",
             where.empty() ? "" : where + ": ", option);
    }
  }
}

Entry parse_entry(const std::string& label) {
  const Texts parts = split(label, ':');
  std::string encoding = parts.empty() ? "" : parts[0], trained_as = encoding;
  Entry entry{label, {}};
  if (const size_t plus = encoding.find('+'); plus != std::string::npos) {
    check_name(encoding.substr(0, plus), "attention", attention_names(), label);
    entry.arguments = {"--attention", encoding.substr(0, plus)};
    encoding.erase(0, plus + 1);
  }
  check_name(encoding, "position encoding", position_encoding_names(), label);
  entry.arguments.insert(entry.arguments.end(), {"--position-encoding", encoding});
  for (size_t i = 1; i < parts.size(); ++i) {
    const size_t equals = parts[i].find('=');
    if (equals == std::string::npos || equals == 0) {
      refuse("--encodings: expected OPTION=VALUE after ':', got '{}' in '{}'", parts[i], label);
    }
    const std::string name = parts[i].substr(0, equals);
    check_decided(name, label);
    const std::string value = parts[i].substr(equals + 1);
    if (name.starts_with(kTest)) {
      entry.test_arguments.push_back("--" + name.substr(kTest.size()));
      for (const std::string& text : split(value, ',')) entry.test_arguments.push_back(text);
    } else {
      entry.arguments.insert(entry.arguments.end(), {"--" + name, value});
      trained_as += ":" + parts[i];
    }
  }
  entry.trained_as = trained_as;
  return entry;
}

std::vector<Entry> parse_entries(const std::string& list, const std::string& baseline, const fs::path& output) {
  std::vector<Entry> entries;
  Texts labels;
  std::set<std::string> folders;
  for (const std::string& text : entry_texts(list)) {
    entries.push_back(parse_entry(text));
    labels.push_back(text);
    if (!folders.insert(folder_name(text)).second) refuse("--encodings has '{}' twice", text);
  }
  if (entries.empty()) refuse("--encodings expects at least one position encoding");
  if (!has(labels, baseline) && !has_finished_run(output, baseline)) {
    refuse("--baseline expects one of --encodings: {}; got '{}'{}", join(labels, ", "), baseline,
           did_you_mean(baseline, labels));
  }
  return entries;
}

std::string default_baseline(const std::string& list, const std::string& usual, const fs::path& output) {
  const Texts labels = entry_texts(list);
  return labels.empty() || has(labels, usual) || has_finished_run(output, usual) ? usual : labels.front();
}

void Entry::apply(TrainingOptions& training) const {
  CommandLine options("rotor-compare", "", "");
  training.describe(options);
  try {
    read_words(with_lists_apart(arguments, options), options);
    training.apply(options);
    training.check_positions();
    training.model.check();
    refuse_ignored(options);
    training.trainer.optimization.check();
    if (!test_arguments.empty()) check_tests(test_arguments, training.model);
  } catch (const UsageError& error) {
    refuse("--encodings: '{}': {}", label, error.what());
  } catch (const Error& error) {
    fail("--encodings: '{}': {}", label, error.what());
  }
}

}  // namespace rotor
