import Testing

@testable import Models

struct ThroughputTests {
  static let facility = "0192f0c1-0000-7000-8000-000000000001"
  static let head = #""facility_id": "\#(facility)", "metal": "steel", "month": "2026-01""#

  func tonnes(_ value: String) -> String { #"{"value": "\#(value)", "unit": "t"}"# }

  func text(_ members: String) -> String { "{\(Self.head), \(members)}" }

  var whole: String {
    text(
      """
      "opening": \(tonnes("10")), "opening_reason": "first month", "closing": \(tonnes("5.5")),
      "purchases": [
        {"source": "obsolete", "mass": \(tonnes("70"))},
        {"source": "other_processor", "facility_id": "\(Self.facility)", "mass": \(tonnes("30"))}],
      "shipments": [
        {"destination": "mill", "facility_id": "\(Self.facility)", "mass": \(tonnes("103"))},
        {"destination": "foundry", "mass": \(tonnes("0"))}],
      "input": {"value": "0.0104", "unit": "万吨"},
      "products": [
        {"grade": "GB/T 39733:SRS", "mass": \(tonnes("100"))},
        {"grade": "HS:740400", "metal": "copper", "mass": \(tonnes("2.5"))}],
      "residue": \(tonnes("1")), "loss": {"value": "500", "unit": "kg"}, "note": "扣杂已扣"
      """)
  }

  @Test("A whole report is read and its sums are those of its parts")
  func sums() throws {
    let report = try read(whole, as: Throughput.init)
    #expect(report.purchased.tonnes == "100")
    #expect(report.fromProcessors.tonnes == "30")
    #expect(report.shipped.tonnes == "103")
    #expect(report.produced.tonnes == "102.5")
    #expect(report.input.tonnes == "104")
    #expect(report.loss.tonnes == "0.5")
    #expect(!report.isNil)
  }

  @Test("A report and its parts come back from what is written")
  func roundTrip() throws {
    let report = try read(whole, as: Throughput.init)
    #expect(try Fields.read(report.json, as: Throughput.init) == report)
    #expect(try Fields.read(JSONParser.parse(report.json.bytes), as: Throughput.init) == report)
    for purchase in report.purchases {
      #expect(try Fields.read(purchase.json, as: Purchase.init) == purchase)
    }
    for shipment in report.shipments {
      #expect(try Fields.read(shipment.json, as: Shipment.init) == shipment)
    }
    for product in report.products {
      #expect(try Fields.read(product.json, as: Product.init) == product)
    }
  }

  @Test("Opening, closing and input are required unless the return is nil")
  func required() throws {
    #expect(
      pointers("{\(Self.head)}", as: Throughput.init) == ["/opening", "/closing", "/input"])
    #expect(
      pointers(text(#""nil": false"#), as: Throughput.init) == ["/opening", "/closing", "/input"])
    #expect(throws: Never.self) { try read(text(#""nil": true"#), as: Throughput.init) }
  }

  @Test("A nil return carries its stock: the closing stock is the opening stock")
  func nilStock() throws {
    let bare = try read(text(#""nil": true"#), as: Throughput.init)
    #expect(bare.opening == .zero && bare.closing == .zero && bare.input == .zero)
    let stock = try read(text(#""nil": true, "opening": \#(tonnes("7"))"#), as: Throughput.init)
    #expect(stock.opening.tonnes == "7" && stock.closing.tonnes == "7")
    let zeros = try read(
      text(
        """
        "nil": true, "opening": \(tonnes("7")), "closing": \(tonnes("7.000")),
        "input": \(tonnes("0")), "purchases": [{"source": "other", "mass": \(tonnes("0"))}]
        """), as: Throughput.init)
    for report in [bare, stock, zeros] {
      #expect(try Fields.read(report.json, as: Throughput.init) == report)
    }
    let carried = bare.carrying(Mass(grams: 42))
    #expect(carried.isNil && carried.opening == carried.closing && carried.opening.grams == 42)
    #expect(try Fields.read(carried.json, as: Throughput.init) == carried)
  }

  @Test("A nil return with anything in it is refused, all of it at once")
  func nilMistakes() {
    #expect(
      pointers(
        text(
          """
          "nil": true, "opening": \(tonnes("1")), "closing": \(tonnes("2")),
          "purchases": [{"source": "other", "mass": \(tonnes("0.000001"))}],
          "shipments": [{"destination": "other", "mass": \(tonnes("1"))}],
          "input": \(tonnes("1")), "loss": \(tonnes("1")),
          "products": [{"grade": "GB/T 39733:SRS", "mass": \(tonnes("1"))}]
          """), as: Throughput.init) == [
          "/purchases", "/shipments", "/input", "/products", "/residue", "/closing",
        ])
    #expect(
      pointers(text(#""nil": true, "closing": \#(tonnes("2"))"#), as: Throughput.init)
        == ["/closing"])
  }

  @Test("Mistakes all over a report are reported at once, each at its pointer")
  func mistakesAtOnce() {
    #expect(
      pointers(
        """
        {"facility_id": "1", "metal": "gold", "month": "2009-12", "nil": "no",
         "opening": 5, "closing": {"value": "1", "unit": "tons"}, "input": \(tonnes("-1")),
         "purchases": [{"source": "theft", "mass": 1, "price": 2}],
         "shipments": [{"destination": "mill"}],
         "products": [{"grade": "unheard of", "mass": \(tonnes("1"))}],
         "residue": \(tonnes("0.0000001")), "note": 1, "balance": 0}
        """, as: Throughput.init) == [
          "/facility_id", "/metal", "/month", "/nil", "/opening", "/closing/unit",
          "/purchases/0/source", "/purchases/0/mass", "/purchases/0/price", "/shipments/0/mass",
          "/input/value", "/products/0/grade", "/residue/value", "/note", "/balance",
        ])
  }

  @Test("More than 200 purchases are refused")
  func tooMany() {
    let many = Array(repeating: #"{"source": "other", "mass": \#(tonnes("1"))}"#, count: 201)
    #expect(
      pointers(
        text(#""nil": true, "purchases": [\#(many.joined(separator: ","))]"#),
        as: Throughput.init) == ["/purchases"])
  }
}
