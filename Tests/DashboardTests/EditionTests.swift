import Journal
import Models
import Storage
import TestSupport
import Testing

@testable import Dashboard

@Suite("Which edition was read by, and when")
struct EditionTests {
  private let folder: TemporaryFolder
  private let database: Database

  init() async throws {
    folder = try TemporaryFolder()
    database = try folder.database()
    try await database.migrate("journal", Journal.migrations)
    try await database.migrate("edition", Editions.migrations)
    try await database.write {
      try $0.execute(
        """
        INSERT INTO journal_head (id, origin, size, recorded_at, signing_key)
        VALUES (1, 'example.org/dashboard', 0, 0, $1)
        """, [.blob(Array(repeating: 7, count: 32))])
    }
  }

  private func editions(at moment: Int64) -> Editions {
    Editions(
      journal: Journal(
        clock: Clock { Instant(milliseconds: moment) }, random: Randomness.system))
  }

  @Test("An edition is adopted once, in the journal, and read by from then on")
  func adopted() async throws {
    try await editions(at: 1000).adopt(in: database)
    try await editions(at: 2000).adopt(in: database)
    let rows = try await database.read {
      try $0.query("SELECT position, edition, recorded_at FROM edition_adopted").map {
        "\(try $0.int("position")) \(try $0.text("edition")) \(try $0.int("recorded_at"))"
      }
    }
    #expect(rows == ["0 \(Reference.shared.edition) 1000"])
    for moment in [0, 999, 1000, 5000] as [Int64] {
      let reference = try await database.read {
        try Editions.reference(asOf: Instant(milliseconds: moment), on: $0)
      }
      #expect(reference.edition == Reference.shared.edition)
    }
  }

  @Test("A figure of a time whose edition this release does not have is refused and not guessed")
  func unknown() async throws {
    try await database.write {
      try $0.execute(
        "INSERT INTO edition_adopted (position, edition, recorded_at) VALUES (-1, '2020-01', 1000)")
    }
    try await editions(at: 3000).adopt(in: database)
    let database = database
    for moment in [500, 1000, 2999] as [Int64] {
      await #expect(throws: Problem.self) {
        try await database.read {
          try Editions.reference(asOf: Instant(milliseconds: moment), on: $0).edition
        }
      }
    }
    let now = try await database.read {
      try Editions.reference(asOf: Instant(milliseconds: 3000), on: $0).edition
    }
    #expect(now == Reference.shared.edition)
  }
}

@Suite("Kept answers")
struct KeptAnswersTests {
  private func version(_ size: Int64, in folder: TemporaryFolder) async throws
    -> KeptAnswers.Version
  {
    let database = try folder.database("\(size).sqlite")
    try await database.migrate("follower", Follower.migrations)
    try await database.migrate("edition", Editions.migrations)
    return try await database.write { connection in
      try connection.execute("DELETE FROM follower")
      try connection.execute(
        """
        INSERT INTO follower (source, origin, verifier, size, frontier, recorded_at)
        VALUES ('registry', 'o', 'v', $1, $2, 0)
        """, [.int(size), .blob([])])
      return try KeptAnswers.version(on: connection)
    }
  }

  private func answer(_ bytes: Int) -> KeptAnswers.Answer {
    .init(body: Array(repeating: 1, count: bytes), next: nil)
  }

  @Test("An answer is given again until a journal has more, and never to another question")
  func kept() async throws {
    let folder = try TemporaryFolder()
    let (one, two) = (try await version(1, in: folder), try await version(2, in: folder))
    let answers = KeptAnswers()
    answers.keep(answer(3), "a", one)
    #expect(answers.answer("a", one)?.body.count == 3)
    #expect(answers.answer("b", one) == nil && answers.answer("a", two) == nil)
    answers.keep(answer(4), "b", two)
    #expect(answers.answer("b", two)?.body.count == 4)
    #expect(answers.answer("a", one) == nil && answers.answer("a", two) == nil)
  }

  @Test("No more than 16 MiB are kept")
  func bounded() async throws {
    let folder = try TemporaryFolder()
    let one = try await version(1, in: folder)
    let answers = KeptAnswers()
    for number in 0..<20 { answers.keep(answer(1 << 20), "\(number)", one) }
    let kept = (0..<20).filter { answers.answer("\($0)", one) != nil }
    #expect(!kept.isEmpty && kept.count <= 16 && kept.contains(19))
    answers.keep(answer(17 << 20), "large", one)
    #expect(answers.answer("large", one) == nil)
  }
}
