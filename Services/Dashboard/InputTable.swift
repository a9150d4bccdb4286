import Models

/// What mills charged and made, and the recycled shares under each definition.
struct InputTable: Sendable {
  let metal: Metal
  let table: PeriodTable

  private var materials: [Reference.Material] {
    Reference.shared.materials.values.filter {
      $0.metal == metal && [.recycled, .primary].contains($0.role)
    }.sorted { $0.id < $1.id }
  }

  /// The names of the amounts of a material, with the origin of each.
  private func names(_ material: Reference.Material) -> [(name: String, origin: Origin?)] {
    material.role == .recycled
      ? Origin.allCases.map { ("\(material.id).\($0.rawValue)", $0) } : [(material.id, nil)]
  }

  func json(_ line: PeriodTable.Line) -> JSON {
    let amounts = line.cell
    let inputs = materials.flatMap { material in
      names(material).filter { amounts[$0.name] != 0 }.map { name, origin in
        JSON.members([
          "material": .string(material.id), "origin": .text(origin?.rawValue),
          "mass": line.cell.mass(name),
        ])
      }
    }
    let outputs = OutputRoute.of(metal).filter { amounts["output.\($0.rawValue)"] != 0 }.map {
      JSON.members([
        "route": .string($0.rawValue), "mass": line.cell.mass("output.\($0.rawValue)"),
      ])
    }
    return .members([
      "period": line.period?.json, "code": .string(line.code), "name": .string(line.name),
      "inputs": .array(inputs), "outputs": .array(outputs),
      "received": line.cell.mass("received"), "home_arising": line.cell.mass("home_arising"),
      "sold": line.cell.mass("sold"),
      "shares": .array(Definition.shares(of: metal).map { share($0, line) }),
      "coverage": line.cell.coverage,
    ])
  }

  /// The share; of everything together also held against the goals it may be meant by,
  /// where it is China's.
  private func share(_ definition: Definition, _ line: PeriodTable.Line) -> JSON {
    let json = definition.json(line.cell)
    guard line.period == nil, table.isNation, case .object(let members) = json else { return json }
    let ratio = try? definition.ratio(line.cell)
    let goals = definition.goals(metal).map { goal in
      JSON.members([
        "target_id": .string(goal.id), "comparator": .string(goal.comparator),
        "value": .string(goal.value.description), "unit": .string(goal.unit),
        "met": ratio.map { .bool(goal.isMet(by: $0)) } ?? .null,
      ])
    }
    return .object(members + [.init("goals", .array(goals))])
  }

  var columns: [String] {
    ["period", "code", "name"] + materials.flatMap(names).map { "\($0.name)_t" }
      + OutputRoute.of(metal).map { "output.\($0.rawValue)_t" }
      + ["received_t", "home_arising_t", "sold_t"] + Definition.shares(of: metal).map(\.rawValue)
      + ["owed", "received", "nil", "missing"]
  }

  func fields(_ line: PeriodTable.Line) -> [String] {
    let amounts = line.cell
    let masses =
      materials.flatMap(names).map(\.name)
      + OutputRoute.of(metal).map { "output.\($0.rawValue)" }
      + ["received", "home_arising", "sold"]
    return [line.period?.description ?? "", line.code, line.name]
      + masses.map { Mass.tonnes(amounts[$0]) }
      + Definition.shares(of: metal).map { $0.json(amounts)["value"]?.text ?? "" }
      + line.cell.counts
  }
}

extension Cell {
  /// The columns of coverage.
  var counts: [String] { [owed, received, nils, missing].map { String($0) } }
}
