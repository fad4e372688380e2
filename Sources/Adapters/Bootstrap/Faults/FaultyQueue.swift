#if DEBUG
  import Belt

  /// A work queue that can end the process at its places, and break the promises that it keeps.
  struct FaultyQueue: WorkQueue {
    let inner: any WorkQueue
    private let unsettled = Unsettled()

    init(_ inner: any WorkQueue) { self.inner = inner }

    func next(max: Int) async -> [Delivery] {
      let deliveries = await inner.next(max: max)
      guard !deliveries.isEmpty else { return deliveries }
      Failpoint.hit(.received)
      if Saboteur.ackBeforeWork.isOn { await inner.acknowledge(deliveries) }
      if Saboteur.ackBeforePublish.isOn { await unsettled.add(deliveries) }
      return deliveries
    }

    func publish(_ messages: [Outgoing]) async -> [Result<Void, NotPublished>] {
      if Saboteur.ackBeforePublish.isOn { await inner.acknowledge(await unsettled.takeAll()) }
      Failpoint.hit(.publishing)
      if Saboteur.confirmsOff.isOn {
        Task { await inner.publish(messages) }
        return messages.map { _ in .success(()) }
      }
      guard Saboteur.refusalDropped.isOn else { return await inner.publish(messages) }
      var results = await inner.publish(messages.filter { !$0.isParked })[...]
      return messages.map { $0.isParked ? .success(()) : results.removeFirst() }
    }

    func acknowledge(_ deliveries: [Delivery]) async {
      Failpoint.hit(.confirmed)
      if !Saboteur.neverAcknowledged.isOn { await inner.acknowledge(deliveries) }
    }

    func giveBack(_ deliveries: [Delivery]) async { await inner.giveBack(deliveries) }

    private actor Unsettled {
      private var deliveries: [Delivery] = []

      func add(_ more: [Delivery]) { deliveries += more }

      func takeAll() -> [Delivery] {
        defer { deliveries = [] }
        return deliveries
      }
    }
  }

  extension Outgoing {
    fileprivate var isParked: Bool {
      if case .parking = destination { true } else { false }
    }
  }
#endif
