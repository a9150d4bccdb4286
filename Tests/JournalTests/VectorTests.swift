import Crypto
import Foundation
import Models
import TestSupport
import Testing

@testable import Journal

/// `journal-vectors.json` fixes the tree for ever; `journal_vectors.py` is a second hand.
struct VectorTests {
  let bytes: [UInt8]
  let vectors: JSON

  init() throws {
    let file = try #require(
      Bundle.module.url(forResource: "journal-vectors", withExtension: "json"))
    bytes = [UInt8](try Data(contentsOf: file))
    vectors = try JSONParser.parse(bytes)
  }

  /// What Python makes of the same inputs.
  private func python(_ input: [UInt8]) throws -> [UInt8] {
    let script = try #require(Bundle.module.path(forResource: "journal_vectors", ofType: "py"))
    let file = FileManager.default.temporaryDirectory.appending(path: "remelt-\(UUID()).json")
    try Data(input).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let (process, output) = try Spawning.run { process in
      let output = Pipe()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["python3", script]
      process.standardInput = try FileHandle(forReadingFrom: file)
      process.standardOutput = output
      return output
    }
    let answer = try output.fileHandleForReading.readToEnd()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return [UInt8](try #require(answer))
  }

  private static func generatedLeaf(_ number: Int) -> Merkle.Hash {
    let salt = Array(SHA256.hash(data: Array("\(number)".utf8)).prefix(16))
    return Merkle.leaf(Merkle.entry(Array("{\"n\":\(number)}".utf8), salt: salt))
  }

  /// Compares `[{"size", "root"}]` with the roots over the first leaves.
  private func expect(_ roots: JSON?, over leaves: [Merkle.Hash]) throws {
    let roots = try #require(roots).elements
    #expect(!roots.isEmpty)
    for each in roots {
      let size = try #require(each["size"]?.int)
      #expect(Frontier(leaves.prefix(size)).root.hex == each["root"]?.text, "size \(size)")
    }
  }

  /// Compares entries and leaves, and returns the leaves.
  private func expectEntries(of vectors: JSON) throws -> [Merkle.Hash] {
    try (vectors["entries"]?.elements ?? []).map { each in
      let event = Array(try #require(each["event"]?.text).utf8)
      let entry = Merkle.entry(event, salt: try #require(Array(hex: each["salt"]?.text)))
      #expect(entry.hex == each["entry"]?.text)
      #expect(Merkle.leaf(entry).hex == each["leaf"]?.text)
      return Merkle.leaf(entry)
    }
  }

  @Test("Entries, leaves and roots are those of the vectors")
  func tree() throws {
    let leaves = try expectEntries(of: vectors)
    #expect(leaves.count == 3)
    try expect(vectors["roots"], over: leaves)
    let generated = try #require(vectors["generated"])
    let count = try #require(generated["count"]?.int)
    try expect(generated["roots"], over: (0..<count).map(Self.generatedLeaf))
  }

  @Test("The checkpoint's text, key and signed note are those of the vectors")
  func checkpoint() throws {
    let vector = try #require(vectors["checkpoint"])
    let origin = try #require(vector["origin"]?.text)
    let size = try #require(vector["size"]?.int)
    let signer = try CheckpointSigner(
      origin: origin, seed: try #require(Array(hex: vector["seed"]?.text)))
    let root = Frontier((0..<size).map(Self.generatedLeaf)).root
    let checkpoint = Checkpoint(origin: origin, size: Int64(size), root: root)
    let note = try #require(vector["note"]?.text)
    #expect(root.hex == vector["root"]?.text)
    #expect(checkpoint.text == vector["text"]?.text)
    #expect(signer.verifier.key.hex == vector["public_key"]?.text)
    #expect(signer.verifier.hash.hex == vector["key_id"]?.text)
    #expect(signer.verifier.text == vector["verifier_key"]?.text)
    #expect(CheckpointVerifier(signer.verifier.text) == signer.verifier)
    #expect(Checkpoint(note: note, verifier: signer.verifier) == checkpoint)
    let signature = try #require(Array(hex: vector["signature"]?.text))
    #expect(signer.verifier.verifies(signer.verifier.hash + signature, over: checkpoint.text))
    #if os(Linux)
      // Elsewhere CryptoKit signs with randomness; any signature verifies, none repeats.
      #expect(try signer.note(for: checkpoint) == note)
    #endif
  }

  @Test("Python makes the same file out of the vectors' inputs")
  func secondHand() throws { #expect(try python(bytes) == bytes) }

  @Test("Python and Swift agree on entries nobody wrote by hand")
  func anything() throws {
    var random = Seeded()
    let count = random.int(20...70)
    let entries: [JSON] = (0..<count).map { _ in
      .members([
        "event": .string(random.text(maximum: 60)), "salt": .string(random.bytes(16).hex),
        "entry": "", "leaf": "",
      ])
    }
    let signer = try CheckpointSigner(origin: "mill.example/input", seed: random.bytes(32))
    let input = JSON.members([
      "entries": .array(entries),
      "roots": .array((0...count).map { .members(["size": .int($0), "root": ""]) }),
      "generated": .members(["count": .int(count), "roots": []]),
      "checkpoint": .members([
        "origin": .string(signer.origin), "size": .int(count),
        "public_key": .string(signer.verifier.key.hex),
      ]),
    ])
    let output = try JSONParser.parse(try python(input.bytes))
    try expect(output["roots"], over: try expectEntries(of: output))
    let root = Frontier((0..<count).map(Self.generatedLeaf)).root
    let checkpoint = Checkpoint(origin: signer.origin, size: Int64(count), root: root)
    #expect(output["checkpoint"]?["text"]?.text == checkpoint.text)
    #expect(output["checkpoint"]?["key_id"]?.text == signer.verifier.hash.hex)
  }
}
