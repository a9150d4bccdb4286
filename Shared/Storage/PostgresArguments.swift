/// A statement's parameters as libpq takes them. Their types are left to PostgreSQL, which knows
/// them from the statement: whole numbers go as text, text and bytes as they are.
struct PostgresArguments {
  private var bytes: [UInt8] = []
  private var places: [(start: Int, count: Int, format: Int32)?] = []

  init(_ values: [Value]) {
    for value in values {
      switch value {
      case .null: places.append(nil)
      case .int(let number): add(Array(String(number).utf8), format: 0)
      case .text(let text): add(Array(text.utf8), format: 1)
      case .blob(let blob): add(blob, format: 1)
      }
    }
    // So that there is an address even where everything is empty.
    bytes.append(0)
  }

  /// How many bytes they are.
  var count: Int { bytes.count }

  private mutating func add(_ value: [UInt8], format: Int32) {
    places.append((bytes.count, value.count, format))
    bytes += value
    // What goes as text ends with a zero.
    bytes.append(0)
  }

  func withPointers<Result>(
    _ body: (
      UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
    ) -> Result
  ) -> Result {
    bytes.withUnsafeBytes { buffer in
      let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
      let values = places.map { place in place.flatMap { start?.advanced(by: $0.start) } }
      let lengths = places.map { Int32($0?.count ?? 0) }
      let formats = places.map { $0?.format ?? 0 }
      return values.withUnsafeBufferPointer { values in
        lengths.withUnsafeBufferPointer { lengths in
          formats.withUnsafeBufferPointer {
            body(values.baseAddress, lengths.baseAddress, $0.baseAddress)
          }
        }
      }
    }
  }
}
