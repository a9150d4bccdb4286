import Foundation
import Models
import Testing

extension RunningTests.ReportedVectorsTests {
  /// A lorry of scrap copper with its weights and its deductions, and what was refined of it.
  private func lorry(
    _ facility: String, _ month: String, _ inputs: JSON, received: JSON,
    _ impurity: KeyValuePairs<String, JSON?>
  ) throws -> JSON {
    let weights = JSON.members([
      "material": "scrap_copper", "origin": "post_consumer", "route": "secondary_refined",
      "gross": Sample.kilograms(try Vectors.text(inputs["gross_kg"])),
      "tare": Sample.kilograms(try Vectors.text(inputs["tare_kg"])),
      "moisture": inputs["moisture_frac"], "assay": inputs["cu_assay_frac"],
      "yield": inputs["melting_yield_frac"],
    ])
    let line = impurity.reduce(weights) { $0.with($1.key, $1.value) }
    return Mill.plain(
      facility, month, metal: "copper", received: "0", inputs: [line],
      outputs: [Mill.output("secondary_refined", "16")]
    ).with("received", received)
  }

  @Test("R06: a lorry's copper is computed from its weights, by the basis of the deduction")
  func r06() async throws {
    let (inputs, expected) = try Vectors.vector("R06")
    let caller = try SharedLedger.first
    let plant = try await caller.enrol(.recycledInput)
    let dry = try await plant.reporter.accepted(
      lorry(
        plant.facility, "2025-01", inputs,
        received: Sample.kilograms(try Vectors.text(expected["cu_content_kg"])),
        ["impurity": inputs["impurity_frac"], "impurity_basis": inputs["impurity_basis"]]),
      to: .recycledInput)
    let chain = try #require(dry["derived"]?["inputs"]?.elements.first, "\(dry.text)")
    for (name, kilograms) in [
      ("net", "net_kg"), ("dry", "dry_kg"), ("clean", "clean_kg"),
      ("contained", "cu_content_kg"), ("recovered", "recovered_cu_kg"),
      ("counted", "cu_content_kg"),
    ] {
      #expect(try chain[name] == Vectors.mass(expected[kilograms], "kg"), "\(name)")
    }
    #expect(dry["derived"]?["charged"] == chain["contained"])
    #expect(dry["derived"]?["stock_difference"] == Sample.mass("0"))

    // Stated on the net mass, the deductions are added: 17,100 kg are clean.
    let wrong = Vectors.reported.first { $0["id"]?.text == "R06" }?["wrong"]
    let net = try await plant.reporter.accepted(
      lorry(
        plant.facility, "2025-02", inputs, received: Sample.kilograms("16416"),
        ["impurity": inputs["impurity_frac"], "impurity_basis": "net"]), to: .recycledInput)
    let added = net["derived"]?["inputs"]?.elements.first
    #expect(try added?["clean"] == Vectors.mass(wrong?["additive_deduction_clean_kg"], "kg"))
    #expect(added?["contained"] == Sample.mass("16.416"), "\(net.text)")

    // 3 % of 17,640 kg, as kilograms.
    let weighed = try await plant.reporter.accepted(
      lorry(
        plant.facility, "2025-03", inputs,
        received: Sample.kilograms(try Vectors.text(expected["cu_content_kg"])),
        ["impurity_mass": Sample.kilograms("529.2")]), to: .recycledInput)
    let subtracted = weighed["derived"]?["inputs"]?.elements.first
    #expect(try subtracted?["clean"] == Vectors.mass(expected["clean_kg"], "kg"))
    let unsaid = try await plant.reporter.post(
      lorry(
        plant.facility, "2025-04", inputs, received: Sample.kilograms("16416"),
        ["impurity": inputs["impurity_frac"]]), to: .recycledInput)
    #expect(unsaid.status == 422 && unsaid.pointers == ["/inputs/0/impurity_basis"])
  }

