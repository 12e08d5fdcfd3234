// Threads that share work of which none has a part of its own: whoever is there does what is left.
#pragma once

#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace rotor {

/// Starts threads that call work(0), work(1) … and leave signals to the main thread: `count` of them, or fewer, even
/// none, where the system refuses more.
std::vector<std::jthread> start_workers(int64_t count, const std::function<void(int64_t)>& work);

}  // namespace rotor
