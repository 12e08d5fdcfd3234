// The options of every command as its --help-all tells of them.
#pragma once

#include <regex>
#include <sstream>

#include "system/command.h"

namespace rotor {

struct ListedOption {
  std::string name;         ///< with its dashes
  std::string placeholder;  ///< "N", "X", "TEXT", "TEXT ..."; empty for a flag
  std::string notes;        ///< what stands in the last parentheses: "0 or more; default 1"

  /// The note that the expression matches, or empty.
  std::string note(const std::string& expression) const {
    std::istringstream stream(notes);
    for (std::string note; std::getline(stream, note, ';');) {
      note.erase(0, note.find_first_not_of(' '));
      if (std::regex_match(note, std::regex(expression))) return note;
    }
    return "";
  }
};

inline const std::vector<std::string> kCommands = {"rotor-average",  "rotor-compare", "rotor-evaluate",
                                                   "rotor-generate", "rotor-inspect", "rotor-preprocess",
                                                   "rotor-score",    "rotor-serve",   "rotor-train"};

/// The named options of a command, without those that every command has.
inline std::vector<ListedOption> options_of(const std::string& command) {
  const std::string help = run(ScratchFolder(), command + " --help-all").out;
  const std::regex start(
      "  (?:-[a-zA-Z]+, )*--(?:\\[no-\\])?([a-z0-9-]+)(?:, --[a-z-]+)*(?: (N|X|TEXT \\.\\.\\.|TEXT))?(?:  .*)?");
  std::vector<ListedOption> options;
  std::string text;
  const auto finish = [&] {
    std::smatch match;
    if (!options.empty() && std::regex_search(text, match, std::regex("\\(([^()]*)\\)$")))
      options.back().notes = match[1];
    text.clear();
  };
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, start)) {
      finish();
      options.push_back({"--" + match[1].str(), match[2].str(), ""});
      text = line;
    } else if (line.starts_with("   ")) {
      text += line.substr(line.find_first_not_of(' ') - 1);
    } else {
      finish();
    }
  }
  std::erase_if(options, [](const ListedOption& option) {
    for (const char* name : {"--config", "--completion", "--help", "--help-all", "--version"}) {
      if (option.name == name) return true;
    }
    return false;
  });
  return options;
}

}  // namespace rotor
