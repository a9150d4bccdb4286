import Models

/// One figure: what a definition makes of sums, exact until it is shown.
struct FigureValue: Sendable {
  /// In the definition's unit, rounded half-even once; nil with a reason.
  let text: String?
  let reason: String?
  /// Grams, or counts.
  let numerator: Int128?
  /// Where there is a ratio.
  let denominator: Int128?
  let ratio: Ratio?
  let range: (low: String, high: String)?

  static let places = 4

  /// No value, and why.
  init(none reason: String) {
    text = nil
    self.reason = reason
    numerator = nil
    denominator = nil
    ratio = nil
    range = nil
  }

  /// A ratio, in the unit that one times `factor` is in.
  init(_ numerator: Int128, _ denominator: Int128, factor: Int128) {
    self.init(numerator, denominator, numerator, denominator, factor)
  }

  /// Throughput over capacity in kilograms times ``Sum/capacityScale``, which is shown as a mass,
  /// rounded once; the ratio is of the exact one.
  init(throughput grams: Int128, capacity scaled: Int128) {
    let shown = try? Ratio(scaled * 1000, Sum.capacityScale)
    self.init(
      grams * (Sum.capacityScale / 10), scaled * 100, grams,
      shown.flatMap { Int128($0.rounded(places: 0)) } ?? 0, 100)
  }

  private init(
    _ above: Int128, _ below: Int128, _ numerator: Int128, _ denominator: Int128,
    _ factor: Int128
  ) {
    self.numerator = numerator
    self.denominator = denominator
    var found: Ratio?
    var why: String?
    do throws(Ratio.Undefined) {
      found = try Ratio(above, below)
    } catch {
      why = error.rawValue
    }
    ratio = found
    reason = why
    text = found?.rounded(times: factor, places: Self.places)
    range = nil
  }

  /// A mass in tonnes.
  init(mass grams: Int128) {
    text = Mass.tonnes(grams)
    reason = nil
    numerator = grams
    denominator = nil
    ratio = nil
    range = nil
  }

  init(count: Int128) {
    text = String(count)
    reason = nil
    numerator = count
    denominator = nil
    ratio = nil
    range = nil
  }

  /// A mass times factors, rounded once from the exact product.
  init(avoided grams: Int128, by factors: [Reference.Avoided], times baseline: ExactDecimal?) {
    func product(_ use: String) -> String? {
      guard let one = factors.first(where: { $0.use == use }) else { return nil }
      var (digits, scale) = (Int128(one.product.digits), 6 + one.product.scale)
      if let baseline {
        digits *= Int128(baseline.digits)
        scale += baseline.scale
      }
      // Coal equivalent is summed in tonnes.
      if one.factor.unit.hasPrefix("kgce") { scale += 3 }
      return (try? Ratio(grams * digits, ExactDecimal.powerOfTen(scale)))?.rounded(places: 3)
    }
    text = product("default")
    reason = nil
    numerator = grams
    denominator = nil
    ratio = nil
    range = product("low").flatMap { low in product("high").map { (low, $0) } }
  }
}

extension Definition {
  /// The figure of the sums of a period.
  /// - Parameters:
  ///   - numerator: of the terms, those that are asked for.
  ///   - sums: of the span, with what only time adds (``FigureSums``).
  func value(
    of numerator: [Term], over denominator: [Term], _ sums: Cell, _ reference: Reference,
    baseline: ExactDecimal?
  ) -> FigureValue {
    let above = sums.sum(numerator)
    switch measure {
    case .ratio(let factor):
      return self == .utilisation
        ? FigureValue(throughput: above, capacity: sums[Sum.scaledCapacity])
        : FigureValue(above, sums.sum(denominator), factor: factor)
    case .share: return FigureValue(above, sums.sum(denominator), factor: 100)
    case .mass: return FigureValue(mass: above)
    case .avoided:
      guard self != .avoidedEmissionsCopper || baseline != nil else {
        return FigureValue(none: "baseline_required")
      }
      return FigureValue(
        avoided: above, by: reference.avoided(self),
        times: self == .avoidedEmissionsCopper ? baseline : nil)
    case .qualified: return FigureValue(none: "missing")
    }
  }

  /// A sum as it is shown beside the figure.
  func shown(_ sum: Int128) -> JSON {
    switch self {
    case .qualifiedProcessors: .members(["value": .string(String(sum)), "unit": "facilities"])
    case .coverage, .onTime: .members(["value": .string(String(sum)), "unit": "reports"])
    case .qualifiedSteelCapacity, .qualifiedCopperCapacity, .qualifiedAluminiumCapacity:
      .members(["value": .string(Mass.tonnes(sum)), "unit": "t/y"])
    case .coverageByCapacity: .members(["value": .string(String(sum)), "unit": "kg·d/y"])
    default: Mass.json(grams: sum)
    }
  }

  /// What differences of it are in.
  var differenceUnit: String {
    switch measure {
    case .ratio(let factor): factor == 100 ? "pp" : unit
    case .share: "pp"
    default: "%"
    }
  }

  /// How far a figure is from an earlier one: points for ratios, per cent for masses.
  func change(_ now: FigureValue, since before: FigureValue) -> (text: String?, reason: String?) {
    if let reason = now.text == nil ? now.reason : before.reason { return (nil, reason) }
    if let one = now.ratio, let other = before.ratio {
      let text = one.difference(other, times: factor, places: FigureValue.places)
      return (text, text == nil ? "out_of_range" : nil)
    }
    guard let one = now.numerator, let other = before.numerator else { return (nil, "missing") }
    do throws(Ratio.Undefined) {
      let text = try Ratio(one - other, other).rounded(times: 100, places: FigureValue.places)
      return (text, nil)
    } catch {
      return (nil, error.rawValue)
    }
  }
}
