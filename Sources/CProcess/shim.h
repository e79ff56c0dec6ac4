// Declarations that the C library hides behind _GNU_SOURCE and that process spawning and Unix sockets need.
#ifndef BITCOIN_CPROCESS_SHIM_H
#define BITCOIN_CPROCESS_SHIM_H

#include <malloc.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/types.h>

// glibc 2.34: the child closes every descriptor from `from` on.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

// What SO_PEERCRED fills in; struct ucred of unix(7).
struct peer_credentials {
    pid_t pid;
    uid_t uid;
    gid_t gid;
};

// No core file, and no debugger of the same user: prctl is variadic, which Swift cannot call.
static inline int forbid_core_dumps(void) {
    struct rlimit none = {0, 0};
    int first = setrlimit(RLIMIT_CORE, &none);
    int second = prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    return first == 0 && second == 0 ? 0 : -1;
}

// Blocks up to `block` bytes come from the heap, and up to `spare` bytes of free memory at its end are kept.
static inline void keep_freed_memory(int block, int spare) {
    mallopt(M_MMAP_THRESHOLD, block);
    mallopt(M_TRIM_THRESHOLD, spare);
}

#endif
