// gzip data as the gzip command reads them: one member or several, and zeros behind the last, as tapes, disk blocks and
// some downloads leave them. Boost.Iostreams takes those zeros for a damaged member.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

struct z_stream_s;  // zlib's

namespace rotor {

class GzipMembers {
 public:
  GzipMembers();
  ~GzipMembers();
  GzipMembers(const GzipMembers&) = delete;
  GzipMembers& operator=(const GzipMembers&) = delete;

  /// Unpacks `packed` from its front, which it takes away, and writes at most `size` bytes to `to`. Returns how many;
  /// with 0 all of `packed` is used up. Corrupt data, or other bytes than zeros behind a member, are an Error.
  size_t unpack(std::string_view& packed, char* to, size_t size);

  /// Whether the data so far are whole members.
  bool whole() const { return state_ != State::kMember; }

 private:
  enum class State { kBetween, kMember, kPadding };
  void skip_padding(std::string_view& packed);

  std::unique_ptr<z_stream_s> stream_;
  State state_ = State::kMember;
};

}  // namespace rotor
