/// Strict RFC 8259: one value, valid UTF-8, no duplicate member, no U+0000, at most 32 levels deep.
package struct JSONParser {
  /// Where a text stops being JSON, and why, in words for its author.
  package struct Failure: Error, Equatable {
    /// Bytes from the start, from 0.
    package let offset: Int
    package let reason: String
  }

  package static let maximumDepth = 32

  private let bytes: UnsafeBufferPointer<UInt8>
  private var at = 0

  /// Parses one JSON text.
  /// - Throws: ``Failure``.
  package static func parse(_ text: [UInt8]) throws(Failure) -> JSON {
    let result: Result<JSON, Failure> = text.withUnsafeBufferPointer { bytes in
      var parser = JSONParser(bytes: bytes)
      do throws(Failure) {
        return .success(try parser.document())
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  private mutating func document() throws(Failure) -> JSON {
    skipSpace()
    if at == bytes.count { throw failure("the text is empty") }
    let value = try value(depth: 0)
    skipSpace()
    if at < bytes.count { throw failure("there is more after the JSON value") }
    return value
  }

  private func failure(_ reason: String) -> Failure { Failure(offset: at, reason: reason) }

  private mutating func skipSpace() {
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x0A, 0x0D, 0x09: at += 1
      default: return
      }
    }
  }

  private mutating func value(depth: Int) throws(Failure) -> JSON {
    guard at < bytes.count else { throw failure("the text ends too early") }
    if depth == Self.maximumDepth, bytes[at] == UInt8(ascii: "{") || bytes[at] == UInt8(ascii: "[")
    {
      throw failure("nested more than \(Self.maximumDepth) levels deep")
    }
    switch bytes[at] {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func literal(_ word: StaticString, _ value: JSON) throws(Failure) -> JSON {
    for index in 0..<word.utf8CodeUnitCount {
      guard at < bytes.count, bytes[at] == word.utf8Start[index] else {
        throw failure("a value was expected here")
      }
      at += 1
    }
    return value
  }

  private mutating func object(depth: Int) throws(Failure) -> JSON {
    var members: [JSON.Member] = []
    var names: Set<String> = []
    at += 1
    skipSpace()
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
        throw failure("a member name in double quotes was expected here")
      }
      let name = try string()
      if Self.stands(name, in: members, &names) {
        throw failure("the member \"\(name)\" stands twice in one object")
      }
      skipSpace()
      guard take(":") else { throw failure("a colon was expected here") }
      skipSpace()
      members.append(.init(name, try value(depth: depth + 1)))
      skipSpace()
    } while take(",")
    guard take("}") else { throw failure("a comma or } was expected here") }
    return .object(members)
  }

  /// Compares with each of a few names, and asks a set of many: no body costs its length squared.
  private static func stands(_ name: String, in members: [JSON.Member], _ names: inout Set<String>)
    -> Bool
  {
    if members.count < 16 { return members.contains { $0.name == name } }
    if names.isEmpty { names = Set(members.map(\.name)) }
    return !names.insert(name).inserted
  }

  private mutating func array(depth: Int) throws(Failure) -> JSON {
    var elements: [JSON] = []
    at += 1
    skipSpace()
    if take("]") { return .array(elements) }
    repeat {
      skipSpace()
      elements.append(try value(depth: depth + 1))
      skipSpace()
    } while take(",")
    guard take("]") else { throw failure("a comma or ] was expected here") }
    return .array(elements)
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private mutating func number() throws(Failure) -> String {
    let start = at
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  private mutating func digits() throws(Failure) {
    let start = at
    while at < bytes.count, (0x30...0x39).contains(bytes[at]) { at += 1 }
    if at == start { throw failure("a value was expected here") }
  }

  private mutating func string() throws(Failure) -> String {
    at += 1
    let start = at
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\""):
        let text = try utf8(bytes[start..<at])
        at += 1
        return text
      case UInt8(ascii: "\\"): return try escapedString(from: start)
      case 0..<0x20: throw failure("a control character must be escaped inside a string")
      default: at += 1
      }
    }
    throw failure("a string is not closed")
  }

  private func utf8(_ slice: Slice<UnsafeBufferPointer<UInt8>>) throws(Failure) -> String {
    guard let text = String(checking: UnsafeBufferPointer(rebasing: slice)) else {
      throw failure("this is not valid UTF-8")
    }
    return text
  }

  /// The slow path: what stands between escapes is copied piece by piece.
  private mutating func escapedString(from start: Int) throws(Failure) -> String {
    var gathered: [UInt8] = []
    gathered.reserveCapacity(2 * (at - start) + 1024)
    var start = start
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") {
        gathered.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<at]))
        at += 1
        guard let text = gathered.withUnsafeBufferPointer(String.init(checking:)) else {
          throw failure("this is not valid UTF-8")
        }
        return text
      }
      if byte < 0x20 { throw failure("a control character must be escaped inside a string") }
      at += 1
      guard byte == UInt8(ascii: "\\") else { continue }
      gathered.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<at - 1]))
      // A quotation mark is what nearly all of them are: an event inside a page has hundreds.
      if at < bytes.count, bytes[at] == UInt8(ascii: "\"") {
        gathered.append(UInt8(ascii: "\""))
        at += 1
      } else {
        let scalar = try escape()
        if scalar.isASCII {
          gathered.append(UInt8(truncatingIfNeeded: scalar.value))
        } else {
          gathered.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
      }
      start = at
    }
    throw failure("a string is not closed")
  }

  private mutating func escape() throws(Failure) -> Unicode.Scalar {
    guard at < bytes.count else { throw failure("a string is not closed") }
    let byte = bytes[at]
    at += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw failure("unknown escape in a string")
    }
  }

  private mutating func unicodeEscape() throws(Failure) -> Unicode.Scalar {
    let first = try fourHexDigits()
    if first == 0 { throw failure("U+0000 is not accepted in text") }
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xD800..<0xDC00).contains(first), take("\\"), take("u") else {
      throw failure("a lone surrogate is not text")
    }
    let second = try fourHexDigits()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    else { throw failure("a lone surrogate is not text") }
    return scalar
  }

  private mutating func fourHexDigits() throws(Failure) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard at < bytes.count, let digit = Character(Unicode.Scalar(bytes[at])).hexDigitValue else {
        throw failure("four hexadecimal digits were expected here")
      }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }
}

extension String {
  /// The text of UTF-8 bytes, or nil where they are none. Nearly all texts are ASCII, which is seen
  /// faster than the library's check begins.
  init?(checking bytes: UnsafeBufferPointer<UInt8>) {
    if bytes.allSatisfy({ $0 < 0x80 }) {
      self.init(decoding: bytes, as: UTF8.self)
    } else {
      self.init(validating: bytes, as: UTF8.self)
    }
  }
}
