/// What a sum can be told apart by, beside place and time.
package enum Label: String, CaseIterable, Sendable {
  case material, origin, route, use, source, scheme
  case hydrogenClass = "class"

  /// What a sum is told of that has no such label, as primary metal has no origin.
  package static let none = "none"
}

/// One of the sums that a definition adds up, with what it is of.
package struct Term: Sendable, Equatable {
  /// The name of an amount.
  package let name: String
  package let labels: [Label: String]

  package init(_ name: String, _ labels: [Label: String] = [:]) {
    self.name = name
    self.labels = labels
  }

  /// Whether it is of what is wanted. A scheme narrows only what has one.
  package func fits(_ wanted: [Label: String]) -> Bool {
    wanted.allSatisfy { label, code in
      labels[label].map { $0 == code } ?? (label == .scheme || code == Label.none)
    }
  }
}

extension Amounts {
  package func sum(_ terms: [Term]) -> Int128 { terms.reduce(0) { $0 + self[$1.name] } }
}

/// The names of the sums that every series has. Counts of reports and of owed months; capacities in
/// kilogram-days per year.
package enum Sum {
  package static let owed = "count.owed"
  package static let received = "count.received"
  /// Owed months that were received after their due day.
  package static let late = "count.late"
  package static let nils = "count.nil"
  package static let reports = "count.reports"
  /// Reports that were revised.
  package static let revised = "count.revised"
  package static let locked = "count.locked"
  /// Scrap-processing capacity.
  package static let capacity = "days.capacity"
  /// Capacity of the months owed, and of those received.
  package static let capacityOwed = "days.owed"
  package static let capacityReceived = "days.received"
  /// Kilograms of capacity times ``capacityScale``, so that each day counts by the days of its year.
  package static let scaledCapacity = "capacity.scaled"
  /// 365 · 366.
  package static let capacityScale: Int128 = 133_590

  package static let throughput = "throughput"
  package static let fromProcessors = "from_processors"
  package static let purchased = "purchased"
  package static let shipped = "shipped"
  package static let shippedToMills = "shipped_to_mills"
  /// The crude steel of enterprises without a blast furnace, which no report says by itself.
  package static let shortProcessOutput = "output.short_process_enterprise"
  package static let onTime = "count.on_time"
}

extension Definition {
  package typealias Terms = (numerator: [Term], denominator: [Term])

  /// What is added up above and below the line. Below stands nothing where there is no ratio.
  /// - Parameter metal: matters where the definition is not of one metal.
  package func terms(_ metal: Metal) -> Terms { Self.known[Key(self, metal)] ?? ([], []) }

  private struct Key: Hashable {
    let definition: Definition
    let metal: Metal

    init(_ definition: Definition, _ metal: Metal) {
      self.definition = definition
      self.metal = metal
    }
  }

  private static let known: [Key: Terms] = Dictionary(
    uniqueKeysWithValues: allCases.flatMap { definition in
      Metal.allCases.map { (Key(definition, $0), definition.added($0)) }
    })

