// A system that refuses every further thread.
#pragma once

#include <pthread.h>

#include <cstddef>

namespace rotor {

/// Makes this process ask for more stack for each thread than there are addresses; for a child process of its own.
inline void refuse_threads() {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, size_t{1} << 50);
  pthread_setattr_default_np(&attributes);
  pthread_attr_destroy(&attributes);
}

}  // namespace rotor
