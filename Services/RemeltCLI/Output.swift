import ArgumentParser
import Models
import ServiceKit

/// What every command that answers with data offers.
struct OutputOptions: ParsableArguments {
  @Flag(name: .customLong("json"), help: "Print the ledger's JSON instead of a table.")
  var asJSON = false

  /// One object.
  func show(_ answer: HTTPAnswer) throws {
    if asJSON { return verbatim(answer) }
    Terminal.output(Card(try answer.json()).text)
  }

  /// One object, whose list becomes a table.
  func show(_ answer: HTTPAnswer, list name: String, _ columns: [Table.Column]) throws {
    if asJSON { return verbatim(answer) }
    let json = try answer.json()
    Terminal.output(Table(json[name]?.elements ?? [], columns).text)
  }

  /// A list gathered from its pages.
  func show(_ items: [JSON], _ columns: [Table.Column]) {
    if asJSON {
      Terminal.output(JSON.members(["items": .array(items)]).bytes + [0x0A])
    } else {
      Terminal.output(Table(items, columns).text)
    }
  }

  func verbatim(_ answer: HTTPAnswer) { OutputOptions.verbatim(answer) }

  static func verbatim(_ answer: HTTPAnswer) {
    Terminal.output(answer.body.last == 0x0A ? answer.body : answer.body + [0x0A])
  }
}

/// How much of a list.
struct ListOptions: ParsableArguments {
  @Option(help: "Stop after this many (otherwise every page is fetched).")
  var limit: Int?

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
  }
}
