import Foundation
import Journal
import Models
import Reporting
import ServiceKit
import Storage

@testable import ProcessorRegistry

/// What happens to organisations and facilities.
extension RandomRegistry {
  func registerOrganisation() async throws {
    let organisation = try Fields.read(
      RandomEnterprises.organisation(&random), as: Organisation.init)
    let (store, actor) = (try store, actor)
    organisations.append(
      try await store.database.write {
        try store.register(organisation, by: actor.name, on: $0).0.id
      })
  }

  /// Mostly it only joins a group, moves to another or leaves its own.
  func changeOrganisation() async throws {
    guard let id = random.maybe(organisations) else { return }
    let draft = RandomEnterprises.organisation(&random)
    let (store, actor, keepsName) = (try store, actor, random.chance(70))
    _ = try await store.database.write { connection in
      guard let old = try store.organisation(id, on: connection) else { return }
      let body =
        keepsName ? old.body.replacing("ownership_group", draft["ownership_group"]) : draft
      let organisation = try Fields.read(body, as: Organisation.init)
      _ = try store.change(
        id, to: organisation, ifMatch: ETag.text(old.version), by: actor.name, on: connection)
    }
  }

  func registerFacility() async throws {
    if organisations.isEmpty || random.chance(30) { try await registerOrganisation() }
    let facility = try Fields.read(facility(), as: Facility.init)
    let (store, actor, confirmed) = (try store, actor, random.chance(90))
    facilities.append(
      try await store.database.write {
        try store.register(facility, confirmed: confirmed, by: actor.name, on: $0).0.id
      })
  }

  func changeFacility() async throws {
    let id = random.one(facilities)
    let draft = facility()
    let (store, actor, keepsPlace) = (try store, actor, random.chance(60))
    _ = try await store.database.write { connection in
      guard let old = try store.facilities.facility(id, on: connection) else { return }
      // Mostly the place stays and the rest changes.
      let location = keepsPlace ? old.facility.location.json : draft["location"]
      let facility = try Fields.read(
        draft.replacing("location", location), as: Facility.init)
      _ = try store.change(old, to: facility, confirmed: true, by: actor.name, on: connection)
    }
  }

  private func facility() -> JSON {
    let organisation = random.maybe(organisations)
    return RandomEnterprises.facility(of: organisation, &random)
  }

  func qualify() async throws {
    let id = random.one(facilities)
    let metal = random.chance(70) ? Metal.steel : random.one(Metal.allCases)
    let (store, actor) = (try store, actor)
    let (facility, last) = try await store.database.read { connection in
      let facility = try store.facilities.facility(id, on: connection)?.id ?? id
      return (facility, try store.lastQualification(facility, metal, on: connection))
    }
    let next = QualificationOrder.next(after: last?.event)
    let event = random.chance(95) ? random.one(next) : random.one(QualificationEvent.allCases)
    let start = last?.effective ?? Day(year: 2025, month: random.int(1...12), day: 15)
    let set = Reference.shared.criteriaSets.first { $0.metal == metal }
    let draft = JSON.members([
      "metal": .string(metal.rawValue), "event": .string(event.rawValue),
      "effective": start.adding(days: random.int(0...60)).json,
      "announcement": .string("公告 \(random.int(1...99)) 号"),
      "criteria_set": .text(event == .applied ? set?.id : nil),
      "facts": event == .applied
        ? .members(["capacity_t_y": .string(String(random.int(1...500_000)))]) : nil,
    ])
    let record = try Fields.read(draft) { QualificationRecord($0, facility: facility) }
    _ = try await store.database.write { connection in
      try QualificationOrder.check(
        record,
        after: try store.lastQualification(facility, metal, on: connection))
      _ = try store.record(record, by: actor.name, on: connection)
    }
  }

  /// Of any two ids: chains come about when a survivor is absorbed later.
  func merge() async throws {
    let (one, other) = (random.one(facilities), random.one(facilities))
    let (store, actor) = (try store, actor)
    _ = try await store.database.write { connection in
      guard let survivor = try store.facilities.facility(one, on: connection),
        let absorbed = try store.facilities.facility(other, on: connection),
        survivor.id != absorbed.id
      else { throw Problem(.conflict, "one facility") }
      _ = try store.merge(
        absorbed, into: survivor, reason: "entered twice", by: actor.name, on: connection)
    }
  }
}
