import Models

/// What facilities bring without any report, month by month: what is owed, and capacity in
/// kilogram-days per year, so that a capacity that changes in mid-month counts by the day. Three
/// million of the largest capacities still sum within 64 bits.
struct Standing: Equatable, Sendable {
  /// What is owed, its capacity, and the capacity for processing scrap, from ``Month/first`` on.
  private(set) var owed: [Int64]
  private(set) var owedDays: [Int64]
  private(set) var capacity: [Int64]

  static let months = Month.first...Month.last
  private static let count = months.upperBound.number - months.lowerBound.number + 1

  static let zero = Standing()

  private init() {
    owed = Array(repeating: 0, count: Self.count)
    owedDays = owed
    capacity = owed
  }

  /// What one facility brings to a series.
  init(_ facility: Facility, _ series: Series) {
    self.init()
    let capacities = facility.reportingCapacities(series.type, series.metal)
    for index in 0..<Self.count {
      let month = Month(number: Self.months.lowerBound.number + index)
      let owes = facility.owes(series.type, series.metal, month)
      guard owes || !capacities.isEmpty else { continue }
      // A capacity is whole kilograms a year, so nothing is rounded here.
      let days = capacities.reduce(Int64(0)) {
        $0 + $1.perYear.grams / 1000 * Int64($1.days(in: month))
      }
      owed[index] = owes ? 1 : 0
      owedDays[index] = owes ? days : 0
      capacity[index] = series.type == .throughput ? days : 0
    }
  }

  /// Every series that a facility brings something to.
  static func series(_ facility: Facility) -> Set<Series> {
    Set(
      facility.capacities.filter { $0.process == .scrapProcessing }.map {
        Series(.throughput, $0.metal)
      } + facility.obligations.map { Series($0.report, $0.metal) })
  }

  mutating func add(_ other: Standing, _ sign: Int64) {
    for index in 0..<Self.count {
      owed[index] += sign * other.owed[index]
      owedDays[index] += sign * other.owedDays[index]
      capacity[index] += sign * other.capacity[index]
    }
  }

  /// The sums of a month, under their names.
  func cell(_ month: Month) -> Cell {
    let index = month.number - Self.months.lowerBound.number
    guard owed.indices.contains(index) else { return .zero }
    var cell = Cell.zero
    cell[Sum.owed] = Int128(owed[index])
    cell[Sum.capacityOwed] = Int128(owedDays[index])
    cell[Sum.capacity] = Int128(capacity[index])
    return cell
  }

  // MARK: Storing

  /// Little-endian, as all machines are that this runs on.
  var bytes: [UInt8] {
    [owed, owedDays, capacity].flatMap { values in values.withUnsafeBytes { Array($0) } }
  }

  init?(bytes: [UInt8]) {
    let size = 8 * Self.count
    guard bytes.count == 3 * size else { return nil }
    self.init()
    bytes.withUnsafeBytes { bytes in
      owed.withUnsafeMutableBytes { $0.copyMemory(from: .init(rebasing: bytes[..<size])) }
      owedDays.withUnsafeMutableBytes {
        $0.copyMemory(from: .init(rebasing: bytes[size..<(2 * size)]))
      }
      capacity.withUnsafeMutableBytes { $0.copyMemory(from: .init(rebasing: bytes[(2 * size)...])) }
    }
  }
}

extension Facility {
  /// The place its figures belong to.
  var place: String { location.authority ?? location.country }
}
