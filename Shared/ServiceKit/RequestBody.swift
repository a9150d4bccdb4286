import Hummingbird
import HTTPTypes
import Models
import NIOCore

/// The limits of what is let in, stated in the README and in the answers.
package enum BodyLimit {
  /// A JSON or form body, decompressed.
  package static let document = 1 << 20
  /// A bulk body, decompressed.
  package static let bulk = 64 << 20
  package static let bulkRows = 250_000
  package static let bulkColumns = 500
  package static let bulkLine = 65_536
}

extension Request {
  /// The media type without parameters, in lower case.
  package var mediaType: String {
    let type = headers[.contentType]?.split(separator: ";").first.map(String.init) ?? ""
    return type.trimmingSpace.lowercased()
  }

  package var charset: String {
    let parameters = headers[.contentType]?.split(separator: ";").dropFirst() ?? []
    for parameter in parameters {
      let parts = parameter.split(separator: "=", maxSplits: 1).map { String($0).trimmingSpace }
      if parts.count == 2, parts[0].lowercased() == "charset" {
        return parts[1].replacing("\"", with: "").lowercased()
      }
    }
    return "utf-8"
  }

  /// The whole body, decompressed.
  /// - Throws: ``Problem`` `unsupportedMediaType`, `tooLarge` or `malformed`.
  package func document(_ mediaTypes: String...) async throws -> [UInt8] {
    guard mediaTypes.contains(mediaType) else {
      throw Problem(
        .unsupportedMediaType,
        "Send this with Content-Type: \(mediaTypes.joined(separator: " or ")).")
    }
    var bytes: [UInt8] = []
    let decoder = try BodyDecoder(self, limit: BodyLimit.document)
    for try await buffer in body {
      bytes += try decoder.feed(buffer.readableBytesView)
    }
    try decoder.finish()
    return bytes
  }
}

/// Undoes a request's `Content-Encoding`, within a limit of decompressed bytes.
package final class BodyDecoder {
  private let gzip: GzipReader?
  private let limit: Int
  private var count = 0

  package init(_ request: Request, limit: Int) throws {
    self.limit = limit
    switch request.headers[.contentEncoding]?.lowercased() {
    case nil, "identity": gzip = nil
    case "gzip": gzip = try GzipReader(limit: limit)
    case let other?:
      throw Problem(
        .unsupportedMediaType, "Content-Encoding \(other) is not known here: send gzip or none.")
    }
  }

  package func feed(_ bytes: ByteBufferView) throws(Problem) -> [UInt8] {
    if let gzip { return try unzip { try gzip.feed(bytes) } }
    count += bytes.count
    if count > limit { throw BodyDecoder.tooLarge(limit) }
    return Array(bytes)
  }

  package func finish() throws(Problem) {
    if let gzip { try unzip { try gzip.finish() } }
  }

  private func unzip<Result>(_ work: () throws -> Result) throws(Problem) -> Result {
    do {
      return try work()
    } catch GzipFailure.tooLarge {
      throw BodyDecoder.tooLarge(limit)
    } catch GzipFailure.truncated {
      throw Problem(.malformed, "The gzip body ends too early: send it again, whole.")
    } catch {
      throw Problem(.malformed, "The body says it is gzip, but cannot be decompressed.")
    }
  }

  static func tooLarge(_ limit: Int) -> Problem {
    Problem(.tooLarge, "The body may have \(limit) bytes at most, decompressed. Send it in parts.")
  }
}
