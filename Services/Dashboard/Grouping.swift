import Models

/// How figures are grouped by place.
enum Grouping: String, CaseIterable, Sendable {
  case province, region, country, authority

  /// The group of a place (an authority's id, or a country's code), or nil where it has none: only
  /// China has provinces and regions.
  func code(of place: String) -> String? {
    guard let authority = Reference.shared.authorities[place] else {
      return self == .country ? place : nil
    }
    switch self {
    case .province: return authority.province
    case .region: return Reference.shared.provinces[authority.province]?.region ?? "OTHER"
    case .country: return "CN"
    case .authority: return place
    }
  }

  func name(of code: String) -> String {
    switch self {
    case .province: Reference.shared.provinces[code]?.name ?? code
    case .authority: Reference.shared.authorities[code]?.name ?? code
    case .country: Reference.shared.countries[code] ?? code
    case .region:
      ["BTH": "Beijing-Tianjin-Hebei", "YRD": "Yangtze River Delta"][code] ?? "Other provinces"
    }
  }
}
