/// From the weighbridge to the metal: net = gross − tare; dry = net·(1 − moisture);
/// clean = dry·(1 − impurity); contained = clean·assay; recovered = contained·yield.
///
/// Each result comes from the exact product and is rounded half-even to the gram once (vector R06).
package struct MassChain: Sendable, Equatable {
  /// The impurity deduction (扣杂): a share of the dry mass, a share of the net mass that is added to
  /// the moisture, or a mass.
  package enum Impurity: Sendable, Equatable {
    case ofDry(ExactDecimal)
    case ofNet(ExactDecimal)
    case mass(Mass)
  }

  private enum Basis: String, CaseIterable { case dry, net }

  package let gross: Mass
  package let tare: Mass
  package let moisture: ExactDecimal?
  package let impurity: Impurity?
  /// Metal per clean mass.
  package let assay: ExactDecimal?
  /// Metal recovered per metal contained.
  package let yield: ExactDecimal?

  /// Decimals of a fraction: with these the exact product of the whole chain fits 128 bits.
  static let decimals = 6

  /// Reads its members out of a line's, which others share.
  init?(_ fields: Fields) {
    let gross = fields.mass("gross")
    tare = fields.mass("tare", required: false) ?? .zero
    moisture = fields.fraction("moisture")
    let impurity = fields.fraction("impurity")
    let basis = fields.word("impurity_basis", required: impurity != nil, as: Basis.self)
    let impurityMass = fields.mass("impurity_mass", required: false)
    assay = fields.fraction("assay")
    yield = fields.fraction("yield")
    if basis != nil, !fields.has("impurity") {
      fields.wrong("impurity", "is required with its basis")
    }
    if impurity != nil, impurityMass != nil {
      fields.wrong("impurity_mass", "state the impurity as a share or as a mass, not as both")
    }
    if let impurity, let basis {
      self.impurity = basis == .dry ? .ofDry(impurity) : .ofNet(impurity)
    } else {
      self.impurity = impurityMass.map { .mass($0) }
    }
    guard let gross else { return nil }
    self.gross = gross
    if tare > gross {
      fields.wrong("tare", "is more than the gross mass")
    } else if exactClean.digits < 0 {
      fields.wrong(
        impurityMass == nil ? "impurity" : "impurity_mass",
        "moisture and impurity are more than all there is")
    }
  }

  var members: [JSON.Member] {
    var members: [JSON.Member] = [.init("gross", gross.json)]
    if tare > .zero { members.append(.init("tare", tare.json)) }
    func add(_ name: String, _ value: ExactDecimal?) {
      if let value { members.append(.init(name, .string(value.description))) }
    }
    add("moisture", moisture)
    switch impurity {
    case .ofDry(let share):
      add("impurity", share)
      members.append(.init("impurity_basis", "dry"))
    case .ofNet(let share):
      add("impurity", share)
      members.append(.init("impurity_basis", "net"))
    case .mass(let mass): members.append(.init("impurity_mass", mass.json))
    case nil: break
    }
    add("assay", assay)
    add("yield", yield)
    return members
  }

  /// An exact mass: `digits` / 10^`scale` grams.
  private struct Exact {
    var digits: Int128
    var scale = 0

    func times(_ fraction: ExactDecimal?) -> Exact {
      guard let fraction else { return self }
      return Exact(digits: digits * Int128(fraction.digits), scale: scale + fraction.scale)
    }

    /// Times 1 − the fraction.
    func less(_ fraction: ExactDecimal?) -> Exact {
      guard let fraction else { return self }
      let rest = ExactDecimal.powerOfTen(fraction.scale) - Int128(fraction.digits)
      return Exact(digits: digits * rest, scale: scale + fraction.scale)
    }

    var rounded: Mass {
      let ratio = try? Ratio(digits, ExactDecimal.powerOfTen(scale))
      return Mass(grams: ratio.flatMap { Int64($0.rounded(places: 0)) } ?? 0)
    }
  }

  package var net: Mass { Mass(grams: gross.grams - tare.grams) }
  package var dry: Mass { exactDry.rounded }
  package var clean: Mass { exactClean.rounded }
  /// Metal in the clean mass; the clean mass itself where no assay is stated.
  package var contained: Mass { exactClean.times(assay).rounded }
  /// What melting gives back of it; all of it where no yield is stated.
  package var recovered: Mass { exactClean.times(assay).times(yield).rounded }

  private var exactNet: Exact { Exact(digits: Int128(net.grams)) }
  private var exactDry: Exact { exactNet.less(moisture) }

  private var exactClean: Exact {
    switch impurity {
    case .ofDry(let share): return exactDry.less(share)
    case .ofNet(let share):
      let scale = max(share.scale, moisture?.scale ?? 0)
      let kept =
        ExactDecimal.powerOfTen(scale) - share.digits(at: scale)
        - (moisture?.digits(at: scale) ?? 0)
      return Exact(digits: Int128(net.grams) * kept, scale: scale)
    case .mass(let mass):
      let dry = exactDry
      return Exact(
        digits: dry.digits - Int128(mass.grams) * ExactDecimal.powerOfTen(dry.scale),
        scale: dry.scale)
    case nil: return exactDry
    }
  }

  /// Every mass of the chain, recomputed and never typed in.
  package var json: JSON {
    .members([
      "net": net.json, "dry": dry.json, "clean": clean.json,
      "contained": assay.map { _ in contained.json },
      "recovered": yield.map { _ in recovered.json },
    ])
  }
}

extension ExactDecimal {
  fileprivate func digits(at scale: Int) -> Int128 {
    Int128(digits) * ExactDecimal.powerOfTen(scale - self.scale)
  }
}

extension Fields {
  /// A decimal text from 0 to 1 with at most six decimals, or nil where it is absent.
  package func fraction(_ name: String) -> ExactDecimal? {
    guard let value = decimal(name, required: false) else { return nil }
    guard value.scale <= MassChain.decimals, value <= ExactDecimal(digits: 1, scale: 0) else {
      wrong(
        name,
        "a fraction from 0 to 1 with at most \(MassChain.decimals) decimals is expected, such as \"0.02\" for 2 %"
      )
      return nil
    }
    return value
  }
}
