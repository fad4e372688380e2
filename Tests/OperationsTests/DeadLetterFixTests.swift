import Belt
import Foundation
import BeltStorage
import Testing

@testable import Operations

@Suite struct DeadLetterFixTests {
  /// Codes that no dead letter has: lines of journeys, waits, and what stops a program or a publish.
  private static let neverGivenUp: Set = [
    "broker_away", "broker_blocked", "broker_queue_full", "broker_unconfirmed", "broker_unroutable",
    "centralized", "contact_unknown", "conversion_not_listed", "crm_activity", "crm_late",
    "crm_not_polled", "crm_silent", "duplicate",
    "earlier_event_dead", "earlier_change_first", "earlier_event_first", "email_domain_ignored",
    "field_value_held", "footing_gone", "imported",
    "in_other_hands", "job_title_missing", "job_title_not_listed", "last_deal_open",
    "lead_renewed", "lead_scoring_missing", "lead_scoring_not_listed", "look_too_slow",
    "migration_changed",
    "no_trigger_matched",
    "no_valid_email", "not_about_a_lead", "not_entered", "not_marked", "nothing_new",
    "nothing_to_tell",
    "open_deal_exists", "opportunity_created", "opportunity_revised", "opportunity_still_open",
    "opportunity_awaited", "opportunity_changed", "opportunity_unknown", "own_conversion",
    "own_mark", "rd_held_back",
    "rd_late", "rd_login_dead", "rd_slow",
    "rd_told", "record_on_its_way", "records_only", "schema_outdated", "settings_unreadable",
    "shutting_down",
    "source_time_ahead",
    "tags_agree", "tags_changed", "tags_merged", "tags_untouched",
  ]

  /// As the sources write them; of the codes that are put together, those of RD Station.
  private static func codes() throws -> Set<String> {
    var root = URL(filePath: #filePath).resolvingSymlinksInPath()
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let sources = root.appending(path: "Sources")
    let paths = try FileManager.default.subpathsOfDirectory(atPath: sources.path())
    var codes: Set<String> = []
    for path in paths where path.hasSuffix(".swift") {
      let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
      codes.formUnion(text.matches(of: /Reason\(\s*"([a-z_]+)"/).map { String($0.1) })
      guard path.hasSuffix("Belt/CallError.swift") else { continue }
      codes.formUnion(text.matches(of: /case \..*: "([a-z_]+)["\\]/).map { "rd_\($0.1)" })
    }
    return codes
  }

  @Test func `every reason for which a message is given up has a fix with a command`() throws {
    let codes = try Self.codes()
    #expect(codes.isSuperset(of: ["poison", "integration_unknown", "rd_no_token"]))
    let unknown = codes.filter { !DeadLetterFix.isKnown($0) }
    #expect(unknown.subtracting(Self.neverGivenUp).sorted() == [])
    // Those that are put together elsewhere.
    for code in [
      "rd_login_expired", "database_22001", "message_type_unknown", "rd_refused_conflict",
    ] {
      #expect(DeadLetterFix.isKnown(code), "\(code)")
    }
    #expect(!DeadLetterFix.isKnown("never_heard_of"))
  }

  @Test func `the command is about the group, and the longest beginning decides`() {
    let fix = DeadLetterFix(code: "rd_rate_limited", fingerprint: "rd-updater:rd_rate_limited")
    #expect(fix.command == "esteira dead-letters retry --group rd-updater:rd_rate_limited")
    #expect(DeadLetterFix(code: "never_heard_of", fingerprint: "x").command.contains(" ls "))
    func sentence(_ code: String) -> String { DeadLetterFix(code: code, fingerprint: "").sentence }
    #expect(sentence("database_22001") == sentence("database_23514"))
    #expect(sentence("database_slow_again") == sentence("database_slow"))
    #expect(sentence("database_slow") != sentence("database_22001"))
    #expect(
      DeadLetterFix(code: "rd_outcome_undecidable", fingerprint: "x").command
        .contains("retry ID --not-there")
    )
  }
}
