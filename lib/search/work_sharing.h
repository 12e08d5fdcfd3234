// Shares work among threads that each have their own team ("base/team.h"), for translation of several batches at once.
#pragma once

#include <cstdint>
#include <functional>

namespace rotor {

/// Calls work(worker, i) for i = 0 … n − 1 in about that order by `workers` threads that share the threads of
/// the caller; by the caller alone, with all its threads, if there is one worker. The first exception ends the work and
/// is thrown.
void share_work(int64_t workers, int64_t n, const std::function<void(int64_t worker, int64_t i)>& work);

}  // namespace rotor
