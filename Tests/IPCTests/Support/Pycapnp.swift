import Glibc
import Testing

@testable import IPC

/// Programs that have none of our code: Python scripts with pycapnp, if it is installed.
enum Pycapnp {
    static let isInstalled = unsafe system("python3 -c 'import capnp' 2>/dev/null") == 0

    /// Objects that a run makes; the whole proof makes 100,000.
    static let objectCount =
        unsafe getenv("PYCAPNP_OBJECTS").flatMap { unsafe Int(String(cString: $0)) } ?? 2000

    /// Starts a script in a folder, beside the test schema; what it prints goes to `out.txt` there.
    static func start(
        _ script: String, in scratch: Scratch, by process: IpcProcess, _ argument: String = ""
    ) throws -> SpawnedProcess {
        Scratch.write(TestSchema.text, to: scratch("test.capnp"))
        Scratch.write(script, to: scratch("script.py"))
        let command = "cd \(scratch.path) && exec python3 script.py \(argument) >out.txt 2>&1"
        return try process.spawn(path: "/bin/sh", arguments: ["/bin/sh", "-c", command])
    }
}
