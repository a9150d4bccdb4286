import Models

/// A table as CSV.
enum CSVText {
  static func bytes(_ columns: [String], _ rows: [[String]]) -> [UInt8] {
    Array(text([columns] + rows).utf8)
  }

  /// - Parameter rows: with their head.
  static func text(_ rows: [[String]]) -> String {
    rows.map { $0.map(CSVParser.quoted).joined(separator: ",") + "\r\n" }.joined()
  }
}
