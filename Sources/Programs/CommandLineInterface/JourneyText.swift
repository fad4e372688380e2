import BeltStorage
package import Operations
import Belt

/// The journeys of leads as sentences, each event under its own heading, and each line one line,
/// whatever the lead calls itself.
package enum JourneyText {
  package static func text(of journeys: [LeadJourney]) -> String {
    journeys.map(text).joined(separator: "\n\n")
  }

  private static func text(of journey: LeadJourney) -> String {
    var lines = [heading(journey)]
    var person = [journey.name, journey.email.map { "<\($0)>" }].compactMap(\.self)
    if person.isEmpty { person = [journey.phone].compactMap(\.self) }
    let lead = journey.lead.map { "lead \($0)" }
    lines.append("  " + (person + [lead ?? "no lead was stored"]).joined(separator: " "))
    let width = journey.lines.map(\.stage.count).max() ?? 0
    for (line, again) in folded(journey.lines) {
      let space = String(repeating: " ", count: width - line.stage.count)
      let version = line.configVersion.map { ", settings version \($0)" } ?? ""
      let times = again.last.map { " (\(again.count + 1) times, last at \(time($0.at)))" } ?? ""
      lines.append(
        "  \(time(line.at))  \(line.stage)\(space)  \(line.sentence)\(times) [\(line.code)\(version)]"
      )
    }
    lines += endings(journey).map { "  \($0)" }
    return lines.map(\.shown).joined(separator: "\n")
  }

  private static func heading(_ journey: LeadJourney) -> String {
    let event =
      switch (journey.kind, journey.identifier) {
      case ("opportunity_mark"?, _): "opportunity mark"
      case ("conversion"?, let identifier?): "conversion “\(identifier)”"
      case ("conversion"?, nil): "conversion without identifier"
      default: "event that was kept out (\(journey.arrivalReason ?? journey.arrivalState))"
      }
    let origin = journey.origin.map { " from \($0)" } ?? ""
    return "\(journey.arrivedAt)  \(journey.integration): \(event)\(origin)"
  }

  /// What a stage says again in the same words stands where it said so first.
  private static func folded(_ lines: [LeadJourney.Line]) -> [(
    line: LeadJourney.Line, again: [LeadJourney.Line]
  )] {
    var folded: [(line: LeadJourney.Line, again: [LeadJourney.Line])] = []
    for line in lines {
      let same = folded.firstIndex {
        ($0.line.stage, $0.line.code, $0.line.sentence) == (line.stage, line.code, line.sentence)
      }
      if let same { folded[same].again.append(line) } else { folded.append((line, [])) }
    }
    return folded
  }

  /// The time of day; the heading has the date.
  private static func time(_ at: String) -> Substring {
    at.split(separator: "T").last.map { $0.dropLast($0.hasSuffix("Z") ? 1 : 0) } ?? at[...]
  }

  private static func endings(_ journey: LeadJourney) -> [String] {
    var endings: [String] = []
    if let opportunity = journey.opportunity {
      endings.append(
        "Opportunity \(opportunity.id): “\(opportunity.pipeline)”, stage “\(opportunity.stage)”, "
          + "\(opportunity.owner); "
          + (opportunity.status.map { "status in the CRM: \($0)." } ?? "not in the CRM yet.")
      )
    }
    endings += ToldText.sentences(on: journey)
    let open = journey.deadLetters.filter { $0.state == .open }
    let discarded = journey.deadLetters.filter { $0.state == .discarded }
    let dead = Set((open + discarded).map(\.message.stage))
    let waiting = journey.onItsWay.filter { !dead.contains($0) }
    if !waiting.isEmpty { endings.append("Still on its way: \(waiting.joined(separator: ", ")).") }
    if let held = journey.held {
      endings.append(
        "Waits until the settings change (\(held.code)): \(held.sentence) Change them, then: esteira "
          + "apply -f FILE"
      )
    }
    for letter in open {
      endings.append(
        "Given up at \(letter.message.stage) after \(letter.attempts) "
          + "\(letter.attempts == 1 ? "attempt" : "attempts") (\(letter.reason.code)): "
          + "\(letter.reason.sentence) Send it again: esteira dead-letters retry \(letter.message.id)"
      )
    }
    for letter in discarded {
      endings.append(
        "Discarded at \(letter.message.stage) (\(letter.reason.code)): "
          + "\(letter.discardReason ?? "no reason was given")."
      )
    }
    return endings
  }
}
