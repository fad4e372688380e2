/// Which published messages the broker has not confirmed yet, in the order of their sequence numbers.
///
/// Confirms come singly or for all up to a number, in any order, as acks or nacks; a return comes
/// before the confirm of its message and carries no number, so it is found by what was published.
struct ConfirmTracker<Ticket> {
  /// Names a message as a return does.
  struct Address: Equatable {
    var messageID: String
    var exchange: String
    var routingKey: String
  }

  struct Entry {
    let ticket: Ticket
    let address: Address
    var returned: (code: Int, text: String)?
  }

  struct Confirmed {
    let ticket: Ticket
    let result: Result<Void, PublishError>
  }

  /// Slot 0 belongs to `firstSequence`; nil is confirmed.
  private var slots: [Entry?] = []
  private var head = 0
  private var firstSequence: UInt64 = 1
  private(set) var count = 0

  /// What has no confirm yet, oldest first.
  var open: [Entry] { slots[head...].compactMap { $0 } }

  /// Registers the next message; before its frames are written, since the confirm may be fast.
  mutating func add(_ ticket: Ticket, address: Address) {
    slots.append(Entry(ticket: ticket, address: address))
    count += 1
  }

  /// Notes a return for the oldest open message with this address; false when there is none.
  mutating func noteReturn(of address: Address, code: Int, text: String) -> Bool {
    for index in head..<slots.count {
      guard let entry = slots[index], entry.returned == nil, entry.address == address else {
        continue
      }
      slots[index]?.returned = (code, text)
      return true
    }
    return false
  }

  /// The broker's word on one message, or on all open ones up to it.
  ///
  /// A number that is unknown or confirmed already says nothing.
  mutating func confirm(upTo sequence: UInt64, multiple: Bool, accepted: Bool) -> [Confirmed] {
    // With `multiple`, zero means everything so far.
    let lastOpen = firstSequence + UInt64(slots.count - head)
    let sequence = multiple && sequence == 0 ? lastOpen - 1 : sequence
    guard sequence >= firstSequence, sequence < lastOpen else { return [] }
    let last = head + Int(sequence - firstSequence)
    var confirmed: [Confirmed] = []
    for index in (multiple ? head : last)...last {
      guard let entry = slots[index] else { continue }
      slots[index] = nil
      let result = Self.result(entry, accepted: accepted)
      confirmed.append(Confirmed(ticket: entry.ticket, result: result))
    }
    count -= confirmed.count
    advance()
    return confirmed
  }

  /// Forgets everything, as after a lost connection, and gives back what was open.
  mutating func removeAll() -> [Entry] {
    defer { self = ConfirmTracker() }
    return open
  }

  private static func result(_ entry: Entry, accepted: Bool) -> Result<Void, PublishError> {
    if let (code, text) = entry.returned { return .failure(.unroutable(code: code, text: text)) }
    return accepted ? .success(()) : .failure(.rejected)
  }

  private mutating func advance() {
    while head < slots.count, slots[head] == nil {
      head += 1
      firstSequence += 1
    }
    if head == slots.count {
      slots.removeAll(keepingCapacity: true)
      head = 0
    } else if head > 1024 {
      slots.removeFirst(head)
      head = 0
    }
  }
}
