import ArgumentParser
import Models

struct FacilityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "facility", abstract: "Register, list, show, change and merge facilities.",
    discussion: "Example: remelt facility list --province 130000 --role mill",
    subcommands: [
      FacilityRegister.self, FacilityList.self, FacilityShow.self, FacilityChange.self,
      FacilityMerge.self, ImportPlants.self, FacilitySubmitFile.self,
    ])

  static let path = "/registry/v1/facilities"
  static let writable = [
    "organisation_id", "name", "local_name", "identifier", "roles", "location", "opened_on",
    "closed_on", "capacities", "designations", "obligations", "demonstration",
  ]
  static let columns: [Table.Column] = [
    .member("id"), .member("name"), .member("local_name", "local name"), .member("roles"),
    .member("location.country", "country"), .member("location.province", "province"),
    .member("location.municipality", "municipality"), .member("identifier.value", "identifier"),
  ]
}

struct FacilityRegister: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "register", abstract: "Register a facility.",
    discussion: """
      A likely duplicate is refused and the candidates are named; --confirm-duplicate registers it \
      all the same.

      Example: remelt facility register --organisation uscc:9113… --name "North yard" \
      --role scrap_processor --country CN --province 130000 --latitude 39.6 --longitude 118.1 \
      --capacity scrap_processing:steel=300000 --obligation throughput:steel@2026-01
      """)

  @OptionGroup var fields: FacilityFields
  @Flag(help: "It is another facility than the candidates named.")
  var confirmDuplicate = false
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    let query = URLText.query([("confirm_duplicate", confirmDuplicate ? "true" : nil)])
    try output.show(try await api.post(FacilityCommand.path + query, try await fields.json(api)))
  }
}

struct FacilityList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List facilities.",
    discussion: "Example: remelt facility list --province 130000 --role scrap_processor")

  @Option(help: "GB/T 2260 code.")
  var province: String?
  @Option(help: "scrap_processor, mill, hydrogen_user or trader.")
  var role: String?
  @Option(help: "The organisation's id, or scheme:value.")
  var organisation: String?
  @Option(help: "Only the one with this identifier (scheme:value).")
  var identifier: String?
  @OptionGroup var list: ListOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    var organisationID: String?
    if let organisation { organisationID = try await api.organisation(organisation) }
    let items = try await api.items(
      FacilityCommand.path,
      [
        ("province", province), ("role", role), ("organisation_id", organisationID),
        ("identifier", identifier),
      ], limit: list.limit)
    output.show(items, FacilityCommand.columns)
  }
}

struct FacilityShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one facility; a merged id shows the one that stayed.",
    discussion: "Example: remelt facility show gem_plant:P100000120439")

  @Argument(help: "Its id, or scheme:value.")
  var facility: String
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    let id = try await api.facility(facility)
    try output.show(try await api.get("\(FacilityCommand.path)/\(id)"))
  }
}

struct FacilitySubmitFile: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit-file", abstract: "Register the facilities of a CSV or NDJSON file.",
    discussion: """
      A row is known by its identifier: what is registered already stays as it is or is changed. \
      Refused rows are printed with the file's own row numbers.

      Example: remelt facility submit-file facilities.csv --charset gb18030
      """)

  @OptionGroup var file: FileArguments
  @Flag(help: "Register likely duplicates too.")
  var confirmDuplicate = false
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let query = URLText.query([("confirm_duplicate", confirmDuplicate ? "true" : nil)])
    try await file.submit(to: "\(FacilityCommand.path)/bulk\(query)", asJSON: output.asJSON)
  }
}
