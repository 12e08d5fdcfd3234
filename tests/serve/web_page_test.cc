#include "serve/web_page.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/scratch.h"

namespace rotor {
namespace {

/// What the page's script knows of the server.
nlohmann::json page_values(const ServeOptions& options) {
  const std::string page = web_page(options), begin = "const values = ";
  const size_t from = page.find(begin) + begin.size();
  return nlohmann::json::parse(page.substr(from, page.find(";\n'use strict'") - from));
}

TEST(WebPage, KnowsTheDefaultsAndTheLimitsOfSearches) {
  ServeOptions options;
  options.search.beam = 7;
  options.search.lenpen = 0.5;
  options.max_beam = 20;
  auto values = page_values(options);
  EXPECT_EQ(values["beam"], 7);
  EXPECT_EQ(values["nbest"], 3);
  EXPECT_EQ(values["lenpen"], 0.5);
  EXPECT_EQ(values["mostBeam"], 20);
  EXPECT_EQ(values["needsKey"], false);
  EXPECT_EQ(values["languages"], "");
  options.search.beam = 2;
  options.api_key_file = "keys";
  values = page_values(options);
  EXPECT_EQ(values["nbest"], 2) << "no more hypotheses than the beam has";
  EXPECT_EQ(values["needsKey"], true);
}

TEST(WebPage, NamesTheLanguages) {
  ServeOptions options;
  options.source_lang = "en";
  options.target_lang = "de";
  EXPECT_EQ(page_values(options)["languages"], "English → German");
}

TEST(WebPage, HasNoValueThatEndsItsScript) {
  const auto scripts = [](const std::string& page) {
    size_t count = 0;
    for (size_t at = page.find("</script"); at != page.npos; at = page.find("</script", at + 1)) ++count;
    return count;
  };
  ServeOptions options;
  options.source_lang = "x</script>";  // of no language, so that it is its own name
  options.target_lang = "de";
  EXPECT_EQ(scripts(web_page(options)), 1U);
}

TEST(WebPage, TakesNothingFromElsewhere) {
  const std::string page = web_page(ServeOptions());
  EXPECT_FALSE(says(page, "src="));
  EXPECT_FALSE(says(page, "@import"));
  EXPECT_FALSE(says(page, "https:"));
  EXPECT_EQ(page.find("http:"), page.find("http://www.w3.org/2000/svg")) << "which is a name, not a place";
  EXPECT_EQ(page.find("http:"), page.rfind("http:"));
}

}  // namespace
}  // namespace rotor
