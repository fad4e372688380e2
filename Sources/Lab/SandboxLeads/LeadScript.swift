/// The leads of one seed: the nth is had without those before it, and is the same every time.
///
/// No input or output, and no clock: every time in a body follows from the seed's start.
package struct LeadScript: Sendable {
  package enum Shape: String, Sendable {
    /// Each lead in one shape or the other, about half and half.
    case both
    case legacy
    case current
  }

  package let seed: UInt64
  package let shape: Shape
  /// How many of a hundred leads are marked as opportunity after their conversion.
  package let markPercent: Int
  /// How many of a hundred leads have their deliveries repeated.
  package let repeatPercent: Int
  /// Leads are spread over so many people in turn; equal to the leads when each is another person.
  package let people: Int
  /// Of the first lead; the next ones follow three seconds apart.
  package let start: Timestamp

  /// 2026-03-02T12:00:00Z.
  package static let defaultStart = Timestamp(milliseconds: 1_772_452_800_000)

  /// The leads of that seed, spread over so many people, 1 or more.
  package init(
    seed: UInt64,
    shape: Shape = .both,
    markPercent: Int = 0,
    repeatPercent: Int = 0,
    people: Int,
    start: Timestamp = LeadScript.defaultStart
  ) {
    self.seed = seed
    self.shape = shape
    self.markPercent = markPercent
    self.repeatPercent = repeatPercent
    self.people = max(1, people)
    self.start = start
  }

  /// The lead with that number, from 0.
  package func lead(_ index: Int) -> SimulatedLead {
    let person = index % people
    let ordinal = index / people + 1
    var generator = SeededGenerator(seed: seed, stream: Stream.lead + UInt64(index))
    let isLegacy = generator.chance(percent: 50)
    var facts = SimulatedPerson(person, of: self).facts
    facts.firstConversion = conversion(index: person, ordinal: 1)
    facts.lastConversion = conversion(index: index, ordinal: ordinal)
    facts.conversionCount = ordinal
    return SimulatedLead(
      facts: facts,
      isLegacy: shape == .legacy || (shape == .both && isLegacy),
      isMarked: generator.chance(percent: markPercent),
      isRepeated: generator.chance(percent: repeatPercent)
    )
  }

  private func conversion(index: Int, ordinal: Int) -> ConversionFacts {
    var generator = SeededGenerator(seed: seed, stream: Stream.conversion + UInt64(index))
    var conversion = ConversionFacts(
      identifier: generator.pick(LeadVocabulary.conversions),
      at: start.adding(seconds: Int64(index) * 3),
      ordinal: ordinal,
      eventUUID: generator.uuid(),
      batchUUID: generator.uuid()
    )
    let origin = generator.pick(LeadVocabulary.origins)
    conversion.source = origin.source
    conversion.medium = origin.medium
    conversion.campaign = origin.campaign
    conversion.channel = origin.channel
    conversion.answers = ["cf_volume_mensal": generator.pick(LeadVocabulary.volumes)]
    return conversion
  }

  /// Which numbers of the generator belong to what.
  enum Stream {
    static let person: UInt64 = 1 << 40
    static let company: UInt64 = 2 << 40
    static let lead: UInt64 = 3 << 40
    static let conversion: UInt64 = 4 << 40
  }
}
