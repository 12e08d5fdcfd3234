#include "data/token_blocks.h"

#include <algorithm>
#include <iterator>

#include "base/check.h"

namespace rotor {

namespace {

constexpr const char* kNames[] = {"none", "complete", "complete_doc", "eos"};  // in the order of BreakMode

std::vector<TokenBlock> equal_blocks(const CorpusColumn& column, int64_t tokens) {
  std::vector<TokenBlock> blocks;
  for (int64_t begin = 0, all = column.tokens(); begin < all; begin += tokens) {
    blocks.push_back({begin, std::min(begin + tokens, all)});
  }
  return blocks;
}

/// Adds blocks of the sentences begin … end − 1, as many sentences in a block as fit.
void add_whole_sentences(const CorpusColumn& column, int64_t begin, int64_t end, int64_t tokens,
                         std::vector<TokenBlock>& blocks) {
  TokenBlock open{column.begin(begin), column.begin(begin)};
  for (int64_t i = begin; i < end; ++i) {
    if (open.size() > 0 && open.size() + column.length(i) > tokens) {
      blocks.push_back(open);
      open = {open.end, open.end};
    }
    open.end += column.length(i);
  }
  if (open.size() > 0) blocks.push_back(open);
}

/// The rows after the last ones of the corpus's documents; a corpus without documents is one.
std::vector<int64_t> ends_of_documents(const Corpus& corpus) {
  const auto ends = corpus.document_ends();
  if (ends.empty()) return {corpus.size()};
  return {ends.begin(), ends.end()};
}

/// Blocks within documents. Lines without tokens stand at the ends of documents, and of the first at its beginning.
std::vector<TokenBlock> blocks_of_documents(const Corpus& corpus, const CorpusColumn& column, int64_t tokens) {
  std::vector<TokenBlock> blocks;
  const auto is_empty = [&](int64_t i) { return column.length(i) == 1; };
  int64_t next = 0;
  for (const int64_t document_end : ends_of_documents(corpus)) {
    while (next < document_end) {
      int64_t end = next;
      while (end < document_end && !is_empty(end)) ++end;
      add_whole_sentences(column, next, end, tokens, blocks);
      next = end == document_end ? end : end + 1;
    }
  }
  return blocks;
}

std::vector<TokenBlock> sentence_blocks(const CorpusColumn& column) {
  std::vector<TokenBlock> blocks;
  for (int64_t i = 0; i < column.size(); ++i) blocks.push_back({column.begin(i), column.begin(i + 1)});
  return blocks;
}

/// The sentence that a token of the stream is of.
int64_t sentence_at(const CorpusColumn& column, int64_t token) {
  int64_t first = 0, last = column.size() - 1;
  while (first < last) {
    const int64_t middle = (first + last + 1) / 2;
    if (column.begin(middle) <= token) {
      first = middle;
    } else {
      last = middle - 1;
    }
  }
  return first;
}

}  // namespace

std::vector<std::string> break_mode_names() {
  return {std::begin(kNames), std::end(kNames)};
}

BreakMode break_mode(const std::string& name) {
  const auto found = std::find(std::begin(kNames), std::end(kNames), name);
  ROTOR_CHECK(found != std::end(kNames), "unknown sample break mode '{}'; choose one of: {}", name,
              fmt::join(kNames, ", "));
  return static_cast<BreakMode>(found - std::begin(kNames));
}

std::vector<TokenBlock> cut_blocks(const Corpus& corpus, const CorpusColumn& column, BreakMode mode, int64_t tokens) {
  if (mode == BreakMode::kNone) return equal_blocks(column, tokens);
  if (mode == BreakMode::kEos) return sentence_blocks(column);
  if (mode == BreakMode::kCompleteDoc) return blocks_of_documents(corpus, column, tokens);
  std::vector<TokenBlock> blocks;
  add_whole_sentences(column, 0, column.size(), tokens, blocks);
  return blocks;
}

std::vector<int32_t> read_block(const CorpusColumn& column, TokenBlock block) {
  std::vector<int32_t> tokens;
  tokens.reserve(block.size());
  for (int64_t i = sentence_at(column, block.begin); std::ssize(tokens) < block.size(); ++i) {
    std::vector<int32_t> sentence = column.ids(i);
    sentence.push_back(column.info().specials.eos);
    const int64_t begin = std::max<int64_t>(block.begin - column.begin(i), 0);
    const int64_t end = std::min(block.end - column.begin(i), std::ssize(sentence));
    tokens.insert(tokens.end(), sentence.begin() + begin, sentence.begin() + end);
  }
  return tokens;
}

std::vector<int32_t> read_inputs(const CorpusColumn& column, TokenBlock block) {
  if (block.begin > 0) return read_block(column, {block.begin - 1, block.end - 1});
  std::vector<int32_t> tokens = {column.info().specials.start};
  const std::vector<int32_t> others = read_block(column, {0, block.end - 1});
  tokens.insert(tokens.end(), others.begin(), others.end());
  return tokens;
}

}  // namespace rotor
