private import Glibc
private import Synchronization

/// What the chaos harness asks of this process; without effect in a release build.
package enum FaultArming {
  /// Reads the two variables that are no settings: nobody but the harness may set them.
  ///
  /// `ESTEIRA_FAILPOINT=committed:kill:3` ends the process at the third time it comes to that place, a
  /// moment later where something is on its way then; `hold` instead of `kill` keeps it there for a
  /// moment first, `stall` for a minute without ending it, and `stop` stops the process until it is
  /// woken. `ESTEIRA_SABOTEUR` names a promise to break.
  package static func arm() {
    #if DEBUG
      if let name = variable("ESTEIRA_SABOTEUR") {
        guard let saboteur = Saboteur(rawValue: name) else {
          preconditionFailure("ESTEIRA_SABOTEUR names no saboteur")
        }
        Saboteur.choose(saboteur)
      }
      guard let text = variable("ESTEIRA_FAILPOINT") else { return }
      let parts = text.split(separator: ":").map(String.init)
      guard parts.count == 3, let place = Failpoint(rawValue: parts[0]),
        ["kill", "hold", "stall", "stop"].contains(parts[1]), let nth = Int(parts[2])
      else { preconditionFailure("ESTEIRA_FAILPOINT is not of the form place:kill:3") }
      let times = Atomic(0)
      Failpoint.arm { point in
        guard point == place, times.add(1, ordering: .relaxed).newValue == nth else { return }
        if parts[1] == "stall" {
          sleep(60)
        } else if parts[1] == "stop" {
          raise(SIGSTOP)
        } else if parts[1] == "hold" {
          // What was asked of other threads before has been done when it dies.
          usleep(20_000)
          raise(SIGKILL)
        } else if point.isOnTheWay {
          dieSoon()
        } else {
          raise(SIGKILL)
        }
      }
    #endif
  }

  #if DEBUG
    private static func variable(_ name: String) -> String? {
      getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// On a thread of its own, so that what is on its way goes on meanwhile.
    private static func dieSoon() {
      var thread = pthread_t()
      let status = pthread_create(
        &thread,
        nil,
        { _ in
          usleep(UInt32.random(in: 0...4000))
          raise(SIGKILL)
          kill(getpid(), SIGKILL)
          return nil
        },
        nil
      )
      precondition(status == 0, "a thread could not be made")
    }
  #endif
}
