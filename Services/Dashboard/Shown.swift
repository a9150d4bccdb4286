import Models

/// How numbers are shown to people: grouped by thousands, and rounded half-even once.
enum Shown {
  /// A thin space, as SI groups digits.
  static let gap = "\u{2009}"

  static let tonne: Int128 = 1_000_000
  /// 万吨, 10,000 t.
  static let wan: Int128 = 10_000 * tonne
  static let megatonne: Int128 = 1_000_000 * tonne

  /// Groups the digits before the decimal point.
  static func grouped(_ number: String) -> String {
    let sign = number.hasPrefix("-") ? "−" : ""
    let digits = number.drop { $0 == "-" }.prefix { $0 != "." }
    let rest = number.drop { $0 != "." }
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += gap }
      text.append(digit)
    }
    return sign + text + rest
  }

  static func count(_ number: some BinaryInteger) -> String { grouped(String(number)) }

  /// - Parameter unit: in grams, more than 0.
  static func mass(_ grams: Int128, in unit: Int128 = tonne, places: Int = 0) -> String {
    guard let ratio = try? Ratio(grams, unit) else { return "–" }
    return grouped(ratio.rounded(places: places))
  }

  /// China's time, to the second.
  static func time(_ moment: Instant) -> String {
    chinaTime(moment).prefix(19).replacing("T", with: " ") + " (UTC+8)"
  }

  /// China's time in the form of HTML's `datetime-local`.
  static func field(_ moment: Instant) -> String {
    let text = chinaTime(moment)
    return String(text.hasSuffix(".000Z") ? text.prefix(19) : text.prefix(23))
  }

  private static func chinaTime(_ moment: Instant) -> String {
    moment.adding(seconds: 8 * 3600).description
  }
}

/// A figure on the page: what it says and where it opens, or why there is none.
struct Figure: Sendable {
  let text: String
  let href: String?
  let reason: String?

  init(_ text: String, _ href: String?) {
    self.text = text
    self.href = href
    reason = nil
  }

  /// A ratio as the API gives it.
  /// - Parameter undefined: in words, by the API's reason.
  init(_ ratio: JSON, _ href: String?, prefix: String = "", undefined: String) {
    let percent = ratio["percent"]?.text
    text = prefix + (percent ?? "")
    self.href = percent == nil ? nil : href
    reason = percent == nil ? undefined : nil
  }

  init(none reason: String) {
    text = ""
    href = nil
    self.reason = reason
  }
}
