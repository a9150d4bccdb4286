/// A small generator whose numbers are the same for ever: Steele, Lea, Flood, "Fast splittable
/// pseudorandom number generators" (2014). Swift's own may change with its versions.
struct SplitMix64 {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// The generator of one thing, whatever was drawn before for others (FNV-1a of its name).
  init(seed: UInt64, for thing: String) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ seed
    for byte in thing.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    self.init(seed: hash)
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A whole number of the range; the bias of the remainder is of no matter here.
  mutating func number(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  /// Permille of a mass of kilograms.
  mutating func share(of kilograms: Int, permille range: ClosedRange<Int>) -> Int {
    kilograms * number(range) / 1000
  }
}
