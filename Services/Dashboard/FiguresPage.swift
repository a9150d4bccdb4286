import Journal
import Models

/// The main page.
struct FiguresPage: Sendable {
  struct Choice: Sendable {
    let value: String
    let label: String
    let chosen: Bool
  }

  let typed: TypedQuestion
  let trouble: String?
  let figures: PageFigures?
  let sources: [SourceRow]
  let stopped: [SourceRow]
  /// By how much the database lags that was read, where it is a standby.
  let standbyLag: String?
  let now: String
  let metals: [Choice]
  let groupings: [Choice]
  let firstMonth = Month.first.description
  let lastMonth = Month.last.description

  private static let metalNames: [(Metal, String)] = [
    (.steel, "steel 钢"), (.copper, "copper 铜"), (.aluminium, "aluminium 铝"),
  ]
  private static let groupingNames: [(Grouping, String)] = [
    (.province, "province 省份"), (.region, "region 区域"), (.country, "country 国家"),
    (.authority, "authority 主管部门"),
  ]

  init(
    typed: TypedQuestion, trouble: String?, figures: PageFigures?, sources: [SourceLine],
    standbyLag: Int64? = nil, now: Instant
  ) {
    self.typed = typed
    self.trouble = trouble
    self.figures = figures
    self.sources = sources.map(SourceRow.init)
    stopped = sources.filter { $0.progress.state == .stopped }.map(SourceRow.init)
    self.standbyLag = standbyLag.map { Shown.count($0) }
    self.now = Shown.time(now)
    metals = Self.metalNames.map { metal, label in
      Choice(value: metal.rawValue, label: label, chosen: metal.rawValue == typed.metal)
    }
    groupings = Self.groupingNames.map { grouping, label in
      Choice(value: grouping.rawValue, label: label, chosen: grouping.rawValue == typed.by)
    }
  }
}

/// What the main page shows of an answered question.
struct PageFigures: Sendable {
  /// A month and its groups.
  struct MonthTable: Sendable {
    let month: String
    let open: Bool
    let rows: [PageRow]
    let total: PageRow?
  }

  let day: String
  let asOf: String?
  let sight: String?
  let demonstrations: String?
  let goal: GoalNote?
  let noGoal: String?
  let capacityRows: [CapacityRow]
  let capacityTotal: CapacityRow
  let capacityQuery: String
  let throughputQuery: String
  let latest: PageRow?
  let totals: [PageRow]
  let months: [MonthTable]
  /// How many months have a table of their groups, where there are more.
  let cut: String?

  /// A table for each of 120 months would be more than anybody reads at once.
  static let mostTables = 24

  init(
    _ question: PageQuestion, _ capacity: CapacityTable, _ throughput: ThroughputTable,
    _ sight: Sight, demonstrations: Demonstrations
  ) {
    let asked = question.throughput
    let marked = demonstrations.groups(asked.grouping)
    let any = demonstrations.number > 0
    day = question.day.description
    asOf = asked.asOf.map(Shown.time)
    self.sight = sight.places.map {
      $0.sorted().map(Grouping.authority.name).joined(separator: ", ")
    }
    self.demonstrations = any ? Shown.count(demonstrations.number) : nil
    goal =
      sight.places == nil
      ? capacity.goal(asked.metal).flatMap {
        GoalNote($0, reached: capacity.total.capacity, question)
      } : nil
    noGoal = goal == nil ? Self.noGoal(asked.metal) : nil
    capacityRows = capacity.lines.map {
      CapacityRow($0, asked.grouping, demonstration: marked.contains($0.code))
    }
    capacityTotal = CapacityRow(capacity.total, asked.grouping, demonstration: any)
    capacityQuery = question.capacityQuery
    throughputQuery = question.throughputQuery
    totals = throughput.totals.map { PageRow($0, question, demonstration: any) }
    latest = totals.last
    months = Self.months(throughput, question, totals, marked)
    cut = totals.count > Self.mostTables ? Shown.count(Self.mostTables) : nil
  }

  private static func noGoal(_ metal: Metal) -> String {
    metal == .steel
      ? "The goal is for the whole country, and is shown to those who see all of it."
      : "There is no goal for the qualified capacity of \(metal.rawValue): more than 180 Mt a year is steel's alone."
  }

  /// The latest first, and open.
  private static func months(
    _ table: ThroughputTable, _ question: PageQuestion, _ totals: [PageRow],
    _ marked: Set<String>
  ) -> [MonthTable] {
    let lines = Dictionary(grouping: table.lines, by: \.month.description)
    return totals.suffix(mostTables).reversed().map { total in
      MonthTable(
        month: total.month, open: total.month == totals.last?.month,
        rows: (lines[total.month] ?? []).map {
          PageRow($0, question, demonstration: marked.contains($0.code))
        }, total: total)
    }
  }
}

/// The demonstration facilities that may be in a metal's figures.
struct Demonstrations: Sendable {
  let number: Int
  private let places: Set<String>

  init(_ metal: Metal, _ known: KnownFacilities, _ sight: Sight) throws {
    let found = try known.roots.map(\.facility).filter { facility in
      facility.demonstration && sight.sees(facility.place)
        && (facility.capacities.contains { $0.process == .scrapProcessing && $0.metal == metal }
          || facility.obligations.contains { $0.report == .throughput && $0.metal == metal })
    }
    number = found.count
    places = Set(found.map(\.place))
  }

  /// The codes of the groups that contain one.
  func groups(_ grouping: Grouping) -> Set<String> { Set(places.compactMap(grouping.code)) }
}
