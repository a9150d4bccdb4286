/// How hydrogen was made.
package enum HydrogenRoute: String, CaseIterable, Sendable {
  case electrolysisAlkaline = "electrolysis_alkaline"
  case electrolysisPEM = "electrolysis_pem"
  case electrolysisAEM = "electrolysis_aem"
  case electrolysisSOEC = "electrolysis_soec"
  case coalGasification = "coal_gasification"
  case coalGasificationCCS = "coal_gasification_ccs"
  case smr
  case smrCCS = "smr_ccs"
  case atr
  case atrCCS = "atr_ccs"
  case cokeOvenGas = "coke_oven_gas"
  case chlorAlkali = "chlor_alkali"
  case pdh
  case ethaneCracking = "ethane_cracking"
  case reformer
  case methanolReforming = "methanol_reforming"
  case biomass, other

  package var isElectrolysis: Bool { rawValue.hasPrefix("electrolysis_") }
}

/// What power an electrolyser ran on.
package enum PowerSource: String, CaseIterable, Sendable {
  case wind, solar, hydro, nuclear, grid, other

  package var isRenewable: Bool { [.wind, .solar, .hydro].contains(self) }
}

/// From whom the hydrogen came.
package enum HydrogenSource: String, CaseIterable, Sendable {
  case captive, merchant
  case byProduct = "by_product"
}

/// The temperature, at 101.325 kPa, that a volume of gas is stated at.
package enum ReferenceState: String, CaseIterable, Sendable {
  case zero = "0C"
  case fifteen = "15C"
  case twenty = "20C"
}

/// What hydrogen was used for.
package enum HydrogenPurpose: String, CaseIterable, Sendable {
  /// Reductant in a shaft furnace.
  case shaftFurnaceDRI = "shaft_furnace_dri"
  case blastFurnaceInjection = "blast_furnace_injection"
  case kilnCalcination = "kiln_calcination"
  case ammonia, methanol, refining
  case otherChemical = "other_chemical"
  case heat, sold
}

/// What hydrogen met in the process, where the least that the reaction takes depends on it.
package enum HydrogenFeed: String, CaseIterable, Sendable {
  /// Methanol from carbon monoxide, or from carbon dioxide.
  case co, co2
  /// Iron from Fe2O3, or from Fe3O4.
  case hematite, magnetite

  package var use: HydrogenPurpose {
    switch self {
    case .co, .co2: .methanol
    case .hematite, .magnetite: .shaftFurnaceDRI
    }
  }
}
