import Foundation
import Synchronization

/// Starts processes one at a time, their pipes included. Tests run side by side, and a process
/// that is started while another's pipe is being made inherits it: whoever then waits for that
/// pipe to end waits for the wrong process.
package enum Spawning {
  private static let turn = Mutex(())

  /// - Parameter prepare: sets the process up; pipes are made here.
  package static func run<Pipes>(_ prepare: (Process) throws -> Pipes) throws -> (Process, Pipes) {
    try turn.withLock { _ in
      let process = Process()
      let pipes = try prepare(process)
      try process.run()
      return (process, pipes)
    }
  }
}
