/// The log's configuration from the options.
package enum LogOptions {
    /// Reads the log options.
    ///
    /// - Parameter directory: Datadir of the network, for a relative `-debuglogfile`.
    /// - Throws: `OptionError` for an unknown category.
    package static func configuration(
        _ arguments: Arguments, directory: String
    ) throws(OptionError) -> DebugLog.Configuration {
        var result = DebugLog.Configuration()
        if !arguments.isNegated("debuglogfile") {
            let name = arguments.string("debuglogfile").flatMap { $0.isEmpty ? nil : $0 } ?? "debug.log"
            result.path = name.hasPrefix("/") ? name : directory + "/" + name
        }
        let isBackground = arguments.boolean("daemon") ?? false || arguments.boolean("daemonwait") ?? false
        result.toConsole = arguments.boolean("printtoconsole") ?? !isBackground
        result.timestamps = arguments.boolean("logtimestamps") ?? true
        result.microseconds = arguments.boolean("logtimemicros") ?? false
        result.levelAlways = arguments.boolean("loglevelalways") ?? false
        result.mockTime = arguments.integer("mocktime").flatMap { $0 == 0 ? nil : $0 }
        let names = arguments.strings("debug")
        // "-debug=0" and "-debug=none" clear what came before.
        let start = names.lastIndex { $0 == "0" || $0 == "none" }.map { $0 + 1 } ?? 0
        for name in names[start...] {
            switch name {
            case "", "1", "all": result.categories.formUnion(DebugLog.categories)
            case _ where DebugLog.categories.contains(name): result.categories.insert(name)
            default: throw OptionError("Unsupported logging category -debug=\(name).")
            }
        }
        for name in arguments.strings("debugexclude") {
            guard DebugLog.categories.contains(name) else {
                throw OptionError("Unsupported logging category -debugexclude=\(name).")
            }
            result.categories.remove(name)
        }
        return result
    }
}
