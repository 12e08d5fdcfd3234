// Operators on the last axis of tensors, and scores that depend on a column of the keys.
#pragma once

#include "autograd/variable.h"

namespace rotor {

/// [.., n] and [.., m], whose other axes are equal -> [.., n + m].
Variable join_columns(const Variable& a, const Variable& b);

/// Columns begin … begin + count − 1 of x.
Variable columns(const Variable& x, int64_t begin, int64_t count);

/// Scores [B,H,Tq,Tk] of forgetting attention whose gates have the logits [B,H,Tk] ("kernel/forgetting.h").
Variable add_forgetting(const Variable& scores, const Variable& logits, int64_t first_query);

}  // namespace rotor
