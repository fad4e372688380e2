/// What is wrong with the network between two programs.
enum LinkFault: Sendable, Hashable {
  case none
  /// Every piece waits so long, give or take the jitter.
  case latency(milliseconds: Int, jitter: Int)
  /// Connections are reset, and new ones too.
  case reset
  /// Nothing arrives, and nobody is told.
  case blackHole
  /// What the client says does not arrive, the answers do; and the other way round.
  case deafServer, deafClient
  case slow(bytesPerSecond: Int)
  /// Pieces of 1 to 7 bytes.
  case slices
  /// Half of the next piece arrives, then the connection ends.
  case cut
  /// An end is passed on after so long.
  case slowClose(milliseconds: Int)

  enum Direction: Sendable { case toServer, toClient }

  /// Whether pieces in that direction are held until the fault is over.
  func holds(_ direction: Direction) -> Bool {
    switch self {
    case .blackHole: true
    case .deafServer: direction == .toServer
    case .deafClient: direction == .toClient
    default: false
    }
  }
}
