import CPostgres
import Foundation
import Metrics
import Synchronization

/// The server behind a `postgres://` URL: how to connect to it, and when to leave it alone because
/// it is away.
final class PostgresServer: Sendable {
  private struct Absence {
    var failures = 0
    var wasUsable = false
    var nextTry = ContinuousClock.now
    var why = ""
  }

  private static let longestDelay = Duration.seconds(5)

  private let url: String
  private let setting: String
  let writes: Bool
  private let absence = Mutex(Absence())
  private let up: Gauge
  private let roundTrips: Counter

  /// - Parameters:
  ///   - setting: the setting's name, for sentences.
  ///   - writes: whether it must be a server that can be written to.
  init(url: String, setting: String, writes: Bool) throws {
    self.url = url
    self.setting = setting
    self.writes = writes
    roundTrips = Counter(label: "remelt_postgres_round_trips", dimensions: [("of", setting)])
    up = Gauge(label: "remelt_database_up", dimensions: [("of", setting)])
    var message: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(url, &message) else {
      // libpq's own sentence may repeat the password.
      PQfreemem(message)
      throw unreadable
    }
    PQconninfoFree(options)
  }

  private var unreadable: StorageFailure {
    .unusable(
      "\(setting) cannot be read: write postgres://USER@HOST:PORT/DATABASE, with libpq's parameters after a question mark, such as ?sslmode=verify-full&passfile=PATH; percent-encode special characters."
    )
  }

  /// Waits for a server that is on its way up, so that services can be started together.
  func waitUntilUp(_ patience: Duration) throws {
    let end = ContinuousClock.now + patience
    while true {
      do {
        return PQfinish(try connect())
      } catch StorageFailure.away(let why) {
        guard ContinuousClock.now < end else {
          throw StorageFailure.unusable("The database of \(setting) cannot be used: \(why)")
        }
        // Before the service runs, on the one thread that starts it: there is nothing else to do.
        usleep(100_000)
      }
    }
  }

  /// - Throws: ``StorageFailure/unusable(_:)``; that it is away is no failure.
  func tryOnce() throws {
    do {
      PQfinish(try connect())
    } catch StorageFailure.away {}
  }

  /// A connection in pipeline mode.
  /// - Throws: ``StorageFailure/away(_:)``, at once while the server was away a moment ago; before
  ///   the first connection also ``StorageFailure/unusable(_:)``.
  func connect() throws -> OpaquePointer {
    try absence.withLock { absence in
      guard ContinuousClock.now >= absence.nextTry else { throw StorageFailure.away(absence.why) }
    }
    do {
      let handle = try open()
      absence.withLock {
        $0.failures = 0
        $0.wasUsable = true
      }
      up.record(1)
      return handle
    } catch StorageFailure.away(let why) {
      wasAway(why)
      throw StorageFailure.away(why)
    } catch StorageFailure.unusable(let why) where absence.withLock({ $0.wasUsable }) {
      // It was well configured once, and a person may make it so again.
      wasAway(why)
      throw StorageFailure.away(why)
    }
  }

  /// Somebody waits for an answer.
  func countRoundTrip() { roundTrips.increment() }

  /// A connection broke: the next may be made at once.
  func wasLost() { up.record(0) }

  private func wasAway(_ why: String) {
    up.record(0)
    absence.withLock {
      $0.failures = min($0.failures + 1, 7)
      let delay = min(Self.longestDelay, .milliseconds(50 << $0.failures))
      $0.nextTry = ContinuousClock.now + delay * Double.random(in: 0.5...1)
      $0.why = why
    }
  }

  /// What the URL may change, then the URL, then what it may not.
  private var parameters: [(String, String)] {
    [
      ("connect_timeout", "5"), ("tcp_user_timeout", "15000"), ("keepalives_idle", "10"),
      ("keepalives_interval", "5"), ("keepalives_count", "3"), ("application_name", "remelt"),
      ("target_session_attrs", writes ? "read-write" : "any"), ("dbname", url),
      ("client_encoding", "UTF8"),
    ]
  }

  private func open() throws -> OpaquePointer {
    let names = parameters.map { strdup($0.0) } + [nil]
    let values = parameters.map { strdup($0.1) } + [nil]
    defer { for text in names + values { free(text) } }
    let handle = names.map { UnsafePointer($0) }.withUnsafeBufferPointer { names in
      values.map { UnsafePointer($0) }.withUnsafeBufferPointer {
        PQconnectdbParams(names.baseAddress, $0.baseAddress, 1)
      }
    }
    guard let handle else { throw StorageFailure.away("libpq is out of memory") }
    do {
      guard PQstatus(handle) == CONNECTION_OK else { throw refusal(handle) }
      PQsetNoticeProcessor(handle, { _, _ in }, nil)
      try prepare(handle)
      guard PQenterPipelineMode(handle) == 1 else { throw StorageFailure.away("no pipeline mode") }
      return handle
    } catch {
      PQfinish(handle)
      throw error
    }
  }

  /// What no waiting mends is told apart from a server that is away.
  private func refusal(_ handle: OpaquePointer) -> StorageFailure {
    let why = Self.line(String(cString: PQerrorMessage(handle)))
    let final = [
      "authentication failed", "no password supplied", "does not exist", "no pg_hba.conf entry",
      "certificate", "server does not support SSL",
    ]
    // It repeats a part of the URL, which may be one of the password.
    if why.contains("connection option") { return unreadable }
    guard final.contains(where: why.contains) else { return .away(why) }
    return .unusable("The database of \(setting) refuses this service: \(why)")
  }

  /// Demands what our promises rest on, and sets limits, so that nobody waits for ever for a writer
  /// that hangs.
  private func prepare(_ handle: OpaquePointer) throws {
    let row = try Self.row(
      handle,
      """
      SELECT current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on',
        pg_encoding_to_char(encoding) = 'UTF8',
        datcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8', 'ucs_basic')
      FROM pg_database WHERE datname = current_database()
      """)
    let name = PQdb(handle).map { String(cString: $0) } ?? ""
    guard row.first == "t" || !writes else {
      throw StorageFailure.unusable(
        "PostgreSQL would not be durable here: set fsync and full_page_writes to on.")
    }
    guard row.dropFirst() == ["t", "t"] else {
      throw StorageFailure.unusable(
        "The database \(name) must have the encoding UTF8 and the collation C, so that both engines sort alike: make it with CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'."
      )
    }
    _ = try Self.row(
      handle,
      """
      SELECT set_config('synchronous_commit',
          CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
          ELSE current_setting('synchronous_commit') END, false),
        set_config('lock_timeout', '10s', false),
        set_config('idle_in_transaction_session_timeout', '60s', false),
        set_config('client_min_messages', 'warning', false)
      """)
  }

  /// The first row of an answer, as text.
  private static func row(_ handle: OpaquePointer, _ sql: String) throws -> [String] {
    let result = PQexec(handle, sql)
    defer { PQclear(result) }
    guard PQresultStatus(result) == PGRES_TUPLES_OK, PQntuples(result) > 0 else {
      throw StorageFailure.away(line(String(cString: PQerrorMessage(handle))))
    }
    return (0..<PQnfields(result)).map { String(cString: PQgetvalue(result, 0, $0)) }
  }

  /// A message on one line.
  static func line(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
