import Crypto
import Foundation

/// RFC 6962's tree as its definition writes it, over salted commitments.
enum SimpleTree {
  static func leaf(event: [UInt8], salt: [UInt8]) -> [UInt8] {
    let entry = HMAC<SHA256>.authenticationCode(for: event, using: SymmetricKey(data: salt))
    return Array(SHA256.hash(data: [0x00] + Array(entry)))
  }

  /// The left side has the largest power of two that is smaller than the whole.
  static func root(_ leaves: some RandomAccessCollection<[UInt8]>) -> [UInt8] {
    guard let first = leaves.first else { return Array(SHA256.hash(data: [UInt8]())) }
    if leaves.count == 1 { return first }
    var left = 1
    while left * 2 < leaves.count { left *= 2 }
    return Array(
      SHA256.hash(data: [0x01] + root(leaves.prefix(left)) + root(leaves.dropFirst(left))))
  }
}
