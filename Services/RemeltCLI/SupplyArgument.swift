import ArgumentParser
import Models

/// Hydrogen that came in: `electrolysis_pem.captive=50t,power=wind,certificate=GO-1`, or a volume,
/// `coke_oven_gas.by_product=120万m3,state=0C,hydrogen=0.58`.
struct SupplyArgument: ExpressibleByArgument {
  private let line: LineArgument

  init?(argument: String) {
    guard let line = LineArgument(argument: argument) else { return nil }
    self.line = line
  }

  func json(_ api: LedgerAPI) async throws -> JSON {
    var rest = try await line.resolved(
      api, ["state": "reference_state", "hydrogen": "hydrogen_fraction", "intensity": "value"])
    let intensity = rest.take(["value", "boundary", "method"])
    let certificates = rest.take(["certificate"])
    let renewable = rest.take(["renewable"]).map(\.value).joined(separator: ",")
    let isVolume = rest.amount.json["unit"]?.text.map { $0.hasSuffix("m3") } ?? false
    let members = rest.members(["route", "source"], mass: isVolume ? "volume" : "mass")
    let more = JSON.members([
      "carbon_intensity": intensity.isEmpty
        ? nil : .object(intensity.map { .init($0.name, .string($0.value)) }),
      "certificates": Body.list(certificates) { .string($0.value) },
      "renewable": renewable.isEmpty ? nil : SupplyArgument.flag(renewable),
    ])
    return Body.merged(.object(members), more)
  }

  /// Anything but true and false goes to the ledger as it is, to be refused by its name.
  private static func flag(_ text: String) -> JSON {
    ["true": .bool(true), "false": .bool(false)][text] ?? .string(text)
  }
}
