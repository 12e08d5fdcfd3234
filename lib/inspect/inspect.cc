#include "inspect/inspect.h"

#include <fmt/ranges.h>

#include <cmath>
#include <functional>
#include <optional>
#include <ostream>

#include "base/check.h"
#include "base/files.h"
#include "base/option_text.h"
#include "data/corpus_folder.h"
#include "format/checksums.h"
#include "inspect/decay_figure.h"
#include "inspect/distance_profile.h"
#include "inspect/file_summary.h"
#include "inspect/folder_summary.h"
#include "inspect/vocabulary_summary.h"
#include "model/model_file.h"
#include "text/vocabulary.h"

namespace rotor {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

std::string extension(const std::string& path) {
  return fs::path(path).extension().string();
}

void check_figure(const std::string& option, const std::string& path) {
  for (const char* known : {".svg", ".pdf", ".csv"}) {
    if (path.empty() || extension(path) == known) return;
  }
  throw UsageError(fmt::format("expected a file that ends in .svg, .pdf or .csv for --{}, got {}", option, path));
}

std::vector<double> parse_bases(const std::vector<std::string>& texts) {
  std::vector<double> bases;
  for (const std::string& text : texts) {
    const bool number = read_value({text}, bases.emplace_back());
    require(number && std::isfinite(bases.back()) && bases.back() > 0, "--rope-base expects numbers above 0, got '{}'",
            text);
  }
  return bases;
}

using Form = std::function<std::string()>;

/// Writes a figure in the form that its name asks for.
void write_figure(const std::string& path, const Form& svg, const Form& pdf, const Form& csv) {
  const std::string kind = extension(path);
  const std::string bytes = kind == ".csv" ? csv() : kind == ".pdf" ? pdf() : svg();
  write_atomically(path, [&](std::ostream& out) { out << bytes; });
}

/// Opens a file of Rotor's as its users do, with all the checks that they make. A corpus is to be in the vocabularies,
/// if any are given.
void open_whole(const SafeTensors& file, const std::optional<Vocabularies>& vocabularies) {
  const std::string kind = summarise(file, false)["kind"];
  if (kind == "corpus") {
    const Corpus corpus(file.path());
    if (!vocabularies) return;
    for (const CorpusColumn& column : corpus.columns()) column.check_vocabulary(vocabularies->of(column.info().name));
  } else if (kind != "other") {
    load_model(file);
    const VocabularyBytes vocabulary = read_vocabulary(file);
    Vocabulary::from_bytes(vocabulary.source, file.path().string());
    Vocabulary::from_bytes(vocabulary.target, file.path().string());
  }
}

void verify(const fs::path& path, std::ostream& out, const std::optional<Vocabularies>& vocabularies = {}) {
  const SafeTensors file(path);
  expect_checksums(file);
  check_undamaged(file);
  open_whole(file, vocabularies);
  out << fmt::format("{} is sound: {} tensors and the header match their checksums\n", path.string(),
                     file.tensors().size());
}

/// Verifies all safetensors files of a folder and a corpus's vocabularies, also after what is damaged.
void verify_folder(const fs::path& folder, std::ostream& out) {
  const std::vector<fs::path> files = safetensors_files(folder);
  ROTOR_CHECK(!files.empty(), "{}: expected a folder with safetensors files to verify, found none", folder.string());
  std::vector<std::string> faults;
  const auto attempt = [&](const std::function<void()>& check) {
    try {
      check();
    } catch (const Error& error) {
      faults.emplace_back(error.what());
      out << faults.back() << '\n';
    }
  };
  std::optional<Vocabularies> vocabularies;
  if (holds_vocabularies(folder)) attempt([&] { vocabularies = read_vocabularies(folder); });
  const bool unreadable = !faults.empty();
  for (const fs::path& path : files) attempt([&] { verify(path, out, vocabularies); });
  ROTOR_CHECK(faults.empty(), "{} of {} files{} in {} could not be verified: {}", faults.size() - unreadable,
              files.size(), unreadable ? " and the vocabularies" : "", folder.string(), faults.front());
}

void print_summary(const InspectOptions& options, std::ostream& out) {
  const Json summary = fs::is_directory(options.file)     ? summarise_folder(options.file)
                       : is_vocabulary_file(options.file) ? summarise_vocabulary(options.file)
                                                          : summarise(SafeTensors(options.file), options.tensors);
  out << (options.json ? summary.dump(2) + "\n" : summary_text(summary));
}

}  // namespace

