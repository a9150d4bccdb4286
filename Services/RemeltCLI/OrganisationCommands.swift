import ArgumentParser
import Models

struct OrganisationCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "organisation", abstract: "Register, list, show and change organisations.",
    discussion: "Example: remelt organisation list",
    subcommands: [
      OrganisationRegister.self, OrganisationList.self, OrganisationShow.self,
      OrganisationChange.self,
    ])

  static let path = "/registry/v1/organisations"
  static let writable = ["identifier", "name", "ownership_group"]
  static let columns: [Table.Column] = [
    .member("id"), .member("identifier.scheme", "scheme"), .member("identifier.value", "value"),
    .member("identifier.checked", "checked"), .member("name"),
    .member("ownership_group", "group"),
  ]
}

struct OrganisationRegister: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "register", abstract: "Register an organisation.",
    discussion: """
      USCC and LEI have check digits, which are verified; any other scheme is kept unchecked.

      Example: remelt organisation register --identifier uscc:91350100M000100Y43 --name "某公司"
      """)

  @Option(help: "Scheme and value, such as uscc:9135….")
  var identifier: IdentifierArgument
  @Option(help: "Its name.")
  var name: String
  @Option(help: "The holding group it belongs to.")
  var group: String?
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let body = JSON.members([
      "identifier": identifier.json, "name": .string(name), "ownership_group": .text(group),
    ])
    try output.show(try await LedgerAPI.current().post(OrganisationCommand.path, body))
  }
}

struct OrganisationList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List organisations.",
    discussion: "Example: remelt organisation list --limit 20")

  @Option(help: "Only the one with this identifier (scheme:value).")
  var identifier: String?
  @OptionGroup var list: ListOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let items = try await LedgerAPI.current().items(
      OrganisationCommand.path, [("identifier", identifier)], limit: list.limit)
    output.show(items, OrganisationCommand.columns)
  }
}

struct OrganisationShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one organisation.",
    discussion: "Example: remelt organisation show uscc:91350100M000100Y43")

  @Argument(help: "Its id, or scheme:value.")
  var organisation: String
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    let id = try await api.organisation(organisation)
    try output.show(try await api.get("\(OrganisationCommand.path)/\(id)"))
  }
}

struct OrganisationChange: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "change", abstract: "Change an organisation; what you do not give stays.",
    discussion: "Example: remelt organisation change <id> --group \"某集团\"")

  @Argument(help: "Its id, or scheme:value.")
  var organisation: String
  @Option(help: "The new identifier.")
  var identifier: IdentifierArgument?
  @Option(help: "The new name.")
  var name: String?
  @Option(help: "The new holding group.")
  var group: String?
  @OptionGroup var version: VersionOption
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    let path = "\(OrganisationCommand.path)/\(try await api.organisation(organisation))"
    let current = try await api.get(path)
    let given = JSON.members([
      "identifier": identifier?.json, "name": .text(name), "ownership_group": .text(group),
    ])
    let body = Body.changed(
      try current.json(), writable: OrganisationCommand.writable, by: given)
    let ifMatch = version.ifMatch(try current.version())
    try output.show(try await api.put(path, body, ifMatch: ifMatch))
  }
}
