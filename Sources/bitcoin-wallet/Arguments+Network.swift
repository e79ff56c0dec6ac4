import BitcoinCommon
import BitcoinConsensus
import BitcoinPrimitives

extension Arguments {
    /// The four bytes that mark wallet files of a network, or of the signet that `-signetchallenge` names.
    ///
    /// - Throws: `OptionError` for a challenge that is none.
    func messageStart(of network: Network) throws(OptionError) -> [UInt8] {
        guard network == .signet, let challenge = try signetChallenge() else {
            return ChainParameters.parameters(for: network).messageStart
        }
        return ChainParameters.signet(challenge: challenge.bytes).messageStart
    }
}
