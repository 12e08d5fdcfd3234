#include "page/gnuplot.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/check.h"
#include "base/scratch.h"

namespace rotor {
namespace {

const Canvas kCanvas{"Loss", "a", 300, 200};
const std::string kScript = "plot '-' with lines notitle\n0 0\n1 1\ne\n";

TEST(GnuplotString, IsOneStringWhateverTheTextHolds) {
  const std::string script = "set title " + gnuplot_string("it's \"`date`\" {x}_2\n@a") + " noenhanced\n" + kScript;
  const std::string svg = draw_with_gnuplot(script, kCanvas);
  EXPECT_TRUE(says(svg, "it's", "`date`", "{x}_2 @a")) << svg;
  EXPECT_TRUE(says(message_of<Error>([] { gnuplot_string("\xff"); }), "UTF-8"));
}

TEST(Gnuplot, MissingOrFailingIsOneClearError) {
  ScratchFolder folder;
  const std::string path = getenv("PATH");
  const auto message = [&] {
    setenv("PATH", folder.path().c_str(), 1);
    const std::string text = message_of<Error>([] { draw_with_gnuplot(kScript, kCanvas); });
    setenv("PATH", path.c_str(), 1);
    return text;
  };
  EXPECT_TRUE(says(message(), "gnuplot", "gnuplot-nox"));
  const auto fake = folder.file("gnuplot", "#!/bin/sh\necho 'line 0: broken' >&2\nexit 3\n");
  std::filesystem::permissions(fake, std::filesystem::perms::owner_all);
  EXPECT_TRUE(says(message(), "gnuplot failed with exit code 3", "line 0: broken"));
  folder.file("gnuplot", "#!/bin/sh\necho hello\n");
  std::filesystem::permissions(fake, std::filesystem::perms::owner_all);
  EXPECT_TRUE(says(message(), "expected an SVG"));
}

TEST(Gnuplot, AUsersSettingsChangeNothing) {
  ScratchFolder folder;
  const std::string before = draw_with_gnuplot(kScript, kCanvas);
  folder.file(".gnuplot", "set title 'mine'\nset logscale y\n");
  const std::string home = getenv("HOME") ? getenv("HOME") : "";
  setenv("HOME", folder.path().c_str(), 1);
  EXPECT_EQ(draw_with_gnuplot(kScript, kCanvas), before);
  setenv("HOME", home.c_str(), 1);
}

}  // namespace
}  // namespace rotor
