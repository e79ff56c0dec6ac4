// Declarations that the C library hides behind _GNU_SOURCE and that process spawning and Unix sockets need.
#ifndef BITCOIN_CPROCESS_SHIM_H
#define BITCOIN_CPROCESS_SHIM_H

#include <spawn.h>
#include <sys/types.h>

// glibc 2.34: the child closes every descriptor from `from` on.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

// What SO_PEERCRED fills in; struct ucred of unix(7).
struct peer_credentials {
    pid_t pid;
    uid_t uid;
    gid_t gid;
};

#endif
