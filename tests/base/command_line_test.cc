#include "base/command_line.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/described_command.h"
#include "base/isa.h"
#include "base/option_text.h"
#include "base/scratch.h"

namespace rotor {
namespace {

TEST(CommandLine, KeepsTheDefaultsWhenNothingIsGiven) {
  Command c;
  c.parse({});
  EXPECT_EQ(c.beam, 5);
  EXPECT_EQ(c.dropout, 0.1);
  EXPECT_EQ(c.activation, "relu");
  EXPECT_TRUE(c.bias);
  EXPECT_EQ(c.options.given("beam"), "");
}

TEST(CommandLine, ReadsEveryKindOfValue) {
  Command c;
  c.parse({"a.model", "--joined-dictionary", "--beam", "3", "--dropout=-2.5e-3", "--adam-betas", "0.9,0.98",
           "--reference", "x", "y", "--output", "-", "--activation-fn", "gelu", "--bias", "false"});
  EXPECT_EQ(c.model, std::vector<std::string>{"a.model"});
  EXPECT_TRUE(c.joined);
  EXPECT_FALSE(c.bias);
  EXPECT_EQ(c.beam, 3);
  EXPECT_EQ(c.dropout, -2.5e-3);
  EXPECT_EQ(c.betas, "0.9,0.98");
  EXPECT_EQ(c.reference, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(c.output, "-");
  EXPECT_EQ(c.activation, "gelu");
}

TEST(CommandLine, AFlagDoesNotSwallowThePositionalArgumentAfterIt) {
  Command c;
  c.parse({"--joined-dictionary", "a", "--bias", "false", "b", "--joined-dictionary=false", "c"});
  EXPECT_FALSE(c.joined);
  EXPECT_FALSE(c.bias);
  EXPECT_EQ(c.model, (std::vector<std::string>{"a", "b", "c"}));
}

TEST(CommandLine, TheLastOfTwoWins) {
  Command c;
  c.parse({"--beam", "2", "--beam", "7"});
  EXPECT_EQ(c.beam, 7);
}

TEST(CommandLine, GoesBeforeTheConfigAndTheConfigBeforeDefaults) {
  ScratchFolder folder;
  const auto config = folder.file("c.ini",
                                  "# a comment\n[Search]\nbeam = 8   # eight\ndropout=0.3\r\nreference = a\n"
                                  "reference = b c\noutput = \"x # \\\"y\\\"\" # z\njoined-dictionary = true\n");
  Command c;
  c.parse({"--dropout", "0.5", "--config", config.c_str()});
  EXPECT_EQ(c.beam, 8);
  EXPECT_EQ(c.dropout, 0.5);
  EXPECT_EQ(c.activation, "relu");
  EXPECT_EQ(c.reference, (std::vector<std::string>{"a", "b c"}));
  EXPECT_EQ(c.output, "x # \"y\"");
  EXPECT_TRUE(c.joined);
  EXPECT_EQ(c.options.given("beam"), "8");
  EXPECT_EQ(c.options.given("dropout"), "0.5");
  EXPECT_EQ(c.options.given("activation-fn"), "");
  EXPECT_EQ(c.options.configs(), Texts{config.string()});
}

TEST(CommandLine, ReadsWithoutTouchingTheTargetsUntilApplied) {
  Command c;
  const char* args[] = {"rotor-test", "--beam", "9"};
  c.options.read(3, args);
  EXPECT_EQ(c.beam, 5);
  EXPECT_EQ(c.options.given("beam"), "9");
  c.beam = 6;  // an architecture's
  c.dropout = 0.2;
  c.options.apply();
  EXPECT_EQ(c.beam, 9);
  EXPECT_EQ(c.dropout, 0.2);
}

TEST(CommandLine, AMisspeltOptionIsRefusedWithTheNearestName) {
  EXPECT_TRUE(says(Command().refusal({"--baem", "3"}), "--baem", "did you mean --beam?"));
  EXPECT_TRUE(says(Command().refusal({"--joined_dictionary"}), "did you mean --joined-dictionary?"));
  EXPECT_TRUE(says(Command().refusal({"--joined"}), "did you mean --joined-dictionary?"));
  EXPECT_TRUE(says(Command().refusal({"--beem=3"}), "did you mean --beam?"));
  EXPECT_TRUE(says(Command().refusal({"-b", "3"}), "unknown option -b"));
  EXPECT_TRUE(says(Command().refusal({"--xyzzy"}), "unknown option --xyzzy; --help-all"));
}

TEST(CommandLine, AMisspeltChoiceIsRefusedWithTheValidOnes) {
  EXPECT_EQ(Command().refusal({"--activation-fn", "rely"}),
            "--activation-fn expects one of relu, gelu, got 'rely' (did you mean relu?)");
}

TEST(CommandLine, AMalformedOrMissingValueIsRefused) {
  for (const char* text : {"five", "", "5x", "1e3", "0x10", "99999999999999999999", "5 ", "--dropout"}) {
    EXPECT_TRUE(says(Command().refusal({"--beam", text}), "beam")) << text;
  }
  for (const char* text : {"much", "nan", "inf", "1e999", "0,1", "1.5.2"}) {
    EXPECT_EQ(Command().refusal({"--dropout", text}),
              "--dropout expects a finite number, got '" + std::string(text) + "'");
  }
  EXPECT_TRUE(says(Command().refusal({"--bias=maybe"}), "bias"));
  EXPECT_TRUE(says(Command().refusal({"--beam"}), "beam"));
}

TEST(CommandLine, PositionalArgumentsAreCounted) {
  std::string corpus, output;
  CommandLine options("rotor-test", "rotor-test corpus [output]", "");
  options.positional("corpus", corpus, "the corpus");
  options.positional("output", output, "the output", false);
  const auto parse = [&](std::vector<const char*> args) {
    args.insert(args.begin(), "rotor-test");
    options.parse(static_cast<int>(args.size()), args.data());
  };
  parse({"a", "b"});
  EXPECT_EQ(corpus + output, "ab");
  EXPECT_TRUE(says(message_of<UsageError>([&] { parse({}); }), "expected corpus"));
  EXPECT_TRUE(says(message_of<UsageError>([&] { parse({"a", "b", "c"}); }), "unexpected argument 'c'"));
}

TEST(CommandLine, AWrongConfigIsRefusedNamingFileLineAndValidKeys) {
  ScratchFolder folder;
  const auto refusal = [&](const char* text) {
    return Command().refusal({"--config", folder.file("c.ini", text).c_str()});
  };
  EXPECT_TRUE(says(
      refusal("beam = 4\nbaem = 4\n"), "c.ini:2: unknown key 'baem' (did you mean beam?)",
      "activation-fn, dropout, bias, penalty, whole-words, beam, joined-dictionary, adam-betas, output, reference"));
  EXPECT_TRUE(says(refusal("beam = four"), "c.ini:1: beam expects a whole number"));
  EXPECT_TRUE(says(refusal("beam = 4\nbeam = 5"), "c.ini:2: beam has a value before; remove one of the lines"));
  EXPECT_TRUE(says(refusal("beam"), "c.ini:1: expected key = value"));
  EXPECT_TRUE(says(refusal("output = \"x"), "closing quote"));
  EXPECT_TRUE(says(refusal("model = x"), "unknown key 'model'"));
  EXPECT_TRUE(says(refusal("activation-fn = rely"), "did you mean relu?"));
  EXPECT_TRUE(says(message_of<Error>([&] {
                     Command().parse({"--config", (folder / "none.ini").c_str()});
                   }),
                   "none.ini: No such file"));
}

TEST(CommandLine, TheSavedConfigGivesTheSameValuesAgain) {
  Command a;
  a.parse({"--beam", "12", "--dropout", "0.30000000000000004", "--joined-dictionary", "--bias", "false", "--output",
           " #\"tab\t\\n;", "--reference", "one", "", "two words"});
  ScratchFolder folder;
  const auto config = folder.file("config.ini", a.options.to_ini());
  Command b;
  b.parse({"--config", config.c_str()});
  EXPECT_EQ(b.options.to_ini(), a.options.to_ini());
  EXPECT_EQ(b.dropout, 0.30000000000000004);
  EXPECT_EQ(b.output, " #\"tab\t\\n;");
  EXPECT_EQ(b.reference, a.reference);
  EXPECT_TRUE(b.joined);
  EXPECT_FALSE(b.bias);
  Command marked;
  marked.parse({"--config", folder.file("marked.ini", "\xEF\xBB\xBF" + a.options.to_ini()).c_str()});
  EXPECT_EQ(marked.options.to_ini(), a.options.to_ini());
}

TEST(CommandLine, HelpShowsGroupsDefaultsAndChoices) {
  const std::string help = Command().options.help(/*all=*/true);
  EXPECT_TRUE(says(help, "Usage: rotor-test model... [options]", "Model:", "Search:", "--beam N",
                   "(1 or more; default 5)", "--config FILE"));
  EXPECT_TRUE(says(help, "(one of relu, gelu; default relu)"));
}

TEST(CommandLine, HelpAndVersionPrintAndExitWhateverElseIsGiven) {
  for (const char* flag : {"--help", "-h", "--version"}) {
    testing::internal::CaptureStdout();
    EXPECT_THROW(Command().parse({"--nonsense", flag}), CommandLine::Exit);
    const std::string out = testing::internal::GetCapturedStdout();
    if (std::string(flag) == "--version") {
      EXPECT_EQ(out, std::string("rotor-test " ROTOR_VERSION " (") + isa() + ")\n");
    } else {
      EXPECT_EQ(out, Command().options.help());
    }
  }
}

TEST(CommandLine, HelpAllShowsWhatHelpLeavesOut) {
  testing::internal::CaptureStdout();
  EXPECT_THROW(Command().parse({"--help-all"}), CommandLine::Exit);
  const std::string all = testing::internal::GetCapturedStdout();
  EXPECT_TRUE(says(all, "--beam N", "--adam-betas TEXT"));
  EXPECT_TRUE(says(Command().options.help(), "--beam N", "--help-all shows all"));
  EXPECT_EQ(Command().options.help().find("--adam-betas"), std::string::npos);
}

TEST(CommandLine, RefusesANumberOutOfRange) {
  EXPECT_EQ(Command().refusal({"--beam", "0"}), "--beam expects a whole number of 1 or more, got '0'");
  ScratchFolder folder;
  EXPECT_TRUE(says(Command().refusal({"--config", folder.file("c.ini", "beam = 0").c_str()}),
                   "c.ini:1: beam expects a whole number of 1 or more, got '0'"));
}

TEST(CommandLine, AnInfiniteNumberIsWrittenAndReadAgain) {
  for (const char* text : {"inf", "-inf"}) {
    Command a;
    a.parse({"--penalty", text});
    ScratchFolder folder;
    Command b;
    b.parse({"--config", folder.file("c.ini", a.options.to_ini()).c_str()});
    EXPECT_EQ(b.penalty, a.penalty);
    EXPECT_TRUE(std::isinf(b.penalty)) << text;
  }
}

TEST(CommandLine, NamesOptionsThatHaveNoEffect) {
  const auto ignored = [](std::vector<const char*> args) {
    Command c;
    c.parse(std::move(args));
    return c.options.ignored();
  };
  const std::vector<std::string> sentence = {"--output x has no effect: it is read only with --joined-dictionary"};
  EXPECT_EQ(ignored({"--output", "x"}), sentence);
  EXPECT_EQ(ignored({"--output", "x", "--joined-dictionary"}), Texts{});
  EXPECT_EQ(ignored({"--beam", "7"}), Texts{});
  EXPECT_EQ(ignored({"--penalty", "0"}), Texts{"--penalty 0 has no effect: it is read only without --bias"});
  EXPECT_EQ(ignored({"--penalty", "0", "--no-bias"}), Texts{});
  EXPECT_EQ(ignored({"--whole-words"}), Texts{"--whole-words has no effect: it is read only without --bias"});
  EXPECT_EQ(ignored({"--no-whole-words"}), Texts{});
}

TEST(CommandLine, LetsAConfigAskForNothingWhereItHasTheDefaults) {
  ScratchFolder folder;
  const auto ignored = [&](const char* text) {
    Command c;
    c.parse({"--config", folder.file("c.ini", text).c_str()});
    return c.options.ignored().size();
  };
  EXPECT_EQ(ignored("penalty = 0\noutput = \n"), 0u);
  EXPECT_EQ(ignored("penalty = 1\noutput = x\n"), 2u);
}

TEST(CommandLine, AListThatTookTheArgumentIsNamed) {
  int64_t count = 1;
  std::string corpus;
  std::vector<std::string> freeze;
  const auto parse = [&](std::vector<const char*> args) {
    CommandLine options("rotor-test", "rotor-test corpus", "");
    options.positional("corpus", corpus, "the folder");
    options.add("freeze", freeze, "regular expressions");
    options.add("count", count, "a number");
    args.insert(args.begin(), "rotor-test");
    options.parse(static_cast<int>(args.size()), args.data());
  };
  const auto refusal = [&](std::vector<const char*> args) { return message_of<UsageError>([&] { parse(args); }); };
  ScratchFolder folder;
  const std::string path = folder.path();
  EXPECT_EQ(refusal({"--freeze", "A", "data", "--count", "2"}),
            "expected corpus (the folder); --freeze took A, data: give it before the options, or after --");
  EXPECT_TRUE(says(refusal({"--count", "2"}), "expected corpus (the folder); usage: rotor-test corpus"));
  parse({"--freeze", "A", "--", path.c_str()});
  EXPECT_EQ(corpus, path);
  EXPECT_EQ(freeze, Texts{"A"});
  parse({"data", "--freeze", path.c_str()});  // which is a folder too
  EXPECT_EQ(freeze, Texts{path});
}

TEST(CommandLine, AnArgumentCanHaveANameToo) {
  std::vector<std::string> inputs;
  CommandLine options("rotor-test", "rotor-test inputs", "");
  options.positional("inputs", inputs, "the files").by_name();
  const char* args[] = {"rotor-test", "--inputs", "a", "b"};
  options.parse(4, args);
  EXPECT_EQ(inputs, (Texts{"a", "b"}));
  EXPECT_TRUE(says(options.help(true), "\n  inputs ", "\n  --inputs TEXT ... "));
  ScratchFolder folder;
  const std::string config = folder.file("c.ini", "inputs = run\ninputs = other\n");
  const char* configured[] = {"rotor-test", "--config", config.c_str()};
  options.parse(3, configured);
  EXPECT_EQ(inputs, (Texts{"run", "other"}));
  const char* none[] = {"rotor-test"};
  EXPECT_TRUE(says(message_of<UsageError>([&] { options.parse(1, none); }), "expected inputs"));
}

}  // namespace
}  // namespace rotor
