import Testing

@testable import RabbitMQ

@Suite struct PublisherLinkStateTests {
  private let start = ContinuousClock.now

  /// The state with what a test asks about it; the words of an action by themselves.
  private struct Link {
    var state: PublisherLinkState
    let start: ContinuousClock.Instant

    mutating func publish(_ ids: String..., seconds: Int = 10) -> [String] {
      let messages = ids.map {
        OutboundMessage(exchange: "x", routingKey: "k", messageID: $0, type: "t", body: [])
      }
      return words(state.publish(messages, deadline: start + .seconds(seconds)).actions)
    }

    mutating func connect() -> Bool { state.connected() }

    /// Writes all that may be written.
    mutating func write() -> [String] {
      var written: [String] = []
      while let message = state.next(frameMax: 131_072).message {
        written.append(message.messageID)
      }
      return written
    }

    mutating func confirm(_ sequence: UInt64, accepted: Bool = true) -> [String] {
      words(state.confirmed(upTo: sequence, multiple: false, accepted: accepted))
    }

    mutating func expire(atSecond second: Int) -> [String] {
      words(state.expire(now: start + .seconds(second)))
    }

    mutating func lost(_ error: LinkError) -> [String] { words(state.lost(error)) }
    mutating func close() -> [String] { words(state.close()) }

    private func words(_ actions: [PublisherLinkState.Action]) -> [String] {
      actions.map { action in
        switch action {
        case .answer(let batch, let results):
          let all = results.map { $0.failure.map { "\($0)" } ?? "stored" }
          return "\(batch): \(all.joined(separator: ", "))"
        case .keepTime: return "keep time"
        case .dropWire: return "drop the wire"
        case .answerServe(let error): return "served: \(error)"
        case .answerClose: return "closed"
        case .endThread: return "end"
        }
      }
    }
  }

  private func link(window: Int = 256, connected: Bool = true) -> Link {
    var link = Link(state: PublisherLinkState(window: window), start: start)
    if connected { #expect(link.connect() == true) }
    return link
  }

  @Test func `a batch is answered with its last confirm, one result a message`() {
    var link = link()
    #expect(link.publish("a", "b") == [])
    #expect(link.write() == ["a", "b"])
    #expect(link.confirm(2, accepted: false) == [])
    #expect(link.confirm(1) == ["1: stored, rejected by the queue"])
    #expect(link.state.nearestDeadline == nil)
  }

  @Test func `no more than the window is in flight, and what waits goes in the order of the calls`()
  {
    var link = link(window: 3)
    _ = link.publish("a", "b") + link.publish("c", "d")
    #expect(link.state.hasSeveral)
    #expect(link.write() == ["a", "b", "c"])
    #expect(link.write() == [])
    _ = link.confirm(1)
    #expect(link.write() == ["d"])
  }

  @Test func `without a connection a message waits until its deadline and no longer`() {
    var link = link(connected: false)
    #expect(link.publish("a", seconds: 5) == ["keep time"])
    #expect(link.publish("b", seconds: 9) == ["keep time"])
    #expect(link.write() == [])
    #expect(link.expire(atSecond: 4) == [])
    #expect(link.expire(atSecond: 5) == ["1: no connection to the broker until the deadline"])
    #expect(link.state.nearestDeadline == start + .seconds(9))
    #expect(link.connect() == true)
    #expect(link.write() == ["b"])
  }

  @Test
  func `what is written has an unknown outcome at its deadline, and a late confirm harms nobody`() {
    var link = link()
    _ = link.publish("a", seconds: 1)
    _ = link.write()
    #expect(link.expire(atSecond: 1) == ["1: not confirmed: no confirm in time"])
    _ = link.publish("b")
    #expect(link.write() == ["b"])
    #expect(link.confirm(1) == [])
    #expect(link.confirm(2) == ["2: stored"])
  }

  @Test func `while the broker is blocked nothing is written, and a deadline says why`() {
    var link = link()
    link.state.blocked(true)
    _ = link.publish("a", seconds: 1)
    #expect(link.write() == [])
    #expect(
      link.expire(atSecond: 1) == ["1: the broker takes no messages: it lacks memory or disk"]
    )
    _ = link.publish("b")
    link.state.blocked(false)
    #expect(link.write() == ["b"])
  }

