private import Crypto

/// One numbered step of the schema, embedded in the program.
package struct Migration: Sendable, Hashable {
  /// From 1, without gaps.
  package let number: Int
  /// Such as `foundation`.
  package let name: String
  package let script: String
  /// Made before the script and outside of its transaction, so that a busy table stays writable
  /// meanwhile; its table and columns are those of an earlier step.
  package let index: ConcurrentIndex?
  /// Of the script's bytes, in lower-case hexadecimal: an applied step is never edited.
  package let sha256: String

  package init(number: Int, name: String, script: [UInt8], index: ConcurrentIndex? = nil) {
    self.number = number
    self.name = name
    self.script = String(decoding: script, as: UTF8.self)
    self.index = index
    sha256 = SHA256.hash(data: script).map { hexadecimal($0) }.joined()
  }

  /// Every step that this program knows, in order.
  package static let all: [Migration] = [
    Migration(number: 1, name: "foundation", script: PackageResources.m0001_foundation_sql),
    Migration(number: 2, name: "embedded_crm", script: PackageResources.m0002_embedded_crm_sql),
    Migration(number: 3, name: "identity", script: PackageResources.m0003_identity_sql),
    Migration(
      number: 4,
      name: "records_and_holds",
      script: PackageResources.m0004_records_and_holds_sql
    ),
    Migration(
      number: 5,
      name: "contact_lifecycle",
      script: PackageResources.m0005_contact_lifecycle_sql
    ),
    Migration(
      number: 6,
      name: "turns_and_leases",
      script: PackageResources.m0006_turns_and_leases_sql
    ),
    Migration(
      number: 7,
      name: "dead_letter_desk",
      script: PackageResources.m0007_dead_letter_desk_sql
    ),
    Migration(number: 8, name: "pressure", script: PackageResources.m0008_pressure_sql),
    Migration(
      number: 9,
      name: "dead_letter_rounds",
      script: PackageResources.m0009_dead_letter_rounds_sql
    ),
    Migration(
      number: 10,
      name: "own_marks",
      script: PackageResources.m0010_own_marks_sql,
      index: ConcurrentIndex(
        name: "effect_told",
        on: "effect (integration_id, subject_id) where kind = 'rd.events'"
      )
    ),
    Migration(number: 11, name: "lead_order", script: PackageResources.m0011_lead_order_sql),
    Migration(number: 12, name: "logins", script: PackageResources.m0012_logins_sql),
    Migration(
      number: 13,
      name: "conversion_occurred",
      script: PackageResources.m0013_conversion_occurred_sql,
      index: ConcurrentIndex(
        name: "conversion_occurred",
        on: "conversion (integration_id, lead_id, occurred_at)"
      )
    ),
    Migration(
      number: 14,
      name: "conversion_turn",
      script: PackageResources.m0014_conversion_turn_sql,
      index: ConcurrentIndex(
        name: "conversion_turn",
        on: "conversion (integration_id, lead_id, coalesce(place, 0), arrived_at, id)"
      )
    ),
    Migration(
      number: 15,
      name: "room_for_updates",
      script: PackageResources.m0015_room_for_updates_sql
    ),
    Migration(number: 16, name: "room_beside", script: PackageResources.m0016_room_beside_sql),
    Migration(number: 17, name: "told_change", script: PackageResources.m0017_told_change_sql),
  ]

  /// As a person would look for it among the files.
  package var label: String {
    "m\(String(repeating: "0", count: max(0, 4 - "\(number)".count)))\(number)_\(name)"
  }
}

private func hexadecimal(_ byte: UInt8) -> String {
  let text = String(byte, radix: 16)
  return byte < 16 ? "0\(text)" : text
}