  private func added(_ metal: Metal) -> Terms {
    switch self {
    case .scrapRate: (Self.scrap(Origin.allCases), Self.outputs(.steel))
    case .scrapShareOfCharge: (Self.scrap(Origin.allCases), Self.charge(Origin.allCases))
    case .scrapShareExternalNet:
      (Self.scrap(Self.external), Self.charge(Self.external + [.unknown]))
    case .scrapShareExternalFull: (Self.scrap(Self.external), Self.charge(Origin.allCases))
    case .shortProcessByFurnace: ([.made(.eaf), .made(.induction)], Self.outputs(.steel))
    case .shortProcessByEnterprise: ([Term(Sum.shortProcessOutput)], Self.outputs(.steel))
    case .copperRecyclingInputRate:
      (
        [.made(.secondaryRefined)] + Self.of("direct_melt", Self.external),
        [.made(.primaryRefined), .made(.secondaryRefined)]
          + Self.of("direct_melt", Self.external + [.unknown])
      )
    case .copperSecondaryRefined:
      ([.made(.secondaryRefined)], [.made(.primaryRefined), .made(.secondaryRefined)])
    case .aluminiumShare:
      (
        Self.of("recovered", Self.external),
        Self.of("recovered", Self.external + [.unknown]) + [.made(.electrolytic)]
      )
    case .aluminiumOdds: (Self.of("recovered", Self.external), [.made(.electrolytic)])
    case .recycledContent: (Self.of("content", Self.external), [Term("product")])
    case .metallicInput: (Self.inputs(metal, Origin.allCases), [])
    case .metalOutput: (Self.outputs(metal), [])
    case .throughput: ([Term(Sum.throughput)], [])
    case .utilisation: ([Term(Sum.throughput)], [Term(Sum.scaledCapacity)])
    case .qualifiedSteelCapacity, .qualifiedCopperCapacity, .qualifiedAluminiumCapacity,
      .qualifiedProcessors:
      ([], [])
    case .hydrogenUsed:
      (
        HydrogenPurpose.allCases.filter { $0 != .sold }.map {
          Term("use.\($0.rawValue)", [.use: $0.rawValue])
        }, []
      )
    case .hydrogenSupplied: (Self.supplied, [])
    case .cleanHydrogenShare: (Self.supplied.filter(Self.isClean), Self.supplied)
    case .avoidedEmissionsSteel, .avoidedEnergySteel: (Self.scrap(Self.external), [])
    case .avoidedEmissionsCopper:
      // Secondary blister was credited where it was made of scrap.
      (["scrap_copper", "scrap_copper_alloy"].flatMap { Self.material($0, Self.external) }, [])
    case .avoidedEmissionsAluminium, .avoidedEnergyAluminium:
      (Self.of("recovered", Self.external), [])
    case .coverage: ([Term(Sum.received)], [Term(Sum.owed)])
    case .coverageByCapacity: ([Term(Sum.capacityReceived)], [Term(Sum.capacityOwed)])
    case .onTime: ([Term(Sum.onTime)], [Term(Sum.owed)])
    }
  }

  private static let external = Origin.allCases.filter(\.isExternal)

  /// Sums of one name by origin.
  private static func of(_ name: String, _ origins: [Origin]) -> [Term] {
    origins.map { Term("\(name).\($0.rawValue)", [.origin: $0.rawValue]) }
  }

  private static func scrap(_ origins: [Origin]) -> [Term] { material("scrap_steel", origins) }

  private static func material(_ id: String, _ origins: [Origin]) -> [Term] {
    origins.map {
      Term("\(id).\($0.rawValue)", [.material: id, .origin: $0.rawValue])
    }
  }

  /// The metallic charge of steel: ferroalloys are out.
  private static func charge(_ origins: [Origin]) -> [Term] {
    scrap(origins) + ["hot_metal", "pig_iron", "dri_hbi"].map { Term($0, [.material: $0]) }
  }

  private static func outputs(_ metal: Metal) -> [Term] { OutputRoute.of(metal).map(Term.made) }

  /// Every recycled and primary material of a metal: what is excluded or counted upstream is out.
  private static func inputs(_ metal: Metal, _ origins: [Origin]) -> [Term] {
    Reference.shared.materials.values.filter {
      $0.metal == metal && [.recycled, .primary].contains($0.role)
    }.sorted { $0.id < $1.id }.flatMap { one in
      one.role == .recycled ? material(one.id, origins) : [Term(one.id, [.material: one.id])]
    }
  }

  /// Hydrogen by route, source, scheme and class: each scheme's add up to all of it.
  private static let supplied: [Term] = HydrogenRoute.allCases.flatMap { route in
    HydrogenSource.allCases.flatMap { source in
      HydrogenClass.schemes.flatMap { scheme, _ in
        HydrogenClass.names(in: scheme).map { name in
          Term(
            "supplied.\(route.rawValue).\(source.rawValue).\(scheme).\(name)",
            [
              .route: route.rawValue, .source: source.rawValue, .scheme: scheme,
              .hydrogenClass: name,
            ])
        }
      }
    }
  }

  private static func isClean(_ term: Term) -> Bool {
    Reference.shared.hydrogenTiers.contains {
      $0.scheme == term.labels[.scheme] && $0.name == term.labels[.hydrogenClass] && $0.isClean
    }
  }
}

extension Term {
  fileprivate static func made(_ route: OutputRoute) -> Term {
    Term("output.\(route.rawValue)", [.route: route.rawValue])
  }
}
