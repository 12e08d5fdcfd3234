#include "train/reports.h"

#include <cmath>
#include <fstream>
#include <numbers>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/files.h"
#include "base/json.h"
#include "base/log.h"
#include "base/output_path.h"
#include "train/workers.h"

namespace rotor {
namespace {

bool is_report(const nlohmann::ordered_json& json) {
  return json.is_object() && json.contains("update") && json["update"].is_number_integer();
}

}  // namespace

void LossSums::add(double more_loss, double more_nll, int64_t more_targets, int64_t more_tokens) {
  loss += more_loss;
  nll += more_nll;
  targets += more_targets;
  tokens += more_tokens;
}

double LossSums::loss_bits() const {
  return loss / static_cast<double>(targets) / unit;
}
double LossSums::nll_bits() const {
  return nll / static_cast<double>(targets) / unit;
}
double LossSums::perplexity() const {
  return std::exp2(nll_bits());
}

Scores LossSums::scores() const {
  return {{"loss", loss_bits()}, {"nll_loss", nll_bits()}, {"ppl", perplexity()}};
}

LossSums LossSums::over(Workers& workers) const {
  double values[] = {loss, nll, static_cast<double>(targets), static_cast<double>(tokens)};
  workers.sum(values);
  return {values[0], values[1], static_cast<int64_t>(values[2]), static_cast<int64_t>(values[3]), unit};
}

Reports::Reports(std::filesystem::path path, int64_t updates) : path_(std::move(path)) {
  std::vector<std::string> kept;
  int64_t damaged = 0;
  std::ifstream in(path_);
  for (std::string line; std::getline(in, line);) {
    const auto report = parse_json(line);
    if (!is_report(report)) {
      damaged += !in.eof();  // a run that was killed leaves a last line without its end
      continue;
    }
    const auto update = report["update"].get<int64_t>();
    if (update > updates || report.contains(kFinal)) continue;
    kept.push_back(line);
    if (report.contains("valid_loss")) validated_at_ = update;
  }
  if (damaged > 0) set_aside(damaged);
  write_atomically(path_, [&](std::ostream& out) {
    for (const auto& line : kept) out << line << '\n';
  });
}

void Reports::set_aside(int64_t damaged) const {
  const std::string copy = path_.string() + ".damaged";
  link_atomically(output_path(path_).path, copy);
  log::warn("{}: expected a report with its update on each line, got {} damaged {}, left out; the file as it was is {}",
            path_.string(), damaged, damaged == 1 ? "line" : "lines", copy);
}

void Reports::write(const nlohmann::ordered_json& report) {
  std::error_code ignored;
  const auto size = std::filesystem::file_size(path_, ignored);
  std::ofstream out(path_, std::ios::app);
  out << report.dump() << '\n' << std::flush;
  if (out.good()) return;
  out.close();  // tries once more
  std::filesystem::resize_file(path_, size, ignored);
  fail("cannot write to {}: is the disk full?", path_.string());
}

}  // namespace rotor
