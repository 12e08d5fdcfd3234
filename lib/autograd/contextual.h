// Scores that depend on contextual positions ("kernel/contextual.h").
#pragma once

#include "autograd/variable.h"

namespace rotor {

/// Scores [B,H,Tq,Tk] plus the logits [B,H,Tq,P] of their contextual positions.
Variable add_contextual(const Variable& scores, const Variable& logits, int64_t first_query);

}  // namespace rotor
