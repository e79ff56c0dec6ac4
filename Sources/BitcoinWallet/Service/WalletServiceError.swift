/// Why a wallet service cannot answer.
package enum WalletServiceError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The wallet is not open, or no longer.
    case notLoaded

    /// A text for the user.
    package var description: String {
        switch self {
        case .notLoaded: "Requested wallet does not exist or is not loaded"
        }
    }
}