void InspectOptions::describe(Options& options) {
  options.positional("file", file, "a model, checkpoint, corpus or vocabulary; or the folder of a training or a corpus",
                     /*required=*/false);
  options.group("Summary");
  options.only(
      "for the summary", [this] { return wants_summary(); },
      [&] {
        options.add("tensors", tensors, "list every tensor").common().only("for a file", [this] {
          return !fs::is_directory(file);
        });
        options.add("json", json, "print JSON").common();
      });
  options.group("Verification");
  options
      .add("verify", verify,
           "check structure and checksums instead, of every safetensors file of a folder, and a corpus's vocabularies")
      .common();
  options.group("Figures");
  options.add("distance-profile", distance_profile,
              ".svg, .pdf or .csv file to write: biases (t5, tupe, alibi) or norms (shaw) by distance");
  options.add("long-term-decay", long_term_decay,
              ".svg, .pdf or .csv file to write: the bound of rotary scores by distance; needs no input file");
  options.add("reach", reach, "greatest distance drawn; 0: the encoding's own, and 250 for --long-term-decay")
      .at_least(0)
      .at_most(10000)
      .only("for figures", [this] { return !distance_profile.empty() || !long_term_decay.empty(); });
  options.only(
      "with --long-term-decay", [this] { return !long_term_decay.empty(); },
      [&] {
        options.add("head-width", head_width, "width of a head, an even number").at_least(2);
        options.add("rope-base", rope_base, "bases of the angles, with one curve for each");
      });
}

bool InspectOptions::wants_summary() const {
  return !verify && distance_profile.empty() && long_term_decay.empty();
}

void InspectOptions::check() const {
  const bool file_needed = wants_summary() || verify || !distance_profile.empty();
  if (file_needed && file.empty()) throw UsageError("expected a file to inspect; see --help");
  if (!file_needed && !file.empty()) throw UsageError("--long-term-decay reads no file, got " + file);
  if (!fs::is_directory(file) && is_vocabulary_file(file)) {
    require(!verify, "a vocabulary carries no checksums to verify, got {}; leave out --verify", file);
    require(!tensors, "a vocabulary has no tensors to list, got {}; leave out --tensors", file);
    require(distance_profile.empty(), "a vocabulary has no positions, got {}; give a model for --distance-profile",
            file);
  }
  check_figure("distance-profile", distance_profile);
  check_figure("long-term-decay", long_term_decay);
  require(head_width % 2 == 0, "--head-width expects an even number, got {}", head_width);
  parse_bases(rope_base);
}

void inspect(const InspectOptions& options, std::ostream& out) {
  if (!options.long_term_decay.empty()) {
    DecayFigure figure{options.head_width, parse_bases(options.rope_base)};
    if (options.reach > 0) figure.reach = options.reach;
    write_figure(
        options.long_term_decay, [&] { return figure.to_svg(); }, [&] { return figure.to_pdf(); },
        [&] { return figure.to_csv(); });
  }
  if (options.file.empty()) return;
  if (options.verify) fs::is_directory(options.file) ? verify_folder(options.file, out) : verify(options.file, out);
  if (!options.distance_profile.empty()) {
    const auto profiles = distance_profiles(open_model(options.file), options.reach);
    write_figure(
        options.distance_profile, [&] { return profiles_to_svg(profiles); }, [&] { return profiles_to_pdf(profiles); },
        [&] { return profiles_to_csv(profiles); });
  }
  if (!options.verify && options.distance_profile.empty()) print_summary(options, out);
}

}  // namespace rotor
