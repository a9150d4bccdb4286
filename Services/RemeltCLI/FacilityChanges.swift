import ArgumentParser
import Models

struct FacilityChange: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "change", abstract: "Change a facility; what you do not give stays.",
    discussion: """
      A list (roles, capacities, designations, obligations) is replaced as a whole; places within \
      the location one by one.

      Example: remelt facility change <id> --closed-on 2026-06-30
      """)

  @Argument(help: "Its id, or scheme:value.")
  var facility: String
  @OptionGroup var fields: FacilityFields
  @OptionGroup var version: VersionOption
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    let path = "\(FacilityCommand.path)/\(try await api.facility(facility))"
    let current = try await api.get(path)
    let record = try current.json()
    var given = try await fields.json(api)
    if let place = given["location"] {
      given = Body.merged(given, .members(["location": moved(record["location"], by: place)]))
    }
    let body = Body.changed(record, writable: FacilityCommand.writable, by: given)
    let ifMatch = version.ifMatch(try current.version())
    try output.show(try await api.put(path, body, ifMatch: ifMatch))
  }

  /// The place with what was given; a new province does away with the old authority.
  private func moved(_ place: JSON?, by given: JSON) -> JSON {
    guard case .object(let members) = place else { return given }
    let kept = members.filter { $0.name != "authority" || given["province"] == nil }
    return Body.merged(.object(kept), given)
  }
}

struct FacilityMerge: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Merge a duplicate into the facility that stays.",
    discussion: """
      The absorbed id goes on answering, as the one that stayed.

      Example: remelt facility merge <id> --absorb <duplicate's id> --reason "entered twice"
      """)

  @Argument(help: "The facility that stays.")
  var facility: String
  @Option(help: "The duplicate.")
  var absorb: String
  @Option(help: "Why.")
  var reason: String
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    let survivor = try await api.facility(facility)
    let body = JSON.members([
      "absorb": .string(try await api.facility(absorb)), "reason": .string(reason),
    ])
    try output.show(try await api.post("\(FacilityCommand.path)/\(survivor)/merge", body))
  }
}
