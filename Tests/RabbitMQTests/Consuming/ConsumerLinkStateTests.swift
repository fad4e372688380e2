import Testing

@testable import RabbitMQ

@Suite struct ConsumerLinkStateTests {
  private func consuming() -> ConsumerLinkState {
    var state = ConsumerLinkState()
    #expect(state.connected() == true)
    return state
  }

  @Test func `a lost connection is answered and the next one is taken, with an epoch of its own`() {
    var state = consuming()
    #expect(state.epoch == 1)
    #expect(state.lost(.socketClosed) == [.dropWire, .answerServe(.socketClosed)])
    #expect(state.connected() == true)
    #expect(state.epoch == 2)
  }

  @Test func `a stop cancels first, and answers once the broker delivers no more`() {
    var state = consuming()
    #expect(state.stop() == [.stopHandingOut, .cancelConsuming])
    #expect(state.keepsGaps)
    #expect(state.cancelOk() == [.answerStop])
    #expect(state.keepsGaps)
    #expect(state.close() == [.stopHandingOut, .sayGoodbye])
    #expect(!state.keepsGaps)
    #expect(
      state.lost(.shuttingDown)
        == [.dropWire, .answerStop, .answerServe(.shuttingDown), .endThread]
    )
  }

  @Test func `a stop while a connection is being made refuses that connection`() {
    var state = ConsumerLinkState()
    #expect(state.stop() == [.stopHandingOut, .answerStop])
    #expect(state.connected() == false)
    #expect(state.close() == [.stopHandingOut, .endThread])
    #expect(state.connected() == false)
  }

  @Test func `a connection that ends before the broker has cancelled answers the stop as well`() {
    var state = consuming()
    _ = state.stop()
    #expect(
      state.lost(.heartbeatLost) == [.dropWire, .answerStop, .answerServe(.heartbeatLost)]
    )
    #expect(state.cancelOk() == [])
    #expect(state.connected() == false)
  }

  @Test func `a connection that ends while draining is not made again`() {
    var state = consuming()
    _ = state.stop() + state.cancelOk()
    #expect(state.lost(.socketClosed) == [.dropWire, .answerServe(.socketClosed)])
    #expect(state.connected() == false)
  }

  @Test func `a second stop waits with the first, and later ones have their answer at once`() {
    var state = consuming()
    _ = state.stop()
    #expect(state.stop() == [])
    #expect(state.cancelOk() == [.answerStop])
    #expect(state.stop() == [.answerStop])
  }

  @Test func `a close while the broker is cancelling does not wait for it`() {
    var state = consuming()
    _ = state.stop()
    #expect(state.close() == [.stopHandingOut, .sayGoodbye])
    #expect(
      state.lost(.socketClosed)
        == [.dropWire, .answerStop, .answerServe(.socketClosed), .endThread]
    )
    #expect(state.close() == [])
    #expect(state.stop() == [.answerStop])
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func
    `whatever comes in whatever order, every wait is answered once and nothing is sent after the end`(
      seed: UInt64
    )
  {
    var generator = SeededGenerator(seed: seed)
    var state = ConsumerLinkState()
    var serves = 0
    var stops = 0
    var isStopping = false
    var isEnded = false
    func perform(_ actions: [ConsumerLinkState.Action]) {
      for action in actions {
        switch action {
        case .stopHandingOut: isStopping = true
        case .cancelConsuming, .sayGoodbye:
          #expect(serves == 1 && !isEnded, "nothing is sent without a connection")
          let fails = Bool.random(using: &generator)
          if fails || action == .sayGoodbye { perform(state.lost(.socketClosed)) }
        case .dropWire: #expect(serves == 1, "only a wire that is there is dropped")
        case .answerServe:
          #expect(serves == 1)
          serves -= 1
        case .answerStop: stops = 0
        case .endThread:
          #expect(!isEnded && serves == 0)
          isEnded = true
        }
      }
    }
    for _ in 0..<Int.random(in: 1...30, using: &generator) {
      switch Int.random(in: 0..<10, using: &generator) {
      case 0..<4:
        let isWanted = state.connected()
        #expect(isWanted == (serves == 0 && !isStopping))
        if isWanted { serves += 1 }
      case 4..<6:
        stops += 1
        perform(state.stop())
        #expect(isStopping)
      case 6: perform(state.cancelOk())
      case 7..<9: perform(state.lost(.heartbeatLost))
      default: perform(state.close())
      }
      #expect(serves == 1 || stops == 0, "without a connection nobody waits for the broker")
    }
    perform(state.close())
    #expect(isEnded && serves == 0 && stops == 0)
  }
}
