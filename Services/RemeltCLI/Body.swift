import ArgumentParser
import Foundation
import Models

/// Request bodies: from a file, from flags, or a record as it stands with changes.
enum Body {
  /// The JSON of a file, or of standard input for `-`.
  static func read(_ file: String) throws -> JSON {
    let handle = file == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: file)
    guard let data = try handle?.readToEnd() else {
      throw LocalFailure(.usage, "\(file) cannot be read: is it there, and not empty?")
    }
    do {
      return try JSONParser.parse([UInt8](data))
    } catch {
      throw LocalFailure(.usage, "\(file) is not JSON: at byte \(error.offset), \(error.reason).")
    }
  }

  /// The members of a record that may be written back, those given replaced or added.
  static func changed(_ record: JSON, writable: [String], by given: JSON) -> JSON {
    var members = writable.compactMap { name in
      (given[name] ?? record[name]).map { JSON.Member(name, $0) }
    }
    if case .object(let changes) = given {
      members += changes.filter { !writable.contains($0.name) }
    }
    return .object(members)
  }

  /// Two objects in one; the later's members win.
  static func merged(_ one: JSON, _ other: JSON) -> JSON {
    guard case .object(let first) = one, case .object(let second) = other else { return other }
    return .object(first.filter { other[$0.name] == nil } + second)
  }

  /// A list, or nil where nothing was given.
  static func list<Element>(_ given: [Element], _ json: (Element) -> JSON) -> JSON? {
    given.isEmpty ? nil : .array(given.map(json))
  }

  static func flag(_ given: Bool) -> JSON? { given ? .bool(true) : nil }
}

/// Which version a change is meant for.
struct VersionOption: ParsableArguments {
  @Option(help: "Change only if the record is still at this version.")
  var version: Int?

  /// The given version, or the one that stands there now.
  func ifMatch(_ current: String) -> String { version.map { "\"\($0)\"" } ?? current }
}
