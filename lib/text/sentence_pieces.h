// Splits text by any SentencePiece model, whatever its special tokens are, as spBLEU needs. Copies share one model;
// several threads may split at once.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sentencepiece {
class SentencePieceProcessor;
}

namespace rotor {

class SentencePieces {
 public:
  /// A file that is no SentencePiece model is an Error.
  explicit SentencePieces(const std::filesystem::path& path);

  /// The pieces of a line of UTF-8 text: "▁dog", "s".
  std::vector<std::string> split(std::string_view text) const;

  const std::string& sha256() const { return sha256_; }  ///< SHA-256 of the file, in hexadecimal

 private:
  std::shared_ptr<const sentencepiece::SentencePieceProcessor> model_;
  std::string sha256_;
};

}  // namespace rotor
