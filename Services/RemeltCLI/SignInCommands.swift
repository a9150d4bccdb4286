import ArgumentParser
import Foundation
import Models
import ServiceKit

struct SignIn: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check a key and remember it.",
    discussion: """
      The key is read from --key-file, from --key, or from standard input, which keeps it out of \
      the shell's history. It is stored readable for you alone.

      Beside a registry on port 8081 the others are expected on 8080, 8082 and 8083 of its host; \
      beside any other, at the same address, as behind a proxy.

      Example: remelt sign-in --registry https://ledger.example --key-file reporter.key
      """)

  @Option(help: "The registry's address (default: \(Profile.usualRegistry)).")
  var registry: String?
  @Option(help: "The recycled-input service's address.")
  var recycledInput: String?
  @Option(help: "The hydrogen-use service's address.")
  var hydrogenUse: String?
  @Option(help: "The dashboard's address.")
  var dashboard: String?
  @Option(help: "The key itself.")
  var key: String?
  @Option(help: "A file that holds the key.")
  var keyFile: String?

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let folder = ProfileFolder(environment: environment)
    func place(_ given: String?, _ service: LedgerService) -> String? {
      given ?? environment[service.variable]
    }
    let profile = Profile(
      key: try Key.read(try givenKey()),
      registry: place(registry, .registry) ?? Profile.usualRegistry,
      recycledInput: place(recycledInput, .recycledInput),
      hydrogenUse: place(hydrogenUse, .hydrogenUse), dashboard: place(dashboard, .dashboard),
      keyIsStored: true)
    // Asked for before anything is stored: a wrong key must not replace a right one.
    let client = HTTPClient()
    if let key = profile.key {
      _ = try await Tokens.request(
        key, registry: profile.registry, client: client, now: Clock.system.now())
    }
    try folder.store(profile)
    let api = LedgerAPI(profile: profile, folder: folder, client: client, clock: .system)
    Terminal.output("Signed in at \(profile.registry).")
    Terminal.output(Card(try await api.get("/registry/v1/me").json()).text)
  }

  private func givenKey() throws -> String {
    if let key { return key }
    if let keyFile {
      guard let text = try SecretFile.read(URL(filePath: keyFile)) else {
        throw LocalFailure(.usage, "There is no file \(keyFile).")
      }
      return text
    }
    if Terminal.inputIsTerminal { Terminal.error("Paste the key and press Return:") }
    return readLine() ?? ""
  }
}

struct SignOut: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Forget the stored key and token.", discussion: "Example: remelt sign-out")

  func run() async throws {
    ProfileFolder(environment: ProcessInfo.processInfo.environment).forget()
    Terminal.output("Signed out.")
  }
}

struct WhoAmI: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "whoami", abstract: "Show who you are signed in as, and where.",
    discussion: "Example: remelt whoami")

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    let answer = try await api.get("/registry/v1/me")
    try output.show(answer)
    if output.asJSON { return }
    Terminal.output(Card(api.profile.places).text)
  }
}
