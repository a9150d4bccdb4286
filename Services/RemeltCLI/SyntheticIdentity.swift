/// Identifiers that are valid in form and belong to nobody.
enum SyntheticIdentity {
  /// GB 32100-2015: digits and capital letters without I, O, S, V, Z.
  private static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")

  /// An enterprise's USCC in a province: `91`, the province, and a subject that begins with `DEM`,
  /// which the registration authority does not give out.
  static func uscc(province: String, number: Int) -> String {
    let digits = String(number)
    let subject = "DEM" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    let body = "91" + province + subject
    return body + String(check(of: body))
  }

  /// Weights 3^(i-1) mod 31; check = (31 - Σ mod 31) mod 31.
  private static func check(of body: String) -> Character {
    var sum = 0
    var weight = 1
    for character in body {
      sum += (alphabet.firstIndex(of: character) ?? 0) * weight
      weight = weight * 3 % 31
    }
    return alphabet[(31 - sum % 31) % 31]
  }
}
