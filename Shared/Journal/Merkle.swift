import Crypto

/// RFC 6962 hashes over salted commitments. Fixed for ever by `journal-vectors.json`.
package enum Merkle {
  /// 32 bytes.
  package typealias Hash = [UInt8]

  /// HMAC-SHA256(key: salt, event): commits to an event without publishing it, since tonnages
  /// could be guessed.
  package static func entry(_ event: [UInt8], salt: [UInt8]) -> Hash {
    Array(HMAC<SHA256>.authenticationCode(for: event, using: SymmetricKey(data: salt)))
  }

  /// SHA-256(0x00 ‖ entry).
  package static func leaf(_ entry: Hash) -> Hash { Array(SHA256.hash(data: [0x00] + entry)) }

  /// SHA-256(0x01 ‖ left ‖ right).
  package static func node(_ left: Hash, _ right: Hash) -> Hash {
    Array(SHA256.hash(data: [0x01] + left + right))
  }

  /// The root of the tree without leaves: SHA-256 of nothing.
  package static let emptyRoot: Hash = Array(SHA256.hash(data: [UInt8]()))
}

/// What is needed of a tree to extend it: the roots of its complete subtrees, largest first.
package struct Frontier: Sendable, Equatable {
  package private(set) var size: Int64
  package private(set) var peaks: [Merkle.Hash]

  package init() {
    size = 0
    peaks = []
  }

  /// From peaks that are known already, one for each bit that is set in `size`.
  package init?(size: Int64, peaks: [Merkle.Hash]) {
    guard size >= 0, peaks.count == size.nonzeroBitCount else { return nil }
    self.size = size
    self.peaks = peaks
  }

  package mutating func append(_ leaf: Merkle.Hash) {
    var node = leaf
    var bits = size
    while bits & 1 == 1, let left = peaks.popLast() {
      node = Merkle.node(left, node)
      bits >>= 1
    }
    peaks.append(node)
    size += 1
  }

  package var root: Merkle.Hash {
    guard let last = peaks.last else { return Merkle.emptyRoot }
    return peaks.dropLast().reversed().reduce(last) { right, left in Merkle.node(left, right) }
  }

  /// The peaks one after the other, 32 bytes each.
  package var bytes: [UInt8] { peaks.flatMap { $0 } }

  package init?(size: Int64, bytes: [UInt8]) {
    guard bytes.count % 32 == 0 else { return nil }
    let peaks = stride(from: 0, to: bytes.count, by: 32).map { Array(bytes[$0..<$0 + 32]) }
    self.init(size: size, peaks: peaks)
  }
}
