import Models
import Storage
import Synchronization

/// Answers to what was asked before. One stays true until the next page of a journal is applied, or
/// another edition is adopted, which the database says; then it is made anew.
final class KeptAnswers: Sendable {
  struct Answer: Sendable {
    /// Without what is new in every answer.
    let body: [UInt8]
    /// The cursor of the next page.
    let next: String?
  }

  /// How much of each journal is in the database, and which edition.
  struct Version: Equatable, Sendable {
    fileprivate let sizes: [String: Int64]
    fileprivate let editions: Int64
  }

  private struct Kept {
    var version: Version?
    var answers: [String: Answer] = [:]
    var bytes = 0
  }

  private static let mostBytes = 16 << 20
  private let kept = Mutex(Kept())

  static func version(on connection: Connection) throws -> Version {
    let rows = try connection.query(
      """
      SELECT source, size FROM follower
      UNION ALL SELECT ' edition', COALESCE(MAX(position), -1) FROM edition_adopted
      """)
    var sizes: [String: Int64] = [:]
    for row in rows { sizes[try row.text("source")] = try row.int("size") }
    return Version(sizes: sizes, editions: sizes.removeValue(forKey: " edition") ?? -1)
  }

  func answer(_ question: String, _ version: Version) -> Answer? {
    kept.withLock { $0.version == version ? $0.answers[question] : nil }
  }

  func keep(_ answer: Answer, _ question: String, _ version: Version) {
    kept.withLock { kept in
      let bytes = answer.body.count + question.utf8.count
      guard bytes <= Self.mostBytes else { return }
      if kept.version != version || kept.bytes + bytes > Self.mostBytes {
        kept = Kept(version: version)
      }
      if kept.answers.updateValue(answer, forKey: question) == nil { kept.bytes += bytes }
    }
  }
}
