#include "text/vocab_txt.h"

#include <algorithm>
#include <unordered_map>

#include "base/check.h"
#include "base/files.h"
#include "base/json.h"
#include "base/mapped_file.h"
#include "text/unicode.h"

namespace rotor {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::string_view kSerialized = "rotor-vocabulary ";  // of any kind
constexpr std::string_view kName = "rotor-vocabulary wordpiece ";
constexpr std::string_view kSpecials[] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};

/// The line that a vocabulary of these options begins with, without its end.
std::string first_line(const BertWordOptions& options) {
  return fmt::format("{}1 do_lower_case={} strip_accents={} tokenize_chinese_chars={}", kName, options.lower_case,
                     options.strip_accents, options.split_chinese);
}

/// Takes the first line off a text, without its line feed or CR LF; the last line may have no end.
std::string_view take_line(std::string_view& text) {
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_special(std::string_view line) {
  return std::find(std::begin(kSpecials), std::end(kSpecials), line) != std::end(kSpecials);
}

bool is_control_byte(char byte) {
  return static_cast<unsigned char>(byte) < 0x20 && byte != '\n' && byte != '\r' && byte != '\t';
}

/// Whether so many tokens have a capital letter that the vocabulary is of cased text. One of lower case may have some
/// that were added by hand.
bool is_cased(std::string_view vocab_txt) {
  int64_t tokens = 0, capital = 0;
  while (!vocab_txt.empty()) {
    const std::string_view token = take_line(vocab_txt);
    ++tokens;
    if (token.starts_with('[') && token.ends_with(']')) continue;
    const std::u32string points = code_points(token);
    capital += lowercase_each(points) != points;
  }
  constexpr int64_t kOneIn = 100;
  return capital * kOneIn > tokens;
}

/// A JSON object that a file holds; an empty one if there is no such file.
Json object_of(const fs::path& path) {
  if (!fs::exists(path)) return Json::object();
  Json object = parse_json(MappedFile(path).bytes());
  ROTOR_CHECK(object.is_object(),
              "{}: expected a JSON object that says how text is cut, got something else; mend it or take it away",
              path.string());
  return object;
}

/// What an object of a file says of a key; none if it says nothing or null.
std::optional<bool> setting(const Json& object, const char* key, const fs::path& path) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return std::nullopt;
  ROTOR_CHECK(found->is_boolean(), "{}: expected true or false as \"{}\", got {}; mend it or take the file away",
              path.string(), key, found->dump());
  return found->get<bool>();
}

/// The settings that Hugging Face's files in a folder make: those of tokenizer_config.json, else the normalizer's of
/// tokenizer.json.
class SettingsBeside {
 public:
  explicit SettingsBeside(const fs::path& folder)
      : config_path_(folder / "tokenizer_config.json"),
        fast_path_(folder / "tokenizer.json"),
        config_(object_of(config_path_)) {
    const Json fast = object_of(fast_path_);
    const auto normalizer = fast.find("normalizer");
    if (normalizer != fast.end() && normalizer->is_object()) normalizer_ = *normalizer;
  }

  std::optional<bool> operator()(const char* key, const char* fast_key) const {
    const std::optional<bool> said = setting(config_, key, config_path_);
    return said ? said : setting(normalizer_, fast_key, fast_path_);
  }

 private:
  fs::path config_path_, fast_path_;
  Json config_, normalizer_ = Json::object();
};

BertWordOptions parse_first_line(std::string_view line, const std::string& origin) {
  for (int choice = 0; choice < 8; ++choice) {
    const BertWordOptions options{(choice & 1) != 0, (choice & 2) != 0, (choice & 4) != 0};
    if (line == first_line(options)) return options;
  }
  fail(
      "{}: expected a WordPiece vocabulary that begins with a line such as \"{}\", got \"{}\"; make it with this "
      "version of Rotor, from vocab.txt",
      origin, first_line({}), line);
}

}  // namespace

bool is_vocab_txt(std::string_view bytes) {
  if (bytes.empty() || bytes.starts_with(kSerialized)) return false;
  if (std::none_of(bytes.begin(), bytes.end(), is_control_byte) && is_utf8(bytes)) return true;
  while (!bytes.empty()) {
    if (is_special(take_line(bytes))) return true;
  }
  return false;
}

BertWordOptions vocab_txt_options(const fs::path& path, std::string_view bytes, std::optional<bool> lower_case) {
  const SettingsBeside setting(path.parent_path());
  if (!lower_case) lower_case = setting("do_lower_case", "lowercase");
  BertWordOptions options;
  options.lower_case = lower_case ? *lower_case : !is_cased(bytes);
  options.strip_accents = setting("strip_accents", "strip_accents").value_or(options.lower_case);
  options.split_chinese = setting("tokenize_chinese_chars", "handle_chinese_chars").value_or(true);
  return options;
}

std::string serialized_wordpiece(std::string_view vocab_txt, const BertWordOptions& options) {
  std::string text = first_line(options) + '\n';
  while (!vocab_txt.empty()) (text += take_line(vocab_txt)) += '\n';
  return text;
}

void refuse_vocab_txt(const std::string& origin) {
  fail(
      "{}: expected a vocabulary in the form that Rotor saves, got a text such as BERT's vocab.txt; if it is one, put "
      "the line \"{}\" before it, with false for what it does not do",
      origin, first_line({}));
}

bool is_serialized_wordpiece(std::string_view bytes) {
  return bytes.starts_with(kName);
}

WordPieceText parse_wordpiece(std::string_view bytes, const std::string& origin) {
  WordPieceText text{parse_first_line(take_line(bytes), origin), {}};
  std::unordered_map<std::string_view, size_t> lines;
  for (size_t line = 1; !bytes.empty(); ++line) {
    const std::string_view token = take_line(bytes);
    ROTOR_CHECK(is_utf8(token),
                "{}: expected BERT's vocab.txt in UTF-8, got other bytes in line {}; convert it to UTF-8", origin,
                line);
    const auto [first, added] = lines.emplace(token, line);
    ROTOR_CHECK(
        added,
        "{}: expected each token of BERT's vocab.txt once, got \"{}\" in lines {} and {}; get the file anew, or "
        "rename one of them so that the others keep their ids",
        origin, token, first->second, line);
    text.tokens.emplace_back(token);
  }
  for (const std::string_view special : kSpecials) {
    ROTOR_CHECK(
        lines.contains(special) || special == "[MASK]",
        "{}: expected BERT's vocab.txt, with a token a line and [PAD], [UNK], [CLS] and [SEP] among them, found no {} "
        "(lines: {})",
        origin, special, text.tokens.size());
  }
  return text;
}

std::string describe_wordpiece(std::string_view bytes) {
  const BertWordOptions options = parse_first_line(take_line(bytes), "the vocabulary");
  std::string text = options.lower_case ? "uncased" : "cased";
  if (options.strip_accents != options.lower_case)
    text += options.strip_accents ? ", without accents" : ", with accents";
  if (!options.split_chinese) text += ", Chinese not split";
  return text;
}

}  // namespace rotor
