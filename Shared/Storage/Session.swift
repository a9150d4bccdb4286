/// One connection to an engine. The services see it as a ``Connection``, which adds what is the same
/// for both engines. Used by one thread at a time.
protocol Session: AnyObject {
  /// What this transaction knows; ``Connection`` keeps it.
  var memory: Memory { get set }
  /// Begins a transaction that writes, when it is its turn: whoever else writes to this database, in
  /// this process or another, waits until it ends, and it sees all that was committed before.
  func beginWriting() throws
  /// Commits, and returns when that is on the disk.
  func commit() throws
  /// Ends a transaction that failed, if it has not ended by itself.
  func rollback()

  func query(_ sql: String, _ parameters: [Value]) throws -> [Row]
  /// May return before the engine has run the statement; ``settle()`` knows.
  func execute(_ sql: String, _ parameters: [Value]) throws
  /// Several statements without parameters.
  func script(_ sql: String) throws
  /// Returns when everything executed so far has succeeded.
  func settle() throws
  /// How old the newest change is that is here, in milliseconds; nil unless this is a standby.
  func standbyLag() throws -> Int64?
  /// - Throws: where the transaction was ended by the engine. What came after would be committed by
  ///   itself, though the write is told that it failed.
  func demandTransaction() throws
}

/// What a transaction has read, and has changed but not stored yet.
struct Memory {
  var values: [String: any Sendable] = [:]
  var unstored: [String: (Connection) throws -> Void] = [:]
}

/// A database behind its URL.
protocol Engine: Sendable {
  /// Whether other processes may write to this database too.
  var isShared: Bool { get }
  /// Runs something on the one thread that writes.
  func onWriter(_ work: @escaping @Sendable (any Session) -> Void)
  /// Reads from one unchanging snapshot.
  func read<Result: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> Result
  ) async throws -> Result
  func close() throws
}
