import Models

/// What of the demonstration the registry knows.
struct DemonstrationRegister {
  /// Ids of organisations, by their place among the owners.
  var organisations: [String] = []
  /// Facility ids by the site's index.
  var facilities: [Int: String] = [:]
  /// Facility ids by the plant's identifier.
  var plants: [String: String] = [:]
  /// Sites that have absorbed another entry.
  var merged: Set<Int> = []
  var created = 0
}

/// Registers what is not registered yet.
struct DemonstrationRegistration {
  let api: LedgerAPI
  let demonstration: Demonstration

  func run() async throws -> DemonstrationRegister {
    var register = DemonstrationRegister()
    try await organisations(&register)
    try await facilities(&register)
    return register
  }

  private func organisations(_ register: inout DemonstrationRegister) async throws {
    var known: [String: String] = [:]
    for item in try await api.items(OrganisationCommand.path, []) {
      guard let value = item["identifier"]?["value"]?.text else { continue }
      known[value] = item["id"]?.text
    }
    for owner in demonstration.owners {
      if let id = known[owner.uscc] {
        register.organisations.append(id)
        continue
      }
      let answer = try await api.post(OrganisationCommand.path, owner.json).json()
      register.organisations.append(answer["id"]?.text ?? "")
      register.created += 1
    }
  }

  private func facilities(_ register: inout DemonstrationRegister) async throws {
    var known: [String: JSON] = [:]
    for item in try await api.items(FacilityCommand.path, [])
    where item["identifier"]?["scheme"]?.text == "demo" {
      if let value = item["identifier"]?["value"]?.text { known[value] = item }
    }
    for site in demonstration.sites {
      let organisation = register.organisations[Demonstration.owner(of: site.index)]
      let found = known[site.identifier]
      register.facilities[site.index] = try await id(
        found, site.json(organisation: organisation, in: demonstration), &register)
      if found?["merged_ids"]?.elements.isEmpty == false { register.merged.insert(site.index) }
    }
    for (index, plant) in demonstration.plants.enumerated() {
      let organisation = register.organisations[demonstration.owner(ofPlant: index)]
      register.plants[plant.identifier] = try await id(
        known[plant.identifier], plant.json(organisation: organisation, in: demonstration),
        &register)
    }
  }

  /// The id of a facility that is known, or that is registered now.
  private func id(
    _ known: JSON?, _ facility: JSON, _ register: inout DemonstrationRegister
  ) async throws -> String? {
    if let known { return known["id"]?.text }
    register.created += 1
    // Its own identifier tells it from the others; alike names nearby are meant.
    return try await api.post(FacilityCommand.path + "?confirm_duplicate=true", facility)
      .json()["id"]?.text
  }
}
