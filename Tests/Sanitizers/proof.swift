// Shows that mutex-order.c is needed, that it is enough, and that it hides nothing: `Resources/test --sanitize=thread` runs this
// without it (Thread Sanitizer reports a race where there is none), with it (no report), and with it and a real race (reported).
// In Swift 5 mode, because a real race is meant.

import Foundation
import Synchronization

/// A number behind a mutex, and one behind nothing.
final class Counters: Sendable {
    let guarded = Mutex(0)
    nonisolated(unsafe) var bare = 0
}

let counters = Counters()
let finished = Counters()
let isRacing = CommandLine.arguments.contains("race")

for _ in 0..<4 {
    let thread = Thread {
        // Nothing orders these before what the other threads do at their beginning.
        if isRacing { counters.bare += 1 }
        for _ in 0..<20_000 { counters.guarded.withLock { $0 += 1 } }
        finished.guarded.withLock { $0 += 1 }
    }
    thread.start()
}
while finished.guarded.withLock({ $0 }) < 4 { usleep(1000) }
print(counters.guarded.withLock { $0 })
