import CProcess
import Foundation

/// Which processors the two ends of `bitcoin-bench ipc` run on.
///
/// Left to itself the kernel puts the two processes of the plain ping-pong now on one processor, now on two, which
/// changes what it takes by a factor of four, and with it every ratio.
enum Placement: String, CaseIterable {
    /// Each end has a processor of its own, as programs on an idle machine do.
    case apart
    /// Both are on the same one, as on a machine with nothing to spare.
    case together
    /// The kernel decides.
    case any

    /// Numbers of the processors for the end that asks and for the one that answers; nil if the kernel decides.
    ///
    /// - Throws: ``BenchError`` if there are not enough.
    func processors() throws -> (asking: Int32, answering: Int32)? {
        let index: Int32
        switch self {
        case .apart: index = 1
        case .together: index = 0
        case .any: return nil
        }
        let (asking, answering) = (processor_allowed(0), processor_allowed(index))
        guard asking >= 0, answering >= 0 else {
            throw BenchError("this machine has only one processor to give; use -placement=together")
        }
        return (asking, answering)
    }

    /// Keeps every thread of this process, and those to come, on one processor.
    static func keepThisProcess(on processor: Int32) throws {
        for thread in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task") {
            guard run_only_on(processor, Int32(thread) ?? 0) == 0 else {
                throw BenchError("processor \(processor) is not to be had: error \(errno)")
            }
        }
    }

    /// For people.
    var text: String {
        switch self {
        case .apart: "each end on a processor of its own"
        case .together: "both ends on one processor"
        case .any: "placed by the kernel"
        }
    }
}
