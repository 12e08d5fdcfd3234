#include "base/gzip_members.h"

#include <zlib.h>

#include <algorithm>
#include <climits>
#include <new>

#include "base/check.h"

namespace rotor {

GzipMembers::GzipMembers() : stream_(std::make_unique<z_stream_s>()) {
  constexpr int kGzipOnly = 16;
  if (inflateInit2(stream_.get(), MAX_WBITS + kGzipOnly) != Z_OK) throw std::bad_alloc();
}

GzipMembers::~GzipMembers() {
  inflateEnd(stream_.get());
}

void GzipMembers::skip_padding(std::string_view& packed) {
  const size_t zeros = std::min(packed.find_first_not_of('\0'), packed.size());
  packed.remove_prefix(zeros);
  if (zeros > 0) state_ = State::kPadding;
  if (packed.empty()) return;
  ROTOR_CHECK(state_ == State::kBetween, "expected zeros alone behind gzip's data, got other bytes");
  inflateReset(stream_.get());
  state_ = State::kMember;
}

size_t GzipMembers::unpack(std::string_view& packed, char* to, size_t size) {
  stream_->next_out = reinterpret_cast<Bytef*>(to);
  stream_->avail_out = static_cast<uInt>(std::min<size_t>(size, UINT_MAX));
  const uInt room = stream_->avail_out;
  while (stream_->avail_out == room) {
    if (state_ != State::kMember) skip_padding(packed);
    if (state_ != State::kMember) return 0;
    const auto most = static_cast<uInt>(std::min<size_t>(packed.size(), UINT_MAX));
    stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_->avail_in = most;
    const int status = inflate(stream_.get(), Z_NO_FLUSH);
    packed.remove_prefix(most - stream_->avail_in);
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    ROTOR_CHECK(status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR, "gzip's data are corrupt");
    if (status == Z_STREAM_END) state_ = State::kBetween;
    if (status == Z_BUF_ERROR) break;  // needs more than there is
  }
  return room - stream_->avail_out;
}

}  // namespace rotor
