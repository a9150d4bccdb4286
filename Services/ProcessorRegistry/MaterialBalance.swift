import Models
import Reporting

/// The two balances of a month's throughput.
///
/// Stock: opening + purchased = shipped + residue + loss + closing.
/// Processing: input = products (by-products of other metals among them) + residue + loss.
struct MaterialBalance: Equatable {
  /// What is missing on the right-hand side, in grams; negative where there is too much.
  let stockDifference: Int64
  let processingDifference: Int64
  /// The most either may be off, in grams: `permille` of opening + purchased, rounded down.
  let allowance: Int64

  private let stock: StockBalance

  init(_ report: Throughput, permille: Int) {
    stock = StockBalance(
      available: report.opening + report.purchased,
      left: report.shipped + report.residue + report.loss + report.closing, permille: permille)
    stockDifference = stock.difference
    allowance = stock.allowance
    processingDifference =
      report.input.grams - (report.produced + report.residue + report.loss).grams
  }

  /// The differences that exceed the allowance, by the field that shows them.
  var faults: [Problem.Field] {
    var faults: [Problem.Field] = []
    if !stock.holds {
      faults.append(
        .init(
          "/closing",
          stock.sentence("opening + purchased", "shipped + residue + loss + closing")))
    }
    if abs(processingDifference) > allowance {
      faults.append(
        .init(
          "/input",
          "input exceeds products + residue + loss by \(tonnes(processingDifference)) t; at most \(tonnes(allowance)) t either way are accepted"
        ))
    }
    return faults
  }

  private func tonnes(_ grams: Int64) -> String { Mass.tonnes(Int128(grams)) }
}
