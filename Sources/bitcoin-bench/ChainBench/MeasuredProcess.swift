import Foundation
import Glibc

/// What a program took from its start to its end.
struct ProcessUsage {
    /// Seconds on the clock.
    var seconds: Double
    /// Seconds on all processors, for the program and for the system on its behalf.
    var processorSeconds: Double
    /// Bytes of memory in use at the worst moment.
    var peakMemory: Double
    /// 0 for a good end.
    var status: Int32
}

/// Starts programs and measures them.
enum MeasuredProcess {
    /// Runs a program to its end. What it prints goes nowhere, but for errors.
    ///
    /// - Throws: `BenchError` when it cannot be started.
    static func run(_ path: String, _ arguments: [String]) throws -> ProcessUsage {
        var words: [UnsafeMutablePointer<CChar>?] = unsafe ([path] + arguments).map { unsafe strdup($0) }
        unsafe words.append(nil)
        defer { for index in unsafe words.indices { unsafe free(words[index]) } }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        var process: pid_t = 0
        let start = ContinuousClock.now
        let result = unsafe posix_spawn(&process, path, &actions, nil, words, environ)
        guard result == 0 else { throw BenchError("cannot start \(path): error \(result)") }
        var status: Int32 = 0
        var usage = rusage()
        while unsafe wait4(process, &status, 0, &usage) == -1 {
            guard errno == EINTR else { throw BenchError("cannot wait for \(path): error \(errno)") }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return ProcessUsage(
            seconds: seconds, processorSeconds: Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime),
            peakMemory: Double(usage.ru_maxrss) * 1024, status: status)
    }

    /// Ends a process that is nobody's child any more, and waits until it has ended.
    ///
    /// - Returns: the bytes of memory that it had in use at the worst moment.
    static func end(_ process: pid_t) throws -> Double {
        let memory = peakMemory(of: process)
        kill(process, SIGTERM)
        for _ in 0..<6000 where kill(process, 0) == 0 { usleep(10_000) }
        guard kill(process, 0) != 0 else { throw BenchError("process \(process) does not end") }
        return memory
    }

    private static func peakMemory(of process: pid_t) -> Double {
        let text = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        let kilobytes = line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Double($0) }
        return (kilobytes ?? .nan) * 1024
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
