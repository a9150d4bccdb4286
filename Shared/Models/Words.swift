/// The closed words of the ledger's wire forms, in the field's terms.

/// What a facility does. Only a scrap processor reports throughput and can be qualified.
package enum FacilityRole: String, CaseIterable, Sendable {
  case scrapProcessor = "scrap_processor"
  case mill
  case hydrogenUser = "hydrogen_user"
  case trader
}

package enum Metal: String, CaseIterable, Sendable {
  case steel, copper, aluminium
}

/// What a nominal capacity is a capacity of.
package enum ProductionProcess: String, CaseIterable, Sendable {
  case scrapProcessing = "scrap_processing"
  case crudeSteel = "crude_steel"
  case bof
  case electricFurnace = "eaf"
  case otherSteel = "other_steel"
  case iron
  case blastFurnace = "blast_furnace"
  case directReduction = "dri"
}

package enum DesignationKind: String, CaseIterable, Sendable {
  case greenFactory = "green_factory"
  case performanceClassA = "performance_class_a"
  case ultraLowEmission = "ultra_low_emission"
  case cleanProductionAudit = "clean_production_audit"
  case keyEmittingEnterprise = "key_emitting_enterprise"
}

/// What may be owed for a month.
package enum ReportType: String, CaseIterable, Sendable {
  case throughput
  case recycledInput = "recycled_input"
  case hydrogenUse = "hydrogen_use"
}

/// Where a processor's scrap comes from.
package enum PurchaseSource: String, CaseIterable, Sendable {
  /// Post-consumer scrap collected from society (社会废钢, 折旧).
  case obsolete
  /// Pre-consumer scrap of manufacturers (加工废料).
  case manufacturing
  case otherProcessor = "other_processor"
  case imported = "import"
  case other
}

/// Where a processor's products go.
package enum ShipmentDestination: String, CaseIterable, Sendable {
  case mill, foundry
  case otherProcessor = "other_processor"
  case other
}

/// The dated events of a qualification (准入), in the order they usually come.
package enum QualificationEvent: String, CaseIterable, Sendable {
  case applied
  case provinceReviewed = "province_reviewed"
  case publicNotice = "public_notice"
  case announced
  case changed
  case rectifying
  case suspended
  case resumed
  case refused
  case revoked
}

package enum Role: String, CaseIterable, Sendable {
  /// Reports for the facilities of its scope.
  case reporter
  /// Registers, enrols, records qualification, issues credentials.
  case `operator`
  /// Judges applications and reports; never its own.
  case verifier
  /// Reads the dashboards.
  case analyst
  /// A Remelt service, which follows journals.
  case service
}

/// Where scrap comes from (GB/T: 自产, 加工, 社会).
package enum Origin: String, CaseIterable, Sendable {
  /// Run-around scrap that never leaves the process.
  case home
  case preConsumer = "pre_consumer"
  case postConsumer = "post_consumer"
  case unknown

  /// Whether it came from outside of the process, as claims of recycled content demand.
  package var isExternal: Bool { self == .preConsumer || self == .postConsumer }
}

/// By what way a mill makes its metal.
package enum OutputRoute: String, CaseIterable, Sendable {
  case eaf, bof, induction
  case primaryRefined = "primary_refined"
  case secondaryRefined = "secondary_refined"
  /// Copper scrap melted into products without refining.
  case directMelt = "direct_melt"
  case electrolytic, recovered

  package var metal: Metal {
    switch self {
    case .eaf, .bof, .induction: .steel
    case .primaryRefined, .secondaryRefined, .directMelt: .copper
    case .electrolytic, .recovered: .aluminium
    }
  }

  /// Whether it makes its metal of scrap, so that it cannot make more than its scrap contained.
  package var isSecondary: Bool { [.secondaryRefined, .directMelt, .recovered].contains(self) }

  package static func of(_ metal: Metal) -> [OutputRoute] { allCases.filter { $0.metal == metal } }
}

/// What a material is to the recycled share (`materials.csv`).
package enum MaterialRole: String, CaseIterable, Sendable {
  case recycled, primary
  /// Outside every definition, as ferroalloys are.
  case excluded
  /// Counted where it was made: it enters no sum.
  case countedUpstream = "counted_upstream"
}

/// Which mass of the chain counts (`materials.csv`).
package enum MassBasis: String, CaseIterable, Sendable {
  case gross, clean, contained
}
