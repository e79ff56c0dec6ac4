import Crypto
import CryptoExtras
import Foundation

/// What can go wrong with encryption.
package enum CipherError: Error, Equatable, Sendable {
    /// The key is not 32 bytes or the initialisation vector not 16.
    case wrongParameterSize
    /// The text does not decrypt to well padded bytes: a wrong key or damaged data.
    case cannotDecrypt
    /// The cipher refused to encrypt.
    case cannotEncrypt
}

/// AES-256 in CBC mode with PKCS #7 padding: the cipher of Core's wallet encryption. It does not authenticate.
package enum AES256CBC {
    /// Encrypts `plaintext`.
    ///
    /// - Parameters:
    ///   - key: 32 bytes.
    ///   - initializationVector: 16 bytes.
    /// - Throws: `CipherError.wrongParameterSize`.
    package static func encrypt(
        _ plaintext: [UInt8], key: SecretBytes, initializationVector: [UInt8]
    ) throws(CipherError) -> [UInt8] {
        guard key.count == 32, initializationVector.count == 16 else { throw .wrongParameterSize }
        let symmetricKey = unsafe key.withBytes { unsafe SymmetricKey(data: $0) }
        do {
            let vector = try AES._CBC.IV(ivBytes: initializationVector)
            return Array(try AES._CBC.encrypt(plaintext, using: symmetricKey, iv: vector))
        } catch {
            throw .cannotEncrypt
        }
    }

    /// Decrypts `ciphertext` into locked memory.
    ///
    /// - Throws: `CipherError.cannotDecrypt` when the padding is wrong, which is how a wrong key usually shows.
    package static func decrypt(
        _ ciphertext: [UInt8], key: SecretBytes, initializationVector: [UInt8]
    ) throws(CipherError) -> SecretBytes {
        guard key.count == 32, initializationVector.count == 16 else { throw .wrongParameterSize }
        guard !ciphertext.isEmpty, ciphertext.count % 16 == 0 else { throw .cannotDecrypt }
        let symmetricKey = unsafe key.withBytes { unsafe SymmetricKey(data: $0) }
        do {
            let vector = try AES._CBC.IV(ivBytes: initializationVector)
            var data = try AES._CBC.decrypt(ciphertext, using: symmetricKey, iv: vector)
            var plaintext = Array(data)
            data.resetBytes(in: data.startIndex..<data.endIndex)
            return SecretBytes(consuming: &plaintext)
        } catch {
            throw .cannotDecrypt
        }
    }
}
