import ArgumentParser
import Models

/// A facility's fields as flags; those given replace what stands there.
struct FacilityFields: ParsableArguments {
  @Option(help: "The organisation's id, or scheme:value.")
  var organisation: String?
  @Option(help: "Its name.")
  var name: String?
  @Option(help: "Its name in the local language.")
  var localName: String?
  @Option(help: "Scheme and value, such as gem_plant:P100….")
  var identifier: IdentifierArgument?
  @Option(help: "scrap_processor, mill, hydrogen_user or trader; repeat it for more.")
  var role: [String] = []
  @Option(help: "ISO 3166 code.")
  var country: String?
  @Option(help: "GB/T 2260 code, such as 130000.")
  var province: String?
  @Option(help: "Whom it reports to, where that is not the province: 210200, XPCC ….")
  var authority: String?
  @Option(help: "Abroad: the state, region or county.")
  var subdivision: String?
  @Option(help: "The city or county.")
  var municipality: String?
  @Option(help: "Degrees north.")
  var latitude: Double?
  @Option(help: "Degrees east.")
  var longitude: Double?
  @Option(help: "The day it opened.")
  var openedOn: String?
  @Option(help: "The day it closed.")
  var closedOn: String?
  @Option(help: "PROCESS[:METAL]=MASS[@FROM..TO] a year; repeat it for more.")
  var capacity: [CapacityArgument] = []
  @Option(help: "KIND[:REFERENCE]@FROM[..TO]; repeat it for more.")
  var designation: [DesignationArgument] = []
  @Option(help: "REPORT[:METAL]@FROM[..TO], months; repeat it for more.")
  var obligation: [ObligationArgument] = []
  @Flag(help: "Its figures are made up.")
  var demonstration = false
  @Option(name: .customLong("from-json"), help: "A JSON file with these fields, or -.")
  var file: String?

  /// What was given: the file's members under the flags'.
  func json(_ api: LedgerAPI) async throws -> JSON {
    var organisationID: String?
    if let organisation { organisationID = try await api.organisation(organisation) }
    let given = JSON.members([
      "organisation_id": .text(organisationID), "name": .text(name),
      "local_name": .text(localName), "identifier": identifier?.json,
      "roles": Body.list(role) { .string($0) }, "location": location,
      "opened_on": .text(openedOn), "closed_on": .text(closedOn),
      "capacities": Body.list(capacity, \.json),
      "designations": Body.list(designation, \.json),
      "obligations": Body.list(obligation, \.json), "demonstration": Body.flag(demonstration),
    ])
    return try file.map { Body.merged(try Body.read($0), given) } ?? given
  }

  private var location: JSON? {
    let location = JSON.members([
      "country": .text(country), "province": .text(province), "authority": .text(authority),
      "subdivision": .text(subdivision), "municipality": .text(municipality),
      "latitude": latitude.map(JSON.coordinate), "longitude": longitude.map(JSON.coordinate),
    ])
    return location == .object([]) ? nil : location
  }
}
