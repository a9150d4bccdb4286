import Models

/// What of the demonstration the registry knows.
struct DemonstrationRegister {
  /// Ids of organisations, by their place among the owners.
  var organisations: [String] = []
  /// Facility ids by the site's index.
  var facilities: [Int: String] = [:]
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
    let indices = Dictionary(
      uniqueKeysWithValues: demonstration.sites.map { ($0.identifier, $0.index) })
    for item in try await api.items(FacilityCommand.path, []) {
      guard item["identifier"]?["scheme"]?.text == "demo",
        let index = item["identifier"]?["value"]?.text.flatMap({ indices[$0] })
      else { continue }
      register.facilities[index] = item["id"]?.text
      if item["merged_ids"]?.elements.isEmpty == false { register.merged.insert(index) }
    }
    for site in demonstration.sites where register.facilities[site.index] == nil {
      let organisation = register.organisations[Demonstration.owner(of: site.index)]
      // Its own identifier tells it from the others; alike names nearby are meant.
      let answer = try await api.post(
        FacilityCommand.path + "?confirm_duplicate=true",
        site.json(organisation: organisation, in: demonstration)
      ).json()
      register.facilities[site.index] = answer["id"]?.text
      register.created += 1
    }
  }
}
