import Foundation

/// SplitMix64: the same seed gives the same numbers everywhere.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  /// Takes the seed from `REMELT_SEED`, or a random one, and prints it with the test's place.
  init(for test: String = #function, in file: String = #fileID) {
    let seed =
      ProcessInfo.processInfo.environment["REMELT_SEED"].flatMap(UInt64.init)
      ?? UInt64.random(in: 0 ... .max)
    print("\(file) \(test): REMELT_SEED=\(seed)")
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
  }

  /// Text of any scalars but U+0000, which no service lets in.
  mutating func text(maximum: Int) -> String {
    var scalars = String.UnicodeScalarView()
    for _ in 0..<int(0...maximum) {
      let value = UInt32(int(1...(int(0...1) == 0 ? 0x7F : 0x10FFFF)))
      scalars.append(Unicode.Scalar(value) ?? "废")
    }
    return String(scalars)
  }
}
