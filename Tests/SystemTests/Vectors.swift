import Foundation
import Models
import Testing

/// The worked examples of the domain, from the file that the models are held against too.
enum Vectors {
  static let all: JSON = {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../ModelsTests/vectors.json").standardized
    let bytes = (try? Data(contentsOf: file)) ?? Data()
    return (try? JSONParser.parse([UInt8](bytes))) ?? .null
  }()

  /// Those of recycled input and those of hydrogen.
  static var reported: [JSON] {
    ["vectors", "hydrogen"].flatMap { all[$0]?.elements ?? [] }
  }

  static func vector(_ id: String) throws -> (inputs: JSON, expected: JSON) {
    let vector = try #require(
      reported.first { $0["id"]?.text == id }, "vectors.json lacks \(id)")
    return (try #require(vector["inputs"]), try #require(vector["expected"]))
  }

  static func text(_ json: JSON?) throws -> String { try #require(json?.text) }
  static func number(_ json: JSON?) throws -> Int { try #require(Int(try text(json))) }

  /// A text of the vectors as the mass that an answer must hold.
  static func mass(_ json: JSON?, _ unit: String = "t") throws -> JSON {
    try Mass(text(json), unit: unit).json
  }

  /// The exact ratio of a share's sums.
  static func ratio(_ share: JSON?) throws -> Ratio {
    let grams = { (name: String) throws -> Int128 in
      let mass = try #require(share?[name], "there is no \(name)")
      try #require(mass["unit"]?.text == "t")
      let value = try #require(ExactDecimal(try Self.text(mass["value"])))
      return Int128(value.digits) * ExactDecimal.powerOfTen(6 - value.scale)
    }
    return try Ratio(grams("numerator"), grams("denominator"))
  }
}

extension JSON {
  /// A share of a report, or of a line of figures, by its definition.
  func share(_ definition: String) -> JSON? {
    (self["derived"] ?? self)["shares"]?.elements.first {
      $0["definition_id"]?.text == definition
    }
  }

  /// Whether a share meets a goal; nil where it is not held against that.
  func meets(_ target: String) -> JSON? {
    self["goals"]?.elements.first { $0["target_id"]?.text == target }?["met"]
  }
}
