/// JSON texts of monthly reports and of their lines, for tests to read.
enum ReportText {
  static let facility = "0192f0c1-0000-7000-8000-000000000001"

  static func tonnes(_ value: String) -> String { #"{"value": "\#(value)", "unit": "t"}"# }

  static func kilograms(_ value: String) -> String { #"{"value": "\#(value)", "unit": "kg"}"# }

  private static func more(_ rest: String) -> String { rest.isEmpty ? "" : ", " + rest }

  /// A line of charge of so many tonnes gross, with an origin where the material has one.
  static func charge(
    _ material: String, _ gross: String, _ origin: String? = nil, _ rest: String = ""
  ) -> String {
    let from = origin.map { #", "origin": "\#($0)""# } ?? ""
    return #"{"material": "\#(material)"\#(from), "gross": \#(tonnes(gross))\#(more(rest))}"#
  }

  static func output(_ route: String, _ mass: String) -> String {
    #"{"route": "\#(route)", "mass": \#(tonnes(mass))}"#
  }

  /// A mill's month without a stock.
  static func mill(
    _ metal: String, period: String = "2026-03", inputs: [String] = [],
    outputs: KeyValuePairs<String, String> = [:], _ rest: String = ""
  ) -> String {
    let made = outputs.map { output($0.key, $0.value) }.joined(separator: ",")
    return """
      {"facility_id": "\(facility)", "metal": "\(metal)", "period": "\(period)",
       "opening": \(tonnes("0")), "closing": \(tonnes("0")),
       "inputs": [\(inputs.joined(separator: ","))], "outputs": [\(made)]\(more(rest))}
      """
  }

  /// A month of hydrogen without a stock.
  static func hydrogen(supplies: [String] = [], uses: [String] = [], _ rest: String = "")
    -> String
  {
    """
    {"facility_id": "\(facility)", "month": "2026-03",
     "opening": \(kilograms("0")), "closing": \(kilograms("0")),
     "supplies": [\(supplies.joined(separator: ","))],
     "uses": [\(uses.joined(separator: ","))]\(more(rest))}
    """
  }

  /// Hydrogen that came in, of a quantity and more.
  static func supply(_ rest: String, route: String = "smr", source: String = "captive") -> String {
    #"{"route": "\#(route)", "source": "\#(source)"\#(more(rest))}"#
  }

  static func use(_ use: String, _ kilograms: String, _ rest: String = "") -> String {
    #"{"use": "\#(use)", "mass": \#(Self.kilograms(kilograms))\#(more(rest))}"#
  }
}
