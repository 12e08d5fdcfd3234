// recipes/debian_l10n/catalogues.py on small packages: what becomes of the strings of a catalogue, and back into one.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "system/command.h"

namespace rotor {
namespace {

const std::string kCatalogues =
    std::filesystem::path(ROTOR_GOLDEN).parent_path().parent_path() / "recipes/debian_l10n/catalogues.py";

constexpr const char* kHeader =
    "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n\"\n";

class Catalogues : public testing::Test {
 protected:
  void SetUp() override {
    if (run(folder_, "python3 --version && dpkg-deb --version && msgfmt --version").exit_code != 0) {
      GTEST_SKIP() << "python3, dpkg-deb or gettext is not installed";
    }
  }

  /// Makes a package <name>_1_all.deb with one catalogue.
  void package(const std::string& name, const std::string& entries) {
    folder_.file(name + ".po", kHeader + entries);
    folder_.file(
        "control",
        fmt::format("Package: {}\nVersion: 1\nArchitecture: all\nMaintainer: x <x@x>\nDescription: x\n", name));
    const CommandResult made = run(
        folder_,
        fmt::format("mkdir -p {0}/DEBIAN {0}/usr/share/locale/de/LC_MESSAGES && cp control {0}/DEBIAN && "
                    "msgfmt {0}.po -o {0}/usr/share/locale/de/LC_MESSAGES/{0}.mo && dpkg-deb --build {0} {0}_1_all.deb",
                    name));
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }
  std::string succeed(const std::string& command) {
    const CommandResult result = run(folder_, command);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  }

  ScratchFolder folder_;
};

TEST_F(Catalogues, GiveCleanPairsThatNoTwoSplitsShare) {
  package("seen",
          "msgid \"_Open File\"\nmsgstr \"Datei ö_ffnen\"\n"
          "msgctxt \"menu\"\nmsgid \"&Save <b>%1</b> as %2\"\nmsgstr \"<b>%1</b> als %2 &speichern\"\n"
          "msgid \"%d file\"\nmsgid_plural \"%d files\"\nmsgstr[0] \"%d Datei\"\nmsgstr[1] \"%d Dateien\"\n"
          "msgid \"50% of it,\\nnot more\"\nmsgstr \"50 % davon,\\nnicht mehr\"\n"
          "msgid \"lost %s\"\nmsgstr \"verloren\"\nmsgid \"same\"\nmsgstr \"same\"\nmsgid \"42\"\nmsgstr \"43\"\n"
          "msgid \"Quit\"\nmsgstr \"Beenden\"\n");
  package("unseen", "msgid \"Quit\"\nmsgstr \"Ende\"\n");
  folder_.file("packages.txt", "train seen\ntest unseen\n");
  EXPECT_EQ(succeed("mkdir text && " + kCatalogues + " pairs packages.txt . text"),
            "10 entries, 1 test, 0 valid, 5 train\n");
  EXPECT_EQ(text_of(folder_ / "text/test.de"), "Ende\n");
  EXPECT_EQ(succeed("sort text/train.en"), "50% of it, not more\nOpen File\nSave ⟦1⟧ as ⟦2⟧\n⟦1⟧ file\n⟦1⟧ files\n");
  EXPECT_TRUE(says(text_of(folder_ / "text/train.de"), "⟦1⟧ als ⟦2⟧ speichern\n", "Datei öffnen\n", "⟦1⟧ Dateien\n"));
}

TEST_F(Catalogues, BecomeACatalogueThatMsgfmtAcceptsWithEveryPlaceholder) {
  package("prog",
          "msgid \"copy \\\"%s\\\" to %s\\n\"\nmsgstr \"x %s %s\\n\"\n"
          "msgctxt \"verb\"\nmsgid \"%d file\"\nmsgid_plural \"%d files\"\nmsgstr[0] \"x %d\"\nmsgstr[1] \"y %d\"\n"
          "msgid \"lose %s\"\nmsgstr \"x %s\"\nmsgid \"swap %s and %d\"\nmsgstr \"x %s %d\"\n"
          "msgid \"<i>markup</i>\"\nmsgstr \"x\"\n");
  const std::string lines = succeed(kCatalogues + " sources prog_1_all.deb prog > lines && cat lines");
  EXPECT_TRUE(says(lines, "copy \"⟦1⟧\" to ⟦1⟧\n", "⟦1⟧ files\n"));
  EXPECT_EQ(lines.find("markup"), lines.npos);
  succeed(
      "sed 's/copy/Kopiere/; s/ to / nach /; s/lose .*/verliere/; s/swap.*/tausche ⟦2⟧ und ⟦1⟧/; s/files/Dateien/; "
      "s/file$/Datei/' lines > translated");
  EXPECT_EQ(succeed(kCatalogues + " fill prog_1_all.deb prog translated prog.de.po"),
            "2 of 5 entries translated, the others left empty\n");
  EXPECT_TRUE(says(text_of(folder_ / "prog.de.po"), "msgstr \"Kopiere \\\"%s\\\" nach %s\\n\"", "msgctxt \"verb\"",
                   "msgstr[1] \"%d Dateien\"", "msgid \"lose %s\"\nmsgstr \"\"",
                   "msgid \"swap %s and %d\"\nmsgstr \"\""));
  succeed("msgfmt --check prog.de.po -o /dev/null");
}

}  // namespace
}  // namespace rotor
