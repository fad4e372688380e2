import Bootstrap
import Centralizer

@main
struct CentralizerProgram {
  static func main() async {
    await WorkerProgram.run { resources in CentralizerStage(crms: resources.crms) }
  }
}
