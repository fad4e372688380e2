#pragma once
#include <sys/eventfd.h>
#include <sys/prctl.h>

/// A counter that `poll` can watch; its flags are an enum that Swift's Glibc module leaves out.
static inline int esteira_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

/// Names the calling thread for `ps` and `top`; the function is variadic, which Swift cannot call.
/// The system cuts the name to 15 bytes.
static inline void esteira_name_thread(const char *name) { (void)prctl(PR_SET_NAME, name, 0, 0, 0); }