  @Test
  func `a lost connection makes what is written unknown and leaves the rest for the next one`() {
    var link = link(window: 1)
    _ = link.publish("a") + link.publish("b")
    #expect(link.write() == ["a"])
    #expect(
      link.lost(.socketClosed) == [
        "1: not confirmed: the broker closed the socket", "drop the wire",
        "served: the broker closed the socket", "keep time",
      ]
    )
    #expect(link.connect() == true)
    #expect(link.write() == ["b"])
    #expect(link.confirm(1) == ["2: stored"])
  }

  @Test func `a missing exchange ends the connection and is told to whom it concerns`() {
    var link = link()
    _ = link.publish("a")
    _ = link.write()
    let text = "NOT_FOUND - no exchange 'x' in vhost '/'"
    #expect(
      link.lost(.channelClosed(code: 404, text: text)) == [
        "1: unroutable: 404 \(text)", "drop the wire", "served: refused: 404 \(text)",
      ]
    )
  }

  @Test func `a message that no frame can carry is refused and holds nothing up`() {
    var link = link()
    let long = String(repeating: "x", count: 256)
    _ = link.publish(long, "b")
    #expect(link.write() == ["b"])
    #expect(
      link.confirm(1) == ["1: unroutable: 502 the message id is longer than 255 bytes, stored"]
    )
  }

  @Test func `a close refuses what is not written and waits for the word on what is`() {
    var link = link(window: 1)
    _ = link.publish("a") + link.publish("b")
    _ = link.write()
    #expect(link.close() == ["2: the publisher is shutting down"])
    #expect(link.close() == [], "a second one waits as well")
    #expect(link.publish("c") == ["3: the publisher is shutting down"])
    #expect(link.write() == [])
    #expect(
      link.confirm(1) == ["1: stored", "drop the wire", "served: shutting down", "closed", "end"]
    )
    #expect(link.close() == ["closed"])
    #expect(link.connect() == false)
  }

  @Test func `a close ends with the last deadline, or with the connection`() {
    var first = link()
    _ = first.publish("a", seconds: 1)
    _ = first.write() + first.close()
    #expect(
      first.expire(atSecond: 1) == [
        "1: not confirmed: no confirm in time", "drop the wire", "served: shutting down", "closed",
        "end",
      ]
    )
    var second = link()
    _ = second.publish("a")
    _ = second.write() + second.close()
    #expect(
      second.lost(.heartbeatLost) == [
        "1: not confirmed: the broker was silent for two heartbeats", "drop the wire",
        "served: the broker was silent for two heartbeats", "closed", "end",
      ]
    )
  }

  @Test func `a close while a connection is being made refuses that connection`() {
    var link = link(connected: false)
    _ = link.publish("a")
    #expect(link.close() == ["1: the publisher is shutting down", "closed", "end"])
    #expect(link.connect() == false)
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `whatever comes in whatever order, every wait is answered once, and stored means confirmed`(
    seed: UInt64
  ) {
    var play = Play(seed: seed)
    for _ in 0..<200 { play.step() }
    play.end()
  }

  /// A random run beside a book of what may be said.
  private struct Play {
    private var generator: SeededGenerator
    private var state: PublisherLinkState
    private let window: Int
    private var now = ContinuousClock.now
    /// Open batches with their sizes and deadlines.
    private var open: [Int: (size: Int, deadline: ContinuousClock.Instant)] = [:]
    private var published = 0
    /// The messages written on this connection, by their sequence numbers from 1, and those confirmed.
    private var written: [String] = []
    private var inFlight: Set<Int> = []
    private var confirmed: Set<String> = []
    private var lastWritten = (batch: 0, index: -1)
    private var isServing = false
    private var closes = 0
    private var isClosing = false
    private var isEnded = false

    init(seed: UInt64) {
      generator = SeededGenerator(seed: seed)
      window = Int.random(in: 1...6, using: &generator)
      state = PublisherLinkState(window: window)
    }

    mutating func step() {
      switch Int.random(in: 0..<100, using: &generator) {
      case 0..<25: publish()
      case 25..<50: write()
      case 50..<70: confirm()
      case 70..<76:
        let isWanted = state.connected()
        #expect(isWanted == (!isServing && !isClosing))
        if isWanted { (isServing, written, inFlight) = (true, [], []) }
      case 76..<82: state.blocked(isServing && Bool.random(using: &generator))
      case 82..<92:
        now = now + .milliseconds(Int.random(in: 0...500, using: &generator))
        perform(state.expire(now: now))
        #expect(open.values.allSatisfy { $0.deadline > now }, "nobody waits past the deadline")
      case 92..<99: perform(state.lost(.heartbeatLost))
      default: close()
      }
      // That of a batch which had its answer early may still be looked at.
      if let first = open.values.map(\.deadline).min() {
        #expect(state.nearestDeadline.map { $0 <= first } == true, "no deadline is slept through")
      } else {
        #expect(state.nearestDeadline == nil)
      }
    }

    mutating func end() {
      close()
      perform(state.lost(.socketClosed))
      #expect(open.isEmpty && !isServing && closes == 0 && isEnded)
    }

    private mutating func publish() {
      published += 1
      let size = Int.random(in: 1...4, using: &generator)
      let deadline = now + .milliseconds(Int.random(in: 1...2000, using: &generator))
      let messages = (0..<size).map { index in
        OutboundMessage(
          exchange: "x",
          routingKey: "k",
          messageID: "\(published).\(index)",
          type: "t",
          body: []
        )
      }
      open[published] = (size, deadline)
      let (batch, actions) = state.publish(messages, deadline: deadline)
      #expect(batch == published)
      perform(actions)
    }

    private mutating func write() {
      let (message, actions) = state.next(frameMax: 131_072)
      perform(actions)
      guard let message else { return }
      #expect(isServing && !isClosing && !state.isBlocked)
      let parts = message.messageID.split(separator: ".").compactMap { Int($0) }
      #expect(
        (lastWritten.batch, lastWritten.index) < (parts[0], parts[1]),
        "in the order of the calls"
      )
      lastWritten = (parts[0], parts[1])
      written.append(message.messageID)
      inFlight.insert(written.count)
      #expect(inFlight.count <= window)
    }

    private mutating func confirm() {
      guard isServing else { return }
      let sequence = Int.random(in: 0...written.count + 1, using: &generator)
      let multiple = Bool.random(using: &generator)
      let accepted = Int.random(in: 0..<4, using: &generator) > 0
      let last = multiple && sequence == 0 ? written.count : sequence
      if last <= written.count {
        for number in inFlight where multiple ? number <= last : number == last {
          inFlight.remove(number)
          if accepted { confirmed.insert(written[number - 1]) }
        }
      }
      perform(
        state.confirmed(upTo: UInt64(sequence), multiple: multiple, accepted: accepted)
      )
    }

    private mutating func close() {
      (closes, isClosing) = (closes + 1, true)
      perform(state.close())
    }

    private mutating func perform(_ actions: [PublisherLinkState.Action]) {
      for action in actions {
        switch action {
        case .answer(let batch, let results):
          let book = open.removeValue(forKey: batch)
          #expect(book?.size == results.count, "an open batch, with one result a message")
          for (index, result) in results.enumerated() where result.failure == nil {
            #expect(confirmed.contains("\(batch).\(index)"))
          }
        case .keepTime: #expect(!isServing && !isEnded)
        case .dropWire: #expect(isServing)
        case .answerServe:
          #expect(isServing)
          isServing = false
        case .answerClose:
          #expect(isClosing && open.isEmpty)
          closes = 0
        case .endThread:
          #expect(!isEnded && !isServing)
          isEnded = true
        }
      }
    }
  }
}
