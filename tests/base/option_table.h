// A small command's table of options, of each kind one.
#pragma once

#include "base/option_help.h"

namespace rotor {

inline OptionTable example_table() {
  static bool flag = false;
  static double rate = 0.1;
  static std::string text;
  static std::vector<std::string> texts;
  OptionTable table{"rotor-test", "rotor-test CORPUS | rotor-test --all", "Tests.", {}, {}};
  const auto add = [&](const char* name, Option::Target target, const std::string& help, const char* group) -> Option& {
    table.rows.push_back({.name = name, .help = help, .group = group, .target = target});
    return table.rows.back();
  };
  Option& corpus = add("corpus", &text, "the folder", "Arguments");
  corpus.positional = true;
  Option& arch = add("arch", &text, "it's [named] × sizes", "Model").also("-a").common();
  arch.choices = {"", "tiny", "big"};
  arch.fallback = "tiny";
  add("bf16", &flag, std::string(70, 'a') + " " + std::string(70, 'b'), "Model").fallback = "false";
  add("lr", &rate, "rate", "Optimization").above(0).fallback = "0.1";
  add("reference", &texts, "texts", "Optimization").only("with --bf16", [] { return flag; });
  Option& help = add("help", &flag, "show this", "General").also("-h").common();
  help.negatable = false;
  table.examples = {{"rotor-test corpus", "Tests a corpus."}, {"rotor-test --all", "Tests all."}};
  return table;
}

}  // namespace rotor
