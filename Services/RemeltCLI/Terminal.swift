import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The three standard streams.
enum Terminal {
  static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }
  static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  static func output(_ text: String) { write(Array((text + "\n").utf8), to: STDOUT_FILENO) }
  static func output(_ bytes: [UInt8]) { write(bytes, to: STDOUT_FILENO) }
  static func error(_ text: String) { write(Array((text + "\n").utf8), to: STDERR_FILENO) }
  /// Text that stays on its line, to be overwritten.
  static func status(_ text: String) { write(Array("\r\u{1B}[2K\(text)".utf8), to: STDERR_FILENO) }

  /// A reader that went away (`| head`) ends the output, not the command.
  private static func write(_ bytes: [UInt8], to stream: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { put(stream, $0) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  private static func put(_ stream: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.write(stream, bytes.baseAddress, bytes.count)
    #else
      Darwin.write(stream, bytes.baseAddress, bytes.count)
    #endif
  }
}
