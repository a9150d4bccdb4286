import ArgumentParser
import Foundation
import Journal
import Models
import Storage
import Synchronization

/// A service's database, for operators: these two open it themselves, and speak to no service.
enum Store {
  /// Opens one that is there; `-` reads the address from `REMELT_STORAGE_URL`, where no list of
  /// processes shows a password.
  static func open(_ url: String, readOnly: Bool = false) throws -> Database {
    let url =
      url == "-" ? ProcessInfo.processInfo.environment["REMELT_STORAGE_URL"] ?? "" : url
    if url.hasPrefix("sqlite:"),
      !FileManager.default.fileExists(atPath: String(url.dropFirst(7)))
    {
      throw LocalFailure(.usage, "There is no database \(url.dropFirst(7)).")
    }
    do {
      return try Database(url: url, readOnly: readOnly, patience: .seconds(3))
    } catch let failure as StorageFailure {
      throw LocalFailure(.usage, failure.description)
    }
  }

  static func audit(_ database: Database, _ name: String) async throws -> JournalAudit {
    let reporter = StepReporter()
    do {
      return try await JournalAudit(database) { read, size in
        reporter.show("\(name): \(read) of \(size) entries verified", isLast: read == size)
      }
    } catch let fault as JournalAudit.Fault {
      throw LocalFailure(.refused, "The journal does not hold: \(fault). See RUNBOOK.")
    } catch let failure as StorageFailure {
      throw LocalFailure(.refused, "The journal cannot be read: \(failure)")
    }
  }
}

/// Lines of a long work: one that is overwritten on a terminal, else one every three seconds.
final class StepReporter: Sendable {
  private let clock = Clock.system
  private let lastShown = Mutex(Instant(milliseconds: 0))

  func show(_ line: String, isLast: Bool) {
    if isLast {
      if Terminal.errorIsTerminal { Terminal.status("") }
      return Terminal.error(line)
    }
    let now = clock.now()
    let isDue = lastShown.withLock { last in
      guard now.milliseconds - last.milliseconds >= (Terminal.errorIsTerminal ? 100 : 3000) else {
        return false
      }
      last = now
      return true
    }
    if isDue { Terminal.errorIsTerminal ? Terminal.status(line) : Terminal.error(line) }
  }
}

struct VerifyStore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-store",
    abstract: "Derive a journal's tree anew from a service's database.",
    discussion: """
      Reads every entry, computes its hash from its event and salt, and holds the tree against the \
      checkpoint that was signed last. A SQLite file must not be in use: stop the service, or \
      verify a backup.

      Example: remelt verify-store sqlite:var/processor-registry.sqlite
      """)

  @Argument(help: "The storage URL, sqlite:PATH or postgres://…; - reads REMELT_STORAGE_URL.")
  var url: String

  func run() async throws {
    let database = try Store.open(url, readOnly: true)
    let audit = try await Store.audit(database, "journal")
    try database.close()
    Terminal.output("entries \(audit.entries)")
    Terminal.output("root \(Data(audit.root).base64EncodedString())")
    Terminal.output("signed \(audit.signed ?? 0)")
  }
}

struct MoveStore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "move-store",
    abstract: "Move a service's database from SQLite to PostgreSQL.",
    discussion: """
      Everything goes as it is: the journal with its positions and hashes, its signing key, the \
      cursors of what was followed. Stop the service first, move, set its storage.url to the new \
      address, start it. The SQLite file stays as it was; never start a service on it again, or two \
      journals would grow under one name. An interrupted move goes on where it was.

      Example: remelt move-store --from sqlite:var/processor-registry.sqlite \\
        --to 'postgres://remelt@db/processor_registry?passfile=/etc/remelt/pgpass'
      """)

  @Option(help: "The SQLite database, sqlite:PATH.")
  var from: String
  @Option(help: "An empty PostgreSQL database, postgres://…; - reads REMELT_STORAGE_URL.")
  var to: String

  func run() async throws {
    let source = try Store.open(from)
    let target = try Store.open(to)
    let reporter = StepReporter()
    do {
      try await StoreMove(from: source, to: target).run { step in
        reporter.show(
          "\(step.table): \(step.moved) of \(step.total) rows", isLast: step.moved == step.total)
      }
    } catch let failure as StorageFailure {
      throw LocalFailure(.refused, failure.description)
    }
    let (here, there) = (
      try await Store.audit(source, "here"), try await Store.audit(target, "there")
    )
    guard here.entries == there.entries, here.root == there.root else {
      throw LocalFailure(
        .refused, "The journals differ: do not use the new database, and report this.")
    }
    try source.close()
    try target.close()
    Terminal.output(
      "Moved. \(there.entries) entries, root \(Data(there.root).base64EncodedString()).")
  }
}
