#include "text/scripts.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>

#include "base/check.h"

namespace rotor {

Scripts::Scripts(const std::string& language) {
  std::array<UScriptCode, 8> codes;
  UErrorCode error = U_ZERO_ERROR;
  const int32_t count = uscript_getCode(language.c_str(), codes.data(), codes.size(), &error);
  ROTOR_CHECK(U_SUCCESS(error) && count > 0 && codes[0] != USCRIPT_UNKNOWN,
              "expected a language whose script is known, by its code (de, ja, sr_Latn …), got '{}'", language);
  codes_.assign(codes.begin(), codes.begin() + count);
}

double Scripts::share(std::string_view utf8) const {
  const auto* bytes = reinterpret_cast<const uint8_t*>(utf8.data());
  const auto size = static_cast<int64_t>(utf8.size());
  int64_t letters = 0, own = 0;
  for (int64_t i = 0; i < size;) {
    UChar32 point;
    U8_NEXT_OR_FFFD(bytes, i, size, point);
    if (!u_isUAlphabetic(point)) continue;
    UErrorCode error = U_ZERO_ERROR;
    const int32_t script = uscript_getScript(point, &error);
    if (script == USCRIPT_COMMON || script == USCRIPT_INHERITED) continue;
    ++letters;
    own += std::find(codes_.begin(), codes_.end(), script) != codes_.end();
  }
  return letters == 0 ? 1 : static_cast<double>(own) / static_cast<double>(letters);
}

}  // namespace rotor