  @Test("R08: recycled aluminium over primary is 24 %, its share 19.35 %, and neither meets 25 %")
  func r08() async throws {
    let (inputs, expected) = try Vectors.vector("R08")
    let caller = try SharedLedger.first
    let plant = try await caller.enrol(.recycledInput)
    let reply = try await plant.reporter.accepted(
      VectorReports.r08(plant.facility, inputs), to: .recycledInput)
    let figures = try await caller.figures(
      "recycled-input?metal=aluminium&from=2025-01&to=2025-01&by=region",
      after: [plant.position, reply.position])
    let whole = try #require(figures["whole"], "\(figures.text)")
    for (definition, name) in [
      ("AL_SHARE", "share_of_total_percent"), ("AL_ODDS", "recycled_over_primary_percent"),
    ] {
      #expect(reply.json.share(definition)?["value"] == expected[name], "\(definition)")
      #expect(whole.share(definition)?["value"] == expected[name], "\(definition)")
      #expect(whole.share(definition)?.meets("CN-RECYCLED-ALUMINIUM-2027") == false)
    }
    #expect(figures["rows"]?.elements.compactMap { $0["code"]?.text } == ["BTH"])
  }

  @Test("R11: a goal is judged on the exact value, and what is shown is rounded half-even, once")
  func r11() async throws {
    let (inputs, expected) = try Vectors.vector("R11")
    let definition = "SCRAP_SHARE_METALLIC_CHARGE"
    let caller = try SharedLedger.first
    let plant = try await caller.enrol(.recycledInput, in: ["150000"])
    let analyst = try await caller.issue("analyst@authority:150000")
    // Months that no other test reports: a goal is the nation's.
    let cases = try #require(inputs["cases"]).elements
    let rows = try #require(expected["rows"]).elements
    #expect(cases.count == 5 && rows.count == 5)
    for (index, (one, row)) in zip(cases, rows).enumerated() {
      let month = "2023-0\(index + 3)"
      let (scrap, charge) = (try Vectors.number(one["num"]), try Vectors.number(one["den"]))
      let reply = try await plant.reporter.accepted(
        Mill.plain(
          plant.facility, month, received: String(scrap),
          inputs: [
            Mill.charge("scrap_steel", String(scrap), "unknown"),
            Mill.charge("hot_metal", String(charge - scrap)),
          ], outputs: [Mill.output("bof", String(charge))]), to: .recycledInput)
      let own = reply.json.share(definition)
      #expect(own?["value"] == row["full"] && own?["goals"] == nil, "\(reply.text)")
      let path = "recycled-input?metal=steel&from=\(month)&to=\(month)"
      let figures = try await caller.figures(path, after: [plant.position, reply.position])
      let part = try await analyst.figures(path, after: [plant.position, reply.position])
      #expect(part["whole"]?.share(definition) == own, "a part is held against no goal")
      for line in (figures["rows"]?.elements ?? []) + (figures["total"]?.elements ?? []) {
        #expect(line.share(definition) == own, "only the whole is held against goals")
      }
      let share = try #require(figures["whole"]?.share(definition), "\(figures.text)")
      let ratio = try Vectors.ratio(share)
      #expect(ratio.percent(places: 4) == row["full"]?.text)
      if let shown = row["display_1dp"] { #expect(ratio.percent(places: 1) == shown.text) }
      if let shown = row["display_2dp"] { #expect(ratio.percent(places: 2) == shown.text) }
      let isMet: JSON = row["meets_22"] ?? false
      #expect(share.meets(Self.goal) == isMet, "\(month) \(share)")
    }
  }

  @Test("R14: rework of the same process and scrap of unknown origin are no recycled content")
  func r14() async throws {
    let (inputs, expected) = try Vectors.vector("R14")
    let caller = try SharedLedger.first
    let plant = try await caller.enrol(.recycledInput, in: ["220000"])
    let analyst = try await caller.issue("analyst@authority:220000")
    let masses = inputs["inputs_t"]
    let product = try Vectors.text(inputs["product_mass_t"])
    let body = Mill.plain(
      plant.facility, "2025-08", received: "290",
      inputs: [
        Mill.charge("pig_iron", try Vectors.text(masses?["primary"])),
        Mill.charge("scrap_steel", try Vectors.text(masses?["home_rework_same_process"]), "home"),
        Mill.charge("scrap_steel", try Vectors.text(masses?["pre_consumer"]), "pre_consumer"),
        Mill.charge("scrap_steel", try Vectors.text(masses?["post_consumer"]), "post_consumer"),
      ], outputs: [Mill.output("eaf", "1000")]
    ).with("home_arising", Sample.mass("90")).with("product", Sample.mass(product))
    let reply = try await plant.reporter.accepted(body, to: .recycledInput)
    let content = reply.json.share("ISO14021_RC")
    #expect(content?["value"] == expected["recycled_content_percent"], "\(reply.text)")
    #expect(content?["denominator"] == Sample.mass(product))
    let behind = try await analyst.figures(
      "recycled-input/reports?metal=steel&month=2025-08", after: [plant.position, reply.position])
    let amounts = behind["items"]?.elements.first?["amounts"]?.elements ?? []
    for origin in ["pre_consumer", "post_consumer"] {
      let amount = amounts.first { $0["name"]?.text == "content.\(origin)" }
      let part = JSON.members(["numerator": amount?["mass"], "denominator": Sample.mass(product)])
      let percent = try Vectors.ratio(part).percent(places: 4)
      #expect(percent == expected["\(origin)_percent"]?.text, "\(behind.text)")
    }
    let unknown = try await plant.reporter.accepted(
      body.with("period", "2025-09").with("inputs/2/origin", "unknown"), to: .recycledInput)
    let rest = unknown.json.share("ISO14021_RC")?["value"]
    #expect(rest == expected["post_consumer_percent"], "\(unknown.text)")
    let share = unknown.json.share("SCRAP_SHARE_EXTERNAL_FULL")
    #expect(share?["numerator"] == Sample.mass("150"))
    #expect(share?["denominator"] == Sample.mass("1000"))
  }

  @Test(
    "R16: no share is above 100 % and no mass negative; 1,100 kg/t are fine, 1,400 are warned of")
  func r16() async throws {
    let (inputs, expected) = try Vectors.vector("R16")
    let caller = try SharedLedger.first
    let plant = try await caller.enrol(.recycledInput, in: ["230000"])
    let rows = try #require(inputs["rows"]).elements
    #expect(rows.count == 4)
    var outcomes: [JSON] = []
    for (index, row) in rows.enumerated() {
      let (number, base) = (try Vectors.text(row["num"]), try Vectors.text(row["den"]))
      let received = number.replacing("-", with: "")
      let month = "2025-0\(index + 1)"
      let isShare = row["kind"]?.text == "share"
      // As a share, of the product; as a rate, of the crude steel.
      let body = Mill.plain(
        plant.facility, month, received: received,
        inputs: [Mill.charge("scrap_steel", number, "pre_consumer")],
        outputs: [Mill.output("eaf", isShare ? "1000" : base)]
      ).with("product", isShare ? Sample.mass(base) : nil)
      let reply = try await plant.reporter.post(body, to: .recycledInput)
      switch reply.status {
      case 201: outcomes.append(reply["warnings"] == [] ? "ok" : "warning")
      case 422: outcomes.append("error")
      default: outcomes.append(.int(reply.status))
      }
      switch row["case"]?.text {
      case "share>100": #expect(reply.pointers == ["/product"], "\(reply.text)")
      case "negative": #expect(reply.pointers == ["/inputs/0/gross/value"], "\(reply.text)")
      case "kg_per_t>1000":
        #expect(reply.json.share(Self.rate)?["value"]?.text == "1100.0000", "\(reply.text)")
      default:
        #expect(reply["warnings"]?.elements.first?.text?.contains("1300") == true, "\(reply.text)")
      }
    }
    #expect(.array(outcomes) == expected["rows"])
    let listed = try await plant.reporter.read(.recycledInput, "?facility_id=\(plant.facility)")
    #expect(listed["items"]?.elements.count == 2, "what is refused leaves nothing behind")
    // At the very edge of each rule nothing is said.
    let edge = try await plant.reporter.accepted(
      Mill.steel(plant.facility, "2025-06", scrap: "130", crude: "100")
        .with("product", Sample.mass("130")), to: .recycledInput)
    #expect(edge["warnings"] == [])
    #expect(edge.json.share("ISO14021_RC")?["value"]?.text == "100.0000")
  }
}
