import Journal
import Models

/// One line of a throughput table, for people.
struct PageRow: Sendable {
  let month: String
  let name: String
  let localName: String
  let demonstration: Bool
  let throughput: Figure
  let bought: Figure
  let capacity: String
  let utilisation: Figure
  let coverage: Figure
  let missing: Figure
  let lacking: Bool
  let nils: String

  private static let noReport = "no report has been received: that is not a throughput of zero"

  init(_ line: ThroughputLine, _ question: PageQuestion, demonstration: Bool) {
    let cell = line.cell
    let href = question.reports(line)
    let lacks = cell.owed - cell.received
    month = line.month.description
    (name, localName) = PlaceName.both(line.code, question.throughput.grouping, line.name)
    self.demonstration = demonstration
    capacity = Shown.mass(line.capacity)
    if cell.reports == 0 {
      throughput = Figure(none: Self.noReport)
      bought = throughput
      utilisation = throughput
    } else {
      throughput = Figure(Shown.mass(cell[Sum.throughput]), href)
      bought = Figure(Shown.mass(cell[Sum.fromProcessors]), href)
      utilisation = Figure(
        line.utilisation, href,
        undefined: "undefined: no capacity is registered for the month, and nothing ÷ 0 has a value"
      )
    }
    let received = "\(Shown.count(cell.received)) / \(Shown.count(cell.owed)) = "
    coverage = Figure(
      line.cell.coverage, href, prefix: received, undefined: "undefined: no report was owed"
    ).with(suffix: " %")
    lacking = lacks > 0
    missing = Figure(Shown.count(lacks), lacks > 0 ? href + "#missing" : nil)
    nils = Shown.count(cell.nils)
  }
}

extension Figure {
  func with(suffix: String) -> Figure { reason == nil ? Figure(text + suffix, href) : self }
}

/// One line of the table of qualified capacity, for people.
struct CapacityRow: Sendable {
  let name: String
  let localName: String
  let demonstration: Bool
  let number: String
  let wan: String
  let megatonnes: String

  init(_ line: CapacityTable.Line, _ grouping: Grouping, demonstration: Bool) {
    (name, localName) = PlaceName.both(line.code, grouping, line.name)
    self.demonstration = demonstration
    number = Shown.count(line.number)
    wan = Shown.mass(line.capacity, in: Shown.wan, places: 2)
    megatonnes = Shown.mass(line.capacity, in: Shown.megatonne, places: 4)
  }
}

/// The goal and how the capacity stands to it.
struct GoalNote: Sendable {
  let verdict: String
  let outcome: String
  let comparator: String
  let limit: String
  let judged: String
  let judgedHref: String
  let reached: String
  let definition: String
  let target: String
  let source: String

  /// - Parameter goal: what ``CapacityTable/goal(_:)`` says.
  init?(_ goal: JSON, reached grams: Int128, _ question: PageQuestion) {
    guard case .bool(let isMet)? = goal["met"],
      let limit = goal["value"]?["value"]?.text, let tonnes = Int128(limit),
      let judged = goal["judged_on"]?.text
    else { return nil }
    verdict = isMet ? "Met." : "Not met."
    outcome = isMet ? "met" : "short"
    comparator = goal["comparator"]?.text == ">" ? "more than" : "at least"
    self.limit = Shown.mass(tonnes * Shown.tonne, in: Shown.megatonne)
    self.judged = judged
    judgedHref = question.page(on: Day(String(judged.suffix(10))) ?? question.day)
    reached = Shown.mass(grams, in: Shown.megatonne, places: 4)
    definition = goal["definition_id"]?.text ?? ""
    target = goal["target_id"]?.text ?? ""
    source = goal["source"]?.text ?? ""
  }
}

/// A group's name in English and Chinese.
enum PlaceName {
  static func both(_ code: String, _ grouping: Grouping, _ name: String) -> (String, String) {
    (name, localName(code, grouping))
  }

  private static func localName(_ code: String, _ grouping: Grouping) -> String {
    if code == "TOTAL" { return "合计" }
    switch grouping {
    case .province, .authority: return Reference.shared.provinces[code]?.localName ?? ""
    case .region: return ["BTH": "京津冀", "YRD": "长三角"][code] ?? "其他省份"
    case .country: return code == "CN" ? "中国" : ""
    }
  }
}

/// A source as the page shows it.
struct SourceRow: Sendable {
  let source: String
  let origin: String?
  let state: String
  let loud: Bool
  let detail: String?
  let behind: String
  let heard: String
  let size: String
  let recordedAt: String

  init(_ line: SourceLine) {
    let progress = line.progress
    source = line.source
    origin = progress.origin
    state = progress.state.rawValue
    loud = progress.state != .following
    detail = progress.detail
    // What the source has now is not known while it does not answer.
    behind = loud ? "at least \(Shown.count(line.behindEntries))" : Shown.count(line.behindEntries)
    heard = line.behindSeconds.map { "\(Shown.count($0)) s ago" } ?? "never since the start"
    size = Shown.count(progress.size)
    recordedAt = progress.size > 0 ? progress.recordedAt.map(Shown.time) ?? "–" : "–"
  }
}
