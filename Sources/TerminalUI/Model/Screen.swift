/// A terminal, or what stands for one. Owned by the thread that runs the interface.
package protocol Screen: AnyObject {
    /// What the terminal can show.
    var capabilities: Capabilities { get }

    /// The size now.
    var size: Size { get }

    /// Waits until there is input, the waker is called, or the time is over.
    ///
    /// - Parameter milliseconds: The longest wait; nil for no bound.
    /// - Returns: What the user did, in order; empty after the waker or the time.
    func wait(milliseconds: Int?) -> [InputEvent]

    /// Shows a picture.
    func show(_ picture: Picture)

    /// Forgets what is shown, so that the next picture is drawn in full.
    func invalidate()

    /// Gives the terminal back to the shell and stops the process until it is continued.
    func suspend()
}

/// Ends a screen's wait from any thread.
package protocol Waker: Sendable {
    /// Ends the wait that is going on, or the next.
    func wake()
}
