import Testing

/// The ledger that the tests of a suite have together: its facilities and its journals are theirs,
/// so each test has facilities, and months or a province, of its own.
enum SharedLedger {
  /// The first operator, once the trait has started all services.
  @TaskLocal static var caller: Caller?

  static var first: Caller {
    get throws { try #require(caller, "the suite needs the trait .ledger") }
  }
}

/// One ledger of all four services for all tests of a suite.
struct WithSharedLedger: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent () async throws -> Void
  ) async throws {
    try await withLedger { ledger in
      try await ledger.startAll()
      let caller = try await ledger.signIn(try ledger.operatorKey)
      for name in RunningLedger.followers { try await caller.becomeKnown(to: name) }
      try await SharedLedger.$caller.withValue(caller) { try await function() }
      try await ledger.stopAll()
    }
  }
}

extension Trait where Self == WithSharedLedger {
  static var ledger: Self { WithSharedLedger() }
}
