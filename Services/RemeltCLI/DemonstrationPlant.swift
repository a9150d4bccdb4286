import Models

/// A mill or a hydrogen user of the demonstration.
struct DemonstrationPlant {
  enum Kind: String {
    case steelConverter = "steel_converter"
    case steelElectric = "steel_electric"
    /// Converters and electric furnaces beside blast furnaces.
    case steelIntegrated = "steel_integrated"
    case copperRefinery = "copper_refinery"
    case copperRecycling = "copper_recycling"
    case copperMelting = "copper_melting"
    case aluminiumSmelting = "aluminium_smelting"
    case aluminiumRemelting = "aluminium_remelting"
    case ammoniaCoal = "ammonia_coal"
    case ammoniaGas = "ammonia_gas"
    case ammoniaWind = "ammonia_wind"
    case methanolCoal = "methanol_coal"
    case methanolCokeOvenGas = "methanol_coke_oven_gas"
    case methanolWind = "methanol_wind"
    case refiningGas = "refining_gas"
    case refiningSolar = "refining_solar"
    case reductionCokeOvenGas = "reduction_coke_oven_gas"
    case reductionWind = "reduction_wind"
    case chlorAlkali = "chlor_alkali"
    case chemicalsGrid = "chemicals_grid"

    /// Nil for hydrogen users.
    var metal: Metal? {
      switch self {
      case .steelConverter, .steelElectric, .steelIntegrated: .steel
      case .copperRefinery, .copperRecycling, .copperMelting: .copper
      case .aluminiumSmelting, .aluminiumRemelting: .aluminium
      default: nil
      }
    }

    var report: ReportType { metal == nil ? .hydrogenUse : .recycledInput }
  }

  let kind: Kind
  /// Counts the plants of its metal, or the hydrogen users.
  let ordinal: Int
  let place: DemonstrationPlace
  /// Tonnes a year: by the electric furnace and by the converter, or of what else it makes or uses.
  let electric: Int
  let converter: Int
  let capacity: Int
  let openedOn: Day

  /// A steel mill near a real one, with about its furnaces.
  init(steel plant: SteelPlant, ordinal: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed, for: "plant steel \(ordinal)")
    self.ordinal = ordinal
    place = DemonstrationPlace(plant, index: ordinal, &random)
    let scale = random.number(70...130)
    electric = plant.kilotonnes("eaf_ktpa") * scale / 1000 * 10_000
    converter = plant.kilotonnes("bof_ktpa") * scale / 1000 * 10_000
    capacity = electric + converter
    kind = plant.steelKind
    openedOn = Day(year: random.number(1995...2016), month: random.number(1...12), day: 1)
  }

  init(_ town: DemonstrationTown, ordinal: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed, for: "plant \(town.kind.report) \(ordinal)")
    kind = town.kind
    self.ordinal = ordinal
    place = DemonstrationPlace(
      province: town.province, municipality: town.municipality, latitude: town.latitude,
      longitude: town.longitude, index: ordinal, &random)
    electric = 0
    converter = 0
    capacity = town.capacity * random.number(85...115) / 100
    openedOn = Day(year: random.number(2005...2018), month: random.number(1...12), day: 1)
  }

  private var series: String {
    switch kind.metal {
    case .steel: "S"
    case .copper: "C"
    case .aluminium: "A"
    case nil: "H"
    }
  }

  var number: String { series + (ordinal < 9 ? "0\(ordinal + 1)" : String(ordinal + 1)) }
  var identifier: String { "DEMO-\(number)" }

  /// Whether it reports January and February together, as official output is published.
  var combinesSpring: Bool { kind.metal != nil && ordinal % 3 == 1 }

  /// Whether it may stand still for a month: what is made of scrap or by the grid stops and starts.
  var mayStandStill: Bool {
    switch kind {
    case .steelElectric, .copperMelting, .aluminiumRemelting, .chlorAlkali, .chemicalsGrid,
      .methanolWind, .reductionWind:
      true
    default: false
    }
  }

  /// About what of a mill's recycled material, or of a user's hydrogen in its tanks, a month brings,
  /// in kilograms: its stock is a share of that.
  var usualMonth: Int {
    let tonnes =
      switch kind {
      case .steelConverter: converter * 13 / 100
      case .steelElectric: electric * 85 / 100
      case .steelIntegrated: converter * 13 / 100 + electric * 55 / 100
      case .copperRefinery: capacity * 18 / 100
      case .copperRecycling, .copperMelting, .aluminiumRemelting: capacity * 80 / 100
      case .aluminiumSmelting: capacity * 4 / 100
      default: capacity / 60
      }
    return tonnes * 1000 / 12
  }
}
