// What holds of every option of every command: values that it cannot take, and its use without what it needs.
#include <map>
#include <set>

#include "search/fairseq.h"
#include "system/digits.h"
#include "system/lowest_level.h"
#include "system/option_tables.h"

namespace rotor {
namespace {

/// Values outside the range that --help states.
std::vector<std::string> values_outside(const ListedOption& option) {
  const std::string number = "(-?[0-9.]+)";
  std::smatch m;
  const auto matches = [&](const std::string& expression) {
    const std::string note = option.note(expression);
    static std::string kept;
    kept = note;
    return !note.empty() && std::regex_match(kept, m, std::regex(expression));
  };
  const auto shifted = [&](int group, double by) { return fmt::format("{}", std::stod(m[group]) + by); };
  if (matches(number + " or more")) return {shifted(1, -1)};
  if (matches("above " + number)) return {m[1], shifted(1, -1)};
  if (matches("from " + number + " to below " + number)) return {shifted(1, -1), m[2], shifted(2, 1)};
  if (matches("from " + number + " to " + number)) return {shifted(1, -1), shifted(2, 1)};
  if (matches("above " + number + " and at most " + number)) return {m[1], shifted(2, 1)};
  if (matches("above " + number + " and below " + number)) return {m[1], m[2], shifted(2, 1)};
  if (matches("below " + number)) return {m[1], shifted(1, 1)};
  if (matches(number + " or less")) return {shifted(1, 1)};
  return {};
}

/// Values that the option cannot take, by what --help says of it.
std::vector<std::string> wrong_values(const ListedOption& option) {
  if (option.placeholder.empty()) return {"maybe"};
  if (!option.note("one of .*").empty()) return {"nonsense"};
  if (option.placeholder != "N" && option.placeholder != "X") return {};
  std::vector<std::string> values = values_outside(option);
  for (const char* text : {"many", "nan"}) values.emplace_back(text);
  return values;
}

TEST(EveryOption, RefusesValuesThatItCannotTakeWithExitCode2) {
  const ScratchFolder folder;
  int64_t tried = 0, ranges = 0;
  for (const std::string& command : kCommands) {
    for (const ListedOption& option : options_of(command)) {
      ranges += !values_outside(option).empty();
      for (const std::string& value : wrong_values(option)) {
        const std::string line = command + " " + option.name + "=" + value;
        const CommandResult result = run(folder, line);
        EXPECT_EQ(result.exit_code, 2) << line << ": " << result.err;
        EXPECT_TRUE(says(result.err, option.name + " expects", "got '" + value + "'")) << line;
        EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << line << ": " << result.err;
        ++tried;
      }
    }
  }
  EXPECT_GT(tried, 300);
  EXPECT_GT(ranges, 100);
}

/// A value other than the default, and the words that give it.
std::string use_of(const ListedOption& option) {
  static const std::map<std::string, const char*> kValues = {
      {"--language-pair", "en-de"}, {"--length-buckets", "4,9"}, {"--rope-base", "5"}, {"--train-max-ratio", "2.25"}};
  if (const auto found = kValues.find(option.name); found != kValues.end()) return option.name + " " + found->second;
  if (option.placeholder.empty()) return option.name + (option.note("default true").empty() ? "" : "=false");
  if (const std::string choices = option.note("one of .*"); !choices.empty()) {
    const std::string last = choices.substr(choices.find_last_of(" ,") + 1);
    return option.name + " " + last;
  }
  if (option.placeholder == "N") return option.name + " 6";
  if (option.placeholder == "X") return option.name + (option.note("1 or more").empty() ? " 0.25" : " 2.25");
  return option.name + " x";
}

TEST(EveryOption, GivenWithoutWhatItNeedsIsWarnedOf) {
  const ScratchFolder folder;
  make_digits_corpus(folder);
  // Two uses of each command: what has an effect by default has none in the other.
  const std::map<std::string, std::vector<std::string>> uses = {
      {"rotor-train",
       {kTrainDigits + "--max-update 1 --dry-run ", kTrainDigits + "--max-update 1 --dry-run --position-encoding none "
                                                                   "--lr-scheduler fixed --dropout 0 "}},
      {"rotor-generate", {"rotor-generate none.safetensors ", "rotor-generate none.safetensors --unnormalized "}},
      {"rotor-score", {"rotor-score none -i none ", "rotor-score none -i none -m ter "}},
      {"rotor-inspect", {"rotor-inspect none "}},
      {"rotor-serve", {"rotor-serve " + fairseq_model_path().string() + " --host 192.0.2.1 "}},  // of another machine
      {"rotor-preprocess", {"rotor-preprocess -s a -t b --validpref none --joined-dictionary --srcdict none "}},
  };
  int64_t tried = 0;
  for (const auto& [command, lines] : uses) {
    for (const ListedOption& option : options_of(command)) {
      // The first two are refused, whatever else is given; the third has an effect in every model of translation.
      static const std::set<std::string> kOthers = {"--spm-model", "--smooth-value", "--attention-dropout"};
      if (option.note("only with .*").empty() || kOthers.contains(option.name)) continue;
      std::string said;
      for (const std::string& line : lines) said += run(folder, line + use_of(option)).err;
      EXPECT_TRUE(says(said, "warning: " + option.name, "has no effect: it is read " + option.note("only with .*")))
          << command << ' ' << use_of(option);
      ++tried;
    }
  }
  EXPECT_GT(tried, 40);
}

TEST(EveryCommand, ShowsExamplesInHelpAndAllOptionsInHelpAll) {
  const ScratchFolder folder;
  for (const std::string& command : kCommands) {
    const CommandResult some = run(folder, command + " --help"), all = run(folder, command + " --help-all");
    EXPECT_EQ(some.exit_code, 0);
    const size_t examples = some.out.find("\nExamples:\n");
    ASSERT_NE(examples, some.out.npos) << command;
    size_t lines = 0;
    std::istringstream rest(some.out.substr(examples));
    for (std::string line; std::getline(rest, line);) lines += line.starts_with("      ");
    EXPECT_GE(lines, 2u) << command;
    EXPECT_LE(std::count(some.out.begin(), some.out.end(), '\n'), 95) << command << " --help is to be short";
    EXPECT_LE(some.out.size(), all.out.size()) << command;
  }
}

TEST(EveryCommand, CompletesEveryOptionThatHelpAllLists) {
  const ScratchFolder folder;
  for (const std::string& command : kCommands) {
    const std::string script = run(folder, command + " --completion bash").out;
    for (const ListedOption& option : options_of(command)) {
      EXPECT_TRUE(says(script, option.name + " ")) << command;
    }
  }
}

TEST(InstructionSet, IsTheOneAskedForOrRefusedInOneLine) {
  const ScratchFolder folder;
  for (const std::string& command : kCommands) {
    const CommandResult refused = run(folder, "ROTOR_ISA=mmx " + command + " --version");
    EXPECT_EQ(refused.exit_code, 2) << command;
    EXPECT_TRUE(says(refused.err, "expected ROTOR_ISA to be a level that this CPU has", "got mmx")) << refused.err;
    EXPECT_EQ(std::count(refused.err.begin(), refused.err.end(), '\n'), 1) << refused.err;
  }
  const CommandResult forced = run(folder, "ROTOR_ISA=" + kLowestLevel + " rotor-train --version");
  EXPECT_TRUE(says(forced.out, "rotor-train", "(" + kLowestLevel + ")")) << forced.out << forced.err;
}

}  // namespace
}  // namespace rotor
