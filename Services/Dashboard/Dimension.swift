import Models

/// What figures are told apart by, and what they are narrowed to.
enum Dimension: String, CaseIterable, Sendable {
  case metal, province, region, authority, country, group
  case material, origin, route, use, source, scheme
  case hydrogenClass = "class"

  static let words = allCases.map(\.rawValue).joined(separator: ", ")

  /// The grouping of places that it is.
  var grouping: Grouping? { Grouping(rawValue: rawValue) }

  /// What it tells sums apart by.
  var label: Label? { Label(rawValue: rawValue) }

  /// The code as it is known, or nil where there is no such one.
  func code(_ text: String) -> String? {
    let known: Bool =
      switch self {
      case .metal: Metal(rawValue: text) != nil
      case .province: Reference.shared.provinces[text] != nil
      case .region: ["BTH", "YRD", "OTHER"].contains(text)
      case .authority: Reference.shared.authorities[text] != nil
      case .country: text == "CN" || Reference.shared.countries[text] != nil
      case .group: (1...200).contains(text.unicodeScalars.count)
      case .material: text == Label.none || Reference.shared.materials[text] != nil
      case .origin: text == Label.none || Origin(rawValue: text) != nil
      case .route:
        text == Label.none || HydrogenRoute(rawValue: text) != nil
          || OutputRoute(rawValue: text) != nil
      case .use: HydrogenPurpose(rawValue: text) != nil && text != HydrogenPurpose.sold.rawValue
      case .source: HydrogenSource(rawValue: text) != nil
      case .scheme: HydrogenClass.schemes.contains { $0.scheme == text }
      case .hydrogenClass:
        HydrogenClass.schemes.contains { HydrogenClass.names(in: $0.scheme).contains(text) }
      }
    return known ? text : nil
  }

  /// What a text for it is to be.
  var expected: String {
    switch self {
    case .province: "a GB/T 2260 code such as 130000"
    case .region: "BTH, YRD or OTHER"
    case .authority: "an authority's id such as 130000 or XPCC"
    case .country: "a country's code such as CN"
    case .group: "an ownership group's name"
    default: "a known \(rawValue)"
    }
  }

  /// A code's name for people, where it has one.
  func name(of code: String) -> String? {
    if let grouping { return grouping.name(of: code) }
    return self == .material ? Reference.shared.materials[code]?.name : nil
  }
}
