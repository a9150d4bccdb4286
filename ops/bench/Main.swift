import ArgumentParser

/// What `ops/bench/run` starts beside the product.
@main
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remelt-bench", abstract: "The counterparts that the product is measured against.",
    subcommands: [Echo.self, Commits.self, Past.self])
}
