import Foundation
import Models
import TestSupport
import Testing

@testable import Journal

/// What a signed note says, and what it cannot be made to say.
struct CheckpointTests {
  static let origin = "registry.example/registry"

  let signer: CheckpointSigner
  let checkpoint: Checkpoint
  let note: String

  init() throws {
    signer = try CheckpointSigner(origin: Self.origin, seed: Array(0..<32))
    checkpoint = Checkpoint(origin: Self.origin, size: 300, root: Array(100..<132))
    note = try signer.note(for: checkpoint)
  }

  private func read(_ note: String) -> Checkpoint? {
    Checkpoint(note: note, verifier: signer.verifier)
  }

  @Test("A signed note gives back its checkpoint", arguments: [0, 1, 300, Int64.max])
  func verified(_ size: Int64) throws {
    let checkpoint = Checkpoint(origin: Self.origin, size: size, root: Array(100..<132))
    #expect(read(try signer.note(for: checkpoint)) == checkpoint)
  }

  @Test("A note stands with the signatures of others beside it")
  func cosigned() throws {
    #expect(read(note + "\u{2014} witness.example AAAA\n") == checkpoint)
    let parts = note.components(separatedBy: "\n\n")
    #expect(read("\(parts[0])\n\n\u{2014} witness.example AAAA\n\(parts[1])") == checkpoint)
  }

  @Test("A note with another size, root or origin is refused")
  func tampered() throws {
    let root = Data(checkpoint.root).base64EncodedString()
    let other = Data(Array(101..<133) as [UInt8]).base64EncodedString()
    for (old, new) in [
      ("\n300\n", "\n301\n"), ("\n300\n", "\n30\n"), ("\n300\n", "\n-300\n"), ("\n300\n", "\n\n"),
      (root, other), (root, ""), (Self.origin, "other.example/registry"),
      ("\n\n", "\nmore\n\n"), ("\n\n", "\n"), (note, ""), ("\u{2014} ", "- "),
    ] {
      #expect(note.contains(old))
      #expect(read(note.replacingOccurrences(of: old, with: new)) == nil, "\(old) as \(new)")
    }
  }

  @Test("A note that says the same with other bytes is refused: those were not signed")
  func rewritten() throws {
    let root = Data(checkpoint.root).base64EncodedString()
    // Its last digit holds two bits that no byte uses.
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let last = try #require(root.dropLast().last.flatMap(digits.firstIndex))
    let same = "\(root.dropLast(2))\(digits[last + 1])="
    for (old, new) in [("\n300\n", "\n+300\n"), ("\n300\n", "\n0300\n"), (root, same)] {
      #expect(note.contains(old))
      #expect(read(note.replacingOccurrences(of: old, with: new)) == nil, "\(old) as \(new)")
    }
  }

  @Test("No bit of a signature can be changed")
  func signature() throws {
    let line = try #require(note.split(separator: "\n").last)
    let field = try #require(Data(base64Encoded: String(line.split(separator: " ")[2])))
    let bytes = Array(field)
    #expect(signer.verifier.verifies(bytes, over: checkpoint.text))
    for bit in 0..<bytes.count * 8 {
      var changed = bytes
      changed[bit / 8] ^= 1 << (bit % 8)
      #expect(!signer.verifier.verifies(changed, over: checkpoint.text), "bit \(bit)")
    }
    #expect(!signer.verifier.verifies(bytes + [0], over: checkpoint.text))
    #expect(!signer.verifier.verifies(bytes.dropLast(), over: checkpoint.text))
    #expect(!signer.verifier.verifies([], over: checkpoint.text))
  }

  @Test("A note of another key is refused, under any name")
  func otherKey() throws {
    let stranger = try CheckpointSigner(origin: Self.origin, seed: Array(1..<33))
    #expect(read(try stranger.note(for: checkpoint)) == nil)
    let renamed = try CheckpointSigner(origin: "other.example", seed: Array(0..<32))
    #expect(read(try renamed.note(for: checkpoint)) == nil)
    let broken = CheckpointVerifier(name: Self.origin, key: [1, 2, 3])
    #expect(Checkpoint(note: note, verifier: broken) == nil)
  }

  @Test("Any text that is no note is refused without a crash")
  func anything() {
    var random = Seeded()
    for _ in 0..<500 {
      #expect(read(random.text(maximum: 80)) == nil)
      var scalars = Array(note.unicodeScalars)
      scalars.removeSubrange(0...random.int(0...scalars.count - 1))
      var cut = String.UnicodeScalarView()
      cut.append(contentsOf: scalars)
      #expect(read(String(cut)) == nil)
    }
  }

  @Test("A verifier key comes back from its text, and a wrong one is refused")
  func verifier() throws {
    let text = signer.verifier.text
    let key = Data([1] + signer.verifier.key).base64EncodedString()
    #expect(CheckpointVerifier(text) == signer.verifier)
    for wrong in [
      "", "+", "++", Self.origin, text.replacingOccurrences(of: "+", with: " "),
      "other.example+\(signer.verifier.hash.hex)+\(key)", "\(Self.origin)+00000000+\(key)",
      "\(Self.origin)+\(signer.verifier.hash.hex)+\(Data([2] + signer.verifier.key).base64EncodedString())",
      "\(Self.origin)+\(signer.verifier.hash.hex)+AQ==",
    ] { #expect(CheckpointVerifier(wrong) == nil, "\(wrong)") }
  }

  @Test("A seed of another length makes no signer", arguments: [0, 31, 33])
  func seed(_ count: Int) {
    #expect(throws: (any Error).self) {
      try CheckpointSigner(origin: Self.origin, seed: [UInt8](repeating: 7, count: count))
    }
  }
}
