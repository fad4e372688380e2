import Leads

/// What is wrong or odd about the triggers together, and about them and the CRM.
struct TriggerChecks {
  let triggers: Field
  let readings: [TriggerReading.Reading]
  let settings: Settings

  func run() {
    if !triggers.isFilled {
      triggers.warning("there are none: leads are imported and make no opportunity")
    } else if !settings.records.create.contains(.opportunity) {
      triggers.warning("have no effect: records.create leaves out opportunity")
    }
    let items = triggers.items()
    if settings.catalogue.plan == .free, items.count > 1 {
      items[1].problem("plan: free allows one trigger; more need the plan basic or higher")
    }
    for (index, reading) in readings.enumerated() {
      findShadow(of: reading, after: readings[..<index])
      findConversion(reading)
    }
  }

  private func findShadow(
    of reading: TriggerReading.Reading,
    after earlier: ArraySlice<TriggerReading.Reading>
  ) {
    guard let winner = earlier.first(where: { $0.trigger.when.covers(reading.trigger.when) })
    else { return }
    reading.place.warning(
      "can never match: \(winner.place.path) (\(winner.trigger.words)) decides before it"
    )
  }

  private func findConversion(_ reading: TriggerReading.Reading) {
    guard reading.trigger.when != .opportunityMark else { return }
    let place = reading.section["when"]
    if settings.crm.traits.takesMarksOnly {
      place.problem(
        "a \(settings.crm.rawValue) takes only leads marked as opportunity; use "
          + "{ opportunity_mark: true }"
      )
    } else if settings.importRules.marksOnly {
      place.warning("can never match: with import.marks_only no conversion enters")
    }
  }
}

extension Trigger.Condition {
  /// Whether every event of the other one starts this one too.
  fileprivate func covers(_ other: Trigger.Condition) -> Bool {
    switch (self, other) {
    case (.opportunityMark, .opportunityMark), (.anyConversion, .anyConversion),
      (.anyConversion, .conversion):
      true
    case (.conversion(let mine), .conversion(let theirs)):
      mine.trimmed.lowercased() == theirs.trimmed.lowercased()
    default: false
    }
  }
}
