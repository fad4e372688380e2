extension Worker {
  package struct Options: Sendable {
    /// Deliveries handled together, 1 to 64.
    package var batchMax: Int
    /// Batches in hand at once; more than one only helps stages that wait for the outside.
    package var lanes: Int
    /// Messages that may wait in the process until it is their turn; 0 sends all of them the broker's way.
    ///
    /// They are unacknowledged, so this should be no more than half of the prefetch.
    package var waitingMax: Int

    package init(batchMax: Int = 64, lanes: Int = 1, waitingMax: Int = 32) {
      precondition((1...64).contains(batchMax) && lanes >= 1 && waitingMax >= 0)
      self.batchMax = batchMax
      self.lanes = lanes
      self.waitingMax = waitingMax
    }
  }
}
