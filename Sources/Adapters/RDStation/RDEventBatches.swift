private import StrictJSON

extension RDStationClient {
  /// Splits events, in their order, into lists that each fit into one call.
  ///
  /// An event that alone is over the limit of 200 000 bytes gets a list of its own, which `send`
  /// refuses with `.eventTooLarge`; so does one that has no JSON form, with that fault.
  package static func chunks(_ events: [RDEvent]) -> [[RDEvent]] {
    var lists: [[RDEvent]] = []
    var current: [RDEvent] = []
    var currentBytes = 2
    for event in events {
      let eventBytes = bytes(of: event)
      if !current.isEmpty, currentBytes + eventBytes + 1 > RDEvent.bodyBytesMax {
        lists.append(current)
        current = []
        currentBytes = 2
      }
      current.append(event)
      currentBytes += eventBytes + 1
    }
    if !current.isEmpty { lists.append(current) }
    return lists
  }

  private static func bytes(of event: RDEvent) -> Int {
    do throws(RDStationError) {
      return try event.json().encoded.count
    } catch {
      // Counting it as a full body keeps the good events out of the list that `send` will refuse.
      return RDEvent.bodyBytesMax
    }
  }
}
