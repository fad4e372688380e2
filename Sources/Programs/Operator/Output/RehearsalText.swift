import Leads
import Belt
import CommandLineInterface

/// Rehearsals as sentences.
enum RehearsalText {
  static func text(of rehearsals: [Result<Rehearsal, RDWebhookBody.Unreadable>]) -> String {
    guard !rehearsals.isEmpty else { return "The body holds no lead: nothing would happen." }
    return rehearsals.map(text).joined(separator: "\n\n")
  }

  static func text(_ rehearsal: Result<Rehearsal, RDWebhookBody.Unreadable>) -> String {
    switch rehearsal {
    case .failure(let unreadable): "Refused: the webhook body cannot be read: \(unreadable.detail)."
    case .success(let rehearsal): text(rehearsal)
    }
  }

  private static func text(_ rehearsal: Rehearsal) -> String {
    var lines = [heading(rehearsal.event)]
    for paragraph in rehearsal.paragraphs {
      lines.append("  \(paragraph.stage.stage)")
      lines += paragraph.sentences.map { "    \($0)" }
    }
    lines.append("  \(rehearsal.conclusion) [\(rehearsal.reason.code)]")
    lines.append("  This was a rehearsal: nothing was changed.")
    return lines.map(\.shown).joined(separator: "\n")
  }

  private static func heading(_ event: LeadEvent) -> String {
    let what =
      event.kind == .opportunityMark
      ? "opportunity mark" : "conversion “\(event.identifier ?? "without a name")”"
    let who = [event.lead.name, event.lead.email.map { "<\($0.text)>" }].compactMap(\.self)
    let called = event.lead.called ?? "somebody without a name"
    return "\(what) of \(who.isEmpty ? called : who.joined(separator: " "))"
  }

  static func text(_ comparison: RehearsalComparison, days: Int) -> String {
    guard comparison.events > 0 else { return "no webhook of the last \(days) days is archived" }
    var table = TextTable(["outcome", "now", "draft"], numbers: [1, 2])
    for outcome in Rehearsal.Outcome.allCases {
      let (now, then) = (comparison.before[outcome] ?? 0, comparison.after[outcome] ?? 0)
      if now + then > 0 { table.add([outcome.rawValue, "\(now)", "\(then)"]) }
    }
    var lines = ["\(comparison.events) events of the last \(days) days", table.text]
    guard comparison.differing > 0 else {
      return (lines + ["nothing would differ"]).joined(separator: "\n")
    }
    let aspects = RehearsalDifference.Aspect.allCases.compactMap { aspect in
      comparison.changed[aspect].map { "\(aspect.rawValue) of \($0)" }
    }
    lines.append("\(comparison.differing) would differ: \(aspects.joined(separator: ", "))")
    for example in comparison.examples {
      lines.append(heading(example.event).shown)
      lines.append("  now:   \(example.before.conclusion.shown)")
      lines.append("  draft: \(example.after.conclusion.shown)")
    }
    return lines.joined(separator: "\n")
  }
}
