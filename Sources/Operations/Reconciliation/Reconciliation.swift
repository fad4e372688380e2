private import Leads
package import StrictJSON
import Belt

/// Our books beside the CRM's and RD Station's, of one integration.
package struct Reconciliation: Sendable, Hashable {
  /// Conversions at RD Station that bear a marker.
  struct RDBook: Sendable {
    struct Line: Sendable, Hashable {
      let marker: Identifier
      let identifier: String
    }

    let lines: [Line]
    /// Where it was read, for people.
    let source: String
  }

  package let integration: String
  /// In words, one each: who lacks what.
  package private(set) var differences: [String] = []
  package private(set) var notes: [String] = []

  init(integration: String) { self.integration = integration }

  mutating func compare(_ crm: ReconciliationStatements.CRMBook) {
    for difference in crm.differences {
      let what = "opportunity \(difference.opportunity) “\(difference.title)”"
      let sentence =
        switch difference.kind {
        case .missingInCRM: "the CRM lacks \(what), which is confirmed here"
        case .missingHere: "nothing here knows of \(what), which the CRM has"
        case .unconfirmedHere: "\(what) is in the CRM and was never confirmed here"
        case .otherRecord: "\(what) has another id in the CRM than here"
        }
      differences.append(sentence)
    }
    let underWay = crm.underWay > 0 ? ", \(crm.underWay) under way" : ""
    notes.append("CRM: \(crm.agreed) opportunities agree\(underWay)")
  }

  /// What RD Station confirmed beside its own book; `known`: the book's markers that are of updates we
  /// intended.
  mutating func compare(
    _ updates: [ReconciliationStatements.RDUpdateLine],
    with book: RDBook,
    known: Set<Identifier>
  ) {
    var found: [RDBook.Line: Int] = [:]
    for line in book.lines { found[line, default: 0] += 1 }
    var agreed = 0
    for update in updates {
      for identifier in Set(update.conversions).sorted() {
        let count = found[RDBook.Line(marker: update.marker, identifier: identifier)] ?? 0
        let what = "conversion “\(identifier)” of update \(update.marker)"
        if count == 0 {
          differences.append("RD Station lacks \(what), which is confirmed here")
        } else if count > update.people.count {
          differences.append("RD Station has \(what) \(count) times")
        } else {
          agreed += 1
        }
      }
    }
    let ours = Set(StandardConversion.allCases.map(\.rawValue))
    for line in Set(book.lines)
    where ours.contains(line.identifier) && !known.contains(line.marker) {
      differences.append(
        "nothing here knows of conversion “\(line.identifier)” with the marker \(line.marker), which "
          + "RD Station has"
      )
    }
    notes.append("RD Station (\(book.source)): \(agreed) conversions agree")
  }

  mutating func note(_ text: String) { notes.append(text) }
}

extension Reconciliation: JSONForm {
  package var json: JSON {
    [
      "integration": .string(integration), "agree": .bool(differences.isEmpty),
      "notes": .array(notes.map(JSON.string)),
      "differences": .array(differences.sorted().map(JSON.string)),
    ]
  }
}
