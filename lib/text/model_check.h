// A check of serialized SentencePiece models before the library reads them. It trusts the normaliser's table
// (precompiled_charsmap: a double-array trie as darts-clone lays it out, then the replacement texts) without looking,
// so that one wrong bit would make it read outside of memory; this follows every link of the trie once instead.
#pragma once

#include <string_view>

namespace rotor {

/// True if the bytes are well-formed as a protocol buffer and every normaliser table in them stays inside itself.
bool is_sound_model(std::string_view bytes);

}  // namespace rotor
