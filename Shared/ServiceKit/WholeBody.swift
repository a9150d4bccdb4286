import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Reads back a body that is in memory already, to compress it.
struct WholeBody: ResponseBodyWriter {
  private final class Bytes: Sendable {
    let gathered = Mutex<[UInt8]>([])
  }

  private let bytes = Bytes()

  mutating func write(_ buffer: ByteBuffer) async throws {
    bytes.gathered.withLock { $0 += buffer.readableBytesView }
  }

  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}

  static func bytes(of body: ResponseBody) async -> [UInt8]? {
    let writer = WholeBody()
    let gathered = writer.bytes
    do {
      try await body.write(writer)
    } catch {
      return nil
    }
    return gathered.gathered.withLock { $0 }
  }
}
