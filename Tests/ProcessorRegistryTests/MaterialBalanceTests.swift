import Models
import TestSupport
import Testing

@testable import ProcessorRegistry

/// A report out of a JSON object.
func throughput(_ json: JSON) throws -> Throughput {
  try Fields.read(json, as: Throughput.init)
}

@Suite("The two balances of a month")
struct MaterialBalanceTests {
  private static let id = "01890000-0000-7000-8000-000000000001"

  /// opening + purchased = 1,100 t, of which 0.5 % are 5.5 t.
  private func balance(_ changes: [(String, String)], permille: Int = 5) throws -> MaterialBalance {
    let report = changes.reduce(Sample.report(Self.id)) { $0.with($1.0, Sample.mass($1.1)) }
    return MaterialBalance(try throughput(report), permille: permille)
  }

  private func pointers(_ balance: MaterialBalance) -> [String] { balance.faults.map(\.pointer) }

  @Test("A report that adds up has no differences and no faults")
  func exact() throws {
    let exact = try balance([])
    #expect(exact.stockDifference == 0)
    #expect(exact.processingDifference == 0)
    #expect(exact.allowance == 5_500_000)
    #expect(exact.faults.isEmpty)
  }

  @Test(
    "The stock may be off by the allowance to the gram, in either direction, and by no gram more",
    arguments: [
      ("169.5", 5_500_000, true), ("169.499999", 5_500_001, false),
      ("180.5", -5_500_000, true), ("180.500001", -5_500_001, false),
    ])
  func stockEdges(closing: String, difference: Int64, isAccepted: Bool) throws {
    let edge = try balance([("closing", closing)])
    #expect(edge.stockDifference == difference)
    #expect(edge.processingDifference == 0)
    #expect(pointers(edge) == (isAccepted ? [] : ["/closing"]))
  }

  @Test(
    "Processing may be off by the allowance to the gram, in either direction, and by no gram more",
    arguments: [
      ("955.5", 5_500_000, true), ("955.500001", 5_500_001, false),
      ("944.5", -5_500_000, true), ("944.499999", -5_500_001, false),
    ])
  func processingEdges(input: String, difference: Int64, isAccepted: Bool) throws {
    let edge = try balance([("input", input)])
    #expect(edge.processingDifference == difference)
    #expect(edge.stockDifference == 0)
    #expect(pointers(edge) == (isAccepted ? [] : ["/input"]))
  }

  @Test("Both balances are named when both fail")
  func both() throws {
    let wrong = try balance([("closing", "0"), ("input", "0")])
    #expect(pointers(wrong) == ["/closing", "/input"])
    #expect(wrong.faults[1].detail.contains("-950 t"))
    #expect(wrong.faults[0].detail.contains("175 t"))
  }

  @Test("Residue and loss stand on the right of both balances")
  func residue() throws {
    let wrong = try balance([("residue", "40")])
    #expect(wrong.stockDifference == -20_000_000)
    #expect(wrong.processingDifference == -20_000_000)
    #expect(pointers(wrong) == ["/closing", "/input"])
  }

  @Test("The allowance is rounded down to the gram")
  func roundedDown() throws {
    // 0.5 % of 100.001799 t + 1,000 t is 5,500,008.995 g.
    let odd = try balance([("opening", "100.001799"), ("closing", "175.001799")])
    #expect(odd.allowance == 5_500_008)
    let over = try balance([("opening", "100.001799"), ("closing", "169.50179")])
    #expect(over.stockDifference == 5_500_009)
    #expect(pointers(over) == ["/closing"])
  }

  @Test("Without any tolerance only an exact report is accepted")
  func zeroTolerance() throws {
    #expect(try balance([], permille: 0).faults.isEmpty)
    #expect(pointers(try balance([("closing", "175.000001")], permille: 0)) == ["/closing"])
  }

  @Test("By-products of another metal count as products")
  func byProducts() throws {
    let copper = JSON.members([
      "grade": "HS:740400", "metal": "copper", "mass": Sample.mass("10"),
    ])
    let first = Sample.report(Self.id)["products"]?.elements ?? []
    let report = Sample.report(Self.id).with("products", .array(first + [copper]))
    let balance = MaterialBalance(try throughput(report), permille: 5)
    #expect(balance.processingDifference == -10_000_000)
  }

  @Test("The largest lists of the largest masses overflow nothing")
  func largest() throws {
    let most = Sample.mass("100", "kt").with("value", "100000")
    let purchases = (0..<200).map { _ in JSON.members(["source": "other", "mass": most]) }
    let report = Sample.report(Self.id).with("purchases", .array(purchases))
      .with("opening", most)
    let balance = MaterialBalance(try throughput(report), permille: 1000)
    #expect(balance.allowance == 201 * Mass.maximum.grams)
    #expect(balance.faults.isEmpty)
  }

  @Test("A report is accepted exactly when both differences are within the allowance")
  func random() throws {
    var seeded = Seeded()
    for _ in 0..<500 {
      let grams = (0..<7).map { _ in seeded.int(0...2_000_000) }
      let names = ["opening", "closing", "input", "residue", "loss"]
      var report = Sample.report(Self.id)
      let text = { (grams: Int) in Mass(grams: Int64(grams)).tonnes }
      for (name, value) in zip(names, grams) {
        report = report.with(name, Sample.mass(text(value)))
      }
      report = report.with("purchases/0/mass", Sample.mass(text(grams[5])))
        .with("shipments/0/mass", Sample.mass(text(grams[6])))
        .with("products/0/mass", Sample.mass(text(seeded.int(0...2_000_000))))
      let permille = seeded.int(0...1000)
      let model = try throughput(report)
      let balance = MaterialBalance(model, permille: permille)
      let produced = Int(model.produced.grams)
      let stock = grams[0] + grams[5] - grams[6] - grams[3] - grams[4] - grams[1]
      let processing = grams[2] - produced - grams[3] - grams[4]
      let allowed = (grams[0] + grams[5]) * permille / 1000
      #expect(balance.stockDifference == Int64(stock))
      #expect(balance.processingDifference == Int64(processing))
      let expected =
        (abs(stock) > allowed ? ["/closing"] : []) + (abs(processing) > allowed ? ["/input"] : [])
      #expect(pointers(balance) == expected)
    }
  }
}
