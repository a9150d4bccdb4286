import ArgumentParser
import Models

/// A mass on the command line: `12.345` (tonnes), `800kg`, `1.2kt`, `30万吨`.
struct MassArgument: ExpressibleByArgument {
  let json: JSON

  init?(argument: String) {
    let text = argument.trimmingSpace
    let value = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-") }
    guard !value.isEmpty else { return nil }
    let unit = String(text.dropFirst(value.count)).trimmingSpace
    // What the ledger does not accept it refuses itself, with the field's name.
    json = .members(["value": .string(String(value)), "unit": .string(unit.isEmpty ? "t" : unit)])
  }
}

/// A part of a total: `obsolete=1200`, `other_processor,<facility>=300`, `HS:740400,copper=3.2`.
struct PartArgument: ExpressibleByArgument {
  let name: String
  let qualifier: String?
  let mass: MassArgument

  init?(argument: String) {
    guard let sign = argument.lastIndex(of: "="),
      let mass = MassArgument(argument: String(argument[argument.index(after: sign)...]))
    else { return nil }
    let parts = argument[..<sign].split(separator: ",", maxSplits: 1).map(String.init)
    guard let name = parts.first else { return nil }
    self.name = name.trimmingSpace
    qualifier = parts.count > 1 ? parts[1].trimmingSpace : nil
    self.mass = mass
  }

  func json(_ name: String, _ qualifier: String) -> JSON {
    .members([
      name: .string(self.name), qualifier: .text(self.qualifier), "mass": mass.json,
    ])
  }
}

/// An identifier on the command line: `uscc:91130000…`.
struct IdentifierArgument: ExpressibleByArgument {
  let scheme: String
  let value: String

  init?(argument: String) {
    let parts = argument.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nil }
    scheme = parts[0]
    value = parts[1]
  }

  var json: JSON { .members(["scheme": .string(scheme), "value": .string(value)]) }
}
