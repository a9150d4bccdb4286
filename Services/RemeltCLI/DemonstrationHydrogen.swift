import Models

/// How a hydrogen user of the demonstration comes by its hydrogen and what it does with it.
struct DemonstrationHydrogen {
  struct Supply {
    let route: HydrogenRoute
    let source: HydrogenSource
    /// Of the whole, per mille; the first takes what the others leave.
    var share = 0
    var power: PowerSource?
    /// Per mille of hydrogen in a gas that is metered by its volume.
    var gas: Int?
    /// Hundredths of a kg CO2e a kg, within a boundary; not declared where absent.
    var intensity: ClosedRange<Int>?
    var boundary = "cradle_to_site"
    var method: String?
  }

  struct Use {
    let use: HydrogenPurpose
    /// Of the whole, per mille; the first takes what the others leave.
    var share = 0
    var feed: HydrogenFeed?
    /// Tenths of a kg of hydrogen a tonne of product, above what the reaction takes.
    var perTonne: ClosedRange<Int>?
  }

  var supplies: [Supply]
  var uses: [Use]
  /// Per mille of what there is.
  var vented: ClosedRange<Int> = 0...4
}
