import ArgumentParser
import Foundation
import Models

struct CredentialCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "credential", abstract: "Issue, list and revoke credentials.",
    discussion: """
      Example: remelt credential issue --holder "Li Na" --grant analyst@all
      """,
    subcommands: [CredentialIssue.self, CredentialList.self, CredentialRevoke.self])

  static let columns: [Table.Column] = [
    .member("id"), .member("holder"), .member("holder_kind", "kind"), .member("grants"),
    .member("created_at", "created"), .member("revoked_at", "revoked"),
  ]
}

struct CredentialIssue: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "issue", abstract: "Issue a credential to a person or a machine.",
    discussion: """
      Its key is shown this once. A grant is a role and what it covers: reporter, operator, \
      verifier, analyst or service, at all, authority:<code> or organisation:<id>.

      Example: remelt credential issue --holder "Li Na" --grant analyst@authority:130000
      """)

  @Option(help: "Whose it is.")
  var holder: String
  @Option(help: "person or machine.")
  var kind = "person"
  @Option(help: "A grant; repeat it for more.")
  var grant: [String]
  @Option(help: "Write the key into this file (mode 0600) instead of printing it.")
  var keyFile: String?
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let body = JSON.members([
      "holder": .string(holder), "holder_kind": .string(kind),
      "grants": .array(grant.map { .string($0) }),
    ])
    let answer = try await LedgerAPI.current().post("/registry/v1/credentials", body)
    guard let keyFile else { return try output.show(answer) }
    let json = try answer.json()
    guard let key = json["key"]?.text, case .object(let members) = json else {
      throw LocalFailure(.refused, "The answer holds no key.")
    }
    try SecretFile.write(key + "\n", to: URL(filePath: keyFile))
    let rest = JSON.object(members.filter { $0.name != "key" })
    Terminal.output(output.asJSON ? String(decoding: rest.bytes, as: UTF8.self) : Card(rest).text)
  }
}

struct CredentialList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the credentials, without their secrets.",
    discussion: "Example: remelt credential list")

  @OptionGroup var list: ListOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    output.show(
      try await api.items("/registry/v1/credentials", [], limit: list.limit),
      CredentialCommand.columns)
  }
}

struct CredentialRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Revoke a credential; its tokens end at once.",
    discussion: "Example: remelt credential revoke <id> --reason \"left the company\"")

  @Argument(help: "The credential's id.")
  var credential: String
  @Option(help: "Why.")
  var reason: String
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let path = "/registry/v1/credentials/\(URLText.encoded(credential))/revocation"
    try output.show(
      try await LedgerAPI.current().post(path, .members(["reason": .string(reason)])))
  }
}
