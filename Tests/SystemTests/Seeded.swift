import Foundation

/// SplitMix64: the same seed gives the same numbers everywhere.
struct Seeded: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The seed of this run: from `REMELT_SEED`, or a random one. Printed once.
  static let base: UInt64 = {
    let seed =
      ProcessInfo.processInfo.environment["REMELT_SEED"].flatMap(UInt64.init)
      ?? UInt64.random(in: 0 ... .max)
    print("SystemTests: REMELT_SEED=\(seed)")
    return seed
  }()

  /// - Parameter stream: numbers of one run that are independent of those of its other streams.
  init(stream: UInt64) {
    state = Self.base ^ (stream &* 0xD1B5_4A32_D192_ED03)
    _ = next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  mutating func chance(_ percent: Int) -> Bool { int(1...100) <= percent }

  mutating func one<Element>(_ elements: [Element]) -> Element {
    elements[int(0...elements.count - 1)]
  }

  mutating func maybe<Element>(_ elements: [Element]) -> Element? {
    elements.isEmpty ? nil : one(elements)
  }
}
