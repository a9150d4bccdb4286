import Models
import Synchronization

/// Random bytes that come again with the same seed.
final class Dice: Sendable {
  private let state: Mutex<Seeded>

  init(_ seeded: Seeded) { state = Mutex(seeded) }

  var random: Randomness {
    Randomness { count in
      self.state.withLock { seeded in
        (0..<count).map { _ in UInt8(truncatingIfNeeded: seeded.next()) }
      }
    }
  }
}
