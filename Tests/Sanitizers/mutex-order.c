// Tells Thread Sanitizer of the order that contended mutexes make.
//
// `Synchronization.Mutex` takes and gives back a free lock by atomic operations that are compiled into the calling code, where
// Thread Sanitizer sees them. When there is contention it calls into the standard library, where the kernel changes the word of
// the lock (FUTEX_LOCK_PI, FUTEX_UNLOCK_PI) and no instrumented code does: the order is real but unseen, and everything that
// such a mutex guards is reported as a race. These functions stand before the library's of the same names (the program's own
// symbols win), call those, and say what the kernel has done: what happened before a release on a word is before what follows an
// acquire of it. Nothing else is silenced.
//
// For ELF systems; built and linked by `Resources/test --sanitize=thread` only.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#define METHOD __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

void __tsan_acquire(void *address);
void __tsan_release(void *address);

METHOD void mutexLockSlow(uint32_t thread, SELF) __asm__(LOCK);
METHOD bool mutexTryLockSlow(SELF) __asm__(TRY_LOCK);
METHOD void mutexUnlockSlow(SELF) __asm__(UNLOCK);

METHOD void mutexLockSlow(uint32_t thread, SELF) {
    static METHOD void (*next)(uint32_t, SELF);
    if (!next) next = (METHOD void (*)(uint32_t, SELF))dlsym(RTLD_NEXT, LOCK);
    next(thread, self);
    __tsan_acquire(self);
}

METHOD bool mutexTryLockSlow(SELF) {
    static METHOD bool (*next)(SELF);
    if (!next) next = (METHOD bool (*)(SELF))dlsym(RTLD_NEXT, TRY_LOCK);
    if (!next(self)) return false;
    __tsan_acquire(self);
    return true;
}

METHOD void mutexUnlockSlow(SELF) {
    static METHOD void (*next)(SELF);
    if (!next) next = (METHOD void (*)(SELF))dlsym(RTLD_NEXT, UNLOCK);
    __tsan_release(self);
    next(self);
}
