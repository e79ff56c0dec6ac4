import Glibc
import Synchronization

/// The one pool from which `SecretBytes` takes its memory.
let lockedPool = LockedPool()

/// Hands out small pieces of memory pages that are locked into RAM and kept out of core dumps.
///
/// Locking works by whole pages and is limited per process, so one page per key would waste it: pieces of 64 bytes are
/// cut from arenas of 64 KiB. Longer secrets get pages of their own. If locking is refused (a low `RLIMIT_MEMLOCK`) the
/// memory is used unlocked, as Core does: wiping still happens.
final class LockedPool: Sendable {
    private static let slotSize = 64
    private static let arenaSize = 64 * 1024

    /// Addresses of free slots. Integers, so that the state is plainly sendable; each becomes a pointer only when it is
    /// handed out, and the arenas they point into are never unmapped.
    private let freeSlots = Mutex<[UInt]>([])

    /// Memory of at least `byteCount` bytes, zeroed. Give it back with `deallocate`.
    func allocate(byteCount: Int) -> UnsafeMutableRawBufferPointer {
        guard byteCount <= Self.slotSize else {
            return unsafe Self.map(byteCount: Self.roundedToPages(byteCount))
        }
        let address = freeSlots.withLock { slots -> UInt in
            if slots.isEmpty {
                let arena = unsafe Self.map(byteCount: Self.arenaSize)
                guard let base = arena.baseAddress else { return 0 }
                let start = UInt(bitPattern: base)
                slots = stride(from: start, to: start + UInt(Self.arenaSize), by: Self.slotSize).reversed()
            }
            return slots.popLast() ?? 0
        }
        return unsafe UnsafeMutableRawBufferPointer(
            start: UnsafeMutableRawPointer(bitPattern: address), count: Self.slotSize)
    }

    /// Takes back memory that `allocate` gave and that the caller has wiped.
    func deallocate(_ memory: UnsafeMutableRawBufferPointer) {
        guard let base = memory.baseAddress else { return }
        if memory.count == Self.slotSize {
            let address = UInt(bitPattern: base)
            freeSlots.withLock { $0.append(address) }
        } else {
            unsafe munmap(base, memory.count)
        }
    }

    private static func roundedToPages(_ byteCount: Int) -> Int {
        let page = 4096
        return (byteCount + page - 1) / page * page
    }

    private static func map(byteCount: Int) -> UnsafeMutableRawBufferPointer {
        let address = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let base = unsafe address, unsafe base != MAP_FAILED else {
            // The process is out of address space or memory; nothing sensible can follow without a key's memory.
            preconditionFailure("no memory for secrets")
        }
        unsafe mlock(base, byteCount)
        unsafe madvise(base, byteCount, MADV_DONTDUMP)
        return unsafe UnsafeMutableRawBufferPointer(start: base, count: byteCount)
    }
}
