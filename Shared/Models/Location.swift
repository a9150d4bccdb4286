/// Where a facility stands. In China it has a province (GB/T 2260) and reports to an authority;
/// abroad it has a country and perhaps the name of a part of it, and no code is made up.
package struct Location: Sendable, Equatable {
  /// ISO 3166-1 alpha-2.
  package let country: String
  package let province: String?
  /// A province's code, a separately planned city's, or `XPCC`.
  package let authority: String?
  package let subdivision: String?
  package let municipality: String?
  package let latitude: Double?
  package let longitude: Double?

  package init?(_ fields: Fields) {
    let country = fields.text("country", maximum: 2)
    let province = fields.text("province", required: false, maximum: 6)
    let authority = fields.text("authority", required: false, maximum: 6)
    subdivision = fields.text("subdivision", required: false)
    municipality = fields.text("municipality", required: false)
    latitude = fields.degrees("latitude", limit: 90)
    longitude = fields.degrees("longitude", limit: 180)
    fields.end()
    if fields.has("latitude") != fields.has("longitude") {
      fields.wrong("longitude", "latitude and longitude go together")
    }
    guard let country else { return nil }
    self.country = country
    self.province = province
    self.authority = authority ?? province
    guard Reference.shared.countries[country] != nil else {
      fields.wrong("country", "an ISO 3166 code of two capital letters is expected, such as CN")
      return nil
    }
    checkCodes(fields)
  }

  private func checkCodes(_ fields: Fields) {
    guard country == "CN" else {
      for name in ["province", "authority"] where fields.has(name) {
        fields.wrong(name, "only places in China have one; name the subdivision instead")
      }
      return
    }
    guard let province, Reference.shared.provinces[province] != nil else {
      return fields.wrong(
        "province", "a place in China needs its GB/T 2260 code of six digits, such as 130000")
    }
    if let authority, Reference.shared.authorities[authority]?.province != province {
      fields.wrong("authority", "there is no such reporting authority in province \(province)")
    }
  }

  package var json: JSON {
    .members([
      "country": .string(country), "province": .text(province), "authority": .text(authority),
      "subdivision": .text(subdivision), "municipality": .text(municipality),
      "latitude": latitude.map(JSON.coordinate), "longitude": longitude.map(JSON.coordinate),
    ])
  }
}
