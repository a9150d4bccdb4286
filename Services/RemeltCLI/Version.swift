import ArgumentParser

/// A command and not ArgumentParser's flag: some commands take a record's `--version`.
struct Version: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show this program's version.", discussion: "Example: remelt version")

  static let number = "0.1.0"

  func run() async throws { Terminal.output("remelt \(Version.number)") }
}
