package import BitcoinCrypto
package import BitcoinPrimitives
package import BitcoinScript
import ByteCoding

/// Everything that a wallet file says, read and checked but not yet put to work.
package struct WalletContents: Sendable {
    /// A descriptor with its caches and keys.
    package struct Descriptor: Sendable {
        /// SHA-256 of the descriptor, which names it in all its records.
        package var id: Hash256
        /// The descriptor and its range.
        package var record: DescriptorRecord
        /// Extended public keys by the index of their key expression: 74 bytes each.
        package var parentCache: [UInt32: [UInt8]] = [:]
        /// Extended public keys by the index of their key expression and the index derived.
        package var derivedCache: [UInt32: [UInt32: [UInt8]]] = [:]
        /// The last hardened extended public keys by the index of their key expression.
        package var lastHardenedCache: [UInt32: [UInt8]] = [:]
        /// Private keys with the public keys that they belong to.
        package var keys: [(publicKey: PublicKey, privateKey: PrivateKey)] = []
        /// Encrypted private keys.
        package var encryptedKeys: [(publicKey: PublicKey, ciphertext: [UInt8])] = []
    }

    /// Which descriptor new addresses of a kind come from.
    package struct ActiveDescriptor: Sendable, Equatable {
        /// The kind of address.
        package var kind: OutputType
        /// For change.
        package var isInternal: Bool
        /// The descriptor.
        package var id: Hash256
    }

    /// A transaction with all its witnesses.
    package struct StoredTransaction: Sendable {
        /// The record.
        package var record: TransactionRecord
        /// The same transaction with other witnesses, the record's own among them.
        package var variants: [Transaction] = []
    }

    /// A record that could not be used.
    package struct Problem: Sendable, Equatable, CustomStringConvertible {
        /// How bad it is.
        package enum Severity: Int, Sendable, Comparable {
            /// Nothing is lost: a kind of record that this program does not know.
            case unknown
            /// Something is lost that keeps nobody from using the wallet.
            case harmless
            /// The wallet must not be used.
            case corrupt
            /// A descriptor of a kind that this program does not understand.
            case unknownDescriptor
            /// A record of a legacy wallet.
            case legacy

            package static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }
        }

        /// The type of the record, and what tells it from others of its type.
        package var record: String
        /// What is wrong.
        package var text: String
        /// How bad it is.
        package var severity: Severity

        package var description: String { "\(record): \(text)" }

        /// The name of a record that an id tells from others of its type.
        static func name(of type: RecordType, _ id: Hash256) -> String {
            "\(type.rawValue) record \(Hex.encode(id.bytes))"
        }
    }

    /// The version of the program that wrote the file last.
    package var clientVersion: Int32?
    /// What kind of wallet it is.
    package var flags: WalletFlags = []
    /// Descriptors in the order of their ids.
    package var descriptors: [Descriptor] = []
    /// Where new addresses come from.
    package var active: [ActiveDescriptor] = []
    /// Encryption keys by their number; empty for wallets without encryption.
    package var masterKeys: [UInt32: MasterKeyRecord] = [:]
    /// Labels by address.
    package var labels: [String: String] = [:]
    /// Purposes by address.
    package var purposes: [String: String] = [:]
    /// Further data of addresses: "used" marks and payment requests.
    package var destinationData: [(address: String, key: String, value: [UInt8])] = []
    /// Transactions in the order of their ids.
    package var transactions: [StoredTransaction] = []
    /// Outputs that the user locked.
    package var lockedOutputs: [OutPoint] = []
    /// The place in the order that the next transaction gets.
    package var nextOrderPosition: Int64 = 0
    /// Where the wallet stood in the chain.
    package var locator = BlockLocator()
    /// Records that could not be used.
    package var problems: [Problem] = []
}
