// What libFuzzer calls with each input. The environment variable FUZZ_TARGET chooses the target.

import FuzzTargets
import Glibc

private let target: FuzzTarget = {
    let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        print("FUZZ_TARGET is '\(name)', but can only be:", FuzzTarget.allCases.map(\.rawValue).joined(separator: " "))
        exit(2)
    }
    return target
}()

/// Feeds the chosen target with `size` bytes at `data`; libFuzzer's entry point.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    target.run(unsafe Array(UnsafeBufferPointer(start: data, count: size)))
    return 0
}
