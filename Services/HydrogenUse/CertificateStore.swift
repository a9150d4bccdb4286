import Models
import Storage

/// The certificates that are cancelled for hydrogen, each by one report in the whole ledger. Ids that
/// differ in capitals alone are one.
enum CertificateStore {
  static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE certificate (
        id TEXT PRIMARY KEY, report_id TEXT NOT NULL REFERENCES report (id));
      CREATE INDEX certificate_report ON certificate (report_id);
      """)
  ]

  /// Whether a certificate is another report's. Writes take turns, so the answer stays true to the
  /// end of this one; the primary key would refuse what it lets through.
  static func isTaken(_ certificate: String, otherThan id: ID?, on connection: Connection) throws
    -> Bool
  {
    try connection.first(
      "SELECT report_id FROM certificate WHERE id = $1", [.text(certificate.uppercased())]
    ).map { try $0.text("report_id") != id?.text } ?? false
  }

  /// Lets go of what a report had, and keeps these for it.
  static func keep(_ certificates: [String], for id: ID, on connection: Connection) throws {
    try connection.execute("DELETE FROM certificate WHERE report_id = $1", [.text(id.text)])
    for certificate in certificates {
      try connection.execute(
        "INSERT INTO certificate (id, report_id) VALUES ($1, $2)",
        [.text(certificate.uppercased()), .text(id.text)])
    }
  }
}
