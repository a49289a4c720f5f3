#include <libpq-fe.h>

#ifdef __linux__
#include <sys/prctl.h>

// prctl is variadic, which Swift can't call.
static inline void clibpq_set_thread_name(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}
#endif
