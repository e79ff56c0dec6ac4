import Synchronization

/// A screen without a terminal: for tests, and for whoever wants the pictures.
package final class MemoryScreen: Screen {
    /// What it can show.
    package let capabilities: Capabilities
    /// The size now.
    package private(set) var size: Size
    /// What was shown last.
    package private(set) var picture: Picture?
    /// How often something was shown.
    package private(set) var pictureCount = 0
    /// The bounds of the waits so far, nil for none: an idle interface has only those.
    package private(set) var waits: [Int?] = []
    /// How often it was suspended.
    package private(set) var suspensions = 0
    private var script: [[InputEvent]]
    private let onWait: (MemoryScreen) -> Void

    /// A screen whose waits return the events of a script, one entry a wait, and then a hang-up.
    ///
    /// - Parameter onWait: Called before each wait returns.
    package init(
        size: Size = .minimum, capabilities: Capabilities, script: [[InputEvent]],
        onWait: @escaping (MemoryScreen) -> Void = { _ in }
    ) {
        self.size = size
        self.capabilities = capabilities
        self.script = script
        self.onWait = onWait
    }

    /// The next events of the script.
    package func wait(milliseconds: Int?) -> [InputEvent] {
        waits.append(milliseconds)
        onWait(self)
        guard !script.isEmpty else { return [.hangup] }
        let events = script.removeFirst()
        for case .resize(let size) in events { self.size = size }
        return events
    }

    /// Remembers the picture.
    package func show(_ picture: Picture) {
        self.picture = picture
        pictureCount += 1
    }

    /// Nothing to forget.
    package func invalidate() {}

    /// Counts.
    package func suspend() { suspensions += 1 }
}
