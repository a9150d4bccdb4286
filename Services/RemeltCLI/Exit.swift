import ArgumentParser

/// What a script learns from the exit code.
enum Exit: Int32 {
  case done = 0
  case refused = 1
  /// ArgumentParser's own 64 is mapped to this one.
  case usage = 2
  case unreachable = 3
  case notAllowed = 4
  case someRowsRefused = 5

  static func from(_ code: ExitCode) -> Exit { Exit(rawValue: code.rawValue) ?? .usage }

  /// The exit code that fits an HTTP status of at least 400.
  static func from(status: Int) -> Exit {
    switch status {
    case 401, 403: .notAllowed
    case 502, 503, 504: .unreachable
    default: .refused
    }
  }
}

/// An error that knows its exit code and describes itself to a person.
protocol CommandFailure: Error, CustomStringConvertible {
  var exit: Exit { get }
}

/// A failure found on this side of the wire.
struct LocalFailure: CommandFailure {
  let exit: Exit
  let description: String

  init(_ exit: Exit, _ description: String) {
    self.exit = exit
    self.description = description
  }
}
