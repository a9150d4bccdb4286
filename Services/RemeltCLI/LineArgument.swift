import ArgumentParser
import Models

/// A line of a report: what it is of, how much, and what else is known of it, such as
/// `scrap_steel.post_consumer=1200,moisture=0.02,facility=<id>`.
struct LineArgument: ExpressibleByArgument {
  typealias Detail = (name: String, value: String)

  /// The parts of the name, each a word of its own.
  let name: [String]
  let amount: MassArgument
  private(set) var details: [Detail]

  init?(argument: String) {
    let pairs = argument.split(separator: ",").map { pair in
      pair.split(separator: "=", maxSplits: 1).map { String($0).trimmingSpace }
    }
    guard pairs.allSatisfy({ $0.count == 2 }), let head = pairs.first,
      let amount = MassArgument(argument: head[1])
    else { return nil }
    name = head[0].split(separator: ".", maxSplits: 1).map(String.init)
    self.amount = amount
    details = pairs.dropFirst().map { ($0[0], $0[1]) }
  }

  /// The line with its details under the ledger's names, and its facility by its id.
  func resolved(_ api: LedgerAPI, _ names: [String: String] = [:]) async throws -> LineArgument {
    var line = self
    for (index, detail) in details.enumerated() {
      line.details[index].name = names[detail.name] ?? detail.name
      if detail.name == "facility" {
        line.details[index] = ("facility_id", try await api.facility(detail.value))
      }
    }
    return line
  }

  /// Takes the details of these names out of the line.
  mutating func take(_ names: Set<String>) -> [Detail] {
    defer { details.removeAll { names.contains($0.name) } }
    return details.filter { names.contains($0.name) }
  }

  /// The line's members: the parts of its name under `parts`, its mass under `mass`, its details, of
  /// which those in `masses` are masses. What the ledger does not know it refuses by its name.
  func members(_ parts: [String], mass: String, masses: [String] = []) -> [JSON.Member] {
    let named = zip(parts, name).map { JSON.Member($0, .string($1)) }
    // A part too many is sent as a member that nobody knows.
    let surplus = name.dropFirst(parts.count).map { JSON.Member($0, true) }
    return named + surplus + [.init(mass, amount.json)]
      + details.map { detail in
        let mass = masses.contains(detail.name) ? MassArgument(argument: detail.value) : nil
        return .init(detail.name, mass?.json ?? .string(detail.value))
      }
  }
}
