#include "base/options.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/described.h"
#include "base/json.h"
#include "base/option_text.h"
#include "base/scratch.h"

namespace rotor {
namespace {

/// The struct with its description, as code without a command line holds it.
struct Fields : Described {
  Options options;
  Fields() { describe(options); }
};

TEST(Options, AreFoundByTheirNamesInTheOrderOfTheDescription) {
  Fields fields;
  EXPECT_EQ(fields.options.all().front().name, "model");
  EXPECT_EQ(fields.options.names(), (Texts{"activation-fn", "dropout", "bias", "penalty", "whole-words", "beam",
                                           "joined-dictionary", "adam-betas", "output", "reference"}))
      << "a positional argument takes no --name";
  EXPECT_EQ(fields.options.find("beam")->group, "Search");
  EXPECT_EQ(fields.options.find("beem"), nullptr);
  fields.options.option("beam").at_most(7);
  EXPECT_EQ(fields.options.find("beam")->range.text(), "from 1 to 7");
  EXPECT_EQ(message_of<Error>([&] { fields.options.option("beem"); }), "no option is called beem");
  EXPECT_EQ(message_of<Error>([&] { fields.options.add("beam", fields.beam, "again"); }),
            "the option beam is described twice");
}

TEST(Options, CheckTheValuesThatTheStructHas) {
  Fields fields;
  EXPECT_NO_THROW(fields.options.check_values());
  fields.beam = 0;
  EXPECT_EQ(message_of<UsageError>([&] { fields.options.check_values(); }),
            "--beam expects a whole number of 1 or more, got '0'");
  Described described;
  EXPECT_NO_THROW(check_values(described));
  described.beam = 0;
  EXPECT_TRUE(says(message_of<UsageError>([&] { check_values(described); }), "--beam expects", "got '0'"));
  described.beam = 5;
  described.activation = "tanh";
  EXPECT_TRUE(says(message_of<UsageError>([&] { check_values(described); }), "one of relu, gelu, got 'tanh'"))
      << "what the struct holds before it is described is a choice too";
}

TEST(Options, AreWrittenAsAnIniFileByGroups) {
  Fields fields;
  fields.dropout = 0.30000000000000004;
  fields.output = "a b # c";
  fields.reference = {"x", "y"};
  EXPECT_EQ(fields.options.to_ini(),
            "[Model]\nactivation-fn = relu\ndropout = 0.30000000000000004\nbias = true\npenalty = 0\n"
            "whole-words = false\n\n[Search]\nbeam = 5\njoined-dictionary = false\nadam-betas = 0.9,0.98\n"
            "output = \"a b # c\"\nreference = x\nreference = y\n");
}

TEST(Options, AreJsonOfRealBooleansAndNumbersInSnakeCase) {
  Fields a;
  a.model = {"m"};
  a.reference = {"x"};
  EXPECT_EQ(a.options.to_json({"Model"}).dump(),
            R"({"activation_fn":"relu","dropout":0.1,"bias":true,"penalty":0.0,"whole_words":false})");
  a.beam = std::numeric_limits<int64_t>::max();
  Fields b;
  b.options.from_json(a.options.to_json(), "model");
  EXPECT_EQ(b.options.to_json(), a.options.to_json());
  EXPECT_EQ(b.beam, a.beam);
}

TEST(Options, OfJsonMayBeInfinite) {
  for (const double sign : {1., -1.}) {
    Fields a, b;
    a.penalty = sign * std::numeric_limits<double>::infinity();
    b.options.from_json(a.options.to_json(), "here");
    EXPECT_EQ(b.penalty, a.penalty);
  }
}

TEST(Options, OfJsonAreRefusedByNameAndAbsentKeysAreLeftAlone) {
  const auto load = [](const char* text) {
    Fields fields;
    fields.options.from_json(nlohmann::ordered_json::parse(text), "m.safetensors");
    return fields.beam;
  };
  const auto refusal = [&](const char* text) { return message_of<Error>([&] { load(text); }); };
  EXPECT_EQ(load(R"({"dropout": 0})"), 5);
  EXPECT_TRUE(says(refusal(R"({"baem": 5})"), "m.safetensors: unknown option 'baem' (did you mean beam?)"));
  EXPECT_TRUE(says(refusal(R"({"beam": "5"})"), "beam expects a whole number of at most 64 bits, got \"5\""));
  EXPECT_TRUE(says(refusal(R"({"beam": 5.5})"), "got 5.5"));
  EXPECT_TRUE(says(refusal(R"({"beam": 18446744073709551615})"), "beam expects"));
  EXPECT_TRUE(says(refusal(R"({"beam": 0})"), "beam expects a whole number of 1 or more, got '0'"));
  EXPECT_TRUE(says(refusal(R"({"bias": 1})"), "bias expects true or false"));
  EXPECT_TRUE(says(refusal(R"({"reference": [1]})"), "reference expects texts"));
  EXPECT_TRUE(says(refusal(R"({"activation_fn": "tanh"})"), "expects one of relu, gelu"));
  EXPECT_TRUE(says(refusal(R"({"model": ["a"]})"), "unknown option 'model'"));
  EXPECT_TRUE(says(refusal("[]"), "expected a JSON object"));
}

TEST(Options, OfJsonAskForNothingWhereTheyHaveTheirDefaults) {
  Fields fields;
  fields.options.from_json({{"penalty", 0}, {"output", "x"}}, "here");
  EXPECT_EQ(fields.options.ignored(), Texts{"--output x has no effect: it is read only with --joined-dictionary"});
  fields.joined = true;
  EXPECT_EQ(fields.options.ignored(), Texts{});
}

}  // namespace
}  // namespace rotor
