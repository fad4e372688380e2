/// What a person can do about the dead letters of one cause: the one table of reasons and remedies.
package struct DeadLetterFix: Sendable, Hashable {
  /// For people, ends with a full stop.
  package let sentence: String
  /// What to type, when the cause is gone or in order to look at it.
  package let command: String

  /// - Parameters:
  ///   - code: Of the reason.
  ///   - fingerprint: Of the group that the command is about.
  package init(code: String, fingerprint: String) {
    let (sentence, step) = Self.entry(for: code) ?? (Self.unknown, .look)
    self.sentence = sentence
    command = step.command(fingerprint)
  }

  /// Whether the table says something of its own about a reason.
  package static func isKnown(_ code: String) -> Bool {
    entry(for: code) != nil
  }

  /// The entry whose key is the code, or else the longest beginning of it.
  private static func entry(for code: String) -> (String, Step)? {
    if let entry = table[code] { return entry }
    let keys = table.keys.filter { code.hasPrefix($0 + "_") }
    return keys.max { $0.count < $1.count }.flatMap { table[$0] }
  }

  private enum Step {
    case retry, look, decide, decideRecord, edit, doctor, connect, apply, topology

    func command(_ group: String) -> String {
      let retry = "esteira dead-letters retry --group \(group)"
      return switch self {
      case .retry: retry
      case .look: "esteira dead-letters ls --group \(group)"
      case .decide: "esteira dead-letters retry ID --not-there, or esteira dead-letters discard ID"
      case .decideRecord:
        "esteira dead-letters retry ID --not-there, or esteira dead-letters retry ID --there RECORD"
      case .edit: "esteira dead-letters edit ID --set path=value"
      case .doctor: "esteira doctor, then \(retry)"
      case .connect: "esteira doctor, esteira connect NAME, then \(retry)"
      case .apply: "esteira apply -f FILE, then \(retry)"
      case .topology: "esteira topology apply, then \(retry)"
      }
    }
  }

  private static let unknown =
    "Read the sentence and the lead's journey; send it again when the cause is gone, or discard it."

  // A code that ends in a word of the outside, such as rd_refused_conflict, is found by its beginning.
  private static let table: [String: (String, Step)] = [
    // Of the version before; such messages wait now.
    "rd_login_expired": (
      "Connect the RD Station account again; the login was revoked or has run out.", .connect
    ),
    "rd_no_token": (
      "The stored login could not be read or renewed; see what doctor says.", .connect
    ),
    "rd_rate_limited": (
      "RD Station's quota was used up for too long; send them again at a slow pace.", .retry
    ),
    "rd_unavailable": ("RD Station was away; send them again when it answers.", .retry),
    "rd_not_reached": (
      "RD Station could not be reached from here; check the network, then send again.", .doctor
    ),
    "rd_outcome_undecidable": (
      "Look at the lead in RD Station: discard it when the event is there; when not, send it again "
        + "with --not-there.", .decide
    ),
    "rd_outcome_unknown": (
      "RD Station did not say what became of a call; send it again, it looks first.", .retry
    ),
    "rd_read_back_failed": (
      "RD Station did not say what became of an earlier call; send it again, it looks first.",
      .retry
    ),
    "rd_not_found": (
      "RD Station no longer knows the lead; discard it, or send it again once the lead is there.",
      .look
    ),
    // As the version before called it.
    "rd_contact_not_found": (
      "RD Station no longer knows the lead; discard it, or send it again once the lead is there.",
      .look
    ),
    "rd_conflict": (
      "RD Station holds another state than the call was made for; send it again.", .retry
    ),
    "rd_refused": (
      "RD Station refuses the content; read the sentence, correct the settings or the lead.", .look
    ),
    "rd_sale_value_over_limit": (
      "Correct the value of the sale in the CRM; RD Station takes at most 99999999.00.", .retry
    ),
    "rd_sale_value_invalid": ("Correct the value of the sale in the CRM.", .retry),
    "sale_value_over_limit": (
      "Correct the value of the sale in the CRM; RD Station takes at most 99999999.00.", .retry
    ),
    "sale_value_invalid": ("Correct the value of the sale in the CRM.", .retry),
    "rd_event_too_large": (
      "The event is larger than RD Station takes; shorten the fields that the settings send.",
      .apply
    ),
    "rd_tags_failed": ("RD Station did not take the tags; send them again.", .retry),
    "integration_unknown": (
      "There are no active settings for it; apply them, or discard what is not yours.", .apply
    ),
    "owner_missing": ("No user may own the lead; put one into the settings.", .apply),
    "required_field_empty": (
      "A field that the CRM demands is empty; give it a default in the settings.", .apply
    ),
    "field_value_refused": ("The CRM refuses a field's value; map or correct it.", .apply),
    "option_limit_reached": ("A list of the CRM is full; map the values to fewer options.", .apply),
    "segment_limit_reached": (
      "The CRM has no room for another segment; map the values to fewer.", .apply
    ),
    "open_deal_on_its_way": (
      "An earlier opportunity of the lead was still being made; send it again.", .retry
    ),
    "crm_address_missing": (
      "Name crm.address in the document; then send it again.", .apply
    ),
    "crm_not_supported": ("This program cannot write to that CRM; change the settings.", .apply),
    "crm_outcome_unknown": (
      "The CRM did not say what became of a call; send it again, it looks first.", .retry
    ),
    "crm_outcome_undecidable": (
      "Look for the opportunity in the CRM: send it again with --there and the CRM's id of it when it "
        + "is there, with --not-there when it is not.", .decideRecord
    ),
    "crm_no_answer": (
      "A fault of the CRM's adapter; send it again after an update, and report it.", .retry
    ),
    "embedded_crm_absent": (
      "The opportunity was deleted in the CRM; discard what was still on its way to it.", .look
    ),
    "rdcrm_absent": (
      "The opportunity was deleted in the CRM; discard what was still on its way to it.", .look
    ),
    "datacrm_record_gone": (
      "The record was deleted in the CRM; discard what was still on its way to it.", .look
    ),
    "datacrm_create_unsettled": (
      "DataCRM may still be making the record; send it again, it looks first.", .retry
    ),
    "datacrm_key_too_long": (
      "DataCRM's field is too short for the value; correct the lead.", .edit
    ),
    "datacrm_nameless": ("DataCRM makes no record without a name; give the lead one.", .edit),
    "rdcrm_put": (
      "A fault of the CRM's adapter; send it again after an update, and report it.", .retry
    ),
    "embedded_crm_away": ("The database was away; send them again.", .retry),
    "opportunity_not_found": (
      "The CRM did not show the opportunity; send it again, or discard it when it was deleted.",
      .retry
    ),
    "totvs_variables_wrong": ("Correct the variables of the TOTVS tenant in the settings.", .apply),
    "message_malformed": (
      "The body cannot be read; correct it, or discard it when it is not a message of ours.", .edit
    ),
    "message_misrouted": ("A queue is bound wrongly; mend the topology.", .topology),
    "body_unreadable": ("The webhook's body cannot be read; correct it.", .edit),
    "lead_without_person": (
      "Nothing says who the lead is; give it a name, an e-mail address or a phone, or discard it.",
      .edit
    ),
    "lead_absent": ("The lead was erased; discard what was still on its way.", .look),
    "unroutable": ("A queue or binding was missing on the broker; mend the topology.", .topology),
    "broker_dead_letter": (
      "The broker itself gave it up; verify the topology, then send it again.", .topology
    ),
    "delivery_limit": (
      "It ended a worker, or was given back, too often; read the worker's log before sending again.",
      .look
    ),
    // Ends in the code that PostgreSQL gave.
    "database": (
      "The database refused what was written; read the sentence, and correct the body if it is at "
        + "fault.", .look
    ),
    "database_slow": ("The database was too slow; send them again at a slow pace.", .retry),
    "database_53200": (
      "It was too much for the database, even alone; send them again at a slow pace.", .retry
    ),
    "database_57014": (
      "It took the database too long, even alone; send them again at a slow pace.", .retry
    ),
    "database_overdue": (
      "It took the database too long, even alone; send them again at a slow pace.", .retry
    ),
    "database_busy": ("The database was too busy; send them again at a slow pace.", .retry),
    "unexpected_error": (
      "A fault of the program; send it again after an update, and report it.", .retry
    ),
    "not_settled": (
      "A fault of the program; send it again after an update, and report it.", .retry
    ),
    "poison": (
      "Processes ended while they handled it; read the worker's log before sending it again.", .look
    ),
    "message_type_unknown": (
      "It is of a newer version than any worker here; update the fleet, then send it again.", .retry
    ),
    "lease_over": ("The worker was held up for too long; send it again.", .retry),
    "totvs": (
      "Something of the TOTVS tenant is not as the settings say; see what doctor says.", .doctor
    ),
    "email_too_long": ("The e-mail address is longer than the CRM takes; correct it there.", .look),
    "unknown": ("It was parked without a reason; look at it before sending it again.", .look),
  ]
}
