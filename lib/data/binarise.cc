#include "data/binarise.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "base/check.h"
#include "base/in_order.h"
#include "base/progress.h"
#include "base/signals.h"
#include "text/unicode.h"

namespace rotor {
namespace {

constexpr int64_t kBlock = 256;  // rows

/// Rows on their way through the threads.
struct Block {
  struct Row {
    size_t group = 0;  ///< of files, from 1
    int64_t line = 0;  ///< of these files, from 1
    std::vector<std::string> lines;
    std::vector<std::vector<int32_t>> ids;
  };
  int64_t size = 0;
  std::vector<Row> rows = std::vector<Row>(kBlock);
};

/// Finds where documents end.
class Documents {
 public:
  /// Whether a document ends before this row.
  bool ends_before(const Block::Row& row) {
    const bool blank = row.ids.front().empty() || is_blank(row.lines.front());
    const bool ends = begun_ && (row.group != group_ || (after_blank_ && !blank));
    if (ends) begun_ = false;
    begun_ = begun_ || !blank;
    after_blank_ = blank;
    group_ = row.group;
    return ends;
  }

 private:
  size_t group_ = 0;
  bool begun_ = false;  ///< whether a line that is not blank came since the last end
  bool after_blank_ = false;
};

/// Writes rows, and counts them.
class RowWriter {
 public:
  RowWriter(const LengthRules& rules, bool documents, const std::vector<Encoder>& encoders, CorpusWriter& writer)
      : rules_(rules), writer_(writer) {
    for (const Encoder& encoder : encoders) tallies_.push_back(std::make_unique<ColumnTally>(encoder.vocabulary));
    if (documents) documents_.emplace();
  }

  void write(const Block::Row& row) {
    sizes_.clear();
    for (const auto& ids : row.ids) sizes_.push_back(ids.size());
    if (const Fault fault = rules_.judge(sizes_); fault != Fault::kNone) {
      result_.faults.add(fault);
      return;
    }
    if (documents_ && documents_->ends_before(row)) writer_.end_document();
    writer_.add(row.ids, row.lines);
    for (size_t i = 0; i < tallies_.size(); ++i) tallies_[i]->add(row.lines[i], row.ids[i]);
    ++result_.rows;
    result_.empty_rows += row.ids.front().empty() ? 1 : 0;
  }

  Binarised finish() {
    for (const auto& tally : tallies_) result_.columns.push_back(tally->finish());
    return std::move(result_);
  }

 private:
  const LengthRules& rules_;
  CorpusWriter& writer_;
  std::vector<std::unique_ptr<ColumnTally>> tallies_;
  std::optional<Documents> documents_;
  std::vector<size_t> sizes_;
  Binarised result_;
};

}  // namespace

std::vector<int32_t> Encoder::operator()(std::string_view line) const {
  std::vector<int32_t> ids = vocabulary.encode(line);
  if (opening >= 0 && !ids.empty()) ids.insert(ids.begin(), opening);
  return ids;
}

Fault LengthRules::judge(std::span<const size_t> sizes) const {
  const auto [least, most] = std::minmax_element(sizes.begin(), sizes.end());
  if (*least == 0) return keep_blank ? Fault::kNone : Fault::kBlank;
  const auto shorter = static_cast<double>(*least), longer = static_cast<double>(*most);
  if (max_length > 0 && longer > static_cast<double>(max_length)) return Fault::kLength;
  return max_ratio > 0 && longer > max_ratio * shorter ? Fault::kRatio : Fault::kNone;
}

Binarised binarise(ParallelReader reader, const std::vector<bool>& kept, const LengthRules& rules, bool documents,
                   const std::vector<Encoder>& encoders, CorpusWriter& writer, int64_t workers) {
  Progress progress(std::ssize(kept));
  int64_t line = 0;
  const auto read = [&](Block& block) {
    if (const int number = signal_received()) throw Interrupted(number);
    block.size = 0;
    while (block.size < kBlock && reader.next(block.rows[block.size].lines)) {
      ROTOR_CHECK(line < std::ssize(kept),
                  "expected a text of {} lines as before, got more; leave its files alone meanwhile", kept.size());
      block.rows[block.size].group = reader.lines().size();
      block.rows[block.size].line = reader.lines().back();
      block.size += kept[line++];
    }
    ROTOR_CHECK(block.size > 0 || line == std::ssize(kept),
                "expected a text of {} lines as before, got {}; leave its files alone meanwhile", kept.size(), line);
    progress.update(line, fmt::format("{} lines encoded", line));
    return block.size > 0;
  };
  const auto encode = [&](Block& block) {
    for (int64_t i = 0; i < block.size; ++i) {
      auto& [group, line_number, lines, ids] = block.rows[i];
      ids.resize(lines.size());
      try {
        for (size_t j = 0; j < lines.size(); ++j) ids[j] = encoders[j](lines[j]);
      } catch (const Error& error) {
        fail("line {} of {}: {}", line_number, names_of(reader.files(group)), error.what());
      }
    }
  };
  RowWriter rows(rules, documents, encoders, writer);
  const auto write = [&](Block& block) {
    for (int64_t i = 0; i < block.size; ++i) rows.write(block.rows[i]);
  };
  InOrder<Block>(read, encode, write).run(workers);
  return rows.finish();
}

}  // namespace rotor
