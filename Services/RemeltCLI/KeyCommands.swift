import ArgumentParser
import Models

struct KeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Rotate and revoke the keys that sign access tokens.",
    discussion: "Example: remelt key rotate",
    subcommands: [KeyRotate.self, KeyRevoke.self])
}

struct KeyRotate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate", abstract: "Make a new signing key.",
    discussion: """
      Tokens signed with the old one stay good until they expire.

      Example: remelt key rotate
      """)

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try output.show(try await LedgerAPI.current().post("/registry/v1/keys", .object([])))
  }
}

struct KeyRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Revoke a signing key; its tokens end at once.",
    discussion: "Example: remelt key revoke <kid> --reason \"found on a lost disk\"")

  @Argument(help: "The key's kid.")
  var kid: String
  @Option(help: "Why.")
  var reason: String
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let path = "/registry/v1/keys/\(URLText.encoded(kid))/revocation"
    try output.show(
      try await LedgerAPI.current().post(path, .members(["reason": .string(reason)])))
  }
}
