import Foundation
import TestSupport
import Testing

@testable import ServiceKit

struct GzipTests {
  private let text = Array(String(repeating: "废钢 scrap; ", count: 20_000).utf8)

  private func read(_ bytes: [UInt8], chunk: Int, limit: Int = 1 << 20) throws -> [UInt8] {
    let reader = try GzipReader(limit: limit)
    var output: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: chunk) {
      output += try reader.feed(bytes[start..<min(bytes.count, start + chunk)])
    }
    try reader.finish()
    return output
  }

  @Test("What is compressed comes back, however it is cut into chunks", arguments: [1, 7, 65_536])
  func roundTrip(chunk: Int) throws {
    let packed = try Gzip.compress(text)
    #expect(packed.count < text.count / 10)
    #expect(try read(packed, chunk: chunk) == text)
  }

  @Test("Nothing and noise come back too")
  func emptyAndNoise() throws {
    #expect(try read(Gzip.compress([]), chunk: 5).isEmpty)
    var generator = SystemRandomNumberGenerator()
    let noise = (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    #expect(try read(Gzip.compress(noise, level: 9), chunk: 1_000) == noise)
  }

  @Test("The gzip program reads what is compressed")
  func otherReader() throws {
    let small = Array(text.prefix(40_000))
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).gz")
    try Data(try Gzip.compress(small)).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let (_, output) = try Spawning.run { process in
      let output = Pipe()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["gzip", "-dc", file.path()]
      process.standardOutput = output
      return output
    }
    #expect(try output.fileHandleForReading.readToEnd().map(Array.init) == small)
  }

  @Test("Several members in a row are one text", arguments: [1, 10, 1_000])
  func members(chunk: Int) throws {
    let packed = try ["one ", "", "two"].flatMap { try Gzip.compress(Array($0.utf8)) }
    #expect(try read(packed, chunk: chunk) == Array("one two".utf8))
  }

  @Test("A text of exactly the limit passes, one byte more does not")
  func limit() throws {
    let packed = try Gzip.compress(text)
    #expect(try read(packed, chunk: 1_000, limit: text.count).count == text.count)
    #expect(throws: GzipFailure.tooLarge(limit: text.count - 1)) {
      try read(packed, chunk: 1_000, limit: text.count - 1)
    }
  }

  @Test("A bomb stops at the limit, and hands out no more than the limit before it")
  func bomb() throws {
    let packed = try Gzip.compress([UInt8](repeating: 0, count: 64 << 20), level: 9)
    let reader = try GzipReader(limit: 1 << 20)
    var largest = 0
    var total = 0
    let feed = {
      try reader.feed(packed) { piece in
        largest = max(largest, piece.count)
        total += piece.count
      }
    }
    #expect(throws: GzipFailure.tooLarge(limit: 1 << 20), performing: feed)
    #expect(largest <= 65_536)
    #expect(total <= 1 << 20)
    #expect(throws: GzipFailure.tooLarge(limit: 1 << 20)) { try reader.feed([0]) }
  }

  @Test("Data that end within a member are truncated, wherever they end")
  func truncated() throws {
    let packed = try Gzip.compress(Array("a short text".utf8))
    for count in 0..<packed.count {
      #expect(throws: GzipFailure.truncated) { try read(Array(packed.prefix(count)), chunk: 9) }
    }
    #expect(throws: GzipFailure.truncated) { try read(packed + packed.prefix(12), chunk: 9) }
  }

  @Test("Something else after the gzip data is refused")
  func trailing() throws {
    let packed = try Gzip.compress(Array("a short text".utf8))
    #expect(throws: GzipFailure.damaged) { try read(packed + [0, 0], chunk: 4) }
    #expect(throws: GzipFailure.damaged) { try read(packed + Array("more".utf8), chunk: 1_000) }
  }

  @Test("Data that are not gzip, and a wrong checksum, are told apart")
  func damaged() throws {
    #expect(throws: GzipFailure.notGzip) { try read(Array("{\"a\":1}".utf8), chunk: 100) }
    #expect(throws: GzipFailure.notGzip) { try read(Array("{\"a\":1}".utf8), chunk: 1) }
    var packed = try Gzip.compress(Array("a short text".utf8))
    packed[packed.count - 5] ^= 1
    #expect(throws: GzipFailure.damaged) { try read(packed, chunk: 100) }
  }
}
