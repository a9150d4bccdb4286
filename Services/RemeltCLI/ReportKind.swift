import ArgumentParser
import Models

/// One of the ledger's monthly reports as the command line knows it. What the three have in common
/// is written once, for any kind.
protocol ReportKind: SendableMetatype {
  /// The report's fields as flags.
  associatedtype Fields: ReportFields
  /// Which report a nil return stands for.
  associatedtype NilReturn: ReportFields
  /// What of its own a list is filtered by.
  associatedtype Filter: ReportFilter

  /// The name of its group of commands.
  static var command: String { get }
  static var path: String { get }
  /// The members that may be written back.
  static var writable: [String] { get }
  /// A list's columns.
  static var columns: [Table.Column] { get }
  /// The columns of a revision that tell its figures.
  static var figures: [Table.Column] { get }
  static var words: ReportWords { get }
}

/// What the help of a kind's commands says.
struct ReportWords: Sendable {
  /// What is submitted, such as "one facility's month of one metal".
  let unit: String
  /// What must hold, and an example of a submission.
  let submit: String
  /// What a nil return says.
  let nilReturn: String
  let nilExample: String
  /// What a row of a file is known by.
  let identity: String
  /// The lists that a revision replaces as a whole.
  let lists: String
  let revise: String
}

/// Flags that make up a report's body.
protocol ReportFields: ParsableArguments {
  /// - Parameter isNew: whether what is usual may be filled in; a revision changes what is given.
  func json(_ api: LedgerAPI, isNew: Bool) async throws -> JSON
}

/// Flags that narrow a list.
protocol ReportFilter: ParsableArguments {
  var query: [(String, String?)] { get }
}

struct MetalFilter: ReportFilter {
  @Option(help: "steel, copper or aluminium.")
  var metal: String?

  var query: [(String, String?)] { [("metal", metal)] }
}

struct NoFilter: ReportFilter {
  var query: [(String, String?)] { [] }
}

/// A kind chosen by a flag.
enum ReportChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
  case throughput
  case recycledInput = "recycled-input"
  case hydrogenUse = "hydrogen-use"

  var kind: any ReportKind.Type {
    switch self {
    case .throughput: ThroughputKind.self
    case .recycledInput: RecycledInputKind.self
    case .hydrogenUse: HydrogenUseKind.self
    }
  }
}
