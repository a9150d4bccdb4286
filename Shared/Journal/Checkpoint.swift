import Crypto
import Foundation
import Models

/// A signed statement about a journal: so many entries, and this root. C2SP tlog-checkpoint in a
/// signed note, Ed25519.
package struct Checkpoint: Sendable, Equatable {
  package let origin: String
  package let size: Int64
  package let root: Merkle.Hash

  package init(origin: String, size: Int64, root: Merkle.Hash) {
    self.origin = origin
    self.size = size
    self.root = root
  }

  /// What is signed: three lines.
  var text: String { "\(origin)\n\(size)\n\(Data(root).base64EncodedString())\n" }

  /// Reads the signed note and verifies it.
  /// - Returns: nil where the text is no note of this origin or the signature does not hold.
  package init?(note: String, verifier: CheckpointVerifier) {
    let lines = note.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count >= 5, lines[3].isEmpty, lines[0] == verifier.name, let size = Int64(lines[1]),
      size >= 0, let root = Data(base64Encoded: lines[2]), root.count == 32
    else { return nil }
    self.init(origin: lines[0], size: size, root: Array(root))
    let prefix = "\u{2014} \(verifier.name) "
    let signed = lines[4...].contains { line in
      guard line.hasPrefix(prefix),
        let field = Data(base64Encoded: String(line.dropFirst(prefix.count)))
      else { return false }
      return verifier.verifies(Array(field), over: text)
    }
    // The very lines that were signed, and not others that mean the same.
    guard signed, "\(lines[0])\n\(lines[1])\n\(lines[2])\n".utf8.elementsEqual(text.utf8) else {
      return nil
    }
  }
}

/// The public half of a journal's key, written as a C2SP verifier key:
/// `<origin>+<key hash in hex>+<base64 of 0x01 and the key>`.
package struct CheckpointVerifier: Sendable, Equatable {
  package let name: String
  package let key: [UInt8]

  package init(name: String, key: [UInt8]) {
    self.name = name
    self.key = key
  }

  package init?(_ text: String) {
    let parts = text.split(separator: "+", maxSplits: 2).map(String.init)
    guard parts.count == 3, let typed = Data(base64Encoded: parts[2]), typed.count == 33,
      typed.first == 1
    else { return nil }
    self.init(name: parts[0], key: Array(typed.dropFirst()))
    guard hash.hex == parts[1] else { return nil }
  }

  package var text: String {
    "\(name)+\(hash.hex)+\(Data([1] + key).base64EncodedString())"
  }

  /// The first four bytes of SHA-256(name ‖ newline ‖ 0x01 ‖ key).
  var hash: [UInt8] { Array(SHA256.hash(data: Array(name.utf8) + [0x0A, 0x01] + key).prefix(4)) }

  func verifies(_ field: [UInt8], over text: String) -> Bool {
    guard field.count == 68, Array(field.prefix(4)) == hash,
      let key = try? Curve25519.Signing.PublicKey(rawRepresentation: key)
    else { return false }
    return key.isValidSignature(field.dropFirst(4), for: Array(text.utf8))
  }
}

/// The private half.
package struct CheckpointSigner: Sendable {
  private let key: Curve25519.Signing.PrivateKey
  package let origin: String

  /// - Parameter seed: 32 bytes.
  package init(origin: String, seed: [UInt8]) throws {
    self.origin = origin
    key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
  }

  package var verifier: CheckpointVerifier {
    CheckpointVerifier(name: origin, key: Array(key.publicKey.rawRepresentation))
  }

  /// The signed note.
  package func note(for checkpoint: Checkpoint) throws -> String {
    let signature = try key.signature(for: Array(checkpoint.text.utf8))
    let field = Data(verifier.hash + Array(signature)).base64EncodedString()
    return "\(checkpoint.text)\n\u{2014} \(origin) \(field)\n"
  }
}
