import Glibc

/// Why a file declared as GB18030 cannot be read.
package enum CharsetFailure: Error, Equatable {
  /// The C library of this machine lacks GB18030.
  case unsupported
  /// The bytes at `offset` (counted from the file's start, 0 first) are no GB18030 character.
  case invalid(offset: Int)
  /// The file ends within the character that begins at `offset`.
  case truncated(offset: Int)

  package var detail: String {
    switch self {
    case .unsupported: "this server cannot read GB18030: send the file as UTF-8"
    case .invalid(let offset): "byte \(offset) of the file is not valid GB18030"
    case .truncated(let offset):
      "the file ends within the GB18030 character that begins at byte \(offset)"
    }
  }
}

/// Turns GB18030 that arrives in chunks into UTF-8, through the C library's iconv.
package final class GB18030Reader {
  private let converter: iconv_t
  /// The first bytes, at most 3, of a character that the next chunk completes.
  private var held: [UInt8] = []
  /// Bytes converted so far.
  private var offset = 0
  private var failure: CharsetFailure?

  /// - Throws: `CharsetFailure.unsupported` where the C library lacks GB18030.
  package init() throws {
    // iconv_open answers -1, not NULL, when it fails.
    guard let converter = iconv_open("UTF-8", "GB18030"), Int(bitPattern: converter) != -1 else {
      throw CharsetFailure.unsupported
    }
    self.converter = converter
  }

  deinit { iconv_close(converter) }

  /// Takes the next bytes and gives the characters that they complete, as UTF-8 (at most twice the
  /// bytes, and 16).
  /// - Throws: `CharsetFailure.invalid`; once it has thrown, it throws the same again.
  package func feed(_ chunk: some Collection<UInt8>) throws -> [UInt8] {
    if let failure { throw failure }
    var input = held
    input.append(contentsOf: chunk)
    do {
      return try convert(&input)
    } catch let failure as CharsetFailure {
      self.failure = failure
      throw failure
    }
  }

  /// The end of the text.
  /// - Throws: `CharsetFailure.truncated` when the last character is incomplete.
  package func finish() throws {
    if let failure { throw failure }
    if !held.isEmpty { throw CharsetFailure.truncated(offset: offset) }
  }

  private func convert(_ input: inout [UInt8]) throws -> [UInt8] {
    // 2 bytes become at most 3, and 4 at most 4: twice the input always suffices.
    let room = input.count * 2 + 16
    var converted = 0
    var reason: Int32 = 0
    let output = [UInt8](unsafeUninitializedCapacity: room) { output, count in
      input.withUnsafeMutableBytes { bytes in
        var source = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        var target = UnsafeMutableRawPointer(output.baseAddress)?
          .assumingMemoryBound(to: CChar.self)
        var sourceLeft = bytes.count
        var targetLeft = room
        if iconv(converter, &source, &sourceLeft, &target, &targetLeft) == -1 { reason = errno }
        converted = bytes.count - sourceLeft
        count = room - targetLeft
      }
    }
    offset += converted
    held = Array(input[converted...])
    // EINVAL is an incomplete character at the end, which the next chunk may complete.
    guard reason == 0 || reason == EINVAL else { throw CharsetFailure.invalid(offset: offset) }
    return output
  }
}
