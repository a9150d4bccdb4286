import Foundation

/// SplitMix64: the same seed gives the same numbers everywhere.
package struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  /// Takes the seed from `REMELT_SEED`, or a random one, and prints it with the test's place.
  package init(for test: String = #function, in file: String = #fileID) {
    let seed =
      ProcessInfo.processInfo.environment["REMELT_SEED"].flatMap(UInt64.init)
      ?? UInt64.random(in: 0 ... .max)
    print("\(file) \(test): REMELT_SEED=\(seed)")
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  package mutating func int(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &self)
  }

  package mutating func chance(_ percent: Int) -> Bool { int(1...100) <= percent }

  package mutating func one<Element>(of elements: [Element]) -> Element {
    elements[int(0...elements.count - 1)]
  }

  package mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
  }

  /// Text that is hard on parsers: quotes, escapes, line ends, combining marks, astral characters;
  /// any scalars but U+0000, which no service lets in.
  package mutating func text(maximum: Int = 12, without unwanted: Set<Unicode.Scalar> = [])
    -> String
  {
    var scalars = String.UnicodeScalarView()
    for _ in 0..<int(0...maximum) {
      let scalar = scalar()
      if !unwanted.contains(scalar) { scalars.append(scalar) }
    }
    return String(scalars)
  }

  private mutating func scalar() -> Unicode.Scalar {
    let awkward: [Unicode.Scalar] = [
      "\"", "\\", ",", "/", "\n", "\r", "\t", "\u{1}", "\u{1F}", "\u{7F}", "\u{301}", "\u{200D}",
      "\u{2028}", "\u{FEFF}", "\u{FFFD}", "废", "𠮷", "=", "'", " ",
    ]
    if chance(40) { return one(of: awkward) }
    if chance(50) { return Unicode.Scalar(UInt8(int(0x20...0x7E))) }
    return Unicode.Scalar(UInt32(int(1...0x10FFFF))) ?? "x"
  }
}
