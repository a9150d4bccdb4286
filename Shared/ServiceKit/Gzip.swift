import CZlib

/// Why gzip data cannot be made or read.
package enum GzipFailure: Error, Equatable {
  /// The first bytes are not those of gzip data.
  case notGzip
  /// The data ended before its last member did.
  case truncated
  /// More than `limit` decompressed bytes came out (or were to be compressed at once).
  case tooLarge(limit: Int)
  /// A checksum or the structure is wrong, or something else follows the gzip data.
  case damaged
  /// zlib could not get its working memory.
  case outOfMemory

  package var detail: String {
    switch self {
    case .notGzip: "the data are not gzip"
    case .truncated: "the gzip data end too early"
    case .tooLarge(let limit): "the gzip data hold more than \(limit) bytes"
    case .damaged: "the gzip data are damaged, or something else follows them"
    case .outOfMemory: "there is no memory left for gzip"
    }
  }
}

package enum Gzip {
  /// One gzip member that holds `bytes`.
  /// - Parameter level: 1 (fast) to 9 (small); others are brought into that range.
  /// - Throws: `GzipFailure.tooLarge` above 2 GiB, `.outOfMemory`.
  package static func compress(_ bytes: [UInt8], level: Int = 6) throws -> [UInt8] {
    // zlib counts in 32 bits; half of that leaves room for what incompressible data grow by.
    let limit = 1 << 31
    guard bytes.count <= limit else { throw GzipFailure.tooLarge(limit: limit) }
    // zlib keeps the stream's address in its state, so the stream may not move.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    defer { stream.deallocate() }
    let started = remelt_gzip_start(stream, Int32(max(1, min(9, level))))
    guard started == Z_OK else { throw GzipFailure.outOfMemory }
    defer { deflateEnd(stream) }
    let bound = Int(deflateBound(stream, UInt(bytes.count)))
    return try [UInt8](unsafeUninitializedCapacity: bound) { output, count in
      try bytes.withUnsafeBufferPointer { input in
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(bound)
        guard deflate(stream, Z_FINISH) == Z_STREAM_END else { throw GzipFailure.outOfMemory }
        count = bound - Int(stream.pointee.avail_out)
      }
    }
  }
}

/// Decompresses gzip data that arrive in chunks: one member or several in a row.
///
/// Its own memory is one 64 KiB buffer (and zlib's 32 KiB window), however much a byte expands to.
package final class GzipReader {
  private static let bufferSize = 65_536

  private let limit: Int
  // zlib keeps the stream's address in its state, so the stream may not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private let buffer: UnsafeMutablePointer<UInt8>
  private var total = 0
  private var isFirstMember = true
  private var isBetweenMembers = false
  private var failure: GzipFailure?

  /// - Parameter limit: the most decompressed bytes, all chunks together.
  /// - Throws: `GzipFailure.outOfMemory`.
  package init(limit: Int) throws {
    self.limit = limit
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    buffer = .allocate(capacity: GzipReader.bufferSize)
    guard remelt_gunzip_start(stream) == Z_OK else { throw GzipFailure.outOfMemory }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    buffer.deallocate()
  }

  /// Takes the next bytes and gives what they decompress to, at most what is left of the limit.
  /// - Throws: `GzipFailure`; once it has thrown, it throws the same again.
  package func feed(_ chunk: some Collection<UInt8>) throws -> [UInt8] {
    var output: [UInt8] = []
    try feed(chunk) { piece in
      if output.capacity < output.count + piece.count {
        // Doubling as arrays do, but never past what the limit lets in.
        let room = output.count + limit - total + piece.count
        output.reserveCapacity(min(room, max(output.count * 2, output.count + piece.count)))
      }
      output.append(contentsOf: piece)
    }
    return output
  }

  /// Takes the next bytes and hands out what they decompress to, at most 64 KiB at a time. A piece
  /// is valid only during its call.
  /// - Throws: `GzipFailure` (once it has thrown, it throws the same again), and what `take` throws.
  package func feed(
    _ chunk: some Collection<UInt8>, _ take: (UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws {
    if let failure { throw failure }
    do {
      let done: Void? = try chunk.withContiguousStorageIfAvailable { try inflateAll($0, take) }
      if done == nil { try Array(chunk).withUnsafeBufferPointer { try inflateAll($0, take) } }
    } catch let failure as GzipFailure {
      self.failure = failure
      throw failure
    }
  }

  /// The end of the data.
  /// - Throws: `GzipFailure.truncated` unless the last member is complete.
  package func finish() throws {
    if let failure { throw failure }
    guard isBetweenMembers else { throw GzipFailure.truncated }
  }

  private func inflateAll(
    _ input: UnsafeBufferPointer<UInt8>, _ take: (UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws {
    var start = 0
    // zlib counts in 32 bits.
    while start < input.count {
      let end = min(input.count, start + 1 << 30)
      let next = input.baseAddress?.advanced(by: start)
      stream.pointee.next_in = UnsafeMutablePointer(mutating: next)
      stream.pointee.avail_in = UInt32(end - start)
      while try inflateOnce(take) {}
      start = end
    }
  }

  /// Fills the buffer once and hands it out; false when nothing more comes out of the input.
  private func inflateOnce(_ take: (UnsafeBufferPointer<UInt8>) throws -> Void) throws -> Bool {
    if isBetweenMembers {
      guard stream.pointee.avail_in > 0 else { return false }
      inflateReset(stream)
      isBetweenMembers = false
      isFirstMember = false
    }
    stream.pointee.next_out = buffer
    stream.pointee.avail_out = UInt32(GzipReader.bufferSize)
    let code = inflate(stream, Z_NO_FLUSH)
    guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else { throw reason(code) }
    let count = GzipReader.bufferSize - Int(stream.pointee.avail_out)
    guard count <= limit - total else { throw GzipFailure.tooLarge(limit: limit) }
    total += count
    if count > 0 { try take(UnsafeBufferPointer(start: buffer, count: count)) }
    isBetweenMembers = code == Z_STREAM_END
    return code == Z_STREAM_END || stream.pointee.avail_out == 0
  }

  private func reason(_ code: Int32) -> GzipFailure {
    if code == Z_MEM_ERROR { return .outOfMemory }
    // The two bytes that say "gzip" are checked before any other.
    return isFirstMember && stream.pointee.total_in <= 2 ? .notGzip : .damaged
  }
}
