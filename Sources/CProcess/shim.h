// Declarations that the C library hides behind _GNU_SOURCE and that process spawning and Unix sockets need.
#ifndef BITCOIN_CPROCESS_SHIM_H
#define BITCOIN_CPROCESS_SHIM_H

#include <malloc.h>
#include <pthread.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

// Since glibc 2.10 and 2.12.
extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
extern int pthread_setname_np(pthread_t thread, const char *name);

// What is waited for, or has happened; epoll_ctl(2).
enum {
    socket_readable = EPOLLIN,
    socket_writable = EPOLLOUT,
    socket_gone = EPOLLHUP | EPOLLERR,
    // Nothing more comes, though the other end may still read.
    socket_finished = EPOLLRDHUP,
};

// An event is reported once, when it happens, and again by every change of what is waited for.
static inline int socket_events_watch(int queue, int descriptor, uint64_t key, uint32_t events, int is_new) {
    struct epoll_event event = {.events = events | EPOLLET, .data.u64 = key};
    return epoll_ctl(queue, is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, &event);
}

static inline int socket_events_forget(int queue, int descriptor) {
    struct epoll_event event = {0};
    return epoll_ctl(queue, EPOLL_CTL_DEL, descriptor, &event);
}

static inline int socket_events_make(void) { return epoll_create1(EPOLL_CLOEXEC); }

static inline int wake_up_make(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

struct socket_event {
    uint64_t key;
    uint32_t events;
};

// Waits for up to 64 events; without end if `waits`.
static inline int socket_events_next(int queue, struct socket_event *found, int waits) {
    struct epoll_event events[64];
    int count = epoll_wait(queue, events, 64, waits ? -1 : 0);
    for (int index = 0; index < count; ++index) {
        found[index].key = events[index].data.u64;
        found[index].events = events[index].events;
    }
    return count;
}

enum { processor_mask_words = 16, processor_mask_bits = 8 * sizeof(unsigned long) };

// Number of the processor at `index` among those that this thread may run on, lowest first; -1 if there are fewer.
static inline int processor_allowed(int index) {
    unsigned long mask[processor_mask_words] = {0};
    if (syscall(SYS_sched_getaffinity, 0, sizeof mask, mask) < 0) return -1;
    for (int number = 0; number < processor_mask_words * processor_mask_bits; ++number)
        if (mask[number / processor_mask_bits] >> number % processor_mask_bits & 1 && index-- == 0) return number;
    return -1;
}

// Lets a thread, and those that it starts later, run on one processor only; 0 on success.
static inline int run_only_on(int number, int thread) {
    unsigned long mask[processor_mask_words] = {0};
    if (number < 0 || number >= processor_mask_words * processor_mask_bits) return -1;
    mask[number / processor_mask_bits] = 1ul << number % processor_mask_bits;
    return syscall(SYS_sched_setaffinity, thread, sizeof mask, mask) < 0 ? -1 : 0;
}

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
